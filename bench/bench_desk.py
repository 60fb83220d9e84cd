"""How soon a page that one sits before is there: cold loads in a real Chromium, the whole way as in production.

python -m bench.bench_desk [DAYS OF TICKETS]

Each load is a new browser profile: nothing is cached. "numbers" is when the four numbers stand on the page, "figure"
when the first Plotly picture does; both from the first byte asked for. The wall is measured in the same run.
"""

import shutil
import sys
import time
from types import SimpleNamespace
from typing import Any, Final

from playwright.sync_api import sync_playwright

from bench.stack import quantile, stack
from dashboard.network_file import DEFAULT, demo, load
from data_sources import simulator
from data_sources.stream import end_of

PAGES: Final = {
    "/wall": None,
    "/centre/atyrau-1": ".main-svg",
    "/branch/atyrau-1/main": ".main-svg",
    "/deadlines": ".main-svg",
    "/staff": ".main-svg",
    "/centre/atyrau-1?number=queue.issued_today": ".ag-row",
}
LOADS: Final = 7
FLAGS: Final = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def fill(run: SimpleNamespace, days: int) -> None:
    """Simulated centres' past through the stream, and wait until the worker has stored it."""
    offset = simulator.demo_offset(time.time())
    network, parameters, now = demo(load(DEFAULT), offset), simulator.load(), time.time()
    begun = time.monotonic()
    simulator.fill(run.url, network, parameters, 1, now - 372 * 86_400, now, now - days * 86_400, lambda *_: None)
    ends = {each.id: end_of(run.client, each.id) for each in network.centres}
    while any(run.stored().get(centre, 0) < end for centre, end in ends.items()):
        time.sleep(0.2)
    print(f"{days} days of tickets, a year of staff and documents, stored in {time.monotonic() - begun:.0f} s")


def load_once(browser: Any, url: str, figure: str | None) -> tuple[float, float, int]:
    """Milliseconds until the numbers and until the figure, and bytes received."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    received = 0

    def count(event: dict[str, Any]) -> None:
        nonlocal received
        received += event["encodedDataLength"]

    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", count)
    begun = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_selector("[data-metric]")
    numbers = time.perf_counter() - begun
    if figure:
        page.wait_for_selector(figure, state="attached")
    drawn = time.perf_counter() - begun
    context.close()
    return numbers * 1000, drawn * 1000, received


def main(days: int) -> None:
    with stack() as run, sync_playwright() as playwright:
        fill(run, days)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        wall = 0.0
        print("milliseconds, median and worst of", LOADS, "cold loads (goal: /centre under 1,500)")
        for path, figure in PAGES.items():
            url = f"http://127.0.0.1:{run.port}{path}"
            loads = [load_once(browser, url, figure) for _ in range(LOADS)]
            numbers, drawn = [each[0] for each in loads], [each[1] for each in loads]
            wall = wall or quantile(numbers, 0.5)
            times = [quantile(numbers, 0.5), max(numbers), quantile(drawn, 0.5), max(drawn)]
            print(
                f"{path:46} numbers {times[0]:6.0f} {times[1]:6.0f}   figure {times[2]:6.0f} {times[3]:6.0f}   "
                f"{loads[-1][2] / 1024:7,.0f} KB   {times[2] / wall:.1f} of the wall"
            )
        browser.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 14)

"""From XADD to the number on the screen: one viewer in a real Chromium, the whole way as in production.

python -m bench.bench_dom [EVENTS]
"""

import random
import shutil
import sys
import time

from playwright.sync_api import sync_playwright

from bench.stack import issue, quantile, stack

WATCH = """() => {
  const number = document.querySelector('[data-tile="miyaly"] [data-metric="queue"]');
  window.seen = {};
  new MutationObserver(() => { window.seen[number.dataset.value] ??= performance.timeOrigin + performance.now(); })
    .observe(number, {attributes: true, attributeFilter: ['data-value']});
}"""


def main(events: int) -> None:
    pause = random.Random(1)
    with stack() as run, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"http://127.0.0.1:{run.port}/wall")
        page.wait_for_selector("[data-live=live]")
        issue(run.client, 0)
        page.wait_for_function("document.querySelector('[data-tile=miyaly] [data-metric=queue]').dataset.value === '1'")
        page.evaluate(WATCH)
        sent = {}
        for number in range(1, events + 1):
            sent[number + 1] = issue(run.client, number)
            time.sleep(pause.uniform(0.3, 0.6))
        time.sleep(1)
        seen = page.evaluate("window.seen")
        browser.close()
    delays = [seen[str(count)] - at * 1000 for count, at in sent.items() if str(count) in seen]
    print(f"{len(delays)} of {events} events seen one by one; XADD to DOM, milliseconds (goal: p99 under 500)")
    print(f"p50 {quantile(delays, 0.5):.0f}   p90 {quantile(delays, 0.9):.0f}   p99 {quantile(delays, 0.99):.0f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)

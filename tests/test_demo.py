"""The whole product as a user meets it: the demo starts, the wall is full and live, an event by hand moves a tile."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from playwright.sync_api import Page

from data_sources.stream import events_key

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.timeout(600)  # a year of history is made, on a machine that is busy with other tests


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
        return port


class Demo:
    """`python app.py demo` with a short history, on a data folder and a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.environment = {**os.environ, "TENDAYS_DATA_DIR": str(folder), "TENDAYS_PORT": str(self.port)}
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        (self.folder / "run.json").unlink(missing_ok=True)  # of one that was killed
        with (self.folder / "out.txt").open("a") as out:
            self.process = self.command("demo", "--history", "none", stdout=out, stderr=out)
        until = time.monotonic() + 420
        while time.monotonic() < until and self.process.poll() is None:
            if (self.folder / "run.json").exists():
                return
            time.sleep(0.1)
        self.process.kill()  # nobody else would: its parts go with it
        pytest.fail(f"the demo did not start:\n{(self.folder / 'out.txt').read_text()[-3000:]}")

    def command(self, *arguments: str, **more: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "app.py", *arguments]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, text=True, **more)

    def said(self, *arguments: str) -> tuple[int, str]:
        process = self.command(*arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said, _ = process.communicate()
        return process.returncode, said

    def stop(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = Demo(tmp_path_factory.mktemp("demo"))
    demo.start()
    yield demo
    demo.stop()


def run_of(demo: Demo) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((demo.folder / "run.json").read_text())
    return found


def test_run_json_tells_where_everything_is(demo: Demo) -> None:
    run = run_of(demo)
    assert run["web"] == f"http://127.0.0.1:{demo.port}"
    assert run["network"] == "atyrau"
    assert redis.Redis.from_url(run["redis"]).ping()
    assert run["database"].startswith("sqlite:///")
    for pid in run["pids"].values():
        os.kill(pid, 0)


def test_the_wall_is_full_and_live_and_an_event_by_hand_moves_its_tile(demo: Demo, page: Page) -> None:
    run = run_of(demo)
    page.goto(run["web"])
    page.wait_for_selector("[data-live=live]", timeout=20_000)
    assert page.locator("[data-tile]").count() == 16
    assert page.locator("[data-tile] [data-metric]").count() == 64
    states = page.eval_on_selector_all("[data-tile]", "tiles => tiles.map(tile => tile.dataset.state)")
    assert set(states) <= {"live", "late"}
    queue = page.locator("[data-tile=miyaly] [data-metric=queue]")
    before = int(queue.get_attribute("data-value") or "0")
    status, said = demo.said("send", "/miyaly/main", "ticket.issued", "ticket=H", "service=real-estate-registration")
    assert (status, said[:7]) == (0, "sent as")
    for number in range(30):
        add(run, number)
    page.wait_for_function(
        "least => Number(document.querySelector('[data-tile=miyaly] [data-metric=queue]').dataset.value) >= least",
        arg=before + 20,
        timeout=10_000,
    )


def add(run: dict[str, Any], number: int) -> None:
    event = {
        "specversion": "1.0", "id": f"by-hand-{number}", "source": "/miyaly/main", "type": "ticket.issued",
        "time": time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime()),
        "data": {"ticket": f"HAND{number}", "service": "real-estate-registration"},
    }  # fmt: skip
    client = redis.Redis.from_url(run["redis"])
    client.xadd(events_key("miyaly"), {"event": json.dumps(event)})


def test_check_finds_no_difference_while_all_runs(demo: Demo) -> None:
    status, said = demo.said("check")
    assert status == 0, said
    assert "No difference." in said


def test_what_cannot_be_sent_says_why(demo: Demo) -> None:
    _, said = demo.said("send", "/miyaly/main", "ticket.issued", "ticket=A1", "service=magic")
    assert 'data.service is "magic"' in said


def test_a_second_demo_on_the_folder_or_the_port_is_a_clear_error(demo: Demo, tmp_path: Path) -> None:
    status, said = demo.said("demo")
    assert (status, "a demo already runs" in said) == (1, True), said
    other = Demo(tmp_path)
    other.environment["TENDAYS_PORT"] = str(demo.port)
    status, said = other.said("demo")
    assert (status, "another program has it" in said) == (1, True), said
    assert "Traceback" not in said


def test_a_part_that_is_killed_comes_back(demo: Demo, page: Page) -> None:
    before = run_of(demo)["pids"]["worker"]
    os.kill(before, signal.SIGKILL)
    until = time.monotonic() + 40
    while run_of(demo)["pids"]["worker"] == before and time.monotonic() < until:
        time.sleep(0.2)
    assert run_of(demo)["pids"]["worker"] != before
    page.goto(run_of(demo)["web"])
    page.wait_for_selector("[data-live=live]", timeout=30_000)


def test_it_stops_cleanly_and_the_next_start_takes_seconds(demo: Demo) -> None:
    pids = run_of(demo)["pids"]
    demo.stop()
    assert not (demo.folder / "run.json").exists()
    for pid in pids.values():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    demo.start()
    assert "Traceback" not in (demo.folder / "out.txt").read_text()


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_killed_without_a_word_it_takes_its_parts_with_it_and_starts_again(demo: Demo) -> None:
    pids = run_of(demo)["pids"]
    assert demo.process is not None
    demo.process.kill()
    demo.process.wait()
    until = time.monotonic() + 20
    while not all(gone(pid) for pid in pids.values()) and time.monotonic() < until:
        time.sleep(0.1)
    assert [name for name, pid in pids.items() if not gone(pid)] == []
    demo.start()

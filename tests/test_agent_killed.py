"""The whole way from a centre, each part killed in turn: agent, line, web, worker and server. Nothing is lost."""

import csv
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, VALKEY

from data_sources.history import History, open_engine
from data_sources.replay import load_profile, make_events
from data_sources.tokens import Tokens
from tests.test_agent import Proxy

EVENTS = 4000
COLUMNS = ("time", "type", "id", "ticket", "service", "priority", "window", "operator", "outcome", "reason")


class Part:
    """A process that is started again whenever it was killed."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        self._command, self._environment = command, environment
        self._log = (Path(environment["TENDAYS_DATA_DIR"]) / "log.txt").open("ab")
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            env={**os.environ, **self._environment},
            cwd=ROOT,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def kill(self) -> None:
        """With all that it started, as a power cut would."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)

    def again(self) -> None:
        self.kill()
        self.start()


@contextmanager
def parts(folder: Path, log: Path, network: Path) -> Iterator[tuple[dict[str, Part], Proxy, str]]:
    redis_port, web_port, centre = free_port(), free_port(), load_profile("anonymous-bank").centre
    (folder / "valkey").mkdir()
    kept = ["--appendonly", "yes", "--save", "", "--dir", str(folder / "valkey")]
    environment = {
        "TENDAYS_REDIS_URL": f"redis://127.0.0.1:{redis_port}",
        "TENDAYS_DATA_DIR": str(folder),
        "TENDAYS_NETWORK": str(network),
        "TENDAYS_PORT": str(web_port),
    }
    url = f"sqlite:///{folder}/history.db"
    running = {"server": Part([str(VALKEY), "--port", str(redis_port), *kept], environment)}
    running["worker"] = Part([sys.executable, "app.py", "worker"], environment)
    wait_until(lambda: connects(redis_port), 20)
    running["web"] = Part([sys.executable, "app.py", "web"], environment)
    wait_until(lambda: connects(web_port), 40)
    token, _ = Tokens(open_engine(url)).make(centre, "test", 1)
    (folder / "token").write_text(token)
    proxy = Proxy(web_port)
    place = ["--branch", load_profile("anonymous-bank").branch]
    where = [
        *place,
        "--url",
        f"http://127.0.0.1:{proxy.port}",
        "--token-file",
        str(folder / "token"),
        "--folder",
        str(log),
    ]
    running["agent"] = Part([sys.executable, "app.py", "agent", centre, *where], environment)
    try:
        yield running, proxy, url
    finally:
        for each in reversed(running.values()):
            each.kill()
        proxy.close()


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def connects(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def wait_until(done: Any, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "it did not come in time"
        time.sleep(0.1)


def write_slowly(path: Path, events: list[dict[str, Any]], stop: threading.Event) -> None:
    """As a queue system does: line after line, some in parts."""
    chance = random.Random(1)
    with path.open("w", newline="") as file:
        rows = csv.DictWriter(file, COLUMNS)
        rows.writeheader()
        for place, event in enumerate(events):
            rows.writerow({"time": event["time"], "type": event["type"], "id": event["id"], **event["data"]})
            if chance.random() < 0.02:
                file.flush()
                stop.wait(0.1)
            if place == len(events) // 2:
                stop.wait(2.0)


@pytest.mark.slow
def test_whatever_is_killed_every_call_of_the_bank_is_in_history_once_and_in_its_order(
    shared_data: Path, tmp_path: Path
) -> None:
    profile = load_profile("anonymous-bank")
    made, _ = make_events(shared_data / "anonymous_bank_1999_02.tsv", profile, until="now", now=time.time())
    events = [json.loads(raw) for _, _, raw in made[:EVENTS]]
    log, stop = tmp_path / "queue", threading.Event()
    log.mkdir()
    with parts(tmp_path, log, profile.network_path) as (running, proxy, url):
        writer = threading.Thread(target=write_slowly, args=(log / "calls.csv", events, stop))
        writer.start()
        history = History(open_engine(url))
        for name in ("agent", "line", "web", "worker", "server", "agent"):
            time.sleep(1.0)
            if name == "line":
                proxy.break_off()
                time.sleep(1.0)
                proxy.mend()
            else:
                running[name].again()
        writer.join()
        expected = [(each["id"], each["type"]) for each in events]
        wait_until(lambda: len(stored(history, profile.centre)) >= len(expected), 90)
        time.sleep(1.0)  # what came twice would come now
        found = stored(history, profile.centre)
        stop.set()
    print(f"{len(expected)} events written, {len(found)} in history, {len(set(found))} of them different")
    assert found == expected


def stored(history: History, centre: str) -> list[tuple[str, str]]:
    from dashboard.events import type_of

    found = [(event.id, type_of(event)) for _, event in history.events(centre)]
    return [each for each in found if each[1] != "heartbeat"]

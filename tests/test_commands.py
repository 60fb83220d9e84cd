"""Commands as production and a bad night use them: plain gunicorn, what a power cut left behind."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import msgspec
import pytest
import redis

from dashboard.network_file import DEFAULT, load
from dashboard.settings import read
from data_sources import cut_command, runfile
from data_sources.demonstration import DemoError
from data_sources.simulator.append import simulator_key
from data_sources.simulator.cut import Cuts
from data_sources.stream import snapshot_key

ROOT = Path(__file__).parent.parent
CONTENT = {"web": "http://127.0.0.1:8050", "redis": "redis://127.0.0.1:1/0", "database": "sqlite:///x", "network": "n"}


@pytest.fixture
def plain_gunicorn(valkey: redis.Redis, valkey_url: str, tmp_path: Path) -> Iterator[int]:
    """``gunicorn app:server`` and nothing more, with settings from the environment; gives its port."""
    valkey.set(snapshot_key("atyrau"), msgspec.json.encode({"version": 1, "centres": []}))
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port = int(line.getsockname()[1])
    settings = {"TENDAYS_REDIS_URL": valkey_url, "TENDAYS_DATA_DIR": str(tmp_path), "TENDAYS_PORT": str(port)}
    settings |= {"TENDAYS_DEMO_OPEN": "1"}  # nobody signs in
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "app:server"], cwd=ROOT, env={**os.environ, **settings}
    )
    try:
        until = time.monotonic() + 30
        while answer(port) is None and time.monotonic() < until and process.poll() is None:
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def answer(port: int) -> int | None:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as response:
            return int(response.status)
    except (URLError, OSError):
        return None


def test_plain_gunicorn_takes_its_settings_and_serves_more_viewers_than_one(plain_gunicorn: int) -> None:
    assert answer(plain_gunicorn) == 200
    viewers = [socket.create_connection(("127.0.0.1", plain_gunicorn), timeout=5) for _ in range(3)]
    for viewer in viewers:
        viewer.sendall(b"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert [viewer.recv(12) for viewer in viewers] == [b"HTTP/1.1 200"] * 3
    assert answer(plain_gunicorn) == 200
    for viewer in viewers:
        viewer.close()


def test_run_json_of_a_running_instance_is_read(tmp_path: Path) -> None:
    runfile.write(tmp_path, {**CONTENT, "pids": {"demo": os.getpid()}})
    found = runfile.read(tmp_path)
    assert found is not None
    assert found["web"] == CONTENT["web"]
    assert (tmp_path / "run.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says when a process started")
def test_run_json_of_a_killed_instance_does_not_count_when_another_program_has_its_pid(tmp_path: Path) -> None:
    runfile.write(tmp_path, {**CONTENT, "pids": {"demo": os.getpid()}})
    left = json.loads((tmp_path / "run.json").read_text())
    (tmp_path / "run.json").write_text(json.dumps({**left, "started": left["started"] - 1}))
    assert runfile.read(tmp_path) is None


def test_run_json_of_a_process_that_has_ended_does_not_count(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    runfile.write(tmp_path, {**CONTENT, "pids": {"demo": process.pid}})
    assert runfile.read(tmp_path) is not None
    process.communicate(b"\n")
    assert runfile.read(tmp_path) is None


def test_a_feed_is_made_silent_in_a_running_demo_and_nowhere_else(
    valkey: redis.Redis, valkey_url: str, tmp_path: Path
) -> None:
    settings, network = read({"TENDAYS_DATA_DIR": str(tmp_path)}), load(DEFAULT)
    centre, real = network.centres[0].id, network.centres[1].id
    cuts = Cuts(valkey, network)

    def running(**pids: int) -> None:
        database = f"sqlite:///{tmp_path}/history.db"
        content = CONTENT | {"redis": valkey_url, "database": database, "offset_minutes": 300}
        runfile.write(tmp_path, {**content, "pids": {"demo": os.getpid(), **pids}})

    def refused(said: str) -> None:
        with pytest.raises(DemoError, match=said):
            cut_command.run(settings, real, 5)

    refused("no demo runs")
    running(web=1)
    refused("no demo runs")
    running(simulator=1)
    valkey.hset(simulator_key(centre), "told", 1)
    refused(f"no centre '{real}'")
    assert centre in cut_command.run(settings, centre, 5)
    cuts.read()
    assert cuts.covers(centre, time.time())
    assert not cuts.covers(centre, time.time() + 301)
    assert not cuts.covers(real, time.time())
    cut_command.run(settings, centre, 0)
    cuts.read()
    assert not cuts.covers(centre, time.time())

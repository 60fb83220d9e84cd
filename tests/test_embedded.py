"""The embedded server: real, persistent, one to a folder, and gone with its owner."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis

from data_sources.embedded import EmbeddedServer, EmbeddedServerError

OWNER = """
import sys, time
from pathlib import Path
from data_sources.embedded import EmbeddedServer
with EmbeddedServer(Path(sys.argv[1])) as server:
    print(server.url, flush=True)
    time.sleep(60)
"""


def test_a_second_start_on_the_same_folder_finds_its_data(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as server:
        redis.Redis.from_url(server.url).xadd("s", {"event": "x"}, id="5-1")
        pid = server.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with EmbeddedServer(tmp_path) as server:
        assert redis.Redis.from_url(server.url).xrange("s") == [(b"5-1", {b"event": b"x"})]


def test_two_at_once_on_one_folder_are_a_clear_error(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path), pytest.raises(EmbeddedServerError, match="another Ten Days already runs"):
        EmbeddedServer(tmp_path).__enter__()
    with EmbeddedServer(tmp_path) as server:
        assert redis.Redis.from_url(server.url).ping()


def test_made_empty_it_has_no_data_of_before_and_never_takes_that_of_a_running_one(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as server:
        client = redis.Redis.from_url(server.url)
        client.set("a", "1")
        with pytest.raises(EmbeddedServerError, match="another"):
            EmbeddedServer(tmp_path, empty=True).__enter__()
    with EmbeddedServer(tmp_path) as server:
        assert redis.Redis.from_url(server.url).get("a") == b"1"
    with EmbeddedServer(tmp_path, empty=True) as server:
        assert redis.Redis.from_url(server.url).get("a") is None


def test_it_listens_on_the_loopback_address_only(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as server:
        assert redis.Redis.from_url(server.url).config_get("bind")["bind"] == "127.0.0.1"


def test_when_its_owner_is_killed_it_ends_keeps_its_data_and_leaves_no_lock(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OWNER, str(tmp_path)]
    owner = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    url = owner.stdout.readline().strip()
    client = redis.Redis.from_url(url)
    client.set("kept", "yes")
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            client.ping()
            time.sleep(0.05)
        except redis.ConnectionError:
            break
    else:
        pytest.fail("the server outlived its owner")
    with EmbeddedServer(tmp_path) as server:
        assert redis.Redis.from_url(server.url).get("kept") == b"yes"


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").write_text("a file where a folder must be")
    with pytest.raises(EmbeddedServerError, match="did not start"):
        EmbeddedServer(tmp_path).__enter__()

"""Pushing: a whole snapshot first, then every change, the same bytes to all; and what the API answers."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dash
import flask
import msgspec
import pytest
import redis
from flask_caching import Cache

from callbacks import api
from data_sources import live
from data_sources.embedded import EmbeddedServer
from data_sources.live import LiveHub
from data_sources.services import redis_client
from data_sources.stream import live_channel, snapshot_key


def publish(client: redis.Redis, version: int, padding: str = "") -> None:
    raw = msgspec.json.encode({"version": version, "base": version - 1, "padding": padding})
    client.set(snapshot_key("test"), raw)
    client.publish(live_channel("test"), raw)


def parsed(frame: bytes) -> tuple[str, int | None]:
    fields = dict(line.split(b": ", 1) for line in frame.strip().split(b"\n"))
    return fields[b"event"].decode(), int(fields[b"id"]) if b"id" in fields else None


class Viewer:
    """Reads a stream in a thread of its own."""

    def __init__(self, hub: LiveHub, have: int | None = None) -> None:
        self.frames: list[bytes] = []
        threading.Thread(target=self._read, args=(hub.stream(have),), daemon=True).start()

    def _read(self, stream: Iterator[bytes]) -> None:
        self.frames.extend(())
        for frame in stream:
            self.frames.append(frame)

    def wait(self, count: int) -> list[tuple[str, int | None]]:
        until = time.monotonic() + 10
        while len(self.frames) < count and time.monotonic() < until:
            time.sleep(0.01)
        return [parsed(frame) for frame in self.frames]


@pytest.fixture
def hub(valkey: redis.Redis) -> Iterator[LiveHub]:
    hub = LiveHub(valkey, "test")
    yield hub
    hub.close()


def subscribed(client: redis.Redis) -> None:
    until = time.monotonic() + 10
    while not client.pubsub_numsub(live_channel("test"))[0][1] and time.monotonic() < until:
        time.sleep(0.01)


def test_a_viewer_gets_the_whole_and_then_each_change_once(hub: LiveHub, valkey: redis.Redis) -> None:
    publish(valkey, 7)
    viewer = Viewer(hub)
    viewer.wait(1)
    subscribed(valkey)
    publish(valkey, 8)
    publish(valkey, 9)
    assert viewer.wait(3) == [("snapshot", 7), ("change", 8), ("change", 9)]


def test_all_viewers_share_one_subscription_and_the_same_bytes(hub: LiveHub, valkey: redis.Redis) -> None:
    publish(valkey, 1)
    viewers = [Viewer(hub) for _ in range(20)]
    for viewer in viewers:
        viewer.wait(1)
    subscribed(valkey)
    publish(valkey, 2)
    for viewer in viewers:
        viewer.wait(2)
    assert valkey.pubsub_numsub(live_channel("test"))[0][1] == 1
    assert len({id(viewer.frames[1]) for viewer in viewers}) == 1


def test_a_viewer_that_comes_back_with_the_newest_version_is_not_sent_it_again(
    hub: LiveHub, valkey: redis.Redis
) -> None:
    publish(valkey, 4)
    viewer = Viewer(hub, have=4)
    subscribed(valkey)
    until = time.monotonic() + 10
    while hub._whole.version != 4 and time.monotonic() < until:
        time.sleep(0.01)  # it has looked what is newest
    publish(valkey, 5)
    assert viewer.wait(1)[0] == ("change", 5)


def test_a_viewer_too_slow_to_follow_is_let_go(hub: LiveHub, valkey: redis.Redis) -> None:
    publish(valkey, 1)
    slow = hub.stream()
    assert parsed(next(slow)) == ("snapshot", 1)
    subscribed(valkey)
    for version in range(2, live.SLOW_MESSAGES + 10):
        publish(valkey, version)
    fast = Viewer(hub)
    until = time.monotonic() + 10
    while hub._version < live.SLOW_MESSAGES + 9 and time.monotonic() < until:
        time.sleep(0.01)
    assert list(slow) == []
    assert fast.wait(1)[0] == ("snapshot", live.SLOW_MESSAGES + 9)


def test_a_quiet_stream_pings_and_a_lost_server_is_found_again(
    hub: LiveHub, valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PING_S", 0.05)
    publish(valkey, 1)
    viewer = Viewer(hub)
    assert ("ping", None) in viewer.wait(3)
    subscribed(valkey)
    valkey.client_kill_filter(_type="pubsub")
    until = time.monotonic() + 15
    version = 2
    while ("change", version - 1) not in [parsed(frame) for frame in viewer.frames] and time.monotonic() < until:
        publish(valkey, version)
        version += 1
        time.sleep(0.1)
    assert ("change", version - 1) in viewer.wait(0)


def test_a_viewer_that_is_stuck_keeps_nothing_of_what_follows(hub: LiveHub, valkey: redis.Redis) -> None:
    """A tab that sleeps with a full buffer must not make the process grow for as long as it sleeps."""
    publish(valkey, 1)
    stuck = hub.stream()
    next(stuck)
    subscribed(valkey)
    publish(valkey, 2)
    assert parsed(next(stuck)) == ("change", 2)
    held = stuck.gi_frame.f_locals["following"]  # type: ignore[attr-defined]
    for version in range(3, live.SLOW_MESSAGES + 20):
        publish(valkey, version)
    until = time.monotonic() + 10
    while hub._version < live.SLOW_MESSAGES + 19 and time.monotonic() < until:
        time.sleep(0.01)
    assert held.following is None


def test_many_that_come_at_once_share_one_reading(valkey_url: str, valkey: redis.Redis) -> None:
    """After a restart all walls come back in the same second."""
    services_client = redis_client(valkey_url)
    publish(valkey, 1)
    hub = LiveHub(services_client, "test")
    next(hub.stream())
    subscribed(valkey)
    next(hub.stream())
    before = valkey.info("commandstats")["cmdstat_get"]["calls"]
    viewers = [Viewer(hub) for _ in range(300)]
    assert all(viewer.wait(1) == [("snapshot", 1)] for viewer in viewers)
    assert valkey.info("commandstats")["cmdstat_get"]["calls"] <= before + 1
    assert valkey.info("clients")["connected_clients"] < 30
    hub.close()


def test_with_redis_away_the_last_picture_stays_and_readiness_says_so(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as server:
        hub = LiveHub(redis_client(server.url), "test")
        publish(redis.Redis.from_url(server.url), 5)
        kept = hub.snapshot()
        assert kept
        assert hub.reachable()
    assert not hub.reachable()
    assert hub.snapshot() == kept
    hub.close()


@pytest.fixture
def client(valkey: redis.Redis, valkey_url: str) -> Iterator[Any]:
    app = dash.Dash("test", server=flask.Flask("test"))
    app.layout = dash.html.Div()
    hub = LiveHub(valkey, "test")
    cache = Cache(config={"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": valkey_url})
    api.register(app, SimpleNamespace(live=hub, snapshot=hub.snapshot, cache=cache, blueprints=list))
    yield app.server.test_client()
    hub.close()


def test_the_api_gives_the_very_bytes_that_were_published(client: Any, valkey: redis.Redis) -> None:
    missing = client.get("/api/v1/snapshot")
    assert (missing.status_code, missing.json["error"][:15]) == (503, "no snapshot yet")
    assert client.get("/readyz").status_code == 503
    publish(valkey, 3)
    found = client.get("/api/v1/snapshot")
    assert found.data == valkey.get(snapshot_key("test"))
    assert client.get("/api/v1/snapshot", headers={"If-None-Match": found.headers["ETag"]}).status_code == 304
    assert client.get("/readyz").status_code == 200
    assert client.get("/healthz").json == {"status": "ok"}


def test_the_live_stream_is_an_event_stream_that_nobody_may_hold_back(client: Any, valkey: redis.Redis) -> None:
    publish(valkey, 3)
    response = client.get("/api/v1/live", headers={"Accept-Encoding": "gzip, br"})
    assert response.mimetype == "text/event-stream"
    assert "Content-Encoding" not in response.headers
    assert parsed(next(response.response)) == ("snapshot", 3)

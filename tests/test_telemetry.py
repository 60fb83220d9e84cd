"""What Prometheus is told: counts that agree with history, lags of real streams, requests and viewers by process."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import flask
import pytest
import redis
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from data_sources import request_logs
from data_sources.history import History, open_engine, upgrade
from data_sources.live import LiveHub
from data_sources.stream import events_key
from data_sources.telemetry import Telemetry, blueprint
from data_sources.worker import Worker
from tests.feeds import raw
from tests.small_network import MONDAY_10, NETWORK

NOW = MONDAY_10


@pytest.fixture
def services(valkey: redis.Redis, tmp_path: Path) -> Iterator[SimpleNamespace]:
    engine = open_engine(f"sqlite:///{tmp_path}/history.db")
    upgrade(engine)
    yield SimpleNamespace(
        redis=valkey,
        engine=engine,
        history=History(engine),
        network=NETWORK,
        clock=lambda: NOW,
        snapshot=lambda: b'{"version": 1, "at": "2026-11-23T04:59:57Z", "centres": []}',
    )
    engine.dispose()


def client_of(telemetry: Telemetry) -> FlaskClient:
    app = flask.Flask(__name__)
    app.register_blueprint(blueprint(telemetry))
    app.register_blueprint(request_logs.blueprint())

    @app.get("/thing/<name>")
    def thing(name: str) -> tuple[str, int]:
        return name, 404 if name == "none" else 200

    return app.test_client()


def numbers(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """(name, values of labels) to the number."""
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def send(services: SimpleNamespace, number: int, ago: float, **data: str) -> None:
    body = raw("/one/main", f"e{number}", "ticket.issued", NOW - ago, **{"ticket": "A1", "service": "estate"} | data)
    services.redis.xadd(events_key("one"), {"event": body}, id=f"{int((NOW - ago) * 1000)}-{number}")


def test_events_are_counted_as_history_counts_them_and_streams_that_wait_are_seen(services: SimpleNamespace) -> None:
    worker = Worker(services, lambda: NOW)
    for number, ago in ((1, 60.0), (2, 50.0), (1, 40.0)):
        send(services, number, ago)
    send(services, 3, 30.0, service="no-such")
    while worker.step(block_ms=0):
        pass
    worker.close()
    send(services, 4, 12.0)
    send(services, 5, 2.0)
    found = numbers(Telemetry(services).text().decode())
    assert found["tendays_events_total", ("one", "accepted")] == 2
    assert found["tendays_events_total", ("one", "duplicate")] == 1
    assert found["tendays_events_total", ("one", "unknown_service")] == 1
    assert found["tendays_stream_lag_seconds", ("one",)] == pytest.approx(12.0)
    assert found["tendays_stream_lag_seconds", ("two",)] == 0
    assert found["tendays_feed_silence_seconds", ("one",)] == pytest.approx(2.0)
    assert found["tendays_snapshot_age_seconds", ()] == pytest.approx(3.0)
    assert (found["tendays_up", ("history",)], found["tendays_up", ("redis",)]) == (1, 1)


def test_requests_are_timed_by_route_and_never_by_address(services: SimpleNamespace) -> None:
    telemetry = Telemetry(services)
    client = client_of(telemetry)
    for name in ("a", "b", "none"):
        client.get(f"/thing/{name}")
    client.get("/nowhere/in/particular")
    text = telemetry.text().decode()
    found = numbers(text)
    assert found["tendays_request_seconds_count", ("GET", "/thing/<name>", "200")] == 2
    assert found["tendays_requests_refused_total", ("/thing/<name>", "404")] == 1
    assert found["tendays_requests_refused_total", ("none", "404")] == 1
    assert "particular" not in text


def test_viewers_are_those_whose_streams_are_open(services: SimpleNamespace) -> None:
    telemetry = Telemetry(services)
    hub = LiveHub(services.redis, "test", telemetry.viewer)
    services.redis.set("tendays:test:snapshot", b'{"version": 1}')
    streams = [hub.stream() for _ in range(3)]
    for each in streams:
        next(each)
    assert numbers(telemetry.text().decode())["tendays_viewers", ()] == 3
    streams[0].close()
    assert numbers(telemetry.text().decode())["tendays_viewers", ()] == 2
    hub.close()


def test_two_applications_of_one_process_count_apart(services: SimpleNamespace) -> None:
    one, other = Telemetry(services), Telemetry(services)
    client_of(one).get("/thing/a")
    assert b'route="/thing/<name>"' in one.text()
    assert b'route="/thing/<name>"' not in other.text()


def test_with_redis_away_the_rest_is_told_and_that_it_is_away(services: SimpleNamespace) -> None:
    services.redis = redis.Redis(port=1)
    found = numbers(Telemetry(services).text().decode())
    assert (found["tendays_up", ("redis",)], found["tendays_up", ("history",)]) == (0, 1)
    assert ("tendays_snapshot_age_seconds", ()) in found


IN_A_PROCESS = """
import sys
from types import SimpleNamespace as Fake
from data_sources.telemetry import Telemetry
def away(*_, **__): raise OSError
nothing = Fake(history=Fake(counters=dict, positions=away), snapshot=bytes, network=Fake(centres=[]), clock=float)
made = Telemetry(nothing)
if sys.argv[1] == "ask":
    print(made.text().decode())
else:
    made.answered("GET", "/x", 200, 0.2)
    made.viewer(int(sys.argv[1]))
"""


def test_what_several_processes_count_is_added_up(tmp_path: Path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    root = Path(__file__).parent.parent

    def run(said: str) -> str:
        command = [sys.executable, "-c", IN_A_PROCESS, said]
        return subprocess.run(command, env=environment, cwd=root, check=True, capture_output=True, text=True).stdout

    run("2")
    run("3")
    found = numbers(run("ask"))
    assert found["tendays_request_seconds_count", ("GET", "/x", "200")] == 2
    assert found["tendays_viewers", ()] == 5

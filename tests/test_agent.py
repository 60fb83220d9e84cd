"""The centre's agent: what a queue system writes is at the server once and in order, whatever breaks in between."""

import json
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import flask
import msgspec
import pytest
import redis
import sqlalchemy as sa
from werkzeug.serving import make_server

from dashboard.intake import Refusal, accept
from data_sources import agent as module
from data_sources.agent import Agent, Options
from data_sources.agent_link import Link
from data_sources.agent_outbox import FullDiskError, Outbox
from data_sources.agent_rows import Place, WrongRowError, event_of, shifted
from data_sources.agent_sources import Database, Folder, Lines, Source
from data_sources.feed_notes import read_notes
from data_sources.gateway import Gateway
from data_sources.gateway_http import blueprint
from data_sources.history import open_engine, upgrade
from data_sources.stream import events_key
from data_sources.tokens import Tokens
from tests.feeds import raw
from tests.small_network import MONDAY_10, NETWORK

PLACE = Place("one", "main", NETWORK.local)
HEAD = "time;type;ticket;service;window;operator\n"


def line(number: int, second: int = 0) -> str:
    return f"2026-11-23T09:{number // 60 % 60:02}:{number % 60:02}.{second:03};ticket.issued;T{number};estate;;\n"


@pytest.fixture
def server(valkey: redis.Redis, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A real gateway behind a real HTTP server, and a line to it that can be cut."""
    engine = open_engine(f"sqlite:///{tmp_path}/history.db")
    upgrade(engine)
    services = SimpleNamespace(redis=valkey, engine=engine, network=NETWORK, clock=lambda: MONDAY_10)
    gateway, app = Gateway(services), flask.Flask(__name__)
    app.register_blueprint(blueprint(lambda: gateway, NETWORK.id))
    http = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    proxy = Proxy(http.server_port)
    token, _ = Tokens(engine, services.clock).make("one", "agent", 30)
    yield SimpleNamespace(url=f"http://127.0.0.1:{proxy.port}", token=token, proxy=proxy, valkey=valkey, app=app)
    proxy.close()
    http.shutdown()
    engine.dispose()


class Proxy:
    """A line that can be cut in the middle of what it carries."""

    def __init__(self, to: int) -> None:
        self.cut, self._open = False, set[socket.socket]()
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                if proxy.cut:
                    return
                with socket.create_connection(("127.0.0.1", to)) as there:
                    both = {self.request, there}
                    proxy._open |= both
                    back = threading.Thread(target=pump, args=(there, self.request), daemon=True)
                    back.start()
                    pump(self.request, there)
                    back.join(5)
                    proxy._open -= both

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def break_off(self) -> None:
        self.cut = True
        for each in list(self._open):
            each.close()

    def mend(self) -> None:
        self.cut = False

    def close(self) -> None:
        self.break_off()
        self._server.shutdown()


def pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(4096):
            target.sendall(data)
    for each in (source, target):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    box = Outbox(tmp_path / "agent" / "one.db")
    yield box
    box.close()


Made = Callable[..., Agent]


@pytest.fixture
def made(server: SimpleNamespace, outbox: Outbox) -> Made:
    def make(source: Source, clock: Callable[[], float] = time.time, **options: Any) -> Agent:
        link = Link(server.url, server.token, clock, chance=lambda: 0.0)
        told = Options(PLACE, **{"heartbeat_s": float("inf")} | options)
        return Agent(source, outbox, link, told, clock)

    return make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "queue"
    found.mkdir()
    return found


def in_stream(valkey: redis.Redis) -> list[dict[str, Any]]:
    return [json.loads(fields[b"event"]) for _, fields in valkey.xrange(events_key("one"))]  # type: ignore[union-attr]


def tickets(valkey: redis.Redis) -> list[str]:
    return [each["data"]["ticket"] for each in in_stream(valkey) if each["type"] == "ticket.issued"]


def send_all(agent: Agent) -> None:
    for _ in range(500):
        if not agent.waiting():
            return
        time.sleep(min(0.05, agent.send()))
    raise AssertionError(f"{agent.waiting()} events are still waiting")


def test_a_file_that_grows_is_taken_line_by_line_as_lines_are_ended(
    made: Made, folder: Path, server: SimpleNamespace
) -> None:
    agent, file = made(Folder(folder)), folder / "day.csv"
    file.write_text(HEAD + line(1) + line(2)[:20])
    assert agent.take() == 1
    with file.open("a") as more:
        more.write(line(2)[20:] + line(3))
    assert agent.take() == 2
    assert agent.take() == 0
    send_all(agent)
    assert tickets(server.valkey) == ["T1", "T2", "T3"]


def test_a_file_that_was_made_anew_under_its_name_is_read_again_and_adds_nothing_twice(
    made: Made, folder: Path, server: SimpleNamespace
) -> None:
    agent, file = made(Folder(folder)), folder / "day.csv"
    file.write_text(HEAD + line(1) + line(2))
    agent.take()
    fresh = folder / "new"
    fresh.write_text(HEAD + line(2) + line(3))
    fresh.replace(file)
    agent.take()
    send_all(agent)
    assert tickets(server.valkey) == ["T1", "T2", "T3"]


def test_lines_that_are_events_already_go_as_they_are(made: Made, folder: Path, server: SimpleNamespace) -> None:
    event = raw("/one/main", "own-id", "ticket.issued", MONDAY_10 - 60, ticket="A", service="estate")
    (folder / "a.ndjson").write_bytes(event + b"\n")
    agent = made(Folder(folder))
    agent.take()
    send_all(agent)
    assert [each for each in in_stream(server.valkey) if each["type"] != "heartbeat"] == [json.loads(event)]


def test_a_database_is_read_after_its_watermark(made: Made, tmp_path: Path, server: SimpleNamespace) -> None:
    url = f"sqlite:///{tmp_path}/queue.db"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE log (row INTEGER PRIMARY KEY, at TEXT, number TEXT)"))

    def add(*numbers: int) -> None:
        with engine.begin() as connection:
            for each in numbers:
                connection.execute(sa.text(f"INSERT INTO log VALUES ({each}, '2026-11-23 09:00:{each:02}', 'D{each}')"))

    query = (
        "SELECT row, at AS time, 'ticket.issued' AS type, number AS ticket, 'estate' AS service FROM log "
        "WHERE row > :after ORDER BY row"
    )
    agent = made(Database(url, query, "row", "0"))
    add(1, 2)
    assert agent.take() == 2
    add(3)
    assert agent.take() == 1
    assert agent.take() == 0
    send_all(agent)
    assert tickets(server.valkey) == ["D1", "D2", "D3"]


def test_standard_input_may_be_csv_or_events_and_ends_the_agent_when_all_is_sent(
    made: Made, server: SimpleNamespace
) -> None:
    source = Lines(StringIO(HEAD + line(1) + line(2)))
    module.run(made(source), source, threading.Event())
    assert tickets(server.valkey) == ["T1", "T2"]


def test_with_the_line_cut_in_the_middle_nothing_is_lost_nothing_doubled_and_the_order_kept(
    made: Made, folder: Path, server: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 200)
    monkeypatch.setattr("data_sources.agent_link.WAIT_MOST_S", 0.2)
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.02)
    source, file = Folder(folder), folder / "day.csv"
    file.write_text(HEAD)
    agent, stop = made(source), threading.Event()
    runner = threading.Thread(target=module.run, args=(agent, source, stop))
    runner.start()
    with file.open("a") as more:
        for number in range(3000):
            more.write(line(number))
            if number % 100 == 0:
                more.flush()
            if number in (700, 1900):
                server.proxy.break_off()
            if number in (1100, 2300):
                time.sleep(0.3)
                server.proxy.mend()
            if number % 50 == 0:
                time.sleep(0.005)
    until = time.monotonic() + 60
    while len(tickets(server.valkey)) < 3000 and time.monotonic() < until:
        time.sleep(0.05)
    stop.set()
    runner.join()
    assert tickets(server.valkey) == [f"T{number}" for number in range(3000)]


def test_what_was_taken_outlives_the_agent(folder: Path, tmp_path: Path, server: SimpleNamespace) -> None:
    (folder / "day.csv").write_text(HEAD + line(1) + line(2))
    path = tmp_path / "agent.db"
    for _ in range(3):  # the agent dies between taking and sending, again and again
        box = Outbox(path)
        Agent(Folder(folder), box, Link("http://127.0.0.1:9", "x", time.time), Options(PLACE)).take()
        box.close()
    box = Outbox(path)
    agent = Agent(Folder(folder), box, Link(server.url, server.token, time.time), Options(PLACE, heartbeat_s=1e9))
    send_all(agent)
    box.close()
    assert tickets(server.valkey) == ["T1", "T2"]


def test_an_outbox_has_one_owner(outbox: Outbox, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="another agent's"):
        Outbox(tmp_path / "agent" / "one.db")


def test_a_full_disk_stops_the_taking_and_loses_nothing(
    made: Made, folder: Path, outbox: Outbox, server: SimpleNamespace
) -> None:
    file = folder / "day.csv"
    file.write_text(HEAD + "".join(line(number) for number in range(200)))
    agent = made(Folder(folder))
    pages = outbox._database.execute("PRAGMA page_count").fetchone()[0]
    outbox._database.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(FullDiskError, match="disk is full"):
        agent.take()
    assert agent.waiting() == 0
    outbox._database.execute("PRAGMA max_page_count = 1000000")
    assert agent.take() == 200
    send_all(agent)
    assert tickets(server.valkey) == [f"T{number}" for number in range(200)]


def test_what_the_server_refuses_is_kept_with_its_reason_and_the_rest_goes_on(
    made: Made, folder: Path, outbox: Outbox, server: SimpleNamespace
) -> None:
    (folder / "day.csv").write_text(HEAD + line(1) + line(2).replace("estate", "no-such") + line(3))
    agent = made(Folder(folder))
    agent.take()
    send_all(agent)
    ((reason, event),) = outbox.refused()
    assert reason.startswith("unknown_service: data.service")
    assert json.loads(event)["data"]["ticket"] == "T2"
    assert tickets(server.valkey) == ["T1", "T2", "T3"], "the worker keeps the refused one, with its bytes"


def test_a_row_that_is_no_event_is_kept_with_its_reason(made: Made, folder: Path, outbox: Outbox) -> None:
    (folder / "day.csv").write_text(HEAD + line(1) + "noon;ticket.issued;T2;estate;;\n" + line(3))
    agent = made(Folder(folder))
    agent.take()
    assert agent.waiting() == 2
    ((reason, row),) = outbox.refused()
    assert "time is 'noon'" in reason
    assert b"T2" in row


def test_a_batch_that_is_too_large_goes_in_parts(
    made: Made, folder: Path, server: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_sources.gateway.MAX_EVENTS", 30)
    (folder / "day.csv").write_text(HEAD + "".join(line(number) for number in range(100)))
    agent = made(Folder(folder))
    agent.take()
    send_all(agent)
    assert tickets(server.valkey) == [f"T{number}" for number in range(100)]


def test_a_full_batch_has_room_for_its_heartbeat_and_is_not_sent_in_parts(
    made: Made, folder: Path, server: SimpleNamespace
) -> None:
    (folder / "day.csv").write_text(HEAD + "".join(line(number) for number in range(1500)))
    agent = made(Folder(folder), heartbeat_s=0.0)
    agent.take()
    agent.send()
    assert agent.waiting() == 1500 - module.BATCH
    assert len(server.valkey.xrange(events_key("one"))) == module.BATCH + 1 == 1000


def test_each_request_says_what_the_agent_is_and_how_much_waits(
    made: Made, folder: Path, server: SimpleNamespace
) -> None:
    (folder / "day.csv").write_text(HEAD + "".join(line(number) for number in range(7)))
    agent = made(Folder(folder), lambda: time.time() - 100.0)
    agent.take()
    agent.send()
    said = read_notes(server.valkey, ["one"])["one"]
    assert said.agent is not None
    assert (said.agent.version, said.agent.outbox, said.agent.offset_s) == (module.VERSION, 7, None)
    assert said.agent_at == MONDAY_10
    (folder / "more.csv").write_text(HEAD + line(8))
    agent.take()
    agent.send()
    said = read_notes(server.valkey, ["one"])["one"]
    assert said.agent is not None
    assert said.agent.outbox == 1
    assert said.agent.offset_s == pytest.approx(100.0, abs=5.0)


def test_a_wrong_token_is_told_of_and_nothing_is_lost(
    folder: Path, outbox: Outbox, server: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "day.csv").write_text(HEAD + line(1))
    agent = Agent(Folder(folder), outbox, Link(server.url, "wrong", time.time), Options(PLACE))
    agent.take()
    assert agent.send() == 60.0
    assert agent.waiting() == 1


@pytest.mark.parametrize(("wrong_s", "is_shifted"), [(600.0, True), (-7200.0, True), (5.0, False)])
def test_a_wrong_clock_is_measured_and_the_times_are_corrected(
    made: Made, folder: Path, server: SimpleNamespace, wrong_s: float, is_shifted: bool
) -> None:
    agent = made(Folder(folder), clock=lambda: time.time() + wrong_s, heartbeat_s=0.0)
    agent.send()  # a heartbeat, whose answer carries the server's time
    agent._options = Options(PLACE, heartbeat_s=float("inf"))
    (folder / "day.csv").write_text(HEAD + line(1))
    agent.take()
    send_all(agent)
    (issued,) = [each for each in in_stream(server.valkey) if each["type"] == "ticket.issued"]
    said = msgspec.convert(issued["time"], type=datetime).timestamp()
    true = MONDAY_10 - 3600 + 1
    assert said == pytest.approx(true - wrong_s if is_shifted else true, abs=2)


def test_by_rule_nothing_is_taken_with_a_wrong_clock(made: Made, folder: Path) -> None:
    agent = made(Folder(folder), clock=lambda: time.time() + 600, heartbeat_s=0.0, clock_rule="refuse")
    (folder / "day.csv").write_text(HEAD + line(1))
    agent.send()
    assert agent.take() == 0
    assert agent.waiting() == 0


def test_the_heartbeat_tells_how_old_the_oldest_waiting_event_is(
    made: Made, folder: Path, server: SimpleNamespace
) -> None:
    agent = made(Folder(folder), clock=lambda: MONDAY_10, heartbeat_s=0.0, queue_system="Q 1.0")
    agent._link.offset_s = 0.0
    (folder / "day.csv").write_text(HEAD + line(1))
    agent.take()
    agent.send()
    (beat,) = [each for each in in_stream(server.valkey) if each["type"] == "heartbeat"]
    assert beat["source"] == "/one"
    assert beat["data"]["queue_system"] == "Q 1.0"
    assert beat["data"]["lag_s"] == pytest.approx(3599, abs=1)


ROWS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"type": "staff.posts", "posts": "12", "ticket": ""}, {"posts": 12}),
    ({"type": "complaint.closed", "complaint": "C1", "upheld": "true"}, {"complaint": "C1", "upheld": True}),
    ({"type": "feedback.given", "score": "5"}, {"score": 5}),
    ({"type": "services.offered", "services": "estate;idcard"}, {"services": ["estate", "idcard"]}),
    ({"type": "heartbeat", "lag_s": "1.5"}, {"lag_s": 1.5}),
]


@pytest.mark.parametrize(("row", "data"), ROWS)
def test_a_cells_text_becomes_what_the_contract_asks_for(row: dict[str, Any], data: dict[str, Any]) -> None:
    _, event = event_of(row | {"time": "2026-11-23T09:00:00"}, PLACE, 0.0)
    assert json.loads(event)["data"] == data
    found = accept(event, NETWORK, "one", MONDAY_10)
    assert not isinstance(found, Refusal), found


def test_a_time_without_offset_is_the_centres_own_and_a_branch_may_be_named() -> None:
    row = {"type": "heartbeat", "time": "2026-11-23 10:00", "branch": "annex"}
    moment, event = event_of(row, PLACE, 0.0)
    assert moment == MONDAY_10
    assert json.loads(event)["source"] == "/one/annex"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"type": "no.such", "time": "2026-11-23T09:00"}, "type is 'no.such'"),
        ({"type": "heartbeat"}, "time is None"),
        ({"type": "ticket.issued", "time": "2026-11-23T09:00", "ticket": "A"}, "missing required field `service`"),
        ({"type": "heartbeat", "time": "2026-11-23T09:00", "iin": "1"}, "unknown field `iin`"),
    ],
)
def test_a_row_that_is_no_event_says_why(row: dict[str, Any], said: str) -> None:
    with pytest.raises(WrongRowError, match=said):
        event_of(row, PLACE, 0.0)


def test_a_line_that_is_no_event_says_why() -> None:
    for wrong in (b"{", b"[]", b'{"time": "noon"}', b'{"time": "2026-11-23T09:00"}'):
        with pytest.raises(WrongRowError, match="no CloudEvents JSON with a time"):
            shifted(wrong, 0.0)

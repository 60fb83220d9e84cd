"""What is known of every centre's feed: from its events, its heartbeats, its agent, and the weeks before."""

from collections.abc import Iterator
from typing import Any

import pytest
import redis
from sqlalchemy import Engine

from dashboard.usual import LEAST_DAYS
from data_sources.feed_notes import (
    LONGEST,
    AgentNote,
    Beat,
    header_of,
    note_agent,
    note_beats,
    notes_key,
    read_header,
    read_notes,
)
from data_sources.feeds import Feeds
from data_sources.history import History, open_engine, upgrade
from data_sources.stream import events_key
from data_sources.worker import Worker
from tests.feeds import raw
from tests.small_network import DAY, MONDAY_10, NETWORK

WEEK = 7 * DAY
HOUR = 3600.0


class World:
    """A worker on real streams and history, at a clock that a test moves."""

    network = NETWORK

    def __init__(self, client: redis.Redis, engine: Engine) -> None:
        self.redis, self.engine, self.now = client, engine, MONDAY_10 + 7.0
        self.worker = Worker(self, lambda: self.now)
        self._sent = 0

    def send(self, type_: str, at: float, source: str = "/one/main", **data: Any) -> None:
        """An event that arrives when it happens: its entry has its time as id."""
        self._sent += 1
        body = raw(source, f"n{self._sent}", type_, at, **data)
        self.redis.xadd(events_key(source.split("/")[1]), {"event": body}, id=f"{int(at * 1000)}-{self._sent}")

    def rows(self) -> dict[str, dict[str, Any]]:
        while self.worker.step(block_ms=0):
            pass
        self.worker.publisher.publish(self.worker.states, self.worker.positions, set(), 0, self.now)
        feeds = Feeds(
            self.redis,
            History(self.engine),
            NETWORK,
            lambda: self.redis.get("tendays:test:snapshot") or b"",  # type: ignore[return-value, arg-type]
            lambda _name, _key, make: make(),
            lambda: self.now,
        )
        return {each["id"]: each for each in feeds.rows()}


@pytest.fixture
def world(valkey: redis.Redis, database_url: str) -> Iterator[World]:
    engine = open_engine(database_url)
    upgrade(engine)
    made = World(valkey, engine)
    yield made
    made.worker.close()
    engine.dispose()


def visitors(world: World, until: float, count: int) -> None:
    """So many visitors in the hour before: issued and called, two events each."""
    for number in range(count):
        at, ticket = until - HOUR + 60 + number * 300, f"T{number}"
        world.send("ticket.issued", at, ticket=ticket, service="estate")
        world.send("ticket.called", at + 60, ticket=ticket, window="1", operator="op1")


def test_the_last_hour_is_held_against_the_median_of_the_same_hour_of_the_weeks_before(world: World) -> None:
    for week, count in ((8, 9), (4, 3), (3, 5), (2, 1), (1, 7)):
        visitors(world, MONDAY_10 - week * WEEK, count)
        world.send("ticket.issued", MONDAY_10 - week * WEEK + 60, ticket="later", service="estate")
    visitors(world, MONDAY_10, 4)
    world.send("ticket.issued", MONDAY_10 + 1, ticket="T99", service="estate")  # after the last five-minute mark
    rows = world.rows()
    assert rows["one"]["rate"] == {"count": 8, "usual": 12.0}  # of 18, 10, 2 and 14: four weeks before was a holiday
    assert rows["two"]["rate"] == {"count": 0, "usual": None}


def test_of_too_few_weeks_nothing_is_usual_and_a_day_without_visitors_is_no_day(world: World) -> None:
    for week in reversed(range(1, LEAST_DAYS)):
        visitors(world, MONDAY_10 - week * WEEK, 3)
    assert world.rows()["one"]["rate"]["usual"] is None
    visitors(world, MONDAY_10 - DAY, 3)  # a Sunday
    assert world.rows()["one"]["rate"]["usual"] is None


def test_the_newest_heartbeat_says_what_the_queue_system_is_and_how_far_it_is_behind(world: World) -> None:
    assert world.rows()["one"]["beat"] is None
    world.send("heartbeat", MONDAY_10 - 30, "/one", queue_system="Q 1", lag_s=2.5)
    world.send("heartbeat", MONDAY_10 - 10, "/one", queue_system="Q 2", lag_s=0.5)
    row = world.rows()["one"]
    assert row["beat"] == {"at": MONDAY_10 - 10, "queue_system": "Q 2", "lag_s": 0.5}
    world.now += 5
    world.redis.xadd(events_key("one"), {"event": raw("/one", "old", "heartbeat", MONDAY_10 - 500, lag_s=9.0)})
    assert world.rows()["one"]["beat"]["lag_s"] == 0.5
    world.redis.xadd(events_key("one"), {"event": raw("/one", "new", "heartbeat", MONDAY_10)})
    assert world.rows()["one"]["beat"] == {"at": MONDAY_10, "queue_system": None, "lag_s": None}


def test_a_refused_event_is_shown_with_member_value_expected_and_its_bytes(world: World) -> None:
    body = raw("/one/main", "x", "feedback.given", MONDAY_10, score=9)
    world.redis.xadd(events_key("one"), {"event": body}, id=f"{int(MONDAY_10 * 1000)}-1")
    row = world.rows()["one"]
    (refusal,) = row["last_refusals"]
    assert (row["accepted"], row["refused"]) == (0, {"wrong_value": 1})
    assert (refusal["code"], refusal["member"], refusal["value"]) == ("wrong_value", "data.score", "9")
    assert (refusal["expected"], refusal["at"]) == ("at most 5", MONDAY_10)
    assert refusal["raw"].encode() == body


def test_a_feed_that_falls_silent_in_opening_hours_raises_its_centres_level(world: World) -> None:
    world.send("heartbeat", MONDAY_10, "/one")
    assert (world.rows()["one"]["state"], world.rows()["one"]["level"]) == ("live", "ok")
    world.now = MONDAY_10 + 299
    assert (world.rows()["one"]["state"], world.rows()["one"]["level"]) == ("late", "watch")
    world.now = MONDAY_10 + 306  # every centre is computed again after 5 s
    row = world.rows()["one"]
    assert (row["state"], row["level"]) == ("silent", "act")
    assert row["arrived"] == row["as_of"] == "2026-11-23T05:00:00Z"


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("version=1, outbox=12, offset=-0.4", AgentNote("1", 12, -0.4)),
        ("offset=3,version=2.0-rc1+b", AgentNote("2.0-rc1+b", None, 3.0)),
        ("version=1, colour=red", AgentNote("1", None, None)),
        ("outbox=-3, offset=nan", AgentNote(None, None, None)),
        ("outbox=9999999999, offset=1e99", AgentNote(None, None, None)),
        ("version=<b>", None),
        ("version=1\n", None),
        ("version", None),
        ("", None),
        (None, None),
        ("version=1, " * 40 + "outbox=1", None),
        ("x" * (LONGEST + 1), None),
    ],
)
def test_a_header_is_read_as_far_as_it_can_be_and_no_further(text: str | None, note: AgentNote | None) -> None:
    assert read_header(text) == note


@pytest.mark.parametrize("note", [AgentNote("1", 0, 0.0), AgentNote("1", 7, None), AgentNote(None, 1, -12.5)])
def test_what_an_agent_says_is_kept_with_when_and_each_word_replaces_the_one_before(
    valkey: redis.Redis, note: AgentNote
) -> None:
    assert read_header(header_of(note)) == note
    note_agent(valkey, "one", AgentNote("0", 99, 99.0), MONDAY_10 - 1)
    note_beats(valkey, {"one": Beat(MONDAY_10, "Q")})
    note_agent(valkey, "one", note, MONDAY_10)
    found = read_notes(valkey, ["one", "two"])
    assert (found["one"].agent, found["one"].agent_at, found["one"].beat) == (note, MONDAY_10, Beat(MONDAY_10, "Q"))
    assert (found["two"].agent, found["two"].beat) == (None, None)
    assert valkey.ttl(notes_key("one")) > 0  # type: ignore[operator]

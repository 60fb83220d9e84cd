"""Answers about the past are kept for as long as nothing that they rest on changes, and no longer."""

import pickle
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from sqlalchemy import Engine, update

from dashboard.counts import Counts, DocumentCounts
from dashboard.events import Event
from data_sources import cached as cached_module
from data_sources import history_tables as t
from data_sources.cached import CachedBytes, make_cache
from data_sources.history import History, open_engine, upgrade
from data_sources.rollups import Rollups
from tests.past_weeks import Past, past_of, store, store_batch
from tests.small_network import DAY, MONDAY_10, NETWORK, Maker

T = MONDAY_10
TODAY = NETWORK.local.day(T)
LAST_WEEK = (TODAY - 9, TODAY - 3)


class Kept:
    """A cache in a dictionary, that says how often an answer had to be made."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], bytes] = {}
        self.made = 0

    def __call__(self, name: str, key: str, make: Callable[[], bytes]) -> bytes:
        if (name, key) not in self.values:
            self.made += 1
            self.values[name, key] = make()
        return self.values[name, key]


class World:
    """A stored past, and what comes next."""

    def __init__(self, engine: Engine, past: Past) -> None:
        self.engine, self.past, self.kept = engine, past, Kept()
        self.history, self.make = History(engine), Maker("/one/main")
        self.make.count = 900_000
        self.rollups = Rollups(engine, NETWORK, self.kept)
        self._next = 1_000_000

    def comes(self, type_: str, moment: float, *, centre: str = "one", **data: Any) -> Event:
        self.make.source, self._next = f"/{centre}/main", self._next + 1
        event = self.make(type_, moment, **data)
        store_batch(self.history, NETWORK, self.past.states[centre], [event], self._next)
        return event

    def asks(self, ask: Callable[[Rollups], Any]) -> int:
        """How many answers had to be made for a question."""
        before = self.kept.made
        ask(self.rollups)
        return self.kept.made - before


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    engine, past = open_engine(database_url), past_of(NETWORK, weeks=2)
    upgrade(engine)
    store(engine, NETWORK, past)
    world = World(engine, past)
    world.comes("heartbeat", T)
    yield world
    engine.dispose()


def last_week(rollups: Rollups) -> dict[int, Counts]:
    return rollups.days(*LAST_WEEK, "one")


def until_today(rollups: Rollups) -> dict[int, Counts]:
    return rollups.days(TODAY - 3, TODAY, "one")


def test_what_is_over_is_asked_of_the_database_once_however_much_happens_today(world: World) -> None:
    assert world.asks(last_week) == 1
    for number in range(3):
        world.comes("ticket.issued", T + number, ticket=f"N{number}", service="estate")
        assert world.asks(last_week) == 0


def test_a_window_that_holds_today_is_asked_again_after_each_event(world: World) -> None:
    assert [world.asks(until_today) for _ in range(2)] == [1, 0]
    before = until_today(world.rollups)[TODAY].issued if TODAY in until_today(world.rollups) else 0
    world.comes("ticket.issued", T, ticket="N1", service="estate")
    assert world.asks(until_today) == 1
    assert until_today(world.rollups)[TODAY].issued == before + 1


def test_a_late_event_that_changes_last_week_changes_the_answer_about_last_week(world: World) -> None:
    before = Counts.total(last_week(world.rollups).values())
    world.comes("ticket.issued", T - 5 * DAY, ticket="late", service="estate")
    after = Counts.total(last_week(world.rollups).values())
    assert after.issued == before.issued + 1


def test_a_late_correction_of_a_document_changes_the_answer_about_the_day_that_it_was_done_on(world: World) -> None:
    def finished(rollups: Rollups) -> dict[int, DocumentCounts]:
        return rollups.documents(*LAST_WEEK, "one", by="day")

    world.comes("application.accepted", T - 12 * DAY, application="D1", service="estate")
    world.comes("application.ready", T - 4 * DAY, application="D1")
    before = finished(world.rollups)
    world.comes("application.issued", T - 5 * DAY, application="D1")
    after = finished(world.rollups)
    assert after[TODAY - 4].finished == before[TODAY - 4].finished - 1
    assert after[TODAY - 5].finished == before.get(TODAY - 5, DocumentCounts()).finished + 1


def test_news_of_one_centre_leave_what_is_kept_of_another(world: World) -> None:
    of_two: Callable[[Rollups], Any] = lambda rollups: rollups.days(*LAST_WEEK, "two")  # noqa: E731
    everywhere: Callable[[Rollups], Any] = lambda rollups: rollups.days(*LAST_WEEK)  # noqa: E731
    world.comes("heartbeat", T, centre="two")
    assert (world.asks(of_two), world.asks(everywhere)) == (1, 1)
    world.comes("ticket.issued", T - 5 * DAY, ticket="late", service="estate")
    assert (world.asks(of_two), world.asks(everywhere)) == (0, 1)


def test_the_newest_day_is_not_over_yet(world: World) -> None:
    """A centre that is silent since yesterday: yesterday may still be told of."""
    of_today: Callable[[Rollups], Any] = lambda rollups: rollups.waiting_line("one", TODAY)  # noqa: E731
    assert world.asks(of_today) == 1
    world.comes("ticket.issued", T, ticket="N1", service="estate")
    assert world.asks(of_today) == 1
    world.comes("heartbeat", T + DAY)
    assert world.asks(of_today) == 1, "its queue day ends tomorrow at 04:00"
    world.comes("heartbeat", T + 2 * DAY)
    assert [world.asks(of_today) for _ in range(2)] == [1, 0]
    world.comes("heartbeat", T + 2 * DAY + 1)
    assert world.asks(of_today) == 0


def test_rollups_made_anew_are_asked_anew(world: World) -> None:
    assert world.asks(last_week) == 1
    with world.engine.begin() as connection:
        connection.execute(update(t.POSITIONS).values(rollups=t.POSITIONS.c.rollups + 1))
    assert world.asks(last_week) == 1


def test_documents_of_a_period_show_what_came_later(world: World) -> None:
    """An issue after the document was ready changes no count of that day, but the document."""
    world.comes("application.accepted", T - 12 * DAY, application="D1", service="estate")
    world.comes("application.ready", T - 4 * DAY, application="D1")

    def issued(rollups: Rollups) -> float | None:
        found = {code: each for _, code, each in rollups.documents_between(*LAST_WEEK, "one", limit=100)}
        return found["D1"].issued

    assert issued(world.rollups) is None
    world.comes("application.issued", T, application="D1")
    assert issued(world.rollups) == T
    assert world.asks(issued) == 0


def test_revisions_tell_how_far_a_stream_is_stored_and_when_the_past_last_changed(world: World) -> None:
    position, revised = world.rollups.revisions()["one"]
    world.comes("heartbeat", T + 1)
    assert world.rollups.revisions()["one"] == (position + (1 << 20), revised)
    world.comes("ticket.issued", T - 5 * DAY, ticket="late", service="estate")
    now, changed = world.rollups.revisions()["one"]
    assert now == changed == position + (2 << 20)
    assert world.rollups.revisions()["three"] == (0, 0)


# in Redis ----------------------------------------------------------------------------------------------------------


def in_redis(url: str, world: World) -> Rollups:
    return Rollups(world.engine, NETWORK, CachedBytes(make_cache(url, "test:cache:")))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_answer_comes_back_from_redis_as_it_was_made(world: World, valkey_url: str) -> None:
    kept = in_redis(valkey_url, world)
    questions: list[Callable[[Rollups], Any]] = [
        lambda r: r.buckets("one", T - 5 * DAY, T),
        lambda r: r.waiting_line("one", TODAY - 2),
        lambda r: r.hours("one", TODAY - 2, "main"),
        lambda r: r.hour_of_week("one", TODAY - 14, TODAY),
        lambda r: r.days(*LAST_WEEK),
        lambda r: r.services(*LAST_WEEK),
        lambda r: r.operators(*LAST_WEEK, "one"),
        lambda r: r.events("feedback.given", *LAST_WEEK),
        *(lambda r, by=by: r.documents(*LAST_WEEK, by=by) for by in (None, "centre", "service", "day", "week")),
        lambda r: r.agencies(*LAST_WEEK),
        lambda r: r.documents_between(*LAST_WEEK, limit=10),
    ]
    plain = Rollups(world.engine, NETWORK)
    for ask in questions:
        made, again = ask(kept), ask(kept)
        assert made == again == ask(plain)
        assert made


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_others_put_into_the_cache_is_never_run_and_never_shown(
    world: World, valkey: redis.Redis, valkey_url: str
) -> None:
    kept, expected = in_redis(valkey_url, world), last_week(world.rollups)
    last_week(kept)
    (key,) = valkey.keys("test:cache:*:days:*")  # type: ignore[misc]
    for evil in (b"!" + pickle.dumps(Trap()), pickle.dumps(Trap()), b"\xc4\x02\x81\x01", b"", b"\xc1"):
        valkey.set(key, evil)
        assert last_week(kept) == expected
    assert not Trap.sprung


class Trap:
    sprung = False

    def __reduce__(self) -> Any:
        return setattr, (Trap, "sprung", True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_redis_every_answer_still_comes_and_nobody_waits_for_it_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []
    now = [0.0]
    kept = CachedBytes(make_cache("redis://127.0.0.1:1/0", "test:cache:"), clock=lambda: now[0])
    monkeypatch.setattr(cached_module.log, "warning", lambda *args, **_: tries.append(args[0]))
    rollups = Rollups(world.engine, NETWORK, kept)
    assert [last_week(rollups) == last_week(world.rollups) for _ in range(3)] == [True] * 3
    assert len(tries) == 1
    now[0] += cached_module.AWAY_S
    assert last_week(rollups)
    assert len(tries) == 2


def test_a_socket_path_is_an_address_too(valkey_url: str) -> None:
    assert valkey_url.startswith("unix:")
    kept = CachedBytes(make_cache(valkey_url, "test:cache:"))
    assert [kept("name", "key", lambda: b"first"), kept("name", "key", lambda: b"second")] == [b"first", b"first"]

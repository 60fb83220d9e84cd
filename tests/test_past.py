"""The past is what a plain fold from nothing of all that had arrived by then shows; however it is got at."""

import random
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from sqlalchemy import Engine, delete, func, select

from dashboard.events import ApplicationAccepted
from dashboard.fold import fold, new_state
from dashboard.network_file import load
from dashboard.picture import rebuilt_centre
from data_sources import history_tables as t
from data_sources.checkpoints import EVENT_BYTES, WORTH, Checkpoints, newest, pack, unpack
from data_sources.history import History, open_engine, upgrade
from data_sources.moments import Moment, Moments
from data_sources.past import RECENT, Past
from data_sources.replay import load_profile, replay
from data_sources.stream import LATEST, arrival, entry_id, last_position, position_of
from data_sources.worker import Worker
from tests import past_history as h
from tests.feeds import CLOCK, visitors, write
from tests.past_history import DAY, END, NETWORK, OPENED, START, UNHEARD, WORKING, Plain, arrived
from tests.small_network import NETWORK as SMALL
from tests.test_fold import Story, T, interleaved, mornings

SPACINGS = {"none": None, "dense": Checkpoints(60, 0.0), "usual": Checkpoints()}


def some_moments() -> list[float]:
    """Twenty at random, by day and by night, within cuts of the line and after them."""
    rnd = random.Random(20)
    return [round(START + rnd.uniform(0, h.DAYS * DAY), 3) for _ in range(20)]


@pytest.fixture(scope="module")
def expected() -> Plain:
    return h.plain(some_moments())


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Engine]:
    """The history with the usual checkpoints, on SQLite."""
    engine = open_engine(f"sqlite:///{tmp_path}/h.db")
    upgrade(engine)
    h.keep(engine, Checkpoints())
    yield engine
    engine.dispose()


def moments_of(engine: Engine, snapshot: bytes = b"") -> Moments:
    return Moments(History(engine), NETWORK, lambda: snapshot, lambda: END)


def moment_at(moments: Moments, at: float) -> Moment:
    found = moments.moment(at)
    assert found is not None
    return found


@pytest.mark.parametrize("spacing", SPACINGS)
def test_twenty_past_moments_are_what_a_plain_fold_of_all_that_had_arrived_shows(
    engine: Engine, expected: Plain, spacing: str
) -> None:
    h.keep(engine, SPACINGS[spacing] or Checkpoints(1_000_000))
    with engine.connect() as connection:
        count = connection.execute(select(func.count()).select_from(t.CHECKPOINTS)).scalar() or 0
    assert count == 0 if spacing == "none" else count > {"dense": 20, "usual": 4}[spacing]
    moments = moments_of(engine)
    for at in some_moments():
        moment, (picture, states) = moment_at(moments, at), expected[at]
        assert moment.snapshot == picture
        assert moment.is_past
        assert (moment.at, moment.clock(WORKING), moment.version) == (at, at, 0)
        assert {each: moment.state(each) for each in states} == states


def test_the_moments_that_are_compared_show_something(expected: Plain) -> None:
    shown = [each for picture, _ in expected.values() for each in picture["centres"]]
    assert {each["state"] for each in shown} >= {"live", "late", "silent", "closed", "planned"}
    assert {each["level"] for each in shown} == {"ok", "watch", "act"}
    assert any(each["queue"]["waiting"] for each in shown)
    assert any(each["sla"]["overdue"] for each in shown)


def test_a_day_that_is_played_is_what_each_of_its_moments_is_alone(kept: Engine) -> None:
    day = START + 15 * DAY
    times = [day + 600.0 * step for step in range(40, 56)]
    played, alone = moments_of(kept), h.plain(times)
    for at in times:
        assert moment_at(played, at).snapshot == alone[at][0]


def test_a_moment_that_follows_another_reads_only_what_came_between(
    kept: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, read = START + 15.3 * DAY, []
    past = Past(History(kept), NETWORK)
    past.picture(at)
    real = History.events

    def noted(self: History, *args: Any) -> Iterator[Any]:
        for each in real(self, *args):
            read.append(each[0])
            yield each

    monkeypatch.setattr(History, "events", noted)
    past.picture(at + 600)
    assert read
    assert all(last_position(at) < each <= last_position(at + 600) for each in read)
    del read[:]
    past.picture(at + 600)
    past.picture(at)
    assert read == [], "and what was shown is kept"


def test_what_was_handed_out_stays_when_the_next_moment_is_shown(kept: Engine) -> None:
    moments, at = moments_of(kept), START + 15.3 * DAY
    moment = moment_at(moments, at)
    state, snapshot = moment.state(WORKING), moment.snapshot
    as_it_was = msgspec.msgpack.encode(state), msgspec.json.encode(snapshot)
    later = moment_at(moments, at + 3600)
    assert later.state(WORKING) != state
    assert (msgspec.msgpack.encode(state), msgspec.json.encode(snapshot)) == as_it_was
    assert moment.state(WORKING) is state
    assert moment_at(moments, at).state(WORKING) == state


def test_two_who_look_at_different_days_do_not_disturb_each_other(kept: Engine) -> None:
    moments, days = moments_of(kept), (START + 9.3 * DAY, START + 18.4 * DAY, START + 5.3 * DAY)
    steps = [day + 300.0 * step for step in range(6) for day in days]
    alone = h.plain(steps)
    for at in steps:
        assert moment_at(moments, at).snapshot == alone[at][0]


def test_only_so_many_pictures_and_walks_are_kept(kept: Engine) -> None:
    past = Past(History(kept), NETWORK)
    for step in range(RECENT + 5):
        past.picture(START + 3 * DAY + step)
    past.picture(START + 2 * DAY)
    past.picture(START + 1 * DAY)
    assert (len(past._pictures), len(past._walks)) == (RECENT, 2)


def test_a_moment_is_what_could_be_known_then_and_not_what_was_told_of_it_later(kept: Engine) -> None:
    """The line was cut at 12.1 days, for two days: at 13 nobody knew what happened at 12.5."""
    moments = moments_of(kept)
    cut = [moment_at(moments, START + days * DAY).centre(WORKING) for days in (12.4, 13.4)]
    assert [each["state"] for each in cut] == ["silent", "silent"]
    assert cut[0]["as_of"] == cut[1]["as_of"] < moment_at(moments, START + 12.2 * DAY).snapshot["at"]
    assert moment_at(moments, START + 14.4 * DAY).centre(WORKING)["state"] == "live"


def test_before_everything_nothing_is_known_and_a_centre_to_come_is_planned(kept: Engine) -> None:
    moments = moments_of(kept)
    for at in (0.0, START - 20_000 * DAY):
        first = moment_at(moments, at)
        assert [each["position"] for each in first.snapshot["centres"]] == [None] * 3
        assert {each["queue"]["waiting"] for each in first.snapshot["centres"]} == {None}
        assert first.centre(OPENED)["state"] == "planned"
        assert first.snapshot["totals"]["queue"]["waiting"] is None
        assert first.state(WORKING) == new_state(WORKING)
    opened = moment_at(moments, END - 1.4 * DAY)
    assert opened.centre(OPENED)["state"] != "planned"
    assert opened.centre(UNHEARD)["as_of"] is None
    assert opened.snapshot["totals"]["refused_today"] is None
    documents = [
        at for each in (WORKING, OPENED) for at, event in arrived(each) if isinstance(event, ApplicationAccepted)
    ]
    assert moments.since() == arrival(min(documents)), "tickets begin later here"


def test_there_is_no_first_moment_before_there_is_an_event(engine: Engine) -> None:
    moments = moments_of(engine)
    assert moments.since() is None
    assert moment_at(moments, START).centre(WORKING)["as_of"] is None


def test_a_moment_still_to_come_is_now(kept: Engine, expected: Plain) -> None:
    published = msgspec.json.encode(expected[some_moments()[0]][0] | {"version": 7})
    for at in (END, END + 1, 1e15):
        moment = moment_at(moments_of(kept, published), at)
        assert (moment.is_past, moment.version) == (False, 7)
    assert moments_of(kept).moment(END) is None, "there is no snapshot yet"


def test_a_history_that_was_behind_shows_the_moment_anew_when_it_has_caught_up(kept: Engine) -> None:
    past, at = Past(History(kept), NETWORK), START + 7.3 * DAY
    where = t.POSITIONS.c.centre == WORKING
    with kept.begin() as connection:
        reached = connection.execute(select(t.POSITIONS.c.position).where(where)).scalar()
        connection.execute(t.POSITIONS.update().where(where).values(position=last_position(at - 600)))
    behind = past.picture(at)
    with kept.begin() as connection:
        connection.execute(t.POSITIONS.update().where(where).values(position=reached))
    ((whole, _),) = h.plain([at]).values()
    assert past.picture(at) == whole != behind


@given(st.floats(0, 4e9))
def test_what_arrived_by_a_moment_is_all_up_to_its_last_position(moment: float) -> None:
    position = last_position(moment)
    assert arrival(position) <= moment + 1e-6
    assert arrival(position + 1) > moment - 1e-6
    assert last_position(arrival(position)) == position, "to the millisecond"


@given(mornings(), st.randoms(use_true_random=False), st.data())
@settings(max_examples=60, deadline=None)
def test_a_checkpoint_at_any_event_and_the_rest_come_to_the_whole(
    stories: list[Story], rng: random.Random, data: st.DataObject
) -> None:
    events = interleaved(stories, rng.randrange)
    place = data.draw(st.integers(0, len(events)))
    whole = part = new_state("one")
    part = new_state("one")
    for event in events[:place]:
        fold(part, event, SMALL, None, arrived=T)
    part = unpack(pack(part))
    for event in events[place:]:
        fold(part, event, SMALL, None, arrived=T)
    for event in events:
        fold(whole, event, SMALL, None, arrived=T)
    assert part == whole
    for now in (T, T + 900):
        assert rebuilt_centre(part, SMALL, None, now) == rebuilt_centre(whole, SMALL, None, now)


def test_checkpoints_take_their_share_of_the_events_and_no_more(kept: Engine) -> None:
    """A checkpoint comes when the events since the last one weigh :data:`WORTH` times it."""
    for centre in (WORKING, OPENED):
        with kept.connect() as connection:
            rows = connection.execute(select(t.CHECKPOINTS).where(t.CHECKPOINTS.c.centre == centre)).all()
        weights = [len(row.state) for row in rows]
        assert sum(weights[:-1]) * WORTH <= len(arrived(centre)) * EVENT_BYTES
        for row in rows:
            whole = new_state(centre)
            for position, event in arrived(centre):
                if position <= row.position:
                    fold(whole, event, NETWORK, None, arrival(position))
            assert unpack(row.state) == whole


def test_checkpoints_that_are_missing_are_made_from_history(kept: Engine, expected: Plain) -> None:
    history, maker = History(kept), Checkpoints(100, 1.0)
    with kept.begin() as connection:
        connection.execute(delete(t.CHECKPOINTS))
    maker.fill(history, NETWORK)
    with kept.connect() as connection:
        made = connection.execute(select(t.CHECKPOINTS.c.centre, t.CHECKPOINTS.c.position)).all()
    assert {row.centre for row in made} == {WORKING, OPENED}
    assert len(made) > 10
    maker.fill(history, NETWORK)
    with kept.connect() as connection:
        assert connection.execute(select(func.count()).select_from(t.CHECKPOINTS)).scalar() == len(made)
    at = some_moments()[0]
    assert moment_at(moments_of(kept), at).snapshot == expected[at][0]


@pytest.fixture
def services(valkey: redis.Redis, engine: Engine) -> SimpleNamespace:
    return SimpleNamespace(redis=valkey, engine=engine, network=SMALL)


def test_the_worker_stores_checkpoints_as_it_goes_and_goes_on_with_them_after_a_start(
    services: SimpleNamespace, engine: Engine
) -> None:
    entries = sorted(
        (each for centre in ("one", "two") for each in visitors(f"/{centre}/main", centre, 900, seed=len(centre))),
        key=lambda each: tuple(map(int, each[1].split("-"))),
    )
    for part in (entries[:700], entries[700:]):
        worker = Worker(services, clock=lambda: CLOCK)
        worker.checkpoints = Checkpoints(150, 0.0)
        worker.reload()
        write(services.redis, part)
        worker.reader.read = limited(worker.reader.read)  # type: ignore[method-assign]
        while worker.step(block_ms=0):
            pass
        worker.close()
    with engine.connect() as connection:
        stored = connection.execute(select(t.CHECKPOINTS.c.centre, t.CHECKPOINTS.c.position)).all()
        for centre, position in stored:
            whole = new_state(centre)
            for at, event in History(engine).events(centre, 0, position):
                fold(whole, event, SMALL, None, arrival(at))
            found = newest(connection, centre, position)
            assert found == (position, whole)
        assert newest(connection, "one", LATEST, LATEST) is None
    counts = [sum(row.centre == centre for row in stored) for centre in ("one", "two")]
    assert counts == [5, 5], "of 870 events each, one a 150 or a few more"


def limited(read: Any) -> Any:
    """Batches of at most forty entries of a stream."""
    return lambda positions, _count, block_ms: read(positions, 40, block_ms)


def test_a_batch_that_fails_leaves_no_checkpoint_and_none_out(
    services: SimpleNamespace, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Worker(services, clock=lambda: CLOCK)
    worker.checkpoints = Checkpoints(10, 0.0)
    worker.reload()
    write(services.redis, list(visitors("/one/main", "one", 60, seed=1)))
    real = History.move

    def fails(*_: Any, **__: Any) -> None:
        monkeypatch.setattr(History, "move", real)
        raise ConnectionError("the database went away before the commit")

    monkeypatch.setattr(History, "move", fails)
    with pytest.raises(ConnectionError):
        worker.step(block_ms=0)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(t.CHECKPOINTS)).scalar() == 0
    worker.step(block_ms=0)
    with engine.connect() as connection:
        (row,) = connection.execute(select(t.CHECKPOINTS)).all()
    assert unpack(row.state) == worker.states["one"]
    worker.reader.close()


@pytest.mark.slow
def test_the_past_of_a_replayed_log_is_that_of_the_logs_own_times(
    shared_data: Path, valkey: redis.Redis, tmp_path: Path
) -> None:
    """Four days of February 1999 at a bank: entries arrive with the times of the file."""
    profile = load_profile("anonymous-bank")
    engine, network = open_engine(f"sqlite:///{tmp_path}/bank.db"), load(profile.network_path)
    upgrade(engine)
    worker = Worker(SimpleNamespace(redis=valkey, engine=engine, network=network))
    log = tmp_path / "log.tsv"
    head, *rows = (shared_data / "anonymous_bank_1999_02.tsv").read_text().splitlines()
    log.write_text("\n".join([head, *(row for row in rows if row.split("\t")[5] <= "990204")]))
    replay(log, profile, valkey)
    while worker.step(block_ms=0):
        pass
    worker.close()
    history, (centre,) = History(engine), [each.id for each in network.centres]
    moments = Moments(history, network, lambda: b"", lambda: END)
    begun, events = moments.since(), list(history.events(centre))
    assert begun is not None
    assert network.local.to_datetime(begun).isoformat()[:10] == "1999-02-01"
    with engine.connect() as connection:
        assert (connection.execute(select(func.count()).select_from(t.CHECKPOINTS)).scalar() or 0) >= 2
    issued = []
    for day, hour in ((3, 10.5), (1, 12.0), (4, 13.25), (2, 20.0), (4, 11.0)):
        at = network.local.at(network.local.day(begun) + day - 1, hour * 3600)
        state, last = new_state(centre), 0
        for position, event in events:
            if position <= last_position(at):
                fold(state, event, network, None, arrival(position))
                last = position
        shown = moment_at(moments, at).centre(centre)
        assert shown == rebuilt_centre(state, network, entry_id(last), at)
        assert position_of(shown["position"].encode()) == last
        assert at - 900 < arrival(last) <= at, "it is the day of the file"
        issued.append(shown["queue"]["issued_today"])
    assert min(issued) > 100
    engine.dispose()


def test_states_that_nobody_asked_for_are_not_copied(kept: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    past, at = Past(History(kept), NETWORK), START + 15.3 * DAY
    past.picture(at)
    (walk,) = past._walks
    held = walk.places[WORKING].state
    past.picture(at + 600)
    assert walk.places[WORKING].state is held, "what nobody has goes forward in place"
    assert past.state(WORKING, walk.places[WORKING].newest) is held
    past.picture(at + 1200)
    assert walk.places[WORKING].state is not held


def test_the_network_of_a_moment_is_the_one_that_is_configured_now(kept: Engine) -> None:
    """A centre that the network file no longer has is not in its past either."""
    fewer = structs.replace(NETWORK, centres=NETWORK.centres[:1])
    assert [each["id"] for each in Past(History(kept), fewer).picture(END - DAY)["centres"]] == [WORKING]

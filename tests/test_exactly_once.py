"""Exactly once in effect: a worker killed at any moment, as often as one likes, leaves what an undisturbed one leaves.

The worker is a real process on a real Valkey and a real database, killed by SIGKILL. Its streams hold repeated events,
events that must be refused and one that the fold cannot take.
"""

import multiprocessing
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import Connection, select

from dashboard.compare import differences
from dashboard.facts import Facts
from dashboard.fold import fold
from dashboard.snapshot import centre_snapshot
from dashboard.state import CentreState, new_state
from data_sources.checkpoints import unpack
from data_sources.history import History, open_engine
from data_sources.history_tables import CHECKPOINTS, DOCUMENTS, EVENTS, FEED_DAY, ROLLUPS
from data_sources.stream import arrival, entry_id, refused_key, snapshot_key
from tests.feeds import CLOCK, FIRST_ID_MS, POISON, Entry, raw, visitors, write
from tests.small_network import NETWORK
from tests.worker_child import POINTS, live

CENTRES = ("one", "two")
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.worker_child"])


def streams(count: int) -> list[Entry]:
    """``count`` entries of each centre, and one in the middle that the fold cannot take."""
    found = [each for centre in CENTRES for each in visitors(f"/{centre}/main", centre, count, seed=len(centre))]
    found.sort(key=lambda each: tuple(map(int, each[1].split("-"))))
    middle = len(found) // 2
    after = f"{found[middle][1].split('-')[0]}-9"
    fatal = raw("/one/main", "p", "staff.joined", FIRST_ID_MS / 1000, employee=POISON)
    return [*found[: middle + 1], ("one", after, {b"event": fatal}), *found[middle + 1 :]]


@contextmanager
def worker(redis_url: str, database_url: str, *fault: Any) -> Iterator[Any]:
    ready, say = processes.Pipe(duplex=False)
    process = processes.Process(target=live, args=(redis_url, database_url, say, *fault), daemon=True)
    process.start()
    say.close()
    try:
        yield process, ready
        process.terminate()
        process.join(30)
    finally:
        process.kill()
        process.join(30)


def drain(redis_url: str, database_url: str, entries: list[Entry]) -> dict[str, Any]:
    """Let a worker finish in peace; gives all that it leaves behind."""
    client = redis.Redis.from_url(redis_url)
    with worker(redis_url, database_url) as (process, ready):
        assert ready.poll(20), "the worker did not start"
        wait_until(lambda: reached(database_url) == last_ids(entries), 60)
    assert process.exitcode == 0
    return left_behind(client, database_url)


def reached(database_url: str) -> dict[str, str]:
    engine = open_engine(database_url)
    try:
        found = History(engine).positions()
    except Exception:
        return {}  # not made yet
    finally:
        engine.dispose()
    return {centre: entry_id(position) for centre, position in found.items() if position}


def moved_from(before: dict[str, str], database_url: str) -> bool:
    return reached(database_url) != before


def wait_until(condition: Any, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the worker did not get there in time"
        time.sleep(0.02)


def left_behind(client: redis.Redis, database_url: str) -> dict[str, Any]:
    engine = open_engine(database_url)
    history = History(engine)
    found: dict[str, Any] = {}
    with engine.connect() as connection:
        for table in (EVENTS, FEED_DAY, DOCUMENTS, *ROLLUPS):
            found[table.name] = sorted(tuple(row) for row in connection.execute(select(table)))
        for centre in CENTRES:
            state, position = history.load_state(centre, NETWORK, connection)
            assert state == folded(history, centre), "a stored state and its tail are the fold of all events"
            found[f"checkpoints of {centre}"] = checkpoints_checked(connection, history, centre)
            found[f"state of {centre}"] = (state, position)
            found[f"snapshot of {centre}"] = centre_snapshot(state, NETWORK, CLOCK)
            found[f"refused of {centre}"] = client.xrange(refused_key(centre))
    engine.dispose()
    return found


def folded(history: History, centre: str) -> CentreState:
    state = new_state(centre)
    for position, event in history.events(centre):
        fold(state, event, NETWORK, Facts(), arrival(position))
    return state


def checkpoints_checked(connection: Connection, history: History, centre: str) -> bool:
    """Whether there are checkpoints, each the fold of the events up to it; where they are hangs on the batches."""
    c, state, after = CHECKPOINTS.c, new_state(centre), 0
    rows = connection.execute(select(c.position, c.state).where(c.centre == centre).order_by(c.position)).all()
    for row in rows:
        for position, event in history.events(centre, after, row.position):
            fold(state, event, NETWORK, Facts(), arrival(position))
        assert unpack(row.state) == state
        after = row.position
    return len(rows) >= 2


def assert_same(disturbed: dict[str, Any], peaceful: dict[str, Any]) -> None:
    assert disturbed.keys() == peaceful.keys()
    for name, value in peaceful.items():
        if name.startswith("snapshot"):
            assert not list(differences(disturbed[name], value)), name
        if disturbed[name] != value:  # pytest would take minutes to explain it
            pytest.fail(f"{name} is not what an undisturbed run leaves")


def assert_complete(found: dict[str, Any], entries: list[Entry]) -> None:
    """What an undisturbed run leaves is right in itself: counted from the entries, not from the worker."""
    assert all(found[f"checkpoints of {centre}"] for centre in CENTRES)
    pairs, refused = set(), 0
    for _, _, fields in entries:
        event = fields.get(b"event", b"")
        good = event.startswith(b'{"specversion"') and b"no.such" not in event and POISON.encode() not in event
        refused += not good
        if good:
            pairs.add(event)
    assert len(found["events"]) == len(pairs)
    outcomes: dict[str, int] = {}
    for _, _, outcome, n in found["feed_day"]:
        outcomes[outcome] = outcomes.get(outcome, 0) + n
    assert outcomes.pop("accepted") == len(pairs)
    assert outcomes.pop("duplicate") == len(entries) - len(pairs) - refused
    assert outcomes["internal"] == 1
    assert sum(outcomes.values()) == refused
    kept = [fields for centre in CENTRES for _, fields in found[f"refused of {centre}"]]
    assert len(kept) == refused
    assert sorted(each[b"event"] for each in kept) == sorted(
        fields.get(b"event", b"") for _, _, fields in entries if fields.get(b"event", b"") not in pairs
    )


def lives(redis_url: str, database_url: str, entries: list[Entry], kills: int) -> tuple[int, int]:
    """Kill a worker ``kills`` times; how many lives stored something, how many left work undone.

    A third dies while it starts, a third as soon as it has stored something (so that a slow machine gets on too), and
    a third at any moment.
    """
    client, rnd, share, version = redis.Redis.from_url(redis_url), random.Random(kills), -(-len(entries) // kills), 0
    before: dict[str, str] = {}
    moved = undone = 0
    for life in range(kills):
        written = entries[: (life + 1) * share]
        write(client, written[life * share :])
        with worker(redis_url, database_url) as (process, ready):
            if life % 3 == 0:
                time.sleep(rnd.uniform(0, 0.2))
            elif life % 3 == 1:
                wait_until(partial(moved_from, before, database_url), 60)
            else:
                ready.poll(20)
                time.sleep(rnd.uniform(0, rnd.choice((0.04, 0.12, 0.3))))
            process.kill()
            process.join(30)
        came = reached(database_url)
        moved += came != before
        undone += came != last_ids(written)
        before = came
        shown = published_version(client)
        assert shown >= version, "a version must never go back"
        version = shown
    return moved, undone


def last_ids(entries: list[Entry]) -> dict[str, str]:
    return {centre: id_ for centre, id_, _ in entries}


def published_version(client: redis.Redis) -> int:
    found: Any = client.get(snapshot_key(NETWORK.id))
    return int(found.split(b'"version":')[1].split(b",")[0]) if found else 0


@pytest.fixture
def peaceful_url(tmp_path: Path) -> str:
    """The undisturbed run is always on SQLite: both databases must come to the same."""
    return f"sqlite:///{tmp_path}/peaceful.db"


@pytest.mark.slow
def test_a_worker_killed_again_and_again_leaves_what_an_undisturbed_one_leaves(
    valkey_url: str, database_url: str, peaceful_url: str
) -> None:
    count, kills = (15_000, 24) if database_url.startswith("sqlite") else (8_000, 12)
    calm, wild = f"{valkey_url}?db=1", f"{valkey_url}?db=2"
    entries = streams(count)
    write(redis.Redis.from_url(calm), entries)
    peaceful = drain(calm, peaceful_url, entries)
    assert_complete(peaceful, entries)

    moved, undone = lives(wild, database_url, entries, kills)
    assert moved >= kills // 3, f"only {moved} of {kills} lives came to do something"
    assert undone >= kills // 5, f"only {undone} of {kills} kills fell into a replay under way"
    assert_same(drain(wild, database_url, entries), peaceful)


@pytest.mark.slow
def test_a_worker_killed_at_any_named_point_leaves_what_an_undisturbed_one_leaves(
    valkey_url: str, database_url: str, peaceful_url: str
) -> None:
    calm, wild = f"{valkey_url}?db=1", f"{valkey_url}?db=2"
    entries = streams(1_500)
    write(redis.Redis.from_url(calm), entries)
    peaceful = drain(calm, peaceful_url, entries)

    share = -(-len(entries) // len(POINTS))
    for place, point in enumerate(POINTS):
        write(redis.Redis.from_url(wild), entries[place * share : (place + 1) * share])
        with worker(wild, database_url, point, 1 + place % 3) as (process, _):
            process.join(20)
            assert process.exitcode == -9, f"the point was never reached: {point}"
    assert_same(drain(wild, database_url, entries), peaceful)

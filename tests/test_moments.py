"""A moment is a snapshot and the states that it was made of: rows that are counted give the numbers that are shown."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
import redis

from dashboard.compare import differences
from dashboard.snapshot import centre_snapshot
from data_sources.history import History, open_engine, upgrade
from data_sources.moments import Moments
from data_sources.stream import snapshot_key
from data_sources.worker import Worker
from tests.feeds import CLOCK, Entry, visitors, write
from tests.small_network import NETWORK

CENTRES = ("one", "two")


@pytest.fixture
def services(valkey: redis.Redis, database_url: str) -> Iterator[SimpleNamespace]:
    engine = open_engine(database_url)
    upgrade(engine)
    yield SimpleNamespace(redis=valkey, engine=engine, network=NETWORK)
    engine.dispose()


@pytest.fixture
def entries() -> list[Entry]:
    found = [each for centre in CENTRES for each in visitors(f"/{centre}/main", centre, 600, seed=len(centre))]
    return sorted(found, key=lambda each: tuple(map(int, each[1].split("-"))))


@pytest.fixture
def worker(services: SimpleNamespace) -> Iterator[Worker]:
    ticks = iter(range(1_000_000))
    worker = Worker(services, clock=lambda: CLOCK + next(ticks))
    yield worker
    worker.reader.close()


def drain(worker: Worker) -> None:
    while worker.step(block_ms=0):
        pass
    worker.publish()


@pytest.fixture
def moments(services: SimpleNamespace) -> Moments:
    key = snapshot_key(NETWORK.id)
    return Moments(History(services.engine), NETWORK, lambda: services.redis.get(key) or b"", lambda: CLOCK)


def unlike(moment: Any) -> list[Any]:
    """What the moment shows against what its states say."""
    again = {
        each.id: centre_snapshot(moment.state(each.id), NETWORK, moment.clock(each.id)) for each in NETWORK.centres
    }
    return [each for id_, centre in again.items() for each in differences(moment.centre(id_), centre)]


def test_before_there_is_a_snapshot_there_is_no_moment(moments: Moments) -> None:
    assert moments.moment() is None


def test_the_states_of_the_moment_now_say_what_the_snapshot_shows(
    services: SimpleNamespace, worker: Worker, moments: Moments, entries: list[Entry]
) -> None:
    for start in range(0, len(entries), 150):
        write(services.redis, entries[start : start + 150])
        drain(worker)
        moment = moments.moment()
        assert moment is not None
        assert (moment.is_past, moment.version) == (False, moment.snapshot["version"])
        assert unlike(moment) == []
        assert {id_: moment.state(id_) for id_ in CENTRES} == {id_: worker.states[id_] for id_ in CENTRES}
    assert moments.moment() is moments.moment(), "one publication is one moment, whoever asks"


def test_a_state_that_was_handed_out_does_not_change_when_time_goes_on(
    services: SimpleNamespace, worker: Worker, moments: Moments, entries: list[Entry]
) -> None:
    write(services.redis, entries[:300])
    drain(worker)
    before = moments.moment()
    assert before is not None
    state = before.state("one")
    as_it_was = msgspec.msgpack.encode(state)
    write(services.redis, entries[300:])
    drain(worker)
    after = moments.moment()
    assert after is not None
    assert after.state("one") != state
    assert (before.state("one"), msgspec.msgpack.encode(state)) == (state, as_it_was)
    assert unlike(before) == unlike(after) == []


@pytest.mark.parametrize("stored", [False, True])
def test_whoever_looks_at_an_older_moment_gets_its_states_though_newer_ones_are_kept(
    services: SimpleNamespace, worker: Worker, moments: Moments, entries: list[Entry], stored: bool
) -> None:
    write(services.redis, entries[:300])
    drain(worker)
    older = moments.moment()
    write(services.redis, entries[300:])
    drain(worker)
    if stored:
        worker.close()  # the stored states are newer than what the older moment shows
    newer = moments.moment()
    assert older is not None
    assert newer is not None
    assert unlike(newer) == []
    assert unlike(older) == []
    assert newer.state("one") == worker.states["one"]


def test_a_history_that_is_behind_gives_what_it_has_and_the_rest_when_it_comes(
    services: SimpleNamespace, worker: Worker, moments: Moments, entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(services.redis, entries)
    drain(worker)
    with services.engine.begin() as connection:  # as a replica that has not yet heard of the last batches
        connection.exec_driver_sql("CREATE TABLE ahead AS SELECT * FROM positions")
        connection.exec_driver_sql("UPDATE positions SET position = 5")
    behind = moments.moment()
    assert behind is not None
    assert behind.state("one").branches == {}
    with services.engine.begin() as connection:
        query = "UPDATE positions SET position = (SELECT a.position FROM ahead a WHERE a.centre = positions.centre)"
        connection.exec_driver_sql(query)
    worker.clock = lambda: CLOCK + 100_000  # another publication
    worker.publish()
    there = moments.moment()
    assert there is not None
    assert unlike(there) == []


def test_many_who_ask_at_once_get_one_state(
    services: SimpleNamespace, worker: Worker, moments: Moments, entries: list[Entry]
) -> None:
    write(services.redis, entries)
    drain(worker)

    def ask(_: int) -> Any:
        moment = moments.moment()
        assert moment is not None
        return moment.state("one")

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(16)))
    assert len({id(each) for each in found}) == 1
    assert found[0] == worker.states["one"]

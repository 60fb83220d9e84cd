"""The worker: what is XADDed is stored once, folded, published; what cannot be is refused with its bytes."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
import redis

from dashboard import fold as fold_module
from dashboard import picture
from dashboard.events import TicketFinished
from data_sources.check import check
from data_sources.history import History, open_engine, upgrade
from data_sources.refused import keep_refused
from data_sources.stream import entry_id, events_key, live_channel, position_of, refused_key, snapshot_key
from data_sources.worker import Worker
from tests.small_network import MONDAY_10, NETWORK

NOW = MONDAY_10
Xadd = Callable[..., bytes]


class Clock:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def services(valkey: redis.Redis, database_url: str) -> Iterator[SimpleNamespace]:
    engine = open_engine(database_url)
    upgrade(engine)
    yield SimpleNamespace(redis=valkey, engine=engine, network=NETWORK)
    engine.dispose()


@pytest.fixture
def worker(services: SimpleNamespace, clock: Clock) -> Iterator[Worker]:
    worker = Worker(services, clock)
    yield worker
    worker.reader.close()


@pytest.fixture
def xadd(valkey: redis.Redis) -> Xadd:
    numbers = iter(range(1_000_000))

    def add(
        type_: str, data: dict[str, Any], *, ago: float = 0.0, centre: str = "one", branch: str = "main", **more: Any
    ) -> bytes:
        number = next(numbers)
        event = {
            "specversion": "1.0", "id": f"{number:06}", "source": f"/{centre}/{branch}", "type": type_,
            "time": datetime.fromtimestamp(NOW - ago, UTC).isoformat(), "data": data,
        } | more  # fmt: skip
        id_ = f"{int((NOW - ago) * 1000)}-{number}"
        return valkey.xadd(events_key(centre), {"event": json.dumps(event)}, id=id_)  # type: ignore[no-any-return]

    return add


def drain(worker: Worker) -> int:
    done = 0
    while count := worker.step(block_ms=0):
        done += count
    worker.publish()
    worker.clock.now += 0.25  # type: ignore[attr-defined]
    return done


def shown(client: redis.Redis, centre: str = "one") -> dict[str, Any]:
    snapshot = msgspec.json.decode(client.get(snapshot_key("test")))  # type: ignore[arg-type]
    found: dict[str, Any] = next(each for each in snapshot["centres"] if each["id"] == centre)
    return found


def test_an_event_on_the_stream_becomes_a_number_on_the_snapshot(
    worker: Worker, xadd: Xadd, valkey: redis.Redis
) -> None:
    xadd("ticket.issued", {"ticket": "A1", "service": "estate"}, ago=120)
    assert drain(worker) == 1
    assert shown(valkey)["queue"]["waiting"] == 1
    assert shown(valkey)["queue"]["longest_wait_s"] == 120


def test_positions_and_entry_ids_are_one_thing() -> None:
    for id_ in (b"0-0", b"1795410000000-0", b"1795410000000-1048575"):
        assert entry_id(position_of(id_)).encode() == id_


def test_what_cannot_be_accepted_is_kept_with_its_bytes_counted_and_passed(
    worker: Worker, xadd: Xadd, valkey: redis.Redis, services: SimpleNamespace
) -> None:
    valkey.xadd(events_key("one"), {"event": b"\xff not json"}, id=f"{int(NOW * 1000) - 9000}-0")
    valkey.xadd(events_key("one"), {"something": "else"}, id=f"{int(NOW * 1000) - 8000}-0")
    xadd("ticket.issued", {"ticket": "A1", "service": "magic"}, ago=5)
    xadd("ticket.issued", {"ticket": "A2", "service": "estate"}, ago=4)
    drain(worker)
    kept = [fields for _, fields in valkey.xrange(refused_key("one"))]
    assert [fields[b"code"] for fields in kept] == [b"not_json", b"no_event", b"unknown_service"]
    assert kept[0][b"event"] == b"\xff not json"
    assert b'data.service is "magic"' in kept[2][b"reason"]
    counters = History(services.engine).counters(NETWORK.local.day(NOW))["one"]
    assert counters == {"accepted": 1, "duplicates": 0, "refused": {"not_json": 1, "no_event": 1, "unknown_service": 1}}
    assert msgspec.json.decode(valkey.get(snapshot_key("test")))["totals"]["refused_today"] == 3  # type: ignore[arg-type]
    assert shown(valkey)["queue"]["waiting"] == 1


def test_a_refused_entry_read_again_after_a_crash_is_kept_once(worker: Worker, xadd: Xadd, valkey: redis.Redis) -> None:
    for ago in (6, 5):
        xadd("ticket.issued", {"ticket": "A1", "service": "magic"}, ago=ago)
    batch = worker.reader.read(worker.positions, 10, 0)["one"]
    decoded = worker._decode("one", batch, NOW).refused
    keep_refused(valkey, "one", decoded[:1])
    keep_refused(valkey, "one", decoded)
    keep_refused(valkey, "one", decoded)
    assert [id_ for id_, _ in valkey.xrange(refused_key("one"))] == [entry_id(e.position).encode() for e in batch]


def test_an_entry_with_an_id_that_no_clock_gave_stops_nobody(worker: Worker, xadd: Xadd, valkey: redis.Redis) -> None:
    xadd("ticket.issued", {"ticket": "A1", "service": "estate"}, ago=50)
    valkey.xadd(events_key("one"), {"event": "x"}, id="18446744073709551615-1")
    valkey.xadd(events_key("two"), {"event": "x"}, id=f"{int(NOW * 1000)}-{1 << 20}")
    drain(worker)
    xadd("ticket.issued", {"ticket": "A2", "service": "estate"}, ago=40)
    xadd("ticket.issued", {"ticket": "A1", "service": "estate"}, ago=40, centre="two")
    drain(worker)
    assert (shown(valkey)["queue"]["waiting"], shown(valkey, "two")["queue"]["waiting"]) == (2, 1)
    ((_, fields),) = valkey.xrange(refused_key("one"))
    assert (fields[b"code"], fields[b"event"]) == (b"impossible_id", b"x")


def test_old_refusals_are_not_added_again_when_their_batch_is_tried_again(worker: Worker, valkey: redis.Redis) -> None:
    for number in range(5):
        valkey.xadd(events_key("one"), {"event": "x"}, id=f"{1000 + number}-0")
    decoded = worker._decode("one", worker.reader.read(worker.positions, 10, 0)["one"], NOW).refused
    for _ in range(3):
        keep_refused(valkey, "one", decoded)
        worker.clock.now += 10  # type: ignore[attr-defined]
        worker.tidy()
    assert valkey.xlen(refused_key("one")) == 5


def test_an_id_with_a_control_character_is_refused_before_a_database_sees_it(
    worker: Worker, xadd: Xadd, valkey: redis.Redis
) -> None:
    xadd("ticket.issued", {"ticket": "A1", "service": "estate"}, ago=50, id="a\x00b")
    drain(worker)
    ((_, fields),) = valkey.xrange(refused_key("one"))
    assert fields[b"code"] == b"wrong_value"


def test_the_same_event_sent_again_is_a_duplicate_and_changes_nothing(
    worker: Worker, xadd: Xadd, valkey: redis.Redis, services: SimpleNamespace
) -> None:
    xadd("ticket.issued", {"ticket": "A1", "service": "estate"}, ago=50, id="same")
    drain(worker)
    xadd("ticket.issued", {"ticket": "A1", "service": "estate"}, ago=40, id="same")
    xadd("ticket.issued", {"ticket": "A2", "service": "estate"}, ago=30)
    drain(worker)
    assert shown(valkey)["queue"]["waiting"] == 2
    assert History(services.engine).counters()["one"]["duplicates"] == 1


def test_a_worker_started_again_knows_what_the_last_one_knew(
    worker: Worker, xadd: Xadd, valkey: redis.Redis, services: SimpleNamespace, clock: Clock
) -> None:
    xadd("ticket.issued", {"ticket": "A1", "service": "estate"}, ago=50)
    drain(worker)
    worker.close()
    xadd("ticket.issued", {"ticket": "A2", "service": "estate"}, ago=40)
    second = Worker(services, clock)
    drain(second)
    version = msgspec.json.decode(valkey.get(snapshot_key("test")))["version"]  # type: ignore[arg-type]
    third = Worker(services, clock)  # the second never stored its state: history's tail tells
    drain(third)
    assert third.states == second.states
    assert shown(valkey)["queue"]["waiting"] == 2
    assert msgspec.json.decode(valkey.get(snapshot_key("test")))["version"] > version  # type: ignore[arg-type]
    for each in (second, third):
        each.reader.close()


def test_an_event_that_breaks_the_fold_stops_nobody(
    worker: Worker, xadd: Xadd, valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setitem(fold_module.FOLDS, TicketFinished, broken)
    xadd("ticket.issued", {"ticket": "A1", "service": "estate"}, ago=50)
    xadd("ticket.finished", {"ticket": "A1"}, ago=40)
    xadd("ticket.issued", {"ticket": "A2", "service": "estate"}, ago=30)
    drain(worker)
    assert shown(valkey)["queue"]["waiting"] == 2
    ((_, fields),) = valkey.xrange(refused_key("one"))
    assert fields[b"code"] == b"internal"
    assert b"ticket.finished" in fields[b"event"]


def test_a_stream_is_trimmed_below_what_is_stored_and_never_younger_than_seven_days(
    worker: Worker, xadd: Xadd, valkey: redis.Redis, clock: Clock
) -> None:
    for days in (9, 8, 6, 1):
        xadd("ticket.issued", {"ticket": f"A{days}", "service": "estate"}, ago=days * 86_400)
    clock.now += 10
    worker.tidy()
    assert valkey.xlen(events_key("one")) == 4, "not below what history holds"
    drain(worker)
    clock.now += 10
    worker.tidy()
    assert valkey.xlen(events_key("one")) == 2
    (group,) = valkey.xinfo_groups(events_key("one"))
    assert group["last-delivered-id"].split(b"-")[0] == str(int((NOW - 86_400) * 1000)).encode()


def test_changes_follow_one_another_and_carry_only_what_changed(
    worker: Worker, xadd: Xadd, valkey: redis.Redis, clock: Clock
) -> None:
    line = valkey.pubsub(ignore_subscribe_messages=True)
    line.subscribe(live_channel("test"))
    line.get_message(timeout=1)
    xadd("heartbeat", {}, ago=6)
    drain(worker)
    xadd("ticket.issued", {"ticket": "A1", "service": "estate"}, ago=5)
    clock.now += 1
    drain(worker)
    messages = []
    while message := line.get_message(timeout=0.5):
        messages.append(msgspec.json.decode(message["data"]))
    first, second = messages
    assert len(first["centres"]) == 3
    assert all("trend" in centre for centre in first["centres"])
    assert second["base"] == first["version"]
    assert [centre["id"] for centre in second["centres"]] == ["one"]
    assert "trend" not in second["centres"][0]
    line.close()


def test_the_totals_are_of_the_same_moment_as_the_centres_on_a_machine_that_others_keep_busy(
    worker: Worker, xadd: Xadd, valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*given: Any) -> dict[str, Any]:
        time.sleep(0.2)  # it waits for the processor and takes none of it
        return totals(*given)

    totals = picture.totals
    monkeypatch.setattr(picture, "totals", interrupted)
    for number in range(3):
        xadd("ticket.issued", {"ticket": f"A{number}", "service": "estate"}, ago=60 - number)
        drain(worker)
        snapshot = msgspec.json.decode(valkey.get(snapshot_key("test")))  # type: ignore[arg-type]
        assert snapshot["totals"]["at"] == snapshot["at"]
        assert snapshot["totals"]["queue"]["waiting"] == number + 1


def test_at_most_four_publications_a_second_the_first_at_once_and_a_sign_of_life_every_two(
    worker: Worker, xadd: Xadd, valkey: redis.Redis, clock: Clock
) -> None:
    def version() -> int:
        return int(msgspec.json.decode(valkey.get(snapshot_key("test")))["version"])  # type: ignore[arg-type]

    worker.publish()
    start = version()
    for number in range(40):  # four events in each of ten quarters of a second
        clock.now = round(NOW + 10 + number / 16, 6)
        xadd("ticket.issued", {"ticket": f"A{number}", "service": "estate"}, ago=60 - number)
        worker.step(block_ms=0)
        worker.publish()
    assert version() - start == 10
    quiet = version()
    clock.now += 1.9
    worker.publish()
    clock.now += 0.2
    worker.publish()
    assert version() - quiet <= 2
    assert version() > quiet


def test_check_finds_no_difference_and_finds_one_that_is_made(
    worker: Worker, xadd: Xadd, valkey: redis.Redis, services: SimpleNamespace
) -> None:
    who = {"ticket": "A1", "window": "1", "operator": "op"}
    xadd("operator.opened", {"operator": "op", "window": "1"}, ago=900)
    xadd("ticket.issued", {"ticket": "A1", "service": "estate"}, ago=800)
    xadd("ticket.called", who, ago=500)
    xadd("ticket.finished", {"ticket": "A1"}, ago=100)
    xadd("application.accepted", {"application": "D1", "service": "estate"}, ago=20)
    drain(worker)
    snapshot = msgspec.json.decode(valkey.get(snapshot_key("test")))  # type: ignore[arg-type]
    rows = check(History(services.engine), NETWORK, snapshot, NOW)
    assert [row.found for row in rows] == [[], [], [], []]
    assert sum(row.numbers for row in rows) > 300
    snapshot["centres"][0]["queue"]["wait_p50_s"] += 1
    with services.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE branch_5m SET served = served + 1 WHERE served = 1")
    found = check(History(services.engine), NETWORK, snapshot, NOW)[0].found
    assert [each.path.split()[0] for each in found] == ["queue.wait_p50_s", "branch_5m"]


def test_waiting_for_an_event_ends_when_it_comes(worker: Worker, valkey: redis.Redis) -> None:
    begun = time.monotonic()
    assert worker.step(block_ms=50) == 0
    assert time.monotonic() - begun >= 0.04

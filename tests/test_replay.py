"""Replay of a log: rows become events, none is lost unseen, and twice is as good as once."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
import redis

from dashboard.network_file import load
from data_sources.history import History, open_engine, upgrade
from data_sources.replay import load_profile, make_events, replay
from data_sources.worker import Worker

HEAD = "vru+line call_id customer_id priority type date vru_entry vru_exit vru_time q_start q_exit q_time outcome ser_start ser_exit ser_time server"  # noqa: E501
ROWS = [
    HEAD,
    "L 1 0 0 PS 990201 7:02:47 7:02:56 9 0:00:00 0:00:00 0 AGENT 7:02:55 7:05:41 166 DORIT",
    "L 2 77 2 PS 990201 8:09:16 8:09:22 6 8:09:22 8:09:27 5 HANG 0:00:00 0:00:00 0 NO_SERVER",
    "L 3 0 0 PS 990201 7:31:45 7:31:55 10 0:00:00 0:00:00 0 AGENT 7:31:54 7:31:59 5 NO_SERVER",
    "L 4 0 0 PS 990201 9:31:45 9:31:55 10 0:00:00 0:00:00 0 HANG 0:00:00 0:00:00 0 NO_SERVER",
    "L 5 0 0 NW 990201 23:59:44 23:59:50 6 23:59:50 0:00:10 20 AGENT 0:00:09 0:01:00 51 TOVA",
]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.tsv"
    path.write_text("\n".join(row.replace(" ", "\t") for row in ROWS) + "\n")
    return path


@pytest.fixture
def services(valkey: redis.Redis, tmp_path: Path) -> Iterator[SimpleNamespace]:
    url = f"sqlite:///{tmp_path}/h.db"
    engine = open_engine(url)
    upgrade(engine)
    yield SimpleNamespace(redis=valkey, engine=engine, network=load(load_profile("anonymous-bank").network_path))
    engine.dispose()


def test_each_row_makes_events_or_is_counted_by_reason(log: Path) -> None:
    events, report = make_events(log, load_profile("anonymous-bank"))
    assert report.read == 5
    assert report.unusable == {"no_server": 1, "hang_before_queue": 1}
    assert report.events == len(events) == 4 + 2 + 4 + 2 * 2
    assert [each[0] for each in events] == sorted(each[0] for each in events)


def test_a_call_over_midnight_ends_on_the_next_day(log: Path) -> None:
    events, _ = make_events(log, load_profile("anonymous-bank"))
    ends = [msgspec.json.decode(raw)["time"] for _, _, raw in events]
    assert ends[-1] == "1999-02-01T22:01:00+00:00"


def test_neither_names_nor_customers_are_in_an_event(log: Path) -> None:
    text = b"".join(raw for _, _, raw in make_events(log, load_profile("anonymous-bank"))[0])
    assert not [each for each in (b"DORIT", b"customer", b'"77"') if each in text]
    assert b"A01" in text


def test_until_now_moves_by_whole_days_and_keeps_the_ids(log: Path) -> None:
    profile, now = load_profile("anonymous-bank"), 1_800_000_000.0
    before, after = make_events(log, profile)[0], make_events(log, profile, until="now", now=now)[0]
    assert (after[0][0] - before[0][0]) % 86_400 == 0
    assert now - 86_400 < after[-1][0] <= now
    ids = [[msgspec.json.decode(raw)["id"] for _, _, raw in each] for each in (before, after)]
    assert ids[0] == ids[1]


def test_a_second_replay_ends_in_duplicates_and_changes_nothing(
    log: Path, valkey: redis.Redis, services: SimpleNamespace
) -> None:
    worker, profile, history = Worker(services), load_profile("anonymous-bank"), History(services.engine)
    replay(log, profile, valkey)
    while worker.step(block_ms=0):
        pass
    first = history.counters()["bank"]
    replay(log, profile, valkey)
    while worker.step(block_ms=0):
        pass
    second = history.counters()["bank"]
    assert first["accepted"] == second["accepted"] == 14
    assert second["duplicates"] == 14

"""What is kept beside the events can be made anew from them at any time, and comes out the same."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from alembic import command
from alembic.config import Config
from msgspec import structs
from sqlalchemy import Engine, select, text, update

from dashboard.events import encode_data, type_of
from dashboard.state import CentreState
from data_sources import history_tables as t
from data_sources import migrations
from data_sources.check import check
from data_sources.history import History, event_row, open_engine, upgrade
from data_sources.recompute import make_anew
from data_sources.stream import SEQUENCE_BITS
from data_sources.worker import Worker
from tests.past_weeks import Past, past_of, store
from tests.small_network import MONDAY_10, NETWORK

CENTRES = ["one", "two", "three"]
KEPT = (*t.ROLLUPS, t.DOCUMENTS)


@pytest.fixture(scope="module")
def past() -> Past:
    return past_of(NETWORK, weeks=2)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def expected(past: Past, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """What a worker leaves that stored the same events batch by batch."""
    engine = open_engine(f"sqlite:///{tmp_path}/expected.db")
    upgrade(engine)
    store(engine, NETWORK, past)
    yield kept(engine)
    engine.dispose()


def kept(engine: Engine) -> dict[str, Any]:
    """All rows that say something: a batch's correction may leave one of zeros."""
    found: dict[str, Any] = {}
    with engine.connect() as connection:
        for table in KEPT:
            sums = [column.name for column in table.columns if column.name not in table.primary_key.columns]
            rows = connection.execute(select(table)).mappings()
            found[table.name] = sorted(
                tuple(row.values()) for row in rows if table is t.DOCUMENTS or any(row[name] for name in sums)
            )
    return found


def same(one: CentreState, other: CentreState) -> bool:
    """But for when its entries reached the stream, which :mod:`tests.past_weeks` does not tell."""
    return structs.replace(one, arrived=None) == structs.replace(other, arrived=None)


def store_as_the_first_version_did(engine: Engine, past: Past) -> None:
    """Events and positions in the first schema; its rollups hold what nobody should ever see again."""
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for centre, events in past.events.items():
            rows = [
                event_row(centre, place << SEQUENCE_BITS, each, type_of(each), encode_data(each))
                for place, each in enumerate(events, start=1)
            ]
            History(engine).add_events(connection, rows)
            position = {"centre": centre, "position": len(events) << SEQUENCE_BITS}
            connection.execute(text("INSERT INTO positions VALUES (:centre, :position, 0)"), position)
        connection.execute(text("INSERT INTO count_day VALUES ('one', 'main', 'feedback.given', '5', 1, 999)"))


def test_history_of_an_older_version_gets_all_that_a_newer_one_keeps(
    engine: Engine, past: Past, expected: dict[str, Any]
) -> None:
    store_as_the_first_version_did(engine, past)
    upgrade(engine)
    history = History(engine)
    assert history.outdated(CENTRES) == ["one", "two"]
    make_anew(history, NETWORK, CENTRES)
    assert history.outdated(CENTRES) == []
    assert kept(engine) == expected
    with engine.connect() as connection:
        for row in connection.execute(select(t.POSITIONS)):
            if row.centre != "three":
                assert (row.revised, row.day) == (row.position, past.states[row.centre].day)
                assert same(history.load_state(row.centre, NETWORK, connection)[0], past.states[row.centre])


def test_what_is_of_this_version_is_left_alone(engine: Engine, past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade(engine)
    store(engine, NETWORK, past)
    monkeypatch.setattr(History, "fold_on", lambda *_: pytest.fail("nothing had to be folded"))
    make_anew(History(engine), NETWORK, CENTRES)


def test_a_worker_stopped_in_the_middle_of_it_goes_on_with_the_rest(
    engine: Engine, past: Past, expected: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    store_as_the_first_version_did(engine, past)
    upgrade(engine)
    history, moves = History(engine), iter([True, False])
    move = History.move

    def fails_at_the_second(*args: Any, **more: Any) -> None:
        move(*args, **more)
        if not next(moves):
            raise KeyboardInterrupt

    monkeypatch.setattr(History, "move", fails_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        make_anew(history, NETWORK, CENTRES)
    monkeypatch.undo()
    assert history.outdated(CENTRES) == ["two"]
    with engine.connect() as connection:
        assert not connection.execute(select(t.DOCUMENTS).where(t.DOCUMENTS.c.centre == "two")).all()
    make_anew(history, NETWORK, CENTRES)
    assert kept(engine) == expected


def test_a_worker_makes_anew_before_it_reads_anything(
    engine: Engine, past: Past, expected: dict[str, Any], valkey: redis.Redis
) -> None:
    store_as_the_first_version_did(engine, past)
    upgrade(engine)
    worker = Worker(SimpleNamespace(redis=valkey, engine=engine, network=NETWORK), lambda: MONDAY_10)
    worker.reader.close()
    assert kept(engine) == expected
    assert same(worker.states["one"], past.states["one"])


def test_check_finds_each_number_that_is_not_what_the_events_say(engine: Engine, past: Past) -> None:
    upgrade(engine)
    store(engine, NETWORK, past)
    history = History(engine)
    assert [each.found for each in check(history, NETWORK, None, MONDAY_10)] == [[], [], []]
    for table, column in ((t.DOCUMENTS, "ready"), (t.DOCUMENT_DAY, "late"), (t.PARTY_DAY, "over_ms")):
        with engine.begin() as connection:
            row = connection.execute(select(table).where(table.c.centre == "two").limit(1)).mappings().one()
            where = [table.c[each.name] == row[each.name] for each in table.primary_key.columns]
            connection.execute(update(table).where(*where).values({column: (row[column] or 0) + 1}))
    found = [each.found for each in check(history, NETWORK, None, MONDAY_10)]
    assert [len(each) for each in found] == [0, 3, 0]
    assert {each.path.split()[0] for each in found[1]} == {"documents", "document_day", "party_day"}

"""History keeps every event once, in order, with its rollups; on SQLite and on PostgreSQL alike."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, func, select

import data_sources.services  # noqa: F401  every table is known then
from dashboard.events import encode_data, type_of
from dashboard.facts import Facts
from dashboard.fold import fold, new_state
from data_sources import history_tables as t
from data_sources.bulk import EventRow
from data_sources.history import History, LostLeaseError, event_row, open_engine, upgrade
from tests.small_network import MONDAY_10, NETWORK, Maker
from tests.test_fold import one_ticket

T = MONDAY_10


def rows(count: int, start: int = 0) -> list[EventRow]:
    make = Maker()
    make.count = start
    events = [make("ticket.issued", T + n, ticket=f"A{n}", service="estate") for n in range(count)]
    return [event_row("one", (start + n + 1) << 20, e, type_of(e), encode_data(e)) for n, e in enumerate(events)]


def test_the_migrations_make_exactly_the_tables_that_the_code_uses(engine: Engine) -> None:
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, t.METADATA) == []


def test_processes_that_start_together_migrate_once(database_url: str) -> None:
    engines = [open_engine(database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, engines))
    assert History(engines[0]).positions() == {}
    for engine in engines:
        engine.dispose()


def test_events_come_back_as_they_were_in_the_order_of_their_stream(engine: Engine) -> None:
    history, events = History(engine), one_ticket(Maker())
    stored = [event_row("one", (n + 1) << 20, e, type_of(e), encode_data(e)) for n, e in enumerate(events)]
    with engine.begin() as connection:
        assert history.add_events(connection, stored) == set()
    assert list(history.events("one")) == [((n + 1) << 20, event) for n, event in enumerate(events)]
    assert [at for at, _ in history.events("one", after=1 << 20, upto=3 << 20)] == [2 << 20, 3 << 20]
    assert list(history.events("two")) == []


def test_an_event_known_by_source_and_id_is_a_duplicate_and_the_rest_of_its_batch_is_kept(engine: Engine) -> None:
    history, first = History(engine), rows(700)
    with engine.begin() as connection:
        history.add_events(connection, first)
    again = [(c, position + (900 << 20), *rest) for c, position, *rest in first[:650]]
    with engine.begin() as connection:
        duplicates = history.add_events(connection, again + rows(3, start=2000))  # type: ignore[arg-type]
    assert duplicates == {(row[0], row[1]) for row in again}
    assert len(list(history.events("one"))) == 703


def test_an_event_that_comes_twice_in_one_batch_is_kept_once(engine: Engine) -> None:
    (one,) = rows(1)
    twice = [one, (one[0], one[1] + 1, *one[2:])]
    with engine.begin() as connection:
        assert History(engine).add_events(connection, twice) == {(one[0], one[1] + 1)}  # type: ignore[arg-type]


def test_rollups_add_up_over_batches_to_what_one_batch_would_have_said(engine: Engine) -> None:
    history, events = History(engine), one_ticket(Maker())
    whole, state = Facts(), new_state("one")
    for part in (events[:3], events[3:]):
        facts = Facts()
        for event in part:
            fold(state, event, NETWORK, facts)
        with engine.begin() as connection:
            history.add_facts(connection, "one", facts, NETWORK.local)
    again = new_state("one")
    for event in events:
        fold(again, event, NETWORK, whole)
    with engine.connect() as connection:
        for table, expected in ((t.BRANCH_5M, whole.branches), (t.OPERATOR_DAY, whole.operators)):
            width = len(table.primary_key.columns)
            found = {tuple(row[1:width]): list(row[width:]) for row in connection.execute(select(table))}
            assert found == expected
        served = connection.execute(select(func.sum(t.SERVICE_DAY.c.served))).scalar()
        busy = connection.execute(select(func.sum(t.BRANCH_5M.c.busy_ms))).scalar()
    assert (served, busy) == (1, 600_000)


def test_a_worker_without_the_lease_cannot_move_a_position(engine: Engine) -> None:
    history = History(engine)
    history.claim(["one"], fence=7)
    with engine.begin() as connection:
        history.move(connection, "one", 5, fence=7)
    with pytest.raises(LostLeaseError), engine.begin() as connection:
        history.move(connection, "one", 6, fence=6)
    assert history.positions() == {"one": 5}


def test_a_state_is_its_stored_snapshot_and_the_tail_of_history(engine: Engine) -> None:
    history, events = History(engine), one_ticket(Maker())
    history.claim(["one"])
    state = new_state("one")
    with engine.begin() as connection:
        stored = [event_row("one", (n + 1) << 20, e, type_of(e), encode_data(e)) for n, e in enumerate(events)]
        history.add_events(connection, stored)
        for event in events[:2]:
            fold(state, event, NETWORK, Facts(), arrived=0.0)
        history.store_state(connection, state, 2 << 20)
        history.move(connection, "one", 5 << 20)
    for event in events[2:]:
        fold(state, event, NETWORK, Facts(), arrived=0.0)
    with engine.connect() as connection:
        restored, position = history.load_state("one", NETWORK, connection)
    assert position == 5 << 20
    assert restored.branches == state.branches


def test_outcomes_are_counted_by_centre_and_day(engine: Engine) -> None:
    history = History(engine)
    for _ in range(2):
        with engine.begin() as connection:
            counts = {("one", 5, "accepted"): 3, ("one", 5, "duplicate"): 1, ("one", 6, "unknown_service"): 2}
            history.add_outcomes(connection, counts)
    assert history.counters(5) == {"one": {"accepted": 6, "duplicates": 2, "refused": {}}}
    assert history.counters()["one"]["refused"] == {"unknown_service": 4}

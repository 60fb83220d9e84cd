"""History: every accepted event for ever, and what is kept with it (docs/history.md). The only module that knows SQL
beside :mod:`data_sources.bulk`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url, select
from sqlalchemy.dialects import postgresql, sqlite

from dashboard.calendars import LocalTime
from dashboard.coarse import coarse
from dashboard.events import Event, rebuild
from dashboard.facts import Facts
from dashboard.fold import fold
from dashboard.network import Network
from dashboard.state import CentreState, new_state
from data_sources import history_tables as t
from data_sources.bulk import EventRow, add_up, insert_events
from data_sources.kept_documents import keep_documents
from data_sources.migrations import upgrade
from data_sources.stream import arrival

__all__ = ["History", "LostLeaseError", "event_row", "open_engine", "upgrade"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_decode_state = msgspec.msgpack.Decoder(CentreState).decode
_encode_state = msgspec.msgpack.Encoder().encode


class LostLeaseError(RuntimeError):
    """Another worker owns a stream now: this one may not write."""


def open_engine(url: str) -> Engine:
    """An engine for history. SQLite gets WAL and ``synchronous = NORMAL``: a power cut may undo the last commits as a
    whole, and the streams still hold their events, because position and rows are one transaction."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _set_up(driver: Any, _record: Any) -> None:
        driver.isolation_level = None  # SQLAlchemy says BEGIN, so that savepoints work
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "cache_size = -65536", "temp_store = MEMORY"):
            driver.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


class History:
    """Reading and writing history over one engine. Every method of writing takes the connection of its transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    # reading

    def positions(self) -> dict[str, int]:
        """Centre to the position up to which its stream is stored."""
        with self.engine.connect() as connection:
            return {row.centre: row.position for row in connection.execute(select(t.POSITIONS))}

    def events(
        self,
        centre: str,
        after: int = 0,
        upto: int | None = None,
        connection: Connection | None = None,
        without: Sequence[str] = (),
    ) -> Iterator[tuple[int, Event]]:
        """A centre's events in the order of their stream, ``after < position <= upto``, streamed; ``without`` are types
        that are left out."""
        if connection is None:
            with self.engine.connect() as own:
                yield from self.events(centre, after, upto, own, without)
            return
        columns = t.EVENTS.c
        query = (
            select(columns.position, columns.type, columns.id, columns.source, columns.time, columns.data)
            .where(columns.centre == centre, columns.position > after)
            .order_by(columns.position)
        )
        if upto is not None:
            query = query.where(columns.position <= upto)
        if without:
            query = query.where(columns.type.not_in(without))
        rows = connection.execute(query, execution_options={"yield_per": 5000})
        for position, type_, id_, source, time, data in rows:
            yield position, rebuild(type_, id_, source, _EPOCH + timedelta(microseconds=time), data)

    def load_state(self, centre: str, network: Network, connection: Connection) -> tuple[CentreState, int]:
        """A centre's state and its position: the stored snapshot, and the tail of history folded onto it."""
        row = connection.execute(select(t.STATES).where(t.STATES.c.centre == centre)).one_or_none()
        state, position = (_decode_state(row.state), row.position) if row else (new_state(centre), 0)
        stored = self.position(connection, centre)
        self.fold_on(connection, state, None, network, position, stored)
        return state, stored

    def position(self, connection: Connection, centre: str) -> int:
        """How far a stream is stored."""
        return connection.execute(select(t.POSITIONS.c.position).where(t.POSITIONS.c.centre == centre)).scalar() or 0

    def fold_on(
        self,
        connection: Connection,
        state: CentreState,
        facts: Facts | None,
        network: Network,
        after: int,
        upto: int,
        without: Sequence[str] = (),
    ) -> int:
        """Fold the events of ``after < position <= upto`` into a state, and into facts if any; how many there were."""
        events = 0
        for at, each in self.events(state.id, after, upto, connection, without):
            fold(state, each, network, facts, arrival(at))
            events += 1
        return events

    def outdated(self, centres: list[str]) -> list[str]:
        """Those of the centres whose rollups are of an older version."""
        columns = t.POSITIONS.c
        query = select(columns.centre).where(columns.centre.in_(centres), columns.rollups != t.ROLLUPS_VERSION)
        with self.engine.connect() as connection:
            return sorted(connection.execute(query).scalars())

    def counters(self, day: int | None = None) -> dict[str, dict[str, Any]]:
        """Centre to ``{"accepted", "duplicates", "refused": {code: n}}``, of one local day or of all."""
        query = select(t.FEED_DAY)
        if day is not None:
            query = query.where(t.FEED_DAY.c.day == day)
        found: dict[str, dict[str, Any]] = {}
        with self.engine.connect() as connection:
            for row in connection.execute(query):
                counts = found.setdefault(row.centre, {"accepted": 0, "duplicates": 0, "refused": {}})
                if row.outcome == "accepted":
                    counts["accepted"] += row.n
                elif row.outcome == "duplicate":
                    counts["duplicates"] += row.n
                else:
                    counts["refused"][row.outcome] = counts["refused"].get(row.outcome, 0) + row.n
        return found

    def memory(self, name: str) -> bytes | None:
        """What was put under a name by :meth:`remember`."""
        with self.engine.connect() as connection:
            return connection.execute(select(t.MEMORY.c.value).where(t.MEMORY.c.name == name)).scalar()

    # writing, inside the caller's transaction

    def claim(self, centres: list[str], fence: int = 0) -> None:
        """Make sure that each centre has a position row. A lease with a fencing number will raise ``fence`` here."""
        with self.engine.begin() as connection:
            known = set(connection.execute(select(t.POSITIONS.c.centre)).scalars())
            row = {"position": 0, "fence": fence, "rollups": t.ROLLUPS_VERSION}
            fresh = [{"centre": each, **row} for each in centres if each not in known]
            if fresh:
                connection.execute(t.POSITIONS.insert(), fresh)

    def add_events(self, connection: Connection, rows: list[EventRow]) -> set[tuple[str, int]]:
        """Add events; gives the (centre, position) of the duplicates, which are not added."""
        return insert_events(connection, rows)

    def add_facts(self, connection: Connection, centre: str, facts: Facts, local: LocalTime) -> None:
        """Add what a batch's fold found to the rollups, and to what is kept of its documents."""
        for table, rows in rollup_rows(facts, local).items():
            add_up(connection, table, ((centre, *key, *counts) for key, counts in rows.items()))
        if facts.applications:
            keep_documents(connection, centre, facts.applications)

    def add_outcomes(self, connection: Connection, outcomes: Mapping[tuple[str, int, str], int]) -> None:
        """Count what became of entries: (centre, local day of arrival, outcome) to a count."""
        add_up(connection, t.FEED_DAY, ((*key, count) for key, count in outcomes.items()))

    def move(
        self,
        connection: Connection,
        centre: str,
        position: int,
        fence: int = 0,
        *,
        day: int | None = None,
        revised: bool = False,
    ) -> None:
        """Store how far a stream is read, the newest day that it told of, and whether it changed an earlier one.
        :class:`LostLeaseError` when another worker has the stream."""
        values = {"position": position, "rollups": t.ROLLUPS_VERSION}
        values |= {"day": day} if day is not None else {}
        values |= {"revised": position} if revised else {}
        where = (t.POSITIONS.c.centre == centre) & (t.POSITIONS.c.fence == fence)
        done = connection.execute(t.POSITIONS.update().where(where).values(values))
        if done.rowcount != 1:
            raise LostLeaseError(f"stream of {centre}: the lease {fence} is no longer this worker's")

    def store_state(self, connection: Connection, state: CentreState, position: int) -> None:
        row = {"centre": state.id, "position": position, "state": _encode_state(state)}
        _put(connection, t.STATES, row)

    def remember(self, connection: Connection, name: str, value: bytes) -> None:
        _put(connection, t.MEMORY, {"name": name, "value": value})


def _put(connection: Connection, table: Any, row: dict[str, Any]) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    key = [column.name for column in table.primary_key.columns]
    rest = {name: value for name, value in row.items() if name not in key}
    insert = dialect.insert(table).values(row)
    connection.execute(insert.on_conflict_do_update(index_elements=key, set_=rest))


def rollup_rows(facts: Facts, local: LocalTime) -> dict[Table, Mapping[tuple[Any, ...], Sequence[int]]]:
    """Facts by the table that they go to: key without the centre to counts."""
    coarser = coarse(facts, local)
    return {
        t.BRANCH_5M: facts.branches,
        t.BRANCH_HOUR: coarser.hours,
        t.BRANCH_DAY: coarser.days,
        t.SERVICE_DAY: facts.services,
        t.SERVICE_WEEK: coarser.weeks,
        t.OPERATOR_DAY: facts.operators,
        t.COUNT_DAY: {key: (count,) for key, count in facts.counts.items()},
        t.DOCUMENT_DAY: facts.documents,
        t.DOCUMENT_WEEK: coarser.documents,
        t.PARTY_DAY: facts.parties,
        t.PARTY_WEEK: coarser.parties,
    }


def event_row(centre: str, position: int, each: Event, type_: str, data: bytes) -> EventRow:
    """An event as a row of ``events``."""
    return centre, position, each.source, each.id, type_, round(each.time.timestamp() * 1e6), data.decode()

"""Writing many rows at once: the fastest safe way that each database has."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, Table
from sqlalchemy.exc import IntegrityError

from data_sources.history_tables import EVENTS

EventRow = tuple[str, int, str, str, str, int, str]
"""centre, position, source, id, type, time (microseconds), data (JSON text): the columns of ``events``."""

_COLUMNS: Final = tuple(column.name for column in EVENTS.columns)
_PAIRS_A_QUERY: Final = 400


def insert_events(connection: Connection, rows: list[EventRow]) -> set[tuple[str, int]]:
    """Add events; the (centre, position) of those left out because their (source, id) is known or comes twice.

    Tried as a plain insert first: duplicates are rare. The unique rule of the database decides, not a memory.
    """
    repeated, fresh = _first_of_each(rows)
    if not fresh:
        return repeated
    savepoint = connection.begin_nested()
    try:
        _insert(connection, fresh)
    except IntegrityError as error:
        savepoint.rollback()
        known = _known(connection, fresh)
        if not known:
            raise RuntimeError("an event's place in history is taken by another event") from error
        repeated |= {(row[0], row[1]) for row in fresh if (row[2], row[3]) in known}
        _insert(connection, [row for row in fresh if (row[2], row[3]) not in known])
    else:
        savepoint.commit()
    return repeated


def _first_of_each(rows: list[EventRow]) -> tuple[set[tuple[str, int]], list[EventRow]]:
    if len({(row[2], row[3]) for row in rows}) == len(rows):
        return set(), rows
    seen: dict[tuple[str, str], EventRow] = {}
    repeated: set[tuple[str, int]] = set()
    for row in rows:
        if seen.setdefault((row[2], row[3]), row) is not row:
            repeated.add((row[0], row[1]))
    return repeated, list(seen.values())


def _insert(connection: Connection, rows: list[EventRow]) -> None:
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, rows)
    else:
        marks = ", ".join("?" * len(_COLUMNS))
        connection.exec_driver_sql(f"INSERT INTO events ({', '.join(_COLUMNS)}) VALUES ({marks})", rows)


def _copy(connection: Connection, rows: list[EventRow]) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        try:
            with cursor.copy(f"COPY events ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        except driver_error() as error:
            raise IntegrityError("COPY events", {}, error) from error


def driver_error() -> type[Exception]:
    """psycopg's unique violation; imported only where PostgreSQL is used."""
    from psycopg.errors import UniqueViolation  # noqa: PLC0415

    return UniqueViolation


def _known(connection: Connection, rows: list[EventRow]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    pairs, sign = iter((row[2], row[3]) for row in rows), mark(connection)
    while chunk := list(islice(pairs, _PAIRS_A_QUERY)):
        marks = ", ".join([f"({sign}, {sign})"] * len(chunk))
        query = f"SELECT source, id FROM events WHERE (source, id) IN (VALUES {marks})"
        values = tuple(value for pair in chunk for value in pair)
        found |= {(source, id_) for source, id_ in connection.exec_driver_sql(query, values)}
    return found


def add_up(connection: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Add counts to a rollup: rows hold all columns in their order; what is there grows by them."""
    _insert_or_update(connection, table, rows, lambda name: f"{table.name}.{name} + excluded.{name}")


def replace(connection: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Put rows in the place of those with the same keys; they hold all columns in their order."""
    _insert_or_update(connection, table, rows, lambda name: f"excluded.{name}")


def _insert_or_update(
    connection: Connection, table: Table, rows: Iterable[Sequence[Any]], becomes: Callable[[str], str]
) -> None:
    values = [tuple(row) for row in rows]
    if not values:
        return
    keys = [column.name for column in table.primary_key.columns]
    names = [column.name for column in table.columns]
    changes = ", ".join(f"{name} = {becomes(name)}" for name in names if name not in keys)
    marks = ", ".join([mark(connection)] * len(names))
    query = (
        f"INSERT INTO {table.name} ({', '.join(_quoted(names))}) VALUES ({marks}) "
        f"ON CONFLICT ({', '.join(_quoted(keys))}) DO UPDATE SET {changes}"
    )
    connection.exec_driver_sql(query, values)


def _quoted(names: list[str]) -> list[str]:
    return [f'"{name}"' for name in names]  # "window" is a keyword


def mark(connection: Connection) -> str:
    """How the database's driver writes a parameter."""
    return "%s" if connection.dialect.name == "postgresql" else "?"

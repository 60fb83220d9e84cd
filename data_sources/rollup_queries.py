"""The questions that pages ask of the rollups, as SQL: no answer needs a raw event. The same on SQLite and PostgreSQL.

Every function takes a connection; days are local ordinals, both ends included, moments epoch seconds.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, select

from dashboard.coarse import monday
from dashboard.counts import Counts, counts_of
from dashboard.facts import BRANCH_COLUMNS, BUCKET_S, OPERATOR_COLUMNS, TICKET_COLUMNS
from dashboard.network import Network
from dashboard.state import QUEUE_RESET_S
from data_sources import history_tables as t


def buckets(
    connection: Connection, centre: str, since: float, until: float, branch: str | None
) -> list[tuple[float, Counts]]:
    """The 5-minute rows in ``[since, until)``, and the one that ``since`` falls into, summed over branches."""
    table = t.BRANCH_5M.c
    where = _of(t.BRANCH_5M, [centre], branch)
    where += [table.start >= int(since // BUCKET_S) * BUCKET_S, table.start < until]
    query = select(table.start, *_sums(t.BRANCH_5M, BRANCH_COLUMNS)).where(*where).group_by(table.start)
    return [(float(row["start"]), counts_of(row)) for row in connection.execute(query.order_by(table.start)).mappings()]


def waiting_line(
    connection: Connection, network: Network, centre: str, day: int, branch: str | None
) -> list[tuple[float, int]]:
    """Who came less who left, added up since the queue day began; a mark tells of the moment just before it."""
    table = t.BRANCH_5M.c
    since, until = (int(network.local.day_start(each)) + QUEUE_RESET_S for each in (day, day + 1))
    came_less_left = func.sum(table.issued + table.transferred_in - table.left_queue)
    where = [*_of(t.BRANCH_5M, [centre], branch), table.start >= since, table.start < until]
    query = select(table.start, came_less_left).where(*where).group_by(table.start)
    steps = {int(start): int(step) for start, step in connection.execute(query)}
    if not steps:
        return []
    waiting, line = 0, [(float(min(steps)), 0)]
    for start in range(min(steps), max(steps) + 1, BUCKET_S):
        waiting += steps.get(start, 0)
        line.append((float(start + BUCKET_S), waiting))
    return line


def hours(
    connection: Connection, centre: str, first_day: int, last_day: int, branch: str | None
) -> dict[tuple[int, int], Counts]:
    """(weekday, local hour) to the sum over all such hours."""
    table = t.BRANCH_HOUR.c
    weekday = ((table.day - 1) % 7).label("weekday")  # ordinal 1 was a Monday
    where = [*_of(t.BRANCH_HOUR, [centre], branch), table.day.between(first_day, last_day)]
    query = select(weekday, table.hour, *_sums(t.BRANCH_HOUR, BRANCH_COLUMNS)).where(*where)
    rows = connection.execute(query.group_by(weekday, table.hour).order_by(weekday, table.hour)).mappings()
    return {(row["weekday"], row["hour"]): counts_of(row) for row in rows}


def days(
    connection: Connection, centres: list[str], first_day: int, last_day: int, branch: str | None
) -> dict[int, Counts]:
    rows = _by(connection, t.BRANCH_DAY, BRANCH_COLUMNS, ("day",), centres, first_day, last_day, branch)
    return {day: rows[day,] for (day,) in sorted(rows)}


def services(
    connection: Connection, centres: list[str], first_day: int, last_day: int, branch: str | None
) -> dict[str, Counts]:
    """Whole weeks are added up as such, what is left at the ends day by day."""
    found: dict[str, Counts] = {}
    for table, first, last in weeks_and_days(t.SERVICE_WEEK, t.SERVICE_DAY, first_day, last_day):
        rows = _by(connection, table, TICKET_COLUMNS, ("service",), centres, first, last, branch)
        for (service,), counts in rows.items():
            found.setdefault(service, Counts()).add(counts)
    return dict(sorted(found.items()))


def weeks_and_days(weeks: Table, days: Table, first_day: int, last_day: int) -> list[tuple[Table, int, int]]:
    """Tables and periods that make up a period: its whole weeks, and what is left at the ends day by day."""
    begin, end = monday(first_day + 6), monday(last_day + 1)
    if begin >= end:
        return [(days, first_day, last_day)]
    parts = [(weeks, begin, end - 7), (days, first_day, begin - 1), (days, end, last_day)]
    return [(table, first, last) for table, first, last in parts if first <= last]


def when(table: Table) -> ColumnElement[int]:
    """The day of a table's rows, or the Monday of their week."""
    return table.c.week if "week" in table.c else table.c.day


def operators(
    connection: Connection, centre: str, first_day: int, last_day: int, branch: str | None
) -> dict[tuple[str, str], Counts]:
    by = ("branch", "operator")
    return _by(connection, t.OPERATOR_DAY, OPERATOR_COLUMNS, by, [centre], first_day, last_day, branch)


def events(
    connection: Connection, type_: str, centres: list[str], first_day: int, last_day: int, branch: str | None
) -> dict[tuple[int, str], int]:
    table = t.COUNT_DAY.c
    where = [*_of(t.COUNT_DAY, centres, branch), table.type == type_, table.day.between(first_day, last_day)]
    query = select(table.day, table.key, func.sum(table.n)).where(*where).group_by(table.day, table.key)
    return {(int(day), key): int(count) for day, key, count in connection.execute(query) if count}


def _by(
    connection: Connection,
    table: Table,
    names: Iterable[str],
    keys: tuple[str, ...],
    centres: list[str],
    first_day: int,
    last_day: int,
    branch: str | None,
) -> dict[Any, Counts]:
    """A table by day or week summed by some of its keys; a row per tuple of them."""
    by = [table.c[key] for key in keys]
    where = [*_of(table, centres, branch), when(table).between(first_day, last_day)]
    query = select(*by, *_sums(table, names)).where(*where).group_by(*by)
    return {tuple(row[key] for key in keys): counts_of(row) for row in connection.execute(query).mappings()}


def _of(table: Table, centres: list[str], branch: str | None) -> list[ColumnElement[bool]]:
    where = [table.c.centre == centres[0] if len(centres) == 1 else table.c.centre.in_(centres)]
    return where if branch is None else [*where, table.c.branch == branch]


def _sums(table: Table, names: Iterable[str]) -> list[ColumnElement[Any]]:
    return [func.sum(table.c[name]).label(name) for name in names]

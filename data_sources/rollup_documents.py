"""The questions that pages ask of documents, as SQL: sums by day, and the documents themselves.

Every function takes a connection; days are local ordinals, both ends included.
"""

from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, Select, Table, func, or_, select

from dashboard.counts import AgencyCounts, DocumentCounts, document_counts_of
from dashboard.facts import DOCUMENT_COLUMNS, PARTY_COLUMNS
from dashboard.network import Network
from dashboard.state import Application
from data_sources import history_tables as t
from data_sources.kept_documents import application_of
from data_sources.rollup_queries import weeks_and_days, when

DocumentKey = Literal["centre", "service", "day", "week"]
Found = tuple[str, str, Application]
"""Centre, code, document."""
_HIGHEST: Final = "\U0010ffff"


def documents(
    connection: Connection,
    centres: list[str],
    first_day: int,
    last_day: int,
    branch: str | None,
    by: DocumentKey | None,
) -> dict[Any, DocumentCounts]:
    """Whole weeks are added up as such where nothing finer is asked for."""
    parts = [(t.DOCUMENT_DAY, first_day, last_day)]
    if by in (None, "centre", "week"):
        parts = weeks_and_days(t.DOCUMENT_WEEK, t.DOCUMENT_DAY, first_day, last_day)
    found: dict[Any, DocumentCounts] = {}
    for table, first, last in parts:
        for key, counts in _documents_of(connection, table, centres, first, last, branch, by):
            found.setdefault(key, DocumentCounts()).add(counts)
    return dict(sorted(found.items())) or ({None: DocumentCounts()} if by is None else {})


def _documents_of(
    connection: Connection,
    table: Table,
    centres: list[str],
    first: int,
    last: int,
    branch: str | None,
    by: DocumentKey | None,
) -> list[tuple[Any, DocumentCounts]]:
    where: list[ColumnElement[bool]] = [table.c.centre.in_(centres), when(table).between(first, last)]
    if branch is not None:
        where.append(table.c.branch == branch)
    keys = [] if by is None else [_key(table, by).label("by")]
    sums = [func.sum(table.c[name]).label(name) for name in DOCUMENT_COLUMNS]
    query = select(*keys, func.count().label("rows"), *sums).where(*where).group_by(*keys)
    rows = connection.execute(query).mappings()
    return [(row.get("by"), document_counts_of(row)) for row in rows if row["rows"]]


def _key(table: Table, by: DocumentKey) -> ColumnElement[Any]:
    if by == "week":
        return when(table) - (when(table) - 1) % 7  # ordinal 1 was a Monday
    return table.c[by]


def agencies(connection: Connection, centres: list[str], first_day: int, last_day: int) -> dict[str, AgencyCounts]:
    found: dict[str, AgencyCounts] = {}
    for table, first, last in weeks_and_days(t.PARTY_WEEK, t.PARTY_DAY, first_day, last_day):
        sums = [func.sum(table.c[name]).label(name) for name in PARTY_COLUMNS]
        where = [table.c.centre.in_(centres), when(table).between(first, last)]
        for party, *values in connection.execute(select(table.c.party, *sums).where(*where).group_by(table.c.party)):
            found.setdefault(party, AgencyCounts()).add(AgencyCounts(*map(int, values)))
    return {party: counts for party, counts in sorted(found.items()) if counts.documents}


def document(connection: Connection, code: str, centres: list[str] | None = None) -> Found | None:
    """Of two centres with one code (there should be none) the one that accepted it last."""
    if not _can_be_asked(code):
        return None
    table = t.DOCUMENTS.c
    where = [table.code == code, *_in(centres)]
    query = select(t.DOCUMENTS).where(*where).order_by(func.coalesce(table.accepted, 0).desc()).limit(1)
    return next(iter(_found(connection, query)), None)


def find_documents(connection: Connection, prefix: str, limit: int, centres: list[str] | None = None) -> list[Found]:
    if not _can_be_asked(prefix):
        return []
    table = t.DOCUMENTS.c
    starts = {prefix, prefix.upper(), prefix.lower()}
    begins = or_(*((table.code >= each) & (table.code < each + _HIGHEST) for each in sorted(starts)))
    query = select(t.DOCUMENTS).where(begins, *_in(centres)).order_by(table.code, table.centre)
    return _found(connection, query.limit(limit))


def documents_between(
    connection: Connection, network: Network, centres: list[str], first_day: int, last_day: int, limit: int
) -> list[Found]:
    """The late ones have an index of their own, so that a year of documents need not be sorted for a page of them."""
    table = t.DOCUMENTS.c
    since, until = network.local.day_start(first_day), network.local.day_start(last_day + 1)
    where = [table.centre.in_(centres), table.done >= since, table.done < until, table.accepted.is_not(None)]
    found: list[Found] = []
    for kind in (table.done >= table.late, table.done < table.late):
        if len(found) < limit:
            found += _longest(connection, [*where, kind], limit - len(found))
    return found


def _longest(connection: Connection, where: list[ColumnElement[bool]], limit: int) -> list[Found]:
    """Those with most days first. Only what the index has is sorted; the rest is read of those that are wanted."""
    table = t.DOCUMENTS.c
    order = (table.done - table.accepted).desc(), table.code, table.centre
    wanted = select(table.code, table.centre).where(*where).order_by(*order).limit(limit).subquery()
    same = (table.code == wanted.c.code) & (table.centre == wanted.c.centre)
    return _found(connection, select(t.DOCUMENTS).join(wanted, same).order_by(*order))


def _in(centres: list[str] | None) -> list[ColumnElement[bool]]:
    return [] if centres is None else [t.DOCUMENTS.c.centre.in_(centres)]


def _found(connection: Connection, query: Select[Any]) -> list[Found]:
    return [(row.centre, row.code, application_of(row)) for row in connection.execute(query)]


def _can_be_asked(text: str) -> bool:
    """Whether a database can compare with a text at all: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= each <= "\udfff" for each in text)

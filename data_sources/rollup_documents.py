"""The questions that pages ask of documents, as SQL: sums by day, and the documents themselves.

Every function takes a connection; days are local ordinals, both ends included.
"""

from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, Select, case, func, or_, select

from dashboard.counts import AgencyCounts, DocumentCounts, document_counts_of
from dashboard.facts import DOCUMENT_COLUMNS, PARTY_COLUMNS
from dashboard.network import Network
from dashboard.state import Application
from data_sources import history_tables as t
from data_sources.kept_documents import application_of

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
    table = t.DOCUMENT_DAY.c
    where: list[ColumnElement[bool]] = [table.centre.in_(centres), table.day.between(first_day, last_day)]
    if branch is not None:
        where.append(table.branch == branch)
    keys = [] if by is None else [_key(by).label("by")]
    sums = [func.sum(table[name]).label(name) for name in DOCUMENT_COLUMNS]
    query = select(*keys, func.count().label("rows"), *sums).where(*where).group_by(*keys).order_by(*keys)
    found = {row.get("by"): document_counts_of(row) for row in connection.execute(query).mappings() if row["rows"]}
    return found or ({None: DocumentCounts()} if by is None else {})


def _key(by: DocumentKey) -> ColumnElement[Any]:
    table = t.DOCUMENT_DAY.c
    # ordinal 1 was a Monday
    columns = {"centre": table.centre, "service": table.service, "day": table.day}
    return table.day - (table.day - 1) % 7 if by == "week" else columns[by]


def agencies(connection: Connection, centres: list[str], first_day: int, last_day: int) -> dict[str, AgencyCounts]:
    table = t.PARTY_DAY.c
    sums = [func.sum(table[name]).label(name) for name in PARTY_COLUMNS]
    where = [table.centre.in_(centres), table.day.between(first_day, last_day)]
    query = select(table.party, *sums).where(*where).group_by(table.party).order_by(table.party)
    found = {party: AgencyCounts(*map(int, values)) for party, *values in connection.execute(query)}
    return {party: counts for party, counts in found.items() if counts.documents}


def document(connection: Connection, code: str) -> Found | None:
    """Of two centres with one code (there should be none) the one that accepted it last."""
    if not _can_be_asked(code):
        return None
    table = t.DOCUMENTS.c
    query = select(t.DOCUMENTS).where(table.code == code).order_by(func.coalesce(table.accepted, 0).desc()).limit(1)
    return next(iter(_found(connection, query)), None)


def find_documents(connection: Connection, prefix: str, limit: int) -> list[Found]:
    if not _can_be_asked(prefix):
        return []
    table = t.DOCUMENTS.c
    starts = {prefix, prefix.upper(), prefix.lower()}
    begins = or_(*((table.code >= each) & (table.code < each + _HIGHEST) for each in sorted(starts)))
    return _found(connection, select(t.DOCUMENTS).where(begins).order_by(table.code, table.centre).limit(limit))


def documents_between(
    connection: Connection, network: Network, centres: list[str], first_day: int, last_day: int, limit: int
) -> list[Found]:
    table = t.DOCUMENTS.c
    since, until = network.local.day_start(first_day), network.local.day_start(last_day + 1)
    where = [table.centre.in_(centres), table.done >= since, table.done < until, table.accepted.is_not(None)]
    late_first = case((table.done >= table.late, 0), else_=1)
    longest_first = (table.done - table.accepted).desc()
    query = select(t.DOCUMENTS).where(*where).order_by(late_first, longest_first, table.code, table.centre)
    return _found(connection, query.limit(limit))


def _found(connection: Connection, query: Select[Any]) -> list[Found]:
    return [(row.centre, row.code, application_of(row)) for row in connection.execute(query)]


def _can_be_asked(text: str) -> bool:
    """Whether a database can compare with a text at all: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= each <= "\udfff" for each in text)

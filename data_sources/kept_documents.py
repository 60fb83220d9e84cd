"""The table ``documents``: one row for every document there ever was, merged from all that was heard of it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import islice
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from dashboard.deadlines import Hold
from dashboard.documents_fold import merge
from dashboard.state import Application
from data_sources.bulk import mark, replace
from data_sources.history_tables import DOCUMENTS

_CODES_A_QUERY: Final = 400
_COLUMNS: Final = ", ".join(column.name for column in DOCUMENTS.columns)
NONE: Final = "[]"
_decode_holds = msgspec.json.Decoder(list[tuple[str, float, float | None]]).decode


def keep_documents(connection: Connection, centre: str, touched: Mapping[str, Sequence[Application]]) -> None:
    """Bring the rows of documents up to what the state says; what a row knows and the state forgot is kept."""
    known = _read(connection, centre, touched)
    rows = [
        document_row(centre, code, reduce(merge, [known[code], *each] if code in known else each))
        for code, each in touched.items()
    ]
    replace(connection, DOCUMENTS, rows)


def _read(connection: Connection, centre: str, codes: Iterable[str]) -> dict[str, Application]:
    found: dict[str, Application] = {}
    rest, sign = iter(codes), mark(connection)
    while chunk := list(islice(rest, _CODES_A_QUERY)):
        marks = ", ".join([sign] * len(chunk))
        query = f"SELECT {_COLUMNS} FROM documents WHERE centre = {sign} AND code IN ({marks})"
        found |= {row[0]: application_of(row) for row in connection.exec_driver_sql(query, (centre, *chunk))}
    return found


def document_row(centre: str, code: str, application: Application) -> tuple[Any, ...]:
    """A document as a row of the table, in the order of its columns."""
    holds = [(hold.agency, hold.since, hold.until) for hold in application.holds]
    return (
        code,
        centre,
        application.branch,
        application.service,
        application.accepted,
        application.due,
        application.risk,
        application.late,
        application.ready,
        application.issued,
        application.stopped,
        application.stopped_as,
        application.done,
        msgspec.json.encode(holds).decode() if holds else NONE,
    )


def application_of(row: Sequence[Any]) -> Application:
    """The inverse of :func:`document_row`."""
    _code, _centre, branch, service, accepted, due, risk, late, ready, issued, stopped, stopped_as, done, holds = row
    return Application(
        branch=branch,
        service=service,
        accepted=accepted,
        due=due,
        risk=risk,
        late=late,
        ready=ready,
        issued=issued,
        stopped=stopped,
        stopped_as=stopped_as,
        done=done,
        holds=[Hold(*each) for each in _decode_holds(holds)] if holds != NONE else [],
    )

"""The table ``documents``: one row for every document there ever was, merged from all that was heard of it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import islice
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, select

from dashboard.deadlines import Hold
from dashboard.documents_fold import merge
from dashboard.state import Application
from data_sources.bulk import replace
from data_sources.history_tables import DOCUMENTS

_CODES_A_QUERY: Final = 400
_decode_holds = msgspec.json.Decoder(list[tuple[str, float, float | None]]).decode


def keep_documents(connection: Connection, centre: str, touched: Mapping[str, Sequence[Application]]) -> None:
    """Bring the rows of documents up to what the state says; what a row knows and the state forgot is kept."""
    known = _read(connection, centre, touched)
    merged = {code: reduce(merge, [known[code], *each] if code in known else each) for code, each in touched.items()}
    replace(connection, DOCUMENTS, [document_row(centre, code, each) for code, each in merged.items()])


def _read(connection: Connection, centre: str, codes: Iterable[str]) -> dict[str, Application]:
    found: dict[str, Application] = {}
    rest = iter(codes)
    while chunk := list(islice(rest, _CODES_A_QUERY)):
        query = select(DOCUMENTS).where(DOCUMENTS.c.centre == centre, DOCUMENTS.c.code.in_(chunk))
        found |= {row.code: application_of(row) for row in connection.execute(query)}
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
        msgspec.json.encode(holds).decode(),
    )


def application_of(row: Row[Any]) -> Application:
    """The inverse of :func:`document_row`."""
    return Application(
        branch=row.branch,
        service=row.service,
        accepted=row.accepted,
        due=row.due,
        risk=row.risk,
        late=row.late,
        ready=row.ready,
        issued=row.issued,
        stopped=row.stopped,
        stopped_as=row.stopped_as,
        done=row.done,
        holds=[Hold(*each) for each in _decode_holds(row.holds)],
    )

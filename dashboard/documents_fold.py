"""Documents: the folds of ``application.*``, and one record of a document from all that was ever kept of it."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import structs

from dashboard import deadlines
from dashboard import events as ev
from dashboard.deadlines import Hold
from dashboard.document_facts import told
from dashboard.facts import At, Told, Uncounted
from dashboard.intake import parse_due
from dashboard.state import Application, CentreState


def accepted(state: CentreState, data: ev.ApplicationAcceptedData, at: At) -> None:
    at.count("application.accepted", data.service)
    application = _find(state, data.application, at)
    if application.accepted is not None:
        return
    application.branch, application.service, application.accepted = at.branch, data.service, at.moment
    network = at.network.on(at.day)
    application.due = _due_day(data.due, at) or deadlines.due_day(at.moment, data.service, network)
    application.late = deadlines.late_from(application.due, network)
    application.risk = deadlines.risk_from(application.due, network)
    now = told(application, network)
    if now is not None:  # the end came first
        at.document(now)


def _due_day(due: str | None, at: At) -> int | None:
    if due is None:
        return None
    parsed = parse_due(due)
    if isinstance(parsed, datetime):
        return at.network.local.day(parsed.timestamp())
    return parsed.toordinal()


def sent(state: CentreState, data: ev.ApplicationAgencyData, at: At) -> None:
    at.count("application.sent", data.agency)
    application = _find(state, data.application, at)
    before = _told(application, at)
    _send(application.holds, data.agency, at.moment)
    _tell(application, before, at)


def returned(state: CentreState, data: ev.ApplicationAgencyData, at: At) -> None:
    at.count("application.returned", data.agency)
    application = _find(state, data.application, at)
    before = _told(application, at)
    _return(application.holds, data.agency, at.moment)
    _tell(application, before, at)


def _send(holds: list[Hold], agency: str, moment: float) -> None:
    for hold in holds:
        if hold.agency == agency and hold.until is not None and hold.since == hold.until >= moment:
            hold.since = moment  # the return came first
            return
    holds.append(Hold(agency, moment))
    holds.sort(key=lambda each: each.since)


def _return(holds: list[Hold], agency: str, moment: float) -> None:
    for hold in reversed(holds):
        if hold.agency == agency and hold.until is None and hold.since <= moment:
            hold.until = moment
            return
    holds.append(Hold(agency, moment, moment))
    holds.sort(key=lambda each: each.since)


def ready(state: CentreState, data: ev.ApplicationData, at: At) -> None:
    application = _find(state, data.application, at)
    at.count("application.ready", application.service)
    before = _told(application, at)
    application.ready = _earlier(application.ready, at.moment)
    application.done = _earlier(application.done, at.moment)
    _tell(application, before, at)


def issued(state: CentreState, data: ev.ApplicationData, at: At) -> None:
    application = _find(state, data.application, at)
    at.count("application.issued", application.service)
    before = _told(application, at)
    application.issued = _earlier(application.issued, at.moment)
    application.done = _earlier(application.done, at.moment)
    _tell(application, before, at)


def rejected(state: CentreState, data: ev.ApplicationData, at: At) -> None:
    _stop(state, data, at, "rejected")


def withdrawn(state: CentreState, data: ev.ApplicationData, at: At) -> None:
    _stop(state, data, at, "withdrawn")


def _stop(state: CentreState, data: ev.ApplicationData, at: At, kind: str) -> None:
    application = _find(state, data.application, at)
    at.count(f"application.{kind}", application.service)
    before = _told(application, at)
    if application.stopped is None or at.moment < application.stopped:
        application.stopped, application.stopped_as = at.moment, kind
        application.done = _earlier(application.done, at.moment)
    _tell(application, before, at)


def _find(state: CentreState, code: str, at: At) -> Application:
    if state.documents_since is None or at.moment < state.documents_since:
        state.documents_since = at.moment
    found = state.applications.get(code)
    if found is None:
        found = state.applications[code] = Application()
    at.touch(code, found)
    return found


def _told(application: Application, at: At) -> Told | None:
    """What a finished document says; None where the event cannot change it, because it is later than the end, or where
    nothing is counted."""
    if application.done is None or at.moment > application.done or isinstance(at, Uncounted):
        return None
    return told(application, at.network)


def _tell(application: Application, before: Told | None, at: At) -> None:
    """Say what is true of a document now, and take back what was said of it before."""
    now = _told(application, at)
    if now == before:
        return
    if before is not None:
        at.document(before, -1)
    if now is not None:
        at.document(now)


def _earlier(known: float | None, moment: float | None) -> float | None:
    if known is None or moment is None:
        return moment if known is None else known
    return min(known, moment)


def merge(known: Application, again: Application) -> Application:
    """One record of a document from what was kept of it and what the live state says.

    The state's record mostly goes on from what was kept, and is then all there is. But the state lets go of finished
    documents, and begins anew with what it hears later: an issue, months after the document was ready.
    """
    first = again if known.accepted is None else known
    stopped = min((known, again), key=lambda each: each.stopped if each.stopped is not None else float("inf"))
    return structs.replace(
        first,
        ready=_earlier(known.ready, again.ready),
        issued=_earlier(known.issued, again.issued),
        stopped=stopped.stopped,
        stopped_as=stopped.stopped_as,
        done=_earlier(known.done, again.done),
        holds=_merge_holds(known.holds, again.holds),
    )


def _merge_holds(known: list[Hold], again: list[Hold]) -> list[Hold]:
    if _tells_all(again, known):
        return again
    if _tells_all(known, again):
        return known
    holds: list[Hold] = []
    for moment, is_return, agency in sorted({*_moves(known), *_moves(again)}):
        (_return if is_return else _send)(holds, agency, moment)
    return holds


def _tells_all(more: list[Hold], less: list[Hold]) -> bool:
    """Whether every stay in ``less`` stands in ``more``, perhaps with the half of it that was not known before."""
    moves = set(_moves(more))
    return all(move in moves for move in _moves(less))


def _moves(holds: list[Hold]) -> Iterable[tuple[float, bool, str]]:
    """(moment, whether it is a return, agency) that stays are made of. A stay without length is a return alone."""
    for hold in holds:
        if hold.since != hold.until:
            yield hold.since, False, hold.agency
        if hold.until is not None:
            yield hold.until, True, hold.agency

"""Documents: the folds of ``application.*``."""

from datetime import datetime

from dashboard import deadlines
from dashboard import events as ev
from dashboard.deadlines import Hold
from dashboard.facts import At
from dashboard.intake import parse_due
from dashboard.state import Application, CentreState


def accepted(state: CentreState, data: ev.ApplicationAcceptedData, at: At) -> None:
    at.count("application.accepted", data.service)
    application = _find(state, data.application, at)
    if application.accepted is not None:
        return
    application.branch, application.service, application.accepted = at.branch, data.service, at.moment
    network = at.network
    application.due = _due_day(data.due, at) or deadlines.due_day(at.moment, data.service, network)
    application.late = deadlines.late_from(application.due, network)
    application.risk = deadlines.risk_from(application.due, network)


def _due_day(due: str | None, at: At) -> int | None:
    if due is None:
        return None
    parsed = parse_due(due)
    if isinstance(parsed, datetime):
        return at.network.local.day(parsed.timestamp())
    return parsed.toordinal()


def sent(state: CentreState, data: ev.ApplicationAgencyData, at: At) -> None:
    at.count("application.sent", data.agency)
    holds = _find(state, data.application, at).holds
    for hold in holds:
        if hold.agency == data.agency and hold.until is not None and hold.since == hold.until >= at.moment:
            hold.since = at.moment  # the return came first
            return
    holds.append(Hold(data.agency, at.moment))
    holds.sort(key=lambda each: each.since)


def returned(state: CentreState, data: ev.ApplicationAgencyData, at: At) -> None:
    at.count("application.returned", data.agency)
    holds = _find(state, data.application, at).holds
    for hold in reversed(holds):
        if hold.agency == data.agency and hold.until is None and hold.since <= at.moment:
            hold.until = at.moment
            return
    holds.append(Hold(data.agency, at.moment, at.moment))
    holds.sort(key=lambda each: each.since)


def ready(state: CentreState, data: ev.ApplicationData, at: At) -> None:
    application = _find(state, data.application, at)
    at.count("application.ready", application.service)
    application.ready = _earlier(application.ready, at.moment)
    application.done = _earlier(application.done, at.moment)


def issued(state: CentreState, data: ev.ApplicationData, at: At) -> None:
    application = _find(state, data.application, at)
    at.count("application.issued", application.service)
    application.issued = _earlier(application.issued, at.moment)
    application.done = _earlier(application.done, at.moment)


def rejected(state: CentreState, data: ev.ApplicationData, at: At) -> None:
    _stop(state, data, at, "rejected")


def withdrawn(state: CentreState, data: ev.ApplicationData, at: At) -> None:
    _stop(state, data, at, "withdrawn")


def _stop(state: CentreState, data: ev.ApplicationData, at: At, kind: str) -> None:
    application = _find(state, data.application, at)
    at.count(f"application.{kind}", application.service)
    if application.stopped is None or at.moment < application.stopped:
        application.stopped, application.stopped_as = at.moment, kind
        application.done = _earlier(application.done, at.moment)


def _find(state: CentreState, code: str, at: At) -> Application:
    if state.documents_since is None or at.moment < state.documents_since:
        state.documents_since = at.moment
    found = state.applications.get(code)
    if found is None:
        found = state.applications[code] = Application()
    return found


def _earlier(known: float | None, moment: float) -> float:
    return moment if known is None else min(known, moment)

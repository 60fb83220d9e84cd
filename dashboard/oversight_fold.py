"""Complaints, feedback, visits, directives, deficiencies, and the life of the centre itself."""

from bisect import insort

from dashboard import events as ev
from dashboard.facts import At
from dashboard.state import Case, CentreState


def complaint_filed(state: CentreState, data: ev.ComplaintFiledData, at: At) -> None:
    at.count("complaint.filed", data.about)
    _open(state.complaints, data.complaint, at, data.about)


def complaint_closed(state: CentreState, data: ev.ComplaintClosedData, at: At) -> None:
    at.count("complaint.closed", "upheld" if data.upheld else "dismissed")
    _close(state.complaints, data.complaint, at).upheld = data.upheld


def feedback_given(_state: CentreState, data: ev.FeedbackData, at: At) -> None:
    at.count("feedback.given", str(data.score))


def visit_made(state: CentreState, data: ev.VisitData, at: At) -> None:
    at.count("visit.made")
    state.visits[data.visit] = at.moment


def directive_issued(state: CentreState, data: ev.DirectiveIssuedData, at: At) -> None:
    at.count("directive.issued")
    _open(state.directives, data.directive, at, data.text or "", data.due or "")


def directive_done(state: CentreState, data: ev.DirectiveDoneData, at: At) -> None:
    at.count("directive.done")
    _close(state.directives, data.directive, at)


def deficiency_found(state: CentreState, data: ev.DeficiencyFoundData, at: At) -> None:
    at.count("deficiency.found", data.category or "")
    _open(state.deficiencies, data.deficiency, at, data.category or "", data.due or "")


def deficiency_fixed(state: CentreState, data: ev.DeficiencyFixedData, at: At) -> None:
    at.count("deficiency.fixed")
    _close(state.deficiencies, data.deficiency, at)


def centre_opened(state: CentreState, _data: ev.NoData, at: At) -> None:
    at.count("centre.opened")
    insort(state.openings, (at.moment, True))


def centre_closed(state: CentreState, _data: ev.NoData, at: At) -> None:
    at.count("centre.closed")
    insort(state.openings, (at.moment, False))


def services_offered(state: CentreState, data: ev.ServicesOfferedData, at: At) -> None:
    at.count("services.offered")
    if state.offered is None or at.moment >= state.offered[0]:
        state.offered = (at.moment, data.services)


def heartbeat(state: CentreState, data: ev.HeartbeatData, at: At) -> None:
    if data.lag_s is not None and (state.lag is None or at.moment >= state.lag[0]):
        state.lag = (at.moment, data.lag_s)


def _open(cases: dict[str, Case], code: str, at: At, kind: str, due: str = "") -> None:
    case = cases.setdefault(code, Case())
    case.opened, case.kind, case.branch, case.due = at.moment, kind, at.branch, due


def _close(cases: dict[str, Case], code: str, at: At) -> Case:
    case = cases.setdefault(code, Case())
    case.closed = at.moment
    return case

"""The fold: one event into the live state of its centre, and into the facts that history's rollups add up.

``fold`` reads no clock. Events of one ticket, operator, employee or document keep their own order as a rule;
events of different ones may come in any order and give the same state. An event that comes late is folded by
its own ``time``: it corrects what was, and does not move what is live.
"""

from bisect import bisect_right
from collections.abc import Callable
from typing import Any, Final

from dashboard import documents_fold as documents
from dashboard import events as ev
from dashboard import oversight_fold as oversight
from dashboard import queue_fold as queue
from dashboard import staff_fold as staff
from dashboard.calendars import DAY_S
from dashboard.facts import NO_FACTS, At, Facts, Uncounted
from dashboard.network import Network
from dashboard.state import RETAIN_DAYS, RETAIN_DONE_S, CentreState, new_state

__all__ = ["FOLDS", "CentreState", "Facts", "fold", "new_state"]

Fold = Callable[[CentreState, Any, At], None]

FOLDS: Final[dict[type[Any], Fold]] = {
    ev.TicketIssued: queue.issued,
    ev.TicketCalled: queue.called,
    ev.TicketStarted: queue.started,
    ev.TicketFinished: queue.finished,
    ev.TicketAbandoned: queue.abandoned,
    ev.TicketTransferred: queue.transferred,
    ev.OperatorOpened: queue.operator_opened,
    ev.OperatorPaused: queue.operator_paused,
    ev.OperatorResumed: queue.operator_resumed,
    ev.OperatorClosed: queue.operator_closed,
    ev.StaffJoined: staff.joined,
    ev.StaffLeft: staff.left,
    ev.StaffPosts: staff.posts,
    ev.ApplicationAccepted: documents.accepted,
    ev.ApplicationSent: documents.sent,
    ev.ApplicationReturned: documents.returned,
    ev.ApplicationReady: documents.ready,
    ev.ApplicationIssued: documents.issued,
    ev.ApplicationRejected: documents.rejected,
    ev.ApplicationWithdrawn: documents.withdrawn,
    ev.ComplaintFiled: oversight.complaint_filed,
    ev.ComplaintClosed: oversight.complaint_closed,
    ev.FeedbackGiven: oversight.feedback_given,
    ev.VisitMade: oversight.visit_made,
    ev.DirectiveIssued: oversight.directive_issued,
    ev.DirectiveDone: oversight.directive_done,
    ev.DeficiencyFound: oversight.deficiency_found,
    ev.DeficiencyFixed: oversight.deficiency_fixed,
    ev.CentreOpened: oversight.centre_opened,
    ev.CentreClosed: oversight.centre_closed,
    ev.ServicesOffered: oversight.services_offered,
    ev.Heartbeat: oversight.heartbeat,
}


def fold(
    state: CentreState, event: ev.Event, network: Network, facts: Facts | None, arrived: float | None = None
) -> None:
    """Fold one accepted event into ``state`` and ``facts``, in place; without facts only the state, in half the time.

    The event must have passed :func:`dashboard.intake.accept` for this centre. ``arrived`` is the time in its stream
    entry's id (epoch seconds): with it a centre that sends old events is late, not silent.
    """
    moment = event.time.timestamp()
    day = network.local.day(moment)
    if state.heard is None or moment > state.heard:
        state.heard = moment
    if arrived is not None and arrived - moment <= DAY_S and (state.arrived is None or arrived > state.arrived):
        state.arrived = arrived
    if day > state.day:
        state.day = day
        _prune(state)
    branch = network.sources[event.source][1]
    at = Uncounted(moment, day, branch, network, NO_FACTS) if facts is None else At(moment, day, branch, network, facts)
    FOLDS[type(event)](state, event.data, at)


def _prune(state: CentreState) -> None:
    """Let go of what no metric can ask for any more; driven by event time alone, so a refold prunes alike."""
    oldest = state.day - RETAIN_DAYS
    for branch in state.branches.values():
        for day in [day for day in branch.days if day < oldest]:
            del branch.days[day]
        _prune_shifts(branch.operators, (state.heard or 0.0) - RETAIN_DAYS * 86_400)
    horizon = (state.heard or 0.0) - RETAIN_DONE_S
    gone = [code for code, each in state.applications.items() if (each.done or horizon) < horizon]
    for code in gone:
        del state.applications[code]


def _prune_shifts(operators: dict[str, list[Any]], horizon: float) -> None:
    for operator, changes in list(operators.items()):
        # the change in force at the horizon stays: the state then follows from it
        keep = bisect_right(changes, horizon, key=lambda change: change.time) - 1
        if keep > 0:
            del changes[:keep]
        if changes and changes[-1].expires < horizon:
            del operators[operator]

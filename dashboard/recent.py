"""A branch's state without what can no longer be seen: a trend asks for 25 moments of a day that is nearly over."""

from bisect import bisect_right

from dashboard.state import BranchState, DayQueue, Ticket


def recent(branch: BranchState, since: float) -> BranchState:
    """The branch as far as who waits, and whose time is spent how, at ``since`` (epoch seconds) and later. Parts that
    stay are the branch's own: read them only. What was *counted* before (issued, called, decided) is gone."""
    days, operators = {}, {}
    for day, queue in branch.days.items():
        lasting = {number: each for number, each in queue.tickets.items() if _lasts(each, since)}
        days[day] = DayQueue(queue.ends, queue.last, lasting)
    for operator, changes in branch.operators.items():
        in_force = max(0, bisect_right(changes, since, key=lambda change: change.time) - 1)
        # a service whose finish never came may have ended at any closing
        closings = [each for each in changes[:in_force] if each.kind == "closed"]
        operators[operator] = closings + changes[in_force:]
    return BranchState(days, operators, branch.since)


def _lasts(ticket: Ticket, since: float) -> bool:
    """A ticket that was handed from operator to operator stays: its ends may have been told out of order."""
    return ticket.ended is None or ticket.ended > since or bool(ticket.earlier)

"""Tickets and operators: the folds of ``ticket.*`` and ``operator.*``."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from dashboard import events as ev
from dashboard import facts as f
from dashboard.facts import At
from dashboard.state import MAX_DAYS, QUEUE_RESET_S, BranchState, CentreState, Change, DayQueue, Ticket

_SURELY_LATER_S: Final = 20 * 3600
"""Nearer than this to the reset that ends a day's queue no event is before the reset that began it."""


def issued(state: CentreState, data: ev.TicketIssuedData, at: At) -> None:
    booked = data.booked_for.timestamp() if data.booked_for is not None else at.moment
    _begin(_branch(state, at), data.ticket, at, data.service, data.priority, max(at.moment, booked))


def called(state: CentreState, data: ev.TicketAtWindowData, at: At) -> None:
    ticket = _find_or_make(_branch(state, at), data.ticket, at)
    first = ticket.called
    if first is None or at.moment < first:
        if first is not None:
            at.ticket(ticket.service, first, f.CALLED, -1)
            _wait_fact(ticket, at, -1)
        if first is not None or ticket.ended is not None:
            _left_fact(ticket, at, -1)
        ticket.called = at.moment
        _left_fact(ticket, at)
        at.ticket(ticket.service, at.moment, f.CALLED)
        _wait_fact(ticket, at)
    _take(_branch(state, at), ticket, data, at)


def started(state: CentreState, data: ev.TicketAtWindowData, at: At) -> None:
    """A start without a call is a call; else the call stands (wait and occupancy count from it)."""
    ticket = _find_or_make(_branch(state, at), data.ticket, at)
    if ticket.called is None:
        called(state, data, at)


def _take(branch: BranchState, ticket: Ticket, data: ev.TicketAtWindowData, at: At) -> None:
    """An operator takes a ticket; when another had it, his time with it ends here."""
    if ticket.at_window is None:
        _hold(ticket, data, at.moment)
        _busy_fact(branch, ticket, at, ticket.ended)
    elif at.moment >= ticket.at_window and data.operator != ticket.operator:
        _busy_fact(branch, ticket, at, ticket.ended, -1)
        _busy_fact(branch, ticket, at, at.moment)
        ticket.earlier += ((ticket.operator, ticket.at_window, at.moment),)
        _hold(ticket, data, at.moment)
        _busy_fact(branch, ticket, at, ticket.ended)
    elif at.moment < ticket.at_window and data.operator == ticket.operator:
        _busy_fact(branch, ticket, at, ticket.ended, -1)
        ticket.at_window = at.moment
        _busy_fact(branch, ticket, at, ticket.ended)


def _hold(ticket: Ticket, data: ev.TicketAtWindowData, moment: float) -> None:
    ticket.at_window, ticket.window, ticket.operator = moment, data.window, data.operator


def finished(state: CentreState, data: ev.TicketFinishedData, at: At) -> None:
    branch = _branch(state, at)
    ticket = _find_or_make(branch, data.ticket, at)
    if _end(branch, ticket, data.outcome, at):
        at.ticket(ticket.service, at.moment, f.SERVED)
        if ticket.operator:
            at.operator(ticket.operator, ticket.window, at.moment, f.OPERATOR_SERVED)


def abandoned(state: CentreState, data: ev.TicketAbandonedData, at: At) -> None:
    branch = _branch(state, at)
    ticket = _find_or_make(branch, data.ticket, at)
    if not _end(branch, ticket, data.reason, at):
        return
    at.ticket(ticket.service, at.moment, f.ABANDONED)
    if data.reason == "no_show":
        at.ticket(ticket.service, at.moment, f.NO_SHOW)
    if ticket.called is None and ticket.wait_from is not None:
        late = f.is_late(at, at.moment - ticket.wait_from, at.moment)
        at.ticket(ticket.service, at.moment, f.ABANDONED_LATE, int(late))


def transferred(state: CentreState, data: ev.TicketTransferredData, at: At) -> None:
    """The stay here ends; another wait begins in the queue that the ticket was sent to (design §4)."""
    branch = _branch(state, at)
    ticket = _find_or_make(branch, data.ticket, at)
    if not _end(branch, ticket, "transferred", at):
        return
    at.ticket(ticket.service, at.moment, f.TRANSFERRED_OUT)
    there = at.elsewhere(data.branch or at.branch)
    service = data.service or ticket.service
    _begin(_branch(state, there), data.ticket, there, service, ticket.priority, at.moment, transfer=True)


def _begin(
    branch: BranchState, number: str, at: At, service: str, priority: str, wait_from: float, *, transfer: bool = False
) -> None:
    queue = _day_queue(branch, at)
    known = queue.tickets.get(number)
    unissued = _unissued(queue, number, at.moment)
    if unissued is not None:
        _complete(unissued, queue, at, service, priority, wait_from, transfer)
        return
    if known is not None and known.start == at.moment and known.transferred == transfer:
        return  # the same issue said twice under two event ids
    fresh = Ticket(service, priority, at.moment, wait_from, _reset_after(at, queue), transfer)
    if known is None:
        queue.tickets[number] = fresh
    elif known.start is None or known.start <= at.moment:
        queue.tickets[_aside(queue, number)] = known
        queue.tickets[number] = fresh
    else:
        queue.tickets[_aside(queue, number)] = fresh
    at.ticket(service, at.moment, f.TRANSFERRED_IN if transfer else f.ISSUED)


def _unissued(queue: DayQueue, number: str, moment: float) -> Ticket | None:
    """The ticket of which only later events have come, and whose issue this is. It may be an older one of its number:
    who was sent on before the issue came has another stay by then."""
    latest = queue.tickets.get(number)
    if latest is None or latest.start is None:
        return latest if latest is not None and _first_moment(latest) >= moment else None
    if latest.start <= moment:
        return None
    waiting = [each for each in _older(queue, number) if each.start is None and _first_moment(each) >= moment]
    return min(waiting, key=_first_moment, default=None)


def _complete(
    ticket: Ticket, queue: DayQueue, at: At, service: str, priority: str, wait_from: float, transfer: bool
) -> None:
    """The issue of a ticket whose later events came first: what they could not say is said now."""
    _rename_facts(ticket, at, -1)
    ticket.service, ticket.priority, ticket.transferred = service, priority, transfer
    ticket.start, ticket.wait_from, ticket.expires = at.moment, wait_from, _reset_after(at, queue)
    at.ticket(service, at.moment, f.TRANSFERRED_IN if transfer else f.ISSUED)
    _rename_facts(ticket, at, 1)
    _wait_fact(ticket, at)
    _left_fact(ticket, at)
    if ticket.called is None and ticket.ended is not None and ticket.outcome in ("left", "no_show"):
        late = f.is_late(at, ticket.ended - wait_from, ticket.ended)
        at.ticket(service, ticket.ended, f.ABANDONED_LATE, int(late))


_ENDS = {"left": f.ABANDONED, "no_show": f.ABANDONED, "transferred": f.TRANSFERRED_OUT}


def _rename_facts(ticket: Ticket, at: At, sign: int) -> None:
    """Take back (-1) or say (1) the facts of a ticket that hang on its service's name."""
    service = ticket.service
    if ticket.called is not None:
        at.ticket(service, ticket.called, f.CALLED, sign)
    if ticket.ended is None:
        return
    at.ticket(service, ticket.ended, _ENDS.get(ticket.outcome, f.SERVED), sign)
    if ticket.outcome == "no_show":
        at.ticket(service, ticket.ended, f.NO_SHOW, sign)
    if ticket.at_window is not None and ticket.ended >= ticket.at_window:
        at.service(service, ticket.ended, ticket.ended - ticket.at_window, sign)


def _end(branch: BranchState, ticket: Ticket, outcome: str, at: At) -> bool:
    """End a stay; False when it had ended already (the first end stands)."""
    if ticket.ended is not None:
        return False
    ends_wait = ticket.called is None or at.moment < ticket.called
    if ends_wait:
        _left_fact(ticket, at, -1)
    ticket.ended, ticket.outcome = at.moment, outcome
    if ends_wait:
        _left_fact(ticket, at)
    _busy_fact(branch, ticket, at, at.moment)
    return True


def _wait_fact(ticket: Ticket, at: At, sign: int = 1) -> None:
    if ticket.called is not None and ticket.wait_from is not None:
        wait = max(0.0, ticket.called - ticket.wait_from)
        at.wait(ticket.service, ticket.called, wait, sign)


def _left_fact(ticket: Ticket, at: At, sign: int = 1) -> None:
    """When a ticket of known start stops waiting; one that the queue's reset took is in no line to leave."""
    if ticket.start is None:
        return
    left = max(ticket.start, _first_moment(ticket))
    if left < ticket.expires:
        at.leave_queue(left, sign)


def _busy_fact(branch: BranchState, ticket: Ticket, at: At, until: float | None, sign: int = 1) -> None:
    """A service, and the operator's time with it; what another ticket of theirs has taken of it already is no more time
    (decision 0005)."""
    since = ticket.at_window
    if since is None or until is None or until < since:
        return
    at.service(ticket.service, until, until - since, sign)
    reached = branch.busy_till.get(ticket.operator, float("-inf"))
    alone = [(since, until)] if since >= reached else _alone(branch, ticket, at.day, since, until)
    for first, last in alone:
        at.spend(ticket.operator, ticket.window, first, last, f.BUSY_MS, sign)
    if sign > 0 and until > reached:
        branch.busy_till[ticket.operator] = until


def _alone(branch: BranchState, ticket: Ticket, day: int, since: float, until: float) -> list[tuple[float, float]]:
    """The parts of a time in which no other ticket of its operator is counted."""
    found, reached = [], since
    for first, last in sorted(_others(branch, ticket, day)):
        if reached < min(first, until):
            found.append((reached, min(first, until)))
        reached = max(reached, last)
    return [*found, (reached, until)] if reached < until else found


def _others(branch: BranchState, ticket: Ticket, day: int) -> Iterator[tuple[float, float]]:
    """What else is counted of a ticket's operator: other tickets, and what was theirs before another took over."""
    for each in (each for of in (day - 1, day) if of in branch.days for each in branch.days[of].tickets.values()):
        for operator, since, until in each.earlier:
            if operator == ticket.operator:
                yield since, until
        if each is ticket or each.operator != ticket.operator or each.at_window is None or each.ended is None:
            continue
        if each.at_window <= each.ended:
            yield each.at_window, each.ended


def _branch(state: CentreState, at: At) -> BranchState:
    found = state.branches.get(at.branch)
    if found is None:
        found = state.branches[at.branch] = BranchState()
    if found.since is None or at.moment < found.since:
        found.since = at.moment
    return found


def _day_queue(branch: BranchState, at: At) -> DayQueue:
    found = branch.days.get(at.day)
    if found is None:
        if len(branch.days) >= MAX_DAYS:
            del branch.days[min(branch.days)]
        found = branch.days[at.day] = DayQueue(queue_reset(at))
    return found


def queue_reset(at: At) -> float:
    """The reset that ends the queue of the event's local day: 04:00 of the next day."""
    return at.network.local.day_start(at.day + 1) + QUEUE_RESET_S


def _reset_after(at: At, queue: DayQueue) -> float:
    """The first reset after the event: that of its own day for what happens in the small hours."""
    if queue.ends - at.moment <= _SURELY_LATER_S:
        return queue.ends
    same_day = at.network.local.day_start(at.day) + QUEUE_RESET_S
    return same_day if at.moment < same_day else queue.ends


def _find_or_make(branch: BranchState, number: str, at: At) -> Ticket:
    """The latest issue of a number by the event's moment (design §3.1), or a record that waits for its issue."""
    queue = branch.days.get(at.day)
    found = _find(queue, number, at.moment) if queue is not None else None
    if found is None:
        before = branch.days.get(at.day - 1)
        if before is not None and at.moment < before.ends:
            found = _find(before, number, at.moment)
            if found is not None and (found.ended is not None and found.ended < at.moment):
                found = None
            elif found is not None:
                before.last = max(before.last, at.moment)
    if found is None:
        queue = _day_queue(branch, at)
        found = queue.tickets[number] = Ticket(expires=queue.ends)
    return found


def _find(queue: DayQueue, number: str, moment: float) -> Ticket | None:
    latest = queue.tickets.get(number)
    if latest is None or latest.start is None or latest.start <= moment:
        return latest
    found, best = latest, -1.0
    for older in _older(queue, number):
        if older.start is not None and best < older.start <= moment:
            found, best = older, older.start
    return found


def _older(queue: DayQueue, number: str) -> Iterator[Ticket]:
    """The tickets of a number that was used again."""
    count = 1
    while (older := queue.tickets.get(f"{number}\0{count}")) is not None:
        yield older
        count += 1


def _aside(queue: DayQueue, number: str) -> str:
    count = 1
    while f"{number}\0{count}" in queue.tickets:
        count += 1
    return f"{number}\0{count}"


def _first_moment(ticket: Ticket) -> float:
    called, ended = ticket.called, ticket.ended
    if called is None:
        return float("inf") if ended is None else ended
    return called if ended is None or called <= ended else ended


def operator_opened(state: CentreState, data: ev.OperatorData, at: At) -> None:
    _change(state, data, at, "opened")


def operator_paused(state: CentreState, data: ev.OperatorData, at: At) -> None:
    _change(state, data, at, "paused")


def operator_resumed(state: CentreState, data: ev.OperatorData, at: At) -> None:
    _change(state, data, at, "resumed")


def operator_closed(state: CentreState, data: ev.OperatorData, at: At) -> None:
    _change(state, data, at, "closed")


def _change(state: CentreState, data: ev.OperatorData, at: At, kind: str) -> None:
    """Put a change in its place in time; the time it splits is taken back and said again in parts."""
    changes = _branch(state, at).operators.setdefault(data.operator, [])
    index = bisect_right(changes, at.moment, key=lambda change: change.time)
    follower = changes[index].time if index < len(changes) else None
    if index and follower is not None:
        _shift_fact(data.operator, changes[index - 1], follower, at, -1)
    fresh = Change(at.moment, kind, data.window, queue_reset(at))
    changes.insert(index, fresh)
    if index:
        _shift_fact(data.operator, changes[index - 1], at.moment, at)
    if follower is not None:
        _shift_fact(data.operator, fresh, follower, at)


def _shift_fact(operator: str, change: Change, until: float, at: At, sign: int = 1) -> None:
    if change.kind == "closed":
        return
    column = f.PAUSED_MS if change.kind == "paused" else f.OPEN_MS
    at.spend(operator, change.window, change.time, min(until, change.expires), column, sign)

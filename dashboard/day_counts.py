"""A branch's day by hour and by service, counted from the state: what history's rollups will say of it once it is over.

Rollups count an operator's time when a spell of it is over, and what they say of a day goes on to its end. Counted from
the state, a day is what was known of it at the moment shown, running spells included.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator

from dashboard.counts import Counts
from dashboard.facts import WAIT_EDGES_S
from dashboard.hall import FINISHED
from dashboard.network import Network
from dashboard.operator_day import OperatorDay, by_hour, operator_days
from dashboard.state import BranchState, Ticket

Row = Callable[[float], Counts | None]
"""What counts a moment; None for one that is not of the day, or not known yet."""


def hourly(branch: BranchState, network: Network, day: int, now: float) -> dict[int, Counts]:
    """Local hour of a local day (an ordinal) to its counts up to ``now``; hours without anything are left out."""
    found: dict[int, Counts] = {}

    def row(moment: float) -> Counts | None:
        if not _is_of(moment, network, day, now):
            return None
        return found.setdefault(int(network.local.seconds_of_day(moment) // 3600), Counts())

    for ticket in _tickets(branch, day):
        _count(ticket, row, network.on(day).norms.wait_s)
    for operator in operator_days(branch, network, day, now):
        _spend(operator, network, day, found)
    return dict(sorted(found.items()))


def by_service(branch: BranchState, network: Network, day: int, now: float) -> dict[str, Counts]:
    """Service to its tickets of a local day up to ``now``; "" are those whose issue was never heard."""
    found: dict[str, Counts] = {}
    service = ""

    def row(moment: float) -> Counts | None:
        return found.setdefault(service, Counts()) if _is_of(moment, network, day, now) else None

    for ticket in _tickets(branch, day):
        service = ticket.service
        _count(ticket, row, network.on(day).norms.wait_s)
    return found


def _is_of(moment: float, network: Network, day: int, now: float) -> bool:
    return moment <= now and network.local.day(moment) == day


def _tickets(branch: BranchState, day: int) -> Iterator[Ticket]:
    """A ticket of the day before may have been called or ended after midnight."""
    for each in (day - 1, day):
        if each in branch.days:
            yield from branch.days[each].tickets.values()


def _count(ticket: Ticket, row: Row, norm_s: float) -> None:
    if ticket.start is not None and (issued := row(ticket.start)) is not None:
        if ticket.transferred:
            issued.transferred_in += 1
        else:
            issued.issued += 1
    if ticket.called is not None and (called := row(ticket.called)) is not None:
        called.called += 1
        _count_wait(ticket, ticket.called, called, norm_s)
    for _operator, since, until in ticket.earlier:
        _count_service(since, until, row(until))
    if ticket.ended is not None and (ended := row(ticket.ended)) is not None:
        _count_end(ticket, ticket.ended, ended, norm_s)
        if ticket.at_window is not None and ticket.ended >= ticket.at_window:
            _count_service(ticket.at_window, ticket.ended, ended)


def _count_wait(ticket: Ticket, called: float, row: Counts, norm_s: float) -> None:
    if ticket.wait_from is None:
        return
    wait = max(0.0, called - ticket.wait_from)
    row.waits += 1
    row.wait_ms += round(wait * 1000)
    row.within += wait <= norm_s
    place = bisect_left(WAIT_EDGES_S, wait)
    row.bins = (*row.bins[:place], row.bins[place] + 1, *row.bins[place + 1 :])


def _count_end(ticket: Ticket, ended: float, row: Counts, norm_s: float) -> None:
    if ticket.outcome in FINISHED:
        row.served += 1
    elif ticket.outcome == "transferred":
        row.transferred_out += 1
    else:
        row.abandoned += 1
        row.no_show += ticket.outcome == "no_show"
        if ticket.called is None and ticket.wait_from is not None:
            row.abandoned_late += ended - ticket.wait_from > norm_s


def _count_service(since: float, until: float, row: Counts | None) -> None:
    if row is not None:
        row.services += 1
        row.service_ms += round((until - since) * 1000)


def _spend(operator: OperatorDay, network: Network, day: int, found: dict[int, Counts]) -> None:
    for hour, sums in by_hour(operator, network, day).items():
        if sums.busy_s or sums.open_s or sums.paused_s:
            row = found.setdefault(hour, Counts())
            row.busy_ms += round(sums.busy_s * 1000)
            row.open_ms += round(sums.open_s * 1000)
            row.paused_ms += round(sums.paused_s * 1000)

"""What the queue and load metrics are computed from: one pass over a branch's tickets and shifts at a moment."""

from __future__ import annotations

from msgspec import Struct, field

from dashboard.network import Network
from dashboard.state import BranchState, Change, DayQueue, Ticket

HOUR_S = 3600.0
"""The sliding hour of waits and occupancy: ``(now - 60 min, now]``."""


class QueueSample(Struct):
    """Counts and values of one or more branches; samples of several branches add up."""

    known: bool = False
    waiting_since: list[float] = field(default_factory=list)
    """Start of each waiting ticket."""
    waiting_late: int = 0
    """Waiting longer than the norm."""
    waits: list[float] = field(default_factory=list)
    """Waits, seconds, of tickets first called in the last hour."""
    issued: int = 0
    called: int = 0
    within: int = 0
    decided: int = 0
    """Called today with a known wait."""
    abandoned: int = 0
    abandoned_late: int = 0

    def add(self, other: QueueSample) -> None:
        self.known |= other.known
        self.waiting_since += other.waiting_since
        self.waits += other.waits
        for name in ("waiting_late", "issued", "called", "within", "decided", "abandoned", "abandoned_late"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


class LoadSample(Struct):
    known: bool = False
    """Whether operators have been heard of: a feed of tickets alone says nothing about windows."""
    windows_open: int = 0
    windows_total: int = 0
    serving: int = 0
    busy_s: float = 0.0
    open_s: float = 0.0
    stopped_since: float | None = None
    """With no window open: when the last one stopped."""

    def add(self, other: LoadSample) -> None:
        self.known |= other.known
        for name in ("windows_open", "windows_total", "serving", "busy_s", "open_s"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        stops = [each for each in (self.stopped_since, other.stopped_since) if each is not None]
        self.stopped_since = max(stops) if stops else None


def sample_branch(branch: BranchState, windows: int, network: Network, now: float) -> tuple[QueueSample, LoadSample]:
    """One branch's queue and load at ``now`` (epoch seconds). ``windows`` is the number by the network file."""
    queue, load = QueueSample(), LoadSample(windows_total=windows)
    if branch.since is None or branch.since > now:
        return queue, load
    queue.known = True
    load.known = bool(branch.operators)
    today = network.local.day(now)
    day_start, norm_s = network.local.day_start(today), network.on(today).norms.wait_s
    busy: dict[str, list[tuple[float, float]]] = {}
    serving: set[str] = set()
    for day_queue in relevant(branch, network, now):
        for ticket in day_queue.tickets.values():
            sample_ticket(ticket, queue, norm_s, day_start, now)
            if ticket.called is not None and ticket.called <= now:
                sample_service(ticket, branch.operators, busy, serving, now)
    load.serving = len(serving)
    load.busy_s = sum(union_s(spans) for spans in busy.values())
    sample_shifts(branch.operators, load, now)
    return queue, load


def relevant(branch: BranchState, network: Network, now: float) -> list[DayQueue]:
    """Today's queue; and yesterday's while the last hour can still touch it, or when it went on past midnight."""
    today = network.local.day(now)
    found = [branch.days[today]] if today in branch.days else []
    before = branch.days.get(today - 1)
    if before is not None and (now < before.ends + HOUR_S or before.last >= network.local.day_start(today)):
        found.append(before)
    return found


def sample_ticket(ticket: Ticket, queue: QueueSample, norm_s: float, day_start: float, now: float) -> None:
    """What one ticket adds to a branch's queue at ``now``."""
    start, called, ended, wait_from = ticket.start, ticket.called, ticket.ended, ticket.wait_from
    is_called = called is not None and called <= now
    is_ended = ended is not None and ended <= now
    if start is not None and wait_from is not None and start <= now:
        if start >= day_start and not ticket.transferred:
            queue.issued += 1
        if not is_called and not is_ended and now < ticket.expires:
            queue.waiting_since.append(start)
            queue.waiting_late += now - wait_from > norm_s
    if is_called and called is not None:
        _sample_call(called, wait_from, queue, norm_s, day_start, now)
    if is_ended and ended is not None and ended >= day_start and ticket.outcome in ("left", "no_show"):
        queue.abandoned += 1
        queue.abandoned_late += called is None and wait_from is not None and ended - wait_from > norm_s


def _sample_call(
    called: float, wait_from: float | None, queue: QueueSample, norm_s: float, day_start: float, now: float
) -> None:
    wait = None if wait_from is None else max(0.0, called - wait_from)
    if called >= day_start:
        queue.called += 1
        queue.decided += wait is not None
        queue.within += wait is not None and wait <= norm_s
    if wait is not None and called > now - HOUR_S:
        queue.waits.append(wait)


def sample_service(
    ticket: Ticket,
    operators: dict[str, list[Change]],
    busy: dict[str, list[tuple[float, float]]],
    serving: set[str],
    now: float,
) -> None:
    """What one ticket that was called adds: the time of its operators in the last hour, and the window it is at."""
    for operator, had_since, had_until in ticket.earlier:
        _span(busy, operator, had_since, had_until, now)
    since = ticket.at_window
    if since is None or since > now:
        return
    end = service_end(ticket, since, operators)
    if end > now:
        serving.add(ticket.window)
    _span(busy, ticket.operator, since, end, now)


def service_end(ticket: Ticket, since: float, operators: dict[str, list[Change]]) -> float:
    """When the operator who took a ticket at ``since`` was done with it; infinity while nothing says so. A finish that
    never came is at the latest when the operator closes, or at the queue's reset."""
    if ticket.ended is not None:
        return ticket.ended
    until = ticket.expires if since < ticket.expires else float("inf")
    return min(until, _closing(operators.get(ticket.operator, ()), since))


def _span(busy: dict[str, list[tuple[float, float]]], operator: str, since: float, until: float, now: float) -> None:
    since, until = max(since, now - HOUR_S), min(until, now)
    if since < until:
        busy.setdefault(operator, []).append((since, until))


def _closing(changes: list[Change] | tuple[()], since: float) -> float:
    """A service whose finish never came ends at the latest when its operator closes."""
    return next((each.time for each in changes if each.kind == "closed" and each.time >= since), float("inf"))


def union_s(spans: list[tuple[float, float]]) -> float:
    """Seconds that spans cover, their overlaps once."""
    total, reached = 0.0, float("-inf")
    for since, until in sorted(spans):
        total += max(0.0, until - max(since, reached))
        reached = max(reached, until)
    return total


def sample_shifts(operators: dict[str, list[Change]], load: LoadSample, now: float) -> None:
    """What operators add to a branch's load: windows open now, and time open in the last hour."""
    open_windows: set[str] = set()
    stops: list[float] = []
    for changes in operators.values():
        current: Change | None = None
        for index, change in enumerate(changes):
            if change.time > now:
                break
            current = change
            if change.kind not in ("opened", "resumed"):
                continue
            following = changes[index + 1].time if index + 1 < len(changes) else now
            until = min(following, change.expires, now)
            load.open_s += max(0.0, until - max(change.time, now - HOUR_S))
        if current is None:
            continue
        if now < current.expires and current.kind in ("opened", "resumed"):
            open_windows.add(current.window)
        else:
            stops.append(min(current.time, now))
    load.windows_open = len(open_windows)
    load.stopped_since = max(stops) if stops and not open_windows else None

"""Rules about queues and windows. Each says in its docstring when it fires, and why its action would help."""

from collections.abc import Iterator, Mapping
from typing import Final

from dashboard.evidence import Evidence, Finding, Hall, Kind, Mark
from dashboard.hall import Window

STUCK_S: Final = 600.0
"""So long nobody is called before that is told of."""
IDLE_S: Final = 300.0
"""So long an open window may stand free while people wait: to put papers in order, to fetch a document."""
PAUSE_S: Final = 900.0
"""A pause of up to so long is a rest that operators are due."""
MOST_OF: Final = 0.6
LEAST_WAITING: Final = 5
"""One service makes most of a line when so large a share of at least so many wait for it."""
UNEVEN: Final = 3.0
"""One hall is much worse than another with so many times the people per window."""
_NO_VALUES: Final[Mapping[str, float]] = {}
LONG_TIMES: Final = 2.0
"""A service is far too long at so many times what nine in ten of its kind take."""


def no_window(evidence: Evidence) -> Iterator[Finding]:
    """People wait and no window is open; ``waiting``, ``longest_s``. Nothing moves until one opens: a paused one is the
    quickest to open again, then the one that was left last."""
    found = False
    for hall in _working(evidence):
        if hall.line and hall.are_operators_known and not hall.open:
            found = True
            best = next(iter(sorted(hall.paused, key=lambda each: -(each.since or 0.0)) + hall.unused), None)
            stops = [each.since for each in (*hall.paused, *hall.unused) if each.since is not None]
            yield _of(hall, "no_window", best, mark="act", since=max([hall.line[0].since, *stops]))
    is_left_over = any(each.line and not each.is_open for each in evidence.halls)
    if not found and not is_left_over and evidence.halls and "no_window_open" in evidence.shown["warnings"]:
        yield Finding("no_window", "act", values={"waiting": evidence.shown["queue"]["waiting"]})


def nobody_called(evidence: Evidence) -> Iterator[Finding]:
    """Nobody was called for 10 minutes though windows are open and people wait, and the windows are not all busy with
    services of a usual length; ``waiting``, ``longest_s``, ``open``. The window that stands free can call at once."""
    for hall in _working(evidence):
        since = _stuck_since(hall)
        if since is not None:
            free = [each for each in hall.open if each.does == "free"]
            first = min(free or hall.open, key=lambda each: each.since or 0.0)
            yield _of(hall, "nobody_called", first, mark="act", since=since, values={"open": len(hall.open)})


def _stuck_since(hall: Hall) -> float | None:
    """Since when nobody was called, if for too long."""
    if not hall.line or not hall.open:
        return None
    since = max(hall.line[0].since, hall.last_call or 0.0, min(each.since or 0.0 for each in hall.open))
    busy = all(each.does == "serving" and not each.tickets[0].is_long for each in hall.open)
    return since if hall.now - since >= STUCK_S and not busy else None


def closed_window(evidence: Evidence) -> Iterator[Finding]:
    """A hall is pressed (:attr:`dashboard.evidence.Hall.mark`) and has windows where nobody is; ``waiting``,
    ``longest_s``, ``closed``. One more window serves more than any other measure; the one that was left last has its
    operator nearest."""
    for hall in _working(evidence):
        if hall.mark and hall.open and hall.unused:
            best = hall.unused[0]
            yield _of(hall, "closed_window", best, since=best.since, values={"closed": len(hall.unused)})


def overloaded(evidence: Evidence) -> Iterator[Finding]:
    """A hall's load is past its threshold though nobody waits long yet; ``waiting``, ``longest_s``, ``load``,
    ``closed``. Above some 90 % a queue grows with any more visitors: open another window before it does."""
    for hall in _working(evidence):
        if hall.mark is None and hall.load is not None and evidence.is_past("load.occupancy", hall.load):
            values = {"load": hall.load, "closed": len(hall.unused)}
            yield _of(hall, "overloaded", next(iter(hall.unused), None), values=values)


def long_pause(evidence: Evidence) -> Iterator[Finding]:
    """A hall is pressed and an operator has paused for over 15 minutes; ``waiting``, ``longest_s``. The window is there
    and its operator is at work: end the pause or put somebody in his place."""
    for hall in _working(evidence):
        for each in hall.paused:
            if hall.mark and hall.open and each.since is not None and hall.now - each.since > PAUSE_S:
                yield _of(hall, "long_pause", each, since=each.since)


def idle_window(evidence: Evidence) -> Iterator[Finding]:
    """An open window has stood free for 5 minutes while people waited, and others go on calling; ``waiting``,
    ``longest_s``. Perhaps the operator forgot to pause, or does not see the line: ask."""
    for hall in _working(evidence):
        if not hall.line or _stuck_since(hall) is not None:
            continue
        for each in hall.open:
            since = max(each.since or 0.0, hall.line[0].since)
            if each.does == "free" and hall.now - since >= IDLE_S:
                yield _of(hall, "idle_window", each, mark=hall.mark or "watch", since=since)


def full(evidence: Evidence) -> Iterator[Finding]:
    """A hall is pressed though all its windows are open, and no other hall can help; ``waiting``, ``longest_s``,
    ``open``. What is left is to shorten each visit: papers checked in the line, breaks later."""
    for hall in _working(evidence):
        if hall.mark and hall.open and not hall.unused and not hall.paused and _helper(evidence, hall) is None:
            yield _of(hall, "full", values={"open": len(hall.open)})


def uneven(evidence: Evidence) -> Iterator[Finding]:
    """A hall is pressed with at least three times the people per window of another one, which has a window to spare;
    ``waiting``, ``longest_s``, ``open``, ``other_waiting``, ``other_open``. An operator moved from there serves sooner
    than one who has to be called in."""
    for hall in _working(evidence):
        other = _helper(evidence, hall)
        if hall.mark and other is not None:
            counts = {"open": len(hall.open), "other_waiting": len(other.line), "other_open": len(other.open)}
            yield _of(hall, "uneven", other=other.branch.id, values=counts)


def _helper(evidence: Evidence, hall: Hall) -> Hall | None:
    """The hall that could spare an operator for this one: the one with the fewest people per window."""
    others = [
        each
        for each in _working(evidence)
        if each is not hall and each.mark is None and len(each.open) > 1 and each.crowd * UNEVEN <= hall.crowd
    ]
    return min(others, key=lambda each: each.crowd, default=None)


def long_service(evidence: Evidence) -> Iterator[Finding]:
    """A hall is pressed and a window has had one ticket for over twice what nine in ten of its kind take; ``waiting``,
    ``longest_s``, ``age_s``, ``usual_s``. Either the operator needs help, or the ticket was never closed."""
    for hall in _working(evidence):
        for each in hall.open:
            at = each.tickets[0] if each.tickets else None
            if hall.mark and at is not None and at.usual_s is not None and at.age_s > LONG_TIMES * at.usual_s:
                taken = {"age_s": at.age_s, "usual_s": at.usual_s}
                yield _of(hall, "long_service", each, mark="watch", since=at.since, ticket=at.number, values=taken)


def one_service(evidence: Evidence) -> Iterator[Finding]:
    """A hall is pressed and at least 60 % of five or more people wait for one service; ``waiting``, ``longest_s``,
    ``these``. A window for that service alone takes them out of the way of the others."""
    for hall in _working(evidence):
        counts: dict[str, int] = {}
        for each in hall.line:
            counts[each.service] = counts.get(each.service, 0) + 1
        most = max(counts, key=lambda each: counts[each], default="")
        if hall.mark and most and len(hall.line) >= LEAST_WAITING and counts[most] >= MOST_OF * len(hall.line):
            yield _of(hall, "one_service", mark="watch", service=most, values={"these": counts[most]})


def long_wait(evidence: Evidence) -> Iterator[Finding]:
    """A ticket waits over twice the norm; ``waiting``, ``longest_s`` (of that ticket), ``late`` (how many wait so
    long). A single ticket may have been forgotten by the queue's own rules: call it next."""
    for hall in _working(evidence):
        late = [each for each in hall.line if hall.now - each.wait_from > 2 * hall.wait_s]
        if late:
            first, waits = late[0], {"late": len(late), "longest_s": late[0].age_s}
            yield _of(hall, "long_wait", mark="act", ticket=first.number, since=first.since, values=waits)


def left_over(evidence: Evidence) -> Iterator[Finding]:
    """A branch has closed for the day and tickets still wait there; ``waiting``, ``longest_s``. Either people sit there
    and are to be served, or the tickets are to be closed: they spoil the numbers until the night."""
    for hall in evidence.halls:
        if hall.line and not hall.is_open:
            first = hall.line[0]
            yield _of(hall, "left_over", mark="watch", ticket=first.number, since=first.since)


def _working(evidence: Evidence) -> list[Hall]:
    return [each for each in evidence.halls if each.is_open]


def _of(
    hall: Hall,
    kind: Kind,
    window: Window | None = None,
    *,
    mark: Mark | None = None,
    since: float | None = None,
    other: str | None = None,
    service: str = "",
    ticket: str = "",
    values: Mapping[str, float] = _NO_VALUES,
) -> Finding:
    """A finding at a hall, which is as bad as the hall is pressed unless ``mark`` says otherwise."""
    return Finding(
        kind,
        mark or hall.mark or "watch",
        branch=hall.branch.id,
        other=other,
        window=window.id if window else "",
        operator=window.operator if window else "",
        service=service,
        ticket=ticket,
        since=since,
        values=hall.said | dict(values),
        weight=hall.waits_s,
    )

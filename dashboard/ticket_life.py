"""What happened to one ticket: every stay of a visit, from branch to branch, in the order of time.

A number is used again each morning, and may be used twice on a day: each use is a visit of its own, and a transfer goes
on with the visit. What was not known at ``now`` is left out. Moments are epoch seconds.
"""

from collections.abc import Iterator
from typing import Final, Literal

from msgspec import Struct

from dashboard.network import Network, norm_at
from dashboard.queue_sample import service_end
from dashboard.state import BranchState, CentreState, Change, Ticket

SAME_MOMENT_S: Final = 0.002
"""An address gives a moment in thousandths."""

StepKind = Literal[
    "issued", "transferred_in", "called", "taken_over", "finished", "left", "no_show", "transferred",
    "waits", "serving", "lapsed", "unfinished",
]  # fmt: skip
"""``waits`` and ``serving`` are how it stands now; ``lapsed`` is a ticket that was never called before the queue began
anew, ``unfinished`` one whose finish never came."""
_ENDS: Final[dict[str, StepKind]] = {"left": "left", "no_show": "no_show", "transferred": "transferred"}


class Step(Struct, frozen=True):
    kind: StepKind
    moment: float
    window: str = ""
    operator: str = ""
    outcome: str = ""
    """Of a finished one: served, refused or incomplete."""


class Stay(Struct, frozen=True):
    """One stay of a visitor in the queue of one branch."""

    branch: str
    service: str
    priority: str
    started: float | None
    """Issue, or transfer in; None when it was never heard."""
    booked_for: float | None
    """The booked time, when it is after that: the wait counts from it."""
    steps: tuple[Step, ...]
    """In order of time; the last one may be how it stands now."""
    wait_s: float | None
    """From issue or booked time to first call, or to now or the end while it was never called; None when unknown."""
    is_late: bool
    """Whether that is longer than the norm."""
    service_s: float | None
    """At windows: from first call to the end, or to now."""

    @property
    def first(self) -> float:
        return self.steps[0].moment


class Visit(Struct, frozen=True):
    """One use of a number. A transfer begins another stay of the same visit."""

    number: str
    stays: tuple[Stay, ...]

    @property
    def first(self) -> float:
        return self.stays[0].first

    def began_at(self, branch: str, moment: float) -> bool:
        """Whether one of its stays in a branch began at a moment that an address gives."""
        return any(
            each.branch == branch
            and abs((each.first if each.started is None else each.started) - moment) < SAME_MOMENT_S
            for each in self.stays
        )


def visits(state: CentreState, branch: str, number: str, network: Network, now: float) -> list[Visit]:
    """Every visit under a number that came to a branch by ``now``, in the days that the state keeps; newest first."""
    known = [
        (unit, ticket)
        for unit, queues in state.branches.items()
        for ticket in _with_number(queues, number)
        if _first(ticket) <= now
    ]
    chains = _chains(sorted(known, key=lambda each: (_first(each[1]), each[1].transferred)))
    found = [
        Visit(number, tuple(_stay(unit, ticket, state.branches[unit], network, now) for unit, ticket in chain))
        for chain in chains
        if any(unit == branch for unit, _ in chain)
    ]
    return sorted(found, key=lambda visit: -visit.first)


def _with_number(branch: BranchState, number: str) -> Iterator[Ticket]:
    for queue in branch.days.values():
        key, count = number, 0
        while key in queue.tickets:
            yield queue.tickets[key]
            count += 1
            key = f"{number}\0{count}"


def _chains(tickets: list[tuple[str, Ticket]]) -> list[list[tuple[str, Ticket]]]:
    """Stays that a transfer joins: one begins at the very moment at which the other ended."""
    chains: list[list[tuple[str, Ticket]]] = []
    for unit, ticket in tickets:
        before = next((chain for chain in chains if _goes_on(chain[-1][1], ticket)), None)
        if before is None:
            chains.append([(unit, ticket)])
        else:
            before.append((unit, ticket))
    return chains


def _goes_on(last: Ticket, ticket: Ticket) -> bool:
    return ticket.transferred and last.outcome == "transferred" and last.ended == ticket.start and last is not ticket


def _first(ticket: Ticket) -> float:
    moments = (ticket.start, ticket.called, ticket.at_window, ticket.ended)
    return min((each for each in moments if each is not None), default=float("inf"))


def _stay(unit: str, ticket: Ticket, branch: BranchState, network: Network, now: float) -> Stay:
    standing = _standing(ticket, branch.operators, now)
    steps = [each for each in _steps(ticket) if each.moment <= now] + ([standing] if standing else [])
    called = ticket.called if ticket.called is not None and ticket.called <= now else None
    end = standing.moment if standing and standing.kind not in ("waits", "serving") else _ended(ticket, now)
    wait, is_late = None, False
    if ticket.wait_from is not None:
        decided = min(each for each in (called, end, now) if each is not None)
        wait = max(0.0, decided - ticket.wait_from)
        is_late = wait > norm_at(network, decided)
    return Stay(
        branch=unit,
        service=ticket.service,
        priority=ticket.priority,
        started=ticket.start,
        booked_for=ticket.wait_from if ticket.wait_from != ticket.start else None,
        steps=tuple(sorted(steps, key=lambda step: step.moment)),
        wait_s=wait,
        is_late=is_late,
        service_s=None if called is None else max(0.0, (now if end is None else end) - called),
    )


def _steps(ticket: Ticket) -> Iterator[Step]:
    """What was said of a stay. Who had it before it was taken over, and when; the windows of these are not kept."""
    if ticket.start is not None:
        yield Step("transferred_in" if ticket.transferred else "issued", ticket.start)
    hands = [*((since, "", operator) for operator, since, _ in ticket.earlier)]
    if ticket.at_window is not None:
        hands.append((ticket.at_window, ticket.window, ticket.operator))
    if ticket.called is not None and all(ticket.called < since for since, _, _ in hands):
        hands.append((ticket.called, "", ""))  # a call that was heard of after a later one: by whom is not kept
    for place, (since, window, operator) in enumerate(sorted(hands)):
        yield Step("taken_over" if place else "called", since, window, operator)
    if ticket.ended is not None:
        yield _end(ticket.outcome, ticket.ended, ticket.window, ticket.operator)


def _end(outcome: str, moment: float, window: str, operator: str) -> Step:
    kind: StepKind | None = _ENDS.get(outcome)
    return Step(kind, moment, window, operator) if kind else Step("finished", moment, window, operator, outcome)


def _ended(ticket: Ticket, now: float) -> float | None:
    return ticket.ended if ticket.ended is not None and ticket.ended <= now else None


def _standing(ticket: Ticket, operators: dict[str, list[Change]], now: float) -> Step | None:
    """How a stay that has no end stands at ``now``, and since when it has not stood so any more."""
    if _ended(ticket, now) is not None:
        return None
    since = ticket.at_window
    if since is not None and since <= now:
        end = service_end(ticket, since, operators)
        if end > now:
            return Step("serving", now, ticket.window, ticket.operator)
        return Step("unfinished", end, ticket.window, ticket.operator)
    if ticket.start is None:
        return None
    return Step("waits", now) if now < ticket.expires else Step("lapsed", ticket.expires)

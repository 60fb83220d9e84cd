"""A branch's hall at a moment: who waits in what order, and what every window does.

Rows for the numbers of :mod:`dashboard.queue_sample`, by the same rules: as many wait as ``queue.waiting`` says, as
many windows are open and serve as ``load.windows_open`` and ``load.serving`` say. Moments are epoch seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf
from typing import Final, Literal

from msgspec import Struct

from dashboard.metrics import percentile
from dashboard.network import Branch, Network, norm_at
from dashboard.queue_sample import relevant, service_end
from dashboard.state import BranchState, Change, Ticket

FINISHED: Final = ("served", "refused", "incomplete")
"""Outcomes of a ticket that was finished at a window."""
USUAL_SHARE: Final = 0.9
"""A service is longer than usual when it takes longer than this share of those of its kind did."""
USUAL_LEAST: Final = 20
"""Of fewer nothing is usual yet."""

Doing = Literal["serving", "free", "paused", "closed", "unheard", "unknown"]
"""What a window does. ``unheard`` are those of which nothing was ever said, ``unknown`` all in a branch whose operators
say nothing of themselves, unless a ticket is there."""


class Waiter(Struct, frozen=True):
    """One ticket in the waiting line."""

    number: str
    service: str
    priority: str
    since: float
    """Issue, or transfer in."""
    wait_from: float
    """The later of that and the booked time: from here the wait counts."""
    age_s: float
    """``now - since``: that of the oldest one is ``queue.longest_wait_s``."""
    is_late: bool
    """Whether it waits longer than the norm."""
    is_transferred: bool


class AtWindow(Struct, frozen=True):
    """A ticket that an operator has."""

    number: str
    service: str
    operator: str
    issued: float | None
    since: float
    """When the operator called it, or took it over."""
    age_s: float
    usual_s: float | None
    """So long or less takes nine in ten services of its kind here; None when too few are known."""

    @property
    def is_long(self) -> bool:
        return self.usual_s is not None and self.age_s > self.usual_s


class Window(Struct, frozen=True):
    id: str
    does: Doing
    since: float | None
    """Since when it does that; None when that is not known."""
    operator: str
    """Who is there, or was there last; "" when nobody is known."""
    is_open: bool
    """Whether an operator is open here and not paused: it counts in ``load.windows_open``."""
    tickets: tuple[AtWindow, ...]
    """What is called here and not finished, the newest first: more than one when a finish never came."""
    served: int
    """Finished here since local midnight."""


class Spell(Struct, frozen=True, gc=False):
    """A time in which one change of an operator was in force. ``until`` is infinity while nothing ends it."""

    kind: str
    """opened, paused, resumed or closed."""
    window: str
    since: float
    until: float


def number_of(key: str) -> str:
    """A ticket's number, of the key that a day's queue keeps it under."""
    return key.partition("\0")[0]


def spells(changes: Sequence[Change], now: float) -> Iterator[Spell]:
    """What was known by ``now`` of an operator's day, in order of time."""
    for place, change in enumerate(changes):
        if change.time > now:
            return
        following = changes[place + 1].time if place + 1 < len(changes) else inf
        yield Spell(change.kind, change.window, change.time, min(following, change.expires))


def is_known(branch: BranchState | None, now: float) -> bool:
    """Whether anything was heard of a branch's queue by ``now``."""
    return branch is not None and branch.since is not None and branch.since <= now


def waiting_line(branch: BranchState | None, network: Network, now: float) -> list[Waiter] | None:
    """Who waits, the oldest first; None while the queue is not known. Design §4 says who waits."""
    if branch is None or not is_known(branch, now):
        return None
    found = [
        _waiter(number_of(key), ticket, ticket.start, ticket.wait_from, network, now)
        for queue in relevant(branch, network, now)
        for key, ticket in queue.tickets.items()
        if ticket.start is not None and ticket.wait_from is not None and _waits(ticket, ticket.start, now)
    ]
    return sorted(found, key=lambda each: (each.since, each.number))


def _waits(ticket: Ticket, start: float, now: float) -> bool:
    gone = (each for each in (ticket.called, ticket.ended) if each is not None and each <= now)
    return start <= now < ticket.expires and next(gone, None) is None


def _waiter(number: str, ticket: Ticket, start: float, wait_from: float, network: Network, now: float) -> Waiter:
    is_late = now - wait_from > norm_at(network, now)
    return Waiter(number, ticket.service, ticket.priority, start, wait_from, now - start, is_late, ticket.transferred)


def windows(branch: BranchState | None, of: Branch, network: Network, now: float) -> list[Window]:
    """Every window of the network file in its order, then those that only the feed names today."""
    if branch is None or not is_known(branch, now):
        return [Window(each, "unknown", None, "", False, (), 0) for each in of.windows]
    hall = _Hall(branch, network, now)
    heard = sorted(hall.named - set(of.windows), key=_in_order)
    return [hall.window(each) for each in (*of.windows, *heard)]


class _Hall:
    """One pass over a branch's day: what is known of each window."""

    def __init__(self, branch: BranchState, network: Network, now: float) -> None:
        self.now, self.day_start = now, network.local.day_start(network.local.day(now))
        self.are_operators_known = bool(branch.operators)
        self.at: dict[str, list[tuple[str, Ticket, float]]] = {}
        """Window to (number, ticket, since when its operator has it)."""
        self.ended: dict[str, tuple[float, str]] = {}
        """Window to the end of its newest service, and the operator."""
        self.served: dict[str, int] = {}
        self.spells: dict[str, list[tuple[Spell, str]]] = {}
        """Window to (spell, operator)."""
        for queue in relevant(branch, network, now):
            for key, ticket in queue.tickets.items():
                self._look_at(number_of(key), ticket, branch.operators)
        for operator, changes in branch.operators.items():
            for spell in spells(changes, now):
                self.spells.setdefault(spell.window, []).append((spell, operator))
        serving = {ticket.service for tickets in self.at.values() for _, ticket, _ in tickets}
        self.usual = usual_service_s(branch, serving, now)

    @property
    def named(self) -> set[str]:
        """Windows that something was said of today."""
        by_operators = {
            window
            for window, found in self.spells.items()
            if any(spell.until > self.day_start and spell.kind != "closed" for spell, _ in found)
        }
        return by_operators | set(self.at) | set(self.served) - {""}

    def _look_at(self, number: str, ticket: Ticket, operators: dict[str, list[Change]]) -> None:
        since = ticket.at_window
        if ticket.outcome in FINISHED and ticket.ended is not None and self.day_start <= ticket.ended <= self.now:
            self.served[ticket.window] = self.served.get(ticket.window, 0) + 1
        if since is None or since > self.now:
            return
        end = service_end(ticket, since, operators)
        if end > self.now:
            self.at.setdefault(ticket.window, []).append((number, ticket, since))
        elif end > self.ended.get(ticket.window, (-inf, ""))[0]:
            self.ended[ticket.window] = end, ticket.operator

    def window(self, id_: str) -> Window:
        tickets = sorted(self.at.get(id_, ()), key=lambda each: -each[2])
        here = [each for each in self.spells.get(id_, ()) if each[0].until > self.now]
        opened = [each for each in here if each[0].kind in ("opened", "resumed")]
        shown = tuple(self._at_window(*each) for each in tickets)
        does, since, operator = self._doing(id_, shown, opened, [each for each in here if each[0].kind == "paused"])
        return Window(id_, does, since, operator, bool(opened), shown, self.served.get(id_, 0))

    def _at_window(self, number: str, ticket: Ticket, since: float) -> AtWindow:
        usual = self.usual.get(ticket.service)
        return AtWindow(number, ticket.service, ticket.operator, ticket.start, since, self.now - since, usual)

    def _doing(
        self,
        id_: str,
        tickets: Sequence[AtWindow],
        opened: Sequence[tuple[Spell, str]],
        paused: Sequence[tuple[Spell, str]],
    ) -> tuple[Doing, float | None, str]:
        """What the window does, since when, and who is or was there."""
        if tickets:
            return "serving", tickets[0].since, tickets[0].operator
        last = self.ended.get(id_, (-inf, ""))
        for kind, found in (("free", opened), ("paused", paused)):
            if found:
                spell, operator = max(found, key=lambda each: each[0].since)
                return (
                    ("free", max(spell.since, last[0]), operator)
                    if kind == "free"
                    else ("paused", spell.since, operator)
                )
        if not self.are_operators_known:
            return "unknown", None, last[1]
        gone = [(_left_at(spell), operator) for spell, operator in self.spells.get(id_, ())]
        if not gone:
            return ("closed", last[0], last[1]) if id_ in self.ended else ("unheard", None, "")
        return ("closed", *max(gone))


def _left_at(spell: Spell) -> float:
    """When a window was left: at the closing, or when its operator went elsewhere without one."""
    return spell.since if spell.kind == "closed" else spell.until


def usual_service_s(branch: BranchState, services: Iterable[str], now: float) -> Mapping[str, float]:
    """Service to the 90th percentile of its finished services in the days that the state keeps, seconds from call (or
    take-over) to finish. Left out are services with fewer than :data:`USUAL_LEAST`."""
    found: dict[str, list[float]] = {each: [] for each in services}
    if not found:
        return {}
    for queue in branch.days.values():
        for ticket in queue.tickets.values():
            took = found.get(ticket.service)
            ended, since = ticket.ended, ticket.at_window
            if took is None or ended is None or since is None or not since <= ended <= now:
                continue
            if ticket.outcome in FINISHED:
                took.append(ended - since)
    usual = {service: percentile(took, USUAL_SHARE) for service, took in found.items() if len(took) >= USUAL_LEAST}
    return {service: seconds for service, seconds in usual.items() if seconds is not None}


def named(network: Network, text: str) -> list[tuple[str, str]]:
    """The (centre, branch) pairs that a text may mean: ``<centre>:<branch>``, a branch's id, or a centre's id."""
    every = [(centre.id, branch.id) for centre in network.centres for branch in centre.branches]
    return [each for each in every if text in (each[0], each[1], f"{each[0]}:{each[1]}")]


def _in_order(window: str) -> tuple[tuple[int, str], ...]:
    """Windows as people count them: 2 before 10."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", window) if part)

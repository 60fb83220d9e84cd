"""A branch's day by its operators: what each did from when until when, the tickets of an hour, how much they serve.

Built from the state by the same rules as ``load.occupancy`` (:mod:`dashboard.queue_sample`): an operator is busy from
call to finish, overlaps once; open from opening or resuming until the next change. A day is a local day, its parts cut
at midnight and at ``now``. Moments are epoch seconds.
"""

from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import Final, Literal

from msgspec import Struct

from dashboard.hall import FINISHED, Spell, number_of, spells
from dashboard.network import Network, norm_at
from dashboard.queue_sample import service_end, union_s
from dashboard.state import BranchState, DayQueue, Ticket

LEAST_OPEN_S: Final = 3600.0
"""Tickets per operator-hour are said of nobody who was open for less: one ticket more or less would make the figure."""

Kind = Literal["serving", "open", "paused", "closed"]
Reach = tuple[float, float]
"""From when, until when."""


class Handled(Struct, frozen=True):
    """One ticket in the hands of one operator: all of a service, or a part when another took it over."""

    number: str
    service: str
    window: str
    """"" for who had it before it was taken over: the feed's event of that is not kept."""
    issued: float | None
    called: float | None
    """First call, by whomever."""
    wait_s: float | None
    """From issue or booked time to first call; None when the issue was never heard."""
    is_late: bool
    """Whether that was longer than the norm."""
    since: float
    until: float | None
    """None while it lasts."""
    outcome: str
    """"" while it lasts and when nothing was said of its end; ``handed`` when another operator took it over."""

    def busy_s(self, now: float) -> float:
        return max(0.0, (now if self.until is None else self.until) - self.since)


class Part(Struct, frozen=True):
    """A stretch of an operator's day; those of one operator do not overlap."""

    kind: Kind
    since: float
    until: float
    lasts: bool
    """Whether it was still so at the end of what is known."""
    window: str = ""
    ticket: str = ""
    service: str = ""


class Sums(Struct, frozen=True):
    """What an operator did in some hours."""

    tickets: int
    """Tickets that he had for any of the time."""
    served: int
    """Finished by him in that time."""
    busy_s: float
    open_s: float
    paused_s: float

    @property
    def occupancy(self) -> float | None:
        """Busy / open (design §4); None when he was not open."""
        return self.busy_s / self.open_s if self.open_s else None

    @property
    def served_per_hour(self) -> float | None:
        """Served in an hour open and not paused; None with less than :data:`LEAST_OPEN_S` of it."""
        return self.served * 3600 / self.open_s if self.open_s >= LEAST_OPEN_S else None


class OperatorDay(Struct, frozen=True):
    operator: str
    reach: Reach
    """The day, or what is known of it."""
    midnight: float
    """The end of the day: what happens then is no longer of it."""
    handled: tuple[Handled, ...]
    """In order of time."""
    shifts: tuple[Spell, ...]

    @property
    def windows(self) -> tuple[str, ...]:
        """Where he worked, in order of time."""
        seen = [(each.since, each.window) for each in self.handled] + [
            (each.since, each.window) for each in self.shifts
        ]
        return tuple(dict.fromkeys(window for _, window in sorted(seen) if window))

    def sums(self, reach: Reach | None = None) -> Sums:
        """Of the whole day, or of ``reach``: its start is in, its end is not."""
        since, until = reach or (self.reach[0], self.midnight)
        here = [each for each in self.handled if self._touches(each, since, until)]
        return Sums(
            tickets=len(here),
            served=sum(
                each.outcome in FINISHED and each.until is not None and since <= each.until < until for each in here
            ),
            busy_s=union_s(self._cut([self._span(each) for each in here], since, until)),
            open_s=self._shift_s(("opened", "resumed"), since, until),
            paused_s=self._shift_s(("paused",), since, until),
        )

    def in_hour(self, reach: Reach) -> list[Handled]:
        return [each for each in self.handled if self._touches(each, *reach)]

    def parts(self) -> list[Part]:
        """The day without gaps or overlaps as far as it is known: a service hides the shift that it is in."""
        found, reached = list[Part](), self.reach[0]
        for each in self.handled:
            since, until = max(each.since, reached, self.reach[0]), min(self._span(each)[1], self.reach[1])
            if since < until:
                found.append(Part("serving", since, until, each.until is None, each.window, each.number, each.service))
                reached = until
        busy = [(part.since, part.until) for part in found]
        for spell in self.shifts:
            if spell.kind == "closed" and spell.since < self.reach[0]:
                continue  # that he went home yesterday
            for since, until in without((max(spell.since, self.reach[0]), min(spell.until, self.reach[1])), busy):
                lasts = until == self.reach[1] and spell.until > until
                found.append(Part(_kind(spell), since, until, lasts, spell.window))
        return sorted(found, key=lambda part: part.since)

    def _span(self, each: Handled) -> Reach:
        return each.since, self.reach[1] if each.until is None else each.until

    def _touches(self, each: Handled, since: float, until: float) -> bool:
        """Whether he had it, or ended it, at any moment of ``[since, until)``."""
        begun, ended = self._span(each)
        return begun < until and ended >= since

    def _shift_s(self, kinds: Sequence[str], since: float, until: float) -> float:
        spans = [(each.since, min(each.until, self.reach[1])) for each in self.shifts if each.kind in kinds]
        return sum(end - begun for begun, end in self._cut(spans, since, until))

    @staticmethod
    def _cut(spans: Iterable[Reach], since: float, until: float) -> list[Reach]:
        cut = ((max(begun, since), min(ended, until)) for begun, ended in spans)
        return [(begun, ended) for begun, ended in cut if begun < ended]


def operator_days(branch: BranchState, network: Network, day: int, now: float) -> list[OperatorDay]:
    """The operators of whom anything was heard on a local day (an ordinal) up to ``now``, by their codes."""
    midnight = network.local.day_start(day + 1)
    reach = (network.local.day_start(day), min(midnight, now))
    handled: dict[str, list[Handled]] = {}
    for queue in _queues(branch, day):
        for key, ticket in queue.tickets.items():
            for operator, each in _handled(number_of(key), ticket, branch, network, now):
                if each.since < midnight and (each.until is None or each.until >= reach[0]):
                    handled.setdefault(operator, []).append(each)
    shifts = {
        operator: tuple(each for each in spells(changes, now) if each.since < reach[1] and each.until > reach[0])
        for operator, changes in branch.operators.items()
    }
    known = sorted({*handled, *(operator for operator, found in shifts.items() if _is_work(found, reach))})
    return [
        OperatorDay(each, reach, midnight, tuple(sorted(handled.get(each, ()), key=_in_time)), shifts.get(each, ()))
        for each in known
    ]


def kept_days(branch: BranchState | None) -> tuple[int, int] | None:
    """The first and the last local day whose tickets the state keeps; None with none."""
    return (min(branch.days), max(branch.days)) if branch is not None and branch.days else None


def hour_reach(network: Network, day: int, hour: int) -> Reach:
    """A local hour (0 to 23) by the wall clock: on a day when clocks change it may last none or two."""
    return network.local.at(day, hour * 3600), network.local.at(day, (hour + 1) * 3600)


def by_hour(operator: OperatorDay, network: Network, day: int) -> dict[int, Sums]:
    """Local hour to what was done in it; hours in which he neither worked nor was open are left out."""
    found = {hour: operator.sums(hour_reach(network, day, hour)) for hour in range(24)}
    return {hour: sums for hour, sums in found.items() if sums.tickets or sums.open_s or sums.paused_s}


def median_rate(rates: Iterable[float | None]) -> float | None:
    """The branch's median of tickets per operator-hour, over the operators of whom it can be said."""
    known = [each for each in rates if each is not None]
    return median(known) if known else None


def without(span: Reach, holes: Sequence[Reach]) -> Iterator[Reach]:
    """What is left of a span; ``holes`` are in order and do not overlap."""
    since, until = span
    for begun, ended in holes:
        if begun >= until or ended <= since:
            continue
        if since < begun:
            yield since, begun
        since = max(since, ended)
    if since < until:
        yield since, until


def _handled(
    number: str, ticket: Ticket, branch: BranchState, network: Network, now: float
) -> Iterator[tuple[str, Handled]]:
    """Each operator who had a ticket by ``now``, with his part of it."""
    called = ticket.called if ticket.called is not None and ticket.called <= now else None
    wait = None if called is None or ticket.wait_from is None else max(0.0, called - ticket.wait_from)
    is_late = wait is not None and called is not None and wait > norm_at(network, called)
    common = (ticket.start, called, wait, is_late)
    for operator, since, until in ticket.earlier:
        if since <= now:
            over = until <= now
            handed = Handled(number, ticket.service, "", *common, since, until if over else None, "handed" * over)
            yield operator, handed
    taken = ticket.at_window
    if taken is not None and taken <= now:
        end = service_end(ticket, taken, branch.operators)
        outcome = ticket.outcome if ticket.ended is not None and ticket.ended <= now else ""
        until_ = max(end, taken) if end <= now else None
        yield ticket.operator, Handled(number, ticket.service, ticket.window, *common, taken, until_, outcome)


def _queues(branch: BranchState, day: int) -> list[DayQueue]:
    """Tickets of a day may be served after midnight."""
    return [branch.days[each] for each in (day - 1, day) if each in branch.days]


def _is_work(found: Iterable[Spell], reach: Reach) -> bool:
    return any(each.kind != "closed" or each.since >= reach[0] for each in found)


def _kind(spell: Spell) -> Kind:
    return "paused" if spell.kind == "paused" else "closed" if spell.kind == "closed" else "open"


def _in_time(each: Handled) -> tuple[float, str]:
    return each.since, each.number

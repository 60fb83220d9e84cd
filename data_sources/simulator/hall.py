"""One branch's hall on one day, driven by simpy: visitors take tickets, operators at their windows call them.

The store is the queue, in order of rank; an operator is a process that calls, serves, rests and goes home.
A visitor's patience needs no process: who was called too late had left before, and is told so at that moment.
"""

from collections.abc import Generator
from itertools import accumulate
from random import Random
from typing import Any

import simpy
from msgspec import Struct

from dashboard.calendars import utc
from data_sources.simulator.documents import Desk
from data_sources.simulator.hours import HOUR_MS, arrivals
from data_sources.simulator.log import Log
from data_sources.simulator.place import Place, Team
from data_sources.simulator.state import Employee

Process = Generator[simpy.Event, Any, None]
_NEVER = 1 << 60


class Visitor(Struct, gc=False):
    ticket: str
    service: str
    arrived: int
    """Taking the ticket; times here are ms after the branch's opening."""
    leaves: int
    """When the patience ends."""
    moved: bool = False
    """Whether a window has sent the visitor on to another service."""


class Duty(Struct, frozen=True):
    """An operator's day: begin and end, and the rests in it as (begin, length, reason)."""

    employee: Employee
    window: str
    begins: int
    ends: int
    rests: tuple[tuple[int, int, str], ...]


class Hall:
    def __init__(self, place: Place, desk: Desk, log: Log, branch: int, opens: int, closes: int, rng: Random) -> None:
        """``opens`` and ``closes`` are epoch ms; :meth:`run` then lives the day."""
        self.place, self.desk, self.log, self.branch, self.rng = place, desk, log, branch, rng
        self.opens, self.length = opens, closes - opens
        self.team: Team = place.teams[branch]
        self.source = place.sources[branch]
        self.rules = place.parameters.hall
        self.overtime = self.length + int(place.parameters.shifts.overtime_minutes * 60_000)
        self.env = simpy.Environment()
        self.queue = simpy.PriorityStore(self.env)
        self._order = 0
        self._kinds = {service: place.parameters.service(service) for service in place.offered}
        self._services = list(self._kinds)
        self._weights = list(accumulate(kind.weight for kind in self._kinds.values()))

    def run(self, staff: list[Employee], volume: float, weekday: int) -> None:
        """Live the day: ``volume`` is the number of visitors expected, ``staff`` who is in."""
        duties = rota(self.team, staff, self.place.centre.branches[self.branch].windows, self)
        times = list(arrivals(self.rng, volume, self.team.profile(weekday)))
        services = self.rng.choices(self._services, cum_weights=self._weights, k=len(times))
        self.env.process(self._door(times, services))
        for duty in duties:
            self.env.process(self._operator(duty))
        self.env.run()
        for _, _, visitor in self.queue.items:
            self._leave(visitor, min(visitor.leaves, self.overtime))

    def _tell(self, at: int, kind: str, data: str) -> None:
        self.log.add(self.opens + at, self.source, kind, data)

    def _door(self, times: list[int], services: list[str]) -> Process:
        rules, rng, favoured = self.place.parameters.arrivals, self.rng, self.place.character.favoured
        patience = self.rules.patience_minutes * self.place.character.patience_factor * 60_000
        env = self.env
        for number, (at, service) in enumerate(zip(times, services, strict=True), 1):
            if at > env.now:
                yield env.timeout(at - env.now)
            ticket = f"{chr(65 + self.branch)}{number:03d}"
            data, rank = f'{{"ticket":"{ticket}","service":"{service}"', at
            chance = rng.random()
            if chance < rules.benefit:
                data += ',"priority":"benefit"'
                rank -= int(rules.benefit_minutes * 60_000)
            elif chance < rules.benefit + rules.booked:
                # nobody is told to come before the doors open
                booked = (at // 900_000 + 1) * 900_000 if at > 0 else 0
                data += f',"priority":"booked","booked_for":"{_rfc3339(self.opens + booked)}"'
                rank = booked - int(rules.booked_minutes * 60_000)
            elif chance > 1 - favoured:
                rank -= int(rules.favour_minutes * 60_000)
            self._tell(at, "ticket.issued", data + "}")
            leaves = at + int(patience * rng.lognormvariate(0, self.rules.patience_sigma))
            self._queue(rank, Visitor(ticket, service, at, leaves))

    def _queue(self, rank: int, visitor: Visitor) -> None:
        self._order += 1
        self.queue.put((rank, self._order, visitor))

    def _leave(self, visitor: Visitor, at: int, reason: str = "left") -> None:
        data = f'{{"ticket":"{visitor.ticket}","reason":"{reason}"}}'
        self._tell(max(at, visitor.arrived + 1), "ticket.abandoned", data)

    def _operator(self, duty: Duty) -> Process:
        env, who = self.env, f'{{"operator":"{duty.employee.code}","window":"{duty.window}"'
        if duty.begins > 0:
            yield env.timeout(duty.begins)
        # half a minute before the doors open, each at a moment of their own
        opened = env.now - 30_000 + int(self.rng.random() * 25_000) if duty.begins == 0 else env.now
        self._tell(opened, "operator.opened", who + "}")
        for begins, length, reason in duty.rests:
            yield from self._serve_until(begins, duty)
            self._tell(env.now, "operator.paused", f'{who},"reason":"{reason}"}}')
            yield env.timeout(length)
            self._tell(env.now, "operator.resumed", who + "}")
        yield from self._serve_until(duty.ends, duty)
        while duty.ends >= self.length and self.queue.items and env.now < self.overtime:
            yield from self._next(self.queue.get().value[2], duty)
        self._tell(env.now, "operator.closed", who + "}")

    def _serve_until(self, end: int, duty: Duty) -> Process:
        env = self.env
        while env.now < end:
            call = self.queue.get()
            if not call.triggered:
                yield call | env.timeout(end - env.now)
                if not call.triggered:
                    call.cancel()
                    return
            yield from self._next(call.value[2], duty)

    def _next(self, visitor: Visitor, duty: Duty) -> Process:
        """Call a visitor and serve them; who has left before is told to have left then."""
        env, rng, rules = self.env, self.rng, self.rules
        called = env.now + int(_between(rules.call_s, rng) * 1000)
        if visitor.leaves <= called and not visitor.moved:
            self._leave(visitor, visitor.leaves)
            return
        at_window = f'{{"ticket":"{visitor.ticket}","window":"{duty.window}","operator":"{duty.employee.code}"}}'
        self._tell(called, "ticket.called", at_window)
        if rng.random() < rules.no_show and not visitor.moved:
            gone = called + int(rules.no_show_s * 1000)
            self._leave(visitor, gone, "no_show")
            yield env.timeout(gone - env.now)
            return
        started = called + int(_between(rules.walk_s, rng) * 1000)
        self._tell(started, "ticket.started", at_window)
        kind = self._kinds[visitor.service]
        mean_ms = kind.minutes * 60_000 * self.team.pace * duty.employee.speed
        length = mean_ms * rng.lognormvariate(-rules.sigma * rules.sigma / 2, rules.sigma)
        if rng.random() < rules.transferred and not visitor.moved:
            yield env.timeout(started + int(length * 0.3) + 10_000 - env.now)
            self._send_on(visitor)
            return
        yield env.timeout(started + int(length) + 20_000 - env.now)
        self._finish(visitor, duty, started)

    def _send_on(self, visitor: Visitor) -> None:
        (service,) = self.rng.choices(self._services, cum_weights=self._weights)
        self._tell(self.env.now, "ticket.transferred", f'{{"ticket":"{visitor.ticket}","service":"{service}"}}')
        # who has waited once goes before those who came later
        self._queue(visitor.arrived, Visitor(visitor.ticket, service, self.env.now, _NEVER, True))

    def _finish(self, visitor: Visitor, duty: Duty, started: int) -> None:
        rng, rules, now = self.rng, self.rules, self.env.now
        chance = rng.random()
        outcome = ""
        if chance < rules.refused:
            outcome = ',"outcome":"refused"'
        elif chance < rules.refused + rules.incomplete:
            outcome = ',"outcome":"incomplete"'
        elif rng.random() < self._kinds[visitor.service].document:
            more = f',"ticket":"{visitor.ticket}","operator":"{duty.employee.code}"'
            self.desk.accept(self.log, self.opens + now - 10_000, self.branch, visitor.service, more, rng)
        self._tell(now, "ticket.finished", f'{{"ticket":"{visitor.ticket}"{outcome}}}')
        if rng.random() < rules.feedback:
            waited = (started - visitor.arrived) / 60_000
            score = max(1, min(5, round(5.2 - waited / 20 - (1.2 if outcome else 0) + rng.gauss(0, 0.8))))
            at = now + int(_between((5, 90), rng) * 1000)
            self._tell(at, "feedback.given", f'{{"score":{score},"ticket":"{visitor.ticket}"}}')


def rota(team: Team, staff: list[Employee], windows: tuple[str, ...], hall: Hall) -> list[Duty]:
    """Who sits where and when on a day. With too few people in, both shifts shrink alike, the early one less."""
    rules, rng = hall.place.parameters.shifts, hall.rng
    early, late = team.early, team.late
    if len(staff) < early + late:
        early = max(1, min(len(staff), round(len(staff) * early / (early + late))))
        late = len(staff) - early
    shift = min(int(rules.hours * HOUR_MS), hall.length) if team.late else hall.length
    duties = []
    for number, employee in enumerate(staff[: early + late]):
        begins = 0 if number < early else hall.length - shift
        ends = begins + shift if late or number >= early else hall.length
        window = windows[number % len(windows)]
        alone = (early if number < early else late) == 1
        place = number / early if number < early else (number - early) / max(1, late)
        duties.append(Duty(employee, window, begins, ends, _rests(begins, ends, place, alone, hall, rng)))
    return duties


def _rests(
    begins: int, ends: int, place: float, alone: bool, hall: Hall, rng: Random
) -> tuple[tuple[int, int, str], ...]:
    """Lunch, staggered over the lunch window by ``place`` (0 to 1), and a short break each side of it."""
    rules = hall.place.parameters.shifts
    lunch = begins + int((rules.lunch_from_hours + place * rules.lunch_window_hours) * HOUR_MS)
    lunch_ms, break_ms = int(rules.lunch_minutes * 60_000), int(rules.break_minutes * 60_000)
    rests = [(lunch, lunch_ms, "lunch")]
    if break_ms and not alone:
        after = int((rules.break_after_hours + rng.random()) * HOUR_MS)
        rests += [(begins + after, break_ms, "break"), (lunch + lunch_ms + after, break_ms, "break")]
    return tuple(sorted(each for each in rests if each[0] + each[1] < ends))


def _between(bounds: tuple[float, float], rng: Random) -> float:
    return bounds[0] + (bounds[1] - bounds[0]) * rng.random()


def _rfc3339(ms: int) -> str:
    return utc(ms / 1000).strftime("%Y-%m-%dT%H:%M:%SZ")

"""Oversight: visits of officials, what they find, what they order, complaints, and what a centre offers."""

from math import exp
from random import Random

import msgspec

from data_sources.simulator.documents import complain
from data_sources.simulator.log import DAY_MS, Log
from data_sources.simulator.place import Place
from data_sources.simulator.state import State


class Oversight:
    def __init__(self, place: Place, state: State) -> None:
        self.place, self.state = place, state
        self._rules = place.parameters.oversight

    def offer(self, log: Log, day: int, rng: Random) -> None:
        """What the centre offers, told at its opening or at the start of the history."""
        data = msgspec.json.encode({"services": self.place.offered}).decode()
        log.add(self.place.moment(day, 7, rng), self._source, "services.offered", data)

    def open_centre(self, log: Log) -> None:
        opens = self.place.hours[0].of(self.place.opening_day)
        assert opens is not None
        log.add(opens[0] - 60_000, self._source, "centre.opened", "{}")

    def pass_day(self, log: Log, day: int, rng: Random) -> None:
        """One day's complaints and perhaps a visit."""
        for index, team in enumerate(self.place.teams):
            hours = self.place.hours[index].of(day)
            if hours is None:
                continue
            mean = team.expected((day - 1) % 7) * self._rules.complaints * self.place.character.complaint_factor
            at = hours[0] + rng.expovariate(1) / max(mean, 1e-9) * (hours[1] - hours[0])
            while at < hours[1]:
                about = self._rules.complaint_about
                (reason,) = rng.choices(list(about), list(about.values()))
                complain(self.place, self.state, log, int(at), index, reason, rng, self._against(index, reason, rng))
                at += rng.expovariate(1) / mean * (hours[1] - hours[0])
        if self.place.hours[0].of(day) and rng.random() < 1 / self._rules.visit_days:
            self._visit(log, day, rng)

    @property
    def _source(self) -> str:
        return f"/{self.place.centre.id}"

    def _against(self, branch: int, reason: str, rng: Random) -> str:
        staff = [each for each in self.state.staff if each.branch == branch]
        if reason not in {"rudeness", "bribery"} or not staff:
            return ""
        return f',"operator":"{rng.choice(staff).code}"'

    def _visit(self, log: Log, day: int, rng: Random) -> None:
        rules = self._rules
        self.state.visits += 1
        at = self.place.moment(day, 14 + rng.randrange(3), rng)
        visit = {"visit": f"{self.place.centre.id}-v{self.state.visits:03d}", "official": rng.choice(rules.officials)}
        log.add(at, self._source, "visit.made", msgspec.json.encode(visit).decode())
        for _ in range(_poisson(rules.deficiencies, rng)):
            at += 60_000
            self._find(log, at, day, rng)
        if rng.random() < rules.directive:
            self._direct(log, at + 60_000, day, rng)

    def _find(self, log: Log, at: int, day: int, rng: Random) -> None:
        rules = self._rules
        self.state.deficiencies += 1
        code = f"{self.place.centre.id}-d{self.state.deficiencies:04d}"
        found = {"deficiency": code, "category": rng.choice(rules.categories)}
        found["due"] = self._day(day + rules.deficiency_due_days)
        log.add(at, self._source, "deficiency.found", msgspec.json.encode(found).decode())
        fixed = self._after(at, rules.fix_days, rules.fix_sigma, rng)
        log.add(fixed, self._source, "deficiency.fixed", f'{{"deficiency":"{code}"}}')

    def _direct(self, log: Log, at: int, day: int, rng: Random) -> None:
        rules = self._rules
        self.state.directives += 1
        code = f"{self.place.centre.id}-o{self.state.directives:04d}"
        issued = {"directive": code, "text": rng.choice(rules.directives)}
        issued["due"] = self._day(day + rules.directive_due_days)
        log.add(at, self._source, "directive.issued", msgspec.json.encode(issued).decode())
        done = self._after(at, rules.done_days, rules.done_sigma, rng)
        log.add(done, self._source, "directive.done", f'{{"directive":"{code}"}}')

    def _day(self, day: int) -> str:
        noon = self.place.network.local.day_start(day) + 43_200
        return self.place.network.local.to_datetime(noon).date().isoformat()

    def _after(self, at: int, days: float, sigma: float, rng: Random) -> int:
        later = at + int(days * exp(rng.gauss(0, sigma)) * DAY_MS) + 60_000
        return self.place.hours[0].at_work(later, rng)


def _poisson(mean: float, rng: Random) -> int:
    count, at = 0, rng.expovariate(1)
    while at < mean:
        count += 1
        at += rng.expovariate(1)
    return count

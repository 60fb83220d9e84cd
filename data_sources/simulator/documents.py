"""Documents: the whole way of one, from acceptance through agencies to the citizen, planned when it is accepted.

A way is a list of stays whose lengths are drawn from heavy-tailed distributions; every step waits for
somebody at work, so it falls into the branch's opening hours.
"""

from math import exp
from random import Random

from data_sources.simulator.hours import arrivals
from data_sources.simulator.log import DAY_MS, Log
from data_sources.simulator.place import Place
from data_sources.simulator.state import State


class Desk:
    """The documents of one centre."""

    def __init__(self, place: Place, state: State) -> None:
        self.place, self.state = place, state
        self._rules, self._character = place.parameters.documents, place.character
        self._kinds = {service: place.parameters.service(service) for service in place.offered}
        asked = [(name, kind.weight * kind.document) for name, kind in self._kinds.items()]
        total = sum(kind.weight for kind in self._kinds.values())
        self._services = [name for name, weight in asked if weight > 0]
        self._weights = [weight for _, weight in asked if weight > 0]
        hall = place.parameters.hall
        served = (1 - hall.no_show) * (1 - hall.refused - hall.incomplete)
        self.share = served * sum(self._weights) / total
        """Share of visitors who hand in a document."""

    def pass_day(self, log: Log, day: int, factor: float, rng: Random) -> None:
        """A day's documents where no tickets are simulated: a Poisson flow of the same intensity."""
        for index, team in enumerate(self.place.teams):
            hours = self.place.hours[index].of(day)
            if hours is None or not self._services:
                continue
            weekday = (day - 1) % 7
            volume = team.expected(weekday) * factor * self.share
            for at in arrivals(rng, volume, team.profile(weekday)):
                (service,) = rng.choices(self._services, self._weights)
                self.accept(log, hours[0] + at, index, service, "", rng)

    def accept(self, log: Log, ms: int, branch: int, service: str, more: str, rng: Random) -> None:
        """Accept one document and plan all that will happen to it.

        ``more`` is further members of ``application.accepted``'s data as JSON, beginning with a comma.
        """
        self.state.applications += 1
        code = f"{self.place.centre.id}-{self.state.applications:06d}"
        source, data = self.place.sources[branch], f'{{"application":"{code}"'
        log.add(ms, source, "application.accepted", f'{data},"service":"{service}"{more}}}')
        given_up = self._given_up(ms, rng)
        end = self._process(log, ms, branch, service, data, given_up, rng)
        if given_up is not None and given_up <= end:
            at = self.place.hours[branch].at_work(given_up, rng)
            log.add(max(at, ms + 60_000), source, "application.withdrawn", data + "}")
            return
        if rng.random() < self._rules.rejected:
            log.add(end, source, "application.rejected", data + "}")
            return
        log.add(end, source, "application.ready", data + "}")
        collected = end + int(rng.expovariate(1 / self._rules.pick_up_days) * DAY_MS) + 60_000
        log.add(self.place.hours[branch].at_work(collected, rng), source, "application.issued", data + "}")
        self._complain(log, ms, end, branch, code, service, rng)

    def _process(
        self, log: Log, ms: int, branch: int, service: str, data: str, given_up: int | None, rng: Random
    ) -> int:
        """Tell the stays at agencies, and return when the document is ready; nothing is told past ``given_up``."""
        rules, source, hours = self._rules, self.place.sources[branch], self.place.hours[branch]
        term = self._term_ms(service)
        stays = self._agencies(service, rng)
        at = ms + int(term * rules.prepare_share * self._character.prepare_factor * _spread(rules.prepare_sigma, rng))
        at = max(hours.at_work(at, rng), ms + 60_000)
        for agency in stays:
            if given_up is not None and at >= given_up:
                return at
            log.add(at, source, "application.sent", f'{data},"agency":"{agency}"}}')
            at = max(hours.at_work(at + self._stay_ms(term / len(stays), agency, rng), rng), at + 60_000)
            if given_up is not None and at >= given_up:
                return at
            log.add(at, source, "application.returned", f'{data},"agency":"{agency}"}}')
            at += 60_000
        done = at + int(term * rules.finish_share * self._character.prepare_factor * _spread(rules.finish_sigma, rng))
        return max(hours.at_work(done, rng), at + 60_000)

    def _stay_ms(self, term: float, agency: str, rng: Random) -> int:
        rules = self._rules
        median = term * rules.agency_share * self._character.agency_factor * rules.slow.get(agency, 1.0)
        stay = median * _spread(rules.agency_sigma, rng)
        if rng.random() < rules.stuck * self._character.stuck_factor:
            # a Pareto tail: the few that wait for months
            stay += rules.stuck_days * DAY_MS * min(rng.paretovariate(rules.stuck_alpha), 40.0)
        return int(stay)

    def _agencies(self, service: str, rng: Random) -> tuple[str, ...]:
        """Where a document goes: the first agency always, each further one half the times."""
        named = self._kinds[service].agencies
        return tuple(each for number, each in enumerate(named) if number == 0 or rng.random() < 0.5)

    def _term_ms(self, service: str) -> float:
        rule = self.place.network.service_by_id[service]
        stretch = 7 / len(self.place.network.working_week) if rule.count == "working" else 1.0
        return max(0.5, rule.days * stretch) * DAY_MS

    def _given_up(self, ms: int, rng: Random) -> int | None:
        if rng.random() >= self._rules.withdrawn:
            return None
        return ms + int(rng.expovariate(1 / 4) * DAY_MS) + 60_000

    def _complain(self, log: Log, ms: int, end: int, branch: int, code: str, service: str, rng: Random) -> None:
        late = (end - ms - self._term_ms(service)) / DAY_MS - 1
        if late <= 0 or rng.random() >= self._rules.late_complaint:
            return
        filed = min(end, ms + int(self._term_ms(service)) + int((1 + rng.random() * late) * DAY_MS))
        complain(self.place, self.state, log, filed, branch, "delay", rng, f',"application":"{code}"')


def complain(
    place: Place, state: State, log: Log, ms: int, branch: int, about: str, rng: Random, more: str = ""
) -> None:
    """File one complaint, and plan the day on which it is answered."""
    state.complaints += 1
    rules, source = place.parameters.oversight, place.sources[branch]
    data = f'{{"complaint":"{place.centre.id}-c{state.complaints:05d}"'
    log.add(ms, source, "complaint.filed", f'{data},"about":"{about}"{more}}}')
    answered = ms + int(rng.expovariate(1 / rules.complaint_days) * DAY_MS) + 3_600_000
    upheld = "true" if rng.random() < rules.upheld else "false"
    at = max(place.hours[branch].at_work(answered, rng), ms + 60_000)
    log.add(at, source, "complaint.closed", f'{data},"upheld":{upheld}}}')


def _spread(sigma: float, rng: Random) -> float:
    """A lognormal factor with median 1."""
    return exp(rng.gauss(0, sigma))

"""One centre as the simulator sees it: its branches' hours, its character, and the pace that its windows work at."""

from random import Random

from dashboard.network import Branch, Centre, Network
from data_sources.simulator.hours import HOUR_MS, BranchHours, Piece, profile
from data_sources.simulator.parameters import Parameters
from data_sources.simulator.state import Run

_LOADED_HOUR = 10
"""The local hour that a centre's ``load`` speaks of: the morning peak, when the early shift is alone."""


class Place:
    def __init__(self, centre: Centre, network: Network, parameters: Parameters, run: Run) -> None:
        self.centre, self.network, self.parameters = centre, network, parameters
        self.character = parameters.character(centre)
        self.sources = tuple(f"/{centre.id}/{branch.id}" for branch in centre.branches)
        self.hours = tuple(BranchHours(branch, network) for branch in centre.branches)
        self.offered = tuple(service.id for service in network.services if service.offered)
        first = run.start + (self.character.opened_after_days if centre.planned else 0)
        self.opening_day = self.hours[0].first_open(first)
        """The first day on which the centre serves visitors."""
        self.teams = tuple(Team(self, branch) for branch in centre.branches)

    def share(self, branch: Branch) -> float:
        """The branch's share of the centre's visitors: its share of the posts."""
        return max(1, branch.posts) / sum(max(1, each.posts) for each in self.centre.branches)

    def moment(self, day: int, hour: float, rng: Random) -> int:
        """Epoch ms at a local hour of a day, up to half an hour later."""
        start = self.network.local.day_start(day)
        return round((start + (hour + rng.random() / 2) * 3600) * 1000)


class Team:
    """How one branch is staffed on an average day.

    ``early`` and ``late`` operators, and the ``pace``: what the service times are multiplied by so that the
    early shift's windows are as busy in the morning peak as the centre's ``load`` says.
    """

    def __init__(self, place: Place, branch: Branch) -> None:
        parameters = place.parameters
        self.volume = place.character.people * place.share(branch)
        self._weights = parameters.arrivals.weekday
        self._profiles: dict[int, list[Piece]] = {}
        self._branch, self._arrivals = branch, parameters.arrivals
        shift = next((each for each in branch.hours if each), None)
        if shift is None:
            raise ValueError(f"branch {branch.id} has no opening hours")
        two_shifts = (shift.closes - shift.opens) / 60 > parameters.shifts.hours + 0.5
        peak = self.volume * _peak_share(self.profile(branch.hours.index(shift)), shift.opens)
        overhead_s = (sum(parameters.hall.call_s) + sum(parameters.hall.walk_s)) / 2
        work_s = 60 * mean_minutes(place)
        ratio = 1 + (parameters.shifts.late_share if two_shifts else 0)
        most = max(1, int(min(len(branch.windows), branch.posts * 0.75) / ratio))
        erlangs = peak * (work_s + overhead_s) / 3600
        self.early = min(most, max(1, round(erlangs / place.character.load)))
        self.late = max(1, round(self.early * parameters.shifts.late_share)) if two_shifts else 0
        self.pace = max(0.2, (place.character.load * self.early * 3600 / peak - overhead_s) / work_s)

    def profile(self, weekday: int) -> list[Piece]:
        """How the visitors of a weekday (Monday is 0) spread over it; empty on a day off."""
        shift = self._branch.hours[weekday]
        if shift is None:
            return []
        found = self._profiles.get(weekday)
        if found is None:
            rules = self._arrivals
            last_ms = int(rules.last_ticket_minutes * 60_000)
            found = profile(shift.opens, shift.closes, rules.hourly, rules.at_the_door, last_ms)
            self._profiles[weekday] = found
        return found

    def expected(self, weekday: int) -> float:
        """Visitors expected on an open day."""
        return self.volume * self._weights[weekday] * 7 / sum(self._weights)


def mean_minutes(place: Place) -> float:
    """Mean service time over the services that are asked for, before the centre's pace."""
    kinds = [place.parameters.service(service) for service in place.offered]
    return sum(kind.weight * kind.minutes for kind in kinds) / sum(kind.weight for kind in kinds)


def _peak_share(pieces: list[Piece], opens: int) -> float:
    """Share of a day's visitors in the loaded hour; in its second hour where the branch opens later."""
    begins = max(0, _LOADED_HOUR * HOUR_MS - opens * 60_000)
    if begins == 0:
        begins = HOUR_MS
    ends = begins + HOUR_MS
    return sum(share * max(0, min(b, ends) - max(a, begins)) / (b - a) for a, b, share in pieces)

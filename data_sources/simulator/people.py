"""Staff: who works at a centre, who leaves and why, who is hired, who moves, and who is in on a day."""

from random import Random

import msgspec

from data_sources.simulator.log import Log
from data_sources.simulator.place import Place
from data_sources.simulator.state import Employee, State

_YEAR = 365.0


class Rotation:
    """The few employees who move from centre to centre: each knows its plan, so that centres need not talk.

    Only centres that work from the start take part; ``centres`` gives each its weight, the number of its posts.
    ``mobile`` employees stay ``days`` days at a place.
    """

    def __init__(self, seed: int, start: int, centres: dict[str, int], mobile: int, days: int) -> None:
        self._seed, self._start, self._centres, self._days = seed, start, centres, days
        self.codes = tuple(f"mobile-{number}" for number in range(1, mobile + 1)) if len(centres) > 1 else ()
        self._offsets = {code: Random(f"{seed}:{code}").randrange(days) for code in self.codes}
        self._places: dict[tuple[str, int], str] = {}

    def at(self, code: str, day: int) -> str:
        """The centre where a mobile employee works on a local day."""
        period = (day - self._start + self._offsets[code]) // self._days
        found = self._places.get((code, period))
        if found is None:
            found = self._draw(f"{self._seed}:{code}:{period}")
            self._places[code, period] = found
        return found

    def _draw(self, seed: str) -> str:
        (centre,) = Random(seed).choices(list(self._centres), list(self._centres.values()))
        return centre


class Staffing:
    def __init__(self, place: Place, state: State, rotation: Rotation) -> None:
        self.place, self.state, self.rotation = place, state, rotation
        self._rules = place.parameters.staff

    def establish(self, log: Log, day: int, rng: Random) -> None:
        """Posts and the first staff. At a centre that already works they joined over the years before."""
        planned = self.place.centre.planned
        lead = self._rules.joins_before_opening_days
        for index, branch in enumerate(self.place.centre.branches):
            source = self.place.sources[index]
            log.add(self.place.moment(day, 8, rng), source, "staff.posts", f'{{"posts":{branch.posts}}}')
            for _ in range(max(1, round(branch.posts * self.place.character.filled))):
                if planned:
                    joined = self.place.opening_day - 1 - rng.randrange(lead - 1) if lead > 1 else day
                else:
                    joined = day - 1 - int(rng.random() * self._rules.initial_years * _YEAR)
                self._join(log, index, joined, rng)
        for code in self.rotation.codes:
            if self.rotation.at(code, day) == self.place.centre.id:
                self._join(log, 0, day - 1 - rng.randrange(90), rng, code)

    def pass_day(self, log: Log, day: int, rng: Random) -> None:
        """One day's leavers, hires and moves."""
        self._leave(log, day, rng)
        self._move(log, day, rng)
        for index, branch in enumerate(self.place.centre.branches):
            here = sum(1 for each in self.state.staff if each.branch == index)
            for _ in range(branch.posts - here):
                if rng.random() < 1 / self.place.character.vacancy_days:
                    self._join(log, index, day, rng)

    def on_duty(self, branch: int, day: int, rng: Random) -> list[Employee]:
        """Who is in on a day: neither off by the weekly plan nor absent; the longest-serving first."""
        shifts = self.place.parameters.shifts
        staff = [each for each in self.state.staff if each.branch == branch and each.joined <= day]
        inside = [each for number, each in enumerate(staff) if (number + day) % 7 >= shifts.days_off]
        return [each for each in inside if rng.random() >= shifts.absent] or inside[:1] or staff[:1]

    def _leave(self, log: Log, day: int, rng: Random) -> None:
        """Who leaves today: at the centre's rate, in gaps more even than by pure chance; the new more often."""
        state = self.state
        staff = [each for each in state.staff if not each.mobile and each.joined < day]
        state.unrest += self.place.character.turnover / _YEAR * len(staff)
        if state.patience == 0.0:
            state.patience = rng.random() * self._gap(rng)
        while staff and state.unrest >= state.patience:
            state.unrest -= state.patience
            state.patience = self._gap(rng)
            new = [self._rules.new_factor if day - each.joined < self._rules.new_days else 1.0 for each in staff]
            (gone,) = rng.choices(staff, new)
            staff.remove(gone)
            (reason,) = rng.choices(list(self._rules.reasons), list(self._rules.reasons.values()))
            self._tell_left(log, gone, day, reason, rng)

    def _gap(self, rng: Random) -> float:
        shape = self._rules.evenness
        return rng.gammavariate(shape, 1 / shape)

    def _move(self, log: Log, day: int, rng: Random) -> None:
        here = self.place.centre.id
        for code in self.rotation.codes:
            if self.rotation.at(code, day) != here:
                continue
            if self.rotation.at(code, day - 1) != here and all(each.code != code for each in self.state.staff):
                self._join(log, 0, day, rng, code)
            if self.rotation.at(code, day + 1) != here:
                for employee in [each for each in self.state.staff if each.code == code]:
                    self._tell_left(log, employee, day, "moved", rng)

    def _join(self, log: Log, branch: int, day: int, rng: Random, code: str | None = None) -> None:
        if code is None:
            self.state.employees += 1
        name = code or f"{self.place.centre.id}-{self.state.employees:03d}"
        speed = rng.lognormvariate(0, self.place.parameters.hall.speed_sigma)
        self.state.staff.append(Employee(name, branch, day, speed, code is not None))
        data = msgspec.json.encode({"employee": name, "position": rng.choice(self._rules.positions)}).decode()
        log.add(self.place.moment(day, 8, rng), self.place.sources[branch], "staff.joined", data)

    def _tell_left(self, log: Log, employee: Employee, day: int, reason: str, rng: Random) -> None:
        # after the last visitor of the day: nobody leaves from behind a window
        self.state.staff.remove(employee)
        data = f'{{"employee":"{employee.code}","reason":"{reason}"}}'
        log.add(self.place.moment(day, 22, rng), self.place.sources[employee.branch], "staff.left", data)

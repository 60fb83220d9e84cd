"""How many documents will become late, day by day, from those that are open; and how right such a forecast was.

A document's chance of not being finished by the end of its due day is the share of earlier documents that were not,
among those that stood where it stands now: the same service, the same stage, and as much time left. With time ``r``
left these are the *landmark* documents, open at ``r`` before the end of their own due day (landmark analysis:
van Houwelingen, Scand. J. Stat. 34, 2007), and the share is the Kaplan–Meier estimate of their survival at ``r``;
documents that are open and not late yet are right-censored (Kaplan and Meier, JASA 53, 1958; ``scipy.stats.ecdf``).
Where such documents are too few, those of the same service, or the same stage, or all stand in for them.

The documents of a day are taken as independent, so that their number late is Poisson-binomial; documents that are yet
to be accepted and yet due in these days are added as a Poisson number, at the rate of the days before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy import stats

from dashboard.calendars import DAY_S
from dashboard.network import Network
from dashboard.state import RETAIN_DONE_S, Application

DAYS: Final = 7
"""A forecast reaches so many days ahead."""
SHARE: Final = 0.8
"""The number of late documents is expected between ``low`` and ``high`` so often."""
LEAST_DECIDED: Final = 50
"""Fewer documents that were finished or became late say too little for any forecast."""
LEAST_ALIKE: Final = 20
"""Fewer landmark documents are not taken as alike: a wider group stands in for them."""
DAY_OFF: Final = 0.1
"""Time runs in working days; a day off counts for a tenth of one, as little is finished on it."""
_NEVER: Final = np.inf

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]


class Ahead(Struct, frozen=True):
    """One day, or all of them: how many documents become late then."""

    day: int
    """The local day whose first moment they become late at: that after their due day."""
    open: int
    """Documents open now that are due then; ``expected_open`` of them become late."""
    expected_open: float
    expected_new: float
    """Late ones among documents that are not accepted yet."""
    low: int
    high: int
    """Both in: the central :data:`SHARE` of the distribution."""

    @property
    def expected(self) -> float:
        return self.expected_open + self.expected_new


class Forecast(Struct, frozen=True):
    at: float
    """The moment that it was made for, epoch seconds: nothing later is used."""
    decided: int
    """Documents finished or become late in the days before, on which it rests."""
    days: tuple[Ahead, ...]
    """Tomorrow first."""
    whole: Ahead
    """All days together; its ``day`` is the last."""


def forecast(applications: Iterable[Application], network: Network, now: float, days: int = DAYS) -> Forecast | None:
    """The forecast for the ``days`` days after that of ``now``; None when too little is known for one.

    ``applications`` are what a live state holds: the open ones, and those finished less than :data:`RETAIN_DONE_S` ago.
    """
    known = _Known(applications, network, now)
    if known.decided < LEAST_DECIDED:
        return None
    today = network.local.day(now)
    found = [_ahead(known, day) for day in range(today + 1, today + days + 1)]
    whole = _summed([each for each, _ in found], [distribution for _, distribution in found])
    return Forecast(now, known.decided, tuple(each for each, _ in found), whole)


def became_late(
    applications: Iterable[Application], network: Network, first: int, last: int, now: float
) -> dict[int, int]:
    """How many documents became late on each local day from ``first`` to ``last`` by ``now``, finished since or not.

    ``applications`` as for :func:`forecast`: days longer ago than :data:`RETAIN_DONE_S` come out too small.
    """
    found = dict.fromkeys(range(first, last + 1), 0)
    for each in applications:
        if each.accepted is None or each.accepted > now or each.late > now:
            continue
        day = network.local.day(each.late)
        if day in found and (each.done is None or each.done >= each.late):
            found[day] += 1
    return found


class _Known:
    """What is known at ``now``, as columns: one place a document."""

    def __init__(self, applications: Iterable[Application], network: Network, now: float) -> None:
        self.network, self.now, self.since = network, now, now - RETAIN_DONE_S
        taken = [
            each
            for each in applications
            if each.accepted is not None and each.accepted <= now and (each.done is None or each.done > self.since)
        ]
        self.services = np.array([each.service for each in taken], dtype=object)
        self.accepted = np.array([each.accepted for each in taken], dtype=float)
        self.late = np.array([each.late for each in taken], dtype=float)
        done = np.array([_NEVER if each.done is None else each.done for each in taken], dtype=float)
        self.done = np.where(done <= now, done, _NEVER)
        self.finished = self.done < self.late
        """Whether it was finished in time."""
        self._holds = [(place, hold.since, hold.until) for place, each in enumerate(taken) for hold in each.holds]

    @property
    def decided(self) -> int:
        """Documents that were finished in time, or became late, while what was finished is known."""
        late = (self.late > self.since) & (self.late <= self.now) & (self.done >= self.late)
        return int(self.finished.sum() + late.sum())

    @cached_property
    def clock(self) -> WorkClock:
        until = max(self.now, float(self.late.max(initial=self.now))) + (DAYS + 1) * DAY_S
        return WorkClock(self.network, min(self.since, float(self.accepted.min(initial=self.since))), until)

    @cached_property
    def times(self) -> dict[str, Floats]:
        """Moments on the work clock; what has not happened is infinite."""
        ended = np.minimum(np.minimum(self.done, self.late), self.now)
        read = self.clock.read
        return {"accepted": read(self.accepted), "late": read(self.late), "ended": read(ended)}

    @cached_property
    def holds(self) -> tuple[Places, Floats, Floats]:
        """Stays at agencies: the document's place, since and until on the work clock."""
        places = np.array([place for place, _, _ in self._holds], dtype=np.intp)
        since = np.array([since for _, since, _ in self._holds], dtype=float)
        until = np.array([_NEVER if until is None else until for _, _, until in self._holds], dtype=float)
        beyond = until > self.now
        read = np.where(beyond, _NEVER, self.clock.read(np.where(beyond, self.now, until)))
        heard = since <= self.now
        return places[heard], self.clock.read(since[heard]), read[heard]

    def stages(self, at: Floats) -> NDArray[np.int8]:
        """Where each document stood at its own moment (on the work clock): 0 not sent yet, 1 at an agency, 2 back."""
        places, since, until = self.holds
        sent = np.zeros(len(at), dtype=bool)
        away = np.zeros(len(at), dtype=bool)
        sent[places[since <= at[places]]] = True
        away[places[(since <= at[places]) & (until > at[places])]] = True
        return np.where(away, 1, np.where(sent, 2, 0)).astype(np.int8)


class WorkClock:
    """Moments to working time, in days: on days off it runs at :data:`DAY_OFF` of its speed."""

    def __init__(self, network: Network, since: float, until: float) -> None:
        local = network.local
        self._first = local.day(since) - 1
        days = range(self._first, local.day(until) + 3)
        self._speed = np.array([1.0 if network.calendar.is_working(day) else DAY_OFF for day in days])
        self._passed = np.concatenate([[0.0], np.cumsum(self._speed)])
        self._starts = np.array([local.day_start(day) for day in days])

    def read(self, moments: Floats) -> Floats:
        place = np.clip(np.searchsorted(self._starts, moments, "right") - 1, 0, len(self._starts) - 2)
        length = self._starts[place + 1] - self._starts[place]
        read: Floats = self._passed[place] + self._speed[place] * (moments - self._starts[place]) / length
        return read


class _Alike:
    """The landmark documents for what is due on one day, and how many of them were not finished in time."""

    def __init__(self, known: _Known, left: float) -> None:
        times, clock = known.times, known.clock
        landmark = times["late"] - left
        since, now = clock.read(np.array([known.since, known.now]))
        ended = times["ended"]
        is_open = (times["accepted"] <= landmark) & (ended > landmark)
        self._places = np.flatnonzero(is_open & (landmark >= since) & (landmark < now))
        self._left = left
        # what was finished at the very end of its time was finished within it
        self._followed = np.minimum(ended - landmark, left * (1 - 1e-9))[self._places]
        self._followed[~known.finished[self._places] & (known.late[self._places] <= known.now)] = left
        self._finished = known.finished[self._places]
        self._services = known.services[self._places]
        self._stages = known.stages(landmark)[self._places]
        self._kept: dict[tuple[str | None, int | None], tuple[int, float]] = {}

    def chance(self, service: str, stage: int) -> float:
        """The chance to become late, from the narrowest group that has enough documents."""
        groups = ((service, stage), (service, None), (None, stage), (None, None))
        count, share = next((each for each in map(self._of, groups) if each[0] >= LEAST_ALIKE), self._of(groups[-1]))
        # half a document of each kind (Krichevsky and Trofimov, IEEE Trans. Inf. Theory 27, 1981): nothing is certain
        return (count * share + 0.5) / (count + 1)

    def _of(self, group: tuple[str | None, int | None]) -> tuple[int, float]:
        if group not in self._kept:
            service, stage = group
            chosen = np.ones(len(self._places), dtype=bool)
            if service is not None:
                chosen &= self._services == service
            if stage is not None:
                chosen &= self._stages == stage
            self._kept[group] = int(chosen.sum()), self._survival(chosen)
        return self._kept[group]

    def _survival(self, chosen: Flags) -> float:
        """Kaplan–Meier: the share of a group that is not finished when its time is over."""
        finished, followed = self._finished[chosen], self._followed[chosen]
        if not finished.any():
            return 1.0
        if (finished | (followed >= self._left)).all():
            return float(1 - finished.mean())  # nothing is censored: the estimate is the plain share
        sample = stats.CensoredData.right_censored(followed, ~finished)
        return float(stats.ecdf(sample).sf.evaluate(self._left * (1 - 1e-10)))


def _ahead(known: _Known, day: int) -> tuple[Ahead, Floats]:
    """One day's forecast, and the distribution of the number that becomes late."""
    ends = known.network.local.day_start(day)
    due = np.flatnonzero((known.late == ends) & (known.done == _NEVER))
    ends_at, now = known.clock.read(np.array([ends, known.now]))
    alike = _Alike(known, float(ends_at - now))
    stages = known.stages(np.full(len(known.late), now))
    chances = [alike.chance(known.services[place], int(stages[place])) for place in due]
    new = _rate_of_new(known, day)
    distribution = np.convolve(poisson_binomial(chances), poisson(new))
    low, high = interval(distribution)
    return Ahead(day, len(due), sum(chances), new, low, high), distribution


def _rate_of_new(known: _Known, day: int) -> float:
    """Late documents a day, of those accepted as shortly before the end of their due day as one that is due on ``day``
    and not accepted yet: the mean over the days before of the same kind (a working due day or not)."""
    network, local = known.network, known.network.local
    reach = local.day_start(day) - known.now
    today, calendar = local.day(known.now), network.calendar
    first = local.day(max(known.since, float(known.accepted.min(initial=known.now)))) + 2
    alike = [each for each in range(first, today + 1) if calendar.is_working(each - 1) == calendar.is_working(day - 1)]
    if not alike:
        return 0.0
    ends = np.array([local.day_start(each) for each in alike])
    counted = np.isin(known.late, ends) & (known.done >= known.late) & (known.late - known.accepted < reach)
    return float(counted.sum() / len(alike))


def _summed(days: Sequence[Ahead], distributions: Sequence[Floats]) -> Ahead:
    whole = np.ones(1)
    for each in distributions:
        whole = np.convolve(whole, each)
    low, high = interval(whole)
    return Ahead(
        days[-1].day,
        sum(each.open for each in days),
        sum(each.expected_open for each in days),
        sum(each.expected_new for each in days),
        low,
        high,
    )


def poisson_binomial(chances: Iterable[float]) -> Floats:
    """The distribution of how many of independent things happen, exactly: the convolution of their own."""
    found: Floats = np.ones(1)
    for chance in chances:
        found = np.convolve(found, (1 - chance, chance))
    return found


def interval(distribution: Floats, share: float = SHARE) -> tuple[int, int]:
    """The central ``share`` of a distribution over 0, 1, 2 …: what lies outside is at most half the rest each side."""
    reached = np.cumsum(distribution)
    tail = (1 - share) / 2
    low, high = (int(np.searchsorted(reached, place - 1e-12)) for place in (tail, 1 - tail))
    return low, min(high, len(reached) - 1)


def poisson(rate: float) -> Floats:
    """The Poisson distribution over 0, 1, 2 …, up to where next to nothing is left."""
    if rate <= 0:
        return np.ones(1)
    most = int(stats.poisson.ppf(1 - 1e-9, rate))
    found: Floats = stats.poisson.pmf(np.arange(most + 1), rate)
    return found

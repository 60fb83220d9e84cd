"""How many documents will become late, day by day, from those that are open; and how right such a forecast was.

A document's chance of not being finished by the end of its due day is the share of earlier documents that were not,
among those that stood where it stands now (:mod:`dashboard.landmarks`): the same service, the same stage, and as much
time left. Where such documents are too few, those of the same service, or the same stage, or all stand in for them.

The documents of a day are taken as independent, so that their number late is Poisson-binomial; documents that are yet
to be accepted and yet due in these days are added as a Poisson number, at the rate of the days before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from scipy import stats

from dashboard.landmarks import NEVER, Alike, Floats, Known
from dashboard.network import Network
from dashboard.state import Application

DAYS: Final = 7
"""A forecast reaches so many days ahead (see :data:`dashboard.landmarks.REACH_S`)."""
SHARE: Final = 0.8
"""The number of late documents is expected between ``low`` and ``high`` so often."""
LEAST_DECIDED: Final = 50
"""Fewer documents that were finished or became late say too little for any forecast."""


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


def forecast(applications: Iterable[Application], network: Network, now: float) -> Forecast | None:
    """The forecast for the :data:`DAYS` days after that of ``now``; None when too little is known for one.

    ``applications`` are what a live state holds: the open ones, and those finished in the last
    :data:`dashboard.state.RETAIN_DONE_S`.
    """
    known = Known(applications, network, now)
    if known.decided < LEAST_DECIDED:
        return None
    today = network.local.day(now)
    found = [_ahead(known, day) for day in range(today + 1, today + DAYS + 1)]
    whole = _summed([each for each, _ in found], [distribution for _, distribution in found])
    return Forecast(now, known.decided, tuple(each for each, _ in found), whole)


def became_late(
    applications: Iterable[Application], network: Network, first: int, last: int, now: float
) -> dict[int, int]:
    """How many documents became late on each local day from ``first`` to ``last`` by ``now``, finished since or not.

    ``applications`` as for :func:`forecast`: days before what a live state holds come out too small.
    """
    found = dict.fromkeys(range(first, last + 1), 0)
    for each in applications:
        if each.accepted is None or each.accepted > now or each.late > now:
            continue
        day = network.local.day(each.late)
        if day in found and (each.done is None or each.done >= each.late):
            found[day] += 1
    return found


def _ahead(known: Known, day: int) -> tuple[Ahead, Floats]:
    """One day's forecast, and the distribution of the number that becomes late."""
    ends = known.network.local.day_start(day)
    due = np.flatnonzero((known.late == ends) & (known.done == NEVER))
    ends_at, now = known.clock.read(np.array([ends, known.now]))
    alike = Alike(known, float(ends_at - now))
    stages = known.stages(np.full(len(known.late), now))
    chances = [alike.chance(known.services[place], int(stages[place])) for place in due]
    new = _rate_of_new(known, day)
    distribution = np.convolve(poisson_binomial(chances), poisson(new))
    low, high = interval(distribution)
    return Ahead(day, len(due), sum(chances), new, low, high), distribution


def _rate_of_new(known: Known, day: int) -> float:
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

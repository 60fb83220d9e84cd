"""What may be said of few people: intervals of rates, how long people stay, and whether turnover follows load.

Methods are SciPy's; each function says which and why. Months are twelfths of a year of 365.25 days.
"""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from math import isnan
from typing import Final, Literal

import numpy as np
from msgspec import Struct
from scipy import stats

from dashboard.calendars import DAY_S
from dashboard.staff_sample import BEFORE_ALL, merged
from dashboard.staffing import Team
from dashboard.state import Spell

CONFIDENCE: Final = 0.95
LEAST_TEAM: Final = 5.0
"""In a team with a smaller mean headcount one leaver is over 20 % a year: of its rate nothing is said."""
LEAST_BRANCHES: Final = 10
"""Fewer branches say nothing of load and turnover: with 9, even 0.6 comes by chance once in ten times."""
LEAST_FOLLOWED: Final = 5
"""Length of service is told of as far as so many people are followed: then a single leaver is half of what is left."""
MONTH_S: Final = 365.25 * DAY_S / 12

warnings.filterwarnings("ignore", "The confidence interval is undefined", RuntimeWarning)  # None says it

Against = Literal["above", "below", "same"]
Step = tuple[float, float, float | None, float | None]


class Interval(Struct, frozen=True):
    low: float
    high: float


class Share(Struct, frozen=True):
    """A share (0 to 1) with its 95 % interval; ``None`` where none can be given."""

    value: float
    low: float | None
    high: float | None


class Survival(Struct, frozen=True):
    """How long people stay. ``steps`` are (months, share still there, low, high)."""

    people: int
    """Employments followed from their first day."""
    left: int
    joined_before: int
    """Left out: they were there before anybody was told of leaving, and who left before them is not known."""
    unknown: int
    """Left out: nobody said when they joined."""
    steps: tuple[Step, ...]
    at_risk: tuple[tuple[float, int], ...]
    """(months, people who had not left before, and are followed that long)."""
    median: float | None
    """Months after which half have left; None while more than half of them are there, or too few are followed."""
    left_by: Mapping[int, Share | None]
    """Months (6 and 12) to the share that leaves by then; None when under :data:`LEAST_FOLLOWED` stay so long."""


class Correlation(Struct, frozen=True):
    """Spearman's rank correlation, -1 to 1; None when there are too few branches, or all are alike."""

    branches: int
    rho: float | None
    p: float | None
    """How often so strong a one, or a stronger, comes by chance alone."""


def rate_interval(team: Team) -> Interval | None:
    """Turnover's 95 % interval, shares a year; None where no rate is known and in a team under :data:`LEAST_TEAM`.

    The exact Poisson interval of the number of leavers (Garwood, Biometrika 28, 1936, by the chi-squared distribution),
    divided by person-years: mean headcount times the part of a year that is covered. Leavers are few and come one by
    one, the headcount is known; the interval is never narrower than it says, also for none and for one leaver.
    """
    count, mean, years = team.left_12m, team.mean_headcount, team.years
    if count is None or mean is None or years is None or mean < LEAST_TEAM:
        return None
    low, high = garwood(count)
    return Interval(low / (mean * years), high / (mean * years))


@cache
def garwood(count: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The exact interval of the mean of a Poisson count."""
    outside = (1 - confidence) / 2
    low = float(stats.chi2.ppf(outside, 2 * count)) / 2 if count else 0.0
    return low, float(stats.chi2.ppf(1 - outside, 2 * count + 2)) / 2


def against(interval: Interval | None, rate: float | None) -> Against | None:
    """Whether a rate's interval lies above another rate, below it, or holds it: then chance alone may be the reason."""
    if interval is None or rate is None:
        return None
    return "above" if interval.low > rate else "below" if interval.high < rate else "same"


def survival(people: Iterable[list[Spell]], since: Mapping[str, float], centre: str, now: float) -> Survival:
    """How long people stay in a place: the Kaplan-Meier curve of all who joined since leavings are told.

    ``people`` are spells by person, ``since`` has :func:`dashboard.staffing.told_since` by centre; ``centre`` names the
    place's centre, or is empty when units are named ``<centre>/<branch>``. Who is still there has stayed at least so
    long (right censoring); moves inside the place end nothing. Who joined earlier is left out: of those who came with
    her only the ones who stayed are known (left truncation), and they would make the curve too good.
    Source: Kaplan and Meier (1958), by ``scipy.stats.ecdf``; band: Greenwood's variance of log(-log S).
    """
    stays: list[float] = []
    gone: list[bool] = []
    before = unknown = 0
    for spells in people:
        for each in merged(spells):
            if each.joined == BEFORE_ALL:
                unknown += 1
            elif each.joined > now:
                continue
            elif each.joined < since[centre or _first_unit(spells, each.joined).partition("/")[0]]:
                before += 1
            else:
                left = each.left is not None and each.left <= now
                stays.append(((each.left if left and each.left is not None else now) - each.joined) / MONTH_S)
                gone.append(left)
    return _estimate(np.array(stays), np.array(gone, dtype=bool), before, unknown)


def _first_unit(spells: Sequence[Spell], joined: float) -> str:
    return next(each.unit for each in spells if each.joined == joined)


def _estimate(stays: np.ndarray, gone: np.ndarray, before: int, unknown: int) -> Survival:
    at_risk = tuple((float(month), int((stays >= month).sum())) for month in _ticks(stays))
    if not gone.any():
        return Survival(len(stays), 0, before, unknown, (), at_risk, None, {6: None, 12: None})
    last = max((month for month in stays if (stays >= month).sum() >= LEAST_FOLLOWED), default=0.0)
    whole = [step for step in _curve(stays, gone) if step[0] <= last]
    half = next((month for month, share, *_ in whole if share <= 0.5), None)
    left_by = {months: _left_by(whole, months) if last >= months else None for months in (6, 12)}
    steps = tuple(
        each for each, before_it in zip(whole, [None, *whole], strict=False) if _is_seen(each, before_it, last)
    )
    return Survival(len(stays), int(gone.sum()), before, unknown, steps, at_risk, half, left_by)


def _curve(stays: np.ndarray, gone: np.ndarray) -> list[Step]:
    """The whole curve; a step also where somebody was last seen and nobody left."""
    function = stats.ecdf(stats.CensoredData.right_censored(stays, ~gone)).sf
    band = function.confidence_interval(CONFIDENCE, method="log-log")
    rows = zip(function.quantiles, function.probabilities, band.low.probabilities, band.high.probabilities, strict=True)
    return [(0.0, 1.0, None, None), *((float(t), float(s), _known(low), _known(high)) for t, s, low, high in rows)]


def _is_seen(step: Step, before_it: Step | None, last: float) -> bool:
    return before_it is None or step[1] != before_it[1] or step[0] == last


def _left_by(steps: Sequence[Step], months: float) -> Share:
    _month, share, low, high = [step for step in steps if step[0] <= months][-1]
    return Share(1 - share, None if high is None else 1 - high, None if low is None else 1 - low)


def _known(value: float) -> float | None:
    return None if isnan(value) else float(value)


def _ticks(stays: np.ndarray) -> list[int]:
    """Months that are written under the curve: each third, half year, year or five years."""
    longest = float(stays.max()) if len(stays) else 0.0
    step = next(each for each in (3, 6, 12, 24, 60, 1200) if longest <= 7 * each)
    return list(range(0, int(longest) + 1, step))


def load_and_turnover(points: Iterable[tuple[float | None, float | None]]) -> Correlation:
    """Whether branches with more load have more turnover: Spearman's rank correlation of (load, turnover).

    Ranks, because neither is normal and a straight line is not meant. Source: ``scipy.stats.spearmanr``.
    """
    known = [(load, rate) for load, rate in points if load is not None and rate is not None]
    alike = len({load for load, _ in known}) < 2 or len({rate for _, rate in known}) < 2
    if len(known) < LEAST_BRANCHES or alike:
        return Correlation(len(known), None, None)
    found = stats.spearmanr([load for load, _ in known], [rate for _, rate in known])
    return Correlation(len(known), float(found.statistic), float(found.pvalue))

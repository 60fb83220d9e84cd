"""Which changes from one week to the next are more than chance (docs/week.md).

Every week some 68 numbers are compared (four of each centre, four of the network). At :data:`CONFIDENCE` fewer than
one of them a week is named by chance alone; at the usual 95 % it would be three, and three directors would answer for
noise.
"""

from collections.abc import Sequence
from math import sqrt
from statistics import variance
from typing import Final, Literal

from msgspec import Struct
from scipy import stats

CONFIDENCE: Final = 0.99
LEAST_WHOLE: Final = 30
"""A share of fewer tickets or documents says nothing of a week."""
LEAST_WEEKS: Final = 5
"""Fewer known weeks say nothing of what is usual."""
LEAST_LEAVERS: Final = 5
"""Fewer leavers, in the week and the weeks before it together, say nothing."""

Verdict = Literal["better", "worse", "chance", "too_few"]
Part = tuple[float, float]
"""(part, whole) of a share in one week."""


class Change(Struct, frozen=True):
    """A change against the week before, and what chance makes of it."""

    verdict: Verdict
    change: float | None = None
    """This week less the week before; of leavers: less what is usual in a week."""
    low: float | None = None
    high: float | None = None
    """The interval of ``change`` at :data:`CONFIDENCE`; ``high`` is None where it has no end."""

    @property
    def weight(self) -> float:
        """How far the change goes beyond chance: 1 is just beyond; what is not beyond has none."""
        if self.verdict not in ("better", "worse") or self.change is None:
            return 0.0
        if self.low is None or self.high is None:
            return abs(self.change)
        half = (self.high - self.low) / 2
        return abs(self.change) / half if half else float("inf")


TOO_FEW: Final = Change("too_few")


def share_change(
    this: Part, earlier: Sequence[Part], worse: Literal["above", "below"], *, counted: bool = True
) -> Change:
    """``earlier`` are the weeks before, the last one the week before; ``counted`` that the parts are things counted,
    as tickets are and time is not.

    The interval is that of the difference of two weeks as they usually differ: twice the variance between the earlier
    weeks, with Student's t (Hahn and Meeker, Statistical Intervals, 1991, chapter 4: prediction of one more
    observation). A day's tickets wait together, so a binomial interval alone would call every bad Monday a change;
    it is taken where it is wider, for quiet weeks that happened to be alike.
    """
    known = [each for each in earlier if each[1] >= LEAST_WHOLE]
    if this[1] < LEAST_WHOLE or not earlier or earlier[-1][1] < LEAST_WHOLE or len(known) < LEAST_WEEKS:
        return TOO_FEW
    before = earlier[-1]
    change = this[0] / this[1] - before[0] / before[1]
    spread = 2 * variance(part / whole for part, whole in known)
    if counted:
        both = (this[0] + before[0]) / (this[1] + before[1])
        spread = max(spread, both * (1 - both) * (1 / this[1] + 1 / before[1]))
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, len(known) - 1)) * sqrt(spread)
    return Change(_verdict(change - half, change + half, worse), change, change - half, change + half)


def count_change(this: int, earlier: Sequence[int]) -> Change:
    """People who left in the week against the weeks before it; more is worse.

    Exact and conditional on their sum (Przyborowski and Wilenski, Biometrika 31, 1940; the limits of the share are
    those of Clopper and Pearson, 1934): with the same rate the week has one part in ``len(earlier) + 1`` of all.
    """
    total, weeks = this + sum(earlier), len(earlier)
    if total < LEAST_LEAVERS or weeks < LEAST_WEEKS:
        return TOO_FEW
    found = stats.binomtest(this, total, 1 / (weeks + 1)).proportion_ci(CONFIDENCE, "exact")
    usual = sum(earlier) / weeks
    low = usual * (_ratio(found.low, weeks) - 1)
    high = None if found.high >= 1 else usual * (_ratio(found.high, weeks) - 1)
    even = 1 / (weeks + 1)
    verdict: Verdict = "worse" if found.low > even else "better" if found.high < even else "chance"
    return Change(verdict, this - usual, low, high)


def _ratio(share: float, weeks: int) -> float:
    """Of the rates, by the share that the week has of all."""
    return share * weeks / (1 - share)


def _verdict(low: float, high: float, worse: Literal["above", "below"]) -> Verdict:
    if low <= 0 <= high:
        return "chance"
    return "worse" if (low > 0) == (worse == "above") else "better"

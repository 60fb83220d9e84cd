"""What the turnover metrics are computed from: who joined and left a branch, a centre or the network."""

from bisect import bisect_right, insort
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct, field

from dashboard.calendars import DAY_S, LocalTime
from dashboard.state import Spell

YEAR_S = 365 * DAY_S
TRANSFER_GAP_S = 31 * DAY_S
"""Who leaves one unit of a scope and joins another within so long was transferred, and never left the scope."""
LEAST_HISTORY_S = 30 * DAY_S
"""Under so much history a 12-month rate is not known: one leaver in a first week is no 5,000 % a year."""
SHORT_SERVICE_S = 183 * DAY_S
BEFORE_ALL = float("-inf")
"""The joining of somebody who was there before the history begins."""


class Leaving(Struct, order=True):
    time: float
    served_s: float | None
    """Length of service; None when the joining is not known."""
    reason: str


class StaffSample(Struct):
    """Joinings and leavings of one scope, in order of time."""

    known: bool = False
    now: float = 0.0
    since: float = 0.0
    """Where the history begins."""
    joinings: list[float] = field(default_factory=list)
    leavings: list[Leaving] = field(default_factory=list)
    boundaries: list[float] = field(default_factory=list)
    """The month-boundaries of the last 12 months that the history covers, newest last."""
    posts: int | None = None

    def headcount(self, moment: float) -> int:
        left = bisect_right(self.leavings, moment, key=lambda each: each.time)
        return bisect_right(self.joinings, moment) - left

    def left_since(self, moment: float) -> list[Leaving]:
        return [each for each in self.leavings if moment < each.time <= self.now]


def sample_staff(people: Iterable[list[Spell]], posts: int | None, local: LocalTime, now: float) -> StaffSample:
    """Staff of a scope at ``now``. ``people`` holds one list a person: her spells in the scope's units."""
    sample = StaffSample(now=now, posts=posts)
    first = float("inf")
    for spells in people:
        for joined, left, reason in merged(spells):
            first = min(first, left if joined == BEFORE_ALL and left is not None else joined)
            insort(sample.joinings, joined)
            if left is not None:
                served = None if joined == BEFORE_ALL else left - joined
                insort(sample.leavings, Leaving(left, served, reason))
    sample.known = first <= now
    sample.since = first
    if sample.known:
        sample.boundaries = [each for each in month_boundaries(now, local) if each >= first]
    return sample


def merged(spells: list[Spell]) -> list[tuple[float, float | None, str]]:
    """One person's spells in a scope as (joined, left, reason), transfers inside the scope joined together."""
    found: list[tuple[float, float | None, str]] = []
    unit = ""
    for spell in sorted(spells, key=lambda each: each.joined if each.joined is not None else BEFORE_ALL):
        joined = spell.joined if spell.joined is not None else BEFORE_ALL
        if found and _is_transfer(found[-1], unit, spell, joined):
            found[-1] = (found[-1][0], spell.left, spell.reason)
        else:
            found.append((joined, spell.left, spell.reason))
        unit = spell.unit
    return found


def _is_transfer(before: tuple[float, float | None, str], unit: str, spell: Spell, joined: float) -> bool:
    left = before[1]
    if unit == spell.unit:
        return False
    return left is None or joined - left <= TRANSFER_GAP_S


def month_boundaries(now: float, local: LocalTime) -> list[float]:
    """The 13 boundaries of the 12 months that end now: the same local day and time, month by month."""
    here = local.to_datetime(now)
    return [_months_before(here, count) for count in range(12, 0, -1)] + [now]


def _months_before(here: datetime, count: int) -> float:
    months = here.year * 12 + here.month - 1 - count
    year, month = divmod(months, 12)
    day = here.day
    while True:
        try:
            return here.replace(year=year, month=month + 1, day=day, fold=0).timestamp()
        except ValueError:  # the 31st of a shorter month
            day -= 1

"""What the turnover metrics are computed from: who joined and left a branch, a centre or the network."""

from bisect import bisect_right, insort
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct, field, structs

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


class Leaving(Struct):
    time: float
    served_s: float | None
    """Length of service; None when the joining is not known."""
    reason: str


class Employment(Struct, frozen=True):
    """One person's time in a scope, from joining it to leaving it."""

    unit: str
    """The last unit that she was in."""
    joined: float
    """:data:`BEFORE_ALL` when it is not known."""
    left: float | None
    reason: str

    @property
    def began(self) -> float:
        """From when on the history knows of it: the joining, or else the leaving."""
        return self.left if self.joined == BEFORE_ALL and self.left is not None else self.joined

    @property
    def served_s(self) -> float | None:
        """Length of service of who left; None when the joining is not known."""
        return None if self.left is None or self.joined == BEFORE_ALL else self.left - self.joined


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
        for each in merged(spells):
            first = min(first, each.began)
            insort(sample.joinings, each.joined)
            if each.left is not None:
                insort(sample.leavings, Leaving(each.left, each.served_s, each.reason), key=lambda one: one.time)
    sample.known = first <= now
    sample.since = first
    if sample.known:
        sample.boundaries = [each for each in month_boundaries(now, local) if each >= first]
    return sample


def merged(spells: list[Spell]) -> list[Employment]:
    """One person's employments in a scope: her spells, transfers inside the scope joined together.

    Who joins a second unit before she leaves the first is in the scope until she has left both.
    """
    found: list[Employment] = []
    for spell in sorted(spells, key=lambda each: each.joined if each.joined is not None else BEFORE_ALL):
        joined = spell.joined if spell.joined is not None else BEFORE_ALL
        this = Employment(spell.unit, joined, spell.left, spell.reason)
        if found and _goes_on(found[-1], spell, joined):
            before = found.pop()
            last = before if _ends_later(before, this) else this
            this = structs.replace(last, joined=before.joined)
        found.append(this)
    return found


def _ends_later(one: Employment, other: Employment) -> bool:
    if one.left is None or other.left is None:
        return other.left is not None
    return one.left > other.left


def _goes_on(before: Employment, spell: Spell, joined: float) -> bool:
    """Whether a spell belongs to the employment before it: they overlap, or it is a transfer to another unit."""
    if before.left is None or joined < before.left:
        return True
    return before.unit != spell.unit and joined - before.left <= TRANSFER_GAP_S


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

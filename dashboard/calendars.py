"""Local days of a time zone, and working days of a country: plain arithmetic, no clock.

Days are Python ordinals (``date.toordinal()``), moments are epoch seconds. What is costly to find is kept by the
object that found it, in bounded tables, so that the fold may ask for every event.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from math import inf
from typing import Final
from zoneinfo import ZoneInfo

import holidays

DAY_S: Final = 86_400
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_FIRST: Final = int(datetime(1, 1, 3, tzinfo=UTC).timestamp())
_LAST: Final = int(datetime(9999, 12, 29, tzinfo=UTC).timestamp())
_SPAN_S: Final = 1 << 25
"""Changes of a zone's offset are looked for in spans of so many seconds (388 days)."""
_MARGIN_S: Final = 4 * DAY_S
_REACH_S: Final = DAY_S * 5 // 4
"""A local midnight is nearer than this to the same midnight in UTC."""
_KEPT: Final = 1 << 16
"""Answers that a table keeps before it forgets the oldest."""

Changes = tuple[list[float], list[int]]
"""Moments from which an offset holds, and these offsets."""


class LocalTime:
    """Moments to local days and back, in one time zone.

    The zone is an IANA name or a fixed offset ``+HH:MM``; ``ValueError`` for anything else.
    """

    def __init__(self, zone: str) -> None:
        self.zone: tzinfo = _zone(zone)
        self._spans: dict[int, Changes] = {}
        self._day_start = lru_cache(maxsize=_KEPT)(self.at)
        self._near = (inf, -inf, 0)
        """The day asked for last, ``[low, high)`` and ordinal: the next moment is mostly on it too."""

    def offset(self, moment: float) -> int:
        """Seconds east of UTC at a moment."""
        starts, offsets = self._changes(moment)
        if len(offsets) == 1:
            return offsets[0]
        return offsets[bisect_right(starts, moment) - 1]

    def offsets(self, since: float, until: float) -> list[tuple[float, int]]:
        """The offsets in force in ``[since, until)`` as (from when, seconds east of UTC), the first from ``since``."""
        found = [(since, self.offset(since))]
        for span in range(int(since // _SPAN_S), int(until // _SPAN_S) + 1):
            for start, offset in zip(*self._changes(span * _SPAN_S), strict=True):
                if found[-1][0] < start < until and offset != found[-1][1]:
                    found.append((start, offset))
        return found

    def day(self, moment: float) -> int:
        """The local day that a moment falls on, as an ordinal."""
        low, high, day = self._near
        if low <= moment < high:
            return day
        offset = self.offset(moment)
        whole = int((moment + offset) // DAY_S)
        if len(self._changes(moment)[1]) == 1:  # a day in which clocks change may come back to itself
            start = float(whole * DAY_S - offset)
            span_end = (moment // _SPAN_S + 1) * _SPAN_S
            self._near = (max(start, moment // _SPAN_S * _SPAN_S), min(start + DAY_S, span_end), whole + _EPOCH_ORDINAL)
        return whole + _EPOCH_ORDINAL

    def seconds_of_day(self, moment: float) -> float:
        """Local wall-clock seconds after midnight."""
        return (moment + self.offset(moment)) % DAY_S

    def day_start(self, day: int) -> float:
        """The first moment of a local day; that of the next one when the zone skipped the day."""
        return self._day_start(day)

    def at(self, day: int, seconds: float = 0.0) -> float:
        """The first moment at which the wall clock shows so many seconds after a day's midnight, or more.

        A wall-clock time that is skipped when the clocks go forward is the moment of that change; one that comes
        twice when they go back is the first of the two.
        """
        wall = float((day - _EPOCH_ORDINAL) * DAY_S) + seconds
        before = wall - _REACH_S
        moment = wall - self.offset(before)
        changed = self._next_change(before)
        return moment if moment < changed else max(changed, wall - self.offset(changed))

    def to_datetime(self, moment: float) -> datetime:
        return datetime.fromtimestamp(moment, self.zone)

    def _next_change(self, moment: float) -> float:
        """When the offset changes next, if within days; infinity otherwise."""
        starts, _ = self._changes(moment)
        place = bisect_right(starts, moment)
        return starts[place] if place < len(starts) else inf

    def _changes(self, moment: float) -> Changes:
        span = int(moment // _SPAN_S)
        found = self._spans.get(span)
        if found is None:
            found = self._spans[span] = self._find_changes(span * _SPAN_S)
        return found

    def _find_changes(self, begin: int) -> Changes:
        """The offsets of a span and of a few days after it; no zone changes twice in a day."""
        starts, offsets = [float(begin)], [self._look_up(begin)]
        for day in range(begin, begin + _SPAN_S + _MARGIN_S, DAY_S):
            after = self._look_up(day + DAY_S)
            if after != offsets[-1]:
                starts.append(float(self._bisect(day, day + DAY_S)))
                offsets.append(after)
        return starts, offsets

    def _bisect(self, low: int, high: int) -> int:
        """The first second of ``(low, high]`` with the offset of ``high``."""
        after = self._look_up(high)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._look_up(middle) == after else (middle, high)
        return high

    def _look_up(self, moment: int) -> int:
        delta = datetime.fromtimestamp(min(max(moment, _FIRST), _LAST), self.zone).utcoffset()
        assert delta is not None
        return int(delta.total_seconds())


def _zone(name: str) -> tzinfo:
    try:
        if name[:1] not in {"+", "-"}:
            return ZoneInfo(name)
        hours, _, minutes = name[1:].partition(":")
        offset = timedelta(hours=_digits(hours), minutes=_digits(minutes))
        return timezone(-offset if name[0] == "-" else offset)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"unknown time zone {name!r}") from error


def _digits(text: str) -> int:
    """Two digits below 60; ``ValueError`` for anything else."""
    if len(text) != 2 or not text.isascii() or not text.isdigit() or text >= "60":
        raise ValueError(text)
    return int(text)


class WorkCalendar:
    """Working days of a week pattern less a country's public holidays, moved days included.

    ``working_week`` are weekdays, Monday is 0; ``country`` a code that the ``holidays`` package knows, or empty for
    no holidays. ``ValueError`` for a week without working days and for a country that is not known.
    """

    def __init__(self, working_week: tuple[int, ...], country: str) -> None:
        self.working_week = frozenset(working_week)
        if not self.working_week or not self.working_week <= set(range(7)):
            raise ValueError(f"a working week needs weekdays from 0 to 6, not {sorted(self.working_week)}")
        self.country = country
        self._public = _public_holidays(country)
        self._is_working = lru_cache(maxsize=_KEPT)(self._look_up)
        self._after = lru_cache(maxsize=_KEPT)(self._find_after)
        self._before = lru_cache(maxsize=_KEPT)(self._find_before)

    def is_working(self, day: int) -> bool:
        return self._is_working(day)

    def is_holiday(self, day: int) -> bool:
        """Whether a local day is a public holiday or a day off moved to it (not merely a weekend)."""
        if self._public is None or not 1 <= day <= date.max.toordinal():
            return False
        return date.fromordinal(day) in self._public

    def add_working(self, day: int, count: int) -> int:
        """The ``count``-th working day after ``day``; ``day`` itself for 0."""
        return self._after(day, count)

    def between(self, day: int, until: int) -> int:
        """Working days in ``(day, until]``; 0 when ``until`` is not after ``day``."""
        return sum(map(self._is_working, range(day + 1, until + 1)))

    def first_with_left(self, due: int, count: int) -> int:
        """The first day from which at most ``count`` working days are left: ``between(it, due) <= count``."""
        return self._before(due, count)

    def _look_up(self, day: int) -> bool:
        usual = (day - 1) % 7 in self.working_week  # ordinal 1 was a Monday
        if self._public is None or not 1 <= day <= date.max.toordinal():
            return usual
        at = date.fromordinal(day)
        if at in self._public:
            return False
        if at.year < date.max.year:
            # a year's moved days are known once it was asked for, and they may take a day of the year before
            self._public.get(date(at.year + 1, 1, 1))
        return usual or at in self._public.weekend_workdays

    def _find_after(self, day: int, count: int) -> int:
        while count > 0:
            day += 1
            count -= self._is_working(day)
        return day

    def _find_before(self, due: int, count: int) -> int:
        left, day = 0, due
        while left <= count:
            left += self._is_working(day)
            day -= 1
        return day + 1


def _public_holidays(country: str) -> holidays.HolidayBase | None:
    if not country:
        return None
    try:
        return holidays.country_holidays(country)
    except NotImplementedError as error:
        raise ValueError(f"no public holidays are known for the country {country!r}") from error


def utc(moment: float) -> datetime:
    """Epoch seconds as an aware datetime."""
    return datetime.fromtimestamp(moment, UTC)

"""Local days of a time zone, and working days of a country: plain arithmetic, no clock.

Days are Python ordinals (``date.toordinal()``), moments are epoch seconds.
"""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

import holidays

DAY_S = 86_400
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_GRID_S = 900
"""Offsets are looked up once per quarter of an hour: no zone changes its offset off that grid."""


class LocalTime:
    """Moments to local days and back, in one time zone.

    The zone is an IANA name or a fixed offset ``+HH:MM``; ``ValueError`` for anything else.
    """

    def __init__(self, zone: str) -> None:
        self.zone: tzinfo = _zone(zone)
        self._offsets: dict[int, int] = {}

    def offset(self, moment: float) -> int:
        """Seconds east of UTC at a moment."""
        slot = int(moment // _GRID_S)
        found = self._offsets.get(slot)
        if found is None:
            delta = datetime.fromtimestamp(slot * _GRID_S, self.zone).utcoffset()
            assert delta is not None
            found = self._offsets[slot] = int(delta.total_seconds())
        return found

    def day(self, moment: float) -> int:
        """The local day that a moment falls on, as an ordinal."""
        return int((moment + self.offset(moment)) // DAY_S) + _EPOCH_ORDINAL

    def seconds_of_day(self, moment: float) -> float:
        """Local wall-clock seconds after midnight."""
        return (moment + self.offset(moment)) % DAY_S

    def day_start(self, day: int) -> float:
        """The first moment of a local day."""
        guess = float((day - _EPOCH_ORDINAL) * DAY_S)
        moment = guess - self.offset(guess)
        return guess - self.offset(moment)

    def to_datetime(self, moment: float) -> datetime:
        return datetime.fromtimestamp(moment, self.zone)


def _zone(name: str) -> tzinfo:
    if name[:1] in "+-":
        hours, _, minutes = name[1:].partition(":")
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return timezone(-offset if name[0] == "-" else offset)
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as error:
        raise ValueError(f"unknown time zone {name!r}") from error


class WorkCalendar:
    """Working days of a week pattern less a country's public holidays, moved days included."""

    def __init__(self, working_week: tuple[int, ...], country: str) -> None:
        self.working_week = frozenset(working_week)
        self.country = country
        self._days: dict[int, bool] = {}

    def is_working(self, day: int) -> bool:
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = self._look_up(date.fromordinal(day))
        return found

    def is_holiday(self, day: int) -> bool:
        """Whether a local day is a public holiday (not merely a day off)."""
        return bool(self.country) and date.fromordinal(day) in _holidays(self.country)

    def _look_up(self, day: date) -> bool:
        if not self.country:
            return day.weekday() in self.working_week
        found = _holidays(self.country)
        if day in found:
            return False
        # weekend holds the days that were moved to work: `holidays` keeps them as substituted workdays
        return day.weekday() in self.working_week or day in getattr(found, "weekend_workdays", ())

    def add_working(self, day: int, count: int) -> int:
        """The ``count``-th working day after ``day``."""
        while count > 0:
            day += 1
            count -= self.is_working(day)
        return day

    def between(self, day: int, until: int) -> int:
        """Working days in ``(day, until]``; 0 when ``until`` is not after ``day``."""
        return sum(self.is_working(each) for each in range(day + 1, until + 1))


@cache
def _holidays(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)


def utc(moment: float) -> datetime:
    """Epoch seconds as an aware datetime."""
    return datetime.fromtimestamp(moment, UTC)

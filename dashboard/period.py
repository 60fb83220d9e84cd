"""Which days a page tells of, and which moment it is drawn for: what an address may say, read with clear errors.

Days are local ordinals, both ends in; moments are epoch seconds.
"""

from datetime import date, datetime
from typing import Final, Literal, get_args

from msgspec import Struct

from dashboard.calendars import LocalTime

PeriodKey = Literal["today", "yesterday", "week", "month", "quarter", "year", "custom"]
PERIODS: Final[tuple[PeriodKey, ...]] = get_args(PeriodKey)
_BACK: Final = {"today": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
"""Sliding windows that end today: like is compared with like on any day of a calendar month."""
MOST_DAYS: Final = 3 * 366
FIRST_DAY: Final = date(1970, 1, 2).toordinal()


class AddressError(ValueError):
    """Something in an address that cannot be. ``kind`` names the sentence that the screen says of it."""

    def __init__(self, kind: str, value: str) -> None:
        super().__init__(f"{kind}: {value!r}")
        self.kind, self.value = kind, value


class Period(Struct, frozen=True):
    """Local days ``first`` to ``last``, both in."""

    key: PeriodKey
    first: int
    last: int

    @property
    def days(self) -> int:
        return self.last - self.first + 1

    def before(self) -> "Period":
        """As many days, up to the day before the first."""
        return Period("custom", self.first - self.days, self.first - 1)


def read_period(key: str | None, since: str | None, until: str | None, today: int, default: PeriodKey) -> Period:
    """The period that an address names, seen from ``today``; :class:`AddressError` for one that cannot be."""
    if key is None:
        key = "custom" if since or until else default
    name = next((each for each in PERIODS if each == key), None)
    if name is None:
        raise AddressError("unknown_period", key)
    if name == "custom":
        return _custom(since, until, today)
    if name == "yesterday":
        return Period(name, today - 1, today - 1)
    return Period(name, today - _BACK[name] + 1, today)


def _custom(since: str | None, until: str | None, today: int) -> Period:
    first, last = _day(since or ""), today if not until else _day(until)
    if first > last:
        raise AddressError("period_backwards", f"{since} – {until or ''}")
    if last - first >= MOST_DAYS:
        raise AddressError("period_too_long", f"{since} – {until or ''}")
    return Period("custom", first, last)


def _day(text: str) -> int:
    try:
        day = date.fromisoformat(text).toordinal()
    except ValueError:
        raise AddressError("not_a_day", text) from None
    if day < FIRST_DAY:
        raise AddressError("not_a_day", text)
    return day


def parse_at(text: str, local: LocalTime, now: float) -> float:
    """Epoch seconds of a past moment in an address: local time of the network (``2026-11-24T10:30``), or with offset.

    :class:`AddressError` (a ``ValueError``) for what is no moment, is not past, or lies before 1970.
    """
    try:
        found = datetime.fromisoformat(text.strip().replace(" ", "+") if "T" in text else text.strip())
    except ValueError:
        raise AddressError("not_a_moment", text) from None
    if found.tzinfo is not None:
        moment = found.timestamp()
    else:
        seconds = found.hour * 3600 + found.minute * 60 + found.second + found.microsecond / 1e6
        moment = local.at(found.toordinal(), seconds)
    if moment < 0:
        raise AddressError("not_a_moment", text)
    if moment > now:
        raise AddressError("future_moment", text)
    return moment

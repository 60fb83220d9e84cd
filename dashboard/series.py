"""Series of the past that programs may ask for: a number for each week, day, hour or 5 minutes, from rollup counts."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final, Literal, get_args

from msgspec import Struct

from dashboard.calendars import LocalTime
from dashboard.counts import Counts, DocumentCounts
from dashboard.facts import BUCKET_S

By = Literal["week", "day", "hour", "5m"]
BYS: Final[tuple[By, ...]] = get_args(By)
MOST_DAYS: Final[Mapping[By, int]] = {"week": 3 * 366, "day": 3 * 366, "hour": 31, "5m": 7}
"""Of one answer: at most a few thousand points."""
Points = list[tuple[str, float | None]]
"""(start, value): a day (``2026-11-24``; a week by its Monday) or a local time with its offset."""
_HOUR_S: Final = 3600


class Series(Struct, frozen=True):
    """``of`` gives the number from counts; None where there is nothing to take it of."""

    kind: Literal["tickets", "documents"]
    unit: str
    of: Callable[[Any], float | None]
    meaning: str

    @property
    def bys(self) -> tuple[By, ...]:
        """How it can be divided: documents are counted by day."""
        return BYS if self.kind == "tickets" else BYS[:2]


def _tickets(unit: str, of: Callable[[Counts], float | None], meaning: str) -> Series:
    return Series("tickets", unit, of, meaning)


def _documents(unit: str, of: Callable[[DocumentCounts], float | None], meaning: str) -> Series:
    return Series("documents", unit, of, meaning)


SERIES: Final[Mapping[str, Series]] = {
    "queue.issued": _tickets("people", lambda c: c.issued, "tickets issued"),
    "queue.called": _tickets("people", lambda c: c.called, "tickets first called"),
    "queue.served": _tickets("people", lambda c: c.served, "tickets finished at a window, whatever the outcome"),
    "queue.abandoned": _tickets("people", lambda c: c.abandoned, "tickets whose visitor left or did not come"),
    "queue.abandonment": _tickets("share", lambda c: c.abandonment, "abandoned / issued"),
    "queue.within_norm": _tickets("share", lambda c: c.within_norm, "called within the norm / waits decided"),
    "queue.wait_mean_s": _tickets("seconds", lambda c: c.mean_wait_s, "mean wait of tickets called"),
    "queue.wait_p50_s": _tickets("seconds", lambda c: c.quantile_s(0.5), "median wait, from a histogram of 24 bins"),
    "queue.wait_p90_s": _tickets("seconds", lambda c: c.quantile_s(0.9), "90th percentile of waits, from the same"),
    "load.occupancy": _tickets("share", lambda c: c.occupancy, "time from call to finish / time windows were open"),
    "load.served_per_hour": _tickets("people", lambda c: c.served_per_hour, "served in an hour of one open window"),
    "sla.finished": _documents("documents", lambda c: c.finished, "documents taken off the clock"),
    "sla.late": _documents("documents", lambda c: c.late, "of the finished, those finished after their due day"),
    "sla.on_time": _documents("share", lambda c: c.on_time_share, "ready by the due day / ready or late"),
    "sla.days_mean": _documents("days", lambda c: c.mean_days, "mean days from acceptance to the end"),
    "sla.days_p50": _documents("days", lambda c: c.quantile_days(0.5), "median of the same, from a histogram"),
    "sla.days_p90": _documents("days", lambda c: c.quantile_days(0.9), "90th percentile of the same"),
}


def by_days(series: Series, days: Mapping[int, Any], by: By) -> Points:
    """From counts by local day: a point a day or a week (Monday to Sunday, the days that were asked for of it)."""
    if by == "day":
        return [(_day(day), series.of(counts)) for day, counts in sorted(days.items())]
    weeks: dict[int, Any] = {}
    for day, counts in sorted(days.items()):
        monday = day - (day - 1) % 7  # ordinal 1 was a Monday
        if monday in weeks:
            weeks[monday].add(counts)
        else:
            weeks[monday] = counts.copy()
    return [(_day(monday), series.of(counts)) for monday, counts in weeks.items()]


def by_buckets(series: Series, buckets: Iterable[tuple[float, Any]], by: By, local: LocalTime) -> Points:
    """From counts by 5 minutes: a point each, or one an hour of the wall clock."""
    rows: dict[float, Any] = {}
    for start, counts in buckets:
        step = _HOUR_S if by == "hour" else BUCKET_S
        begins = start - local.seconds_of_day(start) % step
        if begins in rows:
            rows[begins].add(counts)
        else:
            rows[begins] = counts.copy()
    return [(local.to_datetime(start).isoformat(), series.of(counts)) for start, counts in rows.items()]


def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()

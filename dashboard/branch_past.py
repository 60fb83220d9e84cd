"""What history says of a branch over a period: its parts by hour or by day, its services, its operators."""

from collections.abc import Mapping

from msgspec import Struct

from dashboard.counts import Counts
from dashboard.operator_day import Sums
from dashboard.state import RETAIN_DAYS, CentreState

Parts = Mapping[int, Counts | None]
"""Local hours of one day, or local days; None where nothing is known."""


class BranchPast(Struct, frozen=True):
    is_day: bool
    """Whether the period is one day, and its parts are hours."""
    parts: Parts
    before: Parts | None
    """The same of the period before; None when it was not asked for."""
    services: Mapping[str, Counts]
    operators: Mapping[str, Counts]
    """Of a period of several days, by code; empty for one day, whose operators are in the state."""
    usual: Mapping[int, float] | None = None
    """Hour to the mean of its arrivals on the same weekday of the four weeks before."""
    before_so_far: Parts | None = None
    """Of a day that is not over, the day before up to the same time of day: like is compared with like."""
    is_unfinished: bool = False
    """Whether services and operators are those up to the day before the moment shown, whose day is not over."""


def is_kept(state: CentreState, day: int) -> bool:
    """Whether the state has all of a local day's tickets and shifts."""
    return state.day - RETAIN_DAYS < day <= state.day


def total(parts: Parts) -> Counts:
    return Counts.total(each for each in parts.values() if each is not None)


def usual_arrivals(
    hours: Mapping[tuple[int, int], Counts], days: Mapping[int, Counts], day: int
) -> dict[int, float] | None:
    """Hour to the mean of tickets issued in it, over the days of the same weekday in ``days`` on which any were.

    ``hours`` are (weekday, hour) sums over the same days. None when there was no such day.
    """
    alike = sum(each.issued > 0 for ordinal, each in days.items() if (ordinal - day) % 7 == 0)
    if not alike:
        return None
    weekday = (day - 1) % 7  # ordinal 1 was a Monday
    return {hour: counts.issued / alike for (of, hour), counts in sorted(hours.items()) if of == weekday}


def sums_of(counts: Counts) -> Sums:
    """An operator's row of the rollups as the sums of his time; in how many tickets' hands is not kept."""
    return Sums(counts.served, counts.served, counts.busy_ms / 1000, counts.open_ms / 1000, counts.paused_ms / 1000)

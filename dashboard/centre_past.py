"""What the centre page says of the past: a day against the usual one, a period in numbers, the hours of the week.

Of the day that is not over the state is counted, which knows what was known at the moment shown; of days before it
history's rollups are.
"""

from bisect import bisect_left
from collections.abc import Mapping
from typing import Final, Literal, TypeVar

from msgspec import Struct

from dashboard import day_counts
from dashboard.branch_past import Parts
from dashboard.calendars import DAY_S
from dashboard.counts import DAYS_EDGES, Counts, DocumentCounts
from dashboard.document_facts import told
from dashboard.network import Network
from dashboard.state import CentreState
from dashboard.usual import Usual

HOUR_S: Final = 3600
Key = TypeVar("Key", int, str)
Heat = Literal["arrivals", "wait"]
HEATS: Final[tuple[Heat, ...]] = ("arrivals", "wait")


class DayPast(Struct, frozen=True):
    """A day beside the usual one. Moments are epoch seconds, waits minutes."""

    day: int
    line: list[tuple[float, float | None]]
    """People waiting at each 5 minutes."""
    usual_line: Usual | None
    waits: list[tuple[float, float | None]]
    """Mean wait of each hour's calls, at the middle of the hour."""
    usual_waits: Usual | None
    alike: int
    """Days of the same weekday that had visitors."""


class CentrePast(Struct, frozen=True):
    """A period, and the one before it when that was asked for."""

    is_day: bool
    """Whether the period is one day, and its parts are hours."""
    parts: Parts
    before: Parts | None
    documents: DocumentCounts
    documents_before: DocumentCounts | None
    services: Mapping[str, Counts]
    is_unfinished: bool
    """Whether its last day goes on."""
    before_so_far: Parts | None = None
    """Of a day that is not over, the day before up to the same time of day, as ``documents_before`` then is too: like
    is compared with like."""


def hours_of(state: CentreState, network: Network, day: int, at: float) -> dict[int, Counts]:
    """Local hour of a local day that the state keeps to the centre's counts up to ``at`` (epoch seconds)."""
    found: dict[int, Counts] = {}
    for each in state.branches.values():
        add_to(found, day_counts.hourly(each, network, day, at))
    return dict(sorted(found.items()))


def services_of(state: CentreState, network: Network, day: int, at: float) -> dict[str, Counts]:
    """Service to the tickets of such a day up to ``at``."""
    found: dict[str, Counts] = {}
    for each in state.branches.values():
        add_to(found, day_counts.by_service(each, network, day, at))
    return found


def documents_of(state: CentreState, network: Network, day: int, at: float) -> DocumentCounts:
    """The documents that were finished on such a day up to ``at``, as history's rollups count them."""
    found, start = DocumentCounts(), network.local.day_start(day)
    for each in state.applications.values():
        if each.done is None or not start <= each.done <= at or network.local.day(each.done) != day:
            continue
        said = told(each, network)
        if said is not None:
            found.add(
                DocumentCounts(
                    finished=1,
                    ready=int(said.is_ready),
                    on_time=int(said.is_ready and not said.is_late),
                    late=int(said.is_late),
                    elapsed_ms=said.elapsed_ms,
                    bins=_bin(said.elapsed_ms),
                )
            )
    return found


def mean_waits(hours: Mapping[int, Counts]) -> dict[float, float | None]:
    """Mean wait in minutes by the second of the day at the middle of each hour; None where nobody was called."""
    return {(hour + 0.5) * HOUR_S: _minutes(counts) for hour, counts in sorted(hours.items())}


def week_map(
    hours: Mapping[tuple[int, int], Counts], days: Mapping[int, Counts], heat: Heat
) -> dict[tuple[int, int], float | None]:
    """(weekday, hour) to tickets issued in it on a mean such day, or to the mean wait in it, minutes.

    ``hours`` are sums over ``days``; a day without a visitor (a holiday) is no day. None where nothing is known.
    """
    counted = [0] * 7
    for day, counts in days.items():
        counted[(day - 1) % 7] += counts.issued > 0  # ordinal 1 was a Monday
    if heat == "wait":
        return {key: _minutes(counts) for key, counts in hours.items()}
    return {key: counts.issued / counted[key[0]] for key, counts in hours.items() if counted[key[0]]}


def _minutes(counts: Counts) -> float | None:
    return None if counts.mean_wait_s is None else counts.mean_wait_s / 60


def add_to(found: dict[Key, Counts], more: Mapping[Key, Counts]) -> dict[Key, Counts]:
    """Add counts key by key, in place."""
    for key, counts in more.items():
        found.setdefault(key, Counts()).add(counts)
    return found


def _bin(elapsed_ms: int) -> tuple[int, ...]:
    place = bisect_left([days * DAY_S * 1000 for days in DAYS_EDGES], elapsed_ms)
    return tuple(int(number == place) for number in range(len(DAYS_EDGES) + 1))

"""The usual day: the median and the quartiles of the same weekday in the last weeks, mark by mark.

Quartiles by linear interpolation between order statistics (:func:`dashboard.metrics.percentile`: Hyndman and Fan 1996,
type 7). Of eight days they leave two outside on either side, so that one odd day is outside the band and does not move
the median.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from dashboard.facts import BUCKET_S
from dashboard.hours import opening
from dashboard.metrics import percentile
from dashboard.network import Branch, Network

WEEKS: Final = 8
LEAST_DAYS: Final = 3
"""Of fewer days nothing is usual."""
_QUARTILES: Final = (0.5, 0.25, 0.75)

Marks = dict[float, float | None]
"""Second of the local day to a value."""
Points = list[tuple[float, float | None]]
"""(second of the local day, value); seconds past 86,400 are after midnight."""


class Usual(Struct, frozen=True):
    days: int
    """How many days it is made of."""
    median: Points
    low: Points
    high: Points
    """The quartiles: half of the days lie between them."""


def like_days(day: int, branches: Iterable[Branch], network: Network, weeks: int = WEEKS) -> list[int]:
    """The same weekday of the weeks before ``day`` (local ordinals), the nearest first: those on which any of the
    branches worked, so that holidays are left out."""
    found = [day - 7 * week for week in range(1, weeks + 1)]
    branches = list(branches)
    return [each for each in found if any(opening(branch, network, each) for branch in branches)]


def usual(days: Sequence[Marks]) -> Usual | None:
    """Of days, each a mapping of marks (second of the day) to values; a day without any mark is no day.

    None with fewer than :data:`LEAST_DAYS`. A mark that fewer days know has None.
    """
    days = [each for each in days if each]
    if len(days) < LEAST_DAYS:
        return None
    marks = sorted(set().union(*days))
    lines: list[Points] = [[], [], []]
    for mark in marks:
        known = [value for each in days if (value := each.get(mark)) is not None]
        for line, share in zip(lines, _QUARTILES, strict=True):
            line.append((mark, percentile(known, share) if len(known) >= LEAST_DAYS else None))
    return Usual(len(days), *lines)


def aligned(
    lines: Sequence[Sequence[tuple[float, int]]], day_starts: Sequence[float]
) -> list[dict[float, float | None]]:
    """Waiting lines (:meth:`data_sources.rollups.Rollups.waiting_line`) on common marks.

    Before its first mark nobody has come; after its last nothing happens any more, and who was left still waits.
    ``day_starts`` are the midnights (epoch seconds) that the days' seconds count from.
    """
    of_days = [
        {round(moment - start): float(waiting) for moment, waiting in line}
        for line, start in zip(lines, day_starts, strict=True)
    ]
    known = [mark for each in of_days for mark in each]
    if not known:
        return [{} for _ in lines]
    return [_filled(each, min(known), max(known)) for each in of_days]


def _filled(day: Mapping[int, float], first: int, last: int) -> Marks:
    if not day:
        return {}
    found: Marks = {}
    waiting = 0.0
    for mark in range(first, last + 1, BUCKET_S):
        waiting = day.get(mark, waiting)
        found[float(mark)] = waiting
    return found

"""What a rollup row, or a sum of rows, says: counts as they are stored, and the numbers that follow from them.

Every number is None where it is not known, never 0. Times are seconds, shares 0 to 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

from msgspec import Struct, structs

from dashboard import facts
from dashboard.facts import WAIT_EDGES_S

DAYS_EDGES: Final = facts.DAYS_EDGES
DAY_MS: Final = 86_400_000
_HOUR_MS: Final = 3_600_000
_WAIT_BINS: Final = len(WAIT_EDGES_S) + 1
_DAY_BINS: Final = len(DAYS_EDGES) + 1

_Summed = TypeVar("_Summed", bound="_Sums")


class _Sums(Struct):
    """Integers that only add up; ``bins`` is the histogram of those that have one."""

    def add(self: _Summed, other: _Summed) -> None:
        """Add another row to this one, in place."""
        for name in self.__struct_fields__:
            mine, theirs = getattr(self, name), getattr(other, name)
            if name == "bins":
                setattr(self, name, tuple(map(int.__add__, mine, theirs)))
            else:
                setattr(self, name, mine + theirs)

    @classmethod
    def total(cls: type[_Summed], rows: Iterable[_Summed]) -> _Summed:
        """The sum of rows, a new object."""
        found = cls()
        for row in rows:
            found.add(row)
        return found

    def copy(self: _Summed) -> _Summed:
        return structs.replace(self)


class Counts(_Sums):
    """Tickets and operators of some place and time. The attributes are the columns of the rollup tables; those that a
    table does not keep are 0 (a service has no operators, an operator no waits)."""

    issued: int = 0
    transferred_in: int = 0
    transferred_out: int = 0
    called: int = 0
    """First calls."""
    served: int = 0
    """Finished at a window, whatever the outcome."""
    abandoned: int = 0
    """Left or no show; ``no_show`` is the part of them that was called and did not come."""
    no_show: int = 0
    waits: int = 0
    """Waits that a call decided; ``wait_ms`` is their sum."""
    wait_ms: int = 0
    within: int = 0
    """Of ``waits``, those within the norm."""
    abandoned_late: int = 0
    """Abandoned uncalled after longer than the norm."""
    services: int = 0
    """Finished services of known length; ``service_ms`` is their sum."""
    service_ms: int = 0
    busy_ms: int = 0
    """Operators' time from call to finish; ``open_ms`` open and not paused, ``paused_ms`` paused."""
    open_ms: int = 0
    paused_ms: int = 0
    left_queue: int = 0
    """Left the waiting line by a call, by abandonment or by transfer."""
    bins: tuple[int, ...] = (0,) * _WAIT_BINS
    """The histogram of ``waits`` by ``facts.WAIT_EDGES_S``."""

    @property
    def mean_wait_s(self) -> float | None:
        return _ratio(self.wait_ms, self.waits * 1000)

    @property
    def mean_service_s(self) -> float | None:
        return _ratio(self.service_ms, self.services * 1000)

    @property
    def decided(self) -> int:
        """Waits of which it is known whether they were within the norm."""
        return self.waits + self.abandoned_late

    @property
    def within_norm(self) -> float | None:
        """The service level: called within the norm, of all decided waits (design §4)."""
        return _ratio(self.within, self.decided)

    @property
    def abandonment(self) -> float | None:
        """Abandoned / issued. Over a few minutes it may exceed 1: who leaves was issued earlier."""
        return _ratio(self.abandoned, self.issued)

    @property
    def occupancy(self) -> float | None:
        """Busy / open time (design §4)."""
        return _ratio(self.busy_ms, self.open_ms)

    @property
    def served_per_hour(self) -> float | None:
        """Served in an hour of one open window."""
        return _ratio(self.served * _HOUR_MS, self.open_ms)

    def quantile_s(self, share: float) -> float | None:
        """The wait that a share of all waits does not exceed, from the histogram (see :func:`quantile`)."""
        return quantile(self.bins, WAIT_EDGES_S, share)


class DocumentCounts(_Sums):
    """Documents finished in some place and time: taken off the clock by being ready, issued, rejected or withdrawn."""

    finished: int = 0
    ready: int = 0
    """Ready or issued: not rejected, not withdrawn."""
    on_time: int = 0
    """Ready by the due day. A rejection or withdrawal in time is neither on time nor late."""
    late: int = 0
    """Finished after the due day, whatever the end."""
    elapsed_ms: int = 0
    """From acceptance to done, of all finished."""
    bins: tuple[int, ...] = (0,) * _DAY_BINS
    """The histogram of the same by ``DAYS_EDGES``."""

    @property
    def on_time_share(self) -> float | None:
        """Of the documents that were ready or finished late, the share ready by the due day (docs/week.md)."""
        return _ratio(self.on_time, self.on_time + self.late)

    @property
    def mean_days(self) -> float | None:
        return _ratio(self.elapsed_ms, self.finished * DAY_MS)

    def quantile_days(self, share: float) -> float | None:
        """Days from acceptance to done that a share of the documents does not exceed (see :func:`quantile`)."""
        return quantile(self.bins, DAYS_EDGES, share)


class AgencyCounts(_Sums):
    """What a party ("centre" or an agency) had to do with the documents finished in some place and time."""

    documents: int = 0
    """Documents that it held for some time."""
    used_ms: int = 0
    over_ms: int = 0
    """Of ``used_ms``, what went beyond its allowance, document by document."""
    late: int = 0
    """Late documents whose delay is attributed to it (:func:`dashboard.deadlines.whose_delay`)."""

    @property
    def mean_days(self) -> float | None:
        return _ratio(self.used_ms, self.documents * DAY_MS)

    @property
    def mean_over_days(self) -> float | None:
        return _ratio(self.over_ms, self.documents * DAY_MS)


def quantile(bins: Iterable[int], edges: tuple[int, ...], share: float) -> float | None:
    """A quantile of a histogram: linear inside a bin; in the last, open bin its lower edge. None for an empty one.

    ``bins[n]`` counts values in ``(edges[n - 1], edges[n]]``, the first from 0, the last without an end.
    """
    counts = list(bins)
    total = sum(counts)
    if total <= 0:
        return None
    wanted, reached, lower = share * total, 0, 0
    for count, edge in zip(counts, edges, strict=False):
        if count and reached + count >= wanted:
            return lower + (edge - lower) * max(0.0, wanted - reached) / count
        reached += count
        lower = edge
    return float(lower)


def counts_of(row: Mapping[Any, Any]) -> Counts:
    """A row of a rollup table, or a sum over rows, by the names of its columns (``w00`` … are the bins)."""
    return _from_columns(Counts, row, "w", _WAIT_BINS)


def document_counts_of(row: Mapping[Any, Any]) -> DocumentCounts:
    """The same for documents (``d00`` … are the bins)."""
    return _from_columns(DocumentCounts, row, "d", _DAY_BINS)


def _from_columns(kind: type[_Summed], row: Mapping[Any, Any], letter: str, width: int) -> _Summed:
    names = [name for name in kind.__struct_fields__ if name in row]
    bins = [f"{letter}{number:02}" for number in range(width)]
    found = kind(**{name: int(row[name]) for name in names})
    if bins[0] in row:
        setattr(found, "bins", tuple(int(row[name]) for name in bins))  # noqa: B010 - not of every kind
    return found


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None

"""When a branch is open, in epoch milliseconds, and where within that an arrival or a piece of work falls."""

from collections.abc import Iterator
from itertools import pairwise
from random import Random

from dashboard.hours import opening
from dashboard.network import Branch, Network

HOUR_MS = 3_600_000
_DOOR_MS = 300_000
"""Who stood at the door gets a ticket within these first five minutes."""
_EDGE_MS = 600_000
"""Nobody hands over a document in the first or last ten minutes of a day."""
_CLOSED_FOR_GOOD = 60
"""A branch that does not open for so many days never will."""

Piece = tuple[int, int, float]
"""(from, until) in ms after opening, and the share of a day's visitors who come in it."""


class BranchHours:
    """Opening hours of a branch on calendar days (local ordinals)."""

    def __init__(self, branch: Branch, network: Network) -> None:
        self._branch, self._network = branch, network
        self._days: dict[int, tuple[int, int] | None] = {}

    def of(self, day: int) -> tuple[int, int] | None:
        """(opening, closing) of a local day in epoch ms; None on a day off."""
        if day not in self._days:
            self._days[day] = self._look_up(day)
        return self._days[day]

    def _look_up(self, day: int) -> tuple[int, int] | None:
        found = opening(self._branch, self._network, day)
        return (round(found[0] * 1000), round(found[1] * 1000)) if found else None

    def first_open(self, day: int) -> int:
        """``day`` or the first day after it on which the branch opens; ``ValueError`` when it never does."""
        for each in range(day, day + _CLOSED_FOR_GOOD):
            if self.of(each):
                return each
        raise ValueError(f"branch {self._branch.id} has no opening hours")

    def at_work(self, ms: int, rng: Random) -> int:
        """``ms`` when the branch then works, else a moment in the first two hours of its next working day."""
        day = self._network.local.day(ms / 1000)
        hours = self.of(day)
        if hours and hours[0] + _EDGE_MS <= ms <= hours[1] - _EDGE_MS:
            return ms
        if hours is None or ms > hours[1] - _EDGE_MS:
            day += 1
        opens = self.of(self.first_open(day))
        assert opens is not None
        return opens[0] + _EDGE_MS + int(rng.random() * 2 * HOUR_MS)


def profile(opens: int, closes: int, hourly: tuple[float, ...], at_the_door: float, last_ticket_ms: int) -> list[Piece]:
    """How a day's visitors spread over it; shares add up to 1.

    ``opens`` and ``closes`` are minutes after local midnight, ``hourly`` 24 relative weights by local hour,
    ``at_the_door`` the share of the day's visitors who wait for the doors to open.
    """
    first, last = opens * 60_000, closes * 60_000 - last_ticket_ms
    edges = sorted({first, first + _DOOR_MS, last, *(h * HOUR_MS for h in range(25) if first < h * HOUR_MS < last)})
    weights = [hourly[begins // HOUR_MS] * (ends - begins) for begins, ends in pairwise(edges)]
    total = sum(weights)
    shares = [(1 - at_the_door) * weight / total for weight in weights]
    shares[0] += at_the_door
    return [(a - first, b - first, share) for (a, b), share in zip(pairwise(edges), shares, strict=True)]


def arrivals(rng: Random, volume: float, pieces: list[Piece]) -> Iterator[int]:
    """Moments (ms after opening) of a non-homogeneous Poisson process of ``volume`` expected visitors."""
    for begins, ends, share in pieces:
        if share <= 0:
            continue
        gap = (ends - begins) / (volume * share)
        at = begins + rng.expovariate(1) * gap
        while at < ends:
            yield int(at)
            at += rng.expovariate(1) * gap

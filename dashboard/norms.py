"""Norms and thresholds, and their changes: each holds from the start of a local day on (docs/network.md).

What a day's waits were held against is never changed afterwards. So a number of the past stays what it was, and nothing
that is kept has to be made anew when a norm changes.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from msgspec import Struct, structs


class Threshold(Struct, frozen=True):
    """One level rule. ``metric`` is ``group.member`` of the snapshot, for instance ``sla.overdue``.

    ``worse`` says which way is bad. A level is entered at its value and left only when the value is
    better than ``margin`` (a share of the entry value) short of it: hysteresis, so that a tile does not flicker.
    """

    metric: str
    watch: float
    act: float
    worse: Literal["above", "below"] = "above"
    margin: float = 0.1


class Norms(Struct, frozen=True):
    wait_s: float = 1200.0
    """The waiting norm (service level), seconds."""
    occupancy: float = 0.85
    turnover: float = 0.15
    overdue: int = 0
    at_risk_days: int = 2
    """At most this many working days left makes an open application "at risk"."""


class NormChange(Struct, frozen=True):
    """One row: what is different from ``first_day`` (a local ordinal) on; or that an earlier row is taken back."""

    number: int
    """From 1, in the order in which they were made."""
    first_day: int
    made: float
    """Epoch seconds."""
    who: str
    """A login, or ``console:<user>``."""
    why: str
    norms: Mapping[str, float] = {}
    """Members of :class:`Norms`."""
    thresholds: tuple[Threshold, ...] = ()
    """Whole rules, each in the place of the one of its metric."""
    takes_back: int | None = None
    """The number of the row that is not to come; such a row changes nothing else."""


class Known(NamedTuple):
    """Changes as they were last put in."""

    version: int
    starts: tuple[int, ...]
    """First days of ``rows``."""
    rows: tuple[NormChange, ...]
    """Those that hold, in the order in which they begin."""
    every: tuple[NormChange, ...]
    """Those that are taken back too."""


class NormChanges:
    """All changes of a network, shared by all who hold the network or a copy of it: what is put in, each of them sees.

    Read without a lock: what is known is one tuple, which is replaced as a whole.
    """

    __slots__ = ("known",)

    def __init__(self, rows: Iterable[NormChange] = ()) -> None:
        self.known = Known(0, (), (), ())
        self.put(rows)

    def put(self, rows: Iterable[NormChange]) -> None:
        """All rows there are. Those that are taken back are kept, to be shown, and hold for no day."""
        every = tuple(rows)
        if every == self.known.every:
            return
        taken = {each.takes_back for each in every}
        holds = (each for each in every if each.takes_back is None and each.number not in taken)
        in_force = tuple(sorted(holds, key=lambda each: (each.first_day, each.number)))
        self.known = Known(self.known.version + 1, tuple(each.first_day for each in in_force), in_force, every)

    def upto(self, day: int) -> tuple[NormChange, ...]:
        """Those that hold on a local day, the newest last."""
        return self.known.rows[: bisect_right(self.known.starts, day)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NormChanges) and self.known.every == other.known.every

    def __hash__(self) -> int:  # rows are put in later, and a network must keep its hash
        return hash(NormChanges)


def applied(
    norms: Norms, thresholds: tuple[Threshold, ...], changes: Iterable[NormChange]
) -> tuple[Norms, tuple[Threshold, ...]]:
    """Norms and thresholds after changes, in their order. A rule keeps its place, a new one comes last."""
    for each in changes:
        norms = structs.replace(norms, **each.norms)
        rules = {rule.metric: rule for rule in (*thresholds, *each.thresholds)}
        thresholds = tuple(rules.values())
    return norms, thresholds

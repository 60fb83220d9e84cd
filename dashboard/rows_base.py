"""What rows behind a number are made of: a place at a moment, columns, and how a number follows from its rows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from msgspec import Struct

from dashboard.freshness import freshness, is_planned, picture_at
from dashboard.metrics import Number, percentile, ratio
from dashboard.network import Centre, Network
from dashboard.state import BranchState, CentreState

Kind = Literal[
    "centre", "branch", "ticket", "document", "window", "code", "service", "party", "parties", "word",
    "moment", "day", "seconds", "days", "count", "share", "flag",
]  # fmt: skip
"""What a column holds. ``centre`` to ``party`` are ids; ``parties`` maps parties to days; ``word`` is one of a few
values that the screen has words for; ``moment`` is epoch seconds, ``day`` a local ordinal."""

Row = Any
"""A Struct of rows_queue, rows_load, rows_staff or rows_documents; all have ``centre`` and ``branch``."""
Rows = Sequence[Row]

_NOTHING: Final = BranchState()


class Scope(Struct, frozen=True):
    """A place at a moment: a branch, a centre (``branch`` None) or the network (``centre`` None too)."""

    network: Network
    now: float
    """The clock that the place's numbers were computed for, epoch seconds."""
    states: Mapping[str, CentreState]
    """By centre: that of the place's centre at least."""
    centre: str | None = None
    branch: str | None = None

    @property
    def is_planned(self) -> bool:
        """Whether the place is of a centre that has not opened: nothing is known of it."""
        return self.centre is not None and not operating(self)


class Part(Struct, frozen=True):
    """One unit of a place whose queue is shown, and the moment that it is shown for."""

    centre: Centre
    unit: str
    """A branch id, or "" for what was said of the whole centre."""
    branch: BranchState
    now: float

    @property
    def is_known(self) -> bool:
        return self.branch.since is not None and self.branch.since <= self.now


class Column(Struct, frozen=True):
    """A column of a table of rows: the rows' attribute ``key``, which is also the key of its heading."""

    key: str
    kind: Kind


class Behind(Struct, frozen=True):
    """What stands behind one metric."""

    key: str
    columns: tuple[Column, ...]
    rows: Callable[[Scope], Rows | None]
    """The rows of a place that operates; None where the number cannot be known."""
    follows: Callable[[Rows], Any]
    """The number from its rows."""
    worst: tuple[str, ...] = ()
    """Attributes that rows are sorted by, the worst first; ``-`` before one puts the largest first. Unknown last."""


def operating(scope: Scope) -> list[tuple[Centre, CentreState]]:
    """The centres of a place that have opened, with their states."""
    centres = [each for each in scope.network.centres if scope.centre in (None, each.id) and each.id in scope.states]
    return [(each, scope.states[each.id]) for each in centres if not is_planned(scope.states[each.id], each, scope.now)]


def parts(scope: Scope) -> Iterator[Part]:
    """The units whose queue and load make up the place's: in the network not those of centres that are silent or closed
    (they are not known now), each for the moment of its centre's last known picture."""
    for centre, state in operating(scope):
        if scope.centre is None and freshness(state, centre, scope.network, scope.now) in ("silent", "closed"):
            continue
        now = picture_at(state, scope.now)
        for unit in [scope.branch] if scope.branch else [*(each.id for each in centre.branches), ""]:
            yield Part(centre, unit, state.branches.get(unit, _NOTHING), now)


def units(centre: Centre, scope: Scope) -> set[str]:
    """Which units' staff and documents are the place's: what is said of the whole of a centre with a single branch is
    said of the branch."""
    if scope.branch is None:
        return {"", *(each.id for each in centre.branches)}
    return {scope.branch, ""} if len(centre.branches) == 1 else {scope.branch}


def in_order(rows: Rows, worst: tuple[str, ...]) -> list[Row]:
    """Rows sorted the worst first."""
    found = list(rows)
    for each in reversed(worst):
        name, last = each.removeprefix("-"), each.startswith("-")
        known = [row for row in found if getattr(row, name) is not None]
        known.sort(key=lambda row, name=name: getattr(row, name), reverse=last)  # type: ignore[misc]
        found = known + [row for row in found if getattr(row, name) is None]
    return found


def count(rows: Rows) -> Number:
    return len(rows)


def largest(name: str) -> Callable[[Rows], Number]:
    """The largest value of a column; None of no rows."""
    return lambda rows: max((getattr(row, name) for row in rows), default=None)


def percentile_of(name: str, share: float) -> Callable[[Rows], Number]:
    """A percentile of a column (:func:`dashboard.metrics.percentile`)."""
    return lambda rows: percentile([getattr(row, name) for row in rows], share)


def share_of(name: str) -> Callable[[Rows], Number]:
    """Rows with a flag / all rows."""
    return lambda rows: ratio(sum(getattr(row, name) for row in rows), len(rows))


def sum_over_sum(part: str, whole: str) -> Callable[[Rows], Number]:
    """The sum of one column (or the rows with a flag) / that of another."""
    return lambda rows: ratio(sum(getattr(row, part) for row in rows), sum(getattr(row, whole) for row in rows))


def count_by(name: str) -> Callable[[Rows], dict[str, int]]:
    """Rows by the value of a column."""

    def counts(rows: Rows) -> dict[str, int]:
        found: dict[str, int] = {}
        for row in rows:
            value = getattr(row, name)
            found[value] = found.get(value, 0) + 1
        return found

    return counts

"""The windows and operators behind the numbers of the load: counted as :mod:`dashboard.queue_sample` counts them."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Final, Literal

from msgspec import Struct

from dashboard import rows_base as base
from dashboard.metrics import Number, ratio
from dashboard.queue_sample import LoadSample, relevant, sample_service, sample_shifts, union_s
from dashboard.rows_base import Behind, Column, Part, Rows, Scope
from dashboard.rows_queue import waiting
from dashboard.state import Change, Ticket


class WindowRow(Struct):
    """One window: by the network file, or one that only an event has named."""

    centre: str
    branch: str
    window: str
    is_listed: bool
    """In the network file."""
    state: Literal["serving", "free", "paused", "closed", ""] = ""
    """Empty while it is not known."""
    since: float | None = None
    operator: str = ""
    ticket: str = ""
    """That is served there: of several the one that has been there longest."""
    issued: float | None = None
    is_open: bool = False
    """Its operator is open and not paused."""
    is_serving: bool = False


class OperatorRow(Struct):
    """One operator's last 60 minutes at a branch."""

    centre: str
    branch: str
    operator: str
    window: str
    busy_s: float
    """From call to finish, overlaps once."""
    open_s: float
    """Open and not paused."""
    share: float | None


class DemandRow(Struct):
    """A ticket that waits, or a window that is open."""

    centre: str
    branch: str
    what: Literal["waiting", "window"]
    ticket: str = ""
    service: str = ""
    issued: float | None = None
    waited_s: float | None = None
    window: str = ""
    operator: str = ""
    since: float | None = None
    """Since when the window is as it is."""


def windows(scope: Scope) -> list[WindowRow]:
    """Every window of a place. Those of a centre whose load is not known now are there, without a state."""
    found = [
        WindowRow(centre.id, branch.id, window, is_listed=True)
        for centre, _ in base.operating(scope)
        for branch in centre.branches
        if scope.branch in (None, branch.id)
        for window in branch.windows
    ]
    by_place = {(row.centre, row.branch, row.window): row for row in found}
    for part in base.parts(scope):
        if part.is_known:
            _fill(by_place, part, scope)
    return list(by_place.values())


def _fill(found: dict[tuple[str, str, str], WindowRow], part: Part, scope: Scope) -> None:
    def row(window: str) -> WindowRow:
        place = (part.centre.id, part.unit, window)
        return found.setdefault(place, WindowRow(*place, is_listed=False))

    for operator, change in _in_force(part):
        _occupy(row(change.window), operator, change, part.now)
    for number, ticket in _at_windows(part, scope):
        _serve(row(ticket.window), number, ticket)


def _in_force(part: Part) -> Iterator[tuple[str, Change]]:
    """Each operator's last change of state."""
    for operator, changes in part.branch.operators.items():
        last = bisect_right(changes, part.now, key=lambda change: change.time) - 1
        if last >= 0:
            yield operator, changes[last]


_RANK: Final = ("", "closed", "paused", "free")


def _occupy(row: WindowRow, operator: str, change: Change, now: float) -> None:
    """Of several operators who were at a window the one who is open counts, else the last."""
    lasts = now < change.expires
    is_open = lasts and change.kind in ("opened", "resumed")
    state: Literal["free", "paused", "closed"] = (
        "free" if is_open else "paused" if lasts and change.kind == "paused" else "closed"
    )
    since = change.time if lasts else change.expires
    if (_RANK.index(state), since) > (_RANK.index(row.state), row.since or 0.0):
        row.state, row.since = state, since
        row.operator = "" if state == "closed" else operator
    row.is_open |= is_open


def _at_windows(part: Part, scope: Scope) -> Iterator[tuple[str, Ticket]]:
    """Tickets that are called and not finished; the one that has been there longest last."""
    found: list[tuple[str, Ticket]] = []
    for queue in relevant(part.branch, scope.network, part.now):
        for number, ticket in queue.tickets.items():
            serving: set[str] = set()
            if ticket.called is not None and ticket.called <= part.now:
                sample_service(ticket, part.branch.operators, {}, serving, part.now)
            if serving:
                found.append((number.partition("\0")[0], ticket))
    yield from sorted(found, key=lambda each: -(each[1].at_window or 0.0))


def _serve(row: WindowRow, number: str, ticket: Ticket) -> None:
    row.is_serving, row.state, row.since = True, "serving", ticket.at_window
    row.operator, row.ticket, row.issued = ticket.operator, number, ticket.start


def operators(scope: Scope) -> list[OperatorRow]:
    """Operators who were open or served in the last 60 minutes."""
    return [row for part in base.parts(scope) if part.is_known for row in _part_operators(part, scope)]


def _part_operators(part: Part, scope: Scope) -> Iterator[OperatorRow]:
    busy: dict[str, list[tuple[float, float]]] = {}
    for queue in relevant(part.branch, scope.network, part.now):
        for ticket in queue.tickets.values():
            if ticket.called is not None and ticket.called <= part.now:
                sample_service(ticket, part.branch.operators, busy, set(), part.now)
    at = {operator: change.window for operator, change in _in_force(part)}
    for operator in {**part.branch.operators, **busy}:
        load, changes = LoadSample(), part.branch.operators.get(operator, [])
        sample_shifts({operator: changes}, load, part.now)
        busy_s = union_s(busy.get(operator, []))
        if busy_s or load.open_s:
            share = ratio(busy_s, load.open_s)
            yield OperatorRow(part.centre.id, part.unit, operator, at.get(operator, ""), busy_s, load.open_s, share)


def _is_heard(scope: Scope) -> bool:
    """Whether operators have been heard of: a feed of tickets alone says nothing about windows."""
    return any(part.is_known and part.branch.operators for part in base.parts(scope))


def _open_windows(scope: Scope) -> Rows | None:
    return [row for row in windows(scope) if row.is_open] if _is_heard(scope) else None


def _listed(scope: Scope) -> Rows:
    return [row for row in windows(scope) if row.is_listed]


def _serving(scope: Scope) -> Rows | None:
    known = any(part.is_known for part in base.parts(scope))
    return [row for row in windows(scope) if row.is_serving] if known else None


def _demand(scope: Scope) -> Rows | None:
    tickets, opened = waiting(scope), _open_windows(scope)
    if tickets is None or opened is None:
        return None
    return [
        *(
            DemandRow(row.centre, row.branch, "waiting", row.ticket, row.service, row.issued, row.waited_s)
            for row in tickets
        ),
        *(
            DemandRow(row.centre, row.branch, "window", window=row.window, operator=row.operator, since=row.since)
            for row in opened
        ),
    ]


def _per_window(rows: Rows) -> Number:
    people = sum(row.what == "waiting" for row in rows)
    return ratio(people, len(rows) - people)


_WHICH: Final = (Column("window", "window"), Column("centre", "centre"), Column("branch", "branch"))
_STATE: Final = (Column("state", "word"), Column("since", "moment"), Column("operator", "code"))
_WINDOWS: Final = (*_WHICH, *_STATE, Column("ticket", "ticket"))
_OPERATORS: Final = (
    Column("operator", "code"),
    Column("centre", "centre"),
    Column("branch", "branch"),
    Column("share", "share"),
    Column("busy_s", "seconds"),
    Column("open_s", "seconds"),
    Column("window", "window"),
)
_DEMAND: Final = (
    Column("what", "word"),
    Column("ticket", "ticket"),
    Column("waited_s", "seconds"),
    *_WHICH,
    Column("operator", "code"),
    Column("service", "service"),
    Column("issued", "moment"),
    Column("since", "moment"),
)
_Rows = Callable[[Scope], Rows | None]

BEHIND: Final = (
    Behind("load.windows_open", _WINDOWS, _open_windows, base.count, ("since",)),
    Behind("load.windows_total", _WINDOWS, _listed, base.count, ("is_open", "centre", "branch")),
    Behind("load.serving", _WINDOWS, _serving, base.count, ("since",)),
    Behind("load.occupancy", _OPERATORS, operators, base.sum_over_sum("busy_s", "open_s"), ("-share", "-busy_s")),
    Behind("load.waiting_per_window", _DEMAND, _demand, _per_window, ("what", "-waited_s", "since")),
)

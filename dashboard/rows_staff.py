"""The people and posts behind the numbers of turnover: counted as :mod:`dashboard.staff_sample` counts them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, Literal

from msgspec import Struct

from dashboard import rows_base as base
from dashboard.calendars import DAY_S
from dashboard.metrics import Number, ratio
from dashboard.network import Centre
from dashboard.rows_base import Behind, Column, Rows, Scope
from dashboard.staff_sample import (
    BEFORE_ALL,
    LEAST_HISTORY_S,
    SHORT_SERVICE_S,
    YEAR_S,
    Employment,
    StaffSample,
    merged,
    sample_staff,
)
from dashboard.staff_scopes import network_people
from dashboard.state import CentreState, Spell

QUARTER_S: Final = 90 * DAY_S


class EmploymentRow(Struct):
    """One person's time in the place, transfers inside it joined together."""

    centre: str
    branch: str
    """The last one; empty for the centre as a whole."""
    employee: str
    joined: float | None
    """None when the joining is not known."""
    left: float | None
    """None for who is still there."""
    reason: str
    """Of who left."""
    served_days: float | None
    is_short: bool
    """Left with under 183 days of service."""


class TurnoverRow(Struct):
    """A headcount at a month's boundary, or somebody who left in the last 365 days."""

    centre: str
    branch: str
    what: Literal["headcount", "left"]
    moment: float
    """Of the headcount, or of the leaving."""
    headcount: int | None
    history_s: float | None
    """How much history there is at that moment, seconds: 365 days at most."""
    history_days: float | None
    employee: str = ""
    reason: str = ""
    served_days: float | None = None


class PostsRow(Struct):
    """The posts of a branch, or of a centre that said them as a whole, and who is on the staff there."""

    centre: str
    branch: str
    posts: int | None
    said: Literal["event", "file", ""]
    since: float | None
    """When the event said so."""
    staff: int
    vacancies: int | None


def employments(scope: Scope) -> Iterator[tuple[str, Employment]]:
    """(employee, employment) of all who ever were in the place; a unit is named ``<centre>/<unit>``."""
    centres = base.operating(scope)
    units = {f"{centre.id}/{unit}" for centre, _ in centres for unit in base.units(centre, scope)}
    for employee, spells in network_people(state for _, state in centres).items():
        inside = spells if scope.branch is None else [each for each in spells if each.unit in units]
        for each in merged(inside):
            yield employee, each


def sample(scope: Scope) -> StaffSample:
    """The sample that the place's numbers are computed from."""
    spells = (
        [Spell(each.unit, None if each.joined == BEFORE_ALL else each.joined, each.left, each.reason)]
        for _, each in employments(scope)
    )
    return sample_staff(spells, None, scope.network.local, scope.now)


def _row(employee: str, each: Employment, now: float) -> EmploymentRow:
    centre, _, branch = each.unit.partition("/")
    joined = None if each.joined == BEFORE_ALL else each.joined
    left = each.left if each.left is not None and each.left <= now else None
    served = None if joined is None else (now if left is None else left) - joined
    short = left is not None and each.served_s is not None and each.served_s < SHORT_SERVICE_S
    days = None if served is None else served / DAY_S
    return EmploymentRow(centre, branch, employee, joined, left, each.reason if left is not None else "", days, short)


def _is_known(scope: Scope) -> bool:
    return any(each.began <= scope.now for _, each in employments(scope))


def _staff(scope: Scope) -> Rows | None:
    if not _is_known(scope):
        return None
    found = [_row(employee, each, scope.now) for employee, each in employments(scope) if each.joined <= scope.now]
    return [row for row in found if row.left is None]


def _leavers(within_s: float) -> Callable[[Scope], Rows]:
    def rows(scope: Scope) -> Rows:
        since, now = scope.now - within_s, scope.now
        return [
            _row(employee, each, now)
            for employee, each in employments(scope)
            if each.left is not None and since < each.left <= now
        ]

    return rows


def _if_known(rows: Callable[[Scope], Rows]) -> Callable[[Scope], Rows | None]:
    return lambda scope: rows(scope) if _is_known(scope) else None


def _with_known_service(scope: Scope) -> Rows:
    return [row for row in _leavers(YEAR_S)(scope) if row.served_days is not None]


def _turnover(scope: Scope) -> Rows:
    """The headcounts that the rate is divided by, and the leavers that are counted; nothing while nothing is known."""
    whole = sample(scope)
    if not whole.known:
        return []
    months = [
        TurnoverRow(
            scope.centre or "",
            scope.branch or "",
            "headcount",
            moment,
            whole.headcount(moment),
            min(YEAR_S, moment - whole.since),
            min(YEAR_S, moment - whole.since) / DAY_S,
        )
        for moment in whole.boundaries
    ]
    leavers = [
        TurnoverRow(
            each.centre, each.branch, "left", each.left, None, None, None, each.employee, each.reason, each.served_days
        )
        for each in _leavers(YEAR_S)(scope)
    ]
    return [*leavers, *months]


def _history_s(rows: Rows) -> float:
    return max((row.history_s for row in rows if row.history_s is not None), default=0.0)


def _rate(rows: Rows) -> Number:
    """Leavers / mean headcount, as a year's rate; None under 30 days of history."""
    heads, span = [row.headcount for row in rows if row.what == "headcount"], _history_s(rows)
    if not heads or span < LEAST_HISTORY_S:
        return None
    rate = ratio(len(rows) - len(heads), sum(heads) / len(heads))
    return None if rate is None else rate * YEAR_S / span


def _is_annualised(rows: Rows) -> bool:
    return bool(rows) and _history_s(rows) < YEAR_S


def _posts(scope: Scope) -> list[PostsRow]:
    return [row for centre, state in base.operating(scope) for row in _posts_of(centre, state, scope)]


def _posts_of(centre: Centre, state: CentreState, scope: Scope) -> Iterator[PostsRow]:
    """The newest ``staff.posts`` of the whole centre, else that of each branch, else the network file's."""
    whole = _said(state, "", scope.now)
    if whole and (scope.branch is None or len(centre.branches) == 1):
        yield PostsRow(centre.id, "", whole[1], "event", whole[0], 0, None)
        return
    for branch in centre.branches:
        if scope.branch not in (None, branch.id):
            continue
        said = _said(state, branch.id, scope.now)
        posts, since = (said[1], said[0]) if said else (branch.posts, None)
        yield PostsRow(centre.id, branch.id, posts, "event" if said else "file", since, 0, None)


def _said(state: CentreState, unit: str, now: float) -> tuple[float, int] | None:
    said = state.posts.get(unit)
    return said if said and said[0] <= now else None


def _vacancies(scope: Scope) -> Rows | None:
    """Posts and staff, unit by unit; units without the one or the other among them."""
    staff = _staff(scope)
    if staff is None:
        return None
    by_unit = {(row.centre, row.branch): row for row in _posts(scope)}
    for each in staff:
        place = (each.centre, each.branch)
        row = by_unit.setdefault(place, PostsRow(*place, None, "", None, 0, None))
        row.staff += 1
    for row in by_unit.values():
        row.vacancies = None if row.posts is None else row.posts - row.staff
    return list(by_unit.values())


def _sum_posts(rows: Iterable[PostsRow]) -> Number:
    known = [row.posts for row in rows if row.posts is not None]
    return sum(known) if known else None


def _posts_less_staff(rows: Rows) -> Number:
    posts = _sum_posts(rows)
    return None if posts is None else posts - sum(row.staff for row in rows)


_PLACE: Final = (Column("centre", "centre"), Column("branch", "branch"))
_JOINED, _LEFT = Column("joined", "moment"), Column("left", "moment")
_REASON, _SERVED = Column("reason", "word"), Column("served_days", "days")
_EMPLOYEE: Final = Column("employee", "code")
_STAFF: Final = (_EMPLOYEE, *_PLACE, _JOINED, _SERVED)
_LEAVERS: Final = (_EMPLOYEE, *_PLACE, _LEFT, _REASON, _SERVED, _JOINED)
_SHORT: Final = (_EMPLOYEE, *_PLACE, Column("is_short", "flag"), _SERVED, _LEFT, _REASON, _JOINED)
_RATE: Final = (
    Column("what", "word"),
    Column("moment", "moment"),
    Column("headcount", "count"),
    _EMPLOYEE,
    *_PLACE,
    _REASON,
    _SERVED,
    Column("history_days", "days"),
)
_POSTS: Final = (*_PLACE, Column("posts", "count"), Column("said", "word"), Column("since", "moment"))
_VACANCIES: Final = (
    *_PLACE,
    Column("vacancies", "count"),
    Column("posts", "count"),
    Column("staff", "count"),
    Column("said", "word"),
)

BEHIND: Final = (
    Behind("turnover.rate_12m", _RATE, _turnover, _rate, ("-what", "-moment")),
    Behind("turnover.headcount", _STAFF, _staff, base.count, ("-joined",)),
    Behind("turnover.posts", _POSTS, _posts, _sum_posts, ("-posts",)),
    Behind("turnover.left_90d", _LEAVERS, _if_known(_leavers(QUARTER_S)), base.count, ("-left",)),
    Behind("turnover.vacancies", _VACANCIES, _vacancies, _posts_less_staff, ("-vacancies",)),
    Behind("turnover.left_12m", _LEAVERS, _if_known(_leavers(YEAR_S)), base.count, ("-left",)),
    Behind(
        "turnover.short_service_share",
        _SHORT,
        _with_known_service,
        base.share_of("is_short"),
        ("-is_short", "served_days"),
    ),
    Behind("turnover.annualised", _RATE, _turnover, _is_annualised, ("-what", "-moment")),
    Behind("turnover.reasons", _LEAVERS, _leavers(YEAR_S), base.count_by("reason"), ("reason", "-left")),
)

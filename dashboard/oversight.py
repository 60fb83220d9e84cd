"""What was asked of centres and found wrong with them, and what became of it: directives, deficiencies, complaints,
visits (docs/pages/oversight.md).

Rows follow from the states of a moment and know nothing later than it. Days are local ordinals, moments epoch seconds.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, Literal, get_args

from msgspec import Struct

from dashboard.calendars import LocalTime
from dashboard.state import Case, CentreState

Which = Literal["directives", "deficiencies", "complaints"]
WHICH: Final[tuple[Which, ...]] = get_args(Which)
Standing = Literal["late", "due", "done"]
STANDINGS: Final[tuple[Standing, ...]] = get_args(Standing)
ABOUT: Final = ("bribery", "rudeness", "delay", "queue", "other")
"""What complaints are about; the first two are against a person and come first."""
SEVERE: Final = ABOUT[:2]
MONTHS: Final = 12
FIRST_EACH: Final = 3
"""So many of one kind are named among what must be answered first: many late directives must not hide a bribe."""


class Item(Struct, frozen=True):
    """A directive, a deficiency or a complaint."""

    which: Which
    centre: str
    code: str
    text: str
    """A directive's text, a deficiency's category, what a complaint is about; empty when nobody said."""
    opened: float
    day: int
    """That it came up on."""
    due: int | None
    closed: float | None
    closed_day: int | None
    late: int
    """Days past the due day until it was settled, or until the moment shown; 0 for one in time or without a due day."""
    age: int
    """Days that it has been open, or was."""
    upheld: bool | None = None

    @property
    def standing(self) -> Standing:
        if self.closed is not None:
            return "done"
        return "late" if self.late else "due"

    @property
    def is_open(self) -> bool:
        return self.closed is None


class Count(Struct, frozen=True):
    open: int
    late: int


class Place(Struct, frozen=True):
    """What stands open at a centre."""

    centre: str
    directives: Count
    deficiencies: Count
    complaints: int
    severe: int
    """Of the complaints, those of :data:`SEVERE`."""
    visited: int | None
    """Days since the last visit; None while there was none."""


class Month(Struct, frozen=True):
    """None: before anything was known."""

    year: int
    month: int
    came: int | None
    settled: int | None


class Complaints(Struct, frozen=True):
    """Of a span of days."""

    filed: Mapping[str, int]
    """By what they are about."""
    closed: int
    upheld: int

    @property
    def total(self) -> int:
        return sum(self.filed.values())

    @property
    def upheld_share(self) -> float | None:
        """Of those closed in the span, whenever they were filed."""
        return self.upheld / self.closed if self.closed else None


class Found(Struct, frozen=True):
    """Deficiencies of a category in a span of days."""

    category: str
    found: int
    fixed: int
    """Of those found, fixed by the moment shown; the others are still open."""
    late: int
    """Of those found, fixed after their due day or late by now."""


class Visit(Struct, frozen=True):
    centre: str
    code: str
    moment: float
    day: int
    found: int
    """Deficiencies told of on the same day, after it."""
    fixed: int
    directives: int
    """Given on the same day, after it."""


def items(states: Mapping[str, CentreState], which: Which, local: LocalTime, at: float) -> list[Item]:
    """All that had come up by ``at``, as it stood then: the worst first (:func:`worst_first`)."""
    found = [
        _item(which, centre, code, each, local, at)
        for centre, state in states.items()
        for code, each in cases(state, which).items()
        if each.opened is not None and each.opened <= at
    ]
    return worst_first(found)


def cases(state: CentreState, which: Which) -> Mapping[str, Case]:
    by: Mapping[Which, Mapping[str, Case]] = {
        "directives": state.directives,
        "deficiencies": state.deficiencies,
        "complaints": state.complaints,
    }
    return by[which]


def _item(which: Which, centre: str, code: str, case: Case, local: LocalTime, at: float) -> Item:
    assert case.opened is not None
    closed = case.closed if case.closed is not None and case.closed <= at else None
    until, day = local.day(at if closed is None else closed), local.day(case.opened)
    due = date.fromisoformat(case.due[:10]).toordinal() if case.due else None
    return Item(
        which,
        centre,
        code,
        case.kind,
        case.opened,
        day,
        due,
        closed,
        None if closed is None else until,
        0 if due is None else max(0, until - due),
        max(0, until - day),
        None if closed is None else case.upheld,
    )


def worst_first(found: Iterable[Item]) -> list[Item]:
    """What is open before what is settled. Of the open: the latest, then complaints of :data:`SEVERE`, then what is due
    soonest, then the oldest; of the settled the newest."""
    return sorted(found, key=_worst)


def _worst(each: Item) -> tuple[bool, float, int, float, float, str]:
    if each.closed is not None:
        return True, -each.closed, 0, 0, 0, each.code
    about = _rank(each.text) if each.which == "complaints" else 0
    return False, -each.late, about, float("inf") if each.due is None else each.due, each.opened, each.code


def _rank(about: str) -> int:
    return SEVERE.index(about) if about in SEVERE else len(SEVERE)


def count(found: Iterable[Item]) -> Count:
    standings = Counter(each.standing for each in found)
    return Count(standings["late"] + standings["due"], standings["late"])


def by_standing(found: Iterable[Item]) -> dict[Standing, int]:
    standings = Counter(each.standing for each in found)
    return {each: standings[each] for each in STANDINGS}


def open_about(complaints: Iterable[Item]) -> dict[str, int]:
    """Open complaints by what they are about, in the order of :data:`ABOUT`."""
    counted = Counter(each.text for each in complaints if each.is_open)
    return {each: counted[each] for each in ABOUT}


def first(directives: Sequence[Item], deficiencies: Sequence[Item], complaints: Sequence[Item]) -> list[Item]:
    """What must be answered first, at most :data:`FIRST_EACH` of a kind: bribery, late directives, rudeness, late
    deficiencies; each list is the worst first."""
    open_ = [each for each in complaints if each.is_open]
    groups = (
        [each for each in open_ if each.text == "bribery"],
        [each for each in directives if each.standing == "late"],
        [each for each in open_ if each.text == "rudeness"],
        [each for each in deficiencies if each.standing == "late"],
    )
    return [each for group in groups for each in group[:FIRST_EACH]]


def places(
    centres: Iterable[str],
    found: Mapping[Which, Sequence[Item]],
    states: Mapping[str, CentreState],
    local: LocalTime,
    at: float,
) -> list[Place]:
    """A row a centre: first where most is late, then where complaints against people are open, then where most is
    open; alike ones keep the order that they come in."""
    by = {which: _by_centre(each) for which, each in found.items()}
    rows = []
    for centre in centres:
        complaints = [each for each in by["complaints"].get(centre, ()) if each.is_open]
        rows.append(
            Place(
                centre,
                count(by["directives"].get(centre, ())),
                count(by["deficiencies"].get(centre, ())),
                len(complaints),
                sum(each.text in SEVERE for each in complaints),
                since_visit(states[centre], local, at),
            )
        )
    return sorted(rows, key=_neediest)


def _neediest(place: Place) -> tuple[int, int, int]:
    late, open_ = (
        sum(getattr(each, name) for each in (place.directives, place.deficiencies)) for name in ("late", "open")
    )
    return -late, -place.severe, -(open_ + place.complaints)


def _by_centre(found: Iterable[Item]) -> dict[str, list[Item]]:
    by: dict[str, list[Item]] = {}
    for each in found:
        by.setdefault(each.centre, []).append(each)
    return by


def since_visit(state: CentreState, local: LocalTime, at: float) -> int | None:
    """Local days since the last visit by ``at``."""
    made = [moment for moment in state.visits.values() if moment <= at]
    return local.day(at) - local.day(max(made)) if made else None


def months(found: Sequence[Item], local: LocalTime, at: float, since: float | None) -> list[Month]:
    """The last :data:`MONTHS` calendar months by what came up and what was settled in each; the last is not over.
    Nothing is known of those before ``since``, when the centres began to tell, and before the oldest of ``found``."""
    came = Counter(_month(each.day) for each in found)
    settled = Counter(_month(each.closed_day) for each in found if each.closed_day is not None)
    year, month = _month(local.day(at))
    days = [each.day for each in found] + ([] if since is None else [local.day(since)])
    begin = _month(min(days)) if days else None
    rows = []
    for back in range(MONTHS - 1, -1, -1):
        place = year * 12 + month - 1 - back
        key = (place // 12, place % 12 + 1)
        is_known = begin is not None and key >= begin
        rows.append(Month(*key, came[key], settled[key]) if is_known else Month(*key, None, None))
    return rows


def _month(day: int) -> tuple[int, int]:
    found = date.fromordinal(day)
    return found.year, found.month


def complaints_of(complaints: Iterable[Item], first_day: int, last_day: int) -> Complaints:
    """Filed in the days, and closed in them."""
    found = list(complaints)
    filed = Counter(each.text for each in found if first_day <= each.day <= last_day)
    closed = [each for each in found if each.closed_day is not None and first_day <= each.closed_day <= last_day]
    upheld = sum(each.upheld is True for each in closed)
    return Complaints({each: filed[each] for each in ABOUT}, len(closed), upheld)


def complaints_by_centre(complaints: Iterable[Item], first_day: int, last_day: int) -> dict[str, Complaints]:
    """Those of centres that had any; most complaints first."""
    by = {centre: complaints_of(each, first_day, last_day) for centre, each in _by_centre(complaints).items()}
    return dict(
        sorted(
            ((centre, each) for centre, each in by.items() if each.total or each.closed),
            key=lambda row: -row[1].total,
        )
    )


def found_by_category(deficiencies: Iterable[Item], first_day: int, last_day: int) -> list[Found]:
    """Deficiencies found in the days; the commonest category first."""
    by: dict[str, list[Item]] = {}
    for each in deficiencies:
        if first_day <= each.day <= last_day:
            by.setdefault(each.text, []).append(each)
    rows = [
        Found(category, len(each), sum(not one.is_open for one in each), sum(one.late > 0 for one in each))
        for category, each in by.items()
    ]
    return sorted(rows, key=lambda row: (-row.found, row.category))


def visits(
    states: Mapping[str, CentreState],
    found: Mapping[Which, Sequence[Item]],
    local: LocalTime,
    first_day: int,
    last_day: int,
    at: float,
) -> list[Visit]:
    """Visits of the days, the newest first, each with what was told of after it on its day."""
    after = {which: _by_centre(found[which]) for which in ("directives", "deficiencies")}
    rows: list[Visit] = []
    for centre, state in states.items():
        made = sorted((moment, code) for code, moment in state.visits.items() if moment <= at)
        for place, (moment, code) in enumerate(made):
            end = made[place + 1][0] if place + 1 < len(made) else float("inf")
            day = local.day(moment)
            if not first_day <= day <= last_day:
                continue
            said = {
                which: [each for each in by.get(centre, ()) if each.day == day and moment <= each.opened < end]
                for which, by in after.items()
            }
            fixed = sum(not each.is_open for each in said["deficiencies"])
            rows.append(Visit(centre, code, moment, day, len(said["deficiencies"]), fixed, len(said["directives"])))
    return sorted(rows, key=lambda each: (-each.moment, each.code))

"""What a meeting does with a week: it closes the numbers that it saw, and gives directives that are followed by their
codes (docs/week.md)."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from msgspec import Struct

from dashboard.state import CentreState
from dashboard.week import Number, NumberKey, PlaceWeek, Promise, Report, Week, read_week

_CODE: Final = re.compile(r"D-([0-9]{4})(W[0-9]{2})-(.+)-(queue|load|turnover|sla)-([0-9]{1,4})")


class Closing(Struct, frozen=True):
    """A week's numbers as a meeting saw them, which do not change any more."""

    revision: int
    """1 for the first time."""
    at: float
    by: str
    """A login, never a name."""
    reason: str = ""
    """Why it had been reopened before; empty for the first revision."""


class Code(Struct, frozen=True):
    """What the code of a directive of a meeting says: about which week, of which centre, about which number."""

    week: Week
    centre: str
    key: NumberKey
    number: int

    @property
    def text(self) -> str:
        return f"D-{self.week.year:04}W{self.week.number:02}-{self.centre}-{self.key}-{self.number}"


def read_code(text: str) -> Code | None:
    """``D-2026W47-kulsary-queue-1``; None for a directive that no meeting gave."""
    found = _CODE.fullmatch(text)
    if found is None:
        return None
    try:
        return Code(read_week(f"{found[1]}-{found[2]}"), found[3], found[4], int(found[5]))  # type: ignore[arg-type]
    except ValueError:
        return None


class Followed(Struct, frozen=True):
    """A directive of the meeting before, and its number then and now."""

    promise: Promise
    number: Number
    """Of the week: ``before`` is what that meeting saw."""


def followed(report: Report) -> list[Followed]:
    """What the last meeting decided, and whether the number moved since; in the report's order of centres."""
    places = {each.facts.id: each for each in report.centres}
    last = report.week.before()
    found = []
    for promise in report.facts.promises:
        code = read_code(promise.code)
        if code is not None and code.week == last and code.centre in places:
            found.append(Followed(promise, places[code.centre].number(code.key)))
    order = list(places)
    return sorted(found, key=lambda each: (order.index(each.promise.centre), each.promise.code))


def decided(states: Mapping[str, CentreState], week: Week, now: float) -> list[Promise]:
    """What the meeting about this week has decided by ``now``, in order of issue. It is said after the week has ended,
    so it is no part of the week's facts."""
    found = []
    for centre, state in states.items():
        for text, case in state.directives.items():
            code = read_code(text)
            if code is not None and code.week == week and case.opened is not None and case.opened <= now:
                due = date.fromisoformat(case.due[:10]).toordinal() if case.due else None
                found.append(Promise(text, centre, case.kind, case.opened, due, case.closed))
    return sorted(found, key=lambda each: (each.issued, each.code))


def next_number(codes: Iterable[str], week: Week, centre: str, key: NumberKey) -> int:
    """The first that no directive of this meeting about this number has."""
    known = (read_code(each) for each in codes)
    same = (each.number for each in known if each and (each.week, each.centre, each.key) == (week, centre, key))
    return max(same, default=0) + 1


def must_answer(place: PlaceWeek) -> bool:
    """Worse by more than chance, or past a norm."""
    return place.facts.is_operating and (place.worse > 0 or place.past_norm > 0)

"""A part of a branch's day: the tickets that an operator, window, service and hour leave of it, and their sums."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from dashboard.network import Network
from dashboard.operator_day import Handled, OperatorDay, Sums, hour_reach

NARROWERS: Final = ("operator", "window", "service", "hour")

Row = tuple[str, Handled]
"""Operator, ticket in his hands."""


class Focus(Struct, frozen=True):
    """What is asked for of a day. ``rows`` fit all of it, in order of time."""

    day: int
    now: float
    rows: tuple[Row, ...]
    operators: tuple[OperatorDay, ...]
    """Those that are asked for; all of the branch when none is."""
    sums: Sums | None
    """Of these operators in the hour or day; None when a window or a service is asked for, which no time open is of."""
    hour: int | None
    problem: str = ""
    """``hour`` when that is no hour of the day."""


def is_asked(wanted: Mapping[str, str]) -> bool:
    """Whether the filters of an address ask for a part of the day."""
    return any(each in wanted for each in NARROWERS)


def focus(wanted: Mapping[str, str], operators: Sequence[OperatorDay], network: Network, day: int, now: float) -> Focus:
    """The part of a day (an ordinal) that filters ask for; ``operators`` are all of the branch's."""
    hour, problem = _hour(wanted.get("hour"))
    found = tuple(each for each in operators if wanted.get("operator") in (None, each.operator))
    reach = None if hour is None else hour_reach(network, day, hour)
    rows = tuple(
        (each.operator, handled)
        for each in found
        for handled in (each.handled if reach is None else each.in_hour(reach))
        if wanted.get("window") in (None, handled.window) and wanted.get("service") in (None, handled.service)
    )
    whole = not ("window" in wanted or "service" in wanted)
    sums = added(each.sums(reach) for each in found) if whole and not problem else None
    ordered = tuple(sorted(rows, key=lambda row: (row[1].since, row[0])))
    return Focus(day, now, () if problem else ordered, found, sums, hour, problem)


def added(parts: Iterable[Sums]) -> Sums:
    """Operators together."""
    every = list(parts)
    return Sums(
        tickets=sum(each.tickets for each in every),
        served=sum(each.served for each in every),
        busy_s=sum(each.busy_s for each in every),
        open_s=sum(each.open_s for each in every),
        paused_s=sum(each.paused_s for each in every),
    )


def _hour(text: str | None) -> tuple[int | None, str]:
    if text is None:
        return None, ""
    return (int(text), "") if text.isdecimal() and int(text) < 24 else (None, "hour")

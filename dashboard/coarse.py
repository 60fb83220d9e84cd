"""The same facts in coarser rows, so that a year is as quick to add up as a month: by hour, by day, by week.

Coarser rows are made from the finer ones of a batch, once for each batch; they add up as those do.
"""

from collections.abc import Iterable
from operator import add
from typing import Final, TypeVar

from msgspec import Struct

from dashboard.calendars import LocalTime
from dashboard.facts import Facts

HOUR_S: Final = 3600
Key = TypeVar("Key")


class Coarse(Struct, frozen=True):
    """Local days and weeks are ordinals; a week is named by its Monday."""

    hours: dict[tuple[str, int, int], list[int]]
    """(branch, local day, local hour of the wall clock) to BRANCH_COLUMNS."""
    days: dict[tuple[str, int], list[int]]
    """(branch, local day) to BRANCH_COLUMNS."""
    weeks: dict[tuple[str, str, int], list[int]]
    """(branch, service, local week) to TICKET_COLUMNS."""
    documents: dict[tuple[str, int], list[int]]
    """(branch, local week) to DOCUMENT_COLUMNS, all services together."""
    parties: dict[tuple[str, int], list[int]]
    """(party, local week) to PARTY_COLUMNS."""


def coarse(facts: Facts, local: LocalTime) -> Coarse:
    """The facts of branches by hour and day, those of services, documents and parties by week."""
    hours = _summed(
        ((branch, local.day(start), int(local.seconds_of_day(start)) // HOUR_S), row)
        for (branch, start), row in facts.branches.items()
    )
    days = _summed(((branch, day), row) for (branch, day, _), row in hours.items())
    weeks = _summed(((branch, service, monday(day)), row) for (branch, service, day), row in facts.services.items())
    documents = _summed(((branch, monday(day)), row) for (branch, _, day), row in facts.documents.items())
    parties = _summed(((party, monday(day)), row) for (party, day), row in facts.parties.items())
    return Coarse(hours, days, weeks, documents, parties)


def monday(day: int) -> int:
    """The Monday of a day's week: ordinal 1 was one."""
    return day - (day - 1) % 7


def _summed(rows: Iterable[tuple[Key, list[int]]]) -> dict[Key, list[int]]:
    found: dict[Key, list[int]] = {}
    for key, row in rows:
        known = found.get(key)
        found[key] = row if known is None else list(map(add, known, row))
    return found

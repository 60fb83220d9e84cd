"""Whose staff a number speaks of: that of a branch, of a centre or of the network, each person counted once in it."""

from collections.abc import Iterable

from dashboard.calendars import LocalTime
from dashboard.network import Centre
from dashboard.staff_sample import StaffSample, sample_staff
from dashboard.state import CentreState, Spell


def people(state: CentreState, units: set[str] | None = None) -> list[list[Spell]]:
    """One list a person: her spells in these units (branches, or "" for the centre); by default in all of them."""
    if units is None:
        return list(state.staff.values())
    found = ([each for each in spells if each.unit in units] for spells in state.staff.values())
    return [spells for spells in found if spells]


def posts(state: CentreState, unit: str, by_file: int | None, now: float) -> int | None:
    """Established posts of a unit: what was said last by ``now``, else ``by_file``."""
    said = state.posts.get(unit)
    return said[1] if said and said[0] <= now else by_file


def branch_staff(state: CentreState, centre: Centre, local: LocalTime, now: float) -> dict[str, StaffSample]:
    """Samples by branch id, and "" for what was said of the whole centre alone.

    What is said of the whole of a centre with one branch is said of the branch.
    """
    units: dict[str, int | None] = {each.id: each.posts for each in centre.branches}
    found = {
        unit: sample_staff(people(state, {unit}), posts(state, unit, by_file, now), local, now)
        for unit, by_file in (units | {"": None}).items()
    }
    if len(units) == 1:
        (only,) = units
        said = posts(state, "", found[only].posts, now)
        found[only] = sample_staff(people(state, {only, ""}), said, local, now)
    return found


def centre_posts(state: CentreState, centre: Centre, now: float) -> int | None:
    """What was said of the whole centre, else the sum of its branches' posts."""
    said = posts(state, "", None, now)
    return said if said is not None else sum_known(posts(state, each.id, each.posts, now) for each in centre.branches)


def centre_staff(state: CentreState, centre: Centre, local: LocalTime, now: float) -> StaffSample:
    """The centre's staff, counted once over all its branches."""
    return sample_staff(people(state), centre_posts(state, centre, now), local, now)


def network_people(states: Iterable[CentreState]) -> dict[str, list[Spell]]:
    """Employee code to her spells in all these centres, their units named ``<centre>/<unit>``."""
    found: dict[str, list[Spell]] = {}
    for state in states:
        for employee, spells in state.staff.items():
            named = [Spell(f"{state.id}/{each.unit}", each.joined, each.left, each.reason) for each in spells]
            found[employee] = found.get(employee, []) + named
    return found


def network_staff(
    states: Iterable[CentreState], centres: Iterable[StaffSample], local: LocalTime, now: float
) -> StaffSample:
    """The network's staff; ``centres`` are the samples of the same centres. Who moved between them has not left."""
    whole = sum_known(each.posts for each in centres)
    return sample_staff(network_people(states).values(), whole, local, now)


def sum_known(values: Iterable[int | None]) -> int | None:
    """The sum of what is known; None when nothing is."""
    known = [each for each in values if each is not None]
    return sum(known) if known else None

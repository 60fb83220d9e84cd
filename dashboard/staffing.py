"""Staff by place: who joined and left, who moved inside, month by month, and how places add up to their whole.

The numbers are those of :mod:`dashboard.staff_sample` and so the snapshot's; here stands what the snapshot has not.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Literal

from msgspec import Struct, structs

from dashboard.documents_sample import DocumentSample
from dashboard.freshness import is_planned
from dashboard.metrics import Number, Sample, turnover_12m
from dashboard.network import Centre, Network
from dashboard.queue_sample import LoadSample, QueueSample
from dashboard.staff_sample import (
    BEFORE_ALL,
    LEAST_HISTORY_S,
    SHORT_SERVICE_S,
    YEAR_S,
    Employment,
    StaffSample,
    merged,
    month_boundaries,
)
from dashboard.staff_scopes import branch_staff, centre_staff, network_people, network_staff, people
from dashboard.state import CentreState, Spell

People = Mapping[str, list[Spell]]
"""Employee code to her spells in a place."""


class Team(Struct):
    """The staff of one place: the network (``centre`` and ``branch`` empty), a centre (``branch`` empty), a branch."""

    centre: str
    branch: str
    sample: StaffSample
    moved_out: int = 0
    """Of those who left it in the last 365 days, who went on in another part of the same whole."""
    moved_in: int = 0
    told_since: float = BEFORE_ALL
    """From when on leavings are told (:func:`told_since`); of the network, of the first centre that was not planned."""

    @property
    def joined_12m(self) -> int | None:
        return joined_between(self.sample, self.sample.now - YEAR_S, self.sample.now) if self.sample.known else None

    @property
    def left_12m(self) -> int | None:
        return len(self.sample.left_since(self.sample.now - YEAR_S)) if self.sample.known else None

    @property
    def mean_headcount(self) -> float | None:
        """Of the month-boundaries: what turnover is divided by."""
        counts = [self.sample.headcount(each) for each in self.sample.boundaries]
        return sum(counts) / len(counts) if counts else None

    @property
    def years(self) -> float | None:
        """How much of the last year the history covers (0 to 1); None under 30 days, where no rate is known."""
        span = min(YEAR_S, self.sample.now - self.sample.since)
        return span / YEAR_S if self.sample.known and span >= LEAST_HISTORY_S else None

    @property
    def short_service(self) -> tuple[int, int] | None:
        """Leavers of the last 365 days with under 183 days of service, and all of them whose service is known."""
        if not self.sample.known:
            return None
        served = [each.served_s for each in self.sample.left_since(self.sample.now - YEAR_S)]
        known = [each for each in served if each is not None]
        return sum(each < SHORT_SERVICE_S for each in known), len(known)


class Staffing(Struct):
    """A whole and its parts: the network with its centres, or a centre with its branches."""

    whole: Team
    parts: list[Team]
    people: dict[str, list[Spell]]
    """Of the whole; units are ``<centre>/<branch>`` in the network, branches in a centre."""


class Move(Struct, frozen=True, order=True):
    """Somebody left one part of a whole for another: she has not left the whole."""

    time: float
    part: str
    way: Literal["in", "out"]


class Month(Struct, frozen=True):
    """From one month-boundary to the next; None where the history does not cover it whole."""

    since: float
    until: float
    joined: int | None
    left: int | None


def network_staffing(states: Mapping[str, CentreState], network: Network, clocks: Mapping[str, float]) -> Staffing:
    """The network and its operating centres. ``clocks`` has the ``now`` of each centre, and that of the network's
    totals under ""."""
    now = clocks[""]
    centres = [each for each in network.centres if each.id in states and not is_planned(states[each.id], each, now)]
    samples = [centre_staff(states[each.id], each, network.local, clocks[each.id]) for each in centres]
    operating = [states[each.id] for each in centres]
    everybody = network_people(operating)
    told = [told_since(each, network) for each in operating]
    first = min([each for each in told if each > BEFORE_ALL], default=BEFORE_ALL)
    whole = Team("", "", network_staff(operating, samples, network.local, now), told_since=first)
    parts = [
        Team(each.id, "", sample, told_since=since) for each, sample, since in zip(centres, samples, told, strict=True)
    ]
    _count_moves(parts, everybody, now, lambda unit: unit.partition("/")[0], lambda team: team.centre)
    return Staffing(whole, parts, everybody)


def centre_staffing(state: CentreState, network: Network, now: float) -> Staffing:
    """A centre that operates, and its branches; who is said to be of the whole centre is in no branch of several."""
    centre = network.centre_by_id[state.id]
    branches = branch_staff(state, centre, network.local, now)
    told = told_since(state, network)
    whole = Team(centre.id, "", centre_staff(state, centre, network.local, now), told_since=told)
    parts = [Team(centre.id, each.id, branches[each.id], told_since=told) for each in centre.branches]
    if len(parts) > 1:
        _count_moves(parts, state.staff, now, lambda unit: unit, lambda team: team.branch)
    return Staffing(whole, parts, state.staff)


def branch_teams(states: Mapping[str, CentreState], network: Network, clocks: Mapping[str, float]) -> list[Team]:
    """Every branch of every centre that operates."""
    centres = [each for each in network.centres if each.id in states]
    operating = [each for each in centres if not is_planned(states[each.id], each, clocks[each.id])]
    return [team for each in operating for team in centre_staffing(states[each.id], network, clocks[each.id]).parts]


def _count_moves(
    parts: Iterable[Team], everybody: People, now: float, part_of: Callable[[str], str], name: Callable[[Team], str]
) -> None:
    recent = [each for each in moves(everybody, part_of) if now - YEAR_S < each.time <= now]
    for team in parts:
        own = [each.way for each in recent if each.part == name(team)]
        team.moved_in, team.moved_out = own.count("in"), own.count("out")


def moves(everybody: People, part_of: Callable[[str], str]) -> list[Move]:
    """Joinings and leavings of parts that are none of the whole, in order of time. ``part_of`` names a unit's part.

    So at any time the parts' joinings, less the moves in, are the whole's joinings; and so for leavings.
    """
    found: list[Move] = []
    for spells in everybody.values():
        by_part: dict[str, list[Spell]] = {}
        for each in spells:
            by_part.setdefault(part_of(each.unit), []).append(each)
        if len(by_part) > 1:
            found += _moves_of_one(merged(spells), {part: merged(own) for part, own in by_part.items()})
    return sorted(found)


def _moves_of_one(whole: list[Employment], parts: Mapping[str, list[Employment]]) -> Iterable[Move]:
    """One person's: each joining and leaving of the whole is that of one of her parts, and what is left over moved."""
    joinings, leavings = [each.joined for each in whole], [each.left for each in whole]
    for part, employments in parts.items():
        for each in employments:
            if each.joined in joinings:
                joinings.remove(each.joined)
            else:
                yield Move(each.joined, part, "in")
            if each.left in leavings:
                leavings.remove(each.left)
            elif each.left is not None:
                yield Move(each.left, part, "out")


def joined_between(sample: StaffSample, since: float, until: float) -> int:
    """Who joined in ``(since, until]``."""
    return sum(since < each <= until for each in sample.joinings)


def months(team: Team, network: Network) -> list[Month]:
    """The 12 months that end now; joined less left is the change of headcount from one boundary to the next."""
    sample, found = team.sample, []
    for since, until in pairwise(month_boundaries(sample.now, network.local)):
        if sample.known and since >= sample.since:
            left = sum(since < each.time <= until for each in sample.leavings)
            found.append(Month(since, until, joined_between(sample, since, until), left))
        else:
            found.append(Month(since, until, None, None))
    return found


def headcounts(team: Team, network: Network) -> list[tuple[float, int | None]]:
    """(moment, staff) at the 13 month-boundaries, None before the history begins."""
    sample = team.sample
    known = sample.since if sample.known else float("inf")
    boundaries = month_boundaries(sample.now, network.local)
    return [(each, sample.headcount(each) if each >= known else None) for each in boundaries]


def rates(team: Team, network: Network) -> list[Number]:
    """12-month turnover as it was at each of the 13 month-boundaries, the last one the snapshot's.

    Earlier ones are annualised from where leavings begin to be told, as any rate with less history is.
    """
    found = []
    for moment in month_boundaries(team.sample.now, network.local):
        staff = team.sample if moment == team.sample.now else _seen_at(team, moment, network)
        found.append(turnover_12m(Sample(moment, QueueSample(), LoadSample(), staff, DocumentSample())))
    return found


def _seen_at(team: Team, moment: float, network: Network) -> StaffSample:
    since = max(team.sample.since, team.told_since)
    known = team.sample.known and since <= moment
    boundaries = [each for each in month_boundaries(moment, network.local) if each >= since] if known else []
    return structs.replace(team.sample, now=moment, since=since, known=known, boundaries=boundaries)


def told_since(state: CentreState, network: Network) -> float:
    """From when on leavings of a centre are told, as far as its events show: the first of its leavings, documents and
    tickets. Joinings show nothing: a centre that connects tells of those of years ago. A planned centre is followed
    from its beginning (minus infinity); infinity when it told of nothing."""
    if network.centre_by_id[state.id].planned:
        return BEFORE_ALL
    leavings = [each.left for spells in state.staff.values() for each in spells if each.left is not None]
    queues = [each.since for each in state.branches.values() if each.since is not None]
    documents = [] if state.documents_since is None else [state.documents_since]
    return min([*leavings, *queues, *documents], default=float("inf"))


def posts_at(states: Iterable[CentreState], network: Network, moment: float) -> int | None:
    """Established posts of these centres at a past moment, as far as they are known; None when a unit has staff by then
    whose posts were only said later."""
    total: int | None = None
    for state in states:
        found = _posts_of(state, network.centre_by_id[state.id], moment)
        if found is None:
            return None
        total = (total or 0) + found
    return total


def _posts_of(state: CentreState, centre: Centre, moment: float) -> int | None:
    if "" in state.posts:
        return _posts_of_unit(state, "", 0, moment)
    of_branches = [_posts_of_unit(state, each.id, each.posts, moment) for each in centre.branches]
    known = [each for each in of_branches if each is not None]
    return sum(known) if len(known) == len(of_branches) else None


def _posts_of_unit(state: CentreState, unit: str, by_file: int, moment: float) -> int | None:
    """What was said by then; the file's when nothing ever was. Before what was said, 0 while nobody was there."""
    said = state.posts.get(unit)
    if said is None:
        return by_file
    if said[0] <= moment:
        return said[1]
    spells = [each for own in people(state, {unit} if unit else None) for each in own]
    anybody = any((each.joined is None or each.joined <= moment) for each in spells)
    return None if anybody else 0

"""The facts of a week, from rollups and from the pictures at its two ends (dashboard.week, docs/week.md)."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from dashboard.counts import AgencyCounts, Counts, DocumentCounts
from dashboard.hours import opening
from dashboard.metrics import GROUPS
from dashboard.network import Centre, Network
from dashboard.rows import Scope, rows_behind
from dashboard.staffing import Staffing, Team, joined_between, network_staffing
from dashboard.state import CentreState
from dashboard.week import (
    EARLIER,
    NETWORK,
    Breach,
    End,
    NetworkFacts,
    PlaceFacts,
    Promise,
    Unknown,
    Week,
    WeekFacts,
)
from data_sources.moments import Moment
from data_sources.rollups import Held, Rollups

Span = tuple[float, float]


class Weeks:
    """Facts of weeks: sums are asked of rollups, which keep answers; the two ends are moments of the past."""

    def __init__(
        self,
        rollups: Rollups,
        network: Network,
        moment: Callable[[float | None], Moment | None],
        clock: Callable[[], float],
    ) -> None:
        self._rollups, self._network, self._moment, self._clock = rollups, network, moment, clock

    def facts(self, week: Week) -> NetworkFacts | None:
        """What is known of a week: of one that is not over, up to now. None for a week to come, and before there is a
        picture."""
        local, now = self._network.local, self._clock()
        begin, end = local.day_start(week.first), local.day_start(week.last + 1)
        last, first = self._moment(end if end <= now else None), self._moment(begin)
        if begin > now or last is None or first is None:
            return None
        states = {each["id"]: last.state(each["id"]) for each in _operating(last)}
        staffing = network_staffing(
            states, self._network, {"": last.at, **{centre: last.clock(centre) for centre in states}}
        )
        held, today = self._rollups.held(), local.day(now)
        centres = [
            self._centre(week, each, first, last, staffing, held[each.id], today) for each in self._network.centres
        ]
        return NetworkFacts(
            week,
            self._whole(week, centres, first, last, staffing),
            tuple(centres),
            promises(states, last.at),
            longest_breach(_latest(last, states), self._network, last.at),
            len(states),
            int(last.snapshot["totals"]["services"]["offered"]),
            end <= now,
        )

    def _centre(
        self, week: Week, of: Centre, first: Moment, last: Moment, staffing: Staffing, held: Held, today: int
    ) -> PlaceFacts:
        centre = of.id
        team = next((each for each in staffing.parts if each.centre == centre), None)
        is_operating = last.centre(centre)["state"] != "planned"
        unknown = [self._unknown(week.before(back), of, held, today) for back in range(EARLIER, -1, -1)]
        if not is_operating or (first.centre(centre)["state"] == "planned" and unknown[-1] == "lacking"):
            unknown[-1] = ""  # before it opened there was nothing to tell
        weeks = self._weeks(week, centre, team, unknown)
        return PlaceFacts(
            centre,
            is_operating,
            weeks[-1],
            tuple(weeks[:-1]),
            end_of(last.centre(centre)),
            end_of(first.centre(centre)),
            {} if unknown[-1] else self._rollups.agencies(week.first, week.last, centre),
        )

    def _unknown(self, week: Week, centre: Centre, held: Held, today: int) -> Unknown:
        """Whether the sums of a week are not known, by the days on which the centre was to be open. Those of today
        and later are still to come; a day between others that told nothing was a quiet one."""
        if not held.is_made:
            return "making"
        network = self._network
        days = [
            day
            for day in range(week.first, min(week.last + 1, today))
            if any(opening(branch, network, day) for branch in centre.branches)
        ]
        if days and (held.first is None or held.first > days[0] or held.last < days[-1]):
            return "lacking"
        return ""

    def _weeks(self, week: Week, centre: str, team: Team | None, unknown: list[Unknown]) -> list[WeekFacts]:
        """The earlier weeks and the week itself, in order. ``unknown`` is of each: its sums stay empty."""
        since = week.before(EARLIER).first
        days = self._rollups.days(since, week.last, centre)
        documents = self._rollups.documents(since, week.last, centre, by="week")
        filed = self._rollups.events("complaint.filed", since, week.last, centre)
        found = []
        for each, why in zip((week.before(back) for back in range(EARLIER, -1, -1)), unknown, strict=True):
            left, joined = self._moves(each, team)
            if why:
                found.append(WeekFacts(Counts(), DocumentCounts(), left, joined, unknown=why))
                continue
            tickets = Counts.total(counts for day, counts in days.items() if each.first <= day <= each.last)
            complaints: dict[str, int] = {}
            for (day, about), count in filed.items():
                if each.first <= day <= each.last and count:
                    complaints[about] = complaints.get(about, 0) + count
            found.append(WeekFacts(tickets, documents.get(each.first, DocumentCounts()), left, joined, complaints))
        return found

    def _moves(self, week: Week, team: Team | None) -> tuple[int, int]:
        """Who left and who joined in a week, as the staff page counts them."""
        if team is None:
            return 0, 0
        local = self._network.local
        since, until = local.day_start(week.first), local.day_start(week.last + 1)
        left = sum(since < each.time <= until for each in team.sample.left_since(since))
        return left, joined_between(team.sample, since, until)

    def _whole(
        self, week: Week, centres: list[PlaceFacts], first: Moment, last: Moment, staffing: Staffing
    ) -> PlaceFacts:
        """The network: its weeks are the sums of the centres' that are known, but for staff, who may move between
        them."""
        weeks, operating = [], [place for place in range(len(centres)) if centres[place].is_operating]
        for back in range(EARLIER, -1, -1):
            each = [(*centre.earlier, centre.week)[EARLIER - back] for centre in centres]
            left, joined = self._moves(week.before(back), staffing.whole)
            why = _unknown_of([each[place].unknown for place in operating])
            known = [] if why else each
            weeks.append(
                WeekFacts(
                    Counts.total(one.tickets for one in known),
                    DocumentCounts.total(one.documents for one in known),
                    left,
                    joined,
                    _added(one.complaints for one in known),
                    why,
                )
            )
        totals = last.snapshot["totals"], first.snapshot["totals"]
        parties = {} if weeks[-1].unknown else _parties(centres)
        return PlaceFacts(NETWORK, True, weeks[-1], tuple(weeks[:-1]), end_of(totals[0]), end_of(totals[1]), parties)


def end_of(shown: Mapping[str, Any]) -> End:
    """The numbers of a centre or of the totals of a snapshot, by their keys."""
    return End(
        {
            f"{group}.{member}": value
            for group in GROUPS
            for member, value in shown[group].items()
            if value is None or (isinstance(value, int | float) and not isinstance(value, bool))
        }
    )


def promises(states: Mapping[str, CentreState], now: float) -> tuple[Promise, ...]:
    """The directives that were given by ``now``, and what became of them by then; in order of their issue."""
    found = [
        Promise(code, centre, each.kind, each.opened, _day(each.due), _by(each.closed, now))
        for centre, state in states.items()
        for code, each in state.directives.items()
        if each.opened is not None and each.opened <= now
    ]
    return tuple(sorted(found, key=lambda each: (each.issued, each.code)))


def longest_breach(states: Mapping[str, CentreState], network: Network, now: float) -> Breach | None:
    """Of the documents that are late at ``now`` the one that was due first."""
    rows = rows_behind("sla.overdue", Scope(network, now, states, None, None)) or []
    row = min(rows, key=lambda each: (each.due, each.document), default=None)
    if row is None:
        return None
    return Breach(row.centre, row.document, row.due, row.late_days or 0, None if row.delay == "centre" else row.delay)


def _unknown_of(centres: list[Unknown]) -> Unknown:
    """Of the network: it waits for sums that are being made, and goes on without a centre whose days it has not."""
    if "making" in centres:
        return "making"
    return "lacking" if centres and all(centres) else ""


def _parties(centres: list[PlaceFacts]) -> dict[str, AgencyCounts]:
    """Of all centres that are known, in the order of their names."""
    found: dict[str, AgencyCounts] = {}
    for centre in centres:
        for party, counts in centre.parties.items():
            found.setdefault(party, AgencyCounts()).add(counts)
    return dict(sorted(found.items()))


def _operating(moment: Moment) -> list[dict[str, Any]]:
    return [each for each in moment.snapshot["centres"] if each["state"] != "planned"]


def _day(text: str) -> int | None:
    return date.fromisoformat(text[:10]).toordinal() if text else None


def _latest(moment: Moment, states: Mapping[str, CentreState]) -> dict[str, CentreState]:
    """The centres that have a document late for longest of all: only of these are rows made."""
    days = {centre: moment.centre(centre)["sla"]["oldest_overdue_days"] or 0 for centre in states}
    return {centre: states[centre] for centre in states if days[centre] == max(days.values())}


def _by(moment: float | None, now: float) -> float | None:
    return moment if moment is not None and moment <= now else None


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in counts:
        for key, count in each.items():
            found[key] = found.get(key, 0) + count
    return dict(sorted(found.items()))

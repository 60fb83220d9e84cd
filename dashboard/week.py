"""The week: what the numbers of each centre were in an ISO week, what changed, who must answer (docs/week.md).

Plain facts in (:class:`NetworkFacts`, gathered by data_sources.weeks), a :class:`Report` out. Shares are 0 to 1, days
local ordinals, times epoch seconds. None: unknown.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, Literal, get_args

from msgspec import Struct, structs

from dashboard.counts import AgencyCounts, Counts, DocumentCounts
from dashboard.network import Network
from dashboard.period import AddressError
from dashboard.week_chance import TOO_FEW, Change, Part, count_change, share_change

EARLIER: Final = 8
"""Weeks before, against which a week is held."""
NumberKey = Literal["queue", "load", "turnover", "sla"]
NUMBERS: Final[tuple[NumberKey, ...]] = get_args(NumberKey)
NETWORK: Final = ""
"""The id of the network's own row."""
Unknown = Literal["", "making", "lacking"]
"""Why a week's sums are not known: ``making``, they are being made anew from the events and will be known; ``lacking``,
history has not all of the days on which the place was to be open. Empty: they are known."""
_LABEL: Final = re.compile(r"([0-9]{4})-W([0-9]{2})")


class Week(Struct, frozen=True, order=True):
    """An ISO week. It ends with its Sunday, in the network's own time."""

    year: int
    number: int

    @property
    def first(self) -> int:
        """Its Monday, a local ordinal."""
        return date.fromisocalendar(self.year, self.number, 1).toordinal()

    @property
    def last(self) -> int:
        return self.first + 6

    @property
    def label(self) -> str:
        return f"{self.year:04}-W{self.number:02}"

    def before(self, weeks: int = 1) -> "Week":
        """So many weeks earlier; negative ones are later."""
        return week_of(self.first - 7 * weeks)


def week_of(day: int) -> Week:
    """The week that a local day is in."""
    year, number, _ = date.fromordinal(day).isocalendar()
    return Week(year, number)


def read_week(text: str) -> Week:
    """``2026-W47``; :class:`AddressError` of kind ``not_a_week`` for what is none."""
    found = _LABEL.fullmatch(text)
    try:
        assert found is not None
        week = Week(int(found[1]), int(found[2]))
        date.fromisocalendar(week.year, week.number, 7)
    except (AssertionError, ValueError, OverflowError):
        raise AddressError("not_a_week", text) from None
    return week


class WeekFacts(Struct, frozen=True):
    """What happened in one place in one week."""

    tickets: Counts
    documents: DocumentCounts
    """Finished in the week."""
    left: int = 0
    """Staff who left it, also for another centre; of the network, who left the network."""
    joined: int = 0
    complaints: Mapping[str, int] = {}
    """By kind (what they are about), filed in the week."""
    unknown: Unknown = ""
    """Then the sums are empty, which says nothing."""


class End(Struct, frozen=True):
    """The picture at the end of a week: members of the snapshot, by their keys."""

    figures: Mapping[str, float | None]
    """``sla.overdue``, ``sla.breached_7d``, ``turnover.rate_12m`` and the like."""

    def get(self, key: str) -> float | None:
        return self.figures.get(key)


class Breach(Struct, frozen=True):
    """A document that is late at the end of the week, for the longest time of all."""

    centre: str
    code: str
    due: int
    days: int
    agency: str | None
    """Who has used most days beyond the allowance; None for the centre itself."""


class Promise(Struct, frozen=True):
    """A directive: what was asked of a centre, and what became of it by the end of the week."""

    code: str
    centre: str
    text: str
    issued: float
    due: int | None
    done: float | None

    def status(self, today: int) -> Literal["done", "late", "due"]:
        """At the end of ``today``, a local ordinal."""
        if self.done is not None:
            return "done"
        return "late" if self.due is not None and self.due <= today else "due"


class PlaceFacts(Struct, frozen=True):
    """One centre, or the network (id ""): the week, the :data:`EARLIER` ones before it in order, and its two ends."""

    id: str
    is_operating: bool
    week: WeekFacts
    earlier: tuple[WeekFacts, ...]
    end: End
    end_before: End
    parties: Mapping[str, AgencyCounts] = {}
    """Party to its part in the documents finished in the week."""


class NetworkFacts(Struct, frozen=True):
    week: Week
    network: PlaceFacts
    centres: tuple[PlaceFacts, ...]
    promises: tuple[Promise, ...]
    longest: Breach | None
    opened: int
    """Centres that operate at the end of the week."""
    services_offered: int
    is_over: bool
    """Whether the week had ended when the facts were gathered."""

    @property
    def unknown(self) -> Unknown:
        """Of the whole: such a week is neither closed nor sent. A centre that alone is not known is left out."""
        return self.network.week.unknown


class Number(Struct, frozen=True):
    """One of the four numbers in a week, held against all that it is held against."""

    key: NumberKey
    value: float | None
    before: float | None
    norm: float | None
    earlier: tuple[float | None, ...]
    """The :data:`EARLIER` weeks before, the oldest first; of turnover, how many left in each."""
    whole: int
    """What the value stands on: tickets, services given, leavers of 12 months, documents."""
    change: Change
    is_past_norm: bool | None
    unknown: Unknown = ""


class PlaceWeek(Struct, frozen=True):
    facts: PlaceFacts
    numbers: tuple[Number, ...]
    """In the order of :data:`NUMBERS`."""

    def number(self, key: NumberKey) -> Number:
        return self.numbers[NUMBERS.index(key)]

    @property
    def worse(self) -> int:
        """How many numbers are worse by more than chance."""
        return sum(each.change.verdict == "worse" for each in self.numbers)

    @property
    def past_norm(self) -> int:
        return sum(each.is_past_norm is True for each in self.numbers)


class Mover(Struct, frozen=True):
    """The greatest change beyond chance."""

    centre: str
    number: Number


class Report(Struct, frozen=True):
    week: Week
    network: PlaceWeek
    centres: tuple[PlaceWeek, ...]
    """Who must answer comes first; those that do not operate yet come last."""
    improved: Mover | None
    worsened: Mover | None
    facts: NetworkFacts


def report(facts: NetworkFacts, network: Network) -> Report:
    """The week's report. A centre answers early when numbers got worse by more than chance, then by how many are past
    their norm, then by its late documents; the rest keeps the network's order."""
    network = network.on(facts.week.last)
    centres = sorted((place_week(each, network) for each in facts.centres), key=_answers_first)
    movers = [Mover(each.facts.id, number) for each in centres for number in each.numbers]
    return Report(
        facts.week,
        place_week(facts.network, network),
        tuple(centres),
        _greatest(movers, "better"),
        _greatest(movers, "worse"),
        facts,
    )


def place_week(facts: PlaceFacts, network: Network) -> PlaceWeek:
    """The four numbers of one place. One that does not operate has none."""
    if not facts.is_operating:
        nothing = (None,) * len(facts.earlier)
        return PlaceWeek(facts, tuple(Number(key, None, None, None, nothing, 0, TOO_FEW, None) for key in NUMBERS))
    unknown = facts.week.unknown
    sums = _queue(facts, network), _load(facts, network), _sla(facts, network)
    queue, load, sla = (structs.replace(each, unknown=unknown) for each in sums) if unknown else sums
    return PlaceWeek(facts, (queue, load, _turnover(facts, network), sla))


def _queue(facts: PlaceFacts, network: Network) -> Number:
    """Share called within the norm, of all waits that were decided in the week (dashboard.counts)."""
    parts = [(each.tickets.within, each.tickets.decided) for each in (*facts.earlier, facts.week)]
    return _share("queue", parts, _expected(network, "queue.within_norm"), "below")


def _load(facts: PlaceFacts, network: Network) -> Number:
    """Operators' time from call to finish, of the time that windows were open and not paused."""
    all_ = [each.tickets for each in (*facts.earlier, facts.week)]
    values = [each.occupancy for each in all_]
    # what it stands on is services given: times are no counts
    parts = [((value or 0.0) * each.services, each.services) for value, each in zip(values, all_, strict=True)]
    change = share_change(parts[-1], parts[:-1], "above", counted=False)
    return _number("load", values, network.norms.occupancy, "above", parts[-1][1], change)


def _turnover(facts: PlaceFacts, network: Network) -> Number:
    """The rate of 12 months at the end of the week; what changed is told by who left in the week."""
    key, norm = "turnover.rate_12m", network.norms.turnover
    value = facts.end.get(key)
    left = [each.left for each in facts.earlier]
    lacking = facts.week.unknown == "lacking"  # who left is no sum: it is known while these are being made
    return Number(
        "turnover",
        value,
        facts.end_before.get(key),
        norm,
        tuple(float(each) for each in left),
        int(facts.end.get("turnover.left_12m") or 0),
        TOO_FEW if lacking else count_change(facts.week.left, left),
        None if value is None else value > norm,
        "lacking" if lacking else "",
    )


def _sla(facts: PlaceFacts, network: Network) -> Number:
    """Share ready by the due day, of the documents finished in the week: ready, or late (dashboard.counts)."""
    parts = [
        (each.documents.on_time, each.documents.on_time + each.documents.late) for each in (*facts.earlier, facts.week)
    ]
    return _share("sla", parts, _expected(network, "sla.on_time_30d"), "below")


def _share(key: NumberKey, parts: Sequence[Part], norm: float | None, worse: Literal["above", "below"]) -> Number:
    values = [part / whole if whole else None for part, whole in parts]
    return _number(key, values, norm, worse, parts[-1][1], share_change(parts[-1], parts[:-1], worse))


def _number(
    key: NumberKey,
    values: Sequence[float | None],
    norm: float | None,
    worse: Literal["above", "below"],
    whole: float,
    change: Change,
) -> Number:
    value = values[-1]
    past = None if value is None or norm is None else (value > norm if worse == "above" else value < norm)
    before = values[-2] if len(values) > 1 else None
    return Number(key, value, before, norm, tuple(values[:-1]), int(whole), change, past)


def _expected(network: Network, metric: str) -> float | None:
    """What a share is held against: where the network's tile would say "watch"."""
    return next((each.watch for each in network.thresholds if each.metric == metric), None)


def _answers_first(place: PlaceWeek) -> tuple[bool, int, int, float]:
    return not place.facts.is_operating, -place.worse, -place.past_norm, -(place.facts.end.get("sla.overdue") or 0)


def _greatest(movers: Sequence[Mover], verdict: Literal["better", "worse"]) -> Mover | None:
    beyond = [each for each in movers if each.number.change.verdict == verdict]
    return max(beyond, key=lambda each: each.number.change.weight, default=None)

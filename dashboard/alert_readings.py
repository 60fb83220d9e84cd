"""What a rule looks at in a snapshot: one reading for each place of its scope.

A value that nobody knows is None, and it holds an alarm as it is: the shown numbers of a silent centre are those of its
last picture, so they are unknown here, also when the doors have closed over the silence.
"""

from collections.abc import Callable, Container, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, Literal

from msgspec import Struct

from dashboard.alert_rules import FRESHNESS, NO_WINDOW, Rule
from dashboard.freshness import SILENT_S
from dashboard.hours import is_open
from dashboard.network import Centre, Network

STALE_S: Final = 60.0
"""A snapshot older than this says nothing of now: it comes every 2 s while the worker lives."""
NOTHING: Final = {
    "queue.longest_wait_s": ("queue", "waiting"),
    "load.waiting_per_window": ("queue", "waiting"),
    "sla.oldest_overdue_days": ("sla", "overdue"),
}
"""Metrics that are null when there is nothing to measure: 0 then, if this count is 0."""

Status = Literal["known", "silent", "closed", "planned"]
Figures = Mapping[str, Any]
Place = tuple[str, str]
"""(centre, branch): both "" for the network, branch "" for a whole centre."""


class Tick(Struct):
    """One snapshot as the rules see it."""

    now: float
    age_s: float
    """Of the snapshot."""
    centres: list[tuple[Status, Figures]]
    totals: Figures
    silent: dict[str, str]
    """Centres that were silent when last seen open, to the ``as_of`` that they were last heard at."""

    @property
    def is_stale(self) -> bool:
        return self.age_s > STALE_S


def tick(snapshot: Figures, silent_before: Mapping[str, str], now: float) -> Tick:
    """``silent_before`` is the ``silent`` of the last tick, ``now`` the caller's clock (epoch seconds)."""
    centres: list[tuple[Status, Figures]] = []
    silent: dict[str, str] = {}
    for centre in snapshot["centres"]:
        state, heard = centre["state"], centre["as_of"] or ""
        held = silent_before.get(centre["id"]) == heard
        if state == "planned":
            centres.append(("planned", centre))
        elif state == "silent" or (state == "closed" and held):
            silent[centre["id"]] = heard
            centres.append(("silent", centre))
        else:
            centres.append(("closed" if state == "closed" else "known", centre))
    return Tick(now, now - epoch(snapshot["at"]), centres, snapshot["totals"], silent)


class Reading(Struct, frozen=True, gc=False):
    """``value`` None: unknown. ``is_closed``: the rule does not count now, and what it raised is over."""

    value: float | None = None
    is_closed: bool = False


UNKNOWN: Final = Reading()
CLOSED: Final = Reading(is_closed=True)


def readings(
    rule: Rule, seen: Tick, network: Network, watched: Container[Place]
) -> Iterator[tuple[Place, Reading | float]]:
    """A number where it is known, else why it is not: of every watched place, and of any other where it is bad (nearly
    all are neither, and are passed over at no cost). Planned centres have none."""
    if rule.scope == "network":
        yield ("", ""), _of_network(rule, seen)
    elif seen.is_stale:
        return
    elif rule.metric == FRESHNESS:
        for status, centre in seen.centres:
            if status != "planned":
                yield (centre["id"], ""), _silence(centre)
    elif rule.scope == "centre":
        value, is_bad = reader(rule), rule.is_bad
        for status, centre in seen.centres:
            reading = _outside(status, rule) or value(centre)
            place = (centre["id"], "")
            if place in watched or (reading.__class__ is float and is_bad(reading)):
                yield place, reading
    else:
        yield from _of_branches(rule, seen, network, watched)


def _of_branches(
    rule: Rule, seen: Tick, network: Network, watched: Container[Place]
) -> Iterator[tuple[Place, Reading | float]]:
    value, is_bad, by_id = reader(rule), rule.is_bad, network.centre_by_id
    for status, centre in seen.centres:
        outside, id_, shut = _outside(status, rule), centre["id"], None
        for branch in centre["branches"]:
            reading = outside or value(branch)
            place = (id_, branch["id"])
            if place in watched or (reading.__class__ is float and is_bad(reading)):
                if shut is None:
                    shut = _shut(by_id.get(id_), rule, seen, network)
                yield place, CLOSED if outside is None and branch["id"] in shut else reading


def _outside(status: Status, rule: Rule) -> Reading | None:
    """Why a centre says nothing for a rule now; None when it does."""
    if status == "known" or (status == "closed" and not rule.opening_hours):
        return None
    return CLOSED if status == "closed" else UNKNOWN


def reader(rule: Rule) -> Callable[[Figures], Reading | float]:
    """How a rule's number is taken from a centre, a branch or the totals."""
    if rule.metric == NO_WINDOW:
        return _people_without_window
    group, _, member = rule.metric.partition(".")
    count = NOTHING.get(rule.metric)

    def value(figures: Figures) -> Reading | float:
        found = figures[group][member]
        if found is None:
            return 0.0 if count and figures[count[0]][count[1]] == 0 else UNKNOWN
        return float(found)

    return value


def _people_without_window(figures: Figures) -> Reading | float:
    waiting, windows = figures["queue"]["waiting"], figures["load"]["windows_open"]
    if waiting is None or windows is None:
        return UNKNOWN
    return float(waiting) if not windows else 0.0


def _silence(centre: Figures) -> Reading | float:
    at, heard = epoch(centre["at"]), centre["as_of"]
    age = at - epoch(heard) if heard else SILENT_S
    if centre["state"] == "silent":
        return max(age, SILENT_S)
    if centre["state"] == "closed" and age > SILENT_S:
        return UNKNOWN  # nobody has to speak at night, and only a word ends a silence
    return 0.0


def _of_network(rule: Rule, seen: Tick) -> Reading | float:
    if rule.metric == FRESHNESS:
        return max(0.0, seen.age_s)
    statuses = [status for status, _ in seen.centres]
    if seen.is_stale:
        return UNKNOWN
    if rule.opening_hours and not any(each in ("known", "silent") for each in statuses):
        return CLOSED
    found = reader(rule)(seen.totals)
    if isinstance(found, float) and "silent" in statuses and not rule.is_bad(found):
        return UNKNOWN  # the totals leave silent centres out: that alone may make them look good
    return found


def _shut(centre: Centre | None, rule: Rule, seen: Tick, network: Network) -> frozenset[str]:
    """Branches that are closed though their centre is open."""
    if centre is None or len(centre.branches) < 2 or not rule.opening_hours:
        return frozenset()
    return frozenset(each.id for each in centre.branches if not is_open(each, network, seen.now))


def epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()

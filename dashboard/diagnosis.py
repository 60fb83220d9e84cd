"""What is wrong at a centre, why, and what would help, as facts: the screen puts them into words.

A rule is a generator of findings and a row of :data:`RULES`, the worst kind first. To add one: the function with its
docstring, its row, its kind in :mod:`dashboard.evidence`, and its words in ``layouts/centre_words.py``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct, structs

from dashboard import diagnosis_hall as hall
from dashboard import diagnosis_papers as documents
from dashboard.evidence import Evidence, Finding, Kind, gather
from dashboard.network import Network
from dashboard.papers import Paper, papers
from dashboard.state import CentreState


class Rule(Struct, frozen=True):
    kind: Kind
    explains: tuple[str, ...]
    """Numbers that need no finding of their own when this one is told of."""
    find: Callable[[Evidence], Iterable[Finding]]


def silent(evidence: Evidence) -> Iterator[Finding]:
    """Nothing has come for over 5 minutes in opening hours. What is shown is old: nobody knows the queue until the line
    or the power is back, so call."""
    if evidence.shown["state"] == "silent":
        yield Finding("silent", "act", since=_heard(evidence))


def late_feed(evidence: Evidence) -> Iterator[Finding]:
    """Events come, the newest over a minute old. The numbers lag behind: have the link or the clock looked at."""
    if evidence.shown["state"] == "late":
        yield Finding("late_feed", "watch", since=_heard(evidence))


def levels(evidence: Evidence) -> Iterator[Finding]:
    """A number is past its threshold and no other finding has explained it; ``value``. A red number is never left
    without a word; what to do about it follows from which number it is."""
    quiet = () if evidence.shown["state"] in ("live", "late") else ("queue", "load")
    for rule in evidence.network.thresholds:
        group, _, member = rule.metric.partition(".")
        mark, value = evidence.level.get(rule.metric), evidence.shown[group][member]
        if group not in quiet and mark in ("watch", "act") and value is not None:
            yield Finding("level", mark, metric=rule.metric, values={"value": value})  # type: ignore[arg-type]


_LINE: Final = ("queue.longest_wait_s", "load.waiting_per_window")
_FEW: Final = (*_LINE, "queue.within_norm", "load.occupancy")
"""Numbers that are bad because too few windows serve."""
_LATE: Final = ("sla.overdue",)
NO_WINDOW: Final = "queue.waiting"
"""The number that is bad when people wait and no window is open."""

RULES: Final = (
    Rule("silent", (), silent),
    Rule("no_window", (*_FEW, NO_WINDOW), hall.no_window),
    Rule("nobody_called", _FEW, hall.nobody_called),
    Rule("closed_window", _FEW, hall.closed_window),
    Rule("long_pause", _FEW, hall.long_pause),
    Rule("full", _FEW, hall.full),
    Rule("uneven", _FEW, hall.uneven),
    Rule("overloaded", ("load.occupancy",), hall.overloaded),
    Rule("idle_window", (), hall.idle_window),
    Rule("long_service", (), hall.long_service),
    Rule("one_service", (), hall.one_service),
    Rule("long_wait", _LINE, hall.long_wait),
    Rule("left_over", (*_LINE, NO_WINDOW), hall.left_over),
    Rule("overdue_agency", _LATE, documents.overdue_agency),
    Rule("overdue_sent_late", _LATE, documents.overdue_sent_late),
    Rule("overdue_centre", _LATE, documents.overdue_centre),
    Rule("due_unsent", (), documents.due_unsent),
    Rule("late_feed", (), late_feed),
    Rule("level", (), levels),
)
KINDS: Final = tuple(rule.kind for rule in RULES)
EXPLAINS: Final = {rule.kind: rule.explains for rule in RULES}


def diagnose(
    state: CentreState,
    network: Network,
    now: float,
    shown: Mapping[str, Any],
    rows: Sequence[Paper] | None = None,
) -> list[Finding]:
    """What is wrong at a centre, the worst first; empty when nothing needs doing.

    ``shown`` is the snapshot's centre with its levels, computed for ``now`` from ``state``; ``rows`` are its documents,
    where they are at hand. A planned centre has no findings, a closed or silent one none about its queue.
    """
    if shown["state"] == "planned":
        return []
    if rows is None:
        rows = papers(state.id, state.applications, network, now)
    evidence = gather(state, network, now, shown, rows)
    found = [each for rule in RULES for each in rule.find(evidence)]
    explained = {metric for each in found for metric in EXPLAINS[each.kind]}
    found = sorted((each for each in found if each.metric not in explained), key=_worst_first)
    for metric in _red(evidence):
        found = _with_red_line(found, metric)
    return sorted(found, key=_worst_first)


def _worst_first(finding: Finding) -> tuple[bool, int, float]:
    return finding.mark != "act", KINDS.index(finding.kind), -finding.weight


def _red(evidence: Evidence) -> list[str]:
    """Numbers that make the tile red."""
    found = [rule.metric for rule in evidence.network.thresholds if evidence.level.get(rule.metric) == "act"]
    warned = "no_window_open" in evidence.shown["warnings"] and evidence.level.get("queue") == "act"
    return [*found, NO_WINDOW] if warned else found


def _with_red_line(found: list[Finding], metric: str) -> list[Finding]:
    """A red number has a red line: the first of the findings that explain it, if none of them is."""
    places = [place for place, each in enumerate(found) if metric in EXPLAINS[each.kind]]
    if places and all(found[place].mark != "act" for place in places):
        found[places[0]] = structs.replace(found[places[0]], mark="act")
    return found


def _heard(evidence: Evidence) -> float | None:
    """When the newest event happened, as the page says it."""
    as_of = evidence.shown["as_of"]
    return None if as_of is None else datetime.fromisoformat(as_of).timestamp()

"""What the rules of :mod:`dashboard.diagnosis` look at: a centre's halls and documents at a moment, gathered once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final, Literal

from msgspec import Struct

from dashboard.freshness import picture_at
from dashboard.hall import Waiter, Window, waiting_line, windows
from dashboard.hours import is_open
from dashboard.levels import rule_level
from dashboard.network import Branch, Centre, Network
from dashboard.papers import Paper
from dashboard.queue_sample import relevant
from dashboard.state import Application, BranchState, CentreState

Mark = Literal["watch", "act"]

Kind = Literal[
    "silent",
    "no_window",
    "nobody_called",
    "closed_window",
    "overloaded",
    "long_pause",
    "idle_window",
    "full",
    "uneven",
    "long_service",
    "one_service",
    "long_wait",
    "left_over",
    "overdue_agency",
    "overdue_sent_late",
    "overdue_centre",
    "due_unsent",
    "level",
    "late_feed",
]

PER_WINDOW: Final = 5.0
"""People per open window from which a hall is pressed, where the network file has no threshold for it."""


class Finding(Struct, frozen=True):
    """One thing that is wrong, as facts; the screen puts it into words, with the action that would help."""

    kind: Kind
    mark: Mark
    branch: str | None = None
    other: str | None = None
    """Another branch, which could help."""
    window: str = ""
    operator: str = ""
    service: str = ""
    agency: str = ""
    ticket: str = ""
    metric: str = ""
    """The number that is past its threshold."""
    since: float | None = None
    """Epoch seconds."""
    values: Mapping[str, float] = {}
    """Counts, seconds, days or shares, by names that the rule's docstring gives."""
    weight: float = 0.0
    """Of two findings of one kind the heavier comes first."""


class Hall(Struct, frozen=True, dict=True):
    """One branch in its opening hours or after them: who waits, and what its windows do."""

    branch: Branch
    line: Sequence[Waiter]
    """The oldest first."""
    windows: Sequence[Window]
    are_operators_known: bool
    last_call: float | None
    is_open: bool
    """By the opening hours of the network file."""
    wait_s: float
    """The waiting norm."""
    per_window: float
    """People per open window from which it is pressed."""
    load: float | None
    """``load.occupancy`` of the branch."""
    now: float

    @cached_property
    def open(self) -> list[Window]:
        return [each for each in self.windows if each.is_open]

    @cached_property
    def paused(self) -> list[Window]:
        return [each for each in self.windows if each.does == "paused"]

    @cached_property
    def unused(self) -> list[Window]:
        """Windows where nobody is, the best to open first: the one that was left last, then those not opened yet."""
        shut = [each for each in self.windows if each.does in ("closed", "unheard")]
        return sorted(shut, key=lambda each: (each.does == "unheard", -(each.since or 0.0)))

    @cached_property
    def waits_s(self) -> float:
        """The longest wait as the norm counts it: from issue or the booked time, whichever is later; 0 with nobody."""
        return max((self.now - each.wait_from for each in self.line), default=0.0)

    @property
    def mark(self) -> Mark | None:
        """``act`` when somebody waits over twice the norm, ``watch`` over the norm or with too many people for the
        windows that are open; None when nobody is pressed."""
        if self.waits_s > 2 * self.wait_s:
            return "act"
        is_crowded = bool(self.open) and len(self.line) >= self.per_window * len(self.open)
        return "watch" if self.waits_s > self.wait_s or is_crowded else None

    @property
    def crowd(self) -> float:
        """People per open window."""
        return len(self.line) / len(self.open) if self.open else float(len(self.line))

    @property
    def said(self) -> dict[str, float]:
        """``waiting`` and ``longest_s``, as ``queue.waiting`` and ``queue.longest_wait_s`` of the branch."""
        return {"waiting": len(self.line), "longest_s": self.line[0].age_s if self.line else 0.0}


class Evidence(Struct, frozen=True):
    """A centre at ``now`` (epoch seconds)."""

    centre: Centre
    network: Network
    now: float
    shown: Mapping[str, Any]
    """The snapshot's centre."""
    halls: Sequence[Hall]
    """Empty unless the centre is live or late: nobody knows the queue of a silent one, and a closed one has none."""
    papers: Sequence[Paper]
    applications: Mapping[str, Application]

    @property
    def level(self) -> Mapping[str, str]:
        """By group and by metric."""
        levels: Mapping[str, str] = self.shown.get("levels", {})
        return levels

    def is_past(self, metric: str, value: float) -> bool:
        """Whether a number of a part of the centre is past its first threshold."""
        rule = next((each for each in self.network.thresholds if each.metric == metric), None)
        return rule is not None and rule_level(rule, value, "ok") != "ok"


def gather(
    state: CentreState, network: Network, now: float, shown: Mapping[str, Any], papers: Sequence[Paper]
) -> Evidence:
    """``shown`` is the snapshot's centre with its levels, ``papers`` its documents (:mod:`dashboard.papers`)."""
    network = network.on(network.local.day(now))
    centre = network.centre_by_id[state.id]
    is_heard = shown["state"] in ("live", "late")
    loads = {each["id"]: each["load"]["occupancy"] for each in shown["branches"]}
    halls = [
        _hall(state, each, loads[each.id], network, picture_at(state, now)) for each in centre.branches if is_heard
    ]
    return Evidence(centre, network, now, shown, halls, papers, state.applications)


def _hall(state: CentreState, branch: Branch, load: float | None, network: Network, now: float) -> Hall:
    of = state.branches.get(branch.id)
    rule = next((each for each in network.thresholds if each.metric == "load.waiting_per_window"), None)
    return Hall(
        branch=branch,
        line=waiting_line(of, network, now) or [],
        windows=windows(of, branch, network, now),
        are_operators_known=of is not None and any(changes[0].time <= now for changes in of.operators.values()),
        last_call=_last_call(of, network, now),
        is_open=is_open(branch, network, now),
        wait_s=network.norms.wait_s,
        per_window=rule.watch if rule else PER_WINDOW,
        load=load,
        now=now,
    )


def _last_call(of: BranchState | None, network: Network, now: float) -> float | None:
    if of is None:
        return None
    calls = (each.at_window for queue in relevant(of, network, now) for each in queue.tickets.values())
    return max((each for each in calls if each is not None and each <= now), default=None)

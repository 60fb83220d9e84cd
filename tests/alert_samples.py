"""Snapshots for the alarm rules: the small network with one number that changes."""

from collections.abc import Iterable
from typing import Any

from small_network import MONDAY_10, NETWORK, names

from dashboard.alert_rules import Rule, Ruleset
from dashboard.alerts import Memory, Transition, step
from dashboard.metrics import no_figures
from dashboard.snapshot import iso

RULE = Rule(
    id="overdue",
    names=names("Overdue"),
    metric="sla.overdue",
    scope="centre",
    worse="above",
    threshold=20,
    clear=15,
    for_s=120,
    clear_s=60,
    opening_hours=True,
    severity="act",
    roles=("director",),
    escalate_s=600,
    escalate_roles=("deputy",),
)
RULES = Ruleset((RULE,))
BAD, BETWEEN, GOOD = 30, 17, 3


def snapshot(now: float, value: float | None, state: str = "live", heard: float | None = None) -> dict[str, Any]:
    """Centre "one" has the value (None: it is silent), centre "two" is well, "three" planned."""
    state = "silent" if value is None else state
    age = 400.0 if state == "silent" else 5.0
    heard = now - age if heard is None else heard
    figures = no_figures()
    figures["sla"]["overdue"] = value if value is not None else GOOD  # what a silent centre shows is old
    figures["queue"]["waiting"] = 0
    figures["load"]["windows_open"] = 1
    one = {"id": "one", "state": state, "as_of": iso(heard), "at": iso(now), **figures}
    fine = no_figures()
    fine["sla"]["overdue"] = 0
    two = {"id": "two", "state": "live", "as_of": iso(now - 5), "at": iso(now), **fine}
    three = {"id": "three", "state": "planned", "as_of": None, "at": iso(now), **no_figures()}
    branches = {"one": ("main", "hall"), "two": ("main",), "three": ("main",)}
    centres = [
        {**each, "branches": [{**each, "id": id_} for id_ in branches[each["id"]]]} for each in (one, two, three)
    ]
    return {"version": 1, "at": iso(now), "network": "test", "centres": centres, "totals": figures}


def run(
    ticks: Iterable[tuple[float, float | None]], rule: Rule = RULE, memory: Memory | None = None
) -> tuple[Memory, list[Transition]]:
    """Step through (seconds after Monday 10:00, value); what happened, in order."""
    memory, found = memory or Memory(), list[Transition]()
    for at, value in ticks:
        now = MONDAY_10 + at
        memory, steps = step(memory, (rule,), NETWORK, snapshot(now, value), now)
        found += steps
    return memory, found


def kinds(found: Iterable[Transition]) -> list[str]:
    return [each.kind for each in found]

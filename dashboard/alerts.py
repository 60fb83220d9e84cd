"""Alarms as a pure step: (memory, rules, snapshot, now) to (memory, transitions). In words: docs/alarms.md.

pending ─for──▶ firing ◀──▶ acknowledged
                  │ ▲ bad again
             good ▼ │
               recovering ─clear_s──▶ resolved

An unknown value holds an alarm as it is and stops its clocks: silence resolves nothing, and fires its own rule alone.
Time counts only between two ticks that both saw the same; a longer gap than :data:`GAP_S` counts as unknown.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final, Literal

from msgspec import Struct, field, structs

from dashboard.alert_readings import CLOSED, UNKNOWN, Place, Reading, readings, tick
from dashboard.alert_rules import Rule
from dashboard.network import Network

GAP_S: Final = 120.0
"""The rules' resolution: with ticks at most so far apart the outcome hangs on the values, not on the ticks."""

State = Literal["pending", "firing", "acknowledged", "recovering"]
Kind = Literal[
    "pending", "dropped", "fired", "acknowledged", "unacknowledged", "escalated", "recovering", "relapsed", "resolved",
    "changed",
]  # fmt: skip
"""``dropped``: bad for less than the rule wants. ``unacknowledged``: the time that somebody took is over. ``changed``:
its rule is another one now."""
Why = Literal["", "good", "closed", "withdrawn"]
"""Why it was resolved: the number is good, the doors closed, or the rule or the place is gone."""


class Alarm(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One occurrence. Moments are epoch seconds; numbers are in the metric's unit."""

    id: str
    """Unique for ever: the rule, the place and the moment that it began."""
    rule: str
    centre: str
    branch: str
    began: float
    """First seen bad."""
    state: State = "pending"
    turned: float = 0.0
    """Since when it is in this state."""
    fired: float | None = None
    counted_s: float = 0.0
    """Of what the rule wants before the next step: of ``for_s``, or of ``clear_s``."""
    held: bool = False
    """The last value was unknown."""
    value: float | None = None
    """The last known one, ``worst`` the worst of them."""
    worst: float | None = None
    asked: float = 0.0
    """Since when nobody acknowledges it."""
    escalated: bool = False
    by: str = ""
    """Who acknowledged it; ``until`` None means until it is resolved."""
    until: float | None = None
    note: str = ""


class Transition(Struct, frozen=True):
    """What happened to an alarm, which is shown as it is after it."""

    kind: Kind
    at: float
    alarm: Alarm
    why: Why = ""


class Memory(Struct):
    """What the next step must know. Plain data: it survives any encoding."""

    at: float = 0.0
    """The last tick."""
    alarms: dict[str, Alarm] = field(default_factory=dict)
    """By rule and place; one at a time."""
    silent: dict[str, str] = field(default_factory=dict)


def step(
    memory: Memory,
    rules: tuple[Rule, ...],
    network: Network,
    snapshot: Mapping[str, Any],
    now: float,
    gap_s: float = GAP_S,
) -> tuple[Memory, list[Transition]]:
    """One tick. ``snapshot`` is the published one, ``now`` the clock; ``memory`` stays as it was. ``gap_s`` is for who
    knows that nothing happened between ticks further apart."""
    seen = tick(snapshot, memory.silent, now)
    elapsed = now - memory.at
    elapsed = elapsed if 0 < elapsed <= gap_s else 0.0
    alarms: dict[str, Alarm] = {}
    found: list[Transition] = []
    before = memory.alarms
    watched: dict[str, dict[Place, Alarm]] = {rule.id: {} for rule in rules}
    for each in before.values():
        watched.setdefault(each.rule, {})[each.centre, each.branch] = each
    for rule in rules:
        places = watched[rule.id]
        for (centre, branch), reading in readings(rule, seen, network, places):
            key = f"{rule.id}/{centre}/{branch}"
            alarm = places.get((centre, branch))
            if alarm is None:
                if isinstance(reading, Reading) or not rule.is_bad(reading):
                    continue
                id_ = f"{key}@{round(now * 1000)}"
                alarm = Alarm(id=id_, rule=rule.id, centre=centre, branch=branch, began=now, turned=now, held=True)
                found.append(Transition("pending", now, structs.replace(alarm, value=reading)))
            moved, steps = _move(alarm, rule, reading, now, elapsed)
            found += steps
            if moved is not None:
                alarms[key] = moved
    _keep_unseen(before, alarms, rules, network, now, found)
    silent = memory.silent if seen.is_stale else seen.silent
    return Memory(now, alarms, silent), found


def acknowledge(
    memory: Memory, id_: str, by: str, until: float | None, note: str, now: float
) -> tuple[Memory, list[Transition]]:
    """Somebody takes an alarm on. Nothing happens to one that is pending, over or unknown, or with a past ``until``."""
    for key, alarm in memory.alarms.items():
        if alarm.id == id_ and alarm.state != "pending" and (until is None or until > now):
            state: State = "recovering" if alarm.state == "recovering" else "acknowledged"
            turned = alarm.turned if state == alarm.state else now
            taken = structs.replace(alarm, state=state, turned=turned, by=by, until=until, note=note)
            alarms = {**memory.alarms, key: taken}
            return structs.replace(memory, alarms=alarms), [Transition("acknowledged", now, taken)]
    return memory, []


def changed(memory: Memory, rules: Collection[str], now: float) -> list[Transition]:
    """That what has fired is judged by other rules of these ids from here on. The alarms themselves stay as they are:
    the next step says what the new rule makes of them."""
    standing = (each for each in memory.alarms.values() if each.rule in rules and each.state != "pending")
    return [Transition("changed", now, each) for each in standing]


def _keep_unseen(
    before: Mapping[str, Alarm],
    alarms: dict[str, Alarm],
    rules: tuple[Rule, ...],
    network: Network,
    now: float,
    found: list[Transition],
) -> None:
    """Alarms that the snapshot says nothing of are held; those of a rule or a place that is gone are over."""
    by_id = {rule.id: rule for rule in rules}
    ended = {each.alarm.id for each in found if each.kind in ("resolved", "dropped")}
    for key, alarm in before.items():
        if key in alarms or alarm.id in ended:
            continue
        rule = by_id.get(alarm.rule)
        if rule is None or not _exists(alarm, network):
            found.append(Transition("resolved" if alarm.fired else "dropped", now, alarm, "withdrawn"))
            continue
        moved, steps = _move(alarm, rule, UNKNOWN, now, 0.0)
        found += steps
        if moved is not None:
            alarms[key] = moved


def _exists(alarm: Alarm, network: Network) -> bool:
    if not alarm.centre:
        return True
    centre = network.centre_by_id.get(alarm.centre)
    return centre is not None and (not alarm.branch or any(each.id == alarm.branch for each in centre.branches))


def _move(
    alarm: Alarm, rule: Rule, reading: Reading | float, now: float, elapsed: float
) -> tuple[Alarm | None, list[Transition]]:
    """An alarm after one reading, None when it is over; and what happened to it."""
    if isinstance(reading, Reading):
        if reading is CLOSED:
            return None, [Transition("resolved" if alarm.fired else "dropped", now, alarm, "closed")]
        held = alarm if alarm.held else structs.replace(alarm, held=True)
        return _remind(held, rule, now)
    worst = reading if alarm.worst is None else (max if rule.worse == "above" else min)(alarm.worst, reading)
    counted = alarm.counted_s + (0.0 if alarm.held else elapsed)
    alarm = structs.replace(alarm, value=reading, worst=worst, held=False)
    if alarm.state == "pending":
        return _pending(alarm, rule, reading, counted, now)
    if alarm.state == "recovering":
        return _recovering(alarm, rule, reading, counted, now)
    if not rule.is_good(reading):
        return _remind(alarm, rule, now)
    alarm = structs.replace(alarm, state="recovering", turned=now, counted_s=0.0)
    begun = [Transition("recovering", now, alarm)]
    moved, steps = _recovering(alarm, rule, reading, 0.0, now)
    return moved, begun + steps


def _pending(
    alarm: Alarm, rule: Rule, value: float, counted: float, now: float
) -> tuple[Alarm | None, list[Transition]]:
    if not rule.is_bad(value):
        return None, [Transition("dropped", now, alarm)]
    if counted < rule.for_s:
        return structs.replace(alarm, counted_s=counted), []
    fired = structs.replace(alarm, state="firing", turned=now, fired=now, asked=now, counted_s=0.0)
    return fired, [Transition("fired", now, fired)]


def _recovering(
    alarm: Alarm, rule: Rule, value: float, counted: float, now: float
) -> tuple[Alarm | None, list[Transition]]:
    if rule.is_good(value):
        if counted >= rule.clear_s:
            return None, [Transition("resolved", now, alarm, "good")]
        return structs.replace(alarm, counted_s=counted), []
    if not rule.is_bad(value):
        return structs.replace(alarm, counted_s=0.0), []
    taken = bool(alarm.by) and (alarm.until is None or alarm.until > now)
    state: State = "acknowledged" if taken else "firing"
    back = structs.replace(alarm, state=state, turned=now, counted_s=0.0)
    return back, [Transition("relapsed", now, back)]


def _remind(alarm: Alarm, rule: Rule, now: float) -> tuple[Alarm, list[Transition]]:
    """What time alone does: somebody's time is over, or nobody took it in time."""
    steps: list[Transition] = []
    if alarm.state == "acknowledged" and alarm.until is not None and alarm.until <= now:
        alarm = structs.replace(
            alarm, state="firing", turned=now, asked=now, escalated=False, by="", until=None, note=""
        )
        steps.append(Transition("unacknowledged", now, alarm))
    waited_out = rule.escalate_s is not None and now - alarm.asked >= rule.escalate_s
    if alarm.state == "firing" and not alarm.escalated and waited_out:
        alarm = structs.replace(alarm, escalated=True)
        steps.append(Transition("escalated", now, alarm))
    return alarm, steps

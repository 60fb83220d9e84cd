"""What stands of alarms, as all who look are shown it: the runner says it at every tick (docs/snapshot.md).

It says what, where and since when, and whether somebody has it; never who, and no note.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from dashboard.alert_rules import Rule, Ruleset
from dashboard.alerts import Alarm, Memory
from dashboard.network import Network
from dashboard.snapshot import iso

WATCHED_S: Final = 30.0
"""With no word from the runner for so long, the rules are not watched."""

Board = Mapping[str, Any]


def board(memory: Memory, ruleset: Ruleset, network: Network, now: float) -> dict[str, Any]:
    """All that stands, by centre ("" for the network): first what nobody has taken on, of that what must be acted on,
    then the newest."""
    rules = {rule.id: rule for rule in ruleset.rules}
    standing = sorted(
        (each for each in memory.alarms.values() if each.state != "pending" and each.rule in rules),
        key=lambda each: _urgency(each, rules[each.rule]),
    )
    centres: dict[str, list[dict[str, Any]]] = {}
    for each in standing:
        centres.setdefault(each.centre, []).append(_shown(each, rules[each.rule]))
    minute = network.local.seconds_of_day(now) / 60
    return {
        "at": iso(now),
        "quiet": ruleset.sending.is_quiet(minute),
        "rules": {each.rule: rules[each.rule].names for each in standing},
        "centres": [{"id": centre, "alarms": alarms} for centre, alarms in centres.items()],
    }


def of_centre(whole: Board, centre: str) -> dict[str, Any]:
    """What somebody of one centre sees of it."""
    centres = [each for each in whole["centres"] if each["id"] == centre]
    named = {alarm["rule"] for each in centres for alarm in each["alarms"]}
    rules = {rule: names for rule, names in whole["rules"].items() if rule in named}
    return {**whole, "rules": rules, "centres": centres}


def is_watched(found: Board | None, now: float) -> bool:
    """Whether a runner was at work at ``now`` (epoch seconds)."""
    return found is not None and now - datetime.fromisoformat(found["at"]).timestamp() <= WATCHED_S


def alarms_of(found: Board) -> Iterable[Mapping[str, Any]]:
    return (alarm for centre in found["centres"] for alarm in centre["alarms"])


def _urgency(alarm: Alarm, rule: Rule) -> tuple[int, bool, float]:
    state = ("firing", "acknowledged", "recovering").index(alarm.state)
    return state, rule.severity != "act", -(alarm.fired or 0.0)


def _shown(alarm: Alarm, rule: Rule) -> dict[str, Any]:
    return {
        "id": alarm.id,
        "rule": alarm.rule,
        "branch": alarm.branch,
        "severity": rule.severity,
        "state": alarm.state,
        "since": iso(alarm.began),
    }

"""The level of a tile (ok, watch, act): thresholds of the network file, with hysteresis so that it does not flicker."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from dashboard.metrics import GROUPS
from dashboard.network import Level, Network, Threshold

ORDER: Final[tuple[Level, ...]] = ("ok", "watch", "act")
_BY_FRESHNESS: Final[dict[str, Level]] = {"late": "watch", "silent": "act"}
_QUIET_WHEN_CLOSED: Final = ("queue", "load")


def centre_levels(
    centre: Mapping[str, Any], network: Network, previous: Mapping[str, str]
) -> tuple[Level, dict[str, Level]]:
    """The tile's level and the levels that make it: by group ("queue") and by rule ("queue.longest_wait_s").

    ``centre`` is a centre of the snapshot; ``previous`` the second value of the last call for it, or empty.
    A silent centre's levels are held or raised, never lowered; outside opening hours queue and load say nothing.
    """
    state = centre["state"]
    if state == "planned":
        return "ok", dict.fromkeys(GROUPS, "ok")
    levels: dict[str, Level] = dict.fromkeys(GROUPS, "ok")
    for rule in network.on(network.local.day(datetime.fromisoformat(centre["at"]).timestamp())).thresholds:
        group, _, member = rule.metric.partition(".")
        if state == "closed" and group in _QUIET_WHEN_CLOSED:
            continue
        level = rule_level(rule, centre[group][member], _known(previous.get(rule.metric)))
        if state == "silent":
            level = worst(level, _known(previous.get(rule.metric)))
        levels[rule.metric] = level
        levels[group] = worst(levels[group], level)
    if "no_window_open" in centre["warnings"] and state != "closed":
        levels["queue"] = "act"
    tile = worst(*(levels[group] for group in GROUPS), _BY_FRESHNESS.get(state, "ok"))
    return tile, levels


def rule_level(rule: Threshold, value: float | None, previous: Level) -> Level:
    """One rule: a level is entered at its threshold and left only past the margin on the better side of it."""
    if value is None:
        return "ok"
    for level, edge in (("act", rule.act), ("watch", rule.watch)):
        held = ORDER.index(previous) >= ORDER.index(level)
        slack = abs(edge) * rule.margin if held else 0.0
        if value >= edge - slack if rule.worse == "above" else value <= edge + slack:
            return "act" if level == "act" else "watch"
    return "ok"


def is_stable(
    centre: Mapping[str, Any], network: Network, level: str, levels: Mapping[str, str]
) -> bool:  # what `check` can prove of a number that has a memory
    """Whether shown levels are what the rules give for the shown numbers, given that they were shown before."""
    return centre_levels(centre, network, levels) == (level, levels)


def worst(*levels: Level) -> Level:
    return max(levels, key=ORDER.index)


def _known(level: str | None) -> Level:
    return "act" if level == "act" else "watch" if level == "watch" else "ok"

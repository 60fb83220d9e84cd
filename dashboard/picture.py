"""The whole picture (docs/snapshot.md): centres with their levels, the network's totals, and what to do now.

The publisher makes it from live states, with a memory of levels; for a moment of the past it is made from nothing else
than the states of then.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from dashboard.act_now import act_now
from dashboard.levels import centre_levels
from dashboard.network import Level, Network
from dashboard.snapshot import centre_snapshot, centre_trend, iso, network_totals
from dashboard.state import CentreState

REBUILT: Final = 0
"""The version of a picture that was never published."""
_COUNTED: Final = ("operating", "planned", "ok", "watch", "act", "silent")

Levels = Mapping[str, str]


def centre_picture(
    state: CentreState, network: Network, position: str | None, previous: Levels, now: float
) -> tuple[dict[str, Any], dict[str, Level]]:
    """A centre without its trend, and its levels to remember. ``position`` is the newest stream entry that is in
    ``state``; ``previous`` are the levels that were shown before, empty when none were."""
    shown = centre_snapshot(state, network, now)
    level, levels = centre_levels(shown, network, previous)
    return shown | {"level": level, "levels": levels, "position": position}, levels


def count_centres(centres: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Centres that operate and that are planned; of those that operate, by level; and the silent ones."""
    counts = dict.fromkeys(_COUNTED, 0)
    for centre in centres:
        planned = centre["state"] == "planned"
        counts["planned" if planned else "operating"] += 1
        counts["silent"] += centre["state"] == "silent"
        if not planned:
            counts[centre["level"]] += 1
    return counts


def totals(
    states: Mapping[str, CentreState],
    centres: Iterable[Mapping[str, Any]],
    network: Network,
    refused_today: int | None,
    now: float,
) -> dict[str, Any]:
    """The network's totals. ``centres`` are those of the picture, ``refused_today`` None where it is not known."""
    counts = {"at": iso(now), "centres": count_centres(centres), "refused_today": refused_today}
    return network_totals(states, network, now) | counts


def head(network: Network, version: int, now: float) -> dict[str, Any]:
    return {"version": version, "at": iso(now), "network": network.id}


def tail(
    centres: Iterable[Mapping[str, Any]], of_network: Mapping[str, Any], entered: Mapping[str, Levels]
) -> dict[str, Any]:
    """The totals, and the lines in words. ``entered`` says since when levels have stood (:func:`act_now`)."""
    return {"totals": of_network, "act": act_now(centres, entered)}


def rebuilt_centre(state: CentreState, network: Network, position: str | None, now: float) -> dict[str, Any]:
    """A centre from its state alone: its levels have no memory of what was shown before."""
    shown, _ = centre_picture(state, network, position, {}, now)
    return shown | {"trend": centre_trend(state, network, now)}


def rebuilt(
    states: Mapping[str, CentreState], centres: list[dict[str, Any]], network: Network, now: float
) -> dict[str, Any]:
    """The picture from states alone; ``centres`` are those of :func:`rebuilt_centre` for the same ``now``. Since when
    levels had stood and how much had been refused by then, nobody knows."""
    of_network = totals(states, centres, network, None, now)
    return head(network, REBUILT, now) | {"centres": centres} | tail(centres, of_network, {})

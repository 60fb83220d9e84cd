"""A network as somebody of one centre sees it: that centre in full, of the others what the wall shows of them."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import structs

from dashboard import picture
from dashboard.network import Network
from dashboard.state import CentreState

_BELOW: Final = ("branches", "warnings", "since", "position")
"""Members of a snapshot's centre that say more than its level and its numbers."""
_NO_PARTS: Final = {"branch": None, "agency": None}

Part = Mapping[str, Any]


def narrow_network(network: Network, centre: str) -> Network:
    """The network of one centre alone, by the centre's name."""
    found = network.centre_by_id[centre]
    return structs.replace(network, names=found.names, centres=(found,))


def outline(shown: Part, centre: str) -> dict[str, Any]:
    """A snapshot or a change of it (docs/snapshot.md) in which the other centres have totals only."""
    told = dict(shown)
    told["centres"] = [each if each["id"] == centre else _without_parts(each) for each in shown["centres"]]
    if "totals" in shown:
        told["totals"] = _without_parts(shown["totals"])
    if "act" in shown:
        told["act"] = [each if each["centre"] == centre else {**each, **_NO_PARTS} for each in shown["act"]]
    return told


def narrow_picture(shown: Part, network: Network, state: CentreState, now: float) -> dict[str, Any]:
    """The snapshot of a narrow network: its one centre and totals of that alone, computed for ``now``."""
    centres = [each for each in shown["centres"] if each["id"] == state.id]
    act = [each for each in shown["act"] if each["centre"] == state.id]
    totals = picture.totals({state.id: state}, centres, network, None, now)
    whole = _without_parts(shown["totals"])  # as on the wall: what the own numbers are held against
    return {**shown, "centres": centres, "totals": totals, "whole": whole, "act": act}


def _without_parts(figures: Part) -> dict[str, Any]:
    """Numbers of a whole, without what says of which parts it is made."""
    kept = {name: value for name, value in figures.items() if name not in _BELOW}
    for group in ("queue", "load", "turnover", "sla"):
        if group in kept:
            kept[group] = {name: None if isinstance(value, dict) else value for name, value in kept[group].items()}
    return kept

"""The sixteen centres at 10:30 on a Monday, folded from events by the real core, for tests of what is shown."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import structs
from small_network import DAY, MINUTE, Maker

from dashboard.act_now import act_now
from dashboard.facts import Facts
from dashboard.fold import fold
from dashboard.levels import centre_levels
from dashboard.network import Network
from dashboard.network_file import DEFAULT, load
from dashboard.snapshot import centre_snapshot, centre_trend, iso, network_totals
from dashboard.state import CentreState, new_state

NOW = 1_795_411_810.0
"""Monday 23 November 2026, 10:30:10 in Atyrau, epoch seconds."""
NETWORK: Network = structs.replace(load(DEFAULT), demo=True)


def events(centre: str, branch: str, people: int, heard: float) -> Iterator[Any]:
    """A morning: windows opened, as many waiting, one served, one document late, people on the staff."""
    at = Maker(f"/{centre}/{branch}")
    for number in range(12):
        yield at("staff.joined", NOW - (700 - number) * DAY, employee=f"e{centre}{number}")
    yield at("staff.left", NOW - 20 * DAY, employee=f"e{centre}3", reason="pay")
    yield at("application.accepted", NOW - 40 * DAY, application=f"a-{centre}", service=NETWORK.services[0].id)
    yield at("operator.opened", NOW - 80 * MINUTE, operator="o1", window="1")
    yield at("ticket.issued", NOW - 70 * MINUTE, ticket="A1", service=NETWORK.services[0].id)
    yield at("ticket.called", NOW - 65 * MINUTE, ticket="A1", window="1", operator="o1")
    yield at("ticket.finished", NOW - 20 * MINUTE, ticket="A1")
    for number in range(people):
        issued = min(NOW - 10 * MINUTE, heard) - number
        yield at("ticket.issued", issued, ticket=f"B{number}", service=NETWORK.services[0].id)
    yield at("heartbeat", heard)


def states() -> dict[str, CentreState]:
    """Live, very busy (the first), late (the second) and silent (the third) centres; the planned ones planned."""
    found = {centre.id: new_state(centre.id) for centre in NETWORK.centres}
    heard = {0: 3.0, 1: 2 * MINUTE, 2: 12 * MINUTE}
    for place, centre in enumerate(NETWORK.centres):
        if not centre.planned:
            people = 128 if place == 0 else place
            for event in events(centre.id, centre.branches[0].id, people, NOW - heard.get(place, 5.0)):
                fold(found[centre.id], event, NETWORK, Facts())
    return found


def snapshot(version: int = 100, now: float = NOW) -> dict[str, Any]:
    """The published object (docs/snapshot.md)."""
    live = states()
    shown = []
    for state in live.values():
        centre = centre_snapshot(state, NETWORK, now)
        level, levels = centre_levels(centre, NETWORK, {})
        shown.append(centre | {"level": level, "levels": levels, "trend": centre_trend(state, NETWORK, now)})
    totals = network_totals(live, NETWORK, now) | {"refused_today": 3}
    count = [each["level"] for each in shown if each["state"] != "planned"]
    totals["centres"] = {level: count.count(level) for level in ("ok", "watch", "act")} | {
        "operating": len(count),
        "planned": len(shown) - len(count),
        "silent": sum(each["state"] == "silent" for each in shown),
    }
    whole = {
        "version": version,
        "at": iso(now),
        "network": NETWORK.id,
        "centres": shown,
        "totals": totals,
        "act": act_now(shown, {}),
    }
    decoded: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(whole))
    return decoded

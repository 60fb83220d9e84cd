"""What viewers see: the snapshot and its changes (docs/snapshot.md), published at most 4 times a second."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
import redis
from msgspec import Struct, field

from dashboard import picture
from dashboard.facts import BUCKET_S
from dashboard.network import Network
from dashboard.snapshot import centre_trend, iso
from dashboard.state import CentreState
from data_sources.stream import entry_id, live_channel, snapshot_key

LEAST_GAP_S: Final = 0.25
"""At most 4 publications a second; the first after a quiet moment goes at once."""
BACKLOG_GAP_S: Final = 1.0
ALIVE_S: Final = 2.0
"""With nothing changed an empty change says that the worker lives."""
RECOMPUTE_S: Final = 5.0
"""Every centre is computed again at least so often: waits grow and feeds fall silent without an event."""
TOTALS_SHARE: Final = 0.2
"""The network's totals go over all centres: with very many they come less often, to take at most this of the time."""

_encode = msgspec.json.Encoder().encode


class Memory(Struct):
    """What must outlive the worker: levels have hysteresis, and versions only grow."""

    version: int = 0
    levels: dict[str, dict[str, str]] = field(default_factory=dict)
    entered: dict[str, dict[str, str]] = field(default_factory=dict)
    """Centre to group to the moment since which its level has stood."""


class Publisher:
    """Keeps each centre's published object, computes those that changed, and publishes."""

    def __init__(self, client: redis.Redis, network: Network, memory: bytes | None) -> None:
        self._client, self._network = client, network
        self.memory = msgspec.msgpack.decode(memory, type=Memory) if memory else Memory()
        self.memory.version = max(self.memory.version, self._published_version())
        self._centres: dict[str, dict[str, Any]] = {}
        self._trend_at: dict[str, float] = {}
        self._computed: dict[str, float] = {}
        self._slots: dict[str, float] = {}
        self._totals: dict[str, Any] = {}
        self._totals_due = float("-inf")
        self._last = float("-inf")

    def remember(self) -> bytes:
        """What the next start must know."""
        return msgspec.msgpack.encode(self.memory)

    def _published_version(self) -> int:
        found = self._client.get(snapshot_key(self._network.id))
        return int(msgspec.json.decode(found)["version"]) if found else 0

    def due_in(self, now: float, *, changed: bool, backlog: bool) -> float:
        """Seconds until the next publication is due; 0 or less when it is."""
        gap = ALIVE_S if not changed else BACKLOG_GAP_S if backlog else LEAST_GAP_S
        return self._last + gap - now

    def publish(
        self,
        states: Mapping[str, CentreState],
        positions: Mapping[str, int],
        changed: set[str],
        refused_today: int,
        now: float,
    ) -> None:
        """Compute what changed, set the snapshot and publish the change in one transaction of the server."""
        now = round(now, 6)  # what the snapshot can say: `check` computes with the same moment
        shown = [
            each for each in self._stale(states, changed, now) if self._compute(states[each], positions[each], now)
        ]
        if now >= self._totals_due or now < self._last:
            begun = time.thread_time()  # what others take of a busy machine must not make the totals late
            self._totals = picture.totals(states, self._centres.values(), self._network, refused_today, now)
            self._totals_due = now + (time.thread_time() - begun) / TOTALS_SHARE - LEAST_GAP_S
        base, self.memory.version = self.memory.version, self.memory.version + 1
        head = picture.head(self._network, self.memory.version, now)
        tail = picture.tail(self._centres.values(), self._totals, self.memory.entered)
        change = head | {"base": base, "centres": [self._without_old_trend(each, now) for each in shown]} | tail
        whole = head | {"centres": [self._centres[each.id] for each in self._network.centres]} | tail
        pipe = self._client.pipeline(transaction=True)
        pipe.set(snapshot_key(self._network.id), _encode(whole))
        pipe.publish(live_channel(self._network.id), _encode(change))
        pipe.execute()
        self._last = now

    def _stale(self, states: Mapping[str, CentreState], changed: set[str], now: float) -> list[str]:
        return [each for each in states if each in changed or now - self._computed.get(each, 0.0) >= RECOMPUTE_S]

    def _compute(self, state: CentreState, position: int, now: float) -> bool:
        """Compute a centre; False when nothing but the clock has changed."""
        newest = entry_id(position) if position else None
        shown = self.memory.levels.get(state.id, {})
        fresh, levels = picture.centre_picture(state, self._network, newest, shown, now)
        self._note_levels(state.id, levels, iso(now))
        before = self._centres.get(state.id)
        slot = now // BUCKET_S
        jumped = before is not None and _moved_on(before["as_of"], fresh["as_of"])
        new_slot = self._slots.get(state.id) != slot or jumped
        if new_slot or before is None:
            fresh["trend"] = centre_trend(state, self._network, now)
            self._slots[state.id], self._trend_at[state.id] = slot, now
        else:
            fresh["trend"] = before["trend"]
        self._computed[state.id] = now
        if before is not None and not new_slot and _same(before, fresh):
            return False
        self._centres[state.id] = fresh
        return True

    def _note_levels(self, centre: str, levels: Mapping[str, str], at: str) -> None:
        before, entered = self.memory.levels.get(centre, {}), self.memory.entered.setdefault(centre, {})
        for name, level in levels.items():
            if before.get(name) != level:
                entered[name] = at
        self.memory.levels[centre] = dict(levels)

    def _without_old_trend(self, centre: str, now: float) -> dict[str, Any]:
        found = self._centres[centre]
        return (
            found if self._trend_at[centre] == now else {key: value for key, value in found.items() if key != "trend"}
        )


def _moved_on(before: str | None, fresh: str | None) -> bool:
    """Whether more than a trend's step of history came at once: an empty start, or a backlog."""
    if before is None or fresh is None:
        return before != fresh
    return (datetime.fromisoformat(fresh) - datetime.fromisoformat(before)).total_seconds() > BUCKET_S


def _same(before: Mapping[str, Any], fresh: Mapping[str, Any]) -> bool:
    return all(before.get(key) == value for key, value in fresh.items() if key != "at")

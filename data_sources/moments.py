"""Moments: the network now, with the very states that its numbers were computed from.

The snapshot says of each centre up to which stream position its numbers go; history has the events up to there. So a
page can list the tickets behind a number, and the list has as many rows as the number says.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from dashboard.events import Event
from dashboard.facts import Facts
from dashboard.fold import fold
from dashboard.network import Network
from dashboard.state import CentreState, new_state
from data_sources import history_tables as t
from data_sources.history import History
from data_sources.stream import arrival, position_of

FindState = Callable[[str, int], CentreState]
_decode_snapshot = msgspec.json.Decoder(dict[str, Any]).decode
_decode_state = msgspec.msgpack.Decoder(CentreState).decode
_encode_state = msgspec.msgpack.Encoder().encode


class Moment:
    """The network at one moment. What it hands out is shared by all who look at that moment: read, never change."""

    def __init__(self, snapshot: dict[str, Any], find_state: FindState, *, is_past: bool) -> None:
        self.snapshot, self.is_past = snapshot, is_past
        self.at = _epoch(snapshot["at"])
        """Epoch seconds: the clock of the snapshot."""
        self.version = int(snapshot["version"])
        self._centres = {each["id"]: each for each in snapshot["centres"]}
        self._find_state = find_state
        self._states: dict[str, CentreState] = {}

    def centre(self, centre: str) -> dict[str, Any]:
        """The snapshot's centre. ``KeyError`` for one that the network has not."""
        found: dict[str, Any] = self._centres[centre]
        return found

    def state(self, centre: str) -> CentreState:
        """The state folded exactly up to the position that the snapshot's centre shows."""
        if centre not in self._states:
            shown = self.centre(centre)["position"]
            self._states[centre] = self._find_state(centre, position_of(shown.encode()) if shown else 0)
        return self._states[centre]

    def clock(self, centre: str) -> float:
        """The ``now`` that the centre's numbers were computed for, epoch seconds."""
        return _epoch(self.centre(centre)["at"])


class Moments:
    """Moments from the published snapshot and from history. Safe with threads and with gevent's greenlets."""

    def __init__(self, history: History, network: Network, snapshot: Callable[[], bytes]) -> None:
        self._read = snapshot
        self._newest = NewestStates(history, network)
        self._shown: tuple[bytes, Moment] | None = None

    def moment(self, at: float | None = None) -> Moment | None:
        """The moment of the newest published snapshot; None before there is one."""
        if at is not None:
            raise NotImplementedError("past moments")
        raw, shown = self._read(), self._shown
        if not raw:
            return None
        if shown is None or shown[0] != raw:
            shown = self._shown = raw, Moment(_decode_snapshot(raw), self._newest.at, is_past=False)
        return shown[1]


class Kept(Struct, frozen=True):
    """A state that may have been handed out: it is never folded into again."""

    position: int
    state: CentreState


class NewestStates:
    """The newest state of each centre that was asked for: one each, brought forward by what history has since."""

    def __init__(self, history: History, network: Network) -> None:
        self._history, self._network = history, network
        self._kept: dict[str, Kept] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def at(self, centre: str, position: int) -> CentreState:
        """The state folded up to ``position``, or as far as history goes when that is less."""
        with self._locks[centre]:
            kept = self._kept.get(centre)
            if kept is not None and kept.position == position:
                return kept.state
            found = self._bring(centre, position, kept)
            if kept is None or found.position > kept.position:
                self._kept[centre] = found
            return found.state

    def _bring(self, centre: str, position: int, kept: Kept | None) -> Kept:
        with self._history.engine.connect() as connection:
            stored = connection.execute(select(t.POSITIONS.c.position).where(t.POSITIONS.c.centre == centre)).scalar()
            upto = min(position, stored or 0)
            base = self._stored(connection, centre, upto, kept)
            events = self._history.events(centre, base.position, upto, connection)
            return Kept(upto, forward(base.state, events, self._network))

    def _stored(self, connection: Connection, centre: str, upto: int, kept: Kept | None) -> Kept:
        """The nearest state at or before ``upto``: the one kept, the stored one, or nothing."""
        best = kept if kept is not None and kept.position <= upto else Kept(0, new_state(centre))
        of = (t.STATES.c.centre == centre) & (t.STATES.c.position > best.position) & (t.STATES.c.position <= upto)
        row = connection.execute(select(t.STATES).where(of)).one_or_none()
        return best if row is None else Kept(row.position, _decode_state(row.state))


def forward(state: CentreState, events: Iterator[tuple[int, Event]], network: Network) -> CentreState:
    """A state with more events folded into it; the one that was given stays as it is."""
    moved: CentreState | None = None
    facts = Facts()
    for position, event in events:
        if moved is None:
            moved = _decode_state(_encode_state(state))
        fold(moved, event, network, facts, arrival(position))
    return state if moved is None else moved


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()

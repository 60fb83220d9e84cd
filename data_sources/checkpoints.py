"""Checkpoints: states of centres at past positions, so that a past moment folds days of events and not years.

A checkpoint is the fold of a centre's events up to its position, in the order in which they arrived. A correction
that arrives late has a later position than every checkpoint made before it: who asks for a moment before it arrived
is told what could be known then, and who asks for a later one has it folded on top. So no checkpoint is ever wrong
because of what came after, and none is ever written again. Only another fold (other code, another network file)
makes them out of date: delete them, and the worker makes them anew when it starts (:func:`fill`).
"""

import zlib
from collections.abc import Callable, Iterable
from typing import Final

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy import Connection, func, select

from dashboard.fold import fold
from dashboard.network import Network
from dashboard.state import CentreState, new_state
from data_sources import history_tables as t
from data_sources.history import History
from data_sources.stream import LATEST, arrival

log = structlog.get_logger()

EVENT_BYTES: Final = 220
"""What an event takes in history, index included (docs/history.md)."""
WORTH: Final = 5
"""A checkpoint is made once the events since the last weigh so many times what that weighed: at any size of network
the table stays under a fifth of the events. It comes to about four days (docs/past.md)."""
LEAST_EVENTS: Final = 1000
"""So few are folded in a hundredth of a second."""
MISSING: Final = 20
"""So many times :data:`LEAST_EVENTS` without one, and more than twice what is due: checkpoints were deleted, or this
history is older than they are."""
_FAST: Final = 1
"""zlib's level: the best takes three times as long for 12 % less."""

Decode = Callable[[bytes], CentreState]
_decode: Decode = msgspec.msgpack.Decoder(CentreState).decode
_encode = msgspec.msgpack.Encoder().encode


def pack(state: CentreState) -> bytes:
    return zlib.compress(_encode(state), _FAST)


def unpack(packed: bytes, decode: Decode = _decode) -> CentreState:
    return decode(zlib.decompress(packed))


class Since(Struct):
    """What came since a centre's last checkpoint, and what that one weighs (bytes)."""

    events: int = 0
    weight: int = 0


class Checkpoints:
    """When each centre's next checkpoint is due. Used by the one worker that owns the streams."""

    def __init__(self, least_events: int = LEAST_EVENTS, worth: float = WORTH) -> None:
        self._least, self._worth = least_events, worth
        self._since: dict[str, Since] = {}

    def load(self, connection: Connection, centres: Iterable[str]) -> None:
        """Count anew what came since each centre's last checkpoint: at the start, and after a batch that failed."""
        for centre in centres:
            self._since[centre] = _since(connection, centre)

    def note(self, connection: Connection, state: CentreState, position: int, events: int) -> None:
        """So many more events were folded into ``state``, the last at ``position``: it is stored when one is due."""
        since = self._since.setdefault(state.id, Since())
        since.events += events
        if self._is_due(since):
            packed = pack(state)
            connection.execute(t.CHECKPOINTS.insert(), {"centre": state.id, "position": position, "state": packed})
            self._since[state.id] = Since(0, len(packed))

    def fill(self, history: History, network: Network) -> None:
        """Make those that are missing, from history. A start as any other finds nothing to do."""
        for centre in [each.id for each in network.centres]:
            with history.engine.connect() as connection:
                self.load(connection, [centre])
            if self._is_missing(self._since[centre]):
                log.info("making checkpoints from history", centre=centre, events=self._since[centre].events)
                self._fill(history, network, centre)

    def _fill(self, history: History, network: Network, centre: str) -> None:
        with history.engine.connect() as connection:
            after, state = newest(connection, centre, LATEST) or (0, new_state(centre))
        since = self._since[centre] = Since(0, self._since[centre].weight)
        for position, event in history.events(centre, after):
            fold(state, event, network, None, arrival(position))
            since.events += 1
            if self._is_due(since):
                with history.engine.begin() as connection:
                    self.note(connection, state, position, 0)
                since = self._since[centre]

    def _is_due(self, since: Since) -> bool:
        return since.events >= self._least and since.events * EVENT_BYTES >= self._worth * since.weight

    def _is_missing(self, since: Since) -> bool:
        return since.events > MISSING * self._least and since.events * EVENT_BYTES > 2 * self._worth * since.weight


def newest(
    connection: Connection, centre: str, upto: int, after: int = 0, decode: Decode = _decode
) -> tuple[int, CentreState] | None:
    """The centre's newest checkpoint with ``after < position <= upto``."""
    c = t.CHECKPOINTS.c
    of = (c.centre == centre) & (c.position > after) & (c.position <= upto)
    query = select(c.position, c.state).where(of).order_by(c.position.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return (row.position, unpack(row.state, decode)) if row else None


def _since(connection: Connection, centre: str) -> Since:
    c, e = t.CHECKPOINTS.c, t.EVENTS.c
    query = select(c.position, func.length(c.state)).where(c.centre == centre).order_by(c.position.desc()).limit(1)
    position, weight = connection.execute(query).one_or_none() or (0, 0)
    count = select(func.count()).where((e.centre == centre) & (e.position > position))
    return Since(connection.execute(count).scalar() or 0, weight)

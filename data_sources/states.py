"""States of centres at positions of their streams: the nearest one that is known, and what history has since."""

import threading
from collections import defaultdict
from collections.abc import Iterable

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from dashboard.events import Event
from dashboard.fold import fold
from dashboard.network import Network
from dashboard.state import CentreState, new_state
from data_sources import checkpoints
from data_sources import history_tables as t
from data_sources.history import History
from data_sources.stream import arrival

_decode = msgspec.msgpack.Decoder(CentreState).decode
_encode = msgspec.msgpack.Encoder().encode


class Kept(Struct, frozen=True):
    """A state that may have been handed out: it is never folded into again."""

    position: int
    state: CentreState


def copy(state: CentreState) -> CentreState:
    return _decode(_encode(state))


def stored(
    connection: Connection, centre: str, upto: int, after: int = 0, decode: checkpoints.Decode = _decode
) -> tuple[int, CentreState] | None:
    """The newest state that history keeps of a centre with ``after < position <= upto``."""
    c = t.STATES.c
    of = (c.centre == centre) & (c.position > after) & (c.position <= upto)
    row = connection.execute(select(c.position, c.state).where(of)).one_or_none()
    if row:  # the newest of all
        return row.position, decode(row.state)
    return checkpoints.newest(connection, centre, upto, after, decode)


def forward(state: CentreState, events: Iterable[tuple[int, Event]], network: Network) -> CentreState:
    """A state with more events folded into it; the one that was given stays as it is."""
    moved: CentreState | None = None
    for position, event in events:
        if moved is None:
            moved = copy(state)
        fold(moved, event, network, None, arrival(position))
    return state if moved is None else moved


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
            reached = connection.execute(select(t.POSITIONS.c.position).where(t.POSITIONS.c.centre == centre)).scalar()
            upto = min(position, reached or 0)
            if kept is None or kept.position > upto:
                kept = Kept(0, new_state(centre))
            after, state = stored(connection, centre, upto, kept.position) or (kept.position, kept.state)
            events = self._history.events(centre, after, upto, connection)
            return Kept(upto, forward(state, events, self._network))

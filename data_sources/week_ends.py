"""The two ends of a week as its deck asks for them: the picture of then without its queues (docs/week.md).

A picture of the past folds all events since the nearest checkpoint, and most of them are of tickets. A deck takes only
documents, staff, directives and openings from it, which no ticket changes: so these are folded alone, by the same code,
and every number is the one of the whole picture.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from dashboard.metrics import no_figures
from dashboard.network import Network
from dashboard.picture import REBUILT
from dashboard.snapshot import centre_snapshot, iso, network_totals, slow_samples
from dashboard.state import CentreState, new_state
from data_sources.history import History
from data_sources.moments import Moment
from data_sources.states import stored
from data_sources.stream import last_position

QUEUES: Final = (
    "ticket.issued", "ticket.called", "ticket.started", "ticket.finished", "ticket.abandoned", "ticket.transferred",
    "operator.opened", "operator.paused", "operator.resumed", "operator.closed", "feedback.given", "heartbeat",
)  # fmt: skip
"""What no number of documents, staff and oversight hangs on."""
KEPT: Final = 4
"""Ends that are kept: of the week that is shown and of the one before it."""

_UNQUEUED: Final = msgspec.defstruct(
    "Unqueued",
    [
        (each.name, each.type, msgspec.field(default_factory=each.default_factory))
        if each.default is msgspec.NODEFAULT and each.default_factory is not msgspec.NODEFAULT
        else (each.name, each.type, msgspec.field(default=each.default))
        for each in msgspec.structs.fields(CentreState)
        if each.name != "branches"
    ],
)
_decode = msgspec.msgpack.Decoder(_UNQUEUED).decode
FindMoment = Callable[[float | None], Moment | None]
Key = tuple[float, tuple[int, ...]]


class WeekEnds:
    """Ends of weeks; safe to share between threads. For a moment that is not past it is that of ``moment``."""

    def __init__(self, history: History, network: Network, moment: FindMoment, clock: Callable[[], float]) -> None:
        self._history, self._network, self._moment, self._clock = history, network, moment, clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, Moment] = OrderedDict()

    def moment(self, at: float | None = None) -> Moment | None:
        """The network at ``at`` (epoch seconds), from what had arrived by then; its queues and loads are not known."""
        if at is None or at >= self._clock():
            return self._moment(at)
        with self._lock, self._history.engine.connect() as connection:
            reached = self._history.positions()
            upto = {each.id: min(last_position(at), reached.get(each.id, 0)) for each in self._network.centres}
            key = at, tuple(upto.values())  # what arrives late in history makes another picture
            if key not in self._kept:
                self._kept[key] = self._make(connection, at, upto)
                if len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]

    def _make(self, connection: Connection, at: float, upto: dict[str, int]) -> Moment:
        network = self._network
        states = {centre: self._state(connection, centre, position) for centre, position in upto.items()}
        slow = {centre: slow_samples(state, network, at) for centre, state in states.items()}
        unknown = {group: figures for group, figures in no_figures().items() if group in ("queue", "load")}
        centres: list[dict[str, Any]] = [
            centre_snapshot(state, network, at, slow[centre]) | unknown | {"position": None}
            for centre, state in states.items()
        ]
        totals = network_totals(states, network, at, slow) | unknown
        snapshot = {"version": REBUILT, "at": iso(at), "network": network.id, "centres": centres, "totals": totals}
        return Moment(snapshot, lambda centre, _position: states[centre], is_past=True)

    def _state(self, connection: Connection, centre: str, upto: int) -> CentreState:
        after, state = stored(connection, centre, upto, decode=unqueued) or (0, new_state(centre))
        self._history.fold_on(connection, state, None, self._network, after, upto, without=QUEUES)
        return state


def unqueued(raw: bytes) -> CentreState:
    """A kept state without its queues, which are half of it."""
    return CentreState(**msgspec.structs.asdict(_decode(raw)))

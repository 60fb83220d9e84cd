"""The past: the picture of the network at any moment, from the events that had arrived by then (docs/past.md)."""

import threading
import time
from collections import OrderedDict
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, func, select

from dashboard import picture
from dashboard.fold import fold
from dashboard.network import Network
from dashboard.state import CentreState, new_state
from data_sources import history_tables as t
from data_sources.history import History
from data_sources.states import copy, forward, stored
from data_sources.stream import arrival, entry_id, last_position

RECENT: Final = 48
"""Pictures that are kept: four hours of a day that is played, some 20 MB."""
WALKS: Final = 2
"""How many who look at different pasts go forward without disturbing one another; a walk holds the network's states."""


class Place(Struct):
    """A centre's state on a walk."""

    reached: int
    """All events up to here are in it."""
    newest: int
    """Position of the newest of them, 0 when there is none."""
    state: CentreState
    given: bool = False
    """Somebody has it: it is copied before anything is folded into it."""


class Walk(Struct):
    """The states of all centres at one moment, which go forward in place to a later one."""

    at: float
    places: dict[str, Place]


class Past:
    """Pictures of past moments. One is made at a time, whoever asks, and between two centres others have their turn."""

    def __init__(self, history: History, network: Network) -> None:
        self._history, self._network = history, network
        self._lock = threading.Lock()
        self._walks: list[Walk] = []
        self._pictures: OrderedDict[tuple[float, tuple[int, ...]], dict[str, Any]] = OrderedDict()
        self._since: float | None = None

    def since(self) -> float | None:
        """When the first ticket or document reached its stream, epoch seconds: before that there is nothing to look
        at (of staff, a centre tells years that are past). None before there is one."""
        if self._since is None:
            with self._history.engine.connect() as connection:
                found = [first_position(connection, each.id) for each in self._network.centres]
            known = [each for each in found if each is not None]
            self._since = arrival(min(known)) if known else None
        return self._since

    def picture(self, at: float) -> dict[str, Any]:
        """The picture at ``at`` (epoch seconds, to the microsecond), of the same shape as the published one."""
        at = round(at, 6)
        with self._lock, self._history.engine.connect() as connection:
            upto = self._upto(connection, at)
            # what arrives late in history, because the worker was behind, makes another picture
            key = (at, tuple(upto.values()))
            found = self._pictures.get(key)
            if found is None:
                found = self._pictures[key] = self._make(connection, at, upto)
                if len(self._pictures) > RECENT:
                    self._pictures.popitem(last=False)
            self._pictures.move_to_end(key)
            return found

    def state(self, centre: str, position: int) -> CentreState:
        """The state of a picture's centre, by the position that the picture shows."""
        with self._lock:
            for walk in self._walks:
                place = walk.places.get(centre)
                if place is not None and place.newest == position:
                    place.given = True
                    return place.state
        with self._history.engine.connect() as connection:
            after, state = stored(connection, centre, position) or (0, new_state(centre))
            return forward(state, self._history.events(centre, after, position, connection), self._network)

    def _upto(self, connection: Connection, at: float) -> dict[str, int]:
        reached = {row.centre: row.position for row in connection.execute(select(t.POSITIONS))}
        last = last_position(at)
        return {each.id: min(last, reached.get(each.id, 0)) for each in self._network.centres}

    def _make(self, connection: Connection, at: float, upto: dict[str, int]) -> dict[str, Any]:
        walk, centres = self._walk(at), []
        for centre, position in upto.items():
            # a walk that breaks off leaves no state half way
            place = self._bring(connection, centre, position, walk.places.pop(centre, None))
            walk.places[centre] = place
            newest = entry_id(place.newest) if place.newest else None
            centres.append(picture.rebuilt_centre(place.state, self._network, newest, at))
            time.sleep(0)
        walk.at = at
        return picture.rebuilt({id_: each.state for id_, each in walk.places.items()}, centres, self._network, at)

    def _walk(self, at: float) -> Walk:
        """The walk that is least behind; else a new one, in the place of that which was not used for longest."""
        behind = [each for each in self._walks if each.at <= at]
        walk = max(behind, key=lambda each: each.at) if behind else Walk(at, {})
        others = [each for each in self._walks if each is not walk]
        self._walks = [*others[-(WALKS - 1) :], walk]
        return walk

    def _bring(self, connection: Connection, centre: str, upto: int, place: Place | None) -> Place:
        """The centre's state at ``upto``: from where the walk is, or from a stored state that is nearer."""
        if place is None or place.reached > upto:
            place = Place(0, 0, new_state(centre))
        found = stored(connection, centre, upto, place.reached)
        if found is not None:
            place = Place(found[0], _newest(connection, centre, found[0]), found[1])
        for position, event in self._history.events(centre, place.reached, upto, connection):
            if place.given:
                place = Place(place.reached, place.newest, copy(place.state))
            fold(place.state, event, self._network, None, arrival(position))
            place.newest = position
        place.reached = upto
        return place


def first_position(connection: Connection, centre: str) -> int | None:
    """Of a centre's first ticket or document, as they reached its stream; None before there is one."""
    c = t.EVENTS.c
    query = select(c.position).where(c.centre == centre, c.type.in_(("ticket.issued", "application.accepted")))
    return connection.execute(query.order_by(c.position).limit(1)).scalar()


def _newest(connection: Connection, centre: str, upto: int) -> int:
    c = t.EVENTS.c
    return connection.execute(select(func.max(c.position)).where(c.centre == centre, c.position <= upto)).scalar() or 0

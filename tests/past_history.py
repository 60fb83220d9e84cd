"""A history of three simulated centres, as it arrived: in order, but for lines that were cut and late corrections.

One centre works all the time, one opens in the course of it, one is never heard.
"""

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

from msgspec import structs
from sqlalchemy import Engine

from dashboard.events import Event, encode_data, type_of
from dashboard.fold import fold, new_state
from dashboard.intake import Refusal, accept
from dashboard.network import Network
from dashboard.network_file import DEFAULT, load
from dashboard.picture import rebuilt, rebuilt_centre
from dashboard.state import CentreState
from data_sources import simulator
from data_sources.checkpoints import Checkpoints
from data_sources.history import History, event_row
from data_sources.states import copy
from data_sources.stream import LATEST, arrival, entry_id, last_position

DAY = 86_400.0
START = datetime(2026, 10, 1, tzinfo=UTC).timestamp()
DAYS = 24
END = START + DAYS * DAY
WORKING, OPENED, UNHEARD = "kulsary", "dossor", "makat"

Arrived = list[tuple[int, Event]]
"""Events by the position of their entry."""


def network() -> Network:
    whole = load(DEFAULT)
    by_id = {each.id: each for each in whole.centres}
    return structs.replace(whole, centres=tuple(by_id[each] for each in (WORKING, OPENED, UNHEARD)))


NETWORK = network()


@cache
def arrived(centre: str) -> Arrived:
    """A centre's events in the order of their stream."""
    if centre == UNHEARD:
        return []
    parameters, of = simulator.load(), NETWORK.centre_by_id[centre]
    # a planned centre opens on the 11th day
    start = START - (parameters.character(of).opened_after_days - 11) * DAY if of.planned else START
    told = list(simulator.simulate(of, NETWORK, parameters, 3, start, END, START + 3 * DAY))
    rnd, line = random.Random(centre), sorted(_late(told, random.Random(f"late {centre}")), key=lambda each: each[0])
    found: Arrived = []
    for moment, raw in line:
        position = (int(moment * 1000) << 20) + rnd.randrange(3)
        if found and position <= found[-1][0]:
            position = found[-1][0] + 1
        event = accept(raw, NETWORK, centre, moment)
        assert not isinstance(event, Refusal), event
        found.append((position, event))
    return found


def _late(told: list[tuple[float, bytes]], rnd: random.Random) -> Iterator[tuple[float, bytes]]:
    """Two lines cut, for three hours and for two days; of a hundred events one comes late, by up to six days."""
    cuts = [(START + 6.3 * DAY, 3 * 3600.0), (START + 12.1 * DAY, 2 * DAY)]
    for moment, raw in told:
        until = [since + length for since, length in cuts if since <= moment < since + length]
        late = rnd.random() < 0.01
        yield max([moment, *until]) + (rnd.uniform(0, 6 * DAY) if late else 0.0), raw


def keep(
    engine: Engine, checkpoints: Checkpoints, centres: Iterable[str] = (WORKING, OPENED), batch: int = 700
) -> None:
    """Put the history into a database as a worker does: batch by batch, checkpoints among it."""
    history = History(engine)
    history.claim([each.id for each in NETWORK.centres])
    for centre in centres:
        events, state = arrived(centre), new_state(centre)
        for first in range(0, len(events), batch):
            part = events[first : first + batch]
            with engine.begin() as connection:
                rows = [event_row(centre, at, each, type_of(each), encode_data(each)) for at, each in part]
                history.add_events(connection, rows)
                for at, event in part:
                    fold(state, event, NETWORK, None, arrival(at))
                checkpoints.note(connection, state, part[-1][0], len(part))
                history.move(connection, centre, part[-1][0])


Plain = dict[float, tuple[dict[str, Any], dict[str, CentreState]]]


def plain(moments: Iterable[float]) -> Plain:
    """By moment, the picture and the states of a plain fold from nothing of all that had arrived by then."""
    found: Plain = {}
    states = {each.id: new_state(each.id) for each in NETWORK.centres}
    newest: dict[str, str | None] = dict.fromkeys(states)
    rest = {centre: iter([*arrived(centre), (LATEST, None)]) for centre in states}
    following = {centre: next(each) for centre, each in rest.items()}
    for at in sorted(moments):
        for centre, state in states.items():
            while (entry := following[centre])[0] <= last_position(at) and entry[1] is not None:
                fold(state, entry[1], NETWORK, None, arrival(entry[0]))
                newest[centre], following[centre] = entry_id(entry[0]), next(rest[centre])
        centres = [rebuilt_centre(states[id_], NETWORK, newest[id_], at) for id_ in states]
        found[at] = rebuilt(states, centres, NETWORK, at), {id_: copy(each) for id_, each in states.items()}
    return found

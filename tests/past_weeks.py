"""Six weeks of two centres in little for the tests of rollups: visitors, shifts, documents, feedback, and late news."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from msgspec import structs
from sqlalchemy import Engine

from dashboard.events import Event, encode_data, type_of
from dashboard.facts import Facts
from dashboard.fold import fold, new_state
from dashboard.network import Network
from dashboard.state import CentreState
from data_sources.history import History, event_row
from data_sources.stream import SEQUENCE_BITS
from tests.small_network import DAY, MINUTE, MONDAY_10, NETWORK, Maker

T = MONDAY_10
WEEKS = 6
HOUR = 3600.0
Step = tuple[float, str, str, dict[str, Any]]
"""When, source, type, data."""


@dataclass
class Past:
    """What was stored, and the same folded in one go: state, facts and events of each centre."""

    network: Network
    events: dict[str, list[Event]]
    states: dict[str, CentreState]
    facts: dict[str, Facts]

    def day(self, ago: int) -> int:
        return self.network.local.day(T) - ago


def network_in(zone: str) -> Network:
    return structs.replace(NETWORK, time_zone=zone)


def past_of(network: Network, weeks: int = WEEKS, seed: int = 1) -> Past:
    events, states, facts = {}, {}, {}
    for centre, branches in (("one", ("main", "hall")), ("two", ("main",))):
        make = Maker()
        told = (step for step in _steps(random.Random(f"{seed} {centre}"), centre, branches, weeks) if step[0] <= T)
        steps = sorted(told, key=lambda step: step[0])
        events[centre] = []
        for moment, source, type_, data in _some_late(steps, random.Random(seed)):
            make.source = source
            events[centre].append(make(type_, moment, **data))
        state, said = new_state(centre), Facts()
        for event in events[centre]:
            fold(state, event, network, said)
        states[centre], facts[centre] = state, said
    return Past(network, events, states, facts)


def _some_late(steps: list[Step], rnd: random.Random) -> list[Step]:
    """One in twenty comes hours after it happened."""
    late = [(step[0] + rnd.choice([HOUR, 30 * HOUR]) if rnd.random() < 0.05 else step[0], step) for step in steps]
    return [step for _, step in sorted(late, key=lambda each: each[0])]


def _steps(rnd: random.Random, centre: str, branches: tuple[str, ...], weeks: int) -> Iterator[Step]:
    for ago in range(7 * weeks, 0, -1):
        for branch in branches:
            source, morning = f"/{centre}/{branch}", T - ago * DAY - HOUR
            yield from _shifts(rnd, source, morning)
            for number in range(rnd.randrange(8)):
                yield from _visitor(rnd, source, number, morning + rnd.randrange(8 * 3600))
            yield from _document(rnd, source, f"{centre}-{branch}-{ago}".upper(), morning + rnd.randrange(3600))
            score = {"score": rnd.randrange(1, 6)}
            yield morning + 2 * HOUR, source, "feedback.given", score
    yield from _old_document(f"/{centre}/{branches[0]}", f"{centre}-OLD".upper())


def _shifts(rnd: random.Random, source: str, morning: float) -> Iterator[Step]:
    for number in ("1", "2"):
        who, at = {"operator": f"op{number}", "window": number}, morning + rnd.randrange(1800)
        yield at, source, "operator.opened", who
        yield at + 3 * HOUR, source, "operator.paused", who
        yield at + 3.5 * HOUR, source, "operator.resumed", who
        yield at + 8 * HOUR, source, "operator.closed", who


def _visitor(rnd: random.Random, source: str, number: int, at: float) -> Iterator[Step]:
    ticket, window = {"ticket": f"T{number}"}, rnd.choice("12")
    yield at, source, "ticket.issued", ticket | {"service": rnd.choice(["estate", "idcard"])}
    at += rnd.randrange(1, 3600)
    fate = rnd.choice(["served", "served", "served", "left", "no show", "moved", "waits"])
    if fate == "left":
        yield at, source, "ticket.abandoned", ticket
    if fate == "moved":
        yield at, source, "ticket.transferred", ticket | {"service": "idcard"}
    if fate in ("served", "no show"):
        yield at, source, "ticket.called", ticket | {"window": window, "operator": f"op{window}"}
    if fate == "served":
        yield at + rnd.randrange(60, 1200), source, "ticket.finished", ticket
    if fate == "no show":
        yield at + MINUTE, source, "ticket.abandoned", ticket | {"reason": "no_show"}


def _document(rnd: random.Random, source: str, code: str, at: float) -> Iterator[Step]:
    about = {"application": code}
    yield at, source, "application.accepted", about | {"service": rnd.choice(["estate", "idcard"])}
    for agency in rnd.sample(["cadastre", "police"], rnd.randrange(3)):
        yield (at := at + rnd.uniform(0.1, 2) * DAY), source, "application.sent", about | {"agency": agency}
        yield (at := at + rnd.uniform(0.1, 9) * DAY), source, "application.returned", about | {"agency": agency}
    end = rnd.choice(["ready", "ready", "ready", "rejected", "withdrawn", ""])
    at += rnd.uniform(0.1, 5) * DAY
    if end:
        yield at, source, f"application.{end}", about
    if end == "ready":
        yield at + DAY, source, "application.issued", about


def _old_document(source: str, code: str) -> Iterator[Step]:
    """Ready, then let go of by the live state, and issued only today."""
    about = {"application": code}
    yield T - 80 * DAY, source, "application.accepted", about | {"service": "estate"}
    yield T - 79 * DAY, source, "application.sent", about | {"agency": "police"}
    yield T - 74 * DAY, source, "application.returned", about | {"agency": "police"}
    yield T - 73 * DAY, source, "application.ready", about
    yield T - HOUR, source, "application.issued", about


def store(engine: Engine, network: Network, past: Past, batch: int = 97) -> None:
    """Store the events as a worker does, a batch in a transaction."""
    history = History(engine)
    history.claim([centre.id for centre in network.centres])
    for centre, events in past.events.items():
        state = new_state(centre)
        for start in range(0, len(events), batch):
            store_batch(history, network, state, events[start : start + batch], start + 1)


def store_batch(history: History, network: Network, state: CentreState, events: list[Event], first: int) -> None:
    facts = Facts()
    for event in events:
        fold(state, event, network, facts)
    places = [(first + n) << SEQUENCE_BITS for n in range(len(events))]
    rows = [event_row(state.id, at, e, type_of(e), encode_data(e)) for at, e in zip(places, events, strict=True)]
    first_day = facts.first_day(network.local)
    with history.engine.begin() as connection:
        assert not history.add_events(connection, rows)
        history.add_facts(connection, state.id, facts, network.local)
        revised = first_day is not None and first_day < state.day
        history.move(connection, state.id, places[-1], day=state.day, revised=revised)

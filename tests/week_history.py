"""Twelve weeks of five centres, as they arrived: two work, one opens in the last week, two stay planned.

Simulated centres, former staff of two years, directives of meetings; and what is awkward: events that come days late,
a line that is cut over the end of the week, people who move inside the network or work in two places at once.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from msgspec import structs
from sqlalchemy import Engine

from dashboard.deck import Deck
from dashboard.events import Event, encode_data, type_of
from dashboard.fold import Facts, fold, new_state
from dashboard.i18n import Catalogue
from dashboard.intake import Refusal, accept
from dashboard.network import Network
from dashboard.network_file import DEFAULT, load
from dashboard.week import NetworkFacts, Week, report
from dashboard.week_meeting import decided
from data_sources import simulator
from data_sources.history import History, event_row, open_engine, upgrade
from data_sources.kept_weeks import KeptWeeks
from data_sources.moments import Moments
from data_sources.rollups import Rollups
from data_sources.stream import SEQUENCE_BITS
from data_sources.week_ends import FindMoment, WeekEnds
from data_sources.weeks import Weeks
from layouts import week_deck
from layouts.view import View

DAY: Final = 86_400.0
HOUR: Final = 3600.0
WEEK: Final = Week(2026, 47)
BEGIN: Final = datetime(2026, 11, 15, 19, tzinfo=UTC).timestamp()
"""Monday 16 November 2026, 0:00 in Atyrau (UTC+5)."""
END: Final = BEGIN + 7 * DAY
NOW: Final = END + 4 * DAY
START: Final = datetime(2026, 9, 1, tzinfo=UTC).timestamp()
"""Of documents and staff; tickets begin with the first of the eight earlier weeks."""
CITY, RURAL, OPENED = "kulsary", "makat", "dossor"
PLANNED: Final = ("sagiz", "akkol")
OPENED_BEFORE_END: Final = 5
"""The planned centre opens so many days before the week ends."""
Told = tuple[float, float, bytes]
"""When it happened, when it arrived (epoch seconds), the event."""


def week_network() -> Network:
    by_id = {each.id: each for each in load(DEFAULT).centres}
    return structs.replace(load(DEFAULT), centres=tuple(by_id[each] for each in (CITY, RURAL, OPENED, *PLANNED)))


NETWORK: Final = week_network()


def told(centre: str) -> list[Told]:
    """What a centre told, in the order of its stream."""
    if centre in PLANNED:
        return []
    parameters, of = simulator.load(), NETWORK.centre_by_id[centre]
    opens = END - OPENED_BEFORE_END * DAY - parameters.character(of).opened_after_days * DAY
    lived = simulator.simulate(of, NETWORK, parameters, 5, opens if of.planned else START, NOW, END - 63 * DAY)
    rnd = random.Random(f"late {centre}")
    found = [(at, _arrived(at, rnd), raw) for at, raw in lived]
    for number, (source, type_, at, data) in enumerate(_by_hand(centre)):
        found.append((at, max(at, START), _event(f"hand-{number}", source, type_, at, data)))
    return sorted(found, key=lambda each: (each[1], each[0]))


def _arrived(at: float, rnd: random.Random) -> float:
    """One in a hundred events comes up to three days late; from Sunday on the line is cut for two days."""
    back = END + 1.4 * DAY
    arrived = max(at, START) + (rnd.uniform(0, 3 * DAY) if rnd.random() < 0.01 else 0.0)
    return back if END - 40 * HOUR <= arrived < back else arrived


def _event(id_: str, source: str, type_: str, at: float, data: dict[str, Any]) -> bytes:
    time_ = datetime.fromtimestamp(at, UTC).isoformat()
    members = {"specversion": "1.0", "id": id_, "source": source, "type": type_, "time": time_, "data": data}
    return msgspec.json.encode(members)


Step = tuple[str, str, float, dict[str, Any]]
"""Source, type, when, data."""


def _by_hand(centre: str) -> Iterator[Step]:
    yield from _former(centre)
    yield from _moved(centre)
    yield from _directives(centre)


def _former(centre: str) -> Iterator[Step]:
    """Who left in the last 14 months, some of them in the nine weeks; of a few it was never told that they joined."""
    if centre == OPENED:
        return
    rnd, source = random.Random(f"former {centre}"), f"/{centre}/main"
    for number in range(12):
        left = END - rnd.uniform(0, 60 if number % 2 else 430) * DAY
        who = {"employee": f"{centre}-former-{number}"}
        if number % 5:
            yield source, "staff.joined", left - rnd.uniform(30, 500) * DAY, who
        yield source, "staff.left", left, who | {"reason": "pay"}


def _moved(centre: str) -> Iterator[Step]:
    """Days before the end: inside the network in 10 days, in 40, between two branches, and in two places at once."""
    places = {
        "quick": ((CITY, "main", 400, 20), (RURAL, "main", 10, None)),
        "slow": ((CITY, "main", 400, 45.5), (RURAL, "main", 5, None)),
        "inside": ((CITY, "main", 300, 9), (CITY, "koschagyl", 4, 2)),
        "both": ((RURAL, "main", 200, 3), (CITY, "main", 6, None)),
        "again": ((RURAL, "main", 200, 30), (RURAL, "main", 12, None)),
    }
    for name, spells in places.items():
        for of, branch, joined, left in spells:
            if of == centre:
                yield f"/{of}/{branch}", "staff.joined", END - joined * DAY, {"employee": name}
                if left is not None:
                    yield f"/{of}/{branch}", "staff.left", END - left * DAY, {"employee": name, "reason": "moved"}


def _directives(centre: str) -> Iterator[Step]:
    """Of the last meeting: one done, one late; an older one without a day; and one of this week's own meeting."""
    given, due = BEGIN + 10 * HOUR, {CITY: "2026-11-20", RURAL: "2026-11-30"}.get(centre)
    if due is None:
        return
    code = {"directive": f"D-2026W46-{centre}-queue-1"}
    yield f"/{centre}", "directive.issued", given, code | {"text": "Открыть ещё одно окно", "due": due}
    if centre == RURAL:
        yield f"/{centre}", "directive.done", given + 2 * DAY, code
    old = {"directive": f"{centre}-old"}
    yield f"/{centre}", "directive.issued", given - 40 * DAY, old | {"text": "Установить терминал"}
    after = {"directive": f"D-2026W47-{centre}-sla-1", "text": "Разобрать просроченные", "due": "2026-12-01"}
    yield f"/{centre}", "directive.issued", END + 9 * HOUR, after


def keep(engine: Engine, changed: Callable[[Event], Event | None] = lambda event: event, batch: int = 4000) -> None:
    """Store what every centre told as a worker does; ``changed`` may put another event in the place of one, or none."""
    upgrade(engine)
    history = History(engine)
    history.claim([each.id for each in NETWORK.centres])
    for centre in NETWORK.centres:
        arrived = _accepted(centre.id, changed)
        state = new_state(centre.id)
        for first in range(0, len(arrived), batch):
            part, facts = arrived[first : first + batch], Facts()
            for position, event in part:
                fold(state, event, NETWORK, facts, (position >> SEQUENCE_BITS) / 1000)
            rows = [event_row(centre.id, at, each, type_of(each), encode_data(each)) for at, each in part]
            with engine.begin() as connection:
                assert not history.add_events(connection, rows)
                history.add_facts(connection, centre.id, facts, NETWORK.local)
                history.move(connection, centre.id, part[-1][0], day=state.day, revised=True)


def _accepted(centre: str, changed: Callable[[Event], Event | None]) -> list[tuple[int, Event]]:
    """Events by the position that their arrival gives them."""
    found: list[tuple[int, Event]] = []
    for _at, arrived, raw in told(centre):
        event = accept(raw, NETWORK, centre, arrived)
        assert not isinstance(event, Refusal), event
        position = round(arrived * 1000) << SEQUENCE_BITS
        kept = changed(event)
        if kept is not None:
            found.append((max(position, found[-1][0] + 1 if found else 0), kept))
    return found


def find_moments(engine: Engine) -> FindMoment:
    """Whole pictures of the past."""
    return Moments(History(engine), NETWORK, lambda: b"", lambda: NOW).moment


def find_ends(engine: Engine) -> FindMoment:
    """The ends of weeks as the product asks for them."""
    return WeekEnds(History(engine), NETWORK, lambda _at: None, lambda: NOW).moment


def facts(engine: Engine, moment: FindMoment) -> NetworkFacts:
    found = Weeks(Rollups(engine, NETWORK), NETWORK, moment, lambda: NOW).facts(WEEK)
    assert found is not None
    return found


def closed_deck(engine: Engine) -> Deck:
    """The week closed, and its deck in English, of nothing but what history holds."""
    ends = find_ends(engine)
    weeks = KeptWeeks(Weeks(Rollups(engine, NETWORK), NETWORK, ends, lambda: NOW), engine, lambda: NOW)
    weeks.freeze(WEEK, "presenter")
    shown, then = weeks.shown(WEEK), ends(NOW - 1)
    assert shown is not None
    assert then is not None
    given = decided({each.id: then.state(each.id) for each in NETWORK.centres}, WEEK, NOW)
    view = View(NETWORK, Catalogue("en"), "day", NOW)
    return week_deck.deck(view, report(shown.facts, NETWORK), decided=given, closing=shown.closing)


def stored(url: str, changed: Callable[[Event], Event | None] = lambda event: event) -> Engine:
    engine = open_engine(url)
    keep(engine, changed)
    return engine

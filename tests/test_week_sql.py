"""Every number of a closed week's deck, against SQL over the bare events that shares none of our code (week_sql).

Twice: of the events as they were told, and with one event less of each kind. So the SQL is seen to follow the events
too, and not only to agree.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from sqlite3 import Connection
from typing import Any

import pytest
import week_sql as sql
from msgspec import structs
from week_history import (
    BEGIN,
    CITY,
    END,
    NETWORK,
    OPENED,
    RURAL,
    closed_deck,
    facts,
    find_ends,
    find_moments,
    stored,
)

from dashboard.deck import Deck, Slide
from dashboard.events import Event, type_of
from dashboard.sheet import Cell
from dashboard.week import End, NetworkFacts, PlaceFacts
from data_sources.history import open_engine

NAMES = {each.id: each.names.en for each in NETWORK.centres} | {"": "The network"}
WORKING = (CITY, RURAL, OPENED, "")
"""The centres that operate, and the network."""
WEEKS = range(8, -1, -1)
"""The eight weeks before, the oldest first, and the week itself."""
TAKEN_AWAY = (
    "ticket.issued", "operator.paused", "application.ready", "application.returned", "staff.left", "complaint.filed",
    "directive.done",
)  # fmt: skip
Shares = dict[tuple[str, int], tuple[float, float]]
"""Part and whole, by place and week."""


@dataclass
class Checked:
    deck: Deck
    events: Connection
    path: str

    def sheet(self, title: str) -> list[list[Cell]]:
        (found,) = (each.rows for each in self.deck.tables if each.title == title)
        return found

    def numbers(self, place: str, label: str) -> list[Any]:
        (found,) = (each for each in self.sheet("Numbers") if each[:2] == [NAMES[place], label])
        return found

    def slide(self, id_: str) -> Slide:
        (found,) = (each for each in self.deck.slides if each.id == id_)
        return found

    def cells(self, id_: str) -> list[tuple[str, ...]]:
        table = self.slide(id_).table
        assert table is not None
        return [each.cells for each in table.rows]

    def ask(self, query: str) -> list[Any]:
        return self.events.execute(query).fetchall()


def one_less() -> Callable[[Event], Event | None]:
    """Takes the first event of each kind away that the city told in the week."""
    gone: set[str] = set()

    def changed(event: Event) -> Event | None:
        type_, at = type_of(event), event.time.timestamp()
        own = event.source.startswith(f"/{RURAL if type_ == 'directive.done' else CITY}")
        if own and type_ in TAKEN_AWAY and BEGIN <= at < END - 86_400 and type_ not in gone:
            gone.add(type_)
            return None
        return event

    return changed


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Checked]]:
    folder, found = tmp_path_factory.mktemp("week"), {}
    for name, changed in (("as told", None), ("one event less of each kind", one_less())):
        path = f"{folder}/{len(found)}.db"
        engine = stored(f"sqlite:///{path}", changed or (lambda event: event))
        found[name] = Checked(closed_deck(engine), sql.open_asked(path, NETWORK, BEGIN), path)
        engine.dispose()
    yield found
    for each in found.values():
        each.events.close()


@pytest.fixture(params=["as told", "one event less of each kind"])
def checked(both: dict[str, Checked], request: pytest.FixtureRequest) -> Checked:
    return both[request.param]


# the four numbers


def shares(rows: list[tuple[str, int, float, float]]) -> Shares:
    """By centre and week, and the sums of all centres under ""."""
    found: Shares = {}
    for centre, back, part, whole in rows:
        for place in (centre, ""):
            before = found.get((place, back), (0.0, 0.0))
            found[place, back] = before[0] + part, before[1] + whole
    return found


def queue(checked: Checked) -> Shares:
    return shares(checked.ask(sql.QUEUE))


def load(checked: Checked) -> Shares:
    busy = {(centre, back): seconds for centre, back, seconds, _ in checked.ask(sql.BUSY)}
    return shares([(centre, back, busy[centre, back], seconds) for centre, back, seconds in checked.ask(sql.OPEN)])


def on_time(checked: Checked) -> Shares:
    return shares(checked.ask(sql.ON_TIME))


GROUPS = {"Queue": queue, "Load": load, "On time": on_time}


@pytest.mark.parametrize("label", GROUPS)
@pytest.mark.parametrize("place", WORKING)
def test_a_share_of_each_of_nine_weeks(checked: Checked, place: str, label: str) -> None:
    found, row = GROUPS[label](checked), checked.numbers(place, label)
    expected = [part / whole if whole else None for part, whole in (found.get((place, back), (0, 0)) for back in WEEKS)]
    assert row[-9:] == pytest.approx(expected)
    assert row[2:4] == pytest.approx([expected[-1], expected[-2]])
    assert expected[-1] is not None


@pytest.mark.parametrize("place", WORKING)
def test_what_a_share_stands_on(checked: Checked, place: str) -> None:
    services = shares([(centre, back, 0, count) for centre, back, _, count in checked.ask(sql.BUSY)])
    for label, found in (("Queue", queue(checked)), ("Load", services), ("On time", on_time(checked))):
        assert checked.numbers(place, label)[5] == found[place, 0][1] > 0


@pytest.mark.parametrize("place", WORKING)
def test_turnover_at_both_ends_and_who_left_in_each_week(checked: Checked, place: str) -> None:
    rates = {(name, of): (rate, leavers) for name, of, rate, leavers in checked.ask(sql.TURNOVER)}
    left = {(of, back): count for of, back, count in checked.ask(sql.LEAVERS)}
    row = checked.numbers(place, "Turnover")
    assert row[2:4] == pytest.approx([rates["end", place][0], rates.get(("begin", place), (None,))[0]])
    assert row[5] == rates["end", place][1]
    assert row[-9:] == [left.get((place, back), 0) for back in WEEKS]


def test_the_slides_show_the_numbers_of_the_sheet(checked: Checked) -> None:
    for place in WORKING:
        for card in checked.slide(place or "title").cards:
            row = checked.numbers(place, card.label)
            assert (card.value, list(card.series)) == (row[2], row[-9:])


def test_who_is_not_open_has_no_number(checked: Checked) -> None:
    for each in NETWORK.centres:
        if each.id not in WORKING:
            for label in (*GROUPS, "Turnover"):
                row = checked.numbers(each.id, label)
                assert {*row[2:5], *row[-9:]} == {None}


# documents


def test_late_documents_of_each_centre_and_of_the_network(checked: Checked) -> None:
    late = {centre: (count, int(days)) for centre, count, days in checked.ask(sql.OVERDUE)}
    for centre in (CITY, RURAL, OPENED):
        said = re.match(r"(\d+) documents? late, by up to (\d+) d\.", checked.slide(centre).lead)
        assert said is not None
        assert (int(said[1]), int(said[2])) == late[centre]
    whole = sum(count for count, _ in late.values())
    assert f"{whole} documents late at the end of the week." in [each.text for each in checked.slide("standing").lines]


def test_the_document_that_is_late_for_longest_and_by_whom(checked: Checked) -> None:
    ((centre, code, days, party),) = checked.ask(sql.LONGEST)
    holder = "the centre itself" if party == "centre" else NETWORK.agency_by_id[party].names.en
    said = f"Late for longest: {code}, {NAMES[centre]}, {int(days)} days. Held up by: {holder}."
    assert said in [each.text for each in checked.slide("standing").lines]


def test_what_each_agency_held_and_was_late_with(checked: Checked) -> None:
    names = {each.id: each.names.en for each in NETWORK.agencies} | {"centre": "the centres"}
    expected = {names[party]: numbers for party, *numbers in checked.ask(sql.AGENCIES)}
    found = {name: numbers for name, *numbers in checked.sheet("Agencies")}
    assert found.keys() == expected.keys()
    for name, numbers in found.items():
        assert numbers == pytest.approx(expected[name], rel=1e-6, abs=1e-6), name
    shown = [
        (name, f"{n}", f"{days:.1f}", f"{over:.1f}", f"{late}") for name, (n, days, over, late) in expected.items()
    ]
    assert set(checked.cells("agencies")) <= set(shown)
    late = sum(each[-1] for each in expected.values())
    assert checked.slide("agencies").lead == f"{late} of the documents finished in the week were late."


# complaints, directives, rollout


def test_complaints_by_kind_of_each_centre_and_of_nine_weeks(checked: Checked) -> None:
    found = checked.ask(sql.COMPLAINTS)
    kinds = {"delay": "Delay", "rudeness": "Rudeness", "bribery": "Bribery", "queue": "The queue", "other": "Other"}
    counts: Counter[tuple[str, int, str]] = Counter()
    for centre, back, about, count in found:
        for place, kind in ((centre, about), (centre, "all"), ("", about), ("", "all")):
            counts[place, back, kind] += count
    for name, *numbers in checked.sheet("Complaints"):
        (place,) = (id_ for id_, known in NAMES.items() if known == name)
        assert numbers == [counts[place, 0, kind] for kind in kinds]
    for kind, said in [*kinds.items(), ("all", "All")]:
        usual = sum(counts["", back, kind] for back in range(1, 9)) / 8
        row = next(each for each in checked.cells("complaints") if each[0] == said)
        assert row[1:3] == (str(counts["", 0, kind]), str(counts["", 1, kind]))
        assert float(row[3]) == pytest.approx(usual, abs=0.0501)
    assert counts["", 0, "all"] > 0


def test_directives_when_they_were_given_and_what_became_of_them(checked: Checked) -> None:
    given = checked.ask(sql.DIRECTIVES)
    statuses = {}
    for code, _, _, due, done in given:
        statuses[code] = "done" if done else "late" if due and due <= "2026-11-22" else "not due yet"
    expected = [
        [code, NAMES[centre], local(at), date.fromisoformat(due) if due else None, local(done), statuses[code]]
        for code, centre, at, due, done in given
    ]
    found = [[row[0], row[1], *row[3:]] for row in checked.sheet("Promises")]
    assert found[: len(given)] == expected
    assert [row[0] for row in found[len(given) :]] == [f"D-2026W47-{each}-sla-1" for each in (CITY, RURAL)]
    counts = Counter(statuses.values())
    in_week = sum(done is not None and done >= BEGIN for *_, done in given)
    assert checked.slide("promises").lead == (
        f"Late: {counts['late']}. Not due yet: {counts['not due yet']}. "
        f"Done in the week: {in_week}, ever: {counts['done']}."
    )
    followed = {cells[0].split(":")[0]: cells[1] for cells in checked.cells("followed")}
    assert followed == {NAMES[each]: statuses[f"D-2026W46-{each}-queue-1"] for each in (CITY, RURAL)}


def local(at: float | None) -> datetime | None:
    if at is None:
        return None
    return datetime.fromtimestamp(at, timezone(timedelta(hours=5))).replace(tzinfo=None)


def test_rollout(checked: Checked) -> None:
    ((opened, offered),) = checked.ask(sql.ROLLOUT)
    assert [each.text for each in checked.slide("rollout").lines[:2]] == [
        f"Centres open: {opened} of {len(NETWORK.centres)}.",
        f"Services offered: {offered} of {len(NETWORK.services)} promised.",
    ]
    assert opened == 3


# the ends of the week


def test_the_ends_of_the_week_are_those_of_the_pictures_without_their_queues(both: dict[str, Checked]) -> None:
    engine = open_engine(f"sqlite:///{both['as told'].path}")
    whole, ends = facts(engine, find_moments(engine)), facts(engine, find_ends(engine))
    engine.dispose()
    assert without_queues(ends) == without_queues(whole)
    for place in (ends.network, *ends.centres):
        assert {place.end.get(key) for key in ("queue.waiting", "queue.issued_today", "load.windows_open")} == {None}
    assert whole.centres[0].end.get("queue.issued_today") is not None


def without_queues(found: NetworkFacts) -> NetworkFacts:
    def end(of: End) -> End:
        return End({key: value for key, value in of.figures.items() if key.startswith(("sla.", "turnover."))})

    def place(of: PlaceFacts) -> PlaceFacts:
        return structs.replace(of, end=end(of.end), end_before=end(of.end_before))

    return structs.replace(found, network=place(found.network), centres=tuple(map(place, found.centres)))


# that the check can fail


@pytest.mark.parametrize(
    "query", ["QUEUE", "OPEN", "ON_TIME", "LEAVERS", "TURNOVER", "AGENCIES", "COMPLAINTS", "DIRECTIVES"]
)
def test_one_event_less_is_another_number_by_sql(both: dict[str, Checked], query: str) -> None:
    told, less = both.values()
    assert told.ask(getattr(sql, query)) != less.ask(getattr(sql, query))


def test_one_event_less_is_another_number_in_the_deck(both: dict[str, Checked]) -> None:
    told, less = both.values()
    for label in (*GROUPS, "Turnover"):
        assert told.numbers(CITY, label)[2:] != less.numbers(CITY, label)[2:]
        assert told.numbers(RURAL, label) == less.numbers(RURAL, label)
    for title in ("Agencies", "Complaints", "Promises"):
        assert told.sheet(title) != less.sheet(title)

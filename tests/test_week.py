"""The week's report: what a number is held against, who answers first; and its facts, against the events."""

from datetime import date
from typing import Any

import msgspec
import pytest
from msgspec import structs
from sqlalchemy import select

from dashboard.counts import Counts, DocumentCounts
from dashboard.network_file import DEFAULT, load
from dashboard.period import AddressError
from dashboard.week import (
    EARLIER,
    NUMBERS,
    End,
    NetworkFacts,
    PlaceFacts,
    Promise,
    Week,
    WeekFacts,
    read_week,
    report,
    week_of,
)
from data_sources.history_tables import EVENTS
from data_sources.weeks import Weeks
from tests.desk_app import BUSY, PLANNED, RURAL, DeskApp

NETWORK = load(DEFAULT)
USUAL = WeekFacts(
    Counts(waits=400, within=380, services=400, busy_ms=700, open_ms=1000), DocumentCounts(on_time=95, late=5)
)


def place(id_: str, week: WeekFacts = USUAL, **end: float) -> PlaceFacts:
    figures = {key.replace("__", "."): value for key, value in end.items()}
    return PlaceFacts(id_, True, week, (USUAL,) * EARLIER, End(figures), End({}))


def network_facts(*centres: PlaceFacts) -> NetworkFacts:
    return NetworkFacts(Week(2026, 47), place(""), centres, (), None, 2, 25, True)


def test_a_week_is_read_written_and_followed_over_the_turn_of_the_year() -> None:
    week = read_week("2026-W53")
    assert (week.label, date.fromordinal(week.first), date.fromordinal(week.last)) == (
        "2026-W53",
        date(2026, 12, 28),
        date(2027, 1, 3),
    )
    assert week.before(-1) == Week(2027, 1)
    assert week.before(53) == Week(2025, 52)
    assert week_of(date(2027, 1, 3).toordinal()) == week


@pytest.mark.parametrize("text", ["", "2026", "2026-47", "2026-W54", "2025-W53", "0000-W01", "9999-W52x", "2026-W00"])
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(AddressError, match="not_a_week"):
        read_week(text)


def test_each_number_says_its_week_the_one_before_and_the_norm() -> None:
    bad = structs.replace(USUAL, tickets=Counts(waits=400, within=200, services=400, busy_ms=990, open_ms=1000))
    found = report(network_facts(place("a", bad)), NETWORK).centres[0]
    queue, load_, turnover, sla = found.numbers
    assert [each.key for each in found.numbers] == list(NUMBERS)
    assert (queue.value, queue.before, queue.norm, queue.whole) == (0.5, 0.95, 0.85, 400)
    assert (queue.is_past_norm, queue.change.verdict) == (True, "worse")
    assert (load_.value, load_.before, load_.is_past_norm) == (0.99, 0.7, True)
    assert (turnover.value, turnover.is_past_norm, turnover.change.verdict) == (None, None, "too_few")
    assert (sla.value, sla.change.verdict) == (0.95, "chance")


def test_who_must_answer_comes_first_and_who_is_not_open_last() -> None:
    worse = structs.replace(USUAL, tickets=Counts(waits=400, within=200, services=400, busy_ms=700, open_ms=1000))
    better = structs.replace(USUAL, documents=DocumentCounts(on_time=200))
    planned = structs.replace(place("planned"), is_operating=False)
    found = report(
        network_facts(
            planned, place("fine"), place("late", sla__overdue=9.0), place("better", better), place("worse", worse)
        ),
        NETWORK,
    )
    assert [each.facts.id for each in found.centres] == ["worse", "late", "fine", "better", "planned"]
    assert found.worsened is not None
    assert (found.worsened.centre, found.worsened.number.key) == ("worse", "queue")
    assert all(each.value is None for each in found.centres[-1].numbers)


def test_a_week_without_changes_names_nobody() -> None:
    found = report(network_facts(place("a"), place("b")), NETWORK)
    assert (found.improved, found.worsened) == (None, None)


def test_a_promise_is_late_once_its_day_is_over() -> None:
    promise = Promise("d", "a", "", 0.0, 100, None)
    assert [promise.status(day) for day in (99, 100, 101)] == ["due", "late", "late"]
    assert structs.replace(promise, done=1.0).status(200) == "done"
    assert structs.replace(promise, due=None).status(200) == "due"


# gathered from what really happened --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def week() -> Week:
    return Week(2026, 47)


@pytest.fixture(scope="module")
def facts(desk_app: DeskApp, week: Week) -> NetworkFacts:
    services = desk_app.services
    found = Weeks(services.rollups, services.network, services.moment, services.clock).facts(week)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def events(desk_app: DeskApp, week: Week) -> list[Any]:
    """What is told of the week, by its time, from history's own rows."""
    local = desk_app.network.local
    since, until = local.day_start(week.first), local.day_start(week.last + 1)
    with desk_app.services.engine.connect() as connection:
        rows = connection.execute(select(EVENTS)).all()
    return [each for each in rows if since * 1e6 <= each.time < until * 1e6]


def test_tickets_complaints_and_leavers_are_those_of_the_events(facts: NetworkFacts, events: list[Any]) -> None:
    for centre in facts.centres:
        own = [each for each in events if each.centre == centre.id]
        assert centre.week.tickets.issued == sum(each.type == "ticket.issued" for each in own)
        left = {msgspec.json.decode(each.data)["employee"] for each in own if each.type == "staff.left"}
        assert centre.week.left == len(left)
        about: dict[str, int] = {}
        for each in own:
            if each.type == "complaint.filed":
                kind = msgspec.json.decode(each.data)["about"]
                about[kind] = about.get(kind, 0) + 1
        assert centre.week.complaints == about
    assert sum(each.week.tickets.issued for each in facts.centres) == facts.network.week.tickets.issued > 100


def test_the_ends_are_the_pictures_of_then(facts: NetworkFacts, desk_app: DeskApp, week: Week) -> None:
    local = desk_app.network.local
    moment = desk_app.services.moment(local.day_start(week.last + 1))
    assert moment is not None
    for centre in facts.centres:
        shown = moment.centre(centre.id)
        assert centre.end.get("sla.overdue") == shown["sla"]["overdue"]
        assert centre.end.get("turnover.rate_12m") == shown["turnover"]["rate_12m"]
    busy = next(each for each in facts.centres if each.id == BUSY)
    assert busy.is_operating
    assert not next(each for each in facts.centres if each.id == PLANNED).is_operating


def test_documents_finished_in_the_week_are_added_up_as_the_pages_do(
    facts: NetworkFacts, desk_app: DeskApp, week: Week
) -> None:
    for centre in facts.centres:
        whole = desk_app.services.rollups.documents(week.first, week.last, centre.id)[None]
        assert centre.week.documents == whole
    rural = next(each for each in facts.centres if each.id == RURAL)
    assert rural.week.documents.finished > 0


def test_the_longest_breach_is_the_one_of_the_picture(facts: NetworkFacts, desk_app: DeskApp, week: Week) -> None:
    moment = desk_app.services.moment(desk_app.network.local.day_start(week.last + 1))
    assert moment is not None
    oldest = moment.snapshot["totals"]["sla"]["oldest_overdue_days"]
    assert (facts.longest.days if facts.longest else None) == oldest
    assert oldest is not None


def test_a_week_to_come_has_no_facts_and_one_under_way_says_so(desk_app: DeskApp, week: Week) -> None:
    services = desk_app.services
    weeks = Weeks(services.rollups, services.network, services.moment, services.clock)
    assert weeks.facts(week.before(-2)) is None
    now = weeks.facts(week_of(services.network.local.day(services.clock())))
    assert now is not None
    assert not now.is_over

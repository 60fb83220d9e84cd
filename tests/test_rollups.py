"""What pages ask of the past: every answer against a count made in another way, on SQLite and on PostgreSQL alike."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import reduce
from typing import Any

import pytest
from sqlalchemy import Engine

from dashboard.counts import Counts, DocumentCounts, counts_of, document_counts_of
from dashboard.documents_fold import merge
from dashboard.events import type_of
from dashboard.facts import BRANCH_COLUMNS, DOCUMENT_COLUMNS, OPERATOR_COLUMNS, TICKET_COLUMNS, Facts
from dashboard.fold import fold, new_state
from dashboard.queue_sample import sample_branch
from dashboard.state import Application
from data_sources.history import open_engine, upgrade
from data_sources.rollups import Rollups
from tests.conftest import new_database
from tests.past_weeks import Past, network_in, past_of, store
from tests.small_network import DAY, MONDAY_10
from tests.test_facts import by_hand

T = MONDAY_10
ZONES = {"sqlite": ["Asia/Atyrau", "Europe/Berlin", "-03:35"], "postgresql": ["Europe/Berlin", "+05:45"]}
"""In Berlin the clocks went back within the six weeks; a fixed offset may be any multiple of five minutes."""
CASES = [(kind, zone) for kind, zones in ZONES.items() for zone in zones]
BRANCHES = [None, "main", "hall"]


class Filled:
    """A database with a past in it, and that past."""

    def __init__(self, engine: Engine, past: Past) -> None:
        self.past, self.network, self.facts = past, past.network, past.facts
        self.rollups = Rollups(engine, past.network)
        self.first, self.last = past.day(41), past.day(0)


@pytest.fixture(scope="module", params=CASES, ids=" in ".join)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    kind, zone = request.param
    request.param = kind
    engine = open_engine(new_database(request, tmp_path_factory.mktemp("rollups")))
    upgrade(engine)
    past = past_of(network_in(zone))
    store(engine, past.network, past)
    yield Filled(engine, past)
    engine.dispose()


def summed(pairs: Any, names: tuple[str, ...], read: Callable[[Any], Any] = counts_of) -> dict[Any, Any]:
    """(key, row) pairs added up in plain Python; keys with nothing but zeros left out."""
    found: dict[Any, list[int]] = defaultdict(lambda: [0] * len(names))
    for key, row in pairs:
        found[key] = [one + other for one, other in zip(found[key], row, strict=True)]
    return {key: read(dict(zip(names, row, strict=True))) for key, row in found.items() if any(row)}


def something(rows: dict[Any, Any]) -> dict[Any, Any]:
    """Without rows in which corrections left nothing."""
    return {key: row for key, row in rows.items() if row != type(row)()}


def bucket_rows(filled: Filled, centre: str, branch: str | None) -> Any:
    return ((at, row) for (of, at), row in filled.facts[centre].branches.items() if branch in (None, of))


@pytest.mark.parametrize("branch", BRANCHES)
def test_five_minute_rows_come_in_order_and_only_those_asked_for(filled: Filled, branch: str | None) -> None:
    since, until = T - 3 * DAY + 7, T - DAY
    expected = summed(bucket_rows(filled, "one", branch), BRANCH_COLUMNS)
    wanted = {at: row for at, row in expected.items() if since - 7 <= at < until}
    found = filled.rollups.buckets("one", since, until, branch)
    assert [at for at, _ in found] == sorted(at for at, _ in found)
    assert something(dict(found)) == wanted
    assert wanted


@pytest.mark.parametrize("branch", BRANCHES)
def test_the_waiting_line_is_the_one_that_the_state_showed(filled: Filled, branch: str | None) -> None:
    """A day of summer time's end among them, where the zone has one."""
    for ago in (1, 5, 29):
        day = filled.past.day(ago)
        state, network = new_state("one"), filled.network
        for event in filled.past.events["one"]:
            if event.time.timestamp() < network.local.day_start(day + 2):
                fold(state, event, network, Facts())
        line = filled.rollups.waiting_line("one", day, branch)
        assert len(line) > 20
        begin = network.local.day_start(day) + 4 * 3600
        for mark, waiting in line:
            shown = [
                sample_branch(each, 2, network, max(begin, mark - 1e-6))[0]
                for name, each in state.branches.items()
                if branch in (None, name)
            ]
            assert waiting == sum(len(each.waiting_since) for each in shown), (ago, mark)


def test_a_day_without_visitors_has_no_waiting_line(filled: Filled) -> None:
    assert filled.rollups.waiting_line("one", filled.first - 5) == []


def wall_clock(filled: Filled, moment: float) -> datetime:
    return datetime.fromtimestamp(moment, filled.network.local.zone)


@pytest.mark.parametrize("branch", BRANCHES)
def test_hours_of_the_week_are_hours_of_the_wall_clock(filled: Filled, branch: str | None) -> None:
    def key(moment: float) -> tuple[int, int] | None:
        clock = wall_clock(filled, moment)
        inside = filled.first <= clock.toordinal() <= filled.last
        return (clock.weekday(), clock.hour) if inside else None

    pairs = ((key(at), row) for at, row in bucket_rows(filled, "one", branch))
    expected = summed(((at, row) for at, row in pairs if at is not None), BRANCH_COLUMNS)
    assert something(filled.rollups.hour_of_week("one", filled.first, filled.last, branch)) == expected


def test_hours_of_a_day_add_up_to_the_rows_of_that_day(filled: Filled) -> None:
    day = filled.past.day(4)
    pairs = ((wall_clock(filled, at), row) for at, row in bucket_rows(filled, "one", None))
    expected = summed(((at.hour, row) for at, row in pairs if at.toordinal() == day), BRANCH_COLUMNS)
    found = filled.rollups.hours("one", day)
    assert something(found) == expected
    assert list(found) == sorted(found)


def places(centre: str | None, branch: str | None) -> Iterator[tuple[str, str]]:
    for of, branches in (("one", ("main", "hall")), ("two", ("main",))):
        for each in branches:
            if centre in (None, of) and branch in (None, each):
                yield of, each


@pytest.mark.parametrize(("centre", "branch"), [(None, None), ("one", None), ("one", "hall"), ("two", "main")])
def test_days_add_up_where_they_are_asked_for(filled: Filled, centre: str | None, branch: str | None) -> None:
    first, last = filled.past.day(20), filled.past.day(3)
    inside = set(places(centre, branch))
    tickets = [
        (service, day, row)
        for of, facts in filled.facts.items()
        for (place, service, day), row in facts.services.items()
        if (of, place) in inside and first <= day <= last
    ]
    buckets = [
        (wall_clock(filled, at).toordinal(), row)
        for of, facts in filled.facts.items()
        for (place, at), row in facts.branches.items()
        if (of, place) in inside
    ]
    found = filled.rollups.days(first, last, centre, branch)
    expected = summed(((day, row) for day, row in buckets if first <= day <= last), BRANCH_COLUMNS)
    assert something(found) == expected
    assert list(found) == sorted(found)
    for day, row in summed(((day, row) for _, day, row in tickets), TICKET_COLUMNS).items():
        assert all(getattr(found[day], name) == getattr(row, name) for name in ("issued", "served", "wait_ms", "bins"))


@pytest.mark.parametrize("branch", BRANCHES)
def test_services_add_up_over_any_period_whatever_weeks_it_cuts(filled: Filled, branch: str | None) -> None:
    for first_ago, last_ago in ((20, 3), (7, 1), (6, 6), (35, 29), (13, 0), (34, 8)):
        first, last = filled.past.day(first_ago), filled.past.day(last_ago)
        rows = (
            (service, row)
            for (place, service, day), row in filled.facts["one"].services.items()
            if branch in (None, place) and first <= day <= last
        )
        found = filled.rollups.services(first, last, "one", branch)
        assert something(found) == summed(rows, TICKET_COLUMNS), (first_ago, last_ago)
        assert list(found) == sorted(found)


def test_a_period_of_days_has_the_tickets_that_its_events_tell_of(filled: Filled) -> None:
    """Straight from the events: whoever is issued or leaves is counted on the local day that it happened on."""
    first, last = filled.past.day(14), filled.past.day(1)
    said = Counter(
        type_of(event)
        for event in filled.past.events["two"]
        if first <= filled.network.local.day(event.time.timestamp()) <= last
    )
    total = Counts.total(filled.rollups.days(first, last, "two").values())
    assert (total.issued, total.abandoned) == (said["ticket.issued"], said["ticket.abandoned"])
    assert total.transferred_in == said["ticket.transferred"] == total.transferred_out


@pytest.mark.parametrize("branch", BRANCHES)
def test_operators_are_told_apart_by_branch(filled: Filled, branch: str | None) -> None:
    first, last = filled.past.day(9), filled.past.day(2)
    pairs = (
        ((place, operator), row)
        for (place, operator, _, day), row in filled.facts["one"].operators.items()
        if branch in (None, place) and first <= day <= last
    )
    assert something(filled.rollups.operators(first, last, "one", branch)) == summed(pairs, OPERATOR_COLUMNS)


@pytest.mark.parametrize("centre", [None, "one"])
def test_events_of_a_type_are_counted_by_day_and_key(filled: Filled, centre: str | None) -> None:
    first, last = filled.past.day(30), filled.past.day(2)
    expected: Counter[tuple[int, str]] = Counter()
    for of, events in filled.past.events.items():
        for event in events:
            day = filled.network.local.day(event.time.timestamp())
            if type_of(event) == "feedback.given" and centre in (None, of) and first <= day <= last:
                expected[day, str(event.data.score)] += 1  # type: ignore[union-attr]
    assert filled.rollups.events("feedback.given", first, last, centre) == expected
    assert filled.rollups.events("no.such", first, last, centre) == {}


# documents ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def records(filled: Filled) -> dict[str, dict[str, Application]]:
    """Centre to every document that there ever was, by code."""
    return {
        centre: {code: reduce(merge, each) for code, each in facts.applications.items()}
        for centre, facts in filled.facts.items()
    }


BY: dict[str, Callable[[str, str, int], Any]] = {
    "centre": lambda centre, service, day: centre,
    "service": lambda centre, service, day: service,
    "day": lambda centre, service, day: day,
    "week": lambda centre, service, day: day - (day - 1) % 7,
}


@pytest.mark.parametrize("by", [None, *BY])
@pytest.mark.parametrize(("centre", "branch"), [(None, None), ("one", None), ("one", "hall")])
def test_documents_add_up_by_whatever_they_are_asked_by(
    filled: Filled, by: Any, centre: str | None, branch: str | None
) -> None:
    first, last = filled.past.day(30), filled.past.day(2)
    pairs = (
        (BY[by](of, service, day) if by else None, row)
        for of, facts in filled.facts.items()
        for (place, service, day), row in facts.documents.items()
        if centre in (None, of) and branch in (None, place) and first <= day <= last
    )
    expected = summed(pairs, DOCUMENT_COLUMNS, document_counts_of)
    assert expected
    assert something(filled.rollups.documents(first, last, centre, branch, by)) == expected


def test_documents_and_parties_are_what_the_records_themselves_say(
    filled: Filled, records: dict[str, dict[str, Application]]
) -> None:
    """Counted from the documents by the definitions of the deadline metrics."""
    first, last = filled.past.day(35), filled.last
    for centre in ("one", "two"):
        counted, parties = by_hand(records[centre], filled.network)
        sums = [
            sum(column) for column in zip(*(r for (*_, d), r in counted.items() if first <= d <= last), strict=True)
        ]
        total = filled.rollups.documents(first, last, centre)[None]
        assert [total.finished, total.ready, total.on_time, total.late, total.elapsed_ms] == sums
        assert sum(total.bins) == total.finished > 10
        held = filled.rollups.agencies(first, last, centre)
        for party in ("centre", "cadastre", "police"):
            rows = [row for (of, day), row in parties.items() if of == party and first <= day <= last]
            documents, used, _, late = (sum(column) for column in zip(*rows, strict=True))
            assert (held[party].documents, held[party].used_ms, held[party].late) == (documents, used, late)
            assert 0 <= held[party].over_ms <= used
        assert sum(each.late for each in held.values()) == total.late


def test_a_period_without_documents_is_a_row_that_knows_nothing(filled: Filled) -> None:
    assert filled.rollups.documents(1, 9) == {None: DocumentCounts()}
    assert filled.rollups.documents(1, 9, by="week") == {}
    assert filled.rollups.agencies(1, 9) == {}
    assert filled.rollups.days(1, 9) == {}


def test_any_document_ever_is_found_by_its_code(filled: Filled, records: dict[str, dict[str, Application]]) -> None:
    for centre, documents in records.items():
        for code, record in documents.items():
            assert filled.rollups.document(code) == (centre, code, record)
    assert filled.rollups.document("ONE") is None


def test_a_document_that_the_live_state_let_go_of_is_whole(filled: Filled) -> None:
    found = filled.rollups.document("ONE-OLD")
    assert found is not None
    old = found[2]
    assert (old.accepted, old.ready, old.issued) == (T - 80 * DAY, T - 73 * DAY, T - 3600)
    assert [(hold.agency, hold.until) for hold in old.holds] == [("police", T - 74 * DAY)]
    assert filled.past.states["one"].applications["ONE-OLD"].accepted is None


def test_documents_are_found_by_how_their_code_begins(
    filled: Filled, records: dict[str, dict[str, Application]]
) -> None:
    codes = sorted(code for documents in records.values() for code in documents if code.startswith("ONE-HALL-1"))
    assert [code for _, code, _ in filled.rollups.find_documents("ONE-HALL-1")] == codes
    assert [code for _, code, _ in filled.rollups.find_documents("one-hall-1", limit=3)] == codes[:3]
    assert filled.rollups.find_documents("one%") == []


@pytest.mark.parametrize("code", ["", "\0", "\ud800", "'; DROP TABLE documents; --", "документ" * 400])
def test_a_code_that_cannot_be_is_simply_not_found(filled: Filled, code: str) -> None:
    assert filled.rollups.document(code) is None
    assert filled.rollups.find_documents(code or "~") == []


@pytest.mark.parametrize("centre", [None, "one"])
def test_documents_of_a_period_begin_with_the_late_and_the_longest(
    filled: Filled, records: dict[str, dict[str, Application]], centre: str | None
) -> None:
    first, last = filled.past.day(30), filled.past.day(2)
    since, until = (filled.network.local.day_start(each) for each in (first, last + 1))
    wanted = [
        (of, code, each)
        for of, documents in records.items()
        for code, each in documents.items()
        if centre in (None, of) and each.accepted is not None and each.done is not None and since <= each.done < until
    ]
    wanted.sort(key=lambda found: (found[2].done < found[2].late, found[2].accepted - found[2].done, found[1]))
    assert filled.rollups.documents_between(first, last, centre, limit=1000) == wanted
    assert filled.rollups.documents_between(first, last, centre, limit=5) == wanted[:5]
    assert any(each.done >= each.late for _, _, each in wanted)
    assert len(wanted) == filled.rollups.documents(first, last, centre)[None].finished

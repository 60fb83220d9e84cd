"""What the fold says to history's rollups is what the state says, in whatever order it was heard."""

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from functools import reduce
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import deadlines
from dashboard.coarse import coarse
from dashboard.documents_fold import merge
from dashboard.documents_sample import MONTH_S, sample_documents
from dashboard.events import Event
from dashboard.facts import BRANCH_COLUMNS, BUSY_MS, DOCUMENT_COLUMNS, ISSUED, LEFT_QUEUE, TRANSFERRED_IN, Facts
from dashboard.fold import fold, new_state
from dashboard.network import Network
from dashboard.queue_sample import sample_branch, union_s
from dashboard.state import Application, CentreState, Ticket, is_ready
from tests.small_network import DAY, MINUTE, MONDAY_10, NETWORK, Maker
from tests.test_fold import Story, document_story, folded, interleaved

T = MONDAY_10
HOUR = 3600.0
BEFORE = 1e-6
"""A mark tells of the moment just before it: what happens at the very mark belongs to the bucket that it begins."""

# the waiting line --------------------------------------------------------------------------------------------------


@st.composite
def visit(draw: st.DrawFn) -> Story:
    """A visitor between Sunday evening and Tuesday morning; few numbers, so that they are used again."""
    at = T + draw(st.integers(-12 * 60, 20 * 60)) * MINUTE + draw(st.integers(0, 59))
    ticket = f"T{draw(st.integers(0, 3))}"
    who = {"ticket": ticket, "window": "1", "operator": "op1"}
    steps: Story = [("ticket.issued", at, {"ticket": ticket, "service": "estate"})]
    gaps = st.sampled_from([1, 60, 300, 3600, 8 * 3600])
    for kind in draw(st.lists(st.sampled_from(["called", "abandoned", "transferred", "finished", "hall"]), max_size=3)):
        at += draw(gaps)
        if kind == "hall":
            steps.append(("ticket.transferred", at, {"ticket": ticket, "branch": "hall"}))
        else:
            data: dict[str, Any] = who if kind == "called" else {"ticket": ticket}
            steps.append((f"ticket.{kind}", at, data | ({"service": "idcard"} if kind == "transferred" else {})))
    return steps


def lines(facts: Facts, day: int) -> dict[tuple[str, float], int]:
    """(branch, mark) to how many waited, added up from the rollup of a queue day."""
    begin = NETWORK.local.day_start(day) + 4 * HOUR
    found: dict[tuple[str, float], int] = {}
    for branch in ("main", "hall"):
        waiting = 0
        for mark in range(int(begin), int(begin + DAY), 300):
            row = facts.branches.get((branch, mark), [0] * len(BRANCH_COLUMNS))
            waiting += row[ISSUED] + row[TRANSFERRED_IN] - row[LEFT_QUEUE]
            found[branch, mark + 300.0] = waiting
    return found


def assert_same_line(state: CentreState, facts: Facts) -> None:
    for day in (NETWORK.local.day(T) - 1, NETWORK.local.day(T), NETWORK.local.day(T) + 1):
        for (branch, mark), waiting in lines(facts, day).items():
            known = state.branches.get(branch)
            if known is not None:
                shown = sample_branch(known, 3, NETWORK, mark - BEFORE)[0]
                assert waiting == len(shown.waiting_since), (branch, mark)


@given(st.lists(visit(), min_size=1, max_size=6), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_rollups_give_the_waiting_line_that_the_live_state_shows(stories: list[Story], rng: random.Random) -> None:
    assert_same_line(*folded(interleaved(stories, rng.randrange)))


@given(st.lists(visit(), min_size=1, max_size=4), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_waiting_line_holds_when_events_come_in_no_order_at_all(stories: list[Story], rng: random.Random) -> None:
    events = interleaved(stories, lambda _: 0)
    rng.shuffle(events)
    assert_same_line(*folded(events))


@st.composite
def service(draw: st.DrawFn) -> Story:
    """A visitor of two operators, who may have another at the same time and take over from each other."""
    at, ticket = T + draw(st.integers(0, 60)) * MINUTE, f"T{draw(st.integers(0, 5))}"
    steps: Story = [("ticket.issued", at, {"ticket": ticket, "service": "estate"})]
    for operator in draw(st.lists(st.sampled_from(["op1", "op2"]), min_size=1, max_size=3)):
        at += draw(st.integers(0, 20)) * MINUTE + draw(st.integers(0, 59))
        steps.append(("ticket.called", at, {"ticket": ticket, "window": "1", "operator": operator}))
    if draw(st.booleans()):
        steps.append(("ticket.finished", at + draw(st.integers(0, 40)) * MINUTE, {"ticket": ticket}))
    return steps


def assert_time_is_counted_once(state: CentreState, facts: Facts) -> None:
    for operator in ("op1", "op2"):
        spans = [
            span
            for branch in state.branches.values()
            for queue in branch.days.values()
            for ticket in queue.tickets.values()
            for span in spans_of(ticket, operator)
        ]
        counted = sum(row[BUSY_MS] for key, row in facts.operators.items() if key[1] == operator)
        assert counted == round(union_s(spans) * 1000)
    spent = sum(row[BRANCH_COLUMNS.index("busy_ms")] for row in facts.branches.values())
    assert spent == sum(row[BUSY_MS] for row in facts.operators.values())


def spans_of(ticket: Ticket, operator: str) -> list[tuple[float, float]]:
    found = [(since, until) for who, since, until in ticket.earlier if who == operator]
    if ticket.operator == operator and ticket.at_window is not None and ticket.ended is not None:
        found.append((ticket.at_window, max(ticket.at_window, ticket.ended)))
    return found


@given(st.lists(service(), min_size=1, max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_an_operators_time_with_several_tickets_at_once_is_counted_once(
    stories: list[Story], rng: random.Random
) -> None:
    assert_time_is_counted_once(*folded(interleaved(stories, rng.randrange)))


@given(st.lists(service(), min_size=1, max_size=5), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_an_operators_time_is_counted_once_when_events_come_in_no_order_at_all(
    stories: list[Story], rng: random.Random
) -> None:
    events = interleaved(stories, rng.randrange)
    rng.shuffle(events)
    assert_time_is_counted_once(*folded(events))


def test_who_is_called_after_the_night_left_no_line_that_morning() -> None:
    make = Maker()
    three = T - 7 * HOUR  # 03:00
    state, facts = folded(
        [
            make("ticket.issued", three, ticket="N1", service="estate"),
            make("ticket.called", three + 2 * HOUR, ticket="N1", window="1", operator="op1"),
        ]
    )
    assert sum(row[LEFT_QUEUE] for row in facts.branches.values()) == 0
    assert_same_line(state, facts)


# documents ---------------------------------------------------------------------------------------------------------


@st.composite
def documents(draw: st.DrawFn) -> list[Story]:
    return [draw(document_story(n)) for n in range(draw(st.integers(1, 8)))]


def by_hand(
    applications: dict[str, Application], network: Network = NETWORK
) -> tuple[dict[Any, list[int]], dict[Any, list[int]]]:
    """The document rollups counted from the records, from the definitions alone."""
    counted: dict[Any, list[int]] = defaultdict(lambda: [0] * 5)
    parties: dict[Any, list[int]] = defaultdict(lambda: [0] * 4)
    for each in applications.values():
        if each.done is None or each.accepted is None:
            continue
        day, late = network.local.day(each.done), each.done >= each.late
        row = counted[each.branch, each.service, day]
        row[0] += 1
        row[1] += is_ready(each)
        row[2] += is_ready(each) and not late
        row[3] += late
        row[4] += max(0, round((each.done - each.accepted) * 1000))
        delay = deadlines.whose_delay(each.accepted, each.done, each.due, each.holds, network)
        for party, days in delay.used_days.items():
            if days > 0:
                of_party = parties[party, day]
                of_party[0] += 1
                of_party[1] += round(days * DAY * 1000)
                of_party[3] += late and party == delay.party
    return dict(counted), dict(parties)


def said(facts: Facts) -> tuple[dict[Any, list[int]], dict[Any, list[int]]]:
    counted = {key: row[:5] for key, row in facts.documents.items() if any(row)}
    return counted, {key: [*row[:2], 0, row[3]] for key, row in facts.parties.items() if any(row)}


@given(documents(), st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_documents_are_counted_as_their_records_say_in_whatever_order_they_were_heard(
    stories: list[Story], rng: random.Random
) -> None:
    events = interleaved(stories, lambda _: 0)
    rng.shuffle(events)
    state, facts = folded(events)
    for found, expected in zip(said(facts), by_hand(state.applications), strict=True):
        assert found == expected
    for row in facts.documents.values():
        assert sum(row[DOCUMENT_COLUMNS.index("d00") :]) == row[0]


@given(documents())
@settings(max_examples=60, deadline=None)
def test_on_time_and_late_are_what_the_thirty_days_of_the_snapshot_count(stories: list[Story]) -> None:
    """Of the documents finished in the last 30 days; one still open that became late is no finished one."""
    state, facts = folded(sorted(interleaved(stories, lambda _: 0), key=lambda event: event.time))
    now = T + 1
    month_ago = NETWORK.local.day(now - MONTH_S)
    sums = [
        sum(column) for column in zip(*(r for (*_, day), r in facts.documents.items() if day > month_ago), strict=True)
    ]
    finished = {code: each for code, each in state.applications.items() if each.done is not None}
    recent = {code: each for code, each in finished.items() if each.done and NETWORK.local.day(each.done) > month_ago}
    shown = sample_documents(recent.values(), NETWORK, now).values()
    on_time, decided = sum(each.on_time_30d for each in shown), sum(each.decided_30d for each in shown)
    assert [on_time, decided - on_time] == (sums[2:4] or [0, 0])


def test_a_correction_takes_back_what_was_said_and_says_it_anew() -> None:
    make, code = Maker(), {"application": "D1"}
    events = [
        make("application.accepted", T - 20 * DAY, service="estate", **code),
        make("application.ready", T - 5 * DAY, **code),  # five days late
    ]
    state, facts = new_state("one"), Facts()
    for event in events:
        fold(state, event, NETWORK, facts)
    late_day = NETWORK.local.day(T - 5 * DAY)
    assert facts.documents["main", "estate", late_day][:4] == [1, 1, 0, 1]
    assert facts.parties["centre", late_day][3] == 1

    fold(state, make("application.issued", T - 12 * DAY, **code), NETWORK, facts)  # it had been issued in time
    assert not any(facts.documents["main", "estate", late_day])
    assert not any(facts.parties["centre", late_day])
    assert facts.documents["main", "estate", NETWORK.local.day(T - 12 * DAY)][:4] == [1, 1, 1, 0]


def test_days_beyond_the_allowance_are_those_of_the_party_that_used_them() -> None:
    make, code = Maker(), {"application": "D1"}
    _, facts = folded(
        [
            make("application.accepted", T - 20 * DAY, service="estate", **code),
            make("application.sent", T - 19 * DAY, agency="cadastre", **code),
            make("application.returned", T - 7 * DAY, agency="cadastre", **code),  # 12 days, allowed 5
            make("application.ready", T - 6 * DAY, **code),
        ]
    )
    day = NETWORK.local.day(T - 6 * DAY)
    assert facts.parties["cadastre", day] == [1, 12 * DAY * 1000, 7 * DAY * 1000, 1]
    assert facts.parties["centre", day] == [1, 2 * DAY * 1000, 0, 0]


def test_a_withdrawal_in_time_is_finished_and_neither_on_time_nor_late() -> None:
    make, code = Maker(), {"application": "D1"}
    _, facts = folded(
        [
            make("application.accepted", T - 3 * DAY, service="estate", **code),
            make("application.withdrawn", T - DAY, **code),
        ]
    )
    assert facts.documents["main", "estate", NETWORK.local.day(T - DAY)][:4] == [1, 0, 0, 0]


# one record of a document ------------------------------------------------------------------------------------------


def test_an_issue_months_after_the_document_was_ready_is_merged_and_forgets_nothing() -> None:
    make, code = Maker(), {"application": "D1"}
    events = [
        make("application.accepted", T - 100 * DAY, service="estate", **code),
        make("application.sent", T - 99 * DAY, agency="cadastre", **code),
        make("application.returned", T - 95 * DAY, agency="cadastre", **code),
        make("application.ready", T - 94 * DAY, **code),
        *(make("heartbeat", T - day * DAY) for day in range(90, 2, -1)),
        make("application.issued", T - DAY, **code),
    ]
    state, facts = folded(events)
    whole, _ = folded([event for event in events if "application" in str(type(event)).lower()][:4])
    assert state.applications["D1"].accepted is None, "the live state had let go of it"
    kept = reduce(merge, facts.applications["D1"])
    whole.applications["D1"].issued = T - DAY
    assert kept == whole.applications["D1"]
    assert sum(row[0] for row in facts.documents.values()) == 1


def versions(events: list[Event], choose: Callable[[int], bool], forget: Callable[[int], bool]) -> list[Application]:
    """A document's records as batches of events leave them; the state now and then forgets all."""
    found, state = [], new_state("one")
    for place, event in enumerate(events):
        facts = Facts()
        fold(state, event, NETWORK, facts)
        if choose(place) or place == len(events) - 1:
            (record,) = facts.applications["D0"]
            found.append(Application(**{**record_of(record), "holds": [copy(hold) for hold in record.holds]}))
        if forget(place):
            if not choose(place):
                found.append(state.applications["D0"])
            state.applications.clear()
    return found


def record_of(application: Application) -> dict[str, Any]:
    return {name: getattr(application, name) for name in application.__struct_fields__}


def copy(hold: deadlines.Hold) -> deadlines.Hold:
    return deadlines.Hold(hold.agency, hold.since, hold.until)


@given(document_story(0), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_what_is_kept_of_a_document_does_not_hang_on_how_its_events_were_batched(
    story: Story, rng: random.Random
) -> None:
    events = interleaved([story], lambda _: 0)
    if not events:
        return
    rng.shuffle(events)
    forgets = {place for place in range(len(events)) if rng.random() < 0.2}
    steps = versions(events, lambda _: True, forgets.__contains__)
    whole = versions(events, lambda _: False, forgets.__contains__)
    assert reduce(merge, steps) == reduce(merge, whole)


@given(document_story(0), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_a_document_that_the_state_never_forgot_is_kept_as_the_state_has_it(story: Story, rng: random.Random) -> None:
    events = interleaved([story], lambda _: 0)
    if not events:
        return
    rng.shuffle(events)
    steps = versions(events, lambda _: True, lambda _: False)
    assert reduce(merge, steps) == steps[-1]


# coarser rows ------------------------------------------------------------------------------------------------------


@given(st.lists(visit(), min_size=1, max_size=6), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_coarser_rows_say_what_the_finer_ones_add_up_to(stories: list[Story], rng: random.Random) -> None:
    _, facts = folded(interleaved(stories, rng.randrange))
    coarser, local = coarse(facts, NETWORK.local), NETWORK.local
    by_hour: dict[Any, list[int]] = {}
    by_day: dict[Any, list[int]] = {}
    for (branch, start), row in facts.branches.items():
        clock = local.to_datetime(start)
        for table, key in ((by_hour, (branch, clock.toordinal(), clock.hour)), (by_day, (branch, clock.toordinal()))):
            table[key] = [one + other for one, other in zip(table.get(key, [0] * len(row)), row, strict=True)]
    assert (coarser.hours, coarser.days) == (by_hour, by_day)
    assert all(date.fromordinal(week).weekday() == 0 for *_, week in coarser.weeks)
    columns = zip(*facts.services.values(), strict=True)
    assert [sum(column) for column in zip(*coarser.weeks.values(), strict=True)] == [sum(each) for each in columns]


def test_documents_and_parties_by_week_are_the_sums_of_their_days_all_services_together() -> None:
    sunday, monday, thursday = (date(2026, 11, day).toordinal() for day in (22, 23, 26))
    facts = Facts()
    facts.documents = {
        ("main", "estate", sunday): [1, 2],
        ("main", "estate", monday): [3, 4],
        ("main", "address", thursday): [5, 6],
        ("second", "estate", thursday): [7, 8],
    }
    facts.parties = {("cadastre", sunday): [1], ("cadastre", monday): [2], ("cadastre", thursday): [4]}
    found = coarse(facts, NETWORK.local)
    week_before = sunday - 6
    assert found.documents == {("main", week_before): [1, 2], ("main", monday): [8, 10], ("second", monday): [7, 8]}
    assert found.parties == {("cadastre", week_before): [1], ("cadastre", monday): [6]}

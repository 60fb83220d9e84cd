"""The fold: what happened to a ticket, a shift, a document, in whatever order it was heard."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.events import Event, type_of
from dashboard.facts import NO_FACTS, TICKET_COLUMNS, At, Facts, Uncounted
from dashboard.fold import fold, new_state
from dashboard.snapshot import centre_snapshot, centre_trend
from dashboard.state import CentreState
from tests.small_network import MINUTE, MONDAY_10, NETWORK, Maker

T = MONDAY_10


def folded(events: list[Event], centre: str = "one") -> tuple[CentreState, Facts]:
    state, facts = new_state(centre), Facts()
    for event in events:
        fold(state, event, NETWORK, facts, arrived=T)
    return state, facts


def shown(events: list[Event], now: float, centre: str = "one") -> dict[str, Any]:
    return centre_snapshot(folded(events, centre)[0], NETWORK, now)


def ticket_sums(facts: Facts) -> dict[str, int]:
    sums = [sum(column) for column in zip(*facts.services.values(), strict=True)] or [0] * len(TICKET_COLUMNS)
    return dict(zip(TICKET_COLUMNS, sums, strict=True))


def rounded(value: Any) -> Any:
    """Sums of floats differ in the last bit with the order of the terms; nothing else may."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return round(value, 9) if isinstance(value, float) else value


def nonzero(facts: Facts) -> tuple[dict[Any, Any], ...]:
    tables: tuple[dict[Any, list[int]], ...] = (
        facts.branches,
        facts.services,
        facts.operators,
        facts.documents,
        facts.parties,
    )
    return (*({key: row for key, row in table.items() if any(row)} for table in tables), facts.counts)


def one_ticket(make: Maker) -> list[Event]:
    return [
        make("operator.opened", T - 30 * MINUTE, operator="op1", window="1"),
        make("ticket.issued", T - 20 * MINUTE, ticket="A1", service="estate"),
        make("ticket.called", T - 12 * MINUTE, ticket="A1", window="1", operator="op1"),
        make("ticket.started", T - 11 * MINUTE, ticket="A1", window="1", operator="op1"),
        make("ticket.finished", T - 2 * MINUTE, ticket="A1"),
    ]


def test_a_ticket_waits_until_its_first_call_and_serves_until_its_finish() -> None:
    events = one_ticket(Maker())
    assert shown(events[:2], T - 15 * MINUTE)["queue"]["waiting"] == 1
    assert shown(events[:2], T - 15 * MINUTE)["queue"]["longest_wait_s"] == 5 * MINUTE
    at_window = shown(events[:4], T - 10 * MINUTE)
    assert (at_window["queue"]["waiting"], at_window["load"]["serving"]) == (0, 1)
    done = shown(events, T)
    assert done["queue"]["wait_p50_s"] == 8 * MINUTE
    assert done["load"]["occupancy"] == pytest.approx(10 / 30)
    assert done["load"]["serving"] == 0


def test_the_same_moment_is_shown_whether_asked_then_or_later() -> None:
    """Any moment of the last hours follows from the records: the trend and ?at= rest on it."""
    events = one_ticket(Maker())
    moment = T - 10 * MINUTE
    then = shown([event for event in events if event.time.timestamp() <= moment], moment)
    later = centre_snapshot(folded(events)[0], NETWORK, moment)
    for group in ("queue", "load"):
        assert then[group] == later[group]


def test_a_booked_visitor_waits_from_the_booked_time() -> None:
    make = Maker()
    from datetime import UTC, datetime

    booked = datetime.fromtimestamp(T - 5 * MINUTE, UTC).isoformat()
    events = [
        make("ticket.issued", T - 30 * MINUTE, ticket="B1", service="estate", priority="booked", booked_for=booked),
        make("ticket.called", T - 1 * MINUTE, ticket="B1", window="1", operator="op1"),
    ]
    assert shown(events, T)["queue"]["wait_p50_s"] == 4 * MINUTE


def test_a_transferred_ticket_waits_again_from_the_transfer_in_the_queue_it_was_sent_to() -> None:
    make = Maker()
    events = [
        make("ticket.issued", T - 30 * MINUTE, ticket="A1", service="estate"),
        make("ticket.transferred", T - 10 * MINUTE, ticket="A1", branch="hall"),
    ]
    seen = shown(events, T)
    main, hall = seen["branches"]
    assert (main["queue"]["waiting"], hall["queue"]["waiting"]) == (0, 1)
    assert hall["queue"]["longest_wait_s"] == 10 * MINUTE
    assert seen["queue"]["waiting"] == 1
    assert seen["queue"]["issued_today"] == 1


def test_a_number_used_again_speaks_of_its_latest_issue() -> None:
    make = Maker()
    events = [
        make("ticket.issued", T - 90 * MINUTE, ticket="A1", service="estate"),
        make("ticket.called", T - 80 * MINUTE, ticket="A1", window="1", operator="op1"),
        make("ticket.finished", T - 70 * MINUTE, ticket="A1"),
        make("ticket.issued", T - 20 * MINUTE, ticket="A1", service="idcard"),
        make("ticket.called", T - 10 * MINUTE, ticket="A1", window="2", operator="op2"),
    ]
    seen = shown(events, T)
    assert seen["queue"]["wait_p50_s"] == 10 * MINUTE
    assert (seen["queue"]["called_today"], seen["load"]["serving"]) == (2, 1)


def test_nobody_waits_from_the_day_before() -> None:
    make = Maker()
    issued = make("ticket.issued", T + 7 * 3600, ticket="A9", service="estate")
    beat = make("heartbeat", T + 24 * 3600)
    assert shown([issued], T + 7.05 * 3600)["queue"]["waiting"] == 1
    assert shown([issued, beat], T + 24 * 3600)["queue"]["waiting"] == 0


def test_a_ticket_issued_before_midnight_and_called_after_it_is_called_on_the_new_day() -> None:
    make = Maker()
    midnight = T + 14 * 3600
    events = [
        make("ticket.issued", midnight - 60, ticket="A1", service="estate"),
        make("ticket.called", midnight + 60, ticket="A1", window="1", operator="op1"),
        make("ticket.finished", midnight + 300, ticket="A1"),
        make("heartbeat", midnight + 11 * 3600),
    ]
    queue = shown(events, midnight + 11 * 3600)["queue"]
    assert (queue["issued_today"], queue["called_today"]) == (0, 1)


def test_a_call_that_comes_before_its_issue_is_joined_to_it() -> None:
    events = one_ticket(Maker())
    late = [events[0], events[2], events[1], *events[3:]]
    assert shown(late, T)["queue"] == shown(events, T)["queue"]
    assert nonzero(folded(late)[1])[:2] == nonzero(folded(events)[1])[:2]


def test_an_issue_that_comes_after_its_ticket_was_sent_on_is_joined_to_it() -> None:
    """Nobody waits but who does: the stay that the issue began was over long ago."""
    make = Maker()
    events = [
        make("ticket.issued", T - 20 * MINUTE, ticket="A1", service="estate"),
        make("ticket.called", T - 10 * MINUTE, ticket="A1", window="1", operator="op1"),
        make("ticket.transferred", T - 8 * MINUTE, ticket="A1", service="idcard"),
        make("ticket.called", T - 7 * MINUTE, ticket="A1", window="2", operator="op2"),
        make("ticket.finished", T - 5 * MINUTE, ticket="A1"),
    ]
    for late in ([*events[1:3], events[0], *events[3:]], [*events[1:], events[0]]):
        queue = shown(late, T)["queue"]
        assert (queue["waiting"], queue["wait_p90_s"]) == (0, pytest.approx(546))
        assert queue == shown(events, T)["queue"]
        assert nonzero(folded(late)[1])[:2] == nonzero(folded(events)[1])[:2]


def test_a_late_event_corrects_what_was_and_does_not_move_what_is_live() -> None:
    make = Maker()
    events = [
        make("operator.opened", T - 60 * MINUTE, operator="op1", window="1"),
        make("operator.closed", T - 10 * MINUTE, operator="op1", window="1"),
        make("operator.paused", T - 40 * MINUTE, operator="op1", window="1"),
        make("operator.resumed", T - 30 * MINUTE, operator="op1", window="1"),
    ]
    state, facts = folded(events)
    assert centre_snapshot(state, NETWORK, T)["load"]["windows_open"] == 0
    open_ms, paused_ms = (sum(row[column] for row in facts.operators.values()) for column in (2, 3))
    assert (open_ms, paused_ms) == (40 * 60_000, 10 * 60_000)


def test_people_waiting_with_no_window_open_are_a_warning_of_its_own() -> None:
    make = Maker()
    events = [
        make("operator.opened", T - 60 * MINUTE, operator="op1", window="1"),
        make("ticket.issued", T - 30 * MINUTE, ticket="A1", service="estate"),
        make("operator.paused", T - 10 * MINUTE, operator="op1", window="1"),
    ]
    seen = shown(events, T)
    assert seen["load"]["waiting_per_window"] is None
    assert seen["warnings"] == ["no_window_open"]


def test_a_centre_never_heard_knows_nothing_and_a_planned_one_less() -> None:
    never = shown([], T)
    assert (never["state"], never["queue"]["waiting"], never["sla"]["overdue"]) == ("silent", None, None)
    planned = shown([], T, "three")
    assert (planned["state"], planned["opens"], planned["load"]["windows_total"]) == ("planned", "2026-12-15", None)
    make = Maker("/three")
    assert shown([make("centre.opened", T - 60)], T, "three")["state"] == "live"


def test_a_silent_centre_shows_its_last_picture_not_a_guess() -> None:
    make = Maker()
    events = [make("ticket.issued", T - 30 * MINUTE, ticket="A1", service="estate")]
    state, facts = new_state("one"), Facts()
    fold(state, events[0], NETWORK, facts, arrived=T - 30 * MINUTE)
    seen = centre_snapshot(state, NETWORK, T)
    assert (seen["state"], seen["queue"]["waiting"], seen["queue"]["longest_wait_s"]) == ("silent", 1, 0)


def test_a_feed_that_tells_of_the_past_is_late_and_not_silent() -> None:
    issued = Maker()("ticket.issued", T - 30 * MINUTE, ticket="A1", service="estate")
    seen = shown([issued], T)
    assert (seen["state"], seen["queue"]["longest_wait_s"]) == ("late", 30 * MINUTE)


# properties -------------------------------------------------------------------------------------------------------

Story = list[tuple[str, float, dict[str, Any]]]


@st.composite
def ticket_story(draw: st.DrawFn, number: int) -> Story:
    """One visitor's events in their own order, some time this morning."""
    at = T - draw(st.integers(0, 3 * 3600))
    ticket = f"T{number}"
    steps = [("ticket.issued", at, {"ticket": ticket, "service": draw(st.sampled_from(["estate", "idcard"]))})]
    path = draw(st.sampled_from(["waits", "leaves", "called", "served", "no_show", "moved", "sent back"]))
    window = draw(st.integers(1, 3))
    who = {"ticket": ticket, "window": str(window), "operator": f"op{window}"}
    gap = lambda: draw(st.integers(1, 1800))  # noqa: E731
    if path == "leaves":
        steps.append(("ticket.abandoned", at + gap(), {"ticket": ticket}))
    if path in ("called", "served", "no_show", "sent back"):
        steps.append(("ticket.called", at := at + gap(), who))
    if path == "served":
        steps += [("ticket.started", at := at + 5, who), ("ticket.finished", at + gap(), {"ticket": ticket})]
    if path == "no_show":
        steps.append(("ticket.abandoned", at + gap(), {"ticket": ticket, "reason": "no_show"}))
    if path == "moved":
        steps.append(("ticket.transferred", at + gap(), {"ticket": ticket, "branch": "hall"}))
    if path == "sent back":
        steps.append(("ticket.transferred", at + gap(), {"ticket": ticket, "service": "idcard"}))
    return steps


@st.composite
def document_story(draw: st.DrawFn, number: int) -> Story:
    at = T - draw(st.integers(0, 40 * 86_400))
    code = {"application": f"D{number}"}
    steps = [("application.accepted", at, code | {"service": draw(st.sampled_from(["estate", "idcard"]))})]
    for agency in draw(st.lists(st.sampled_from(["cadastre", "police"]), max_size=2)):
        steps.append(("application.sent", at := at + draw(st.integers(1, 86_400)), code | {"agency": agency}))
        steps.append(("application.returned", at := at + draw(st.integers(1, 9 * 86_400)), code | {"agency": agency}))
    end = draw(st.sampled_from(["", "application.ready", "application.rejected", "application.withdrawn"]))
    if end:
        steps.append((end, at := at + draw(st.integers(1, 5 * 86_400)), code))
    if end == "application.ready" and draw(st.booleans()):
        steps.append(("application.issued", at + 3600, code))
    return [step for step in steps if step[1] <= T]


@st.composite
def shift_story(draw: st.DrawFn, number: int) -> Story:
    who = {"operator": f"op{number}", "window": str(number)}
    at = T - draw(st.integers(1800, 3 * 3600))
    steps = [("operator.opened", at, who)]
    for kind in draw(st.lists(st.sampled_from(["paused", "resumed", "closed", "opened"]), max_size=4)):
        steps.append((f"operator.{kind}", at := at + draw(st.integers(1, 1800)), who))
    return steps


@st.composite
def mornings(draw: st.DrawFn) -> list[Story]:
    tickets = [draw(ticket_story(n)) for n in range(draw(st.integers(1, 8)))]
    documents = [draw(document_story(n)) for n in range(draw(st.integers(0, 6)))]
    return tickets + documents + [draw(shift_story(n)) for n in (1, 2)]


def interleaved(stories: list[Story], choose: Callable[[int], int]) -> list[Event]:
    make, queues, found = Maker(), [list(story) for story in stories], []
    while queues:
        queue = queues[choose(len(queues))]
        type_, moment, data = queue.pop(0)
        found.append(make(type_, moment, **data))
        queues = [each for each in queues if each]
    return found


@given(mornings(), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_any_order_that_keeps_each_things_own_order_gives_the_same_numbers_and_facts(
    stories: list[Story], rng: random.Random
) -> None:
    by_time = sorted(interleaved(stories, lambda _: 0), key=lambda event: event.time)
    shuffled = interleaved(stories, rng.randrange)
    one, other = folded(by_time), folded(shuffled)
    for now in (T, T + 20 * MINUTE):
        assert rounded(centre_snapshot(one[0], NETWORK, now)) == rounded(centre_snapshot(other[0], NETWORK, now))
    assert rounded(centre_trend(one[0], NETWORK, T)) == rounded(centre_trend(other[0], NETWORK, T))
    assert nonzero(one[1]) == nonzero(other[1])


@given(mornings())
@settings(max_examples=100, deadline=None)
def test_waiting_is_never_negative_shares_stay_shares_and_branches_add_up(stories: list[Story]) -> None:
    events = sorted(interleaved(stories, lambda _: 0), key=lambda event: event.time)
    state, _ = folded(events)
    for now in (T - 3600, T, T + 20 * MINUTE):
        seen = centre_snapshot(state, NETWORK, now)
        for scope in (seen, *seen["branches"]):
            queue, load, sla = scope["queue"], scope["load"], scope["sla"]
            assert queue["waiting"] is None or queue["waiting"] >= 0
            assert queue["longest_wait_s"] is None or queue["longest_wait_s"] >= 0
            for share in (queue["within_norm"], sla["on_time_30d"]):
                assert share is None or 0 <= share <= 1
            assert load["serving"] is None or load["serving"] >= 0
        for group, member in (("queue", "waiting"), ("sla", "overdue"), ("sla", "at_risk"), ("load", "windows_open")):
            parts = [branch[group][member] for branch in seen["branches"]]
            assert (seen[group][member] or 0) == sum(part or 0 for part in parts)


@given(mornings())
@settings(max_examples=100, deadline=None)
def test_a_days_facts_agree_with_the_day_that_the_snapshot_shows(stories: list[Story]) -> None:
    tickets = [story for story in stories if story[0][0].startswith("ticket")]
    events = sorted(interleaved(tickets, lambda _: 0), key=lambda event: event.time)
    state, facts = folded(events)
    queue = centre_snapshot(state, NETWORK, max(event.time.timestamp() for event in events))["queue"]
    sums = ticket_sums(facts)
    for member, column in (("issued_today", "issued"), ("called_today", "called"), ("abandoned_today", "abandoned")):
        assert queue[member] == sums[column]
    bins = sum(value for name, value in sums.items() if name.startswith("w") and name[1:].isdigit())
    assert bins == sums["waits"]


@given(mornings())
@settings(max_examples=100, deadline=None)
def test_the_queue_equals_a_plain_count_over_the_events(stories: list[Story]) -> None:
    """An independent model: a ticket's last event decides where it is."""
    tickets = [story for story in stories if story[0][0].startswith("ticket")]
    events = sorted(interleaved(tickets, lambda _: 0), key=lambda event: event.time)
    state, _ = folded(events)
    for now in (T - 1800, T):
        last: dict[str, Event] = {}
        waits: list[float] = []
        began: dict[str, float] = {}
        for event in events:
            moment = event.time.timestamp()
            if moment > now:
                continue
            ticket: str = event.data.ticket  # type: ignore[union-attr]
            kind = type_of(event)
            if kind in ("ticket.issued", "ticket.transferred"):
                began[ticket] = moment
            if kind == "ticket.called" and now - 3600 < moment:
                waits.append(moment - began[ticket])
            last[ticket] = event
        waiting = [t for t, event in last.items() if type_of(event) in ("ticket.issued", "ticket.transferred")]
        seen = centre_snapshot(state, NETWORK, now)["queue"]
        if not last:
            continue
        assert seen["waiting"] == len(waiting)
        assert seen["longest_wait_s"] == (max(now - began[t] for t in waiting) if waiting else None)
        by_hand = sorted(waits)
        if by_hand:
            middle = len(by_hand) // 2
            median = by_hand[middle] if len(by_hand) % 2 else (by_hand[middle - 1] + by_hand[middle]) / 2
            assert seen["wait_p50_s"] == pytest.approx(median)


def test_a_state_survives_being_stored() -> None:
    import msgspec

    events = sorted(interleaved([one_story()], lambda _: 0), key=lambda event: event.time)
    state, _ = folded(events + one_ticket(Maker("/one/hall")))
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=CentreState)
    assert again == state
    assert centre_snapshot(again, NETWORK, T) == centre_snapshot(state, NETWORK, T)


def one_story() -> Story:
    return [
        ("application.accepted", T - 20 * 86_400, {"application": "D1", "service": "estate"}),
        ("application.sent", T - 19 * 86_400, {"application": "D1", "agency": "cadastre"}),
    ]


def test_nothing_that_a_year_brings_stays_in_memory_for_ever() -> None:
    make, events = Maker(), []
    for day in range(200):
        at = T - (200 - day) * 86_400
        events += [
            make("ticket.issued", at, ticket="A1", service="estate"),
            make("ticket.abandoned", at + 60, ticket="A1"),
            make("operator.opened", at, operator=f"op{day}", window="1"),
            make("operator.closed", at + 600, operator=f"op{day}", window="1"),
            make("application.accepted", at, application=f"D{day}", service="estate"),
            make("application.ready", at + 600, application=f"D{day}"),
        ]
    state, _ = folded(events)
    branch = state.branches["main"]
    assert (len(branch.days), len(branch.operators)) == (9, 9)
    assert len(state.applications) == 41


@given(mornings(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_a_fold_that_counts_nothing_leaves_the_same_state(stories: list[Story], rng: random.Random) -> None:
    events = interleaved(stories, rng.randrange)
    counted, plain = folded(events)[0], new_state("one")
    for event in events:
        fold(plain, event, NETWORK, None, arrived=T)
    assert plain == counted
    assert Facts() == NO_FACTS


def test_a_fold_that_counts_nothing_knows_everything_that_can_be_counted() -> None:
    said = {name for name in vars(At) if not name.startswith("_") and callable(getattr(At, name))}
    assert said <= vars(Uncounted).keys()

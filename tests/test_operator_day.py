"""An operator's day: what is drawn of it, its hours and its rate are the very time that the metrics count."""

from itertools import pairwise

import pytest
from hall_events import T, events, moments, state_of
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import operator_day
from dashboard.events import Event
from dashboard.operator_day import OperatorDay, hour_reach
from dashboard.queue_sample import sample_branch, union_s
from tests.small_network import MINUTE, NETWORK, Maker

TODAY = NETWORK.local.day(T)
MIDNIGHT = NETWORK.local.day_start(TODAY)


def days(*given_: Event, now: float = T, day: int = TODAY) -> dict[str, OperatorDay]:
    found = operator_day.operator_days(state_of(list(given_)).branches["main"], NETWORK, day, now)
    return {each.operator: each for each in found}


@given(events, moments)
@settings(max_examples=100)
def test_the_time_of_the_last_hour_is_what_occupancy_is_computed_from(given_: list[Event], now: float) -> None:
    for branch in state_of(given_).branches.values():
        _, load = sample_branch(branch, 3, NETWORK, now)
        found = operator_day.operator_days(branch, NETWORK, TODAY, now)
        if branch.since is None or branch.since > now:
            continue
        sums = [each.sums((now - 3600, now)) for each in found]
        assert sum(each.busy_s for each in sums) == pytest.approx(load.busy_s)
        assert sum(each.open_s for each in sums) == pytest.approx(load.open_s)


@given(events, moments)
@settings(max_examples=100)
def test_the_parts_of_a_day_do_not_overlap_and_add_up_to_its_sums(given_: list[Event], now: float) -> None:
    for branch in state_of(given_).branches.values():
        for day in (TODAY - 1, TODAY):
            for each in operator_day.operator_days(branch, NETWORK, day, now):
                parts, sums = each.parts(), each.sums()
                spans = [(part.since, part.until) for part in parts]
                assert all(since < until for since, until in spans)
                assert all(before[1] <= after[0] for before, after in pairwise(spans))
                assert all(each.reach[0] <= since and until <= each.reach[1] for since, until in spans)
                of = {
                    kind: sum(part.until - part.since for part in parts if part.kind == kind)
                    for kind in ("serving", "open", "paused")
                }
                assert of["serving"] == pytest.approx(sums.busy_s)
                assert of["open"] <= sums.open_s + 1e-6
                assert of["paused"] <= sums.paused_s + 1e-6


@given(events, moments)
@settings(max_examples=100)
def test_the_hours_of_a_day_add_up_to_the_day(given_: list[Event], now: float) -> None:
    for branch in state_of(given_).branches.values():
        for day in (TODAY - 1, TODAY):
            for each in operator_day.operator_days(branch, NETWORK, day, now):
                whole, hours = each.sums(), operator_day.by_hour(each, NETWORK, day)
                for name in ("served", "busy_s", "open_s", "paused_s"):
                    assert sum(getattr(sums, name) for sums in hours.values()) == pytest.approx(getattr(whole, name))
                for hour, sums in hours.items():
                    assert sums.tickets == len(each.in_hour(hour_reach(NETWORK, day, hour)))


def morning() -> list[Event]:
    """op1 is open from 8:00 and pauses at 9:30 for half an hour; A1 from 8:50 to 9:10, A2 from 9:05 to 9:20."""
    make, at = Maker(), lambda text: MIDNIGHT + int(text[:-2]) * 3600 + int(text[-2:]) * 60
    who = {"window": "1", "operator": "op1"}
    return [
        make("operator.opened", at("800"), **who),
        make("ticket.issued", at("830"), ticket="A1", service="estate"),
        make("ticket.called", at("850"), ticket="A1", **who),
        make("ticket.issued", at("840"), ticket="A2", service="estate"),
        make("ticket.called", at("905"), ticket="A2", **who),
        make("ticket.finished", at("910"), ticket="A1", outcome="refused"),
        make("ticket.finished", at("920"), ticket="A2"),
        make("operator.paused", at("930"), **who),
    ]


def test_an_hour_holds_the_tickets_that_touch_it_and_time_that_overlaps_once() -> None:
    day = days(*morning())["op1"]
    reach = hour_reach(NETWORK, TODAY, 9)
    rows = day.in_hour(reach)
    assert [(each.number, each.wait_s, each.is_late, each.outcome) for each in rows] == [
        ("A1", 20 * MINUTE, False, "refused"),
        ("A2", 25 * MINUTE, True, "served"),
    ]
    assert [each.busy_s(T) for each in rows] == [20 * MINUTE, 15 * MINUTE]
    sums = day.sums(reach)
    assert (sums.tickets, sums.served, sums.busy_s, sums.open_s, sums.paused_s) == (
        2,
        2,
        20 * MINUTE,
        30 * MINUTE,
        30 * MINUTE,
    )
    assert sums.occupancy == pytest.approx(2 / 3)


def test_a_day_is_drawn_as_services_in_a_shift() -> None:
    parts = days(*morning())["op1"].parts()
    assert [(part.kind, (part.since - MIDNIGHT) / MINUTE, part.ticket, part.lasts) for part in parts] == [
        ("open", 480, "", False),
        ("serving", 530, "A1", False),
        ("serving", 550, "A2", False),
        ("open", 560, "", False),
        ("paused", 570, "", True),
    ]


def test_a_rate_is_said_of_nobody_who_was_open_for_less_than_an_hour() -> None:
    make = Maker()
    long = days(*morning())["op1"].sums()
    assert long.served_per_hour == pytest.approx(2 / 1.5)
    short = days(make("operator.opened", T - 59 * MINUTE, operator="op2", window="2"))["op2"].sums()
    assert (short.served_per_hour, short.occupancy) == (None, 0.0)
    assert operator_day.median_rate([None, 4.0, 1.0, None, 2.0]) == 2.0
    assert operator_day.median_rate([None]) is None


def test_who_took_a_ticket_over_has_it_from_then_and_finished_it() -> None:
    make = Maker()
    found = days(
        make("ticket.issued", T - 60 * MINUTE, ticket="A1", service="estate"),
        make("ticket.called", T - 50 * MINUTE, ticket="A1", window="1", operator="op1"),
        make("ticket.called", T - 30 * MINUTE, ticket="A1", window="2", operator="op2"),
        make("ticket.finished", T - 20 * MINUTE, ticket="A1"),
    )
    parts = [(each.operator, each.handled[0].outcome, each.sums()) for each in found.values()]
    assert [(operator, outcome, sums.served, sums.busy_s / 60) for operator, outcome, sums in parts] == [
        ("op1", "handed", 0, 20),
        ("op2", "served", 1, 10),
    ]
    assert found["op2"].handled[0].wait_s == 10 * MINUTE, "the wait is until the first call"


def test_who_went_home_yesterday_is_not_of_today() -> None:
    make = Maker()
    shift = [
        make("operator.opened", MIDNIGHT - 8 * 3600, operator="op1", window="1"),
        make("operator.closed", MIDNIGHT - 3600, operator="op1", window="1"),
    ]
    assert list(days(*shift)) == []
    assert list(days(*shift, day=TODAY - 1)) == ["op1"]


@given(st.lists(st.integers(0, 20), min_size=2, max_size=2), st.lists(st.integers(0, 20), max_size=6))
def test_what_is_left_of_a_span_and_its_holes_make_it_whole(span: list[int], cuts: list[int]) -> None:
    since, until = sorted(span)
    ordered = sorted(set(cuts))
    holes = [(a, b) for a, b in zip(ordered[::2], ordered[1::2], strict=False)]
    left = list(operator_day.without((since, until), holes))
    inside = [(max(a, since), min(b, until)) for a, b in holes if max(a, since) < min(b, until)]
    assert union_s([*left, *inside]) == until - since
    assert union_s(left) + union_s(inside) == until - since

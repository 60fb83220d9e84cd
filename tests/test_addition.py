"""How branches add up to their centre: to the last ticket, second, document and person."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_network import DAY, MONDAY_10, NETWORK
from test_rows import HISTORIES, MOMENTS, Happening, lived, number

from dashboard.addition import HOW, WHOLE, Addition, add_up, addition
from dashboard.freshness import is_planned
from dashboard.snapshot import centre_snapshot

T = MONDAY_10


@settings(max_examples=60, deadline=None)
@given(HISTORIES, MOMENTS, st.booleans())
def test_whatever_happened_the_units_add_up_to_the_numbers_that_are_shown(
    history: list[Happening], now: float, in_order: bool
) -> None:
    states = lived([each for each in history if each[2] <= now], in_order)
    for centre in NETWORK.centres:
        if is_planned(states[centre.id], centre, now):
            continue
        shown = centre_snapshot(states[centre.id], NETWORK, now)
        found = addition(states[centre.id], NETWORK, now)
        by_id = {each.id: each for each in found.units}
        for metric in HOW:
            assert found.whole.number(metric) == number(shown, metric)
            for branch in shown["branches"]:
                assert by_id[branch["id"]].number(metric) == number(branch, metric)
            check(metric, found, number(shown, metric))


def check(metric: str, found: Addition, whole: Any) -> None:
    summed = add_up(metric, found.units)
    if HOW[metric] == "once":
        assert found.twice[metric] >= 0
        assert (summed or 0) - found.twice[metric] == (whole or 0)
    elif whole is None:
        assert summed is None
    else:
        assert summed == pytest.approx(whole, rel=1e-12)
        if HOW[metric] == "share" and all(each.parts[metric][1] or not each.parts[metric][0] for each in found.units):
            # time served at windows that nobody opened is a part of the sum and of no unit's share
            parts = [each.number(metric) for each in found.units if each.number(metric) is not None]
            assert min(parts) - 1e-12 <= whole <= max(parts) + 1e-12


def staff(type_: str, unit: str, ago: float, employee: str) -> Happening:
    return (f"staff.{type_}", f"/one/{unit}".rstrip("/"), T - ago * DAY, {"employee": employee})


def test_who_moved_between_branches_left_one_of_them_and_not_the_centre() -> None:
    history = [
        staff("joined", "main", 500, "a"),
        staff("joined", "main", 500, "b"),
        staff("left", "main", 90, "b"),
        staff("joined", "hall", 80, "b"),
    ]
    found = addition(lived(history, True)["one"], NETWORK, T)
    left = {each.id: each.number("turnover.left_12m") for each in found.units}
    assert left == {"main": 1, "hall": 0}
    assert found.whole.number("turnover.left_12m") == 0
    assert found.twice == {"turnover.headcount": 0, "turnover.left_12m": 1}


def test_who_works_in_two_branches_is_one_person_of_the_centre() -> None:
    history = [staff("joined", "main", 500, "a"), staff("joined", "hall", 300, "a")]
    found = addition(lived(history, True)["one"], NETWORK, T)
    assert found.whole.number("turnover.headcount") == 1
    assert found.twice["turnover.headcount"] == 1


def test_staff_and_documents_of_no_branch_are_a_unit_of_their_own() -> None:
    accepted = ("application.accepted", "/one", T - 40 * DAY, {"application": "d", "service": "estate"})
    found = addition(lived([staff("joined", "", 50, "chief"), accepted], True)["one"], NETWORK, T)
    assert [each.id for each in found.units] == ["main", "hall", WHOLE]
    whole = found.units[-1]
    assert (whole.number("turnover.headcount"), whole.number("sla.overdue")) == (1, 1)
    assert found.whole.number("sla.overdue") == 1


def test_a_centre_of_which_nothing_is_said_as_a_whole_has_its_branches_alone() -> None:
    found = addition(lived([staff("joined", "main", 50, "a")], True)["one"], NETWORK, T)
    assert [each.id for each in found.units] == ["main", "hall"]

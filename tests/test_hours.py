"""When a branch and a centre are open."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from dashboard.hours import centre_is_open, is_open, opening
from dashboard.network import Branch, Network, Shift
from tests.small_network import NETWORK, branch, centre

BRANCH = branch("main")
"""Monday to Friday, 9 to 18."""
ALL_NIGHT = structs.replace(BRANCH, hours=(Shift(0, 1440),) * 7, on_holidays=True)
ZONES = ("Asia/Atyrau", "Europe/Amsterdam", "Asia/Jerusalem", "+05:30")


def at(text: str, zone: str = "Asia/Atyrau") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def in_zone(zone: str) -> Network:
    return structs.replace(NETWORK, time_zone=zone)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23T08:59:59", False),
        ("2026-11-23T09:00", True),
        ("2026-11-23T17:59:59", True),
        ("2026-11-23T18:00", False),
        ("2026-11-22T12:00", False),  # a Sunday
        ("2026-12-16T12:00", False),  # Independence Day, a Wednesday
    ],
)
def test_a_branch_is_open_in_its_hours_the_closing_moment_not_included(moment: str, expected: bool) -> None:
    assert is_open(BRANCH, NETWORK, at(moment)) is expected


def test_a_branch_that_works_on_holidays_is_open_on_one() -> None:
    assert is_open(structs.replace(BRANCH, on_holidays=True), NETWORK, at("2026-12-16T12:00"))


def test_a_saturday_that_is_worked_instead_of_a_friday_is_no_opening_day_unless_the_branchs_hours_say_so() -> None:
    """Moved days are for deadlines; a branch's hours are its own."""
    assert opening(BRANCH, NETWORK, day("2024-05-04")) is None


def test_a_day_that_was_moved_off_is_a_holiday_for_the_branch_too() -> None:
    assert opening(BRANCH, NETWORK, day("2024-05-08")) is None


def test_the_hours_of_a_day_are_moments() -> None:
    assert opening(BRANCH, NETWORK, day("2026-11-23")) == (at("2026-11-23T09:00"), at("2026-11-23T18:00"))


@pytest.mark.parametrize("on", ["2026-03-29", "2026-10-25"])
def test_on_a_day_when_the_clocks_change_the_doors_open_by_the_wall_clock(on: str) -> None:
    zone = "Europe/Amsterdam"
    network = structs.replace(in_zone(zone), holidays="")
    sundays = structs.replace(BRANCH, hours=(*(None,) * 6, Shift(540, 1080)))
    assert opening(sundays, network, day(on)) == (at(f"{on}T09:00", zone), at(f"{on}T18:00", zone))


@given(st.sampled_from(ZONES), st.integers(1_200_000_000, 1_900_000_000))
def test_a_branch_that_never_closes_is_open_at_any_moment(zone: str, moment: int) -> None:
    assert is_open(ALL_NIGHT, in_zone(zone), float(moment))


@given(st.sampled_from(ZONES), st.integers(1_200_000_000, 1_900_000_000))
def test_a_branch_is_open_within_the_opening_of_that_local_day_and_at_no_other_moment(zone: str, moment: int) -> None:
    network = in_zone(zone)
    hours = opening(BRANCH, network, network.local.day(moment))
    wall = network.local.seconds_of_day(moment)
    assert is_open(BRANCH, network, moment) == (hours is not None and 9 * 3600 <= wall < 18 * 3600)


@pytest.mark.parametrize(("late", "expected"), [("17:59", True), ("18:30", True), ("20:00", False)])
def test_a_centre_is_open_while_any_branch_is(late: str, expected: bool) -> None:
    duty: Branch = structs.replace(branch("duty"), hours=(Shift(540, 1200),) * 5 + (None, None))
    both = centre("both", BRANCH, duty)
    assert centre_is_open(both, NETWORK, at(f"2026-11-23T{late}")) is expected

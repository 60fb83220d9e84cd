"""The usual day, mark by mark."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from small_network import NETWORK, branch

from dashboard.usual import LEAST_DAYS, aligned, like_days, usual

MONDAY = date(2026, 11, 23).toordinal()
HALL = branch("main")


def test_like_days_are_the_same_weekday_of_the_eight_weeks_before_the_nearest_first() -> None:
    found = like_days(MONDAY, [HALL], NETWORK)
    assert found[0] == MONDAY - 7
    assert len(found) == 7
    assert date(2026, 10, 26).toordinal() not in found  # the Monday off for the Day of the Republic, a Sunday


def test_a_holiday_is_left_out_unless_a_branch_works_on_it() -> None:
    worked = structs.replace(HALL, on_holidays=True)
    assert len(like_days(MONDAY, [HALL, worked], NETWORK)) == 8


def test_a_weekday_on_which_nobody_works_has_no_like_days() -> None:
    assert like_days(MONDAY - 1, [HALL], NETWORK) == []


@pytest.mark.parametrize("count", [0, 1, 2])
def test_of_fewer_than_three_days_nothing_is_usual(count: int) -> None:
    assert usual([{0.0: 5.0}] * count + [{}]) is None


def test_one_odd_day_moves_neither_the_median_nor_the_band() -> None:
    found = usual([{36_000.0: float(value)} for value in (10, 11, 12, 13, 14, 15, 16, 400)])
    assert found is not None
    assert (found.days, found.median, found.low, found.high) == (
        8,
        [(36_000.0, 13.5)],
        [(36_000.0, 11.75)],
        [(36_000.0, 15.25)],
    )


def test_a_mark_that_too_few_days_know_is_a_gap() -> None:
    found = usual([{1.0: 4.0, 2.0: 1.0}, {1.0: 5.0, 2.0: None}, {1.0: 6.0, 2.0: 2.0}])
    assert found is not None
    assert found.median == [(1.0, 5.0), (2.0, None)]


DAYS = st.lists(st.dictionaries(st.sampled_from([0.0, 300.0, 600.0]), st.floats(0, 1e4)), min_size=LEAST_DAYS)


@given(DAYS)
def test_the_median_lies_in_the_band_and_the_band_within_the_days(days: list[dict[float, float | None]]) -> None:
    found = usual(days)
    if found is None:
        assert sum(bool(each) for each in days) < LEAST_DAYS
        return
    for (mark, middle), (_, low), (_, high) in zip(found.median, found.low, found.high, strict=True):
        known = [value for each in days if (value := each.get(mark)) is not None]
        if middle is None:
            assert len(known) < LEAST_DAYS
        else:
            assert low is not None
            assert high is not None
            assert min(known) <= low <= middle <= high <= max(known)


def test_lines_that_begin_and_end_at_other_times_meet_on_common_marks() -> None:
    early, late = [(1300.0, 0), (1600.0, 3), (1900.0, 1)], [(11_900.0, 0), (12_200.0, 2)]
    assert aligned([early, late, []], [1000.0, 11_000.0, 0.0]) == [
        {300.0: 0, 600.0: 3, 900.0: 1, 1200.0: 1},
        {300.0: 0, 600.0: 0, 900.0: 0, 1200.0: 2},
        {},
    ]

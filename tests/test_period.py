"""What an address may say about days and moments."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.calendars import LocalTime
from dashboard.period import PERIODS, AddressError, Period, parse_at, read_period

TODAY = date(2026, 11, 25).toordinal()
ATYRAU = LocalTime("Asia/Atyrau")
NOW = 1_795_594_200.0
"""25 November 2026, 13:10 in Atyrau."""


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("today", date(2026, 11, 25), date(2026, 11, 25)),
        ("yesterday", date(2026, 11, 24), date(2026, 11, 24)),
        ("week", date(2026, 11, 19), date(2026, 11, 25)),
        ("month", date(2026, 10, 27), date(2026, 11, 25)),
        ("quarter", date(2026, 8, 27), date(2026, 11, 25)),
        ("year", date(2025, 11, 26), date(2026, 11, 25)),
    ],
)
def test_a_named_period_ends_today_but_for_yesterday(key: str, first: date, last: date) -> None:
    period = read_period(key, None, None, TODAY, "today")
    assert (period.key, period.first, period.last) == (key, first.toordinal(), last.toordinal())


def test_with_nothing_said_it_is_the_pages_usual_period() -> None:
    assert read_period(None, None, None, TODAY, "month").days == 30


def test_days_of_ones_own_need_no_key_and_end_today_when_no_end_is_said() -> None:
    assert read_period(None, "2026-11-01", "2026-11-10", TODAY, "today").days == 10
    assert read_period("custom", "2026-11-20", None, TODAY, "today") == Period(
        "custom", date(2026, 11, 20).toordinal(), TODAY
    )


@given(st.sampled_from(PERIODS[:-1]))
def test_the_period_before_is_as_long_and_ends_where_this_one_begins(key: str) -> None:
    period = read_period(key, None, None, TODAY, "today")
    before = period.before()
    assert before.days == period.days
    assert before.last == period.first - 1


@pytest.mark.parametrize(
    ("key", "since", "until", "kind"),
    [
        ("decade", None, None, "unknown_period"),
        ("custom", "2026-13-01", None, "not_a_day"),
        ("custom", None, None, "not_a_day"),
        ("custom", "1066-10-14", "1066-10-15", "not_a_day"),
        ("custom", "2026-11-10", "2026-11-01", "period_backwards"),
        ("custom", "2020-01-01", "2026-01-01", "period_too_long"),
        (None, "yesterday", None, "not_a_day"),
    ],
)
def test_a_period_that_cannot_be_is_refused_with_its_kind(
    key: str | None, since: str | None, until: str | None, kind: str
) -> None:
    with pytest.raises(AddressError) as caught:
        read_period(key, since, until, TODAY, "today")
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T10:30",
        "2026-11-24 10:30",
        "2026-11-24T10:30:00+05:00",
        "2026-11-24T05:30:00Z",
        "2026-11-24T10:30:00 05:00",
    ],
)
def test_a_moment_is_local_time_or_has_an_offset_even_when_the_plus_was_lost(text: str) -> None:
    assert parse_at(text, ATYRAU, NOW) == 1_795_498_200.0


def test_a_day_alone_is_its_midnight() -> None:
    assert parse_at("2026-11-24", ATYRAU, NOW) == ATYRAU.day_start(date(2026, 11, 24).toordinal())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("soon", "not_a_moment"),
        ("", "not_a_moment"),
        ("2026-11-25T13:11", "future_moment"),
        ("1950-01-01T00:00", "not_a_moment"),
        ("10:30", "not_a_moment"),
    ],
)
def test_what_is_no_past_moment_is_refused_with_its_kind(text: str, kind: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse_at(text, ATYRAU, NOW)
    assert caught.value.kind == kind


@given(st.text(max_size=40))
def test_no_text_makes_it_fail_otherwise(text: str) -> None:
    try:
        moment = parse_at(text, ATYRAU, NOW)
    except AddressError:
        return
    assert 0 <= moment <= NOW

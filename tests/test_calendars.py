"""Local days and working days: exact in every zone, and those of Kazakhstan."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.calendars import DAY_S, LocalTime, WorkCalendar, utc

HOLIDAYS_CSV = Path(__file__).parents[2] / "shared" / "data" / "kz_holidays_2008_2028.csv"
ZONES = (
    "Asia/Atyrau",
    "Europe/Amsterdam",
    "Asia/Jerusalem",
    "Atlantic/Azores",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Antarctica/Casey",
    "America/St_Johns",
    "Pacific/Apia",
    "Africa/Casablanca",
    "+05:30",
    "-09:30",
)
zones = st.sampled_from(ZONES)
moments = st.integers(-2_000_000_000_000, 4_000_000_000_000).map(lambda each: each / 1000)
days = st.integers(date(1950, 1, 1).toordinal(), date(2090, 1, 1).toordinal())
near_days = st.integers(date(2007, 1, 1).toordinal(), date(2029, 12, 31).toordinal())
weeks = st.sets(st.integers(0, 6), min_size=1).map(lambda each: tuple(sorted(each)))
countries = st.sampled_from(["KZ", "NL", "IL", ""])
SKIPPED = date(2011, 12, 30).toordinal()
"""The day that Samoa left out when it crossed the date line."""


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def hours_of(zone: str, text: str) -> float:
    local = LocalTime(zone)
    return (local.day_start(day(text) + 1) - local.day_start(day(text))) / 3600


# --- Local time


@given(zones.filter(lambda zone: zone[0] not in "+-"), moments)
def test_an_offset_is_the_zone_databases_to_the_second(zone: str, moment: float) -> None:
    expected = datetime.fromtimestamp(int(moment // 1), ZoneInfo(zone)).utcoffset()
    assert LocalTime(zone).offset(moment) == expected.total_seconds()  # type: ignore[union-attr]


@pytest.mark.parametrize("zone", [zone for zone in ZONES if zone[0] not in "+-"])
def test_an_offset_changes_in_the_very_second_that_the_zone_database_says(zone: str) -> None:
    local, rules = LocalTime(zone), ZoneInfo(zone)
    for start in range(946_684_800, 1_893_456_000, 43_200):  # 2000 to 2030, twice a day
        low, high = start, start + 43_200
        before, after = (datetime.fromtimestamp(each, rules).utcoffset() for each in (low, high))
        if before == after:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if datetime.fromtimestamp(middle, rules).utcoffset() == before else (low, middle)
        assert timedelta(seconds=local.offset(high)) == after
        assert timedelta(seconds=local.offset(high - 0.001)) == before


@given(zones, days)
@example("Pacific/Apia", SKIPPED)
@example("Pacific/Apia", SKIPPED + 1)
@example("Atlantic/Azores", day("2026-03-29"))
@example("America/St_Johns", day("2006-10-29"))
def test_a_day_begins_at_its_first_moment(zone: str, ordinal: int) -> None:
    """``day_start`` and ``day`` are inverse; the instant before is an earlier day."""
    local = LocalTime(zone)
    start = local.day_start(ordinal)
    skipped = zone == "Pacific/Apia" and ordinal == SKIPPED
    assert local.day(start) == ordinal + skipped
    assert local.day(start - 0.001) < ordinal


@given(zones.filter(lambda zone: zone != "America/St_Johns"), moments)
def test_every_moment_is_within_its_day(zone: str, moment: float) -> None:
    """St John's is left out: until 2011 its clocks went back a minute after midnight, into the day before."""
    local = LocalTime(zone)
    ordinal = local.day(moment)
    assert local.day_start(ordinal) <= moment < local.day_start(ordinal + 1)
    assert local.to_datetime(moment).date() == date.fromordinal(ordinal)


@pytest.mark.parametrize(
    ("zone", "on", "hours"),
    [
        ("Europe/Amsterdam", "2026-03-29", 23),
        ("Europe/Amsterdam", "2026-10-25", 25),
        ("Asia/Jerusalem", "2026-03-27", 23),
        ("Asia/Jerusalem", "2026-10-25", 25),
        ("Asia/Jerusalem", "2026-03-28", 24),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Atlantic/Azores", "2026-03-29", 23),
        ("Atlantic/Azores", "2026-10-25", 25),
        ("Asia/Beirut", "2026-03-29", 23),
        ("Asia/Atyrau", "2026-03-29", 24),
        ("+05:30", "2026-03-29", 24),
    ],
)
def test_days_on_which_the_clocks_change_are_shorter_or_longer(zone: str, on: str, hours: float) -> None:
    assert hours_of(zone, on) == hours


def test_atyrau_was_five_hours_ahead_before_and_after_kazakhstan_moved_to_one_time_zone() -> None:
    local = LocalTime("Asia/Atyrau")
    for year in (2008, 2023, 2024, 2026):
        assert local.offset(datetime(year, 6, 1, tzinfo=UTC).timestamp()) == 5 * 3600


@given(zones, days, st.integers(0, DAY_S))
def test_a_time_of_day_is_the_first_moment_that_the_wall_clock_shows_it_or_later(
    zone: str, ordinal: int, seconds: int
) -> None:
    local = LocalTime(zone)
    wall = ordinal * DAY_S + seconds

    def shown(moment: float) -> float:
        return local.day(moment) * DAY_S + local.seconds_of_day(moment)

    moment = local.at(ordinal, seconds)
    assert shown(moment) >= wall
    assert all(shown(moment - back) < wall for back in (0.001, 60, 1800, 3600, 7200))


def test_a_time_of_day_that_the_clocks_skip_is_the_moment_that_they_change() -> None:
    local = LocalTime("Europe/Amsterdam")
    skipped = local.at(day("2026-03-29"), 2.5 * 3600)
    assert utc(skipped) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert local.at(day("2026-03-29"), 9 * 3600) == datetime(2026, 3, 29, 7, 0, tzinfo=UTC).timestamp()


def test_a_time_of_day_that_comes_twice_is_the_first_of_the_two() -> None:
    twice = LocalTime("Europe/Amsterdam").at(day("2026-10-25"), 2.5 * 3600)
    assert utc(twice) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(st.integers(-23 * 60 - 59, 23 * 60 + 59), moments)
def test_a_fixed_offset_is_that_far_from_utc(minutes: int, moment: float) -> None:
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    assert LocalTime(zone).offset(moment) == minutes * 60


@pytest.mark.parametrize(
    "zone",
    ["", "Asia/Atyraw", "Europe", "../etc/passwd", "+5", "+05", "+24:00", "+05:60", "+aa:bb", "+", "+٠٥:٠٠", "a\0b"],
)
def test_what_is_not_a_time_zone_is_refused_by_name(zone: str) -> None:
    with pytest.raises(ValueError, match="unknown time zone"):
        LocalTime(zone)


@pytest.mark.parametrize("zone", ZONES)
def test_days_at_either_end_of_the_calendar_are_days_still(zone: str) -> None:
    """A due day is what a centre says, so any date that can be written must be counted with."""
    local = LocalTime(zone)
    for ordinal in (1, date.max.toordinal(), date.max.toordinal() + 1):
        assert local.day(local.day_start(ordinal)) == ordinal


@given(zones, moments, st.floats(0, 3 * 366 * DAY_S))
def test_the_offsets_of_a_span_are_those_in_force_at_each_of_its_moments(
    zone: str, since: float, length: float
) -> None:
    local, until = LocalTime(zone), since + length
    found = local.offsets(since, until)
    assert found[0] == (since, local.offset(since))
    for (begins, offset), (ends, following) in zip(found, [*found[1:], (until, 0)], strict=True):
        assert begins <= ends
        assert {local.offset(moment) for moment in (begins, (begins + ends) / 2) if moment < until} <= {offset}
        assert offset != following or ends == until


def test_a_year_in_the_netherlands_has_two_changes_of_the_clocks() -> None:
    since, until = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (2026, 2027))
    changes = [
        (utc(moment).isoformat(), offset) for moment, offset in LocalTime("Europe/Amsterdam").offsets(since, until)
    ]
    assert changes == [
        ("2026-01-01T00:00:00+00:00", 3600),
        ("2026-03-29T01:00:00+00:00", 7200),
        ("2026-10-25T01:00:00+00:00", 3600),
    ]


# --- Working days


def kazakhstan() -> WorkCalendar:
    return WorkCalendar((0, 1, 2, 3, 4), "KZ")


def test_public_holidays_are_those_of_the_reference_list() -> None:
    if not HOLIDAYS_CSV.exists():
        pytest.skip("the reference list of holidays is not here: ../shared/data")
    with HOLIDAYS_CSV.open(encoding="utf-8") as file:
        listed = {date.fromisoformat(row["date"]).toordinal() for row in csv.DictReader(file)}
    calendar = kazakhstan()
    span = range(day("2008-01-01"), day("2028-12-31") + 1)
    assert {each for each in span if calendar.is_holiday(each)} == listed
    assert not any(calendar.is_working(each) for each in listed)


@pytest.mark.parametrize(
    ("off", "works_instead"),
    [
        ("2008-05-02", "2008-05-04"),  # a Friday for a Sunday
        ("2014-01-03", "2013-12-28"),  # across the end of the year
        ("2020-05-08", "2020-05-11"),  # for a Monday off that was itself moved from a holiday on a Saturday
        ("2024-05-08", "2024-05-04"),
        ("2025-01-03", "2025-01-05"),
    ],
)
def test_a_moved_day_is_off_and_the_day_that_it_was_moved_to_is_worked(off: str, works_instead: str) -> None:
    """In a calendar that was asked nothing else before."""
    assert not kazakhstan().is_working(day(off))
    assert kazakhstan().is_working(day(works_instead))
    assert not kazakhstan().is_holiday(day(works_instead))


def test_a_holiday_on_a_weekend_gives_the_next_working_day_off() -> None:
    assert date(2026, 3, 8).weekday() == 6
    assert not kazakhstan().is_working(day("2026-03-09"))


@given(st.lists(near_days, min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_an_answer_does_not_depend_on_what_was_asked_before(asked: list[int], random: object) -> None:
    shuffled = list(asked)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = kazakhstan(), kazakhstan()
    expected = {each: one.is_working(each) for each in asked}
    assert {each: other.is_working(each) for each in shuffled} == expected


@given(weeks, near_days)
def test_with_no_country_only_the_week_counts(week: tuple[int, ...], ordinal: int) -> None:
    calendar = WorkCalendar(week, "")
    assert calendar.is_working(ordinal) == (date.fromordinal(ordinal).weekday() in week)
    assert not calendar.is_holiday(ordinal)


@given(weeks, countries, near_days, st.integers(0, 60))
def test_adding_working_days_and_counting_them_are_inverse(
    week: tuple[int, ...], country: str, ordinal: int, count: int
) -> None:
    calendar = WorkCalendar(week, country)
    until = calendar.add_working(ordinal, count)
    assert calendar.between(ordinal, until) == count
    assert until == ordinal or calendar.is_working(until)


@given(weeks, countries, near_days, st.integers(-5, 90))
def test_counting_working_days_and_adding_them_gives_the_last_working_day(
    week: tuple[int, ...], country: str, ordinal: int, length: int
) -> None:
    calendar = WorkCalendar(week, country)
    until = ordinal + length
    last = calendar.add_working(ordinal, calendar.between(ordinal, until))
    assert last <= max(ordinal, until)
    assert not any(calendar.is_working(each) for each in range(last + 1, until + 1))


@given(weeks, countries, near_days, near_days, near_days)
def test_working_days_of_adjoining_spans_add_up(
    week: tuple[int, ...], country: str, one: int, two: int, three: int
) -> None:
    calendar = WorkCalendar(week, country)
    first, middle, last = sorted((one, two, three))
    whole = calendar.between(first, last)
    assert whole == calendar.between(first, middle) + calendar.between(middle, last)


@given(weeks, countries, near_days, st.integers(0, 20))
def test_the_first_day_with_at_most_so_many_left_is_the_first(
    week: tuple[int, ...], country: str, due: int, count: int
) -> None:
    calendar = WorkCalendar(week, country)
    first = calendar.first_with_left(due, count)
    assert calendar.between(first, due) <= count
    assert calendar.between(first - 1, due) == count + 1


def test_any_date_that_can_be_written_can_be_counted_with() -> None:
    calendar = kazakhstan()
    for ordinal in (1, 2, date.max.toordinal() - 1, date.max.toordinal()):
        assert calendar.add_working(ordinal, 10) > ordinal
        assert calendar.first_with_left(ordinal, 2) < ordinal


@pytest.mark.parametrize("week", [(), (7,), (-1, 0)])
def test_a_week_needs_working_days(week: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="weekdays from 0 to 6"):
        WorkCalendar(week, "KZ")


@pytest.mark.parametrize("country", ["XX", "kazakhstan!", "K"])
def test_a_country_that_is_not_known_is_refused_by_name(country: str) -> None:
    with pytest.raises(ValueError, match=country):
        WorkCalendar((0,), country)

"""The forecast of documents that will become late: what it rests on, and that it says no more than was known."""

import random
from collections.abc import Iterator
from math import exp

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from scipy import stats

from dashboard import forecast as f
from dashboard import landmarks, papers
from dashboard.deadlines import Hold, late_from, risk_from
from dashboard.snapshot import centre_snapshot
from dashboard.state import Application
from tests.small_network import DAY, MONDAY_10, NETWORK
from tests.test_papers import documents, state_of

SEVEN = structs.replace(NETWORK, working_week=(0, 1, 2, 3, 4, 5, 6), holidays="")
"""Every day is worked: a day is a day."""
T = MONDAY_10
TODAY = SEVEN.local.day(T)


def paper(
    due: int, took: float | None, *, service: str = "estate", agency: tuple[float, float | None] | None = None
) -> Application:
    """A document due ten days after it came in at 9:00, finished after so many days; with an agency from day to day."""
    accepted = SEVEN.local.at(due - 10, 9 * 3600)
    done = None if took is None else accepted + took * DAY
    holds = []
    if agency:
        since, until = agency
        holds = [Hold("cadastre", accepted + since * DAY, None if until is None else accepted + until * DAY)]
    ends = {"done": done, "ready": done}
    dates = {"due": due, "late": late_from(due, SEVEN), "risk": risk_from(due, SEVEN)}
    return Application(branch="main", service=service, accepted=accepted, holds=holds, **dates, **ends)  # type: ignore[arg-type]


def past(late_of_four: int, **more: object) -> Iterator[Application]:
    """Eighty documents of the last twenty days, finished on the very last day or some days late."""
    for place in range(80):
        took = 14.0 if place % 4 < late_of_four else 10.3
        yield paper(TODAY - 1 - place // 4, took, **more)  # type: ignore[arg-type]


def tomorrow(*documents: Application) -> f.Ahead:
    """The forecast of what becomes late when today ends."""
    made = f.forecast(documents, SEVEN, T)
    assert made is not None
    return made.days[0]


@pytest.mark.parametrize("late_of_four", [0, 1, 2, 4])
def test_a_document_becomes_late_as_often_as_those_before_it_that_stood_where_it_stands(late_of_four: int) -> None:
    found = tomorrow(*past(late_of_four), paper(TODAY, None))
    assert (found.day, found.open) == (TODAY + 1, 1)
    share = late_of_four / 4
    # all 80 stood at this hour of their last day; half a document of each kind is added
    assert found.expected_open == pytest.approx((80 * share + 0.5) / 81)


def test_who_was_finished_before_the_last_day_says_nothing_of_who_was_not() -> None:
    early = [paper(TODAY - 1 - place // 4, 3.0) for place in range(80)]
    found = tomorrow(*past(1), *early, paper(TODAY, None))
    assert found.expected_open == pytest.approx(20.5 / 81)


def test_the_stage_of_a_document_tells_more_than_its_age() -> None:
    """Here those still at the agency on their last day are late, those back are not."""
    stuck = list(past(4, agency=(1.0, 13.0)))
    back = list(past(0, agency=(1.0, 8.0)))
    there = tomorrow(*stuck, *back, paper(TODAY, None, agency=(1.0, None)))
    returned = tomorrow(*stuck, *back, paper(TODAY, None, agency=(1.0, 8.0)))
    assert there.expected_open == pytest.approx(80.5 / 81)
    assert returned.expected_open == pytest.approx(0.5 / 81)


def test_a_service_with_few_documents_borrows_from_all_that_were_at_the_same_stage() -> None:
    found = tomorrow(
        *past(2), *(paper(TODAY - 3, 14.0, service="rare") for _ in range(5)), paper(TODAY, None, service="rare")
    )
    assert found.expected_open == pytest.approx((45 + 0.5) / 86)


def test_where_nobody_has_been_before_it_is_as_likely_as_not() -> None:
    early = [paper(TODAY - 1 - place % 9, 6.0) for place in range(60)]  # none was ever open with so little time left
    made = f.forecast([*early, paper(TODAY + 2, None)], SEVEN, T)
    assert made is not None
    assert made.days[2].expected_open == pytest.approx(0.5)


def test_documents_that_are_open_and_not_late_yet_count_for_as_long_as_they_were_followed() -> None:
    """Finished at a constant rate: with the open ones left out, the chance to be late would come out too small."""
    rnd, rate = random.Random(5), 0.15
    made = [paper(TODAY + 9 - place % 40, rnd.expovariate(rate)) for place in range(8000)]
    found = f.forecast((papers.known_at(each, T) or each for each in made), SEVEN, T)
    assert found is not None
    for ahead, day in enumerate(found.days):
        left = ahead + 14 / 24  # from 10:00 to the end of the day that many days ahead
        assert day.expected_open / day.open == pytest.approx(exp(-rate * left), abs=0.06)


def test_with_few_documents_there_is_no_forecast() -> None:
    some = list(past(1))[: f.LEAST_DECIDED - 1]
    assert f.forecast([*some, paper(TODAY, None)], SEVEN, T) is None
    assert f.forecast([], SEVEN, T) is None


def test_documents_that_are_yet_to_be_accepted_are_expected_at_the_rate_of_the_days_before() -> None:
    """Of each day one document that came in at 11:00 and was due the same day is late: today's is yet to come."""
    made = list(past(0))
    for due in range(TODAY - 40, TODAY):
        each = paper(due, 14.0)
        made.append(structs.replace(each, accepted=SEVEN.local.at(due, 11 * 3600)))
    found = f.forecast(made, SEVEN, T)
    assert found is not None
    assert [day.expected_new for day in found.days] == pytest.approx([1.0] * 7, abs=0.06)
    assert found.whole.expected == pytest.approx(sum(day.expected for day in found.days))


def any_papers(seed: int) -> list[Application]:
    """Documents of the last weeks and of days to come, at all stages, some with ends before and after their due day."""
    rnd, found = random.Random(seed), []
    for _ in range(rnd.randrange(30, 200)):
        agency = (rnd.uniform(0, 6), rnd.choice([None, rnd.uniform(6, 15)])) if rnd.random() < 0.6 else None
        took = rnd.choice([None, rnd.uniform(0, 30)])
        found.append(
            paper(TODAY + rnd.randrange(-30, 12), took, service=rnd.choice(["estate", "idcard"]), agency=agency)
        )
    return found


seeds = st.integers(0, 2**32).map(any_papers)


@settings(max_examples=25)
@given(seeds, st.integers(0, 10))
def test_a_forecast_uses_nothing_that_happened_after_its_moment(made: list[Application], back: int) -> None:
    now = T - back * DAY
    known = [each for each in (papers.known_at(each, now) for each in made) if each is not None]
    assert f.forecast(made, NETWORK, now) == f.forecast(known, NETWORK, now)


@settings(max_examples=25)
@given(seeds)
def test_a_forecast_counts_every_open_document_once_and_its_numbers_agree(made: list[Application]) -> None:
    found = f.forecast(made, NETWORK, T)
    if found is None:
        return
    days = range(TODAY + 1, TODAY + 8)
    assert [each.day for each in found.days] == list(days)
    still = [each for each in made if each.accepted is not None and each.accepted <= T]
    still = [each for each in still if each.done is None or each.done > T]
    assert [each.open for each in found.days] == [sum(one.due + 1 == day for one in still) for day in days]
    for each in (*found.days, found.whole):
        assert 0 <= each.expected_open <= each.open
        assert each.low <= each.high
        assert each.low - 1 <= each.expected <= each.high + 1
    assert found.whole.expected == pytest.approx(sum(each.expected for each in found.days))


@settings(max_examples=40)
@given(st.lists(documents(), max_size=15))
def test_what_became_late_in_seven_days_is_the_number_on_the_wall(made: list[Application]) -> None:
    counted = f.became_late(made, NETWORK, TODAY - 6, TODAY, T)
    assert list(counted) == list(range(TODAY - 6, TODAY + 1))
    assert sum(counted.values()) == centre_snapshot(state_of(made), NETWORK, T)["sla"]["breached_7d"]


@given(st.lists(st.floats(0, 1), max_size=12))
def test_the_number_of_late_documents_is_poisson_binomial(chances: list[float]) -> None:
    found = f.poisson_binomial(chances)
    assert found.sum() == pytest.approx(1)
    if chances:
        assert found == pytest.approx(stats.poisson_binom.pmf(np.arange(len(chances) + 1), chances), abs=1e-9)


@given(st.lists(st.floats(0, 1), max_size=40), st.sampled_from([0.5, 0.8, 0.95]))
def test_an_interval_holds_its_share_and_leaves_no_more_than_half_the_rest_on_either_side(
    chances: list[float], share: float
) -> None:
    distribution = f.poisson_binomial(chances)
    low, high = f.interval(distribution, share)
    assert distribution[low : high + 1].sum() >= share - 1e-9
    assert distribution[:low].sum() <= (1 - share) / 2 + 1e-9
    assert distribution[high + 1 :].sum() <= (1 - share) / 2 + 1e-9


def test_working_time_passes_in_working_days_and_hardly_on_days_off() -> None:
    friday = TODAY - 3
    clock = landmarks.WorkClock(NETWORK, T - 10 * DAY, T + DAY)
    start = NETWORK.local.day_start
    moments = np.array([start(friday), start(friday + 1), start(friday + 3), start(friday + 3) + DAY / 2])
    assert np.diff(clock.read(moments)) == pytest.approx([1.0, 0.2, 0.5])


@given(st.lists(st.floats(T - 60 * DAY, T + 20 * DAY), min_size=2, max_size=20, unique=True))
def test_working_time_never_stands_still(moments: list[float]) -> None:
    read = landmarks.WorkClock(NETWORK, T - 60 * DAY, T + 20 * DAY).read(np.array(sorted(moments)))
    assert (np.diff(read) >= 0).all()
    assert read[-1] - read[0] >= (max(moments) - min(moments)) / DAY * 0.09

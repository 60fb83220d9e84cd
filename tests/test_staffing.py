"""Staff by place: whatever people do, places add up to their whole; and what may be said of few."""

import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson
from small_network import DAY, MONDAY_10, NETWORK, Maker

from dashboard.facts import Facts
from dashboard.fold import fold
from dashboard.snapshot import centre_snapshot, network_totals
from dashboard.staff_sample import YEAR_S, month_boundaries
from dashboard.staff_scopes import people
from dashboard.staff_statistics import (
    LEAST_BRANCHES,
    LEAST_TEAM,
    against,
    garwood,
    load_and_turnover,
    rate_interval,
    survival,
)
from dashboard.staffing import (
    Team,
    branch_teams,
    centre_staffing,
    headcounts,
    months,
    moves,
    network_staffing,
    posts_at,
    rates,
    told_since,
)
from dashboard.state import CentreState, Spell, new_state

T = MONDAY_10
UNITS = ("one/main", "one/hall", "one/", "two/main", "two/")
CLOCKS = {"": T, "one": T, "two": T, "three": T}
LONG = 3 * 365

Life = list[tuple[str, int, int | None]]
"""Stays of one person in the order of their beginnings: unit, first day, last day or None (days before now)."""


@st.composite
def lives(draw: st.DrawFn) -> list[Life]:
    """Up to eight people, each with up to five stays, one after the other or at once, some never told to have begun."""
    found = []
    for _ in range(draw(st.integers(1, 8))):
        life: Life = []
        for _ in range(draw(st.integers(1, 5))):
            begins = draw(st.integers(0, LONG))
            ends = draw(st.none() | st.integers(0, 400).map(lambda days, begins=begins: begins - days))
            life.append((draw(st.sampled_from(UNITS)), begins, ends if ends is None or ends >= 0 else None))
        found.append(sorted(life, key=lambda stay: -stay[1]))
    return found


def told(all_lives: list[Life], shuffle: random.Random | None = None) -> dict[str, CentreState]:
    """The states of the two centres after these lives, folded from events by the real fold."""
    events: list[tuple[str, Any]] = []
    for number, life in enumerate(all_lives):
        for place, (unit, begins, ends) in enumerate(life):
            centre, _, branch = unit.partition("/")
            make = Maker(f"/{centre}/{branch}" if branch else f"/{centre}")
            if (number + place) % 7 != 6:  # now and then nobody says when somebody joined
                events.append((centre, make("staff.joined", T - begins * DAY, employee=f"e{number}")))
            if ends is not None:
                events.append((centre, make("staff.left", T - ends * DAY, employee=f"e{number}", reason="pay")))
    events.sort(key=lambda each: each[1].time)
    if shuffle:
        shuffle.shuffle(events)
    states = {each: new_state(each) for each in ("one", "two", "three")}
    for centre, event in events:
        fold(states[centre], event, NETWORK, Facts())
    return states


def wholes(states: dict[str, CentreState]) -> list[Any]:
    """Each whole with its parts: the network of centres, and each centre of its branches."""
    return [
        network_staffing(states, NETWORK, CLOCKS),
        *(centre_staffing(states[each], NETWORK, T) for each in ("one", "two")),
    ]


def teams(states: dict[str, CentreState]) -> list[Team]:
    return [team for whole in wholes(states) for team in (whole.whole, *whole.parts)]


@given(lives(), st.none() | st.randoms(use_true_random=False))
def test_joined_less_left_is_the_change_of_headcount_at_every_place(
    all_lives: list[Life], shuffle: random.Random | None
) -> None:
    for team in teams(told(all_lives, shuffle)):
        counts = headcounts(team, NETWORK)
        for month, (since, before), (until, after) in zip(months(team, NETWORK), counts, counts[1:], strict=False):
            assert (month.since, month.until) == (since, until)
            if before is not None and after is not None:
                assert month.joined is not None
                assert month.left is not None
                assert after - before == month.joined - month.left
            else:
                assert (month.joined, month.left) == (None, None)
        if team.sample.known:
            change = team.sample.headcount(T) - team.sample.headcount(T - YEAR_S)
            assert (team.joined_12m or 0) - (team.left_12m or 0) == change


@given(lives(), st.none() | st.randoms(use_true_random=False))
def test_the_centres_less_the_moves_between_them_are_the_network(
    all_lives: list[Life], shuffle: random.Random | None
) -> None:
    states = told(all_lives, shuffle)
    whole = network_staffing(states, NETWORK, CLOCKS)
    all_moves = moves(whole.people, lambda unit: unit.partition("/")[0])
    joined, left = (sum(getattr(each, name) or 0 for each in whole.parts) for name in ("joined_12m", "left_12m"))
    assert joined - sum(each.moved_in for each in whole.parts) == (whole.whole.joined_12m or 0)
    assert left - sum(each.moved_out for each in whole.parts) == (whole.whole.left_12m or 0)
    for moment in month_boundaries(T, NETWORK.local):
        ins = sum(each.way == "in" and each.time <= moment for each in all_moves)
        outs = sum(each.way == "out" and each.time <= moment for each in all_moves)
        count = sum(each.sample.headcount(moment) for each in whole.parts)
        assert count - ins + outs == whole.whole.sample.headcount(moment)


@given(lives(), st.none() | st.randoms(use_true_random=False))
def test_whoever_works_at_a_unit_works_at_its_centre_and_in_the_network(
    all_lives: list[Life], shuffle: random.Random | None
) -> None:
    states = told(all_lives, shuffle)
    anywhere = {
        employee
        for state in states.values()
        for employee, spells in state.staff.items()
        if any((each.joined or 0) <= T and each.left is None for each in spells)
    }
    assert network_staffing(states, NETWORK, CLOCKS).whole.sample.headcount(T) >= len(anywhere)


@given(lives())
def test_every_team_has_the_numbers_that_the_snapshot_shows(all_lives: list[Life]) -> None:
    states = told(all_lives)
    shown = {each: centre_snapshot(states[each], NETWORK, T) for each in ("one", "two")}
    figures = {("", ""): network_totals(states, NETWORK, T)["turnover"]}
    figures |= {(each, ""): shown[each]["turnover"] for each in shown}
    figures |= {(each, b["id"]): b["turnover"] for each in shown for b in shown[each]["branches"]}
    for team in teams(states):
        said = figures[team.centre, team.branch]
        assert (team.left_12m, team.sample.posts) == (said["left_12m"], said["posts"])
        assert said["headcount"] == (team.sample.headcount(T) if team.sample.known else None)
        assert rates(team, NETWORK)[-1] == said["rate_12m"]
        if said["rate_12m"] is not None:
            assert team.left_12m / (team.mean_headcount * team.years) == pytest.approx(said["rate_12m"])
        if team.short_service and team.short_service[1]:
            assert team.short_service[0] / team.short_service[1] == said["short_service_share"]


def stays(*all_stays: tuple[str, int, int | None]) -> dict[str, CentreState]:
    """One person each."""
    return told([[each] for each in all_stays])


def test_a_move_leaves_the_centre_and_is_counted_as_a_move() -> None:
    states = told([[("one/main", 700, 50), ("two/main", 45, None)], [("one/main", 700, 20)], [("two/main", 700, None)]])
    staffing = network_staffing(states, NETWORK, CLOCKS)
    one, two = staffing.parts
    assert (one.left_12m, one.moved_out, one.moved_in) == (2, 1, 0)
    assert (two.joined_12m, two.moved_out, two.moved_in) == (1, 0, 1)
    assert (staffing.whole.left_12m, staffing.whole.joined_12m) == (1, 0)


def test_who_works_at_two_units_at_once_has_left_when_both_are_left() -> None:
    states = told([[("one/main", 400, 30), ("two/main", 200, 100)], [("one/main", 400, None), ("two/main", 90, 60)]])
    whole = network_staffing(states, NETWORK, CLOCKS).whole
    assert [each.time for each in whole.sample.leavings] == [T - 30 * DAY]
    assert whole.sample.headcount(T) == 1


def test_two_who_leave_at_one_moment_are_two_also_when_nobody_said_when_one_of_them_joined() -> None:
    state = stays(("one/main", 400, 30), ("one/main", 300, None))["one"]
    fold(state, Maker("/one/main")("staff.left", T - 30 * DAY, employee="x", reason="pay"), NETWORK, Facts())
    assert centre_staffing(state, NETWORK, T).whole.left_12m == 2


def test_a_planned_centre_is_no_part_of_the_network_yet() -> None:
    staffing = network_staffing(stays(("one/main", 400, None)), NETWORK, CLOCKS)
    assert [each.centre for each in staffing.parts] == ["one", "two"]
    assert {each.centre for each in branch_teams(stays(("one/main", 400, None)), NETWORK, CLOCKS)} == {"one", "two"}


def test_months_and_headcounts_before_the_history_are_unknown_and_not_empty() -> None:
    (team, *_) = centre_staffing(stays(("one/main", 100, None))["one"], NETWORK, T).parts
    assert [count for _, count in headcounts(team, NETWORK)] == [None] * 9 + [1] * 4
    assert [month.joined for month in months(team, NETWORK)] == [None] * 9 + [0] * 3


def test_a_centre_that_never_told_of_staff_has_no_numbers() -> None:
    team = centre_staffing(new_state("one"), NETWORK, T).whole
    unknown = (team.joined_12m, team.left_12m, team.mean_headcount, team.years, team.short_service)
    assert unknown == (None,) * 5
    assert rate_interval(team) is None


def test_posts_of_the_past_are_those_said_by_then_and_unknown_where_people_were_there_before() -> None:
    make = Maker("/one/main")
    states = stays(("one/main", 400, None))
    fold(states["one"], make("staff.posts", T - 100 * DAY, posts=7), NETWORK, Facts())
    hall = 5  # by the network file: nothing was ever said of it
    assert posts_at([states["one"]], NETWORK, T) == 7 + hall
    assert posts_at([states["one"]], NETWORK, T - 200 * DAY) is None
    assert posts_at([states["one"]], NETWORK, T - 500 * DAY) == hall, "nobody was there yet"
    fold(states["one"], Maker("/one")("staff.posts", T - 50 * DAY, posts=20), NETWORK, Facts())
    assert posts_at([states["one"]], NETWORK, T) == 20


# intervals


@pytest.mark.parametrize("count", [0, 1, 2, 7, 40])
def test_an_exact_interval_leaves_out_what_would_come_less_than_once_in_forty_times(count: int) -> None:
    low, high = garwood(count)
    assert poisson.cdf(count, high) == pytest.approx(0.025)
    assert poisson.sf(count - 1, low) == pytest.approx(0.025 if count else 1)


def test_intervals_are_those_of_the_published_table() -> None:
    assert garwood(0) == (0.0, pytest.approx(3.689, abs=0.001))
    assert garwood(10) == (pytest.approx(4.795, abs=0.001), pytest.approx(18.390, abs=0.001))


def team_of(size: int, leavers: int, days: int = 700) -> Team:
    of = [("two/main", days, 180 if n < leavers else None) for n in range(size)]
    return centre_staffing(stays(*of)["two"], NETWORK, T).whole


@pytest.mark.parametrize(("size", "leavers"), [(6, 0), (20, 3), (60, 12)])
def test_a_rates_interval_holds_the_rate_and_is_narrower_in_a_larger_team(size: int, leavers: int) -> None:
    interval, rate = rate_interval(team_of(size, leavers)), rates(team_of(size, leavers), NETWORK)[-1]
    assert interval is not None
    assert interval.low <= rate <= interval.high
    larger = rate_interval(team_of(size * 4, leavers * 4))
    assert larger is not None
    assert larger.high - larger.low < interval.high - interval.low


def test_of_a_team_under_five_nothing_is_said() -> None:
    assert team_of(4, 0).mean_headcount < LEAST_TEAM
    assert rate_interval(team_of(4, 0)) is None
    assert rate_interval(team_of(5, 0)) is not None


def test_an_annualised_rate_has_the_interval_of_the_part_of_a_year_that_it_stands_on() -> None:
    half = [("two/main", 182, 30 if n < 4 else None) for n in range(40)]
    team = centre_staffing(stays(*half)["two"], NETWORK, T).whole
    interval = rate_interval(team)
    assert team.years == pytest.approx(182 / 365)
    assert interval is not None
    assert interval.high == pytest.approx(garwood(4)[1] / team.mean_headcount * 365 / 182)


def test_a_rate_stands_out_only_when_its_whole_interval_does() -> None:
    interval = rate_interval(team_of(40, 20))
    assert interval is not None
    assert against(interval, interval.low / 2) == "above"
    assert against(interval, interval.high * 2) == "below"
    assert against(interval, (interval.low + interval.high) / 2) == "same"
    assert against(None, 0.2) is None
    assert against(interval, None) is None


# length of service


def spells(*all_stays: tuple[float, float | None]) -> list[list[Spell]]:
    return [[Spell("main", T - joined * DAY, None if left is None else T - left * DAY)] for joined, left in all_stays]


EVER = {"one": float("-inf")}


def test_with_nobody_left_out_the_curve_is_the_share_that_is_still_there() -> None:
    served = (50, 100, 200, 300, 320, 340, 400, 410, 420, 450, 460, 470)
    found = survival(spells(*((500, 500 - days) for days in served)), EVER, "one", T)
    assert [round(share * 12) for _month, share, *_ in found.steps] == [12, 11, 10, 9, 8, 7, 6, 5, 4]
    assert found.left == found.people == 12
    assert found.median == pytest.approx(340 / 30.4375)
    assert found.left_by[6].value == pytest.approx(2 / 12)
    assert found.left_by[12].value == pytest.approx(6 / 12)


def test_nothing_is_said_of_times_for_which_fewer_than_five_are_followed() -> None:
    found = survival(spells(*((500, 500 - days) for days in (50, 100, 200, 400, 450))), EVER, "one", T)
    assert [round(share, 6) for _month, share, *_ in found.steps] == [1, 0.8]
    assert (found.median, found.left_by[6], found.left_by[12]) == (None, None, None)


def test_the_curve_is_the_one_of_kaplan_and_meiers_product() -> None:
    rnd = random.Random(7)
    of = [(rnd.uniform(1, 900), None) for _ in range(30)]
    of += [(joined, rnd.uniform(0, joined)) for joined in (rnd.uniform(1, 900) for _ in range(40))]
    found = survival(spells(*of), EVER, "one", T)
    share, expected = 1.0, [(0.0, 1.0)]
    served = sorted((joined - (left or 0), left is not None) for joined, left in of)
    for place, (days, gone) in enumerate(served):
        if gone:
            share *= 1 - 1 / (len(served) - place)
            expected.append((days / 30.4375, share))
    drawn = [(pytest.approx(month), pytest.approx(value)) for month, value in expected if month <= found.steps[-1][0]]
    assert [step[:2] for step in found.steps][: len(drawn)] == drawn
    assert all(low <= value <= high for _month, value, low, high in found.steps[1:])


def test_who_is_still_there_counts_as_having_stayed_at_least_so_long() -> None:
    found = survival(spells(*[(100, None)] * 3, *[(400, None)] * 6, *[(400, 395)] * 2), EVER, "one", T)
    assert (found.people, found.left, found.median) == (11, 2, None)
    assert found.left_by[6] == found.left_by[12], "nobody is known to have left later"
    assert found.left_by[12].value == pytest.approx(2 / 11)
    assert dict(found.at_risk)[0] == 11
    assert dict(found.at_risk)[6] == 6


def test_nobody_followed_for_a_year_says_nothing_of_a_year() -> None:
    found = survival(spells(*[(200, None)] * 6, (200, 150)), EVER, "one", T)
    assert found.left_by[6] is not None
    assert found.left_by[12] is None


def test_with_nobody_gone_there_is_no_curve() -> None:
    found = survival(spells(*[(200, None)] * 6), EVER, "one", T)
    assert (found.steps, found.median, found.left_by[6]) == ((), None, None)


def test_nobody_at_all_is_no_error() -> None:
    assert survival([], EVER, "one", T).people == 0


def test_who_came_before_leavings_were_told_is_left_out_and_counted() -> None:
    """Of those who came with them only the ones who stayed are known."""
    old = [(1500, None)] * 20
    new = [(300, 250)] * 5 + [(300, None)] * 5
    found = survival(spells(*old, *new), {"one": T - 400 * DAY}, "one", T)
    assert (found.people, found.joined_before) == (10, 20)
    assert found.left_by[6].value == pytest.approx(0.5)


def test_who_has_no_known_joining_is_left_out_and_counted() -> None:
    found = survival([*spells((300, None)), [Spell("main", None, T - DAY)]], EVER, "one", T)
    assert (found.people, found.unknown) == (1, 1)


def test_a_move_inside_the_place_ends_nothing() -> None:
    moved = [Spell("main", T - 300 * DAY, T - 100 * DAY), Spell("hall", T - 90 * DAY, None)]
    assert survival([moved], EVER, "one", T).left == 0


def test_leavings_are_told_from_the_first_thing_that_a_centre_tells_but_joinings() -> None:
    states = stays(("one/main", 900, None), ("one/main", 800, 300), ("two/main", 900, None))
    fold(
        states["two"], Maker("/two/main")("ticket.issued", T - 9 * DAY, ticket="A1", service="estate"), NETWORK, Facts()
    )
    told = {each: told_since(state, NETWORK) for each, state in states.items()}
    assert told == {"one": T - 300 * DAY, "two": T - 9 * DAY, "three": float("-inf")}
    assert survival(people(states["two"]), told, "two", T).joined_before == 1


def test_turnover_of_the_past_begins_where_leavings_begin_to_be_told_and_is_annualised_from_there() -> None:
    """A centre that connects tells of joinings of years ago and of no leaver before: that is not a turnover of 0."""
    states = stays(*[("one/main", 2000, 10 if n == 0 else None) for n in range(10)])
    make = Maker("/one/main")
    fold(states["one"], make("ticket.issued", T - 200 * DAY, ticket="A1", service="estate"), NETWORK, Facts())
    team = centre_staffing(states["one"], NETWORK, T).parts[0]
    then = rates(team, NETWORK)
    assert then[:7] == [None] * 7
    assert then[8:12] == [0] * 4
    assert then[12] == centre_snapshot(states["one"], NETWORK, T)["branches"][0]["turnover"]["rate_12m"]


# load


def test_turnover_that_rises_with_load_is_a_full_correlation_and_the_unknown_is_left_out() -> None:
    points = [(n / 20, n * n / 900) for n in range(1, 13)]
    found = load_and_turnover([*points, (None, 0.2), (0.4, None)])
    assert (found.branches, found.rho) == (12, pytest.approx(1.0))
    assert load_and_turnover([(load, -rate) for load, rate in points]).rho == pytest.approx(-1.0)


def test_too_few_branches_say_nothing_and_so_do_ones_that_are_all_alike() -> None:
    few = [(n / 20, n / 30) for n in range(LEAST_BRANCHES - 1)]
    assert load_and_turnover(few).rho is None
    assert load_and_turnover([(0.7, n / 30) for n in range(LEAST_BRANCHES)]).rho is None
    assert load_and_turnover([*few, (0.9, 0.1)]).rho is not None


def test_month_boundaries_follow_one_another() -> None:
    assert all(one < other for one, other in pairwise(month_boundaries(T, NETWORK.local)))

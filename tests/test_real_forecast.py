"""The forecast made again for every second day of a real log of permits with real deadlines, against what came."""

from collections.abc import Iterator
from pathlib import Path
from statistics import fmean

import pandas as pd
import pytest

from dashboard import forecast as f
from dashboard.events import Event
from dashboard.facts import Facts
from dashboard.fold import fold, new_state
from dashboard.intake import accept
from dashboard.network import Network
from dashboard.network_file import load
from data_sources.replay import load_profile, make_events

FIRST, LAST = "2011-02-01T10:00", "2011-11-28T10:00"
"""The log begins in October 2010 and terms are mostly 8 weeks; it ends in January 2012."""
Made = tuple[f.Forecast, int, int]
"""A forecast, how many became late in its week, and how many had in the week before."""


@pytest.fixture(scope="module")
def network(shared_data: Path) -> Network:
    return load(load_profile("wabo-receipt").network_path)


@pytest.fixture(scope="module")
def made(shared_data: Path, network: Network) -> list[Made]:
    """As the page makes it: from the live state of each day alone; what came, from the live state a week later."""
    found: dict[pd.Timestamp, f.Forecast] = {}
    counted: dict[pd.Timestamp, int] = {}
    events = list(_events(shared_data / "wabo_receipt.csv", network))
    state, place = new_state("permits"), 0
    for number, day in enumerate(pd.date_range(FIRST, LAST, freq="D", tz="Europe/Amsterdam")):
        now = day.timestamp()
        while place < len(events) and events[place][0] <= now:
            fold(state, events[place][1], network, Facts(), events[place][0])
            place += 1
        today = network.local.day(now)
        late = f.became_late(state.applications.values(), network, today - 6, today, now)
        counted[day] = sum(late.values())
        if number % 2 == 0:
            forecast = f.forecast(state.applications.values(), network, now)
            assert forecast is not None
            found[day] = forecast
    week = pd.Timedelta(days=7)
    return [(each, counted[day + week], counted[day]) for day, each in found.items() if day + week in counted]


def _events(log: Path, network: Network) -> Iterator[tuple[float, Event]]:
    for moment, centre, raw in make_events(log, load_profile("wabo-receipt"))[0]:
        event = accept(raw, network, centre, 2e9)
        assert isinstance(event, Event)
        yield moment, event


def score(low: float, high: float, came: int) -> float:
    """The interval score, less is better: its width, and what came outside of it 2 / (1 - share) times over.

    Source: Gneiting and Raftery, JASA 102, 2007, section 6.2.
    """
    return high - low + 2 / (1 - f.SHARE) * (max(0.0, low - came) + max(0.0, came - high))


def naive(mean: float) -> tuple[int, int]:
    """The guess that this week is as the last one, with the spread of things that come independently."""
    return f.interval(f.poisson(mean))


def test_the_number_that_comes_lies_in_the_interval_about_as_often_as_it_says(made: list[Made]) -> None:
    """It says 0.8. There are 42 weeks that do not overlap, so that chance alone moves the share by 0.06 either way (one
    standard error); twice that is tolerated. Whole numbers make the interval hold a little more than it says."""
    share = fmean(each.whole.low <= came <= each.whole.high for each, came, _ in made)
    assert len(made) > 130
    assert 0.8 - 0.12 <= share <= 0.8 + 0.12


def test_over_the_year_as_many_come_as_were_expected(made: list[Made]) -> None:
    expected, came = fmean(each.whole.expected for each, _, _ in made), fmean(came for _, came, _ in made)
    assert expected == pytest.approx(came, rel=0.1)


def test_it_errs_less_than_the_guess_that_this_week_is_as_the_last_one(made: list[Made]) -> None:
    ours = fmean(abs(each.whole.expected - came) for each, came, _ in made)
    guess = fmean(abs(before - came) for _, came, before in made)
    assert ours < guess * 0.6


def test_its_interval_is_better_than_the_naive_one(made: list[Made]) -> None:
    ours = fmean(score(each.whole.low, each.whole.high, came) for each, came, _ in made)
    guesses = [(naive(before), came) for _, came, before in made]
    assert ours < fmean(score(*interval, came) for interval, came in guesses) * 0.6
    covered = fmean(low <= came <= high for (low, high), came in guesses)
    share = fmean(each.whole.low <= came <= each.whole.high for each, came, _ in made)
    assert abs(share - f.SHARE) < abs(covered - f.SHARE)

"""A day counted from the state is what history's rollups say of it."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings

from dashboard import day_counts
from dashboard.counts import Counts, counts_of
from dashboard.facts import BRANCH_COLUMNS, TICKET_COLUMNS, Facts
from dashboard.state import CentreState
from tests.small_network import MINUTE, MONDAY_10, NETWORK, Maker
from tests.test_fold import Story, folded, interleaved, mornings

T = MONDAY_10
TODAY = NETWORK.local.day(T)
LATER = T + 3 * 3600
KEPT_BY_STATE = [each for each in BRANCH_COLUMNS if each not in ("busy_ms", "left_queue")]
"""Rollups add overlaps of an operator's services up, a day from the state counts them once; who left the line is not
counted from the state."""


@dataclass
class Told:
    state: CentreState
    facts: Facts


def told(stories: list[Story]) -> Told:
    """A morning, and all operators go home at its end: nothing runs on."""
    events = sorted(interleaved(stories, lambda _: 0), key=lambda event: event.time)
    make = Maker()
    make.count = 10_000
    closing = [make("operator.closed", T + 2.5 * 3600, operator=f"op{n}", window=str(n)) for n in (1, 2)]
    return Told(*folded([*events, *closing]))


def only(counts: Counts, names: list[str]) -> dict[str, int]:
    written = dict(zip(names, columns(counts, names), strict=True))
    return {name: value for name, value in written.items() if value}


def columns(counts: Counts, names: list[str]) -> list[int]:
    bins = {f"w{place:02}": value for place, value in enumerate(counts.bins)}
    return [bins[name] if name in bins else getattr(counts, name) for name in names]


@given(mornings())
@settings(max_examples=100)
def test_the_hours_of_a_day_are_the_rollups_hours(stories: list[Story]) -> None:
    both = told(stories)
    for branch, known in both.state.branches.items():
        rolled: dict[int, Counts] = {}
        for (of, start), row in both.facts.branches.items():
            if of == branch and NETWORK.local.day(start) == TODAY:
                hour = int(NETWORK.local.seconds_of_day(start) // 3600)
                rolled.setdefault(hour, Counts()).add(counts_of(dict(zip(BRANCH_COLUMNS, row, strict=True))))
        counted = day_counts.hourly(known, NETWORK, TODAY, LATER)
        for hour in range(24):
            assert only(counted.get(hour, Counts()), KEPT_BY_STATE) == only(rolled.get(hour, Counts()), KEPT_BY_STATE)


@given(mornings())
@settings(max_examples=100)
def test_the_services_of_a_day_are_the_rollups_services(stories: list[Story]) -> None:
    both, names = told(stories), list(TICKET_COLUMNS)
    for branch, known in both.state.branches.items():
        rolled = {
            service: counts_of(dict(zip(TICKET_COLUMNS, row, strict=True)))
            for (of, service, day), row in both.facts.services.items()
            if (of, day) == (branch, TODAY) and any(row)
        }
        counted = day_counts.by_service(known, NETWORK, TODAY, LATER)
        assert {key: only(each, names) for key, each in counted.items()} == {
            key: only(each, names) for key, each in rolled.items()
        }


def test_a_running_shift_counts_up_to_the_moment_shown_and_what_comes_later_does_not() -> None:
    make = Maker()
    state, _ = folded(
        [
            make("operator.opened", T - 90 * MINUTE, operator="op1", window="1"),
            make("ticket.issued", T - 60 * MINUTE, ticket="A1", service="estate"),
            make("ticket.called", T - 30 * MINUTE, ticket="A1", window="1", operator="op1"),
            make("ticket.finished", T + 30 * MINUTE, ticket="A1"),
        ]
    )
    hours = day_counts.hourly(state.branches["main"], NETWORK, TODAY, T)
    assert {hour: (each.open_ms / 60_000, each.busy_ms / 60_000) for hour, each in hours.items()} == {
        8: (30, 0),
        9: (60, 30),
    }
    assert (hours[9].issued, hours[9].called, hours[9].served) == (1, 1, 0)
    assert Counts.total(hours.values()).occupancy == pytest.approx(30 / 90)

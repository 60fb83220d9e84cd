"""A trend looks at a branch without its settled past, and sees what it would see with it."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.documents_sample import DocumentSample
from dashboard.metrics import Sample, occupancy, waiting
from dashboard.queue_sample import HOUR_S, sample_branch
from dashboard.recent import recent
from dashboard.staff_sample import StaffSample
from dashboard.state import BranchState
from tests.small_network import MINUTE, MONDAY_10, NETWORK, Maker
from tests.test_fold import Story, folded, interleaved, mornings

T = MONDAY_10


def seen(branch: BranchState, now: float) -> tuple[float | None, float | None]:
    queue, load = sample_branch(branch, 3, NETWORK, now)
    sample = Sample(now, queue, load, StaffSample(), DocumentSample())
    return waiting(sample), occupancy(sample)


@given(mornings(), st.randoms(use_true_random=False), st.integers(-180, 60))
@settings(max_examples=150, deadline=None)
def test_who_waits_and_how_busy_operators_are_is_the_same_from_what_is_recent(
    stories: list[Story], rng: random.Random, minutes: int
) -> None:
    state, _ = folded(interleaved(stories, rng.randrange))
    since = T + minutes * MINUTE
    for branch in state.branches.values():
        rest = recent(branch, since)
        for now in (since + HOUR_S, since + HOUR_S + 7 * MINUTE, since + 3 * HOUR_S):
            assert seen(rest, now) == seen(branch, now)


def test_a_service_whose_finish_never_came_still_ends_when_its_operator_closed_long_ago() -> None:
    make = Maker()
    who = {"operator": "op1", "window": "1"}
    state, _ = folded(
        [
            make("operator.opened", T - 300 * MINUTE, **who),
            make("ticket.issued", T - 290 * MINUTE, ticket="A1", service="estate"),
            make("ticket.called", T - 280 * MINUTE, ticket="A1", **who),
            make("operator.closed", T - 240 * MINUTE, **who),
            make("operator.opened", T - 200 * MINUTE, **who),
        ]
    )
    branch = state.branches["main"]
    assert seen(recent(branch, T - 60 * MINUTE), T) == seen(branch, T) == (0, 0.0)


def test_what_is_settled_is_not_looked_at_again() -> None:
    make = Maker()
    who = {"operator": "op1", "window": "1"}
    events = [make("operator.opened", T - 400 * MINUTE, **who)]
    for number in range(50):
        at = T - (300 - number) * MINUTE
        events.append(make("ticket.issued", at, ticket=f"A{number}", service="estate"))
        events.append(make("ticket.called", at + 10, ticket=f"A{number}", **who))
        events.append(make("ticket.finished", at + 50, ticket=f"A{number}"))
    events.append(make("ticket.issued", T - 350 * MINUTE, ticket="B1", service="estate"))
    branch = folded(events)[0].branches["main"]
    (queue,) = recent(branch, T - 180 * MINUTE).days.values()
    assert list(queue.tickets) == ["B1"]
    assert len(branch.days[queue_day()].tickets) == 51, "and the state itself is whole"


def queue_day() -> int:
    return NETWORK.local.day(T)

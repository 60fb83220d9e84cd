"""A change is named only when chance hardly makes it; few people and few tickets say nothing."""

import random

import pytest
from scipy import stats

from dashboard.week_chance import CONFIDENCE, TOO_FEW, count_change, share_change

STEADY = [(900.0, 1000.0), (910.0, 1000.0), (890.0, 1000.0), (905.0, 1000.0), (895.0, 1000.0)] * 2


def test_a_share_far_from_what_weeks_usually_do_is_named_and_its_interval_excludes_no_change() -> None:
    found = share_change((700, 1000), STEADY[:8], "below")
    assert found.verdict == "worse"
    assert found.change == pytest.approx(0.7 - 0.89)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.change < found.high < 0
    assert found.weight > 1


def test_which_way_is_worse_is_the_metrics() -> None:
    assert share_change((700, 1000), STEADY[:8], "above").verdict == "better"
    assert share_change((995, 1000), STEADY[:8], "below").verdict == "better"


def test_the_interval_is_the_one_of_the_formula() -> None:
    earlier = STEADY[:8]
    shares = [part / whole for part, whole in earlier]
    mean = sum(shares) / 8
    spread = 2 * sum((each - mean) ** 2 for each in shares) / 7
    pooled = (850 + earlier[-1][0]) / 2000
    spread = max(spread, pooled * (1 - pooled) * (1 / 1000 + 1 / 1000))
    half = stats.t.ppf(0.995, 7) * spread**0.5
    found = share_change((850, 1000), earlier, "below")
    assert (found.low, found.high) == pytest.approx((0.85 - shares[-1] - half, 0.85 - shares[-1] + half))


def test_weeks_that_differ_much_make_a_large_change_chance() -> None:
    restless = [(900.0, 1000.0), (700.0, 1000.0)] * 4
    assert share_change((820, 1000), restless, "below").verdict == "chance"


def test_weeks_that_happened_to_be_alike_do_not_make_every_change_sure() -> None:
    alike = [(27.0, 30.0)] * 8
    assert share_change((25, 30), alike, "below").verdict == "chance"
    assert share_change((25, 30), alike, "below", counted=False).verdict == "worse"


@pytest.mark.parametrize(
    ("this", "earlier"),
    [
        ((20.0, 29.0), STEADY[:8]),
        ((700.0, 1000.0), []),
        ((700.0, 1000.0), [*STEADY[:7], (3.0, 4.0)]),
        ((700.0, 1000.0), [(0.0, 0.0)] * 4 + STEADY[:4]),
    ],
)
def test_too_few_say_nothing(this: tuple[float, float], earlier: list[tuple[float, float]]) -> None:
    assert share_change(this, earlier, "below") == TOO_FEW


def test_few_leavers_say_nothing_many_at_once_do() -> None:
    assert count_change(2, [0, 1, 0, 0, 1, 0, 0, 0]) == TOO_FEW
    assert count_change(1, [1, 1, 0, 1, 1, 0, 1, 0]).verdict == "chance"
    found = count_change(9, [1, 0, 1, 0, 1, 1, 0, 0])
    assert found.verdict == "worse"
    assert found.change == 9 - 0.5
    assert found.low is not None
    assert found.low > 0
    nobody_before = count_change(7, [0] * 8)
    assert (nobody_before.verdict, nobody_before.low) == ("worse", 0.0)
    assert count_change(0, [9, 8, 9, 10, 9, 8, 9, 9]).verdict == "better"


def test_of_weeks_that_do_not_change_hardly_one_in_a_hundred_is_named() -> None:
    rng = random.Random(7)

    def week() -> tuple[float, float]:
        whole = rng.randrange(200, 600)
        share = min(1.0, max(0.0, rng.gauss(0.85, 0.05)))  # days of their own, beyond the tickets' chance
        return float(sum(rng.random() < share for _ in range(whole))), float(whole)

    named = sum(share_change(week(), [week() for _ in range(8)], "below").verdict != "chance" for _ in range(400))
    assert named / 400 < 3 * (1 - CONFIDENCE)

"""The metrics of design §4 by hand-made examples: documents, staff, levels, lines in words."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.act_now import act_now
from dashboard.events import Event
from dashboard.levels import centre_levels, is_stable, rule_level
from dashboard.metrics import METRICS, percentile
from dashboard.network import Threshold
from dashboard.snapshot import centre_snapshot, network_totals
from tests.small_network import DAY, MINUTE, MONDAY_10, NETWORK, Maker
from tests.test_fold import folded, shown

T = MONDAY_10
MIDNIGHT = T - 10 * 3600


def documents(*events: Event, now: float = T) -> dict[str, Any]:
    sla: dict[str, Any] = shown(list(events), now)["sla"]
    return sla


def test_every_metric_states_its_formula_and_stands_where_the_snapshot_has_it() -> None:
    seen = shown([], T)
    for metric in METRICS:
        assert metric.of.__doc__
        assert metric.member in seen[metric.group]
    for branch in seen["branches"]:
        for group in ("queue", "load", "turnover", "sla"):
            assert set(branch[group]) == set(seen[group])


def test_a_document_is_late_from_the_first_moment_after_its_due_day_ends() -> None:
    accepted = Maker()("application.accepted", MIDNIGHT - 10 * DAY + 3600, application="D", service="estate")
    last_moment = MIDNIGHT + DAY - 0.001
    assert documents(accepted, now=last_moment)["overdue"] == 0
    late = documents(accepted, now=MIDNIGHT + DAY)
    assert (late["overdue"], late["oldest_overdue_days"], late["breached_7d"]) == (1, 1, 1)


def test_a_due_day_in_the_event_overrides_the_rule_and_a_due_time_means_its_local_day() -> None:
    make = Maker()
    # 20:00 UTC on the 22nd is 01:00 on the 23rd in Atyrau: due today, not late
    events = [
        make("application.accepted", T - DAY, application="D1", service="estate", due="2026-11-22"),
        make("application.accepted", T - DAY, application="D2", service="estate", due="2026-11-22T20:00:00Z"),
    ]
    assert documents(*events)["overdue"] == 1


@pytest.mark.parametrize(
    ("due", "at_risk"), [("2026-11-23", 1), ("2026-11-25", 1), ("2026-11-26", 0), ("2026-11-22", 0)]
)
def test_a_document_is_at_risk_with_at_most_two_working_days_left(due: str, at_risk: int) -> None:
    accepted = Maker()("application.accepted", T - DAY, application="D", service="estate", due=due)
    assert documents(accepted)["at_risk"] == at_risk


def test_the_weekend_does_not_count_as_days_left() -> None:
    """On a Friday, a document due on the Tuesday has two working days left; on the Thursday it had three."""
    accepted = Maker()("application.accepted", T, application="D", service="estate", due="2026-12-01")
    friday = datetime(2026, 11, 27, 6, tzinfo=UTC).timestamp()
    assert documents(accepted, now=friday)["at_risk"] == 1
    assert documents(accepted, now=friday - DAY)["at_risk"] == 0


def test_on_time_counts_what_was_finished_or_became_late_in_thirty_days() -> None:
    make = Maker()
    events = []

    def document(code: str, accepted: float, end: str = "", ended: float = 0.0) -> None:
        events.append(make("application.accepted", accepted, application=code, service="estate"))
        if end:
            events.append(make(f"application.{end}", ended, application=code))

    document("on time", T - 9 * DAY, "ready", T - 2 * DAY)
    document("on time, long ago", T - 50 * DAY, "ready", T - 45 * DAY)
    document("late and ready", T - 25 * DAY, "issued", T - DAY)
    document("late and open", T - 14 * DAY)
    document("late since before the window and open", T - 60 * DAY)
    document("late before the window, ready in it", T - 60 * DAY, "ready", T - DAY)
    document("rejected in time", T - 9 * DAY, "rejected", T - 8 * DAY)
    document("withdrawn in time", T - 9 * DAY, "withdrawn", T - 8 * DAY)
    document("in time and open", T - DAY)
    sla = documents(*sorted(events, key=lambda event: event.time))
    assert sla["on_time_30d"] == pytest.approx(1 / 4)
    assert (sla["overdue"], sla["open"], sla["breached_7d"]) == (2, 3, 1)


def test_the_delay_belongs_to_the_party_that_used_the_most_days_beyond_its_allowance() -> None:
    """The cadastre's allowance is 5 days and the term 10, so the centre's own is 5 and a part of a day."""
    make = Maker()
    start = T - 20 * DAY
    events = [
        make("application.accepted", start, application="D1", service="estate"),
        make("application.sent", start + DAY, application="D1", agency="cadastre"),
        make("application.returned", start + 13 * DAY, application="D1", agency="cadastre"),
        make("application.accepted", start, application="D2", service="estate"),
        make("application.sent", start + 12 * DAY, application="D2", agency="cadastre"),
        make("application.returned", start + 14 * DAY, application="D2", agency="cadastre"),
        make("application.accepted", start, application="D3", service="estate"),
        make("application.sent", start + DAY, application="D3", agency="police"),
    ]
    sla = documents(*sorted(events, key=lambda event: event.time))
    assert sla["overdue_by"] == {"cadastre": 1, "centre": 1, "police": 1}
    assert sla["with_agency"] == 1


def test_turnover_is_leavers_over_the_mean_of_thirteen_headcounts() -> None:
    make = Maker()
    start = T - 3 * 365 * DAY
    events = [make("staff.joined", start, employee=f"e{n}") for n in range(10)]
    events += [make("staff.left", T - 100 * DAY, employee="e0", reason="pay"),
               make("staff.left", T - 30 * DAY, employee="e1", reason="workload"),
               make("staff.left", T - 400 * DAY, employee="e2", reason="other")]  # fmt: skip
    turnover = shown(sorted(events, key=lambda event: event.time), T)["turnover"]
    # 9 at the boundaries of 12 to 4 months ago, 8 at 3 and 2 months ago and 1 month ago, 7 now
    headcounts = [9] * 9 + [8] * 3 + [7]
    assert turnover["rate_12m"] == pytest.approx(2 / (sum(headcounts) / 13))
    assert (turnover["headcount"], turnover["left_90d"], turnover["left_12m"]) == (7, 1, 2)
    assert (turnover["annualised"], turnover["reasons"]) == (False, {"pay": 1, "workload": 1})
    assert turnover["posts"] == 10
    assert turnover["vacancies"] == 3


def test_a_short_history_is_annualised_and_marked_and_a_very_short_one_is_unknown() -> None:
    make = Maker()
    events = [make("staff.joined", T - 73 * DAY, employee=f"e{n}") for n in range(10)]
    events.append(make("staff.left", T - 1, employee="e0"))
    turnover = shown(events, T)["turnover"]
    assert turnover["annualised"] is True
    assert turnover["rate_12m"] == pytest.approx(1 / ((10 + 10 + 9) / 3) * 5)
    young = [make("staff.joined", T - 20 * DAY, employee="e0"), make("staff.left", T - DAY, employee="e0")]
    assert shown(young, T)["turnover"]["rate_12m"] is None


def test_a_move_inside_the_network_leaves_the_centre_and_not_the_network() -> None:
    one, two = Maker("/one/main"), Maker("/two/main")
    first = [one("staff.joined", T - 400 * DAY, employee=f"e{n}") for n in range(4)]
    first.append(one("staff.left", T - 50 * DAY, employee="e0", reason="moved"))
    second = [two("staff.joined", T - 400 * DAY, employee="f0"), two("staff.joined", T - 45 * DAY, employee="e0")]
    states = {"one": folded(first)[0], "two": folded(second, "two")[0]}
    assert centre_snapshot(states["one"], NETWORK, T)["turnover"]["left_12m"] == 1
    totals = network_totals(states, NETWORK, T)
    assert (totals["turnover"]["left_12m"], totals["turnover"]["headcount"]) == (0, 5)


def test_a_move_between_branches_leaves_the_branch_and_not_the_centre() -> None:
    main, hall = Maker("/one/main"), Maker("/one/hall")
    events = [
        main("staff.joined", T - 400 * DAY, employee="e0"),
        main("staff.left", T - 50 * DAY, employee="e0", reason="moved"),
        hall("staff.joined", T - 49 * DAY, employee="e0"),
    ]
    seen = shown(events, T)
    assert (seen["turnover"]["left_12m"], seen["branches"][0]["turnover"]["left_12m"]) == (0, 1)


def test_the_network_adds_up_its_centres_and_leaves_silent_queues_out() -> None:
    one, two = Maker("/one/main"), Maker("/two/main")
    states = {
        "one": folded([one("ticket.issued", T - MINUTE, ticket="A1", service="estate")])[0],
        "two": folded([two("ticket.issued", T - MINUTE, ticket="A1", service="estate")], "two")[0],
    }
    assert network_totals(states, NETWORK, T)["queue"]["waiting"] == 2
    later = T + 10 * MINUTE
    assert network_totals(states, NETWORK, later)["queue"]["waiting"] is None


@settings(deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.sampled_from([0.5, 0.9]))
def test_percentiles_are_pandas_percentiles(values: list[float], share: float) -> None:
    assert percentile(values, share) == pytest.approx(pd.Series(values).quantile(share))


@given(st.lists(st.floats(0, 100), max_size=60))
def test_a_level_entered_is_left_only_past_the_margin(values: list[float]) -> None:
    rule = Threshold("queue.longest_wait_s", watch=20, act=50, margin=0.1)
    level = rule_level(rule, None, "ok")
    for value in values:
        before, level = level, rule_level(rule, value, level)
        assert value < 50 or level == "act"
        assert value >= 45 or level != "act"
        assert value < 45 or value >= 50 or level == ("act" if before == "act" else "watch")
        assert value >= 18 or level == "ok"
        assert rule_level(rule, value, level) == level, "a shown level is stable under its own number"


def test_a_rule_may_be_worse_below() -> None:
    rule = Threshold("sla.on_time_30d", watch=0.95, act=0.85, worse="below", margin=0.01)
    assert [rule_level(rule, value, "ok") for value in (0.97, 0.95, 0.8, None)] == ["ok", "watch", "act", "ok"]
    assert rule_level(rule, 0.955, "watch") == "watch"


def test_silence_raises_a_level_and_never_lowers_it() -> None:
    make = Maker("/two/main")
    waits = make("ticket.issued", T - 45 * MINUTE, ticket="A1", service="estate")
    opened = make("operator.opened", T - 60 * MINUTE, operator="op", window="1")
    state, _ = folded([opened, waits, make("heartbeat", T)], "two")
    live = centre_snapshot(state, NETWORK, T)
    level, levels = centre_levels(live, NETWORK, {})
    assert (live["state"], level, levels["queue"]) == ("live", "act", "act")
    silent = centre_snapshot(state, NETWORK, T + 10 * MINUTE)
    level, levels = centre_levels(silent, NETWORK, levels)
    assert (silent["state"], level, levels["queue"]) == ("silent", "act", "act")
    assert is_stable(silent, NETWORK, level, levels)
    assert centre_levels(silent, NETWORK, {})[0] == "act", "silence alone is reason to act"
    late = centre_snapshot(folded([opened], "two")[0], NETWORK, T + 2 * MINUTE)
    assert (late["state"], centre_levels(late, NETWORK, {})[0]) == ("late", "watch")


def test_the_lines_say_what_where_and_since_when_the_worst_first() -> None:
    make = Maker("/two/main")
    events = [
        make("operator.opened", T - 60 * MINUTE, operator="op", window="1"),
        make("ticket.issued", T - 45 * MINUTE, ticket="A1", service="estate"),
        make("operator.closed", T - 20 * MINUTE, operator="op", window="1"),
        make("heartbeat", T),
    ]
    two = centre_snapshot(folded(events, "two")[0], NETWORK, T)
    one = centre_snapshot(folded([])[0], NETWORK, T)
    for centre in (one, two):
        centre["level"], centre["levels"] = centre_levels(centre, NETWORK, {})
    lines = act_now([two, one], {})
    assert [(line["centre"], line["kind"], line["value"]) for line in lines] == [
        ("one", "silent", 0),
        ("two", "no_window", 1),
    ]
    assert lines[1]["since"] == "2026-11-23T04:40:00Z"


def test_after_hours_a_queue_says_nothing_of_the_level() -> None:
    make = Maker("/two/main")
    events = [make("operator.opened", T, operator="op", window="1"),
              make("ticket.issued", T, ticket="A1", service="estate"), make("heartbeat", T + 9 * 3600)]  # fmt: skip
    closed = centre_snapshot(folded(events, "two")[0], NETWORK, T + 9 * 3600)
    assert (closed["state"], centre_levels(closed, NETWORK, {})[0]) == ("closed", "ok")

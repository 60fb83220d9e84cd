"""The alarms' step: what fires, what holds, what is over."""

from bisect import bisect_right
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from alert_samples import BAD, BETWEEN, GOOD, RULE, kinds, run, snapshot
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from small_network import MONDAY_10, NETWORK

from dashboard import alert_file
from dashboard.alert_rules import Rule
from dashboard.alerts import GAP_S, Memory, Transition, acknowledge, step

VALUES = st.sampled_from([BAD, BETWEEN, GOOD, None])
SIGNALS = st.lists(st.tuples(st.integers(1, 30), VALUES), min_size=1, max_size=14)
"""(length in units of 20 s, value)."""
UNIT_S = 20


def at(signal: list[tuple[int, Any]], moment: float) -> Any:
    """The value of a signal at a moment; that of the last stretch after its end."""
    ends, end = [], 0
    for length, _ in signal:
        end += length * UNIT_S
        ends.append(end)
    return signal[min(bisect_right(ends, moment), len(signal) - 1)][1]


def ticked(signal: list[tuple[int, Any]], gaps: list[int]) -> list[tuple[float, Any]]:
    """Ticks over the signal's length with these gaps (seconds), repeated."""
    length, moment, ticks, place = sum(each for each, _ in signal) * UNIT_S, 0.0, [], 0
    while moment < length:
        ticks.append((moment, at(signal, moment)))
        moment += gaps[place % len(gaps)]
        place += 1
    return ticks


GAPS = st.lists(st.integers(5, int(GAP_S)), min_size=1, max_size=6)


@given(SIGNALS, GAPS)
def test_an_alarm_never_fires_before_its_time_and_never_ends_but_by_good_values(
    signal: list[tuple[int, Any]], gaps: list[int]
) -> None:
    ticks = ticked(signal, gaps)
    _, found = run(ticks)
    for each in found:
        moment = each.at - MONDAY_10
        if each.kind == "fired":
            before = [value for when, value in ticks if moment - RULE.for_s <= when <= moment]
            known = [value for value in before if value is not None]
            assert before[-1] == BAD
            assert set(known) == {BAD}
            bad_s = sum(b[0] - a[0] for a, b in pairwise(ticks) if b[0] <= moment and a[1] == BAD)
            assert bad_s >= RULE.for_s
        if each.kind == "resolved":
            during = [value for when, value in ticks if moment - RULE.clear_s <= when <= moment]
            assert BAD not in during
            assert during[-1] == GOOD


@given(SIGNALS, GAPS)
def test_silence_resolves_nothing(signal: list[tuple[int, Any]], gaps: list[int]) -> None:
    memory, _ = run([(tick * 20.0, BAD) for tick in range(10)])
    silent = [(200 + when, None if value == GOOD else value) for when, value in ticked(signal, gaps)]
    memory, found = run(silent, memory=memory)
    assert "resolved" not in kinds(found)
    assert [each.state for each in memory.alarms.values()] in (["firing"], ["recovering"])


@given(st.lists(st.sampled_from([BETWEEN, BAD]), min_size=1, max_size=60), GAPS)
def test_within_the_hysteresis_nothing_flaps(values: list[int], gaps: list[int]) -> None:
    memory, _ = run([(tick * 20.0, BAD) for tick in range(10)])
    before = [each.id for each in memory.alarms.values()]
    memory, found = run(
        [(200 + when, value) for when, value in ticked([(1, each) for each in values], gaps)],
        rule=structs.replace(RULE, escalate_s=None),
        memory=memory,
    )
    assert found == []
    assert [each.id for each in memory.alarms.values()] == before


@given(
    st.lists(st.tuples(st.integers(19, 24), st.sampled_from([BAD, GOOD])), min_size=1, max_size=5),
    GAPS,
)
@settings(max_examples=40)
def test_the_outcome_is_the_same_however_ticks_are_spaced(signal: list[tuple[int, Any]], gaps: list[int]) -> None:
    """Stretches longer than what the rule wants and two gaps: then the ticks may delay what happens, not change it."""
    rule = structs.replace(RULE, escalate_s=None)
    told = ("fired", "resolved")
    fine = [each for each in run(ticked(signal, [20]), rule)[1] if each.kind in told]
    coarse = [each for each in run(ticked(signal, gaps), rule)[1] if each.kind in told]
    assert kinds(fine) == kinds(coarse)
    for a, b in zip(fine, coarse, strict=True):
        assert abs(b.at - a.at) <= 2 * max(gaps)


@given(SIGNALS, GAPS, st.sampled_from([msgspec.json, msgspec.msgpack]))
@settings(max_examples=25)
def test_memory_is_plain_data_that_survives_a_round_trip(
    signal: list[tuple[int, Any]], gaps: list[int], encoding: Any
) -> None:
    ticks = ticked(signal, gaps)
    memory, again = Memory(), list[Transition]()
    for when, value in ticks:
        memory, steps = run([(when, value)], memory=encoding.decode(encoding.encode(memory), type=Memory))
        again += steps
    assert again == run(ticks)[1]


def firing(**changes: Any) -> tuple[Memory, Rule, str]:
    rule = structs.replace(RULE, **changes)
    memory, _ = run([(tick * 20.0, BAD) for tick in range(8)], rule)
    (alarm,) = memory.alarms.values()
    assert alarm.state == "firing"
    return memory, rule, alarm.id


def test_the_way_of_an_alarm() -> None:
    ticks = [(0, GOOD), (20, BAD), (80, BAD), (139, BAD), (140, BAD), (200, GOOD), (259, GOOD), (260, GOOD)]
    memory, found = run([(float(when), value) for when, value in ticks])
    assert [(each.kind, each.at - MONDAY_10) for each in found] == [
        ("pending", 20),
        ("fired", 140),
        ("recovering", 200),
        ("resolved", 260),
    ]
    assert found[-1].why == "good"
    assert found[1].alarm.worst == BAD
    assert not memory.alarms


def test_what_passes_by_itself_is_dropped_and_what_comes_back_is_the_same_alarm() -> None:
    assert kinds(run([(0.0, BAD), (100.0, BETWEEN)])[1]) == ["pending", "dropped"]
    memory, rule, id_ = firing()
    memory, found = run([(160.0, GOOD), (180.0, BAD), (200.0, GOOD), (280.0, GOOD)], rule, memory)
    assert kinds(found) == ["recovering", "relapsed", "recovering", "resolved"]
    assert {each.alarm.id for each in found} == {id_}


def test_unacknowledged_it_escalates_once_and_acknowledged_it_does_not() -> None:
    memory, rule, id_ = firing()
    _, found = run([(200.0 + tick * 60, BAD) for tick in range(30)], rule, memory)
    assert kinds(found) == ["escalated"]
    taken, steps = acknowledge(memory, id_, "deputy-1", None, "called them", MONDAY_10 + 200)
    assert kinds(steps) == ["acknowledged"]
    held, found = run([(200.0 + tick * 60, BAD) for tick in range(30)], rule, taken)
    assert found == []
    (alarm,) = held.alarms.values()
    assert (alarm.state, alarm.by, alarm.note) == ("acknowledged", "deputy-1", "called them")


def test_an_acknowledgement_ends_at_its_time_and_the_clock_of_escalation_starts_again() -> None:
    memory, rule, id_ = firing()
    memory, _ = acknowledge(memory, id_, "director", MONDAY_10 + 900, "", MONDAY_10 + 150)
    _, found = run([(160.0 + tick * 20, BAD) for tick in range(100)], rule, memory)
    assert [(each.kind, each.at - MONDAY_10) for each in found] == [("unacknowledged", 900), ("escalated", 1500)]


def test_what_cannot_be_acknowledged_is_left_alone() -> None:
    memory, _, id_ = firing()
    assert acknowledge(memory, "nothing", "x", None, "", MONDAY_10) == (memory, [])
    assert acknowledge(memory, id_, "x", MONDAY_10 - 1, "", MONDAY_10) == (memory, [])
    pending, _ = run([(0.0, BAD)])
    assert acknowledge(pending, next(iter(pending.alarms.values())).id, "x", None, "", MONDAY_10) == (pending, [])


def test_a_relapse_of_an_acknowledged_alarm_is_still_acknowledged() -> None:
    memory, rule, id_ = firing()
    memory, _ = acknowledge(memory, id_, "director", None, "", MONDAY_10 + 150)
    memory, _ = run([(160.0, GOOD), (180.0, BAD)], rule, memory)
    assert [each.state for each in memory.alarms.values()] == ["acknowledged"]


def test_closing_ends_what_counts_in_opening_hours_only_unless_the_centre_fell_silent_before() -> None:
    memory, rule, _ = firing()
    now = MONDAY_10 + 200
    _, found = step(memory, (rule,), NETWORK, snapshot(now, BAD, "closed"), now)
    assert [(each.kind, each.why) for each in found] == [("resolved", "closed")]

    heard = MONDAY_10 + 150
    silent, _ = step(memory, (rule,), NETWORK, snapshot(now, None, heard=heard), now)
    closed, found = step(silent, (rule,), NETWORK, snapshot(now + 20, GOOD, "closed", heard=heard), now + 20)
    assert found == []
    speaks, found = step(closed, (rule,), NETWORK, snapshot(now + 40, GOOD, "closed", heard=now + 39), now + 40)
    assert kinds(found) == ["resolved"]
    assert not speaks.alarms


def test_an_alarm_of_documents_lives_on_through_the_night() -> None:
    memory, rule, id_ = firing(opening_hours=False, escalate_s=None)
    for minute in range(10):
        now = MONDAY_10 + 200 + minute * 60
        memory, found = step(memory, (rule,), NETWORK, snapshot(now, BAD, "closed"), now)
        assert found == []
    assert [each.id for each in memory.alarms.values()] == [id_]


def test_an_old_snapshot_holds_everything_and_raises_the_alarm_of_its_own() -> None:
    memory, rule, id_ = firing(escalate_s=None)
    old = structs.replace(RULE, id="old", metric="freshness", scope="network", threshold=90, clear=30, for_s=60)
    stuck, found = snapshot(MONDAY_10 + 150, GOOD), list[Transition]()
    for tick in range(30):
        memory, steps = step(memory, (rule, old), NETWORK, stuck, MONDAY_10 + 160 + tick * 20)
        found += steps
    assert [(each.kind, each.alarm.rule) for each in found if each.kind == "fired"] == [("fired", "old")]
    assert id_ in {each.id for each in memory.alarms.values()}
    assert "resolved" not in kinds(found)


def test_a_silent_feed_raises_its_own_alarm_and_only_a_word_ends_it() -> None:
    rule = structs.replace(RULE, metric="freshness", threshold=300, clear=60, escalate_s=None)
    memory, found = run([(tick * 20.0, None) for tick in range(10)], rule)
    assert kinds(found) == ["pending", "fired"]
    for tick in range(20):
        now = MONDAY_10 + 9 * 3600 + tick * 20
        memory, found = step(memory, (rule,), NETWORK, snapshot(now, GOOD, "closed", heard=MONDAY_10 - 400), now)
        assert found == []
    memory, found = run([(36_000.0 + tick * 20, GOOD) for tick in range(6)], rule, memory)
    assert kinds(found) == ["recovering", "resolved"]


def test_a_rule_or_a_centre_that_is_gone_ends_its_alarm() -> None:
    memory, _, _ = firing()
    now = MONDAY_10 + 200
    _, found = step(memory, (), NETWORK, snapshot(now, BAD), now)
    assert [(each.kind, each.why) for each in found] == [("resolved", "withdrawn")]
    without = structs.replace(NETWORK, centres=NETWORK.centres[1:])
    _, found = step(memory, (RULE,), without, snapshot(now, BAD) | {"centres": []}, now)
    assert [(each.kind, each.why) for each in found] == [("resolved", "withdrawn")]


def test_a_centre_that_the_snapshot_leaves_out_is_held() -> None:
    memory, rule, id_ = firing(escalate_s=None)
    now = MONDAY_10 + 200
    memory, found = step(memory, (rule,), NETWORK, snapshot(now, BAD) | {"centres": []}, now)
    assert found == []
    assert [each.id for each in memory.alarms.values()] == [id_]


def test_nobody_waiting_is_a_longest_wait_of_nothing_and_not_unknown() -> None:
    rule = structs.replace(RULE, metric="queue.longest_wait_s", threshold=2400, clear=1500, for_s=0, clear_s=0)
    now = MONDAY_10
    long = snapshot(now, GOOD)
    long["centres"][0]["queue"] |= {"waiting": 2, "longest_wait_s": 3000.0}
    memory, found = step(Memory(), (rule,), NETWORK, long, now)
    assert kinds(found) == ["pending", "fired"]
    _, found = step(memory, (rule,), NETWORK, snapshot(now + 20, GOOD), now + 20)
    assert kinds(found) == ["recovering", "resolved"]


def test_people_without_a_window_are_seen_branch_by_branch_and_not_where_the_branch_is_closed() -> None:
    rule = structs.replace(RULE, metric="no_window_open", scope="branch", threshold=1, clear=0, for_s=0, clear_s=0)
    shown = snapshot(MONDAY_10, GOOD)
    shown["centres"][0]["branches"][1] |= {"queue": {"waiting": 4}, "load": {"windows_open": 0}}
    memory, found = step(Memory(), (rule,), NETWORK, shown, MONDAY_10)
    assert [(each.kind, each.alarm.branch, each.alarm.value) for each in found] == [
        ("pending", "hall", 4),
        ("fired", "hall", 4),
    ]
    one = NETWORK.centres[0]
    shut = structs.replace(one, branches=(one.branches[0], structs.replace(one.branches[1], hours=(None,) * 7)))
    network = structs.replace(NETWORK, centres=(shut, *NETWORK.centres[1:]))
    assert step(Memory(), (rule,), network, shown, MONDAY_10)[1] == []
    assert [each.why for each in step(memory, (rule,), network, shown, MONDAY_10)[1]] == ["closed"]


def test_totals_without_a_silent_centre_do_not_end_the_networks_alarm() -> None:
    rule = structs.replace(RULE, scope="network", for_s=0, clear_s=0, escalate_s=None)
    memory, found = step(Memory(), (rule,), NETWORK, snapshot(MONDAY_10, BAD), MONDAY_10)
    assert kinds(found) == ["pending", "fired"]
    memory, found = step(memory, (rule,), NETWORK, snapshot(MONDAY_10 + 20, None), MONDAY_10 + 20)
    assert found == []
    _, found = step(memory, (rule,), NETWORK, snapshot(MONDAY_10 + 40, GOOD), MONDAY_10 + 40)
    assert kinds(found) == ["recovering", "resolved"]


@pytest.mark.parametrize("gap", [GAP_S + 1, 3600.0])
def test_a_runner_that_was_away_counts_no_time(gap: float) -> None:
    assert kinds(run([(0.0, BAD), (gap, BAD)])[1]) == ["pending"]


def test_a_step_leaves_the_memory_that_it_was_given_as_it_was() -> None:
    memory, rule, _ = firing()
    before = msgspec.json.encode(memory)
    now = MONDAY_10 + 200
    step(memory, (rule,), NETWORK, snapshot(now, GOOD), now)
    assert msgspec.json.encode(memory) == before


def test_every_rule_of_the_default_file_can_read_a_real_shape() -> None:
    rules = alert_file.load(alert_file.DEFAULT).rules
    _, found = step(Memory(), rules, NETWORK, snapshot(MONDAY_10, BAD), MONDAY_10)
    assert {each.alarm.rule for each in found} == {"overdue"}

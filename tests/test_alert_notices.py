"""Who is told of alarms, and how often."""

from typing import Any

import msgspec
from alert_samples import RULE
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from small_network import MONDAY_10, NETWORK

from dashboard.alert_notices import HOUR_S, Notice, Post, notices
from dashboard.alert_rules import Rule, Ruleset, Sending
from dashboard.alerts import Alarm, Kind, Transition

LOCAL = NETWORK.local
WATCH = structs.replace(RULE, id="watch", severity="watch", roles=("director", "it"))
SENDING = Sending(group_s=30, centre_per_hour=3, network_per_hour=6, digest_s=900)
RULES = Ruleset((RULE, WATCH), SENDING)


def happened(kind: Kind, centre: str, now: float, rule: Rule = RULE, number: int = 0) -> Transition:
    alarm = Alarm(
        id=f"{rule.id}/{centre}/@{number}", rule=rule.id, centre=centre, branch="", began=now, fired=now, asked=now
    )
    return Transition(kind, now, alarm)


def post_all(
    events: list[tuple[float, Transition]], until: float, rules: Ruleset = RULES, every: float = 10.0
) -> list[Notice]:
    """Give transitions at their moments (seconds after Monday 10:00) to ticks; all notices."""
    post, found, moment, waiting = Post(), list[Notice](), 0.0, sorted(events, key=lambda each: each[0])
    while moment <= until:
        due = [each for at, each in waiting if at <= moment]
        waiting = [each for each in waiting if each[0] > moment]
        post = msgspec.json.decode(msgspec.json.encode(post), type=Post)
        post, sent = notices(post, rules, due, LOCAL, MONDAY_10 + moment)
        found += sent
        moment += every
    return found


def shape(found: list[Notice]) -> list[tuple[str, str, bool, list[tuple[str, bool]]]]:
    return [(each.role, each.centre, each.is_digest, [(i.told, i.over) for i in each.items]) for each in found]


def test_what_a_centre_raises_together_is_one_notice_to_each_role() -> None:
    events = [(0.0, happened("fired", "one", 0)), (10.0, happened("fired", "one", 10, WATCH))]
    assert shape(post_all(events, 100)) == [
        ("director", "one", False, [("fired", False), ("fired", False)]),
        ("it", "one", False, [("fired", False)]),
    ]


def test_the_end_is_told_to_those_who_know_and_the_deputy_when_it_escalated() -> None:
    events = [
        (0.0, happened("fired", "one", 0)),
        (100.0, happened("escalated", "one", 100)),
        (200.0, happened("resolved", "one", 200)),
    ]
    assert [(role, told) for role, _, _, ((told, _),) in shape(post_all(events, 400))] == [
        ("director", "fired"),
        ("deputy", "escalated"),
        ("deputy", "resolved"),
        ("director", "resolved"),
    ]


def test_what_was_over_before_it_could_be_told_is_told_as_over_and_once() -> None:
    events = [(0.0, happened("fired", "one", 0)), (10.0, happened("resolved", "one", 10))]
    assert shape(post_all(events, 400)) == [("director", "one", False, [("fired", True)])]


def test_more_than_a_centres_limit_goes_in_a_digest() -> None:
    events = [(60.0 * n, happened("fired", "one", n, number=n)) for n in range(8)]
    found = shape(post_all(events, 3000))
    assert [len(items) for _, _, is_digest, items in found if not is_digest] == [1, 1, 1]
    # the fourth goes in a digest at once, what comes after waits for the next one
    assert [len(items) for _, _, is_digest, items in found if is_digest] == [1, 4]


def test_in_quiet_hours_only_what_must_be_acted_on_is_told_and_the_rest_in_the_morning() -> None:
    rules = Ruleset(RULES.rules, structs.replace(SENDING, quiet=(9 * 60, 10 * 60 + 10)))
    events = [(0.0, happened("fired", "one", 0)), (0.0, happened("fired", "two", 0, WATCH))]
    found = post_all(events, 1200, rules)
    assert [(each.role, each.is_digest, each.at - MONDAY_10) for each in found] == [
        ("director", False, 30),
        ("director", True, 600),
        ("it", True, 600),
    ]


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 7200),
        st.sampled_from(["fired", "escalated", "resolved", "unacknowledged"]),
        st.sampled_from(["one", "two", "three", ""]),
        st.sampled_from([RULE, WATCH]),
        st.integers(0, 40),
    ),
    max_size=60,
)


@given(
    EVENTS,
    st.integers(1, 4),
    st.integers(2, 6),
    st.sampled_from([60.0, 900.0]),
    st.sampled_from([7.0, 60.0]),
    st.sampled_from([None, (9 * 60, 11 * 60)]),
)
def test_at_most_so_many_an_hour_and_nothing_lost(
    raw: list[Any], of_centre: int, of_network: int, digest_s: float, every: float, quiet: tuple[int, int] | None
) -> None:
    rules = Ruleset(RULES.rules, Sending(20, of_centre, of_network, digest_s, quiet))
    events = [(float(at), happened(kind, centre, at, rule, n)) for at, kind, centre, rule, n in raw]
    found = post_all(events, 7200 + 6 * HOUR_S, rules, every)
    for who in {(each.role, each.of) for each in found}:
        mine = [each for each in found if (each.role, each.of) == who]
        for each in mine:
            hour = [other for other in mine if each.at - HOUR_S < other.at <= each.at]
            assert len(hour) <= of_network
            assert sum(other.centre == each.centre and not other.is_digest for other in hour) <= max(of_centre, 1)
    assert len({each.key for each in found}) == len(found)
    told = {(each.role, item.alarm.id) for each in found for item in each.items}
    for _, each in events:
        if each.kind == "fired":
            rule = RULE if each.alarm.rule == RULE.id else WATCH
            assert {(role, each.alarm.id) for role in rule.roles} <= told

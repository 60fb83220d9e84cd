"""What is wrong with a feed, which comes first, and what is shown of what was refused."""

from typing import Any

import msgspec
import pytest

from dashboard.events import EVENT_CLASSES
from dashboard.examples import example, type_said
from dashboard.feed_health import against, mark, troubles, worst_first
from dashboard.intake import Refusal, accept
from dashboard.network_file import DEFAULT, load
from dashboard.withheld import MARK, withhold
from tests.small_network import MONDAY_10, NETWORK

NOW = MONDAY_10
ATYRAU = load(DEFAULT)


def feed(id_: str = "one", state: str = "live", **more: Any) -> dict[str, Any]:
    return {"id": id_, "state": state, "beat": None, "agent": None, "rate": None, "last_refusals": []} | more


def agent(**more: Any) -> dict[str, Any]:
    return {"version": "1", "outbox": 0, "offset_s": 0.0, "at": NOW} | more


@pytest.mark.parametrize(
    ("count", "usual", "said"),
    [
        (0, 120.0, "nothing"),
        (9, 120.0, "almost_nothing"),
        (40, 120.0, "third"),
        (60, 120.0, "half"),
        (100, 120.0, "usual"),
        (150, 120.0, "usual"),
        (240, 120.0, "twice"),
        (400, 120.0, "far_more"),
        (6, 12.0, "usual"),  # two standard deviations of a count of 12 are 6.9
        (0, 9.0, None),
        (50, None, None),
    ],
)
def test_a_count_is_held_against_the_usual_and_chance_is_not_news(count: int, usual: float | None, said: Any) -> None:
    assert against(count, usual) == said


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (feed(), {}),
        (feed(state="silent"), {"silent": "act"}),
        (feed(state="late"), {"late": "watch"}),
        (feed(beat={"lag_s": 299.0}), {}),
        (feed(beat={"lag_s": 300.0}), {"behind": "watch"}),
        (feed(beat={"lag_s": None}), {}),
        (feed(agent=agent(offset_s=-31.0)), {"clock": "watch"}),
        (feed(agent=agent(offset_s=None, outbox=None)), {}),
        (feed(agent=agent(outbox=1001)), {"outbox": "watch"}),
        (feed(rate={"count": 3, "usual": 100.0}), {"few": "watch"}),
        (feed(state="closed", rate={"count": 0, "usual": 100.0}), {}),
        (feed(last_refusals=[{"at": NOW - 3601}]), {}),
        (feed(last_refusals=[{"at": NOW - 3599}]), {"refused": "watch"}),
    ],
)
def test_what_is_wrong_with_a_feed(said: dict[str, Any], found: dict[str, str]) -> None:
    assert troubles(said, NOW) == found


def test_the_worst_come_first_and_equal_ones_keep_their_place() -> None:
    feeds = [
        feed("well"),
        feed("to come", "planned"),
        feed("shut", "closed"),
        feed("a clock", agent=agent(offset_s=60.0)),
        feed("out of contact", "silent"),
        feed("late and few", "late", rate={"count": 0, "usual": 50.0}),
        feed("well too"),
    ]
    named = [each["id"] for each in worst_first(feeds, NOW)]
    assert named == ["out of contact", "late and few", "a clock", "well", "well too", "shut", "to come"]
    assert mark({}) == "ok"


@pytest.mark.parametrize("network", [NETWORK, ATYRAU], ids=["small", "atyrau"])
@pytest.mark.parametrize("type_", EVENT_CLASSES)
def test_an_example_says_every_member_and_is_accepted(type_: str, network: Any) -> None:
    text = example(type_, network, network.centres[0].id, NOW)
    found = accept(text.encode(), network, network.centres[0].id, NOW)
    assert not isinstance(found, Refusal), found.reason()
    said = msgspec.json.decode(text)
    assert set(said["data"]) == set(EVENT_CLASSES[type_].__annotations__["data"].__struct_fields__)
    assert said["type"] == type_


@pytest.mark.parametrize(
    ("raw", "type_"),
    [
        ('{"type": "ticket.issued"}', "ticket.issued"),
        ('{"type": "ticket.isued"}', "ticket.issued"),
        (b'{"type": "heart-beat"}', "heartbeat"),
        ('{"type": "quite something else"}', None),
        ('{"type": 3}', None),
        ("[]", None),
        (b"\xff", None),
        ("[" * 50_000, None),
    ],
)
def test_the_example_is_of_the_type_that_was_meant(raw: Any, type_: str | None) -> None:
    assert type_said(raw) == type_


IIN = "900101300007"
"""Of nobody: made so that the check digit is right."""


@pytest.mark.parametrize(
    "raw",
    [
        '{"data": {"iin": "' + IIN + '", "ticket": "A1"}}',
        '{"data": {"ticket": "A1", "ФИО": "Иванов Иван"}}',
        '{"data": {"ticket": "A1", "citizen": {"a": "Иванов", "b": ["Иванов"]}}}',
        '{"data": {"ticket": "A1", "First-Name": "Иванов',
        '{"data": {"ticket": "A1", "text": "citizen ' + IIN + '"}}',
        f"ticket A1 of {IIN}",
    ],
)
def test_what_is_a_citizens_is_never_shown_and_the_rest_is(raw: str) -> None:
    for each in (raw, raw.encode()):
        shown = withhold(each)
        assert "Иванов" not in shown
        assert IIN not in shown
        assert MARK in shown
        assert "A1" in shown


@pytest.mark.parametrize("raw", ["{ }", '{"a" : [1,  2]}', "no JSON", "123456789012 tickets", "[" * 9_000])
def test_what_has_nothing_of_citizens_stands_as_it_came(raw: str) -> None:
    assert withhold(raw) == raw

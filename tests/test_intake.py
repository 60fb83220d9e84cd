"""What a centre may say, and how a refusal says what is wrong."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.events import EVENT_CLASSES, Event, TicketIssued, encode_data, rebuild, type_of
from dashboard.intake import Refusal, accept, is_iin
from tests.small_network import MONDAY_10, NETWORK

VALID: dict[str, dict[str, Any]] = {
    "ticket.issued": {"ticket": "A1", "service": "estate", "priority": "benefit"},
    "ticket.called": {"ticket": "A1", "window": "1", "operator": "op1"},
    "ticket.started": {"ticket": "A1", "window": "1", "operator": "op1"},
    "ticket.finished": {"ticket": "A1", "outcome": "served"},
    "ticket.abandoned": {"ticket": "A1", "reason": "no_show"},
    "ticket.transferred": {"ticket": "A1", "service": "idcard", "branch": "hall"},
    "operator.opened": {"operator": "op1", "window": "1"},
    "operator.paused": {"operator": "op1", "window": "1", "reason": "lunch"},
    "operator.resumed": {"operator": "op1", "window": "1"},
    "operator.closed": {"operator": "op1", "window": "1"},
    "staff.joined": {"employee": "e1", "position": "operator"},
    "staff.left": {"employee": "e1", "reason": "pay"},
    "staff.posts": {"posts": 12},
    "application.accepted": {"application": "d1", "service": "estate", "due": "2026-12-03"},
    "application.sent": {"application": "d1", "agency": "cadastre"},
    "application.returned": {"application": "d1", "agency": "cadastre"},
    "application.ready": {"application": "d1"},
    "application.issued": {"application": "d1", "operator": "op1"},
    "application.rejected": {"application": "d1"},
    "application.withdrawn": {"application": "d1"},
    "complaint.filed": {"complaint": "c1", "about": "rudeness"},
    "complaint.closed": {"complaint": "c1", "upheld": True},
    "feedback.given": {"score": 5},
    "visit.made": {"visit": "v1", "official": "deputy akim"},
    "directive.issued": {"directive": "p1", "text": "Открыть окно", "due": "2026-12-01T18:00:00+05:00"},
    "directive.done": {"directive": "p1"},
    "deficiency.found": {"deficiency": "f1", "category": "queue"},
    "deficiency.fixed": {"deficiency": "f1"},
    "centre.opened": {},
    "centre.closed": {},
    "services.offered": {"services": ["estate", "idcard"]},
    "heartbeat": {"queue_system": "q", "lag_s": 0.4},
}


def raw(type_: str = "ticket.issued", data: Any = None, **envelope: Any) -> bytes:
    event = {
        "specversion": "1.0",
        "id": "1",
        "source": "/one/main",
        "type": type_,
        "time": "2026-11-23T10:00:00+05:00",
        "data": VALID.get(type_, {}) if data is None else data,
    }
    return json.dumps({k: v for k, v in (event | envelope).items() if v is not ...}).encode()


def refused(body: bytes) -> Refusal:
    found = accept(body, NETWORK, "one", MONDAY_10)
    assert isinstance(found, Refusal), found
    return found


def test_every_type_of_the_contract_has_an_example_here() -> None:
    assert set(VALID) == set(EVENT_CLASSES)
    assert len(VALID) == 32


@pytest.mark.parametrize("type_", VALID)
def test_a_valid_event_of_each_type_is_accepted_and_survives_history(type_: str) -> None:
    event = accept(raw(type_), NETWORK, "one", MONDAY_10)
    assert not isinstance(event, Refusal), event
    assert type_of(event) == type_
    assert rebuild(type_, event.id, event.source, event.time, encode_data(event)) == event


@pytest.mark.parametrize("type_", ["centre.opened", "heartbeat"])
def test_an_event_that_says_nothing_more_may_leave_data_out(type_: str) -> None:
    assert not isinstance(accept(raw(type_, data=...), NETWORK, "one", MONDAY_10), Refusal)


def test_standard_attributes_and_published_extensions_are_accepted_and_not_kept() -> None:
    extra = {
        "datacontenttype": "application/json", "dataschema": "urn:x", "subject": "s", "traceparent": "00-1",
        "tracestate": "a=b", "partitionkey": "one", "sequence": "17",
    }  # fmt: skip
    event = accept(raw(**extra), NETWORK, "one", MONDAY_10)
    assert isinstance(event, TicketIssued)
    assert b"urn:x" not in encode_data(event)


WRONG = [
    (raw(data={"ticket": "A1"}), "missing_member", "data.service", ""),
    (raw(source=...), "missing_member", "source", ""),
    (raw(data=VALID["ticket.issued"] | {"colour": "red"}), "unknown_member", "data.colour", '"red"'),
    (raw(foo=1), "unknown_member", "foo", "1"),
    (raw("ticket.sung"), "unknown_type", "type", '"ticket.sung"'),
    (raw("feedback.given", data={"score": 6}), "wrong_value", "data.score", "6"),
    (raw("feedback.given", data={"score": "5"}), "wrong_value", "data.score", '"5"'),
    (raw(data=VALID["ticket.issued"] | {"priority": "vip"}), "wrong_value", "data.priority", '"vip"'),
    (raw(data=VALID["ticket.issued"] | {"ticket": ""}), "wrong_value", "data.ticket", '""'),
    (raw(data={"ticket": "A" * 65, "service": "estate"}), "wrong_value", "data.ticket", None),
    (raw(specversion="0.3"), "wrong_value", "specversion", '"0.3"'),
    (raw(time="2026-11-23T10:00:00"), "wrong_value", "time", '"2026-11-23T10:00:00"'),
    (raw(time="1969-07-20T20:17:00Z"), "wrong_value", "time", None),
    (raw(source="/nowhere/main"), "unknown_centre", "source", '"/nowhere/main"'),
    (raw(source="/one/attic"), "unknown_branch", "source", '"/one/attic"'),
    (raw(source="/two/main"), "wrong_stream", "source", '"/two/main"'),
    (raw(source="/one"), "no_branch", "source", '"/one"'),
    (raw(data=VALID["ticket.issued"] | {"service": "magic"}), "unknown_service", "data.service", '"magic"'),
    (raw("services.offered", data={"services": ["estate", "magic"]}), "unknown_service", "data.services", None),
    (raw("ticket.transferred", data={"ticket": "A1", "branch": "x"}), "unknown_branch", "data.branch", '"x"'),
    (raw("application.accepted", data={"application": "d", "service": "estate", "due": "2026-02-30"}),
     "wrong_value", "data.due", '"2026-02-30"'),
    (raw("application.accepted", data={"application": "d", "service": "estate", "due": "2026-12-01T10:00"}),
     "wrong_value", "data.due", '"2026-12-01T10:00"'),
    (raw("application.accepted", data={"application": "d", "service": "estate", "due": "9999-12-31"}),
     "wrong_value", "data.due", None),
    (raw(data=VALID["ticket.issued"] | {"ticket": "A\x001"}), "wrong_value", "data.ticket", None),
    (b"\xff\xfe", "not_json", "event", None),
    (b"[]", "wrong_value", "event", "[]"),
    (b"", "not_json", "event", None),
    (b'{"specversion":', "not_json", "event", None),
    (b'{"x":"' + b"y" * 70_000 + b'"}', "too_large", "event", "70008 bytes"),
]  # fmt: skip
"""Bytes that are refused: the code, the member and, where it is shown, its value."""


@pytest.mark.parametrize(("body", "code", "member", "value"), WRONG)
def test_a_refusal_names_the_member_the_value_and_what_was_expected(
    body: bytes, code: str, member: str, value: str | None
) -> None:
    refusal = refused(body)
    assert (refusal.code, refusal.member) == (code, member)
    assert refusal.expected
    if value is not None:
        assert refusal.value == value
    assert refusal.member in refusal.reason()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (raw("feedback.given", data={"score": 6}), "at most 5"),
        (raw("feedback.given", data={"score": 4.5}), "a whole number"),
        (raw("complaint.filed", data={"complaint": "c", "about": "noise"}),
         "one of: bribery, delay, other, queue, rudeness"),
        (raw(data=VALID["ticket.issued"] | {"priority": "vip"}), "one of: benefit, booked, none"),
        (raw(data=VALID["ticket.issued"] | {"ticket": ""}), "text that is not empty"),
        (raw(data=VALID["ticket.issued"] | {"ticket": "A" * 65}), "at most 64 characters"),
        (raw("heartbeat", data={"lag_s": "much"}), "a number"),
        (raw("complaint.closed", data={"complaint": "c", "upheld": "yes"}), "true or false"),
        (raw(time="2026-11-23T10:00:00"), "a time with its offset (RFC 3339)"),
        (raw(specversion="0.3"), "one of: 1.0"),
        (raw(data=[]), "an object"),
    ],
)  # fmt: skip
def test_what_was_expected_is_said_in_plain_words(body: bytes, expected: str) -> None:
    assert refused(body).expected == expected


@pytest.mark.parametrize("member", ["iin", "name", "phone", "address", "Phone", "ФИО", "e-mail"])
def test_a_citizens_data_is_refused_and_never_repeated(member: str) -> None:
    refusal = refused(raw(data=VALID["ticket.issued"] | {member: "870315300123"}))
    assert refusal.code == "citizen_data"
    assert "870315300123" not in refusal.reason()


def test_an_iin_in_a_directives_text_is_refused() -> None:
    iin = next(f"87031530012{n}" for n in range(10) if is_iin(f"87031530012{n}"))
    assert refused(raw("directive.issued", data={"directive": "p", "text": f"по {iin}"})).code == "citizen_data"


def test_an_event_over_five_minutes_ahead_is_refused_and_one_under_is_not() -> None:
    assert refused(raw(time="2026-11-23T10:05:01+05:00")).code == "future_time"
    assert not isinstance(accept(raw(time="2026-11-23T10:04:59+05:00"), NETWORK, "one", MONDAY_10), Refusal)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_at_all_can_make_the_door_raise(body: bytes) -> None:
    assert isinstance(accept(body, NETWORK, "one", MONDAY_10), Refusal)


@given(st.sampled_from(sorted(VALID)), st.data())
def test_a_valid_event_with_any_one_value_replaced_is_an_event_or_a_refusal(type_: str, data: st.DataObject) -> None:
    event = json.loads(raw(type_))
    where = data.draw(st.sampled_from([event, event["data"]] if event["data"] else [event]))
    member = data.draw(st.sampled_from(sorted(where)))
    anything = (
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.just([]) | st.just({})
    )
    where[member] = data.draw(anything)
    found = accept(msgspec.json.encode(event), NETWORK, "one", MONDAY_10)
    assert isinstance(found, Event | Refusal)


@pytest.mark.parametrize("depth", [50, 400, 900, 1000, 1100, 20_000])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_what_is_nested_too_deeply_is_refused_and_stops_nobody(opening: str, depth: int) -> None:
    deep = opening * depth + ("0" if "{" in opening else "") + {"[": "]", '{"a":': "}"}[opening] * depth
    for text in (deep, opening * depth, raw(data={}).decode().replace("{}", deep)):
        assert isinstance(accept(text[:60_000].encode(), NETWORK, "one", MONDAY_10), Refusal)

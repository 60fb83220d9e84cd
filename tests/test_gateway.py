"""The gateway: what a centre sends over HTTP is in its stream once, and the answer says what became of it."""

import gzip
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import flask
import pytest
import redis
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from data_sources import gateway as g
from data_sources.gateway import BATCH, STRUCTURED, Gateway
from data_sources.gateway_http import blueprint
from data_sources.history import open_engine, upgrade
from data_sources.stream import events_key, refused_key
from data_sources.tokens import TokenError, Tokens
from data_sources.worker import Worker
from tests.feeds import raw
from tests.small_network import MONDAY_10, NETWORK

NOW = MONDAY_10


@pytest.fixture
def services(valkey: redis.Redis, database_url: str) -> Iterator[SimpleNamespace]:
    engine = open_engine(database_url)
    upgrade(engine)
    moment = SimpleNamespace(now=NOW)
    yield SimpleNamespace(redis=valkey, engine=engine, network=NETWORK, moment=moment, clock=lambda: moment.now)
    engine.dispose()


@pytest.fixture
def gateway(services: SimpleNamespace) -> Gateway:
    return Gateway(services)


@pytest.fixture
def tokens(services: SimpleNamespace) -> Tokens:
    return Tokens(services.engine, services.clock)


@pytest.fixture
def app(gateway: Gateway) -> flask.Flask:
    app = flask.Flask(__name__)
    app.register_blueprint(blueprint(lambda: gateway, NETWORK.id))
    return app


Post = Callable[..., Any]


@pytest.fixture
def post(app: flask.Flask, tokens: Tokens) -> Post:
    token, _ = tokens.make("one", "tests", 30)

    def send(body: Any, content_type: str = BATCH, token: str = token, **more: Any) -> Any:
        content = body if isinstance(body, bytes) else b"[" + b",".join(body) + b"]"
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        return app.test_client().post(
            "/api/v1/events", data=content, content_type=content_type, headers=headers, **more
        )

    return send


def issue(number: int, source: str = "/one/main", ago: float = 60.0, **data: Any) -> bytes:
    return raw(source, f"e{number}", "ticket.issued", NOW - ago, **{"ticket": f"T{number}", "service": "estate"} | data)


def in_stream(valkey: redis.Redis, centre: str = "one") -> list[bytes]:
    return [fields[b"event"] for _, fields in valkey.xrange(events_key(centre))]  # type: ignore[union-attr]


def statuses(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return [each["status"] for each in answer.json["results"]]


def test_a_batch_is_in_the_stream_as_it_came_and_in_its_order(post: Post, valkey: redis.Redis) -> None:
    events = [issue(number) for number in range(20)]
    assert statuses(post(events)) == ["accepted"] * 20
    assert in_stream(valkey) == events


def test_one_event_may_come_alone(post: Post, valkey: redis.Redis) -> None:
    answer = post(issue(1), STRUCTURED)
    assert answer.json == {
        "accepted": 1,
        "duplicates": 0,
        "refused": 0,
        "results": [{"status": "accepted", "source": "/one/main", "id": "e1"}],
    }
    assert in_stream(valkey) == [issue(1)]


def test_sending_again_is_told_to_be_a_duplicate_and_adds_nothing(post: Post, valkey: redis.Redis) -> None:
    assert statuses(post([issue(1), issue(2), issue(1)])) == ["accepted", "accepted", "duplicate"]
    assert statuses(post([issue(2), issue(3)])) == ["duplicate", "accepted"]
    assert in_stream(valkey) == [issue(1), issue(2), issue(3)]


def test_what_history_holds_is_a_duplicate_however_long_ago_it_came(
    post: Post, valkey: redis.Redis, services: SimpleNamespace
) -> None:
    post([issue(1)])
    worker = Worker(services, services.clock)
    worker.step(0)
    worker.reader.close()
    services.moment.now += 10 * g.SEEN_FOR_S
    assert statuses(post([issue(1), issue(2)])) == ["duplicate", "accepted"]


def test_a_refused_event_says_why_and_is_kept_by_the_worker_with_its_bytes(
    post: Post, valkey: redis.Redis, services: SimpleNamespace
) -> None:
    wrong = issue(2, service="no-such")
    answer = post([issue(1), wrong, issue(3)])
    assert statuses(answer) == ["accepted", "refused", "accepted"]
    refusal = answer.json["results"][1]
    assert refusal["code"] == "unknown_service"
    assert '"no-such"' in refusal["reason"]
    worker = Worker(services, services.clock)
    worker.step(0)
    worker.reader.close()
    ((_, kept),) = valkey.xrange(refused_key("one"))  # type: ignore[misc]
    assert kept[b"event"] == wrong
    assert kept[b"reason"].decode() == refusal["reason"]


def test_a_refused_event_that_is_sent_again_is_refused_again_and_kept_once(post: Post, valkey: redis.Redis) -> None:
    wrong = issue(2, service="no-such")
    assert statuses(post([wrong])) == statuses(post([wrong])) == ["refused"]
    assert in_stream(valkey) == [wrong]


def test_a_centre_speaks_only_for_itself(post: Post, valkey: redis.Redis) -> None:
    answer = post([issue(1, source="/two/main")])
    assert statuses(answer) == ["refused"]
    assert answer.json["results"][0]["code"] == "wrong_stream"
    assert in_stream(valkey, "two") == []


def test_of_many_senders_of_one_event_exactly_one_is_told_that_it_was_taken(post: Post, valkey: redis.Redis) -> None:
    told: list[str] = []
    threads = [threading.Thread(target=lambda: told.extend(statuses(post([issue(1)])))) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(told) == ["accepted", *["duplicate"] * 7]
    assert in_stream(valkey) == [issue(1)]


def test_a_batch_may_come_packed(post: Post, valkey: redis.Redis) -> None:
    packed = gzip.compress(b"[" + issue(1) + b"]")
    assert statuses(post(packed, headers={"Content-Encoding": "gzip"})) == ["accepted"]
    assert in_stream(valkey) == [issue(1)]


TOO_LONG = b" " * (g.MAX_BODY_BYTES + 1)


@pytest.mark.parametrize(
    ("body", "content_type", "encoding", "status", "code"),
    [
        (b"{", BATCH, "", 400, "not_a_batch"),
        (b"{}", BATCH, "", 400, "not_a_batch"),
        (b"\xff", BATCH, "", 400, "not_a_batch"),
        (b"[" * 100_000, BATCH, "", 400, "not_a_batch"),
        (b"[]", "text/plain", "", 415, "unknown_type"),
        (b"[]", BATCH, "br", 415, "unknown_encoding"),
        (b"[]", BATCH, "gzip", 400, "not_gzip"),
        (gzip.compress(b"[ ]" * 100, mtime=0)[:-4], BATCH, "gzip", 400, "not_gzip"),
        (gzip.compress(TOO_LONG, mtime=0), BATCH, "gzip", 413, "too_large"),
        (TOO_LONG, BATCH, "", 413, "too_large"),
        (b"[" + b"{}," * g.MAX_EVENTS + b"{}]", BATCH, "", 413, "too_many"),
    ],
)
def test_a_request_that_cannot_be_taken_says_why(
    post: Post, valkey: redis.Redis, body: bytes, content_type: str, encoding: str, status: int, code: str
) -> None:
    answer = post(body, content_type, headers={"Content-Encoding": encoding} if encoding else {})
    assert (answer.status_code, answer.json["error"]) == (status, code)
    assert answer.json["message"]
    assert in_stream(valkey) == []


def test_nobody_sends_without_a_good_token(post: Post, tokens: Tokens, services: SimpleNamespace) -> None:
    brief, _ = tokens.make("one", "for an hour", 1 / 24)
    gone, kept = tokens.make("one", "lost", 30)
    tokens.revoke(kept.id)
    assert statuses(post([issue(1)], token=brief)) == ["accepted"]
    services.moment.now += 3601
    for wrong in (brief, gone, "", "tendays_x_y", brief + "x", gone.replace("tendays", "other")):
        answer = post([issue(2)], token=wrong)
        assert (answer.status_code, answer.json["error"]) == (401, "wrong_token")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_is_rotated_without_a_gap(post: Post, tokens: Tokens, services: SimpleNamespace) -> None:
    old, kept = tokens.make("one", "agent", 365)
    new, _ = tokens.rotate(kept.id, days=365, overlap_days=7)
    assert statuses(post([issue(1)], token=old)) == statuses(post([issue(2)], token=new)) == ["accepted"]
    services.moment.now += 7 * 86_400 + 1
    assert post([issue(3)], token=old).status_code == 401
    assert post([issue(3)], token=new).status_code == 200


def test_a_token_that_is_not_good_cannot_be_rotated_and_one_that_is_not_there_is_told_of(tokens: Tokens) -> None:
    _, kept = tokens.make("one", "agent", 365)
    tokens.revoke(kept.id)
    with pytest.raises(TokenError, match="no longer good"):
        tokens.rotate(kept.id, 365, 7)
    with pytest.raises(TokenError, match="there is no token 'nobody'"):
        tokens.revoke("nobody")


def test_what_is_kept_of_a_token_does_not_give_it_away(tokens: Tokens, services: SimpleNamespace) -> None:
    token, kept = tokens.make("one", "agent", 365)
    secret = token.split("_", 2)[2]
    with services.engine.connect() as connection:
        (row,) = connection.execute(text("SELECT * FROM tokens")).all()
    assert secret not in repr(row)
    assert kept.id in repr(row)
    assert secret not in repr(kept)


def test_when_a_token_was_last_used_is_known_to_the_minute(
    post: Post, tokens: Tokens, services: SimpleNamespace
) -> None:
    assert tokens.all()[0].used is None
    post([issue(1)])
    services.moment.now += 30
    post([issue(2)])
    assert tokens.all()[0].used == NOW
    services.moment.now += 31
    post([issue(3)])
    assert tokens.all()[0].used == NOW + 61


def test_who_guesses_tokens_must_wait_and_others_need_not(post: Post) -> None:
    for _ in range(g.WRONG_TOKENS_IN_60_S):
        assert post([], token="x", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 401
    refused = post([issue(1)], environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert post([issue(1)], environ_base={"REMOTE_ADDR": "192.0.2.2"}).status_code == 200


def test_a_mad_sender_is_asked_to_wait_and_nothing_of_the_batch_is_taken(
    post: Post, gateway: Gateway, valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "_events_rate", g.RateLimitItemPerSecond(5, 10))
    assert post([issue(number) for number in range(4)]).status_code == 200
    refused = post([issue(number) for number in range(4, 8)])
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "10")
    assert len(in_stream(valkey)) == 4


def test_with_the_server_away_the_sender_is_asked_to_try_again(
    post: Post, services: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise redis.ConnectionError("away")

    monkeypatch.setattr(redis.Redis, "execute_command", away)
    monkeypatch.setattr(redis.Redis, "evalsha", away)
    answer = post([issue(1)])
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_the_description_names_every_event_type_and_every_answer(app: flask.Flask) -> None:
    found = app.test_client().get("/api/v1/openapi.json").json
    assert found["openapi"] == "3.1.0"
    events = found["paths"]["/api/v1/events"]["post"]["requestBody"]["content"][STRUCTURED]["schema"]
    assert set(events["discriminator"]["mapping"]) >= {"ticket.issued", "heartbeat", "deficiency.fixed"}
    streams = app.test_client().get("/api/v1/asyncapi.json").json
    assert streams["channels"]["live"]["address"] == "tendays:test:live"
    names = [ref.rsplit("/", 1)[1] for ref in events["discriminator"]["mapping"].values()]
    assert all(name in streams["components"]["schemas"] for name in names)


CONFORMS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]


def test_whatever_is_sent_the_answers_are_those_of_the_description(app: flask.Flask, tokens: Tokens) -> None:
    token, _ = tokens.make("one", "tests", 30)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operation = schema["/api/v1/events"]["POST"]
    checks = [schemathesis.checks.CHECKS.get_one(name) for name in CONFORMS]
    seen: set[int] = set()

    @given(st.one_of(*(operation.as_strategy(mode) for mode in schemathesis.GenerationMode)))
    @settings(max_examples=80, suppress_health_check=list(HealthCheck))
    def conforms(case: schemathesis.Case) -> None:
        response = case.call(headers={"Authorization": f"Bearer {token}"})
        seen.add(response.status_code)
        case.validate_response(response, checks=checks)

    conforms()
    assert 200 in seen

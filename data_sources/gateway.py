"""The gateway: events of one centre over HTTP into its stream (design §3.2). HTTP itself is callbacks/gateway.py.

Whatever a centre sends goes into its stream as it came, and the worker decides; the gateway only tells at once what
the worker will say. So there is one way in, one count of what was refused, and nothing that a centre said is lost.
"""

import hashlib
import zlib
from collections.abc import Sequence
from typing import Any, Final, Literal, Protocol

import msgspec
import redis
from limits import RateLimitItemPerSecond, storage, strategies
from msgspec import Struct
from sqlalchemy import Engine, select, tuple_

from dashboard.events import Event
from dashboard.intake import Refusal, accept
from dashboard.network import Network
from data_sources.feed_notes import note_agent, read_header
from data_sources.history_tables import EVENTS
from data_sources.stream import events_key
from data_sources.tokens import Token, Tokens

MAX_BODY_BYTES: Final = 4 * 1024 * 1024
"""Of a request, unpacked."""
MAX_EVENTS: Final = 1000
"""Of a batch."""
EVENTS_IN_10_S: Final = 30_000
"""Of one token: a backlog of days arrives in a minute, a mad program does not drown the others."""
WRONG_TOKENS_IN_60_S: Final = 30
"""Of one address."""
SEEN_FOR_S: Final = 3600.0
"""How long an event that history does not hold yet is remembered, so that trying again is told to be a duplicate."""
STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"

ADMIT: Final = """
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[2])
local told = {}
for i = 3, #ARGV, 2 do
  local fresh = redis.call('ZADD', KEYS[2], 'NX', ARGV[1], ARGV[i])
  if fresh == 1 then redis.call('XADD', KEYS[1], '*', 'event', ARGV[i + 1]) end
  told[#told + 1] = fresh
end
return told
"""
"""Remember and add, in one step: an event is never remembered and not added."""


class RequestError(Exception):
    """A request that cannot be taken at all: HTTP status, a code for programs, a sentence for people."""

    def __init__(self, status: int, code: str, message: str, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.retry_after_s = status, code, message, retry_after_s


class Result(Struct, frozen=True, omit_defaults=True):
    """What became of one event."""

    status: Literal["accepted", "duplicate", "refused"]
    source: str | None = None
    id: str | None = None
    code: str | None = None
    """Of a refusal, for programs: dashboard.intake.Refusal."""
    reason: str | None = None
    """Of a refusal, for people: member, value, expected."""


class Answer(Struct, frozen=True):
    """One result an event, in the order of the batch."""

    accepted: int
    duplicates: int
    refused: int
    results: list[Result]


class ErrorAnswer(Struct, frozen=True):
    """Why a request was not taken at all."""

    error: str
    message: str


class GatewayServices(Protocol):
    @property
    def redis(self) -> redis.Redis: ...
    @property
    def engine(self) -> Engine: ...
    @property
    def network(self) -> Network: ...
    def clock(self) -> float: ...


class Gateway:
    """Takes what a centre sends. Raises :class:`RequestError` for what is not to be taken."""

    def __init__(self, services: GatewayServices) -> None:
        self._redis, self._engine, self._network = services.redis, services.engine, services.network
        self._clock = services.clock
        self._admit = services.redis.register_script(ADMIT)
        self._tokens = Tokens(services.engine, services.clock)
        pool = services.redis.connection_pool
        counts = storage.RedisStorage("redis://", connection_pool=pool, key_prefix="tendays:limits")
        self._limiter = strategies.SlidingWindowCounterRateLimiter(counts)
        self._events_rate = RateLimitItemPerSecond(EVENTS_IN_10_S, 10)
        self._wrong_rate = RateLimitItemPerSecond(WRONG_TOKENS_IN_60_S, 60)

    def whose(self, authorization: str, address: str) -> Token:
        """The token of an ``Authorization`` header."""
        if not self._limiter.test(self._wrong_rate, "wrong", address):
            raise RequestError(
                429, "too_many_wrong_tokens", "too many wrong tokens from this address: wait a minute", 60
            )
        scheme, _, text = authorization.partition(" ")
        token = self._tokens.find(text.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            self._limiter.hit(self._wrong_rate, "wrong", address)
            raise RequestError(
                401, "wrong_token", "a good token of a centre is needed: Authorization: Bearer tendays_…"
            )
        if token.centre not in self._network.centre_by_id:
            raise RequestError(403, "unknown_centre", f"the network has no centre {token.centre} any more")
        return token

    def receive(self, token: Token, bodies: Sequence[bytes]) -> Answer:
        """Put a centre's events into its stream, in their order, and say what becomes of each."""
        if not self._limiter.hit(self._events_rate, "events", token.id, cost=max(1, len(bodies))):
            text = f"over {EVENTS_IN_10_S} events in 10 s: send the rest later"
            raise RequestError(429, "too_many_events", text, 10)
        now = self._clock()
        found = [accept(body, self._network, token.centre, now) for body in bodies]
        known = self._known([(each.source, each.id) for each in found if not isinstance(each, Refusal)])
        fresh = [place for place, each in enumerate(found) if _pair(each) not in known]
        added = self._add(token.centre, [(_mark(found[place], bodies[place]), bodies[place]) for place in fresh], now)
        taken = {place for place, is_added in zip(fresh, added, strict=True) if is_added}
        results = [_result(each, place in taken) for place, each in enumerate(found)]
        count = [each.status for each in results]
        return Answer(count.count("accepted"), count.count("duplicate"), count.count("refused"), results)

    def note(self, token: Token, header: str | None) -> None:
        """Keep what the centre's agent says of itself; what is no such header is passed over."""
        note = read_header(header)
        if note is not None:
            note_agent(self._redis, token.centre, note, self._clock())

    def _known(self, pairs: list[tuple[str, str]]) -> set[tuple[str, str]]:
        if not pairs:
            return set()
        query = select(EVENTS.c.source, EVENTS.c.id).where(tuple_(EVENTS.c.source, EVENTS.c.id).in_(pairs))
        with self._engine.connect() as connection:
            return {(row.source, row.id) for row in connection.execute(query)}

    def _add(self, centre: str, entries: list[tuple[bytes, bytes]], now: float) -> list[bool]:
        if not entries:
            return []
        keys = [events_key(centre), f"tendays:{{{centre}}}:seen"]
        flat = [part for entry in entries for part in entry]
        told: Any = self._admit(keys=keys, args=[now, now - SEEN_FOR_S, *flat])
        return [bool(each) for each in told]


def unpack(body: bytes, encoding: str) -> bytes:
    """A request's body as it was before ``Content-Encoding``; :class:`RequestError` when it is too large or broken."""
    if encoding in ("", "identity"):
        plain = body
    elif encoding == "gzip":
        plain = _gunzip(body)
    else:
        raise RequestError(415, "unknown_encoding", f"content encoding {encoding!r}: send gzip or none")
    if len(plain) > MAX_BODY_BYTES:
        raise too_large()
    return plain


def too_large() -> RequestError:
    return RequestError(413, "too_large", f"a request may hold {MAX_BODY_BYTES} bytes, unpacked: send smaller batches")


def _gunzip(body: bytes) -> bytes:
    machine = zlib.decompressobj(wbits=31)
    try:
        plain = machine.decompress(body, MAX_BODY_BYTES + 1)
    except zlib.error as error:
        raise RequestError(400, "not_gzip", f"the body is no gzip ({error})") from None
    if len(plain) <= MAX_BODY_BYTES and not machine.eof:
        raise RequestError(400, "not_gzip", "the body's gzip is cut short")
    return plain


def split(body: bytes, content_type: str) -> list[bytes]:
    """The events of a request, each as it was written."""
    if content_type == STRUCTURED:
        return [body]
    if content_type != BATCH:
        raise RequestError(415, "unknown_type", f"content type {content_type!r}: send {STRUCTURED} or {BATCH}")
    try:
        found = [bytes(each) for each in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RequestError(400, "not_a_batch", f"a batch is a JSON array of events ({error})") from None
    if len(found) > MAX_EVENTS:
        raise RequestError(413, "too_many", f"a batch may hold {MAX_EVENTS} events, this one has {len(found)}")
    return found


def _pair(found: Event | Refusal) -> tuple[str, str] | None:
    return None if isinstance(found, Refusal) else (found.source, found.id)


def _mark(found: Event | Refusal, body: bytes) -> bytes:
    """What an event is known again by: source and id; of what is refused, its bytes."""
    pair = _pair(found)
    said = body if pair is None else f"{pair[0]}\0{pair[1]}".encode()
    return hashlib.blake2b(said, digest_size=16, person=b"refused" if pair is None else b"event").digest()


def _result(found: Event | Refusal, is_added: bool) -> Result:
    if isinstance(found, Refusal):
        return Result("refused", code=found.code, reason=found.reason())
    return Result("accepted" if is_added else "duplicate", found.source, found.id)

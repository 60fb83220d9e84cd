"""Streams as centres write them, for the tests of the worker: visitors, repeated events, and what must be refused."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import redis

from data_sources.stream import events_key
from tests.small_network import DAY

FIRST_ID_MS = int(datetime(2026, 11, 18, 3, 0, tzinfo=UTC).timestamp() * 1000)
"""Wednesday 8:00 in Atyrau. The worker's clock in these tests starts at :data:`CLOCK`, five days later."""
CLOCK = FIRST_ID_MS / 1000 + 5 * DAY
POISON = "poison"
"""An employee whose event makes the fold of the test's worker fail."""
SPOILT: tuple[dict[bytes, bytes], ...] = (
    {b"event": b"{"},
    {b"event": b"\xff\xfe"},
    {b"event": b""},
    {b"other": b"1"},
    {b"event": b'{"specversion":"1.0","id":"x","source":"/one/main","type":"no.such","time":"2026-11-18T03:00:00Z"}'},
)

Entry = tuple[str, str, dict[bytes, bytes]]
"""Centre, entry id, fields."""


def raw(source: str, id_: str, type_: str, moment: float, **data: Any) -> bytes:
    """An event as its producer writes it."""
    time = datetime.fromtimestamp(moment, UTC).isoformat()
    members = {"specversion": "1.0", "id": id_, "source": source, "type": type_, "time": time, "data": data}
    return msgspec.json.encode(members)


def visitors(source: str, centre: str, count: int, seed: int, first_ms: int = FIRST_ID_MS) -> Iterator[Entry]:
    """About ``count`` entries of one branch in the order of their ids: visitors served, transferred or lost, operators,
    documents; every 30th entry again with its old (source, id), every 90th one that must be refused."""
    rnd, at, said, number = random.Random(seed), first_ms, [b""], 0

    def events() -> Iterator[bytes]:
        nonlocal number
        for window in ("1", "2", "3"):
            yield raw(source, f"open-{window}", "operator.opened", at / 1000, operator=f"op{window}", window=window)
        while True:
            number += 1
            yield from _visitor(rnd, source, number, at / 1000)

    stream = events()
    for place in range(count):
        at += rnd.randrange(1, 4000)
        fields = {b"event": next(stream)}
        if place % 30 == 29:
            fields = {b"event": rnd.choice(said[-200:] if place % 60 == 29 else said[1:])}
        elif place % 90 == 44:
            fields = rnd.choice(SPOILT)
        else:
            said.append(fields[b"event"])
        yield centre, f"{at}-{rnd.randrange(3)}", fields


def _visitor(rnd: random.Random, source: str, number: int, now: float) -> Iterator[bytes]:
    ticket, window = f"T{number % 900}", rnd.choice("123")
    at_window = {"ticket": ticket, "window": window, "operator": f"op{window}"}
    yield raw(source, f"i{number}", "ticket.issued", now - 900, ticket=ticket, service=rnd.choice(("estate", "idcard")))
    if rnd.random() < 0.1:
        yield raw(source, f"a{number}", "ticket.abandoned", now - 300, ticket=ticket)
        return
    yield raw(source, f"c{number}", "ticket.called", now - rnd.randrange(200, 800), **at_window)
    if rnd.random() < 0.1:
        yield raw(source, f"t{number}", "ticket.transferred", now - 150, ticket=ticket, service="idcard")
        return
    yield raw(source, f"s{number}", "ticket.started", now - 190, **at_window)
    yield raw(source, f"f{number}", "ticket.finished", now - rnd.randrange(100), ticket=ticket)
    if number % 20 == 0:
        code = f"{source}-{number}"
        yield raw(source, f"d{number}", "application.accepted", now, application=code, service="estate")


def write(client: redis.Redis, entries: list[Entry]) -> None:
    """Put entries into their streams under their own ids."""
    pipe = client.pipeline(transaction=False)
    for centre, id_, fields in entries:
        pipe.xadd(events_key(centre), fields, id=id_)  # type: ignore[arg-type]
    pipe.execute()

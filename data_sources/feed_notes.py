"""What a feed says of itself beside its events: its last heartbeat, and what its agent tells with every request.

Kept in one Redis hash a centre (``tendays:{<centre>}:feed``), the newest word only: it is for who mends feeds, and no
number of the wall rests on it.
"""

import re
from typing import Any, Final

import redis
from msgspec import Struct

HEADER: Final = "TenDays-Agent"
LONGEST: Final = 320
"""Of the header's value; what is longer, or not made so, is as if it had not been said, and refuses no event."""
KEPT_S: Final = 90 * 86_400
MOST_WAITING: Final = 1_000_000_000
FARTHEST_S: Final = 1e10
_PATTERN: Final = re.compile(r"[a-z_]{1,16}=[0-9A-Za-z.+_-]{1,32}(, ?[a-z_]{1,16}=[0-9A-Za-z.+_-]{1,32}){0,7}")
_NUMBER: Final = re.compile(r"[+-]?\d{1,12}(\.\d{1,6})?")


class AgentNote(Struct, frozen=True):
    """What an agent says of itself. None: not said, or not so that it can be."""

    version: str | None = None
    outbox: int | None = None
    """Events that wait there."""
    offset_s: float | None = None
    """How far the server's clock is ahead of the agent's."""


class Beat(Struct, frozen=True):
    """The newest heartbeat: its own time, epoch seconds."""

    at: float
    queue_system: str | None = None
    lag_s: float | None = None


class FeedNotes(Struct, frozen=True):
    agent: AgentNote | None = None
    agent_at: float | None = None
    """When the agent said so, by the server's clock."""
    beat: Beat | None = None


def notes_key(centre: str) -> str:
    return f"tendays:{{{centre}}}:feed"


def header_of(note: AgentNote) -> str:
    """The header's value; the inverse of :func:`read_header`."""
    said = [("version", note.version), ("outbox", note.outbox)]
    said += [("offset", None if note.offset_s is None else f"{note.offset_s:.1f}")]
    return ", ".join(f"{name}={value}" for name, value in said if value is not None)


def read_header(text: str | None) -> AgentNote | None:
    """``version=1, outbox=12, offset=-0.4`` in any order; unknown members are passed over; None for anything else."""
    if not text or len(text) > LONGEST or not _PATTERN.fullmatch(text):
        return None
    said = dict(part.strip().split("=", 1) for part in text.split(","))
    outbox, offset = said.get("outbox", ""), said.get("offset", "")
    return AgentNote(
        said.get("version"),
        int(outbox) if outbox.isdecimal() and int(outbox) <= MOST_WAITING else None,
        float(offset) if _NUMBER.fullmatch(offset) and abs(float(offset)) <= FARTHEST_S else None,
    )


def note_agent(client: redis.Redis, centre: str, note: AgentNote, now: float) -> None:
    """Keep what an agent says in the place of what it said before. Raises ``redis.RedisError``."""
    _put(
        client,
        centre,
        {
            "agent_version": note.version,
            "agent_outbox": note.outbox,
            "agent_offset_s": note.offset_s,
            "agent_at": round(now, 3),
        },
    )


def note_beats(client: redis.Redis, beats: dict[str, Beat]) -> None:
    """Keep newest heartbeats, by centre."""
    for centre, beat in beats.items():
        _put(
            client,
            centre,
            {"beat_at": beat.at, "beat_queue_system": beat.queue_system, "beat_lag_s": beat.lag_s},
        )


def read_notes(client: redis.Redis, centres: list[str]) -> dict[str, FeedNotes]:
    """What each feed last said of itself."""
    pipe = client.pipeline(transaction=False)
    for centre in centres:
        pipe.hgetall(notes_key(centre))
    return {centre: _notes(found) for centre, found in zip(centres, pipe.execute(), strict=True)}


def _put(client: redis.Redis, centre: str, said: dict[str, Any]) -> None:
    key, gone = notes_key(centre), [name for name, value in said.items() if value is None]
    pipe = client.pipeline(transaction=True)
    pipe.hset(key, mapping={name: value for name, value in said.items() if value is not None})
    if gone:
        pipe.hdel(key, *gone)
    pipe.expire(key, KEPT_S)
    pipe.execute()


def _notes(found: dict[bytes, bytes]) -> FeedNotes:
    said = {name.decode(): value.decode() for name, value in found.items()}
    number = {name: float(value) for name, value in said.items() if name not in ("agent_version", "beat_queue_system")}
    agent = beat = None
    if "agent_at" in number:
        outbox = number.get("agent_outbox")
        agent = AgentNote(
            said.get("agent_version"), None if outbox is None else int(outbox), number.get("agent_offset_s")
        )
    if "beat_at" in number:
        beat = Beat(number["beat_at"], said.get("beat_queue_system"), number.get("beat_lag_s"))
    return FeedNotes(agent, number.get("agent_at"), beat)

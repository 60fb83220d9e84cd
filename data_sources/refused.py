"""The refused streams: what could not be accepted, with the reason and the original bytes (design §3.2)."""

from typing import Any, Final

import redis

from dashboard.intake import Refusal
from data_sources.stream import GROUP, Entry, entry_id, events_key, refused_key

KEEP_ENTRIES: Final = 10_000
KEEP_S: Final = 30 * 86_400


def keep_refused(client: redis.Redis, centre: str, refused: list[tuple[Entry, Refusal]]) -> None:
    """Add refused entries under their own ids, so that a second try after a crash adds nothing twice.

    Called before the commit that moves the position on: an entry may be kept and read again, never lost.
    """
    if not refused:
        return
    key = refused_key(centre)
    pipe = client.pipeline(transaction=False)
    for entry, refusal in refused:
        fields = _fields(entry, refusal)
        pipe.xadd(key, fields, id=entry_id(entry.position), maxlen=KEEP_ENTRIES, approximate=True)
    replies = pipe.execute(raise_on_error=False)
    for (entry, refusal), reply in zip(refused, replies, strict=True):
        if isinstance(reply, redis.ResponseError):
            _keep_again(client, key, entry, refusal, reply)
        elif isinstance(reply, Exception):
            raise reply


def _keep_again(client: redis.Redis, key: str, entry: Entry, refusal: Refusal, error: Exception) -> None:
    """The id is not the stream's newest: it is there already, or was trimmed, or something newer came first."""
    if "equal or smaller" not in str(error):
        raise error
    id_ = entry_id(entry.position)
    found: Any = client.xrange(key, min=id_, max=id_)
    if not found:
        client.xadd(key, _fields(entry, refusal) | {"entry": id_}, maxlen=KEEP_ENTRIES, approximate=True)


REBUILD: Final = """
local kept = redis.call('XRANGE', KEYS[1], '-', ARGV[1])
redis.call('DEL', KEYS[1])
redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[2], 0, 'MKSTREAM')
for _, entry in ipairs(kept) do
  redis.call('XADD', KEYS[1], entry[1], unpack(entry[2]))
end
"""
"""A stream's last id only grows: the one way back is to write what is good anew."""


def put_aside(client: redis.Redis, centre: str, entries: list[Entry], position: int) -> None:
    """Entries whose ids no clock gave: kept as refused, and the stream made anew without them.

    Such an id would be the stream's last for ever, and nothing could be added after it.
    """
    for entry in entries:
        assert entry.impossible is not None
        refusal = Refusal("impossible_id", "entry id", entry.impossible.decode(), "an id that a clock gives: XADD *")
        client.xadd(refused_key(centre), _fields(entry, refusal), maxlen=KEEP_ENTRIES, approximate=True)
    client.eval(REBUILD, 1, events_key(centre), entry_id(position), GROUP)


def _fields(entry: Entry, refusal: Refusal) -> dict[Any, Any]:
    why = {"code": refusal.code, "reason": refusal.reason(), "member": refusal.member, "value": refusal.value}
    return {**why, "expected": refusal.expected, "event": entry.raw or b""}

"""The refused streams: what could not be accepted, with the reason and the original bytes (design §3.2)."""

from typing import Any, Final

import redis

from dashboard.intake import Refusal
from data_sources.stream import Entry, entry_id, refused_key

KEEP_ENTRIES: Final = 10_000
KEEP_S: Final = 30 * 86_400


def keep_refused(client: redis.Redis, centre: str, refused: list[tuple[Entry, Refusal]], now: float) -> None:
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
    client.xtrim(key, minid=int((now - KEEP_S) * 1000), approximate=True)


def _keep_again(client: redis.Redis, key: str, entry: Entry, refusal: Refusal, error: Exception) -> None:
    """The id is not the stream's newest: it is there already, or was trimmed, or something newer came first."""
    if "equal or smaller" not in str(error):
        raise error
    id_ = entry_id(entry.position)
    found: Any = client.xrange(key, min=id_, max=id_)
    if not found:
        client.xadd(key, _fields(entry, refusal) | {"entry": id_}, maxlen=KEEP_ENTRIES, approximate=True)


def _fields(entry: Entry, refusal: Refusal) -> dict[Any, Any]:
    return {"code": refusal.code, "reason": refusal.reason(), "event": entry.raw or b""}

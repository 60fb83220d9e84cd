"""Names and positions of the streams (design §3.2), and reading them in big batches."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import redis
from msgspec import Struct

SEQUENCE_BITS: Final = 20
"""A stream position is the entry id ``<ms>-<seq>`` as one integer: ``(ms << 20) | seq``; it fits a BIGINT."""
GROUP: Final = b"tendays"


def events_key(centre: str) -> str:
    return f"tendays:{{{centre}}}:events"


def refused_key(centre: str) -> str:
    return f"tendays:{{{centre}}}:refused"


def snapshot_key(network: str) -> str:
    return f"tendays:{network}:snapshot"


def live_channel(network: str) -> str:
    return f"tendays:{network}:live"


def alarms_key(network: str) -> str:
    """What stands of alarms, and the channel on which it is said."""
    return f"tendays:{network}:alarms"


def position_of(entry_id: bytes) -> int:
    milliseconds, _, sequence = entry_id.partition(b"-")
    return (int(milliseconds) << SEQUENCE_BITS) | int(sequence)


def entry_id(position: int) -> str:
    """The inverse of :func:`position_of`."""
    return f"{position >> SEQUENCE_BITS}-{position & ((1 << SEQUENCE_BITS) - 1)}"


def end_of(client: redis.Redis, centre: str) -> int:
    """The position of a stream's newest entry, 0 when it has none."""
    newest: Any = client.xrevrange(events_key(centre), count=1)
    return position_of(newest[0][0]) if newest else 0


def arrival(position: int) -> float:
    """When an entry reached its stream, epoch seconds."""
    return (position >> SEQUENCE_BITS) / 1000


def last_position(moment: float) -> int:
    """The last position that an entry can have that reached its stream at ``moment`` (epoch seconds) or before; 0
    before 1970. The inverse of :func:`arrival`."""
    milliseconds = int(round(moment * 1000, 3))  # a float's tail must not push a whole millisecond below itself
    return min(max(0, ((milliseconds + 1) << SEQUENCE_BITS) - 1), LATEST)


LATEST_MS: Final = 1 << 43
"""The year 2248: an entry id from there on was not given by a clock, and would not fit a BIGINT."""
LATEST: Final = (LATEST_MS << SEQUENCE_BITS) - 1
"""The last position that there can be."""


def is_possible(entry_id: bytes) -> bool:
    """Whether an entry id can be a position."""
    milliseconds, _, sequence = entry_id.partition(b"-")
    return int(milliseconds) < LATEST_MS and int(sequence) < 1 << SEQUENCE_BITS


class Entry(Struct, gc=False):
    position: int
    raw: bytes | None
    """The field ``event``; None when the entry has none."""
    impossible: bytes | None = None
    """The id of an entry whose id cannot be a position; ``position`` then means nothing."""


class StreamReader:
    """Reads many streams at once over a connection of its own.

    Replies are taken as the parser gives them: redis-py's reply callbacks would cost as much as the parsing.
    """

    def __init__(self, client: redis.Redis, centres: Iterable[str]) -> None:
        self._client = client
        self._keys = {events_key(centre).encode(): centre for centre in centres}
        self._connection: Any = None

    def read(self, positions: Mapping[str, int], count: int, block_ms: int) -> dict[str, list[Entry]]:
        """Up to ``count`` entries of each stream after its position; waits up to ``block_ms`` for the first.

        Raises ``redis.RedisError`` when the server is away.
        """
        ids = [entry_id(positions[centre]) for centre in self._keys.values()]
        command = ["XREAD", "COUNT", count, *(["BLOCK", block_ms] if block_ms > 0 else []), "STREAMS"]
        reply = self._ask(*command, *self._keys, *ids)
        if not reply:
            return {}
        streams = reply.items() if isinstance(reply, dict) else reply
        return {self._keys[key]: [_entry(each) for each in entries] for key, entries in streams}

    def _ask(self, *command: Any) -> Any:
        if self._connection is None:
            self._connection = self._client.connection_pool.get_connection()
        try:
            self._connection.send_command(*command)
            return self._connection.read_response(timeout=None)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.disconnect()
            self._client.connection_pool.release(self._connection)
            self._connection = None


def _entry(reply: Any) -> Entry:
    id_, fields = reply
    short = len(id_) < len(b"9999999999999-999999")  # nearly always: no need to look closer
    impossible = None if short or is_possible(id_) else id_
    position = -1 if impossible else position_of(id_)
    if fields and len(fields) == 2 and fields[0] == b"event":
        return Entry(position, fields[1], impossible)
    pairs = dict(zip(fields[::2], fields[1::2], strict=False)) if fields else {}
    return Entry(position, pairs.get(b"event"), impossible)

"""Pushing: one subscriber a process, the same bytes to every viewer (docs/snapshot.md)."""

import threading
import time
from collections.abc import Iterator
from typing import Final

import msgspec
import redis
import structlog
from msgspec import Struct

from data_sources.stream import live_channel, snapshot_key

log = structlog.get_logger()

PING_S: Final = 2.0
"""A stream that has nothing to say says so: the page tells a quiet worker from a lost connection by it."""
SLOW_MESSAGES: Final = 100
"""A viewer so many messages behind is let go; it comes again and takes a whole snapshot."""


class Head(Struct):
    version: int


_head = msgspec.json.Decoder(Head).decode


class Message:
    """One link of the chain of messages; viewers walk it, and what all have passed is forgotten."""

    __slots__ = ("data", "following", "number", "ready", "version")

    def __init__(self, number: int) -> None:
        self.number = number
        self.ready = threading.Event()
        self.data = b""
        self.version: int | None = None
        self.following: Message | None = None


class LiveHub:
    """Subscribes once and passes on to any number of viewers. Works with threads and with gevent's greenlets."""

    def __init__(self, client: redis.Redis, network: str) -> None:
        self._client, self._network = client, network
        self._lock = threading.Lock()
        self._running = False
        self._next = Message(0)
        self._whole: tuple[int, bytes] = (-1, b"")
        self._version = -1

    def snapshot(self) -> bytes:
        """The newest whole snapshot as published, empty when there is none yet."""
        found = self._client.get(snapshot_key(self._network))
        return found if isinstance(found, bytes) else b""

    def stream(self, have: int | None = None) -> Iterator[bytes]:
        """Server-sent events for one viewer, for ever: a whole snapshot (unless ``have`` is its version), changes."""
        self._start()
        message = self._next
        version, frame = self._whole_frame()
        if frame and version != have:
            yield frame
        while True:
            message.ready.wait()
            if self._next.number - message.number > SLOW_MESSAGES:
                return
            if message.version is None or message.version > version:
                yield message.data
            assert message.following is not None
            message = message.following

    def _whole_frame(self) -> tuple[int, bytes]:
        """The newest snapshot as a frame; viewers that come between two changes share it."""
        if self._whole[0] != self._version or self._version < 0:
            raw = self.snapshot()
            self._whole = (_head(raw).version, _frame("snapshot", raw)) if raw else (-1, b"")
        return self._whole

    def _start(self) -> None:
        with self._lock:
            if self._running:
                return
            self._running = True
        for run in (self._listen, self._ping):
            threading.Thread(target=run, name=f"live{run.__name__}", daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                with self._client.pubsub(ignore_subscribe_messages=True) as line:  # type: ignore[no-untyped-call]
                    line.subscribe(live_channel(self._network))
                    for found in line.listen():
                        raw = found["data"]
                        self._version = _head(raw).version
                        self._send(_frame("change", raw), self._version)
            except (redis.RedisError, OSError) as error:
                log.warning("live subscription lost, trying again", error=str(error))
                time.sleep(1.0)

    def _ping(self) -> None:
        number = -1
        while True:
            time.sleep(PING_S)
            if self._next.number == number:
                self._send(b"event: ping\ndata: {}\n\n", None)
            number = self._next.number

    def _send(self, data: bytes, version: int | None) -> None:
        with self._lock:
            message = self._next
            message.data, message.version = data, version
            message.following = self._next = Message(message.number + 1)
        message.ready.set()


def _frame(kind: str, raw: bytes) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (_head(raw).version, kind.encode(), raw)

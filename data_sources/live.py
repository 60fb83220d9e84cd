"""Pushing: one subscriber a process, the same bytes to every viewer (docs/snapshot.md)."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
import redis
import structlog
from msgspec import Struct

from data_sources.stream import alarms_key, live_channel, snapshot_key

log = structlog.get_logger()

PING_S: Final = 2.0
"""A stream that was quiet for so long says that it is there: the page tells a quiet worker from a lost line by it."""
SLOW_MESSAGES: Final = 100
"""A viewer so many messages behind is let go; it comes again and takes a whole snapshot."""
SILENT_S: Final = 10.0
"""The worker speaks every 2 s. After so long the line may be dead without a word, so we subscribe anew."""
LISTEN_S: Final = 0.5
"""How long one wait for a message lasts, and so closing."""
CHANNELS: Final = 2
"""Changes of the snapshot, and what stands of alarms."""
RETRY_S: Final = 1.0
"""A Redis that is away is asked again after so long, by one for all."""


class Head(Struct):
    version: int


_head = msgspec.json.Decoder(Head).decode


def version_of(raw: bytes) -> int:
    """The version of a snapshot or change; ``msgspec.MsgspecError`` when it has none."""
    return _head(raw).version


class Whole(Struct, frozen=True):
    """A whole snapshot, as it is and as an event; ``line`` is the subscription under which it was read."""

    version: int
    raw: bytes
    frame: bytes
    line: int


class Standing(Struct, frozen=True):
    """What stands of alarms (docs/snapshot.md), empty when no runner ever said it; ``line`` as of :class:`Whole`."""

    raw: bytes
    line: int


class Message:
    """One link of the chain of messages that viewers walk.

    The link of an old one is cut, so that a viewer that is stuck keeps one message in memory and not all after it.
    """

    __slots__ = ("data", "following", "ready", "version")

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.data = b""
        self.version: int | None = None
        self.following: Message | None = None


class LiveHub:
    """Subscribes once and passes on to any number of viewers. Works with threads and with gevent's greenlets."""

    def __init__(self, client: redis.Redis, network: str, viewer: Callable[[int], None] = lambda _: None) -> None:
        """``viewer`` is told of each that comes (1) and goes (-1)."""
        self._client, self._network, self._viewer = client, network, viewer
        self._lock, self._reading = threading.Lock(), threading.Lock()
        self._running, self._closed = False, threading.Event()
        self._threads: list[threading.Thread] = []
        self._next = Message()
        self._recent: deque[Message] = deque()
        self._sent_at = self._failed_at = float("-inf")
        self._whole = Whole(-1, b"", b"", 0)
        self._standing = Standing(b"", -1)
        self._version = -1  # of the newest change
        self._line = 0  # counts subscriptions
        self._subscribed = False

    def snapshot(self) -> bytes:
        """The newest whole snapshot as published; with Redis away the last one read; empty when there is none."""
        return self._newest().raw

    def alarms(self) -> bytes:
        """What stands of alarms, as the runner last said it; empty when it never did."""
        if self._knows_alarms():
            return self._standing.raw
        with self._reading:
            line = self._line
            if not self._knows_alarms() and time.monotonic() - self._failed_at > RETRY_S:
                try:
                    raw: Any = self._client.get(alarms_key(self._network))
                except (redis.RedisError, OSError) as error:
                    self._failed_at = time.monotonic()
                    log.warning("the alarms cannot be read", error=str(error))
                else:
                    if not self._knows_alarms():  # a word that came meanwhile is newer
                        self._standing = Standing(raw or b"", line)
            return self._standing.raw

    def _knows_alarms(self) -> bool:
        return self._subscribed and self._standing.line == self._line

    def reachable(self) -> bool:
        """Whether Redis answers now."""
        try:
            return bool(self._client.ping())
        except (redis.RedisError, OSError):
            return False

    def stream(self, have: int | None = None) -> Iterator[bytes]:
        """Server-sent events for one viewer, for ever: a whole snapshot (unless ``have`` is its version), what stands
        of alarms; then changes of both."""
        self._viewer(1)
        try:
            self._start()
            message = self._next
            whole = self._newest()
            if whole.frame and whole.version != have:
                yield whole.frame
            standing = self.alarms()
            if standing:
                yield alarms_frame(standing)
            known = whole.version
            while True:
                message.ready.wait()
                following = message.following
                if following is None:
                    return
                if message.version is None or message.version > known:
                    yield message.data
                    known = known if message.version is None else -1  # all after the first are newer
                message = following
        finally:
            self._viewer(-1)

    def close(self) -> None:
        """Let all viewers go and end the subscription; returns when it has ended."""
        self._closed.set()
        self._next.ready.set()
        for thread in self._threads:
            thread.join()

    def _newest(self) -> Whole:
        """The newest whole snapshot; all that ask between two changes share one reading."""
        if self._is_newest():
            return self._whole
        with self._reading:
            if not self._is_newest() and time.monotonic() - self._failed_at > RETRY_S:
                self._read()
            return self._whole

    def _is_newest(self) -> bool:
        return self._subscribed and self._whole.line == self._line and self._whole.version >= self._version

    def _read(self) -> None:
        line = self._line
        try:
            raw: Any = self._client.get(snapshot_key(self._network))
            self._whole = Whole(version_of(raw), raw, frame("snapshot", raw), line) if raw else Whole(-1, b"", b"", -1)
        except (redis.RedisError, OSError) as error:
            self._failed_at = time.monotonic()
            log.warning("the snapshot cannot be read", error=str(error))

    def _start(self) -> None:
        with self._lock:
            if self._running:
                return
            self._running = True
        for run in (self._listen, self._ping):
            self._threads.append(threading.Thread(target=run, name=f"live{run.__name__}", daemon=True))
            self._threads[-1].start()

    def _listen(self) -> None:
        while not self._closed.is_set():
            try:
                with self._client.pubsub() as line:  # type: ignore[no-untyped-call]
                    line.subscribe(live_channel(self._network), alarms_key(self._network))
                    self._follow(line)
            except Exception as error:  # whatever it is: with this thread gone no viewer would hear anything again
                self._subscribed = False
                log.warning("live subscription lost, trying again", error=repr(error))
                self._closed.wait(RETRY_S)
            self._subscribed = False

    def _follow(self, line: Any) -> None:
        heard = time.monotonic()
        while time.monotonic() - heard < SILENT_S and not self._closed.is_set():
            found = line.get_message(timeout=LISTEN_S)
            if found is None:
                continue
            heard = time.monotonic()
            if found["type"] == "subscribe":
                if found["data"] == CHANNELS:
                    # what was published while nobody listened is not known
                    self._line, self._version, self._subscribed = self._line + 1, -1, True
            elif found["type"] != "message":
                continue
            elif found["channel"] == alarms_key(self._network).encode():
                self._standing = Standing(found["data"], self._line)
                self._send(alarms_frame(found["data"]), None)
            else:
                self._version = version_of(found["data"])
                self._send(frame("change", found["data"]), self._version)

    def _ping(self) -> None:
        wait = PING_S
        while not self._closed.wait(wait):
            wait = self._sent_at + PING_S - time.monotonic()
            if wait <= 0:
                self._send(b"event: ping\ndata: {}\n\n", None)
                wait = PING_S

    def _send(self, data: bytes, version: int | None) -> None:
        with self._lock:
            message = self._next
            message.data, message.version = data, version
            message.following = self._next = Message()
            self._recent.append(message)
            if len(self._recent) > SLOW_MESSAGES:
                self._recent.popleft().following = None
            self._sent_at = time.monotonic()
        message.ready.set()


def frame(kind: str, raw: bytes) -> bytes:
    """A server-sent event with the version as its id."""
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (version_of(raw), kind.encode(), raw)


def alarms_frame(raw: bytes) -> bytes:
    """The same of what stands of alarms; it has no version, so it leaves a viewer's as it is."""
    return b"event: alarms\ndata: %s\n\n" % raw

"""The centre's agent: takes events from a queue system, keeps them on disk, and sends them in order (docs/agent.md)."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, Literal

import msgspec
import structlog
from msgspec import Struct

from data_sources.agent_link import Link
from data_sources.agent_outbox import FullDiskError, Outbox, Waiting
from data_sources.agent_rows import Place, WrongRowError, event_of, shifted
from data_sources.agent_sources import Row, Source, Taken
from data_sources.gateway import MAX_EVENTS

log = structlog.get_logger()

VERSION: Final = "1"
BATCH: Final = MAX_EVENTS - 1
"""A heartbeat goes with them."""
LOOK_EVERY_S: Final = 1.0
"""How often a source is asked for more."""
HEARTBEAT_S: Final = 30.0
FULL_DISK_WAIT_S: Final = 10.0
MOST_WAITING: Final = 2_000_000
"""With so many events waiting nothing more is taken: the source keeps them."""
WRONG_CLOCK_S: Final = 30.0
"""From here on our clock is wrong; under it nobody can tell it from the network's delays."""

ClockRule = Literal["correct", "refuse"]


class Options(Struct, frozen=True):
    place: Place
    queue_system: str = ""
    clock_rule: ClockRule = "correct"
    """What to do with a clock that is wrong: shift the times of events by what it is off, or take nothing."""
    heartbeat_s: float = HEARTBEAT_S


class Agent:
    """Takes and sends; each in a thread of its own (:func:`run`), so that a slow link does not stop the taking."""

    def __init__(
        self, source: Source, outbox: Outbox, link: Link, options: Options, clock: Callable[[], float] = time.time
    ) -> None:
        self._source, self._outbox, self._link, self._options, self._clock = source, outbox, link, options, clock
        self._lock = threading.Lock()
        self._batch = BATCH
        self._beat_at = float("-inf")

    def take(self) -> int:
        """Take what the source has; how many rows. :class:`FullDiskError` when there is no room."""
        count = 0
        with self._lock:
            mark, waiting = self._outbox.mark(self._source.name), self._outbox.length()
        if waiting >= MOST_WAITING or self._clock_bars():
            return 0
        for taken in self._source.read(mark):
            self._keep(taken)
            count += len(taken.rows)
        return count

    def send(self) -> float:
        """Send one batch; seconds until the next is due (0: at once)."""
        with self._lock:
            waiting, length = self._outbox.first(self._batch), self._outbox.length()
        if not waiting and not self._beat_is_due():
            return LOOK_EVERY_S
        events = [each.event for each in waiting] + ([self._beat(waiting)] if self._beat_is_due() else [])
        reply = self._link.send(events, VERSION, length)
        if reply.verdict == "smaller" and len(waiting) > 1:
            self._batch = max(1, len(waiting) // 2)
            return 0.0
        if reply.verdict == "smaller":
            self._done(waiting, [(reply.message, each) for each in waiting])
            return 0.0
        if reply.answer is None:
            log.warning("events wait", why=reply.message, waiting=self.waiting(), again_in_s=reply.wait_s)
            return reply.wait_s
        self._batch = BATCH
        if len(events) > len(waiting):
            self._beat_at = self._clock()
        results = zip(reply.answer.results, waiting, strict=False)
        self._done(waiting, [(result.reason or "", each) for result, each in results if result.status == "refused"])
        return 0.0 if waiting else LOOK_EVERY_S

    def shift_s(self) -> float:
        """What is added to the times of events: how far our clock is behind, when that is more than can be chance."""
        offset = self._link.offset_s
        return offset if offset is not None and abs(offset) > WRONG_CLOCK_S else 0.0

    def waiting(self) -> int:
        """How many events are not sent yet."""
        with self._lock:
            return self._outbox.length()

    def _keep(self, taken: Taken) -> None:
        events: list[tuple[float, bytes]] = []
        wrong: list[tuple[str, bytes]] = []
        for row in taken.rows:
            try:
                events.append(self._event(row))
            except WrongRowError as error:
                log.error("a row is no event", why=str(error))
                wrong.append((str(error), row if isinstance(row, bytes) else msgspec.json.encode(row, enc_hook=str)))
        with self._lock:
            self._outbox.take(self._source.name, taken.mark, events, wrong)

    def _event(self, row: Row) -> tuple[float, bytes]:
        if isinstance(row, bytes):
            return shifted(row, self.shift_s())
        return event_of(row, self._options.place, self.shift_s())

    def _done(self, sent: list[Waiting], refused: list[tuple[str, Waiting]]) -> None:
        for reason, each in refused:
            log.error("an event is refused", why=reason, text=each.event.decode(errors="replace")[:300])
        with self._lock:
            self._outbox.done(sent, refused)

    def _clock_bars(self) -> bool:
        if not self.shift_s():
            return False
        log.warning("the clock is wrong", off_s=self._link.offset_s, rule=self._options.clock_rule)
        return self._options.clock_rule == "refuse"

    def _beat_is_due(self) -> bool:
        return self._clock() - self._beat_at >= self._options.heartbeat_s

    def _beat(self, waiting: list[Waiting]) -> bytes:
        """A heartbeat goes with what is sent and is not kept: an old one would tell nothing."""
        now = self._clock() + self.shift_s()
        lag = max(0.0, now - waiting[0].time) if waiting else 0.0
        data: dict[str, Any] = {"lag_s": round(lag, 1)}
        if self._options.queue_system:
            data["queue_system"] = self._options.queue_system
        centre = self._options.place.centre
        event = {
            "specversion": "1.0",
            "id": f"heartbeat-{now:.3f}",
            "source": f"/{centre}",
            "type": "heartbeat",
            "time": datetime.fromtimestamp(now, UTC).isoformat(),
            "data": data,
        }
        return msgspec.json.encode(event)


def run(agent: Agent, source: Source, stop: threading.Event) -> None:
    """Take and send until ``stop``; with a source that ends, until all of it is sent."""
    ended = threading.Event()
    sender = threading.Thread(target=_send, args=(agent, stop, ended), name="sender")
    sender.start()
    try:
        while not stop.is_set():
            try:
                taken = agent.take()
            except FullDiskError as error:
                log.error(str(error))
                stop.wait(FULL_DISK_WAIT_S)
                continue
            if not taken and source.ends:
                break
            stop.wait(0.0 if taken else LOOK_EVERY_S)
    finally:
        ended.set()
        sender.join()


def _send(agent: Agent, stop: threading.Event, ended: threading.Event) -> None:
    while not stop.is_set():
        nothing_follows = ended.is_set()
        wait = agent.send()
        if wait and nothing_follows and not agent.waiting():
            return
        stop.wait(wait)

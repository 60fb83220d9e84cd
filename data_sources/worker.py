"""The worker: streams in, history and snapshot out (design §5).

A batch is decoded, stored and folded in one transaction with the position that it was read to; so whatever happens,
what is stored is what was read, once. State in memory is a copy of what history says: when in doubt it is thrown away.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final, Protocol

import redis
import structlog
from msgspec import Struct, field
from sqlalchemy import Connection, Engine

from dashboard.events import Event, Heartbeat, encode_data, type_of
from dashboard.facts import Facts
from dashboard.fold import fold
from dashboard.intake import Refusal, accept
from dashboard.network import Network
from dashboard.state import CentreState
from data_sources.bulk import EventRow
from data_sources.checkpoints import Checkpoints
from data_sources.feed_notes import Beat, note_beats
from data_sources.garbage import collect_seldom
from data_sources.history import History, event_row
from data_sources.norm_book import NormBook
from data_sources.publisher import Publisher
from data_sources.recompute import make_anew
from data_sources.refused import KEEP_S as KEEP_REFUSED_S
from data_sources.refused import keep_refused, put_aside
from data_sources.stream import GROUP, Entry, StreamReader, arrival, entry_id, events_key, refused_key

log = structlog.get_logger()

BATCH: Final = 1000
"""Entries of a stream at a time; while there is a backlog five times as many."""
IDLE_BLOCK_MS: Final = 250
STORE_EVERY_S: Final = 30.0
STORE_EVERY_EVENTS: Final = 200_000
"""How much of history's tail a restart folds again at the most."""
TIDY_EVERY_S: Final = 2.0
KEEP_S: Final = 7 * 86_400
"""A stream keeps 7 days, by the time in its entries' ids."""

MEMORY_NAME: Final = "publisher"
_GOOD: Final = ("accepted", "duplicate")


class WorkerServices(Protocol):
    """What the worker needs of the services."""

    @property
    def redis(self) -> redis.Redis: ...
    @property
    def engine(self) -> Engine: ...
    @property
    def network(self) -> Network: ...


class Batch(Struct):
    """One centre's entries, decoded."""

    centre: str
    position: int
    events: list[tuple[int, Event]] = field(default_factory=list)
    refused: list[tuple[Entry, Refusal]] = field(default_factory=list)


class Worker:
    """Owns the streams of all centres of a network. ``fence`` is where a lease's number will go."""

    def __init__(self, services: WorkerServices, clock: Callable[[], float] = time.time, fence: int = 0) -> None:
        self.network, self.client, self.clock, self.fence = services.network, services.redis, clock, fence
        self.history = History(services.engine)
        self.centres = [centre.id for centre in self.network.centres]
        self.reader = StreamReader(services.redis, self.centres)
        self.states: dict[str, CentreState] = {}
        self.positions: dict[str, int] = {}
        self.poison: set[tuple[str, int]] = set()
        self.changed: set[str] = set()
        self.unstored: set[str] = set()
        self.backlog = False
        self._refused_today = (0, 0)
        self._beats: dict[str, float] = {}
        self._events_since_stored = 0
        self._stored_at = self._tidied_at = clock()
        self.norms = NormBook(services.engine, self.network, clock)
        self.norms.read()
        self.history.claim(self.centres, fence)
        make_anew(self.history, self.network, self.centres, fence)
        self.checkpoints = Checkpoints()
        self.checkpoints.fill(self.history, self.network)
        self.reload()
        self.publisher = Publisher(services.redis, self.network, self.history.memory(MEMORY_NAME))

    def reload(self) -> None:
        """Throw the states in memory away and take them from history: stored snapshot and tail."""
        with self.history.engine.connect() as connection:
            for centre in self.centres:
                state, position = self.history.load_state(centre, self.network, connection)
                self.states[centre], self.positions[centre] = state, position
            self.checkpoints.load(connection, self.centres)
        self.changed.update(self.centres)
        self.unstored.update(self.centres)

    def step(self, block_ms: int = IDLE_BLOCK_MS) -> int:
        """Read and store one batch of all streams; how many entries there were."""
        self.norms.fresh()
        count = BATCH * 5 if self.backlog else BATCH
        replies = self.reader.read(self.positions, count, block_ms)
        entries = sum(len(each) for each in replies.values())
        for centre in [each for each, found in replies.items() if found[-1].impossible]:
            self._put_aside(centre, replies)
        self.backlog = any(len(each) == count for each in replies.values())
        while replies:
            now = self.clock()
            batches = [self._decode(centre, each, now) for centre, each in replies.items()]
            try:
                self._store(batches, now)
                break
            except PoisonError as error:
                log.exception("fold failed: the event is refused", centre=error.centre, position=error.position)
                self.poison.add((error.centre, error.position))
                self.reload()
            except Exception:
                self.reload()
                raise
        return entries

    def _put_aside(self, centre: str, replies: dict[str, list[Entry]]) -> None:
        """An impossible id is always a stream's last: what stands before it is read as ever."""
        good = [each for each in replies[centre] if not each.impossible]
        bad = [each for each in replies[centre] if each.impossible]
        log.warning("entries with impossible ids are put aside", centre=centre, count=len(bad))
        put_aside(self.client, centre, bad, good[-1].position if good else self.positions[centre])
        if good:
            replies[centre] = good
        else:
            del replies[centre]

    def _decode(self, centre: str, entries: Iterable[Entry], now: float) -> Batch:
        batch = Batch(centre, 0)
        for entry in entries:
            batch.position = entry.position
            found: Event | Refusal
            if entry.raw is None:
                found = Refusal("no_event", "event", "missing", "a stream entry with the field event")
            elif (centre, entry.position) in self.poison:
                found = Refusal("internal", "event", "", "to be folded; our log says why it was not")
            else:
                found = accept(entry.raw, self.network, centre, now)
            if isinstance(found, Refusal):
                batch.refused.append((entry, found))
            else:
                batch.events.append((entry.position, found))
        return batch

    def _store(self, batches: list[Batch], now: float) -> None:
        outcomes: Counter[tuple[str, int, str]] = Counter()
        with self.history.engine.begin() as connection:
            duplicates = self.history.add_events(connection, list(_rows(batches)))
            for batch in batches:
                fresh = [each for each in batch.events if (batch.centre, each[0]) not in duplicates]
                revised = self._fold(connection, batch.centre, fresh)
                day = self.states[batch.centre].day
                self.history.move(connection, batch.centre, batch.position, self.fence, day=day, revised=revised)
                self._count(outcomes, batch, {position for position, _ in fresh})
            self.history.add_outcomes(connection, +outcomes)
            for batch in batches:
                keep_refused(self.client, batch.centre, batch.refused)
            self._checkpoint(connection, batches, now)
        for batch in batches:
            self.positions[batch.centre] = batch.position
        self._note_beats(batches)
        day, known = self._refused_today
        refused = sum(n for (_, of, outcome), n in outcomes.items() if of == day and outcome not in _GOOD)
        self._refused_today = (day, known + refused)

    def _note_beats(self, batches: list[Batch]) -> None:
        """Keep what the newest heartbeat says of its feed, for who mends feeds."""
        found: dict[str, Beat] = {}
        for batch in batches:
            beat = next((event for _, event in reversed(batch.events) if type(event) is Heartbeat), None)
            if beat is not None and beat.time.timestamp() >= self._beats.get(batch.centre, 0.0):
                self._beats[batch.centre] = moment = beat.time.timestamp()
                found[batch.centre] = Beat(moment, beat.data.queue_system, beat.data.lag_s)
        if found:
            note_beats(self.client, found)

    def _count(self, outcomes: Counter[tuple[str, int, str]], batch: Batch, fresh: set[int]) -> None:
        """What became of each entry, by the local day on which it reached its stream."""
        local_day = self.network.local.day
        days = [local_day(arrival(position)) for position, _ in (*batch.events[:1], *batch.events[-1:])]
        if len(set(days)) == 1:  # nearly always: no need to look at each
            outcomes[batch.centre, days[0], "accepted"] += len(fresh)
            outcomes[batch.centre, days[0], "duplicate"] += len(batch.events) - len(fresh)
        else:
            for position, _ in batch.events:
                outcome = "accepted" if position in fresh else "duplicate"
                outcomes[batch.centre, local_day(arrival(position)), outcome] += 1
        for entry, refusal in batch.refused:
            outcomes[batch.centre, local_day(arrival(entry.position)), refusal.code] += 1

    def _fold(self, connection: Connection, centre: str, events: list[tuple[int, Event]]) -> bool:
        """Fold a batch and add its facts; whether it changed a day before the centre's newest."""
        state, facts = self.states[centre], Facts()
        for position, event in events:
            try:
                fold(state, event, self.network, facts, arrival(position))
            except Exception as error:
                raise PoisonError(centre, position) from error
        if events:
            self.history.add_facts(connection, centre, facts, self.network.local)
            self.checkpoints.note(connection, state, events[-1][0], len(events))
            self.changed.add(centre)
            self.unstored.add(centre)
            self._events_since_stored += len(events)
        first_day = facts.first_day(self.network.local)
        return first_day is not None and first_day < state.day

    def _checkpoint(self, connection: Connection, batches: list[Batch], now: float) -> None:
        """Now and then store the states themselves: a restart then folds only what came since."""
        if now - self._stored_at < STORE_EVERY_S and self._events_since_stored < STORE_EVERY_EVENTS:
            return
        reached = self.positions | {batch.centre: batch.position for batch in batches}
        self._store_states(connection, reached)
        self._stored_at, self._events_since_stored = now, 0

    def _store_states(self, connection: Connection, reached: dict[str, int]) -> None:
        for centre in self.unstored:
            self.history.store_state(connection, self.states[centre], reached[centre])
        self.unstored.clear()
        self.history.remember(connection, MEMORY_NAME, self.publisher.remember())

    def publish(self) -> float:
        """Publish when due; seconds until the next time."""
        now = self.clock()
        if self.publisher.due_in(now, changed=bool(self.changed), backlog=self.backlog) <= 0:
            day, refused = self._refused_today
            today = self.network.local.day(now)
            if day != today:
                refused = self._count_refused(today)
            self.publisher.publish(self.states, self.positions, self.changed, refused, now)
            self.changed.clear()
        return self.publisher.due_in(self.clock(), changed=bool(self.changed), backlog=self.backlog)

    def _count_refused(self, day: int) -> int:
        counters = self.history.counters(day)
        self._refused_today = (day, sum(sum(each["refused"].values()) for each in counters.values()))
        return self._refused_today[1]

    def tidy(self) -> None:
        """Trim streams below what history holds and past 7 days; keep the group in step, so that lag can be seen."""
        now = self.clock()
        if now - self._tidied_at < TIDY_EVERY_S:
            return
        self._tidied_at = now
        oldest = int((now - KEEP_S) * 1000)
        pipe = self.client.pipeline(transaction=False)
        for centre, position in self.positions.items():
            held = entry_id(position)
            pipe.xtrim(events_key(centre), minid=min(oldest, int(arrival(position) * 1000)), approximate=False)
            # not above the position: an entry kept before its commit must be found when it is tried again
            old = int((now - KEEP_REFUSED_S) * 1000)
            pipe.xtrim(refused_key(centre), minid=min(old, int(arrival(position) * 1000)), approximate=True)
            pipe.xgroup_create(events_key(centre), GROUP, held, mkstream=True)
            pipe.xgroup_setid(events_key(centre), GROUP, held)
        pipe.execute(raise_on_error=False)  # the group is there but for the first time

    def close(self) -> None:
        """Store the states, so that the next start folds nothing, and let go of the connection."""
        with self.history.engine.begin() as connection:
            self._store_states(connection, self.positions)
        self.reader.close()


class PoisonError(Exception):
    """An event that the fold could not take."""

    def __init__(self, centre: str, position: int) -> None:
        super().__init__(f"{centre} {entry_id(position)}")
        self.centre, self.position = centre, position


def run(services: WorkerServices, stop: threading.Event, clock: Callable[[], float] = time.time) -> None:
    """Work until ``stop`` is set. A Redis that is away is waited for; a database error ends the worker (and the
    supervisor starts it again)."""
    while (worker := _start(services, clock)) is None:
        if stop.wait(1.0):
            return
    collect_seldom()
    log.info("worker started", centres=len(worker.centres), network=worker.network.id)
    while not stop.is_set():
        try:
            due = worker.publish()
            worker.step(max(1, min(IDLE_BLOCK_MS, int(due * 1000))))
            worker.tidy()
        except (redis.ConnectionError, redis.TimeoutError) as error:
            log.warning("redis is away, trying again", error=str(error))
            stop.wait(1.0)
    try:
        worker.publish()
    except (redis.ConnectionError, redis.TimeoutError) as error:
        log.warning("redis is away, the last picture is not published", error=str(error))
    worker.close()
    log.info("worker stopped")


def _start(services: WorkerServices, clock: Callable[[], float]) -> Worker | None:
    """A worker; None while Redis is away."""
    try:
        return Worker(services, clock)
    except (redis.ConnectionError, redis.TimeoutError) as error:
        log.warning("redis is away, trying again", error=str(error))
        return None


def _rows(batches: Iterable[Batch]) -> Iterable[EventRow]:
    for batch in batches:
        for position, event in batch.events:
            yield event_row(batch.centre, position, event, type_of(event), encode_data(event))

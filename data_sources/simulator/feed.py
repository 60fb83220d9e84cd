"""The simulated centres as producers: they write their events to the streams, first the history, then live.

History is written day by day over all centres, as fast as the worker stores it; live, each event when its time
has come. Both are the same sequence (:mod:`data_sources.simulator.append` says how it goes on after a stop).
"""

import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import msgspec
import redis

from dashboard.network import Network
from data_sources.simulator.append import CentreFeed, simulator_key
from data_sources.simulator.centre import fingerprint, run_of
from data_sources.simulator.cut import Cuts
from data_sources.simulator.link import Link
from data_sources.simulator.parameters import Parameters
from data_sources.simulator.state import Run
from data_sources.stream import events_key

CHECKPOINT_DAYS: Final = 14
"""While history is written: a stop costs living at most so many days again, 40 ms each."""
MAX_LEAD: Final = 50_000
"""Entries of a stream above which the writer waits for the worker to trim."""
_PATIENCE_S: Final = 20.0
"""A stream that does not get shorter for so long has no worker: go on rather than wait for ever. It is long
because a worker that opens a database, or folds a backlog of other centres first, is still a worker."""
_TICKET_DAY_WEIGHT: Final = 2.2
"""A day with tickets has so many times the events of one without."""


class StaleHistoryError(ValueError):
    """The server has a history that this network and these parameters cannot go on with: make it anew."""


def kept(redis_url: str, network: Network) -> Run | None:
    """The run whose history the server has, None when it has none. Its zone is the one to go on with."""
    with redis.Redis.from_url(redis_url) as client:
        return _kept(client, network)


def _kept(client: Any, network: Network) -> Run | None:
    for centre in network.centres:
        found = client.hget(simulator_key(centre.id), "run")
        if found:
            return msgspec.json.decode(found, type=Run)
    return None


def fill(
    redis_url: str,
    network: Network,
    parameters: Parameters,
    seed: int,
    start: float,
    now: float,
    tickets_from: float,
    on_progress: Callable[[float, int], None],
    *,
    max_lead: int = MAX_LEAD,
) -> int:
    """Write the history of all centres up to ``now``; the number of events written.

    Where the server has a run already, that one goes on (``seed``, ``start`` and ``tickets_from`` are then its
    own) and only the gap is written. Entry ids are the events' times, day by day over all centres.
    ``on_progress`` is told the share done (0 to 1) and the events so far. Raises :class:`StaleHistoryError` when
    the kept run cannot go on, :class:`ConflictError` when another simulator writes.
    """
    with redis.Redis.from_url(redis_url) as client:
        run = _run(client, network, parameters) or run_of(network, parameters, seed, start, tickets_from)
        feeds = [CentreFeed(client, centre, network, parameters, run) for centre in network.centres]
        first, last, written = min(feed.day for feed in feeds), network.local.day(now), 0
        lead = Lead(client, max_lead)
        total = sum(_weight(day, run) for day in range(first, last + 1)) or 1.0
        done = 0.0
        for day in range(first, last + 1):
            for feed in feeds:
                if feed.day <= day:
                    feed.live_day(checkpoint=day == last or (day - run.start) % CHECKPOINT_DAYS == 0)
                written += _write_due(feed, now * 1000, lead)
            done += _weight(day, run)
            on_progress(done / total, written)
        return written


def _run(client: Any, network: Network, parameters: Parameters) -> Run | None:
    run = _kept(client, network)
    if run and run.zone != network.time_zone:
        raise StaleHistoryError(f"the kept history has the time zone {run.zone}, the network {network.time_zone}")
    if run and run.made_of != fingerprint(network, parameters):
        raise StaleHistoryError("the kept history was made with another network file or other parameters")
    return run


def _weight(day: int, run: Run) -> float:
    return _TICKET_DAY_WEIGHT if day >= run.tickets else 1.0


class Lead:
    """Bounds how far the writer is ahead of the worker, and so the server's memory: ``most`` entries a stream.

    A gap of less than a fifth of that is written without asking.
    """

    def __init__(self, client: Any, most: int) -> None:
        self._client, self._most = client, most
        self._alone = False
        self._written: Counter[str] = Counter()

    def wait(self, centre: str, count: int, length: int) -> None:
        """After ``count`` more events, return when the stream is short enough.

        Or when nobody trims at all: then never wait again.
        """
        self._written[centre] += count
        if self._written[centre] * 5 < self._most:
            return
        shortest, since = length, time.monotonic()
        while length > self._most and not self._alone:
            time.sleep(0.05)
            length = self._client.xlen(events_key(centre))
            if length < shortest:
                shortest, since = length, time.monotonic()
            self._alone = time.monotonic() - since > _PATIENCE_S


def _write_due(feed: CentreFeed, now_ms: float, lead: Lead) -> int:
    written = 0
    while feed.due(now_ms):
        count, length = feed.write(now_ms, live=False)
        written += count
        lead.wait(feed.centre.id, count, length)
    return written


def continue_live(
    redis_url: str,
    network: Network,
    parameters: Parameters,
    *,
    stop: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
    tick_s: float = 0.2,
) -> None:
    """Let the centres go on at the clock's speed from where :func:`fill` came to, until ``stop`` says so.

    Each event is written when its time has come, with the entry id ``*``. Beside them: heartbeats, and now and
    then an outage of a centre's link, or one that somebody made (:mod:`.cut`), after which its events come at once and
    in order. A server that is away is waited for. Raises ``ValueError`` (:class:`StaleHistoryError` among them) when
    there is no run to go on with, :class:`ConflictError` when another simulator writes.
    """
    with redis.Redis.from_url(redis_url) as client:
        run = _run(client, network, parameters)
        if run is None:
            raise ValueError("no simulated history to go on from: fill comes first")
        begun = clock()
        lines = [
            _Live(
                partial(CentreFeed, client, centre, network, parameters, run), Link(centre, parameters, run, begun, n)
            )
            for n, centre in enumerate(network.centres)
        ]
        cuts = Cuts(client, network)
        while not stop():
            cuts.read()
            for centre, line in zip(network.centres, lines, strict=True):
                now = clock()
                if not cuts.covers(centre.id, now):
                    line.tick(now)
            sleep(tick_s)


class _Live:
    """One centre in live operation."""

    def __init__(self, connect: Callable[[], CentreFeed], link: Link) -> None:
        self._connect, self._link = connect, link
        self._feed: CentreFeed | None = connect()

    def tick(self, now: float) -> None:
        """Write what is due, unless the centre's link or the server is away."""
        if self._link.is_down(now):
            return
        try:
            if self._feed is None:
                # what the server has of us after its absence, only it knows: take up the run anew
                self._feed = self._connect()
            self._write(self._feed, now)
        except (redis.ConnectionError, redis.TimeoutError):
            self._feed = None

    def _write(self, feed: CentreFeed, now: float) -> None:
        lag_s = feed.lag_s(now * 1000)
        while feed.due_live(now * 1000):
            feed.write(now * 1000, live=True)
        if self._link.heartbeat_due(now):
            feed.beat(self._link.heartbeat_id(now), now, lag_s)

"""The alarms' runner: follows the published snapshot, keeps alarms in SQL and sends notices (docs/alarms.md).

One tick is one transaction: what was asked for, what the rules say, what is remembered and what is to be sent stand or
fall together. So a runner that is killed at any moment goes on where it was. Senders work beside it, on the outbox.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, Protocol

import msgspec
import redis
import structlog
from msgspec import structs

from dashboard import alert_file
from dashboard.alert_board import board
from dashboard.alert_changes import laid_over
from dashboard.alert_notices import Notice, notices
from dashboard.alert_rules import Rule, Ruleset
from dashboard.alert_words import texts
from dashboard.alerts import Transition, acknowledge, changed, step
from dashboard.i18n import Catalogue
from dashboard.settings import Settings
from dashboard.week_post import Make
from data_sources import deck_recipients, notify
from data_sources.alert_store import LEASE_S, AlertStore, Kept
from data_sources.deck_post import DeckPost, PostServices, keep_written
from data_sources.history import LostLeaseError
from data_sources.outbox import Delivery, Outbox
from data_sources.rule_book import RuleBook
from data_sources.stream import alarms_key
from data_sources.watched_file import WatchedFile

log = structlog.get_logger()

TICK_S: Final = 5.0
"""As often as the worker computes every centre anew."""
KEEP_S: Final = 60.0
"""With nothing changed the memory is stored so often: the rules' clocks allow for a gap of twice that."""
SENDERS: Final = 3
"""An address that does not answer holds up one of them for 15 s."""
IDLE_S: Final = 1.0
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class RunnerServices(PostServices, Protocol):
    """What the runner needs of the services."""

    @property
    def redis(self) -> redis.Redis: ...
    def snapshot(self) -> bytes: ...


class Addresses:
    """The recipients as their file says now: it may be changed while we run."""

    def __init__(self, services: RunnerServices) -> None:
        folder, network = services.settings.data_dir, services.network
        self._file = WatchedFile(folder / notify.FILE, lambda: notify.load(folder, network))

    def all(self) -> tuple[notify.Recipient, ...]:
        """The recipients; with a mistake in a changed file those of before, and the mistake in the log."""
        return self._file.rows()

    def send(self, delivery: Delivery) -> str:
        found = next((each for each in self.all() if each.id == delivery.recipient), None)
        return notify.send(found.url, delivery) if found else f"{notify.FILE} has this recipient no more"


class AlertRunner:
    """Holds the lease ``fence``; nobody else writes alarms. ``rules`` are the file's: changes are laid over them."""

    def __init__(self, services: RunnerServices, rules: Ruleset, fence: int) -> None:
        self.services, self.rules, self.fence = services, rules, fence
        self.in_force = rules  # at the last tick
        self.store, self.outbox = AlertStore(services.engine), Outbox(services.engine)
        self.addresses = Addresses(services)
        self.kept = self.store.kept()
        self.book = RuleBook(services.engine, rules)
        self._stored_at = float("-inf")

    def tick(self, now: float) -> list[Transition]:
        """One tick at ``now`` (epoch seconds); what happened. :class:`LostLeaseError` when another took over."""
        network, raw = self.services.network, self.services.snapshot()
        memory, steps = self.kept.memory, list[Transition]()
        with self.services.engine.begin() as connection:
            self.store.hold(connection, self.fence, now)
            book = laid_over(self.rules, self.book.changes(connection))
            rules, known = book.ruleset, book.known
            newer = book.since(self.kept.rules) & {rule.id for rule in rules.rules}
            steps += changed(memory, newer, now)
            requests = self.store.asked(connection)
            for each in requests:
                memory, found = acknowledge(memory, each.alarm, each.by, each.until, each.note, now)
                steps += found
            if raw:
                memory, found = step(memory, rules.rules, network, _decode(raw), now)
                steps += found
            post, due = notices(self.kept.post, rules, steps, network.local, now)
            self.store.record(connection, steps, known)
            self.store.done(connection, requests, now)
            self.outbox.add(connection, self._deliveries(due, known))
            kept = Kept(memory, post, book.number())
            stored = bool(steps) or self._differs(kept) or now - self._stored_at >= KEEP_S
            if stored:
                self.store.keep(connection, kept)
        if kept.rules != self.kept.rules:
            log.info("alarm rules were changed", change=kept.rules, rules=len(rules.rules))
        self.kept, self.in_force = kept, rules
        self._stored_at = now if stored else self._stored_at
        for step_ in steps:
            log.info("alarm", kind=step_.kind, alarm=step_.alarm.id, value=step_.alarm.value)
        return steps

    def show(self, now: float) -> None:
        """Tell all who look what stands; said at every tick, it says too that the rules are watched."""
        network = self.services.network
        raw = msgspec.json.encode(board(self.kept.memory, self.in_force, network, now))
        pipe = self.services.redis.pipeline(transaction=True)
        pipe.set(alarms_key(network.id), raw)
        pipe.publish(alarms_key(network.id), raw)
        pipe.execute()

    def _differs(self, kept: Kept) -> bool:
        """Whether anything but the clock has moved on."""
        still = structs.replace(self.kept.memory, at=0.0) == structs.replace(kept.memory, at=0.0)
        return not still or self.kept.post != kept.post or self.kept.rules != kept.rules

    def _deliveries(self, due: Iterable[Notice], rules: dict[str, Rule]) -> Iterable[Delivery]:
        for notice in due:
            takers = [each for each in self.addresses.all() if each.takes(notice.role, notice.of)]
            if not takers:
                log.warning("nobody to tell", role=notice.role, centre=notice.of, alarms=len(notice.items))
            for each in takers:
                title, body = texts(_catalogue(each.language), self.services.network, rules, notice)
                yield Delivery(f"{notice.key}#{each.id}", notice.role, each.id, title, body, notice.at)


@cache
def _catalogue(language: str) -> Catalogue:
    """Read when somebody is told in it."""
    return Catalogue(language)


def rules_of(settings: Settings) -> Ruleset:
    """The rules that the settings' network has."""
    return alert_file.load(alert_file.rules_path(settings.network))


def run(
    services: RunnerServices,
    stop: threading.Event,
    clock: Callable[[], float] = time.time,
    make_deck: Make | None = None,
) -> None:
    """Raise and send alarms until ``stop`` is set, and the weekly deck when it is due. A runner beside another waits to
    take its place."""
    rules, store = rules_of(services.settings), AlertStore(services.engine)
    notify.load(services.settings.data_dir, services.network)  # a mistake in it is told now
    deck_recipients.load(services.settings.data_dir, services.network)
    addresses, outbox = Addresses(services), Outbox(services.engine)
    post = DeckPost(services, make_deck) if make_deck else None
    senders = [
        threading.Thread(target=_send, args=(outbox, addresses.send, stop, clock), name=f"alarm-sender-{number}")
        for number in range(SENDERS)
    ]
    if post:
        args = (post.outbox, post.send, stop, clock)
        senders.append(threading.Thread(target=_send, args=args, name="deck-sender"))
    for each in senders:
        each.start()
    log.info("alarms are watched", rules=len(rules.rules), network=services.network.id)
    while not stop.is_set():
        fence = store.take(clock())
        if fence is None:
            stop.wait(LEASE_S / 3)
            continue
        with _writing(post, fence, clock):
            _watch(AlertRunner(services, rules, fence), stop, clock)
    for each in senders:
        each.join()


@contextmanager
def _writing(post: DeckPost | None, fence: int, clock: Callable[[], float]) -> Iterator[None]:
    """Decks are written beside the ticks: making one takes seconds, and no alarm waits for it."""
    if post is None:
        yield
        return
    done = threading.Event()
    writer = threading.Thread(target=keep_written, args=(post, fence, done, clock), name="deck-writer")
    writer.start()
    try:
        yield
    finally:
        done.set()
        writer.join()


def _watch(runner: AlertRunner, stop: threading.Event, clock: Callable[[], float]) -> None:
    try:
        while not stop.is_set():
            begun = time.monotonic()
            try:
                now = clock()
                runner.tick(now)
                runner.show(now)
            except (redis.ConnectionError, redis.TimeoutError) as error:
                log.warning("redis is away, trying again", error=str(error))
            stop.wait(max(0.1, TICK_S - (time.monotonic() - begun)))
        runner.store.release(runner.fence)
    except LostLeaseError as error:
        log.warning("another runner has taken over", error=str(error))


def _send(outbox: Outbox, send: Callable[[Delivery], str], stop: threading.Event, clock: Callable[[], float]) -> None:
    while not stop.wait(IDLE_S):
        try:
            outbox.send_due(send, clock, stop)
        except Exception:  # a sender that is gone would be missed only when it matters
            log.exception("sending alarms failed, trying again")

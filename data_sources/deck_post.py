"""Sending the weekly deck by itself: who is to get it is written into the outbox, files and all (docs/week.md).

The writer works in the alarms' runner and under its lease. What is due and was never written is made, a language and a
centre at a time, and written in one transaction: the files, and one delivery for each recipient, whose key is the week
and the recipient. So however often it dies or starts anew, there is one of each, and the outbox promises the rest.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2s
from itertools import groupby
from typing import Final, Literal, Protocol

import structlog
from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.exc import IntegrityError

from dashboard.deck import Deck
from dashboard.network import Network
from dashboard.settings import Settings
from dashboard.week import Week
from dashboard.week_post import Letter, Make, Posting, posting
from data_sources import alert_tables as t
from data_sources import deck_recipients, notify
from data_sources.alert_store import AlertStore
from data_sources.audit import Audit
from data_sources.deck_recipients import DeckRecipient
from data_sources.decks import KINDS
from data_sources.history import LostLeaseError
from data_sources.outbox import Delivery, Outbox
from data_sources.watched_file import WatchedFile

log = structlog.get_logger()

EVERY_S: Final = 30.0
"""So often it is looked whether something is due."""
AGAIN_S: Final = 300.0
"""After so long a deck that could not be made is tried again: a machine that makes sums anew is busy enough."""
CLAIM_S: Final = 600.0
"""Of a try: half a megabyte over a poor line."""
GIVE_UP_S: Final = 3 * 86_400.0
"""From Friday over the weekend: by Monday there is another week."""
KEEP_S: Final = 8 * 86_400.0
"""Of files: longer than anybody tries to send them."""
BY: Final = "schedule"
"""Who sends, in the audit log, when nobody does it by hand."""
State = Literal["due", "sent", "failed"]


class PostServices(Protocol):
    @property
    def settings(self) -> Settings: ...
    @property
    def engine(self) -> Engine: ...
    @property
    def network(self) -> Network: ...


class DeckPost:
    """Writes what is due, and sends it. Everything that it must know after a restart is in the outbox."""

    def __init__(self, services: PostServices, make: Make) -> None:
        self.network, self._engine, self._make = services.network, services.engine, make
        folder = services.settings.data_dir
        self._file = WatchedFile(folder / deck_recipients.FILE, lambda: deck_recipients.load(folder, services.network))
        self.outbox = Outbox(services.engine, CLAIM_S, GIVE_UP_S, files=True)
        self._store = AlertStore(services.engine)
        self._waiting: dict[tuple[str, str, str], float] = {}
        """(week, centre, language) of a deck that could not be made yet, and from when on it is tried again."""

    def recipients(self) -> tuple[DeckRecipient, ...]:
        return self._file.rows()

    def states(self, week: Week) -> dict[str, State]:
        """What became of a week's deck: a recipient's id to the state of its delivery; who has none is not in it."""
        start = _key(week, "")
        c = t.DELIVERIES.c
        with self._engine.connect() as connection:
            rows = connection.execute(select(c.recipient, c.state).where(c.key.startswith(start, autoescape=True)))
            return {each.recipient: each.state for each in rows}

    def preview(
        self, week: Week, recipients: Iterable[DeckRecipient]
    ) -> Iterator[tuple[DeckRecipient, Letter | None, list[notify.Attached]]]:
        """What would go to whom, made as it would be; nothing is written. No letter: the week is not known."""
        for (centre, language), group in groupby(sorted(recipients, key=_group), key=_group):
            letter, files = self._make(week, language, centre), dict[str, notify.Attached]()
            for each in group:
                for ending in each.formats if letter else ():
                    if letter and ending not in files:
                        files[ending] = _file(self.network.id, centre, letter.deck, ending)
                yield each, letter, [files[ending] for ending in each.formats] if letter else []

    def step(self, clock: Callable[[], float], fence: int, stop: threading.Event | None = None) -> int:
        """Write what is due by the schedule; how many deliveries. :class:`LostLeaseError` when another took over."""
        now = clock()
        of = posting(self.network, now)
        self._give_up_waiting(of)
        due = [each for each in self.recipients() if of.due(self.network, each.at_s) <= now]
        found = self.write(of.week, due, clock, fence=fence, stop=stop) if due else 0
        if found:
            with self._engine.begin() as connection:
                connection.execute(delete(t.DECK_FILES).where(t.DECK_FILES.c.made < now - KEEP_S))
        return found

    def write(
        self,
        week: Week,
        recipients: Sequence[DeckRecipient],
        clock: Callable[[], float],
        *,
        by: str = BY,
        fence: int | None = None,
        stop: threading.Event | None = None,
    ) -> int:
        """Write the deliveries of those who have none yet; how many. Each deck is made once, whoever gets it."""
        known = self.states(week)
        missing = sorted((each for each in recipients if each.id not in known), key=_group)
        written = 0
        for (centre, language), group in groupby(missing, key=_group):
            if stop is not None and stop.is_set():
                break
            if clock() < self._waiting.get((week.label, centre, language), 0.0):
                continue
            try:
                letter = self._make(week, language, centre)
                if letter is not None:
                    written += self._write(week, letter, list(group), clock, by, fence)
                    continue
                if (week.label, centre, language) not in self._waiting:
                    log.warning(
                        "a deck waits: its week is not known", week=week.label, language=language, centre=centre
                    )
            except LostLeaseError:
                raise
            except Exception:  # one that cannot be made holds up no other
                log.exception("a deck could not be made", week=week.label, language=language, centre=centre)
            self._waiting[week.label, centre, language] = clock() + AGAIN_S
        return written

    def _write(
        self,
        week: Week,
        letter: Letter,
        group: Sequence[DeckRecipient],
        clock: Callable[[], float],
        by: str,
        fence: int | None,
    ) -> int:
        """One transaction for all who get the same deck. The files are made before it: nobody waits for them."""
        centre, deck = group[0].centre, letter.deck
        endings = sorted({ending for each in group for ending in each.formats})
        files = {ending: _file(self.network.id, centre, deck, ending) for ending in endings}
        for each in group:  # what cannot be recorded does not go
            self._record(by, deck, each)
        now = clock()
        try:
            with self._engine.begin() as connection:
                if fence is not None:
                    self._store.hold(connection, fence, now)
                ids = {ending: _keep(connection, each, now) for ending, each in files.items()}
                self.outbox.add(connection, (_delivery(week, letter, each, ids, now) for each in group))
        except IntegrityError:  # somebody has sent it by hand meanwhile: who is left has the next look
            return 0
        log.info("a deck is on its way", week=week.label, language=deck.language, centre=centre, count=len(group))
        self._waiting.pop((week.label, centre, deck.language), None)
        return len(group)

    def _record(self, by: str, deck: Deck, to: DeckRecipient) -> None:
        files = " ".join(f"week.{ending}" for ending in to.formats)
        about = {"file": files, "of": deck.label, "language": deck.language, "recipient": to.id}
        Audit(self._engine).record("export", by, "", **about, **({"centre": to.centre} if to.centre else {}))

    def _give_up_waiting(self, of: Posting) -> None:
        for week, centre, language in [each for each in self._waiting if each[0] != of.week.label]:
            log.error("a deck was never sent", week=week, language=language, centre=centre)
            del self._waiting[week, centre, language]

    def send(self, delivery: Delivery) -> str:
        """Send one with its files; what went wrong, empty when nothing did."""
        to = next((each for each in self.recipients() if each.id == delivery.recipient), None)
        if to is None:
            return f"{deck_recipients.FILE} has this recipient no more"
        ids, c = delivery.files.split(), t.DECK_FILES.c
        with self._engine.connect() as connection:
            rows = {each.id: each for each in connection.execute(select(t.DECK_FILES).where(c.id.in_(ids)))}
        if len(rows) < len(ids):
            return "the files are no longer kept"
        files = [notify.Attached(rows[each].name, rows[each].mimetype, rows[each].content) for each in ids]
        return notify.send(to.url, delivery, files)


def keep_written(post: DeckPost, fence: int, done: threading.Event, clock: Callable[[], float]) -> None:
    """Write what is due until ``done``, beside the runner that holds the lease ``fence``."""
    while True:
        try:
            post.step(clock, fence, done)
        except LostLeaseError:
            return  # the runner itself finds out, and says so
        except Exception:  # the next look is half a minute away
            log.exception("writing decks failed, trying again")
        if done.wait(EVERY_S):
            return


def _group(each: DeckRecipient) -> tuple[str, str]:
    return each.centre, each.language


def _key(week: Week, recipient: str) -> str:
    return f"deck/{week.label}#{recipient}"


def _file(network: str, centre: str, deck: Deck, ending: str) -> notify.Attached:
    kind = KINDS[ending]
    name = "-".join(each for each in (network, centre, deck.label, deck.language) if each)
    return notify.Attached(f"{name}.{ending}", kind.mimetype, kind.write(deck))


def _keep(connection: Connection, file: notify.Attached, now: float) -> str:
    """Keep a file under the digest of what is in it."""
    id_ = blake2s(file.content, digest_size=16).hexdigest()
    known = connection.execute(select(t.DECK_FILES.c.id).where(t.DECK_FILES.c.id == id_)).scalar()
    if known is None:
        row = {"id": id_, "name": file.name, "mimetype": file.mimetype, "made": now, "content": file.content}
        connection.execute(t.DECK_FILES.insert(), row)
    else:
        connection.execute(t.DECK_FILES.update().where(t.DECK_FILES.c.id == id_).values(made=now))
    return id_


def _delivery(week: Week, letter: Letter, to: DeckRecipient, ids: dict[str, str], now: float) -> Delivery:
    key = _key(week, to.id)
    files = " ".join(ids[ending] for ending in to.formats)
    return Delivery(key, "deck", to.id, letter.title, f"{letter.body}\n\n№ {key}", now, files)

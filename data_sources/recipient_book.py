"""Who is told of alarms, changed from a page: rows of ``recipients.toml`` are put in, replaced and taken out, and what
else stands in the file stays as it was written (docs/alarms.md).

The file is the only place: an address may hold a password, and so it is in no table, no log and no backup. A new one is
written beside it, for the service alone (0600), and then takes its place.
"""

import fcntl
import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import structlog
from msgspec import Struct
from sqlalchemy import Engine, select

from dashboard.alert_changes import toml_value
from dashboard.network import Network
from dashboard.toml_file import TomlFile
from data_sources import alert_tables as t
from data_sources import notify
from data_sources.alarms import TEST
from data_sources.notify import Recipient, RecipientError
from data_sources.outbox import Delivery, Outbox
from data_sources.watched_file import state_of

SCHEMES: Final = ("mailto", "mailtos", "tgram", "json", "jsons")
"""What an address may be that is typed into a page. Others may do more than send, read a file of this machine say: they
are for whoever may write the file by hand."""
log = structlog.get_logger()
_MEMBERS: Final = ("name", "role", "centre", "language", "url")
_HOST: Final = re.compile(
    r"^[a-z]+://(?:[^/?#]*@)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d+)?(?:/[^@?]*)?(?:\?[\w-]+=.*)?\Z", re.I
)


class RecipientBookError(ValueError):
    """What cannot be done: ``kind`` for a screen, the text, without any address, for the log."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class Sent(Struct, frozen=True):
    """The last message to a recipient. Moments are epoch seconds."""

    state: str
    """due, sent or failed."""
    made: float
    ended: float | None
    tries: int
    error: str
    """Of the last try, without any address."""


class Recipients(Struct, frozen=True):
    """The file as it is now."""

    rows: tuple[Recipient, ...]
    seen: str
    """Of this state of the file: who changes it says what was seen."""
    problem_line: int | None = None
    """Where it has a mistake, from 1; 0 when it cannot be read at all. Then nothing of it is known here."""


class RecipientBook:
    def __init__(self, folder: Path, network: Network, engine: Engine, clock: Callable[[], float]) -> None:
        self._folder, self._network, self._engine, self._clock = folder, network, engine, clock
        self.outbox = Outbox(engine)

    def read(self) -> Recipients:
        seen = state_of(self._path)
        try:
            return Recipients(notify.load(self._folder, self._network), seen)
        except RecipientError as error:
            return Recipients((), seen, error.line)
        except UnicodeDecodeError:
            return Recipients((), seen, 1)
        except OSError as error:
            log.error("the recipients cannot be read", error=error.strerror)
            return Recipients((), seen, 0)

    def find(self, id_: str) -> Recipient:
        found = next((each for each in self.read().rows if each.id == id_), None)
        if found is None:
            raise RecipientBookError("recipient_gone", f"{id_!r}: there is no such recipient")
        return found

    def shown(self, recipient: Recipient) -> str:
        """An address for people: the kind of service, and the server where that is surely no secret."""
        host = _HOST.match(recipient.url)
        scheme = recipient.url.partition("://")[0].lower()
        known = scheme in ("mailto", "mailtos", "json", "jsons")
        return f"{scheme}: {host[1]}" if host and known else scheme

    def add(self, said: Mapping[str, str], seen: str) -> Recipient:
        return self._replace(None, said, seen)

    def change(self, id_: str, said: Mapping[str, str], seen: str) -> Recipient:
        """Other members of a row; an address that is not said stays."""
        return self._replace(id_, said, seen)

    def remove(self, id_: str, seen: str) -> Recipient:
        with self._held(seen) as (text, rows):
            place = _place(rows, id_)
            self._write(_cut(text, place, ""), [each for each in rows if each.id != id_])
            return rows[place]

    def test(self, id_: str, role: str, title: str, body: str) -> str:
        """Put a message into the outbox; gives its key. Whoever sends alarms sends it, and each try is kept."""
        key = f"{TEST}{uuid4().hex}#{id_}"
        with self._engine.begin() as connection:
            delivery = Delivery(key, role, id_, title, f"{body}\n\n№ {key}", self._clock())
            self.outbox.add(connection, [delivery])
        return key

    def last_sent(self) -> dict[str, Sent]:
        """Of each recipient that was ever sent to."""
        c, tries, found = t.DELIVERIES.c, t.DELIVERY_TRIES.c, dict[str, Sent]()
        with self._engine.connect() as connection:
            for each in self.read().rows:
                query = select(t.DELIVERIES).where(c.recipient == each.id).order_by(c.made.desc()).limit(1)
                row = connection.execute(query).first()
                if row is not None:
                    last = select(tries.error).where(tries.key == row.key).order_by(tries.number.desc()).limit(1)
                    error = connection.execute(last).scalar() or ""
                    found[each.id] = Sent(row.state, row.made, row.ended, row.tries, error)
        return found

    @property
    def _path(self) -> Path:
        return self._folder / notify.FILE

    def _replace(self, id_: str | None, said: Mapping[str, str], seen: str) -> Recipient:
        with self._held(seen) as (text, rows):
            place = len(rows) if id_ is None else _place(rows, id_)
            old = "" if id_ is None else rows[place].url
            url = said.get("url", "").strip()
            if url and url.partition("://")[0].lower() not in SCHEMES:
                raise RecipientBookError("recipient_url", "an address of a kind that is not for pages")
            block = _block({**said, "url": url or old})
            new = f"{text.rstrip()}\n\n{block}".lstrip() if id_ is None else _cut(text, place, block)
            alone = notify.parse(block, notify.FILE, self._network)[0]
            if any(each.id == alone.id for number, each in enumerate(rows) if number != place):
                raise RecipientBookError("recipient_twice", "there is this recipient already")
            self._write(new, [*rows[:place], alone, *rows[place + 1 :]])
            return alone

    @contextmanager
    def _held(self, seen: str) -> Iterator[tuple[str, list[Recipient]]]:
        """The text and its rows while no other page writes, when the file is still the one that was seen."""
        with _writing(self._folder):
            now = self.read()
            if now.problem_line is not None:
                raise RecipientBookError("recipients_file", f"{notify.FILE} has a mistake on line {now.problem_line}")
            if now.seen != seen:
                raise RecipientBookError("recipients_conflict", f"{notify.FILE} was changed meanwhile")
            yield (self._path.read_text("utf-8-sig") if now.seen else ""), list(now.rows)

    def _write(self, text: str, rows: list[Recipient]) -> None:
        """When the text says just these rows: a file may be written by hand in ways that lines do not follow."""
        try:
            found = list(notify.parse(text, notify.FILE, self._network))
        except RecipientError:
            found = None
        if found != rows:
            raise RecipientBookError(
                "recipients_by_hand", f"{notify.FILE} is written so that only a person can change it"
            )
        path = self._path.resolve()
        beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise RecipientBookError("recipients_unwritable", f"{notify.FILE}: {error.strerror}") from None


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        lock = os.open(folder / f".{notify.FILE}.lock", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise RecipientBookError("recipients_unwritable", f"{notify.FILE}: {error.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _place(rows: list[Recipient], id_: str) -> int:
    for place, each in enumerate(rows):
        if each.id == id_:
            return place
    raise RecipientBookError("recipient_gone", f"{id_!r}: there is no such recipient")


def _block(said: Mapping[str, Any]) -> str:
    lines = (f"{name} = {toml_value(said[name])}" for name in _MEMBERS if said.get(name))
    return "\n".join(["[[recipients]]", *lines]) + "\n"


def _cut(text: str, place: int, block: str) -> str:
    """A text with a block in the place of a row's lines. What stands between its last line and the next row stays."""
    places, lines = TomlFile(text, notify.FILE, RecipientError).places, text.split("\n")
    begin = places["recipients", place] - 1
    end = places.get(("recipients", place + 1), len(lines) + 1) - 1
    while end > begin + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    new = block.rstrip("\n").split("\n") if block else []
    return "\n".join([*lines[:begin], *new, *lines[end:]])

"""The audit log: who signed in, saw personal rows, took a file away or changed something (docs/security.md).

Rows are only ever added: the database itself refuses to change or remove one. Each row's hash covers the row and the
hash of the one before it, and is written to the log as well: whoever has the database's password can still remove its
triggers, but not what was logged elsewhere. So a row changed, removed or put in between shows (:meth:`Audit.verify`).
"""

import getpass
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy import BigInteger, Column, Connection, Engine, Integer, Table, Text, select

from data_sources.history_tables import METADATA

ACTIONS: Final = frozenset(
    "login login_failed logout password_changed account_changed token_made token_rotated token_revoked "
    "screen_paired screen_revoked norm_changed rule_changed recipient_changed export staff_rows_seen alarm_taken "
    "directive directive_done week_closed week_reopened backup restore".split()
)
"""What is recorded; docs/security.md says when and with what."""
LONGEST: Final = 200
"""Characters of a text that came from outside (a login that was tried, an address)."""
FIRST_HASH: Final = "0" * 64
_STEP: Final = 5000

AUDIT: Final = Table(
    "audit",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False, comment="microseconds since 1970, UTC"),
    Column("action", Text, nullable=False),
    Column("who", Text, nullable=False, comment="login, screen, or console:<user>; empty for a visitor"),
    Column("address", Text, nullable=False),
    Column("about", Text, nullable=False, comment="compact JSON object"),
    Column("hash", Text, nullable=False, comment="SHA-256 of the row before's hash and this row, hex"),
)
AUDIT_HEAD: Final = Table(
    "audit_head",
    METADATA,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
)
"""Its one row is the newest entry's number and hash: writers queue for it, and a log cut short differs from it."""

log = structlog.get_logger()


class Entry(Struct, frozen=True):
    """One row. ``at`` is in epoch seconds; ``who`` is empty for a visitor who has not signed in."""

    number: int
    at: float
    action: str
    who: str
    address: str
    about: dict[str, str | int]
    hash: str


class Verdict(Struct, frozen=True):
    """What :meth:`Audit.verify` found: how many rows follow one from the other, and what is wrong with the next."""

    entries: int
    problem: str = ""
    """Empty when the whole log is as it was written."""


class Audit:
    """Adding to the log, reading it, and proving it whole."""

    actions: Final = ACTIONS

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._clock = engine, clock

    def record(self, action: str, who: str, address: str = "", **about: str | int) -> Entry:
        """Add an entry. What is to be recorded is done only after this: what cannot be recorded must not happen.

        ``KeyError`` for an action that is not in :data:`ACTIONS`; the database's errors when it cannot be written.
        """
        if action not in ACTIONS:
            raise KeyError(f"{action!r} is no action of the audit log: add it to ACTIONS and docs/security.md")
        row = {
            "at": round(self._clock() * 1e6),
            "action": action,
            "who": _clean(who),
            "address": _clean(address),
            "about": msgspec.json.encode({key: _clean(value) for key, value in about.items()}, order="sorted").decode(),
        }
        with self._engine.begin() as connection:
            row = _append(connection, row)
        log.info("audit", number=row["number"], action=action, who=row["who"], hash=row["hash"])
        return _entry(row)

    def read(
        self, before: int | None = None, limit: int = 100, action: str | None = None, who: str | None = None
    ) -> list[Entry]:
        """The newest entries first, with numbers below ``before``; of one action or one viewer when that is named."""
        query = select(AUDIT).order_by(AUDIT.c.number.desc()).limit(limit)
        for column, wanted in ((AUDIT.c.action, action), (AUDIT.c.who, who)):
            query = query if wanted is None else query.where(column == wanted)
        if before is not None:
            query = query.where(AUDIT.c.number < before)
        with self._engine.connect() as connection:
            return [_entry(row) for row in connection.execute(query).mappings()]

    def verify(self) -> Verdict:
        """Whether every row follows from the one before, from the first to the newest that was written."""
        number, last = 0, FIRST_HASH
        with self._engine.connect() as connection:
            for row in _in_order(connection):
                number += 1
                if row["number"] != number:
                    return Verdict(number - 1, f"entry {number} is missing: the next one is {row['number']}")
                if row["hash"] != _hash(last, row):
                    return Verdict(number - 1, f"entry {number} is not what was written, or the one before it is not")
                last = row["hash"]
            head = connection.execute(select(AUDIT_HEAD)).one()
        if (head.number, head.hash) != (number, last):
            return Verdict(number, f"the newest entry was number {head.number}, and the log ends with {number}")
        return Verdict(number)


def at_console() -> str:
    """Who gives a command: ``console:<user of the machine>``."""
    try:
        return f"console:{getpass.getuser()}"
    except (KeyError, OSError):  # in a container without a table of users
        return f"console:{os.getuid()}"


def _append(connection: Connection, row: dict[str, Any]) -> dict[str, Any]:
    # the update comes first because it makes other writers wait, on either database
    connection.execute(AUDIT_HEAD.update().values(number=AUDIT_HEAD.c.number + 1))
    head = connection.execute(select(AUDIT_HEAD)).one()
    row = {"number": head.number, **row}
    row["hash"] = _hash(head.hash, row)
    connection.execute(AUDIT.insert().values(row))
    connection.execute(AUDIT_HEAD.update().values(hash=row["hash"]))
    return row


def _in_order(connection: Connection) -> Iterator[Any]:
    query = select(AUDIT).order_by(AUDIT.c.number)
    yield from connection.execute(query, execution_options={"yield_per": _STEP}).mappings()


def _hash(before: str, row: Any) -> str:
    said = [before, *(row[name] for name in ("number", "at", "action", "who", "address", "about"))]
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def _clean(value: Any) -> Any:
    """A text that any database keeps, no longer than is of use."""
    return (
        value if isinstance(value, int) else value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()[:LONGEST]
    )


def _entry(row: Any) -> Entry:
    about = msgspec.json.decode(row["about"])
    said = {name: row[name] for name in ("number", "action", "who", "address", "hash")}
    return Entry(at=row["at"] / 1e6, about=about, **said)

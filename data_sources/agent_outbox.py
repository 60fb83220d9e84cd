"""The agent's outbox: what was taken from the queue system and not yet accepted by the server, on disk and in order.

A mark says how far each source was read. It is stored in the transaction that stores the events, so that after a power
cut nothing was taken twice and nothing is missing.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from msgspec import Struct

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, event BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS marks (source TEXT PRIMARY KEY, mark TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refused (number INTEGER PRIMARY KEY AUTOINCREMENT, reason TEXT NOT NULL, event BLOB);
"""
KEEP_REFUSED: Final = 10_000


class FullDiskError(RuntimeError):
    """The disk has no room: nothing was taken, nothing is lost."""


class Waiting(Struct, frozen=True):
    """One event on its way; ``time`` is the event's own, epoch seconds."""

    number: int
    time: float
    event: bytes


class Outbox:
    """One file; one process has it at a time (``RuntimeError`` for a second one)."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0.0)
        self._gone: set[int] = set()
        try:
            # the lock is held for as long as the file is open
            for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"):
                self._database.execute(f"PRAGMA {pragma}")
            self._database.executescript(_SCHEMA)
        except sqlite3.OperationalError as error:
            self._database.close()
            raise RuntimeError(f"{path} is another agent's, or no outbox ({error})") from error

    def mark(self, source: str) -> str | None:
        """How far a source was read; None when it never was."""
        row = self._database.execute("SELECT mark FROM marks WHERE source = ?", (source,)).fetchone()
        return None if row is None else str(row[0])

    def take(
        self, source: str, mark: str, events: Iterable[tuple[float, bytes]], wrong: Iterable[tuple[str, bytes]] = ()
    ) -> None:
        """Store events, what could not be made one, and how far the source was read: all or nothing.

        :class:`FullDiskError` when there is no room.
        """
        try:
            with closing(self._database.cursor()) as cursor:
                cursor.execute("BEGIN")
                try:
                    cursor.executemany("INSERT INTO outbox (time, event) VALUES (?, ?)", events)
                    cursor.executemany("INSERT INTO refused (reason, event) VALUES (?, ?)", wrong)
                    cursor.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (source, mark))
                    cursor.execute("COMMIT")
                except BaseException:
                    if self._database.in_transaction:  # a full disk rolls back by itself
                        cursor.execute("ROLLBACK")
                    raise
        except sqlite3.OperationalError as error:
            if "full" in str(error):
                raise FullDiskError("the disk is full: nothing more is taken until there is room") from error
            raise

    def first(self, count: int) -> list[Waiting]:
        """The oldest events that are not sent, in order."""
        query = "SELECT number, time, event FROM outbox WHERE number NOT IN (SELECT value FROM json_each(?)) "
        rows = self._database.execute(query + "ORDER BY number LIMIT ?", (_json(self._gone), count))
        return [Waiting(*row) for row in rows]

    def done(self, sent: Sequence[Waiting], refused: Sequence[tuple[str, Waiting]] = ()) -> None:
        """Forget what the server has; keep what it refused, with its reason.

        With a full disk it is remembered in memory: after a restart it is sent again, and told to be a duplicate.
        """
        self._gone.update(each.number for each in sent)
        try:
            self._database.execute("BEGIN")
            self._database.executemany("DELETE FROM outbox WHERE number = ?", [(each,) for each in self._gone])
            rows = [(reason, each.event) for reason, each in refused]
            self._database.executemany("INSERT INTO refused (reason, event) VALUES (?, ?)", rows)
            keep = "DELETE FROM refused WHERE number <= (SELECT max(number) FROM refused) - ?"
            self._database.execute(keep, (KEEP_REFUSED,))
            self._database.execute("COMMIT")
        except sqlite3.OperationalError:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            return
        self._gone.clear()

    def length(self) -> int:
        """How many events wait."""
        return int(self._database.execute("SELECT count(*) FROM outbox").fetchone()[0]) - len(self._gone)

    def refused(self) -> list[tuple[str, bytes]]:
        """(reason, event) of what was refused here or by the server, the oldest first."""
        return [(row[0], row[1]) for row in self._database.execute("SELECT reason, event FROM refused ORDER BY number")]

    def close(self) -> None:
        self._database.close()


def _json(numbers: set[int]) -> str:
    return f"[{','.join(map(str, numbers))}]"

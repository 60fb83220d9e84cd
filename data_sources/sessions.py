"""Sessions, kept on the server: the browser holds a random token, the database its digest. So "sign out everywhere"
works at once, and a stolen database signs nobody in."""

import hashlib
import secrets
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from sqlalchemy import Column, ColumnElement, Double, Engine, Index, Table, Text, delete, select

from data_sources.accounts import Account, Accounts
from data_sources.history_tables import METADATA

IDLE_S: Final = 30 * 60.0
"""A session that asked for nothing for so long has ended. What a page does by itself (being drawn again, following the
stream) is no asking."""
ABSOLUTE_S: Final = 12 * 3600.0
"""No session lasts longer, whatever it asks for."""
SEEN_EVERY_S: Final = 60.0
"""When it asked last is written at most so often."""
KEPT_S: Final = 7 * 86_400.0
"""Rows of sessions that ended are kept so long."""

SESSIONS: Final = Table(
    "sessions",
    METADATA,
    Column("digest", Text, primary_key=True, comment="SHA-256 of the token, hex"),
    Column("account", Text, nullable=False),
    Column("made", Double, nullable=False),  # epoch seconds, as the others
    Column("seen", Double, nullable=False),
    Column("revoked", Double),
    Index("sessions_account", "account"),
)


class Sessions:
    """Beginning, finding and ending sessions."""

    def __init__(self, engine: Engine, accounts: Accounts, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._accounts, self._clock = engine, accounts, clock

    def begin(self, account: Account) -> str:
        """A new session; its token. Rows of sessions that ended long ago are removed."""
        token, now = secrets.token_urlsafe(32), self._clock()
        row = {"digest": _digest(token), "account": account.id, "made": now, "seen": now, "revoked": None}
        with self._engine.begin() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.made < now - ABSOLUTE_S - KEPT_S))
            connection.execute(SESSIONS.insert().values(row))
        return token

    def find(self, token: str, *, is_asking: bool = True) -> Account | None:
        """Whose session it is, while it and the account are good; ``is_asking`` says that somebody sits before it."""
        c, now = SESSIONS.c, self._clock()
        with self._engine.connect() as connection:
            row = connection.execute(select(SESSIONS).where(c.digest == _digest(token))).one_or_none()
        if row is None or row.revoked is not None or now - row.seen >= IDLE_S or now - row.made >= ABSOLUTE_S:
            return None
        account = self._accounts.get(row.account)
        if account is None or account.disabled is not None:
            return None
        if is_asking and now - row.seen >= SEEN_EVERY_S:
            with self._engine.begin() as connection:
                connection.execute(SESSIONS.update().where(c.digest == row.digest).values(seen=now))
        return account

    def end(self, token: str) -> None:
        self._revoke(SESSIONS.c.digest == _digest(token))

    def end_all(self, account: str, but: str | None = None) -> int:
        """End every session of an account (but that of the token ``but``); how many there were."""
        where = SESSIONS.c.account == account
        return self._revoke(where if but is None else where & (SESSIONS.c.digest != _digest(but)))

    def count(self, account: str) -> int:
        """How many sessions of an account are good now."""
        return self.counts().get(account, 0)

    def counts(self) -> dict[str, int]:
        """How many sessions are good now, by account; accounts without one are left out."""
        c, now = SESSIONS.c, self._clock()
        good = c.revoked.is_(None) & (c.seen > now - IDLE_S) & (c.made > now - ABSOLUTE_S)
        with self._engine.connect() as connection:
            return Counter(connection.execute(select(c.account).where(good)).scalars())

    def _revoke(self, where: ColumnElement[bool]) -> int:
        change = SESSIONS.update().where(where, SESSIONS.c.revoked.is_(None)).values(revoked=self._clock())
        with self._engine.begin() as connection:
            return connection.execute(change).rowcount


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

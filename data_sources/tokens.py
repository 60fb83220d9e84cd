"""Tokens of centres: who may send events over HTTP. A token is shown once; what is kept is its digest."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Column, Double, Engine, Table, Text, select

from data_sources.history_tables import METADATA

PREFIX: Final = "tendays"
"""What a token begins with, so that a scanner for leaked secrets can know one."""
SECRET_BYTES: Final = 32
DAYS_MOST: Final = 3660
LABEL_MOST: Final = 80
USED_EVERY_S: Final = 60.0
"""The time of last use is written at most so often."""

TOKENS: Final = Table(
    "tokens",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("centre", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("digest", Text, nullable=False, comment="SHA-256 of the secret, hex"),  # 256 random bits need no slow hash
    Column("made", Double, nullable=False),  # epoch seconds, as the others
    Column("expires", Double, nullable=False),
    Column("revoked", Double),
    Column("used", Double),
)


class TokenError(ValueError):
    """A token that cannot be made or changed: ``kind`` for the screen, the text for people at a terminal."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class Token(Struct, frozen=True):
    """What is kept of a token; times are epoch seconds."""

    id: str
    centre: str
    label: str
    made: float
    expires: float
    revoked: float | None = None
    used: float | None = None

    def is_good(self, now: float) -> bool:
        return self.revoked is None and now < self.expires


class Tokens:
    """Making, finding, rotating and revoking tokens in the database of history."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._clock = engine, clock

    def make(self, centre: str, label: str, days: float) -> tuple[str, Token]:
        """A new token of a centre: its text, which nobody can show again, and what is kept."""
        if not 0 < days <= DAYS_MOST:
            raise TokenError("bad_days", f"a token is good for more than 0 and at most {DAYS_MOST} days: not {days}")
        if len(label) > LABEL_MOST:
            raise TokenError("bad_label", f"label {label!r}: give at most {LABEL_MOST} characters")
        now, secret = self._clock(), secrets.token_urlsafe(SECRET_BYTES)
        token = Token(secrets.token_hex(6), centre, label, now, now + days * 86_400)
        row = {name: getattr(token, name) for name in token.__struct_fields__} | {"digest": _digest(secret)}
        with self._engine.begin() as connection:
            connection.execute(TOKENS.insert().values(row))
        return f"{PREFIX}_{token.id}_{secret}", token

    def find(self, text: str) -> Token | None:
        """The good token that a text is; None for any other. Takes as long for a wrong secret as for a right one."""
        prefix, _, rest = text.partition("_")
        id_, _, secret = rest.partition("_")
        with self._engine.connect() as connection:
            row = connection.execute(select(TOKENS).where(TOKENS.c.id == id_)).one_or_none()
        digest = row.digest if row is not None else _digest("")
        if not hmac.compare_digest(digest, _digest(secret)) or row is None or prefix != PREFIX:
            return None
        token, now = _token(row), self._clock()
        if not token.is_good(now):
            return None
        if token.used is None or now - token.used >= USED_EVERY_S:
            self._change(id_, used=now)
        return token

    def rotate(self, id_: str, days: float, overlap_days: float) -> tuple[str, Token]:
        """A new token for the same centre; the old one stays good for ``overlap_days``, so that no event is lost."""
        old = self._get(id_)
        now = self._clock()
        if not overlap_days >= 0:
            raise TokenError("bad_days", f"the old token cannot stay good for {overlap_days} days")
        if not old.is_good(now):
            raise TokenError("token_over", f"token {id_} is no longer good: make a new one")
        fresh = self.make(old.centre, old.label, days)
        self._change(id_, expires=min(old.expires, now + overlap_days * 86_400))
        return fresh

    def revoke(self, id_: str) -> Token:
        """From now on the token is refused. :class:`TokenError` for one that is not there."""
        self._get(id_)
        self._change(id_, revoked=self._clock())
        return self._get(id_)

    def all(self) -> list[Token]:
        """Every token ever made, by centre, the newest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(TOKENS).order_by(TOKENS.c.centre, TOKENS.c.made.desc()))
            return [_token(row) for row in rows]

    def _get(self, id_: str) -> Token:
        with self._engine.connect() as connection:
            row = connection.execute(select(TOKENS).where(TOKENS.c.id == id_)).one_or_none()
        if row is None:
            raise TokenError("no_token", f"there is no token {id_!r}: `python app.py token --list` shows all")
        return _token(row)

    def _change(self, id_: str, **values: float) -> None:
        with self._engine.begin() as connection:
            connection.execute(TOKENS.update().where(TOKENS.c.id == id_).values(values))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _token(row: Any) -> Token:
    return Token(**{name: getattr(row, name) for name in Token.__struct_fields__})

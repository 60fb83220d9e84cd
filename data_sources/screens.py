"""Wall screens: paired once by a code, then let in for as long as nobody revokes it. A screen sees the wall and nothing
else; what it holds is a random token, of which the digest is kept here."""

import hashlib
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Column, Double, Engine, Table, Text, delete, select

from data_sources.history_tables import METADATA

CODE_S: Final = 600.0
"""A code is good for so long; then the screen shows another."""
CODE_LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH: Final = 8
WAITING_MOST: Final = 200
"""Codes that may wait at once: anybody may open the page."""
SEEN_EVERY_S: Final = 300.0
NAME_MOST: Final = 80

SCREENS: Final = Table(
    "screens",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False, unique=True, comment="SHA-256 of the token, hex"),
    Column("code", Text, unique=True, comment="while it waits to be confirmed"),
    Column("name", Text, nullable=False),
    Column("made", Double, nullable=False),  # epoch seconds, as the others
    Column("paired", Double),
    Column("paired_by", Text, nullable=False),
    Column("seen", Double),
    Column("revoked", Double),
)


class ScreenError(ValueError):
    """A screen that cannot be paired or changed: ``kind`` for the screen, the text for people at a terminal."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class Pairing(Struct, frozen=True):
    """A screen that waits: the code that it shows, the token that it keeps, and until when (epoch seconds)."""

    code: str
    token: str
    expires: float


class Screen(Struct, frozen=True):
    """A screen that was paired; times are epoch seconds."""

    id: str
    name: str
    paired: float
    paired_by: str
    seen: float | None
    revoked: float | None


_SHOWN: Final = [SCREENS.c[name] for name in Screen.__struct_fields__]


class Screens:
    """Pairing, finding and revoking screens in the database of history: they survive a restart of everything."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._clock = engine, clock

    def pair_begin(self, token: str = "") -> Pairing:
        """A code to show. The ``token`` of a screen that waits already keeps its code, so that loading the page again
        changes nothing. :class:`ScreenError` when too many wait."""
        now, c = self._clock(), SCREENS.c
        with self._engine.begin() as connection:
            connection.execute(delete(SCREENS).where(c.paired.is_(None), c.made <= now - CODE_S))
            row = connection.execute(select(c.code, c.made).where(c.digest == _digest(token), c.code.is_not(None)))
            waits = row.one_or_none()
            if waits is not None:
                return Pairing(waits.code, token, waits.made + CODE_S)
            if len(connection.execute(select(c.id).where(c.paired.is_(None))).all()) >= WAITING_MOST:
                raise ScreenError("too_many_screens", f"{WAITING_MOST} screens wait to be paired: try again later")
            fresh = secrets.token_urlsafe(32)
            code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
            values = {"id": secrets.token_hex(6), "digest": _digest(fresh), "code": code, "name": "", "made": now}
            connection.execute(SCREENS.insert().values(values | {"paired_by": ""}))
        return Pairing(code, fresh, now + CODE_S)

    def state(self, token: str) -> str:
        """``paired``, ``waiting``, or ``expired`` for a code that ran out and for a screen that was revoked."""
        if self.find(token) is not None:
            return "paired"
        c = SCREENS.c
        query = select(c.made).where(c.digest == _digest(token), c.paired.is_(None))
        with self._engine.connect() as connection:
            made = connection.execute(query).scalar()
        return "waiting" if made is not None and self._clock() < made + CODE_S else "expired"

    def confirm(self, code: str, name: str, by: str) -> Screen:
        """An administrator (``by``) has seen the code on a screen: from now on it may show the wall."""
        c, said, now = SCREENS.c, "".join(code.split()).replace("-", "").upper(), self._clock()
        name = name.strip()
        if not name or len(name) > NAME_MOST:
            raise ScreenError("bad_name", f"name {name!r}: say in 1 to {NAME_MOST} characters where the screen hangs")
        waits = (c.code == said, c.paired.is_(None), c.made > now - CODE_S)
        with self._engine.begin() as connection:
            id_ = connection.execute(select(c.id).where(*waits)).scalar()
            change = SCREENS.update().where(c.id == (id_ or ""), *waits)
            done = connection.execute(change.values(code=None, name=name, paired=now, paired_by=by))
            if id_ is None or done.rowcount != 1:
                raise ScreenError("no_code", f"no screen shows the code {said!r} now: read it again, it changes")
        return self._get(id_)

    def find(self, token: str) -> Screen | None:
        """The screen that a token is of, while it may look."""
        found = self._one(SCREENS.c.digest == _digest(token)) if token else None
        if found is None or found.revoked is not None:
            return None
        if found.seen is None or self._clock() - found.seen >= SEEN_EVERY_S:
            self._change(found.id, seen=self._clock())
        return found

    def revoke(self, id_: str) -> Screen:
        """From now on the screen may look no more; it shows a code again."""
        if self._get(id_).revoked is None:
            self._change(id_, revoked=self._clock())
        return self._get(id_)

    def _get(self, id_: str) -> Screen:
        found = self._one(SCREENS.c.id == id_)
        if found is None:
            raise ScreenError("no_screen", f"there is no screen {id_!r}: `python app.py screen --list` shows all")
        return found

    def _one(self, where: Any) -> Screen | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(*_SHOWN).where(where, SCREENS.c.paired.is_not(None))).one_or_none()
        return None if row is None else Screen(*row)

    def _change(self, id_: str, **values: Any) -> None:
        with self._engine.begin() as connection:
            connection.execute(SCREENS.update().where(SCREENS.c.id == id_).values(values))

    def list(self) -> Sequence[Screen]:
        """Every screen that was ever paired, the newest first."""
        query = select(*_SHOWN).where(SCREENS.c.paired.is_not(None)).order_by(SCREENS.c.paired.desc())
        with self._engine.connect() as connection:
            return [Screen(*row) for row in connection.execute(query)]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

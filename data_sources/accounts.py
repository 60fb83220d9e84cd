"""Accounts: who may sign in, with which role. Passwords are kept as Argon2id hashes only."""

import secrets
import time
from collections.abc import Callable
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from msgspec import Struct
from sqlalchemy import Boolean, Column, Double, Engine, Table, Text, select

from dashboard.roles import ACCOUNT_ROLES, WITH_CENTRE, Role
from data_sources.history_tables import METADATA
from data_sources.passwords import problem_of

LOGIN_MOST: Final = 120
NAME_MOST: Final = 80

ACCOUNTS: Final = Table(
    "accounts",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("login", Text, nullable=False, unique=True, comment="in small letters"),
    Column("name", Text, nullable=False, comment="as it is shown: a position or a staff code"),
    Column("role", Text, nullable=False),
    Column("centre", Text, comment="of a role that is of one centre"),
    Column("hash", Text, nullable=False, comment="Argon2id"),
    Column("must_change", Boolean, nullable=False),
    Column("disabled", Double, comment="since when, epoch seconds"),
    Column("made", Double, nullable=False),
)

_hasher: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP's profile of Argon2id: 30 ms of one core. A heavier one would hold up the streams of all viewers."""
_NOBODY: Final = _hasher.hash(secrets.token_urlsafe(16))
"""Verified against when there is no such account, so that an answer takes as long."""


class AccountError(ValueError):
    """An account that cannot be made or changed: ``kind`` for the screen, the text for people at a terminal."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class Account(Struct, frozen=True):
    """What is known of an account, without its hash; times are epoch seconds."""

    id: str
    login: str
    name: str
    role: Role
    centre: str | None
    must_change: bool
    disabled: float | None
    made: float


_SHOWN: Final = [ACCOUNTS.c[name] for name in Account.__struct_fields__]


class Accounts:
    """Making, finding and changing accounts in the database of history. ``centres`` are those that there are."""

    def __init__(self, engine: Engine, centres: frozenset[str], clock: Callable[[], float] = time.time) -> None:
        self._engine, self._centres, self._clock = engine, centres, clock

    def make(self, login: str, role: str, name: str = "", centre: str | None = None) -> tuple[Account, str]:
        """A new account and its one-time password, which must be changed at the first login."""
        login, name = login.strip().lower(), name.strip() or login.strip()
        if not login or len(login) > LOGIN_MOST or any(each.isspace() for each in login):
            raise AccountError("bad_login", f"login {login!r}: give 1 to {LOGIN_MOST} characters without spaces")
        if len(name) > NAME_MOST:
            raise AccountError("bad_name", f"name {name!r}: give at most {NAME_MOST} characters")
        if self.find(login) is not None:
            raise AccountError("login_taken", f"there is an account {login!r} already")
        known = self._role(role, centre)
        account = Account(secrets.token_hex(6), login, name, known, centre, True, None, self._clock())
        password = one_time_password()
        row = {each: getattr(account, each) for each in Account.__struct_fields__} | {"hash": _hasher.hash(password)}
        with self._engine.begin() as connection:
            connection.execute(ACCOUNTS.insert().values(row))
        return account, password

    def find(self, login: str) -> Account | None:
        return self._one(ACCOUNTS.c.login == login.strip().lower())

    def get(self, id_: str) -> Account | None:
        return self._one(ACCOUNTS.c.id == id_)

    def all(self) -> list[Account]:
        """Every account, by login."""
        with self._engine.connect() as connection:
            return [Account(*row) for row in connection.execute(select(*_SHOWN).order_by(ACCOUNTS.c.login))]

    def has_administrator(self) -> bool:
        return any(each.role == "administrator" and each.disabled is None for each in self.all())

    def check(self, login: str, password: str) -> Account | None:
        """The account that a login and a password are of, also a disabled one; None when they are nobody's. Takes as
        long for a login that nobody has."""
        account = self.find(login)
        with self._engine.connect() as connection:
            found = account and connection.execute(select(ACCOUNTS.c.hash).where(ACCOUNTS.c.id == account.id)).scalar()
        kept = str(found) if found else _NOBODY
        try:
            _hasher.verify(kept, password)
        except (Argon2Error, InvalidHashError):
            return None
        if account is not None and _hasher.check_needs_rehash(kept):
            self._change(account.id, hash=_hasher.hash(password))
        return account

    def set_password(self, id_: str, password: str) -> None:
        """The account's own choice. :class:`AccountError` for one that is too easy."""
        account = self._known(self.get(id_), id_)
        problem = problem_of(password, account.login, account.name)
        if problem is not None:
            raise AccountError(problem, f"the password is not good enough: {problem}")
        self._change(id_, hash=_hasher.hash(password), must_change=False)

    def reset(self, login: str) -> tuple[Account, str]:
        """A one-time password in the place of the one that was forgotten."""
        account, password = self._known(self.find(login), login), one_time_password()
        self._change(account.id, hash=_hasher.hash(password), must_change=True)
        return self._known(self.get(account.id), login), password

    def disable(self, login: str, *, disabled: bool = True) -> Account:
        """The account can sign in no more (or again). The last administrator cannot be disabled."""
        account = self._known(self.find(login), login)
        if disabled:
            self._keep_one(account)
        self._change(account.id, disabled=self._clock() if disabled else None)
        return self._known(self.get(account.id), login)

    def set_role(self, login: str, role: str, centre: str | None = None) -> Account:
        account = self._known(self.find(login), login)
        if role != "administrator":
            self._keep_one(account)
        self._change(account.id, role=self._role(role, centre), centre=centre)
        return self._known(self.get(account.id), login)

    def _role(self, role: str, centre: str | None) -> Role:
        known = next((each for each in ACCOUNT_ROLES if each == role), None)
        if known is None:
            raise AccountError("bad_role", f"there is no role {role!r}; there are {', '.join(ACCOUNT_ROLES)}")
        if known in WITH_CENTRE and centre not in self._centres:
            said = ", ".join(sorted(self._centres))
            raise AccountError("bad_centre", f"a {role} is of one centre, and {centre!r} is none of {said}")
        if known not in WITH_CENTRE and centre is not None:
            raise AccountError("bad_centre", f"a role {role} is of no centre: leave it out")
        return known

    def _keep_one(self, account: Account) -> None:
        others = [each for each in self.all() if each.id != account.id]
        is_last = not any(each.role == "administrator" and each.disabled is None for each in others)
        if account.role == "administrator" and account.disabled is None and is_last:
            raise AccountError("last_administrator", f"{account.login} is the last administrator: make another first")

    def _known(self, account: Account | None, said: str) -> Account:
        if account is None:
            raise AccountError("no_account", f"there is no account {said!r}: `python app.py user --list` shows all")
        return account

    def _one(self, where: Any) -> Account | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(*_SHOWN).where(where)).one_or_none()
        return None if row is None else Account(*row)

    def _change(self, id_: str, **values: Any) -> None:
        with self._engine.begin() as connection:
            connection.execute(ACCOUNTS.update().where(ACCOUNTS.c.id == id_).values(values))


def one_time_password() -> str:
    """Four groups that can be read out over a telephone, 80 bits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))

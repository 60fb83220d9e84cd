"""The command `user`: accounts, and above all the first administrator."""

from datetime import UTC, datetime
from typing import Any, Protocol

from rich.console import Console
from rich.table import Table

from data_sources.accounts import Account, AccountError, Accounts
from data_sources.audit import at_console
from data_sources.sessions import Sessions


class UserServices(Protocol):
    @property
    def accounts(self) -> Accounts: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def audit(self) -> Any: ...


def make(services: UserServices, login: str, role: str | None, centre: str | None, name: str) -> None:
    """Make an account and print its one-time password: once, and alone on its line."""
    if role is None:
        raise AccountError("bad_role", "say which role: --role administrator, or another")
    account, password = services.accounts.make(login, role, name, centre)
    _told(services, account, "made")
    _hand_over(f"Account {account.login} ({_role(account)}).", password)


def reset(services: UserServices, login: str) -> None:
    """A new one-time password; whoever is signed in by the old one is signed out."""
    account, password = services.accounts.reset(login)
    services.sessions.end_all(account.id)
    _told(services, account, "reset")
    _hand_over(f"Account {account.login}: signed out everywhere.", password)


def disable(services: UserServices, login: str, *, disabled: bool) -> None:
    account = services.accounts.disable(login, disabled=disabled)
    services.sessions.end_all(account.id)
    _told(services, account, "disabled" if disabled else "enabled")
    Console().print(f"Account {account.login} is {'closed' if disabled else 'open again'}.")


def set_role(services: UserServices, login: str, role: str, centre: str | None) -> None:
    """Another role; whoever is signed in signs in again, so that no page of the old role stays open."""
    account = services.accounts.set_role(login, role, centre)
    services.sessions.end_all(account.id)
    _told(services, account, f"role {_role(account)}")
    Console().print(f"Account {account.login} is {_role(account)} now.")


def show(services: UserServices) -> None:
    """A table of all accounts."""
    table = Table("login", "name", "role", "made", "state")
    for each in services.accounts.all():
        state = "closed" if each.disabled is not None else "must change its password" if each.must_change else "good"
        table.add_row(each.login, each.name, _role(each), _when(each.made), state)
    Console().print(table)


def _told(services: UserServices, account: Account, change: str) -> None:
    services.audit.record("account_changed", at_console(), account=account.login, change=change)


def _hand_over(said: str, password: str) -> None:
    Console(stderr=True, soft_wrap=True).print(
        f"{said} One-time password, shown once; another must be chosen at the first sign-in:"
    )
    print(password)  # noqa: T201 - to standard output and nothing else


def _role(account: Account) -> str:
    return f"{account.role} of {account.centre}" if account.centre else account.role


def _when(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC")

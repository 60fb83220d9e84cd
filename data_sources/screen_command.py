"""The command `screen`: wall screens, confirmed by the code that they show."""

from datetime import UTC, datetime
from typing import Any, Protocol

from rich.console import Console
from rich.table import Table

from data_sources.audit import at_console
from data_sources.screens import Screens


class ScreenServices(Protocol):
    @property
    def screens(self) -> Screens: ...
    @property
    def audit(self) -> Any: ...


def confirm(services: ScreenServices, code: str, name: str) -> None:
    screen = services.screens.confirm(code, name, at_console())
    services.audit.record("screen_paired", at_console(), screen=screen.id, name=screen.name)
    Console().print(f"Screen {screen.id} ({screen.name}) shows the wall within seconds.")


def revoke(services: ScreenServices, id_: str) -> None:
    screen = services.screens.revoke(id_)
    services.audit.record("screen_revoked", at_console(), screen=screen.id, name=screen.name)
    Console().print(f"Screen {screen.id} ({screen.name}) may look no more.")


def show(services: ScreenServices) -> None:
    """A table of all screens."""
    table = Table("id", "name", "paired", "by", "last seen", "state")
    for each in services.screens.list():
        state = "good" if each.revoked is None else f"revoked {_when(each.revoked)}"
        seen = "never" if each.seen is None else _when(each.seen)
        table.add_row(each.id, each.name, _when(each.paired), each.paired_by, seen, state)
    Console().print(table)


def _when(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC")

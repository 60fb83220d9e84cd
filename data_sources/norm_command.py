"""The command `norm`: norms and thresholds from a day on (docs/network.md)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Protocol

from msgspec import structs
from rich.console import Console
from rich.table import Table

from dashboard.network import Network
from dashboard.norm_checks import refusal
from dashboard.norms import NormChange
from data_sources.audit import at_console
from data_sources.norm_book import NormBook


class NormServices(Protocol):
    @property
    def network(self) -> Network: ...
    @property
    def norms(self) -> NormBook: ...
    @property
    def audit(self) -> Any: ...
    def clock(self) -> float: ...


def show(services: NormServices) -> None:
    """What holds today, and all changes."""
    changes, console = services.norms.read(), Console(soft_wrap=True)
    today = services.network.local.day(services.clock())
    held = services.network.on(today)
    console.print(f"Today, {date.fromordinal(today)}:")
    for name, value in structs.asdict(held.norms).items():
        console.print(f"  {name}={value:g}")
    for rule in held.thresholds:
        console.print(f"  {rule.metric}.watch={rule.watch:g} .act={rule.act:g} .worse={rule.worse}")
    back = {each.takes_back: each for each in changes}
    table = Table()
    for name in ("number", "from", "what", "why", "made", "by", "state"):
        table.add_column(name, overflow="fold")
    for each in (change for change in changes if change.takes_back is None):
        state = "to come" if each.first_day > today else "holds"
        if each.number in back:
            state = f"taken back by {back[each.number].who}: {back[each.number].why}"
        made = datetime.fromtimestamp(each.made, UTC).strftime("%Y-%m-%d %H:%M UTC")
        day = date.fromordinal(each.first_day).isoformat()
        table.add_row(str(each.number), day, what(each), each.why, made, each.who, state)
    console.print(table if table.rows else "Nothing has been changed: the network file holds.")


def make(services: NormServices, members: Sequence[str], first_day: str | None, why: str) -> None:
    said = dict(_member(each) for each in members)
    change = services.norms.make(said, _day(first_day), at_console(), why)
    _record(services, change, what=what(change))
    _say(f"Change {change.number}: {what(change)} from {date.fromordinal(change.first_day)} on.")


def take_back(services: NormServices, number: int, why: str) -> None:
    change = services.norms.take_back(number, at_console(), why)
    _record(services, change, takes_back=number)
    _say(f"Change {number} does not come.")


def what(change: NormChange) -> str:
    """As the command takes it."""
    found = [f"{name}={value:g}" for name, value in change.norms.items()]
    found += [
        f"{rule.metric}.{edge}={getattr(rule, edge):g}" for rule in change.thresholds for edge in ("watch", "act")
    ]
    return " ".join(found)


def _member(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise refusal("norm_member", "no MEMBER=VALUE", text, "write for instance wait_s=900")
    return name.strip(), value.strip()


def _day(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        raise refusal("norm_day", "--from is no day", text, "write for instance 2026-12-01") from None


def _record(services: NormServices, change: NormChange, **about: str | int) -> None:
    said: Mapping[str, str | int] = {"number": change.number, **about}
    first_day = date.fromordinal(change.first_day).isoformat()
    services.audit.record("norm_changed", at_console(), first_day=first_day, **said)


def _say(text: str) -> None:
    Console(soft_wrap=True).print(text)

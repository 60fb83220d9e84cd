"""``python app.py check``: is the wall right? Everything is computed anew from history and compared, number by number.

For each centre the whole history is folded from nothing: up to the position that the shown numbers are for, they are
compared with the recomputed ones at the same moment; at the end of history the stored state and the rollups are.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct, field
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy import Connection, select

from dashboard.calendars import LocalTime
from dashboard.compare import Difference, differences, leaves
from dashboard.facts import Facts
from dashboard.levels import is_stable
from dashboard.network import Network
from dashboard.snapshot import centre_snapshot, network_totals
from dashboard.state import CentreState, new_state
from data_sources.history import History
from data_sources.recompute import kept_rows
from data_sources.stream import position_of, snapshot_key
from data_sources.worker import WorkerServices

SHOWN_AT_MOST: Final = 20
_OF_THE_PUBLISHER: Final = frozenset({"at", "centres", "refused_today"})


class Row(Struct):
    """What was compared of one centre: how much, and what differs."""

    centre: str
    events: int = 0
    numbers: int = 0
    rollups: int = 0
    found: list[Difference] = field(default_factory=list)


def run(services: WorkerServices, now: float) -> int:
    """Print the table; 0 when nothing differs, 1 when something does, 2 when there is no history."""
    console = Console()
    raw = services.redis.get(snapshot_key(services.network.id))
    shown = msgspec.json.decode(raw) if raw else None
    rows = check(
        History(services.engine), services.network, shown, now, lambda each: track(each, "Recomputing", console=console)
    )
    if not any(row.events for row in rows):
        console.print("There is no history to check.")
        return 2
    _print(console, rows, shown)
    return 1 if any(row.found for row in rows) else 0


def check(
    history: History,
    network: Network,
    shown: Mapping[str, Any] | None,
    now: float,
    progress: Callable[[Iterable[str]], Iterable[str]] = iter,
) -> list[Row]:
    """A row for each centre and one for the network. ``shown`` is the published snapshot, None when there is none."""
    of_centre = {each["id"]: each for each in shown["centres"]} if shown else {}
    states: dict[str, CentreState] = {}
    rows: list[Row] = []
    for centre in progress([each.id for each in network.centres]):
        with history.engine.connect() as connection:
            rows.append(_check_centre(history, connection, network, centre, of_centre.get(centre), now, states))
    if shown:
        rows.append(_check_totals(shown, states, network))
    return rows


def _check_centre(
    history: History,
    connection: Connection,
    network: Network,
    centre: str,
    shown: Mapping[str, Any] | None,
    now: float,
    states: dict[str, CentreState],
) -> Row:
    row, state, facts = Row(centre), new_state(centre), Facts()
    stored = history.position(connection, centre)
    until = min(stored, position_of(shown["position"].encode())) if shown and shown["position"] else 0
    row.events = history.fold_on(connection, state, facts, network, 0, until)
    _compare_shown(row, state, network, shown, states)
    row.events += history.fold_on(connection, state, facts, network, until, stored)
    restored, _ = history.load_state(centre, network, connection)
    stored_shape, whole_shape = centre_snapshot(restored, network, now), centre_snapshot(state, network, now)
    row.numbers += leaves(whole_shape)
    row.found += differences(stored_shape, whole_shape, "stored state")
    _compare_rollups(row, connection, centre, facts, network.local)
    return row


def _compare_shown(
    row: Row,
    state: CentreState,
    network: Network,
    shown: Mapping[str, Any] | None,
    states: dict[str, CentreState],
) -> None:
    states[row.centre] = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=CentreState)
    if shown is None:
        return
    again = centre_snapshot(state, network, datetime.fromisoformat(shown["at"]).timestamp())
    row.numbers += leaves(again)
    row.found += differences(shown, again)
    if not is_stable(shown, network, shown["level"], shown["levels"]):
        row.found.append(Difference("level", shown["level"], "not what the rules give"))


def _check_totals(shown: Mapping[str, Any], states: Mapping[str, CentreState], network: Network) -> Row:
    """The network's totals, when they are of the shown version (of a very large network they may be older)."""
    row = Row("(network)")
    if shown["totals"]["at"] != shown["at"]:
        return row
    totals = {key: value for key, value in shown["totals"].items() if key not in _OF_THE_PUBLISHER}
    again = network_totals(states, network, datetime.fromisoformat(shown["totals"]["at"]).timestamp())
    row.numbers = leaves(again)
    row.found += differences(totals, again)
    return row


def _compare_rollups(row: Row, connection: Connection, centre: str, facts: Facts, local: LocalTime) -> None:
    for table, recomputed in kept_rows(centre, facts, local).items():
        width = len(table.primary_key.columns)
        found = {
            tuple(each[:width]): tuple(each[width:])
            for each in connection.execute(select(table).where(table.c.centre == centre))
        }
        row.rollups += len(recomputed)
        for key in found.keys() | recomputed.keys():
            if found.get(key) != recomputed.get(key):
                path = f"{table.name} {' '.join(map(str, key))}"
                row.found.append(Difference(path, found.get(key), recomputed.get(key)))


def _print(console: Console, rows: list[Row], shown: Mapping[str, Any] | None) -> None:
    table = Table(title=f"Shown against history, version {shown['version']}" if shown else "Stored against history")
    for name in ("centre", "events folded", "numbers compared", "rollup rows compared", "differences"):
        table.add_column(name, justify="left" if name == "centre" else "right")
    for row in rows:
        cells = (f"{each:,}" for each in (row.events, row.numbers, row.rollups, len(row.found)))
        table.add_row(row.centre, *cells, style="bold red" if row.found else "")
    console.print(table)
    for row in rows:
        for each in row.found[:SHOWN_AT_MOST]:
            console.print(f"{row.centre}: {each.path}: shown {each.shown!r}, recomputed {each.recomputed!r}")
    total = sum(len(row.found) for row in rows)
    console.print("No difference." if not total else f"{total} differences.")

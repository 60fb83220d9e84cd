"""Directives, deficiencies and complaints as tables to be downloaded: all of a place, the worst first."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final

from dashboard.oversight import WHICH, Item, Which
from dashboard.rows_base import Scope
from dashboard.sheet import Cell, CellKind, Heading, Sheet
from dashboard.week_meeting import read_code
from layouts import message, oversight_words, week_words
from layouts.behind import place
from layouts.tables import date_pattern
from layouts.view import View

Read = Callable[[View, Item], Cell]


def sheet(view: View, which: Which, scope: Scope, items: Sequence[Item]) -> Sheet:
    _ = view.catalogue.gettext
    decimal = str(view.catalogue.locale.number_symbols["latn"]["decimal"])
    shown = [(heading, kind, read) for heading, kind, read, of in COLUMNS if which in of]
    return Sheet(
        title=_(oversight_words.NAMES[which]),
        about=_("About the table"),
        facts=[
            (_("Place"), place(view, scope)),
            (_("As of (local time)"), _wall(view, scope.now)),
            (_("Rows"), len(items)),
        ],
        headings=[Heading(_(heading), kind) for heading, kind, _read in shown],
        rows=([read(view, each) for _heading, _kind, read in shown] for each in items),
        separator=";" if decimal == "," else ",",
        decimal=decimal,
        date_pattern=date_pattern(view),
    )


def file_names(view: View, which: Which, scope: Scope, ending: str) -> tuple[str, str]:
    """What, where and when: in the viewer's language, and in plain letters."""
    at = view.network.local.to_datetime(scope.now).strftime("%Y-%m-%d %H-%M")
    name = f"{view.catalogue.gettext(oversight_words.NAMES[which])} – {place(view, scope)} – {at}.{ending}"
    return name, f"{which}-{scope.centre or view.network.id}-{at}.{ending}".replace(" ", "_")


def _wall(view: View, moment: float | None) -> datetime | None:
    return None if moment is None else view.network.local.to_datetime(moment).replace(tzinfo=None)


def _number(view: View, item: Item) -> str:
    """That the directive's code names; empty where it names none."""
    code = read_code(item.code)
    return "" if code is None else view.catalogue.gettext(week_words.LABELS[code.key])


COLUMNS: Final[tuple[tuple[str, CellKind, Read, tuple[Which, ...]], ...]] = (
    (message("Code"), "text", lambda _view, item: item.code, WHICH),
    (message("Centre"), "text", lambda view, item: view.name(item.centre), WHICH),
    (message("What is to be done"), "text", lambda _view, item: item.text, ("directives",)),
    (message("Its number"), "text", _number, ("directives",)),
    (message("Category"), "text", lambda _view, item: item.text, ("deficiencies",)),
    (message("About"), "text", oversight_words.text, ("complaints",)),
    (message("Opened"), "moment", lambda view, item: _wall(view, item.opened), WHICH),
    (
        message("Due"),
        "day",
        lambda _view, item: None if item.due is None else date.fromordinal(item.due),
        ("directives", "deficiencies"),
    ),
    (message("Settled"), "moment", lambda view, item: _wall(view, item.closed), WHICH),
    (message("Days late"), "whole", lambda _view, item: item.late, ("directives", "deficiencies")),
    (message("State"), "text", oversight_words.standing, WHICH),
    (message("Found to be"), "text", oversight_words.outcome, ("complaints",)),
)
"""Heading, kind of cell, value, and the tables that have it."""

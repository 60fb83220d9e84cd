"""The rows behind a number as a table to be downloaded: headings and values in the viewer's language, typed cells."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, Final

from dashboard.rows import Column, Kind, Row, Scope, columns
from dashboard.sheet import Cell, CellKind, Heading, Sheet
from layouts import behind_words, metric_words, row_words
from layouts.behind import place
from layouts.tables import date_pattern
from layouts.view import View

_KINDS: Final[dict[Kind, CellKind]] = {
    "moment": "moment",
    "day": "day",
    "seconds": "tenths",
    "days": "tenths",
    "share": "tenths",
    "count": "whole",
}
"""What is not here is text."""


def sheet(view: View, key: str, scope: Scope, rows: Sequence[Row] | None, value: Any, version: str) -> Sheet:
    """The table of a number's rows, None where it cannot be known; ``version`` of the picture, empty when it is not
    known."""
    shown = columns(key, scope)
    decimal = str(view.catalogue.locale.number_symbols["latn"]["decimal"])
    return Sheet(
        title=metric_words.label(view, key),
        about=view.catalogue.gettext("About the number"),
        facts=facts(view, key, scope, value, version, None if rows is None else len(rows)),
        headings=[Heading(row_words.heading(view, each), kind_of(each)) for each in shown],
        rows=cells(view, shown, rows or ()),
        separator=";" if decimal == "," else ",",
        decimal=decimal,
        date_pattern=date_pattern(view),
    )


def facts(view: View, key: str, scope: Scope, value: Any, version: str, count: int | None) -> list[tuple[str, Cell]]:
    """What the table is of: the number, its value, its meaning, the place, the moment."""
    _ = view.catalogue.gettext
    return [
        (_("Number"), metric_words.label(view, key)),
        (_("Value"), metric_words.value_text(view, key, value)),
        (_("Place"), place(view, scope)),
        (_("As of (local time)"), view.network.local.to_datetime(scope.now).replace(tzinfo=None)),
        (_("What it is"), behind_words.definition(view, key)),
        (_("How it is counted"), behind_words.formula(view, key)),
        (_("The norm"), behind_words.norm(view, key)),
        (_("Where it comes from"), behind_words.source(view, key)),
        (_("Rows"), count),
        (_("Version of the picture"), version or _("made again from history")),
    ]


def kind_of(column: Column) -> CellKind:
    return _KINDS.get(column.kind, "text")


def cells(view: View, shown: Sequence[Column], rows: Sequence[Row]) -> Iterator[list[Cell]]:
    """Typed cells, row by row: moments by the network's wall clock."""
    readers = [_reader(view, column) for column in shown]
    return ([read(row) for read in readers] for row in rows)


def _reader(view: View, column: Column) -> Callable[[Row], Cell]:
    read: Callable[[Row], Any] = row_words.reader(view, column)
    if column.kind == "moment":
        local = view.network.local
        return lambda row: None if (raw := read(row)) is None else local.to_datetime(raw).replace(tzinfo=None)
    if column.kind == "day":
        return lambda row: None if (raw := read(row)) is None else date.fromordinal(raw)
    return read


def file_names(view: View, key: str, scope: Scope, ending: str) -> tuple[str, str]:
    """What, where and when: in the viewer's language, and in plain letters."""
    at = view.network.local.to_datetime(scope.now).strftime("%Y-%m-%d %H-%M-%S")
    where = "-".join(each for each in (scope.centre, scope.branch) if each) or view.network.id
    name = f"{metric_words.label(view, key)} – {place(view, scope)} – {at}.{ending}"
    plain = f"{key} {where} {at}.{ending}".replace(" ", "_")
    return name, plain.encode("ascii", "replace").decode().replace("?", "-")

"""Grids of rows (AG Grid by dash-ag-grid): sorted on raw values, filtered, thousands of rows, in our languages.

A grid's script is heavy and most pages have none: :func:`grid` is put on the page by dashboard/assets/rows-grid.js,
which loads the script first. That script also has the functions that column definitions name (``td…``).
"""

from collections.abc import Sequence
from typing import Any, Final

import dash_ag_grid as dag
import msgspec

from dashboard.rows_base import Column, Kind, Row
from layouts import row_words
from layouts.asked import Asked
from layouts.grid_words import locale_text
from layouts.view import View

FEW_ROWS: Final = 12
"""So many rows stand in full; more are scrolled in a frame."""
MOST_ROWS: Final = 5_000
"""So many of the rows go to the browser, the first: a phone on a poor line waits long for the 18,000 of a network's
month, and nobody reads them there. The files hold all."""
_OF_LINKS: Final = ("_centre", "_branch", "_issued")
"""What a row has beside its columns: the ids of its place, and what tells two tickets of one number apart."""
_SET: Final = {"filter": {"component": "TdSet", "doesFilterPass": {"function": "tdIsChosen"}}}
_TEXT: Final = {
    "filter": "agTextColumnFilter",
    "filterParams": {"filterOptions": ["contains", "equals", "startsWith", "notContains"]},
}
_NUMBER: Final = {
    "type": "rightAligned",
    "filter": "agNumberColumnFilter",
    "filterParams": {"filterOptions": ["greaterThanOrEqual", "lessThanOrEqual", "inRange", "equals", "blank"]},
}
_DATES: Final = ["greaterThan", "lessThan", "inRange", "blank"]
_TENTHS: Final = _NUMBER | {"valueFormatter": {"function": "tdNumber(params, 1)"}}
_DEFINITIONS: Final[dict[Kind, dict[str, Any]]] = {
    "centre": _SET | {"cellRenderer": "TdLink"},
    "branch": _SET | {"cellRenderer": "TdLink"},
    "ticket": _TEXT | {"cellRenderer": "TdLink"},
    "document": _TEXT | {"cellRenderer": "TdLink"},
    "window": _TEXT,
    "code": _TEXT,
    "service": _SET,
    "party": _SET,
    "parties": _TEXT,
    "word": _SET,
    "flag": _SET,
    "moment": {
        "filter": "agDateColumnFilter",
        "filterParams": {"filterOptions": _DATES, "includeTime": True},
        "filterValueGetter": {"function": "tdMomentDate(params)"},
        "valueFormatter": {"function": "tdMoment(params)"},
    },
    "day": {
        "filter": "agDateColumnFilter",
        "filterParams": {"filterOptions": [*_DATES, "equals"]},
        "filterValueGetter": {"function": "tdDayDate(params)"},
        "valueFormatter": {"function": "tdDay(params)"},
    },
    "seconds": _TENTHS,
    "days": _TENTHS,
    "share": _TENTHS,
    "count": _NUMBER | {"valueFormatter": {"function": "tdNumber(params, 0)"}},
}
_NAMED: Final[tuple[Kind, ...]] = ("centre", "branch", "service", "party", "word", "flag")
"""Columns of few values."""
_MEASURED: Final[tuple[Kind, ...]] = ("moment", "day", "seconds", "days", "share", "count")
"""Sorted alike by the core, which gives the order, and by the grid; words the grid sorts as they are read."""
_THEME: Final = (
    "themeQuartz.withParams({fontFamily: 'inherit', fontSize: 15, backgroundColor: 'var(--tile)', "
    "foregroundColor: 'var(--text)', headerBackgroundColor: 'var(--tile)', headerTextColor: 'var(--soft)', "
    "headerFontWeight: 500, borderColor: 'var(--line)', accentColor: 'var(--ok-ink)', "
    "rowHoverColor: 'var(--changed)', chromeBackgroundColor: 'var(--tile)', oddRowBackgroundColor: 'var(--tile)', "
    "menuBackgroundColor: 'var(--tile)', inputBackgroundColor: 'var(--page)', wrapperBorderRadius: 8, "
    "cellHorizontalPadding: 12, rowHeight: 40})"
)
"""The colours are the page's own, so that night and day need no theme each."""


def grid(
    view: View,
    asked: Asked,
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    table_id: str,
    worst: Sequence[str] = (),
) -> dict[str, Any]:
    """A grid of rows as the script puts it on the page: the component, and its rows packed.

    Rows stay in the order that they come in; ``worst`` says by which attributes that is
    (:class:`dashboard.rows_base.Behind`). Tickets, documents, centres and branches are links that keep the thread of
    ``asked``. Of more than :data:`MOST_ROWS` the first are there, and the grid still counts all.
    """
    held = rows[:MOST_ROWS]
    component = dag.AgGrid(
        id=table_id,
        columnDefs=[definition(view, column, worst) for column in columns],
        defaultColDef={
            "sortable": True,
            "resizable": True,
            "suppressHeaderMenuButton": True,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
            "minWidth": 88,
            "maxWidth": 340,
        },
        columnSize="autoSize",
        dashGridOptions=options(view, asked, columns, held, len(rows)),
        eventListeners={"modelUpdated": ["tdCount(params)"], "cellKeyDown": ["tdKey(params)"]},
        className="rows-grid",
        style={"height": None if len(rows) <= FEW_ROWS else "clamp(20em, 65vh, 48em)", "width": "100%"},
    )
    return {"grid": component.to_plotly_json(), **packed(view, columns, held)}


def definition(view: View, column: Column, worst: Sequence[str] = ()) -> dict[str, Any]:
    """One column's definition."""
    found = {
        "field": column.key,
        "headerName": row_words.heading(view, column),
        "comparator": {"function": "tdCompare"},
        "cellDataType": False,
        **_DEFINITIONS[column.kind],
    }
    if worst and column.key == worst[0].removeprefix("-") and column.kind in _MEASURED:
        found["sort"] = "desc" if worst[0].startswith("-") else "asc"
    return found


def options(view: View, asked: Asked, columns: Sequence[Column], rows: Sequence[Row], count: int) -> dict[str, Any]:
    """What goes to AG Grid as it is; ``count`` is of all rows, of which ``rows`` are there."""
    return {
        "theme": {"function": _THEME},
        "localeText": locale_text(view.catalogue),
        "context": {"count": count, **context(view, asked, columns, rows)},
        "domLayout": "autoHeight" if len(rows) <= FEW_ROWS else "normal",
        "enableFilterHandlers": True,
        "ensureDomOrder": True,
        "suppressColumnVirtualisation": True,  # its width is known then, and a reader of the screen finds each column
        "suppressMovableColumns": True,
        "enableCellTextSelection": True,
        "accentedSort": True,
        "multiSortKey": "ctrl",
        "animateRows": False,
    }


def context(view: View, asked: Asked, columns: Sequence[Column], rows: Sequence[Row]) -> dict[str, Any]:
    """What the script's functions need: the language's signs, the zone's offsets, the addresses of links."""
    symbols = view.catalogue.locale.number_symbols["latn"]
    return {
        "group": symbols["group"],
        "decimal": symbols["decimal"],
        "day": date_pattern(view),
        "now": view.now,
        "offsets": _offsets(view, columns, rows),
        "links": {
            "centre": asked.centre_href("{centre}"),
            "branch": asked.branch_href("{centre}", "{branch}"),
            "ticket": asked.ticket_href("{centre}", "{branch}", "{ticket}"),
            "document": asked.document_href("{document}"),
        },
        "words": {
            "unknown": view.catalogue.gettext("unknown"),
            "all": view.catalogue.gettext("All"),
            "shown": view.catalogue.gettext("Rows shown: {n} of {all}"),
            "failed": view.catalogue.gettext("The table did not come. The files hold the same rows."),
        },
    }


def date_pattern(view: View) -> str:
    """The language's short date, of ``dd``, ``MM`` and ``y``."""
    return str(view.catalogue.locale.datetime_skeletons["yMd"])


def packed(view: View, columns: Sequence[Column], rows: Sequence[Row]) -> dict[str, Any]:
    """Rows as JSON: raw numbers, texts in the viewer's language, then what links need.

    A row is a list of ``fields``; in a field of ``words`` its value is a place in that list of texts, which come again
    and again.
    """
    readers = [row_words.reader(view, column) for column in columns]
    readers += [lambda row: row.centre, lambda row: row.branch, lambda row: getattr(row, "issued", None)]
    fields = [*(column.key for column in columns), *_OF_LINKS]
    named = {column.key for column in columns if column.kind in _NAMED} | {"_centre", "_branch"}
    places: dict[str, dict[Any, int]] = {field: {} for field in fields if field in named}
    cells = [
        [
            value if (known := places.get(field)) is None else known.setdefault(value, len(known))
            for field, value in zip(fields, (read(row) for read in readers), strict=True)
        ]
        for row in rows
    ]
    return {
        "fields": fields,
        "words": {field: list(known) for field, known in places.items()},
        "rows": msgspec.json.encode(cells).decode(),
    }


def _offsets(view: View, columns: Sequence[Column], rows: Sequence[Row]) -> list[tuple[float, int]]:
    names = [column.key for column in columns if column.kind == "moment"]
    moments = [each for row in rows for name in names if (each := getattr(row, name)) is not None]
    moments.append(view.now)
    return view.network.local.offsets(min(moments), max(moments))

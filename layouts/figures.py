"""Every figure of the desk pages: pure functions from plain data to Plotly figures, and :func:`graph` to show one.

Each takes the view first (language, theme, time zone) and gives a ``plotly.graph_objects.Figure``. None is a gap,
never 0. Times are epoch seconds and are drawn as the network's wall clock; days are ordinals.
"""

from typing import Any, Final

from dash import dcc, html

from layouts.figure_days import by_day, days_distribution, forecast, joiners_and_leavers
from layouts.figure_hours import arrivals_and_served, day_against_usual, hour_of_week
from layouts.figure_rows import ranked_bars, reasons, stages
from layouts.figure_scatter import turnover_against_load
from layouts.figure_staff import spread, survival
from layouts.figure_text import plotly_locale
from layouts.figure_timeline import timeline
from layouts.view import View

__all__ = [
    "arrivals_and_served",
    "by_day",
    "day_against_usual",
    "days_distribution",
    "forecast",
    "graph",
    "hour_of_week",
    "joiners_and_leavers",
    "ranked_bars",
    "reasons",
    "spread",
    "stages",
    "survival",
    "timeline",
    "turnover_against_load",
]

_BUTTONS: Final = [["resetScale2d", "toImage"]]
_BUTTONS_NO_ZOOM: Final = [["toImage"]]


def graph(
    view: View,
    figure: Any,
    *,
    label: str,
    id: str | None = None,  # noqa: A002 - Dash's own name for it
    height: int | None = None,
) -> html.Figure:
    """A figure on a page: named ``label`` for who cannot see it, with its data as a hidden table when it is small.

    ``height`` is px, the figure's own by default; the width is what the page gives. The Plotly graph inside has the
    ``id``.
    """
    drawn = figure.to_plotly_json()
    layout = drawn["layout"]
    table = layout.pop("meta", None)
    tall = height or layout.pop("height", 300)
    layout.pop("height", None)
    zooms = layout.get("dragmode") == "zoom"
    config = {
        "displaylogo": False,
        "displayModeBar": "hover",
        "modeBarButtons": _BUTTONS if zooms else _BUTTONS_NO_ZOOM,
        "toImageButtonOptions": {"format": "png", "scale": 2, "filename": f"ten-days-{id or 'figure'}"},
        "doubleClick": "reset",
        "showTips": False,
        "responsive": True,
        "locale": view.catalogue.language,
        "locales": {view.catalogue.language: plotly_locale(view.catalogue)},
    }
    named = {"id": id} if id else {}
    shown = dcc.Graph(figure=drawn, config=config, responsive=True, style={"height": f"{tall}px"}, **named)
    parts: list[Any] = [html.Div(shown)]
    if table:
        parts.append(html.Div(_table(table, label), className="aside-only"))
    return html.Figure(parts, className="figure", **{"aria-label": label})


def _table(table: dict[str, Any], label: str) -> html.Table:
    return html.Table(
        [
            html.Caption(label),
            html.Thead(html.Tr([html.Th(head, scope="col") for head in table["head"]])),
            html.Tbody(
                [html.Tr([html.Th(row[0], scope="row"), *(html.Td(cell) for cell in row[1:])]) for row in table["rows"]]
            ),
        ]
    )

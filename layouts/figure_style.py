"""How every figure looks: colours, one quiet template by night and one by day, hatching, shapes of levels.

Colours are those of dashboard/assets/base.css (a test holds the two to each other); series are Okabe and Ito's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

import plotly.graph_objects as go

from layouts.view import View

FONT: Final = "Golos, system-ui, sans-serif"
TEXT_ONLY: Final = "%{text}<extra></extra>"
"""The hover template of traces whose ``text`` is what is said of a point: no text from outside is in a template."""
HOVER_ONLY: Final = "%{hovertext}<extra></extra>"
"""The same for traces whose ``text`` is written beside the point."""
Table = tuple[Sequence[str], Sequence[Sequence[str]]]
Mark = tuple[dict[str, Any], dict[str, Any] | None]
"""A line across a figure and its name: a shape and an annotation."""


@dataclass(frozen=True)
class Palette:
    """One theme's colours; the first twelve are base.css's, under the same names."""

    page: str
    tile: str
    line: str
    text: str
    soft: str
    faint: str
    quiet: str
    ok: str
    watch: str
    act: str
    watch_ink: str
    act_ink: str
    pen: str
    """Lines and dots of what the figure is about: blue by day, sky blue by night."""
    bar: str
    """Bars of the same: blue, whose area by night would glare in sky blue."""
    second: str
    """Another series: bluish green."""
    third: str
    """A third one, or what goes the other way: vermilion by day, orange by night."""
    scale: tuple[str, ...]
    """From little to much, in even steps of lightness."""


PALETTES: Final[Mapping[str, Palette]] = {
    "night": Palette(
        page="#0a101a", tile="#131c29", line="#24303f", text="#eef3f9", soft="#a9b8c9", faint="#8595a8",
        quiet="#56667a", ok="#0072b2", watch="#e69f00", act="#d55e00", watch_ink="#f2b632", act_ink="#ff9552",
        pen="#56b4e9", bar="#0072b2", second="#009e73", third="#e69f00",
        scale=("#173963", "#14568f", "#0b75b6", "#1895d7", "#41b5f0", "#7fd6fe", "#d0f1fe"),
    ),
    "day": Palette(
        page="#e9edf2", tile="#ffffff", line="#cfd7e0", text="#111b28", soft="#465567", faint="#5b6878",
        quiet="#788696", ok="#0072b2", watch="#e69f00", act="#d55e00", watch_ink="#7d5500", act_ink="#a84400",
        pen="#0072b2", bar="#0072b2", second="#009e73", third="#d55e00",
        scale=("#d5f2ff", "#8ad8fe", "#47baf6", "#239add", "#177bbd", "#1d5d96", "#1e406b"),
    ),
}  # fmt: skip


def palette(view: View) -> Palette:
    return PALETTES[view.shown_theme]


@cache
def template(theme: Literal["day", "night"]) -> Any:
    """What all figures of a theme have in common. Nothing zooms unless a figure says so."""
    colours = PALETTES[theme]
    axis = {
        "automargin": True,
        "fixedrange": True,
        "zeroline": False,
        "gridcolor": colours.line,
        "linecolor": colours.line,
        "tickcolor": colours.line,
        "tickangle": 0,
        "title": {"standoff": 8, "font": {"size": 12}},
    }
    spike = {"spikecolor": colours.faint, "spikethickness": 1, "spikedash": "solid"}
    clear = "rgba(0,0,0,0)"
    layout = {
        "font": {"family": FONT, "size": 13, "color": colours.soft},
        "paper_bgcolor": colours.tile,
        "plot_bgcolor": colours.tile,
        "margin": {"l": 12, "r": 16, "t": 16, "b": 8, "pad": 4},
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": colours.page,
            "bordercolor": colours.quiet,
            "font": {"family": FONT, "size": 13, "color": colours.text},
            "align": "left",
        },
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1.02,
            "yanchor": "bottom",
            "itemclick": False,
            "itemdoubleclick": False,
            "bgcolor": clear,
            "traceorder": "normal",
        },
        "modebar": {"bgcolor": clear, "color": colours.faint, "activecolor": colours.text},
        "dragmode": False,
        "bargap": 0.25,
        "bargroupgap": 0.08,
        "xaxis": axis | {"showgrid": False, "ticks": "outside", "ticklen": 4} | spike,
        "yaxis": axis | {"showgrid": True},
    }
    return go.layout.Template(layout=layout)


def drawing(
    view: View,
    traces: Sequence[Mapping[str, Any]],
    *,
    height: int,
    table: Table | None = None,
    marks: Sequence[Mark] = (),
    annotations: Sequence[Mapping[str, Any]] = (),
    **layout: Any,
) -> Any:
    """A figure of these traces, ``height`` px tall.

    ``table`` (head, rows) is its data as text for :func:`layouts.figures.graph`, which shows it to who cannot see the
    figure; ``marks`` are lines across with their names. A figure in which nothing is known says so.
    """
    if not any(map(_has_data, traces)):
        marks, annotations = (), [_nothing(view)]
    symbols = view.catalogue.locale.number_symbols["latn"]
    common: dict[str, Any] = {
        "template": template(view.shown_theme),
        "height": height,
        "uirevision": "kept",
        "separators": f"{symbols['decimal']}{symbols['group']}",
        "showlegend": False,
        "shapes": [shape for shape, _name in marks],
        "annotations": [*annotations, *(name for _shape, name in marks if name)],
    }
    if table:
        common["meta"] = {"head": list(table[0]), "rows": [list(row) for row in table[1]]}
    return go.Figure(data=[dict(trace) for trace in traces], layout=common | layout)


def _has_data(trace: Mapping[str, Any]) -> bool:
    if trace.get("mode") == "text":
        return False
    values = trace["x"] if trace.get("orientation") == "h" else trace["y"]
    rows = trace.get("z", [values])
    return any(value is not None for row in rows for value in row)


def _nothing(view: View) -> dict[str, Any]:
    place = {"x": 0.5, "xref": "paper", "y": 0.5, "yref": "paper"}
    return {"text": view.catalogue.gettext("no data"), "showarrow": False, "font": {"size": 15}, **place}


def bars(
    x: Sequence[Any], y: Sequence[Any], told: Sequence[str], name: str, colour: Any, **more: Any
) -> dict[str, Any]:
    """A trace of bars, of each of which ``told`` (clean text) is said when it is pointed at."""
    trace = {"type": "bar", "x": list(x), "y": list(y), "name": name, "marker": {"color": colour}, "text": list(told)}
    return trace | {"textposition": "none", "hovertemplate": TEXT_ONLY} | more


def line(x: Sequence[Any], y: Sequence[Any], told: Sequence[str], name: str, pen: Any, **more: Any) -> dict[str, Any]:
    """A trace of a line with gaps where y is None; ``pen`` is Plotly's ``line``."""
    trace = {"type": "scatter", "mode": "lines", "x": list(x), "y": list(y), "name": name, "line": pen}
    return trace | {"text": list(told), "hovertemplate": TEXT_ONLY} | more


def band(
    colours: Palette, x: Sequence[Any], low: Sequence[Any], high: Sequence[Any], **more: Any
) -> list[dict[str, Any]]:
    """Two traces without lines and the ground between them."""
    edge = {"type": "scatter", "mode": "lines", "x": list(x), "hoverinfo": "skip", "line": {"width": 0}}
    edge["line"] |= more.pop("line", {})
    ground = {"fill": "tonexty", "fillcolor": colours.line, "y": list(low)} | more
    return [{**edge, "y": list(high), "showlegend": False}, {**edge, **ground}]


def hatch(colours: Palette, shape: str | Sequence[str] = "/") -> dict[str, Any]:
    """Hatching in the ground's colour over a bar's own, so that it is told by more than its colour."""
    return {"shape": shape, "fillmode": "overlay", "fgcolor": colours.tile, "size": 6, "solidity": 0.22}


def symbol(mark: str) -> str:
    """A level's shape, as on the wall: a triangle for watch, a square on its corner for act, else a disc."""
    return {"watch": "triangle-up", "act": "diamond"}.get(mark, "circle")


def mark_colour(colours: Palette, mark: str) -> str:
    """A level's colour for a bar; anything else has the figure's own."""
    return {"watch": colours.watch, "act": colours.act}.get(mark, colours.bar)

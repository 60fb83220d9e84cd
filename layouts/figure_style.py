"""How every figure looks: one quiet template by night and one by day, and the axes that figures share.

Colours are those of dashboard/assets/base.css (a test holds the two to each other); series are Okabe and Ito's. An
axis that counts from zero is never zoomed, so that a bar's length stays its value.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import floor, log10
from typing import Any, Final

import plotly.graph_objects as go

from layouts.figure_text import amount, clean, number, wrap
from layouts.view import View

FONT: Final = "Golos, system-ui, sans-serif"
LABEL_WIDTH: Final = 44
"""Characters on a line of a label that still fits a phone of 390 px."""
_TICKS: Final = 4
_SHORT_UNIT: Final = 6
_NARROW_TEXT: Final = 13


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
    main: str
    """Series 1: what the figure is about (blue, or sky blue by night)."""
    second: str
    """Series 2 (bluish green)."""
    third: str
    """Series 3 (vermilion by day, orange by night)."""
    scale: tuple[str, ...]
    """A sequential scale of even steps of lightness, from little to much."""


PALETTES: Final[Mapping[str, Palette]] = {
    "night": Palette(
        page="#0a101a", tile="#131c29", line="#24303f", text="#eef3f9", soft="#a9b8c9", faint="#8595a8",
        quiet="#56667a", ok="#0072b2", watch="#e69f00", act="#d55e00", watch_ink="#f2b632", act_ink="#ff9552",
        main="#56b4e9", second="#009e73", third="#e69f00",
        scale=("#22344d", "#2a5075", "#366d9b", "#4c8bbd", "#6ca9d8", "#95c6ea", "#c4e2f7"),
    ),
    "day": Palette(
        page="#e9edf2", tile="#ffffff", line="#cfd7e0", text="#111b28", soft="#465567", faint="#5b6878",
        quiet="#788696", ok="#0072b2", watch="#e69f00", act="#d55e00", watch_ink="#7d5500", act_ink="#a84400",
        main="#0072b2", second="#009e73", third="#d55e00",
        scale=("#dcebf7", "#b3d3ea", "#86b9dc", "#569ecb", "#2a81b5", "#0e6394", "#074670"),
    ),
}  # fmt: skip


def palette(view: View) -> Palette:
    return PALETTES[view.shown_theme]


@cache
def template(theme: str) -> go.layout.Template:
    """What all figures of a theme have in common."""
    colours = PALETTES[theme]
    axis = {
        "automargin": True,
        "fixedrange": True,
        "zeroline": False,
        "gridcolor": colours.line,
        "linecolor": colours.line,
        "tickcolor": colours.line,
        "title": {"standoff": 8, "font": {"size": _NARROW_TEXT}},
    }
    layout = {
        "font": {"family": FONT, "size": 13, "color": colours.soft},
        "paper_bgcolor": colours.tile,
        "plot_bgcolor": colours.tile,
        "margin": {"l": 8, "r": 16, "t": 16, "b": 8, "pad": 4},
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": colours.page,
            "bordercolor": colours.quiet,
            "font": {"family": FONT, "size": 13, "color": colours.text},
            "align": "left",
            "namelength": -1,
        },
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1.02,
            "yanchor": "bottom",
            "itemclick": False,
            "itemdoubleclick": False,
            "bgcolor": "rgba(0,0,0,0)",
        },
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": colours.faint, "activecolor": colours.text},
        "dragmode": False,
        "bargap": 0.25,
        "bargroupgap": 0.08,
        "xaxis": axis | {"showgrid": False, "ticks": "outside", "ticklen": 4},
        "yaxis": axis | {"showgrid": True},
    }
    return go.layout.Template(layout=layout)


def drawing(view: View, traces: Sequence[Mapping[str, Any]], *, height: int, table: Any = None, **layout: Any) -> Any:
    """A figure of these traces. ``table`` (head, rows) is its data as text, which :func:`layouts.figures.graph` shows
    to who cannot see the figure."""
    symbols = view.catalogue.locale.number_symbols["latn"]
    common = {
        "template": template(view.shown_theme),
        "height": height,
        "uirevision": "kept",
        "separators": f"{symbols['decimal']}{symbols['group']}",
        "showlegend": False,
    }
    if table:
        common["meta"] = {"head": list(table[0]), "rows": [list(row) for row in table[1]]}
    return go.Figure(data=[dict(trace) for trace in traces], layout=common | layout)


def step_of(top: float, whole: bool) -> float:
    """The distance of ticks, 1, 2 or 5 times a power of ten, that makes about four of them up to ``top``."""
    rough = top / _TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= rough * 0.999)
    return max(1.0, step) if whole else step


def value_axis(view: View, values: Iterable[float | None], unit: str, *, room: float = 1.08) -> dict[str, Any]:
    """An axis from zero with ticks in the language's own numbers; a short unit stands at the topmost one.

    ``unit`` "%" means that the values are shares (0 to 1).
    """
    known = [each for each in values if each is not None]
    top = max([each for each in known if each > 0], default=1.0)
    step = step_of(top, unit != "%" and all(float(each).is_integer() for each in known))
    ticks = [round(step * place, 10) for place in range(int(top * room / step + 1e-9) + 1)]
    texts = [amount(view, each, "%") if unit == "%" else number(view, each) for each in ticks]
    axis: dict[str, Any] = {"range": [0, top * room], "tickvals": ticks, "ticktext": texts}
    if unit == "%":
        return axis
    if len(unit) <= _SHORT_UNIT:
        texts[-1] = f"{texts[-1]} {clean(unit)}"
    else:
        axis["title"] = {"text": clean(unit)}
    return axis


def norm_line(view: View, at: float, *, unit: str, across: str = "x") -> dict[str, Any]:
    """A dashed line at the norm, with its name on it: over all x (``across`` "x") or over all y."""
    colours = palette(view)
    text = view.catalogue.gettext("norm {norm}", norm=amount(view, at, unit))
    ends = {"x0": 0, "x1": 1, "xref": "x domain", "y0": at, "y1": at}
    if across == "y":
        ends = {"y0": 0, "y1": 1, "yref": "y domain", "x0": at, "x1": at}
    place = {"textposition": "end", "yanchor": "bottom"} if across == "x" else {"textposition": "end", "textangle": 0}
    return {
        "type": "line",
        **ends,
        "line": {"color": colours.faint, "width": 1, "dash": "dash"},
        "label": {"text": text, "font": {"color": colours.soft, "size": 12}, "padding": 2, **place},
    }


def now_line(view: View, at: Any, text: str = "") -> dict[str, Any]:
    """A thin line at the present moment (``at`` on the x axis)."""
    colours = palette(view)
    label = {
        "label": {
            "text": clean(text),
            "textposition": "end",
            "textangle": 0,
            "xanchor": "right",
            "yanchor": "top",
            "font": {"color": colours.text, "size": 12},
            "padding": 3,
        }
    }
    return {
        "type": "line",
        "x0": at,
        "x1": at,
        "y0": 0,
        "y1": 1,
        "yref": "y domain",
        "line": {"color": colours.text, "width": 1},
        **(label if text else {}),
    }


def symbol(mark: str) -> str:
    """A level's shape, as on the wall: a triangle for watch, a square on its corner for act, else a disc."""
    return {"watch": "triangle-up", "act": "diamond"}.get(mark, "circle")


def mark_colour(colours: Palette, mark: str) -> str:
    """A level's colour; anything else is the figure's own."""
    return {"watch": colours.watch, "act": colours.act}.get(mark, colours.main)


# Horizontal bars with their label above them, which fits a phone as well as a desk.


def label_rows(view: View, labels: Sequence[str]) -> tuple[list[str], int, float]:
    """Labels broken into lines, the height of a row in px, and the bar's thickness as a share of it."""
    lines = [wrap(label, LABEL_WIDTH) for label in labels]
    pitch = 40 + 16 * (max([each.count("<br>") for each in lines], default=0))
    return lines, pitch, 14 / pitch


def label_trace(view: View, lines: Sequence[str], thickness: float) -> dict[str, Any]:
    """The labels, each over the left end of its bar (rows are counted downwards from 0)."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": [0] * len(lines),
        "y": [place - thickness / 2 for place in range(len(lines))],
        "text": list(lines),
        "textposition": "top right",
        "textfont": {"color": palette(view).text, "size": 13},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def row_axis(count: int) -> dict[str, Any]:
    """The axis of rows: the first on top, neither ticks nor grid."""
    return {"range": [count - 0.6, -0.85], "showgrid": False, "showticklabels": False, "ticks": ""}

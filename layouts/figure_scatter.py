"""Turnover against load: one dot a branch, with as many names as lie on nothing."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from layouts.figure_axes import norm_mark, value_axis
from layouts.figure_style import HOVER_ONLY, drawing, palette, symbol
from layouts.figure_text import clean, number, wrap
from layouts.view import View

NARROW: Final = (280.0, 260.0)
"""Width and height in px of the plot on a phone."""
WIDE: Final = (540.0, 260.0)
"""The same on a desk. Names are laid out for both, and assets/figures.css shows the one or the other."""
_LETTER, _LINE, _LABEL = 6.6, 15, 15
"""A letter's and a line's size in px, and how many letters a line of a label has."""
_SIDES: Final = "top center,bottom center,middle right,middle left,top right,top left,bottom right,bottom left".split(
    ","
)
_LEVELS: Final = ("ok", "watch", "act")
Box = tuple[float, float, float, float]
"""Left, low, right, high."""


def turnover_against_load(
    view: View, points: Sequence[tuple[str, float | None, float | None, int | None, str | None]]
) -> Any:
    """One dot a branch (label, load, turnover, headcount, href or None): shares, and dots whose area is the headcount.

    The norms are lines; a dot beyond one of them is a triangle, beyond both a square on its corner. The latter are
    named first, and as many others as there is room for, more on a desk than on a phone. ``href`` is the dot's
    ``customdata``. A branch of which either share is unknown has no dot.
    """
    _, colours, norms = view.catalogue.gettext, palette(view), view.network.norms
    shown = [
        (name, load, rate, n, href) for name, load, rate, n, href in points if load is not None and rate is not None
    ]
    loads, rates = [each[1] for each in shown], [each[2] for each in shown]
    across = value_axis(view, [*loads, norms.occupancy], "%", zero=False, room=1.1)
    up = value_axis(view, [*rates, norms.turnover], "%", room=1.15)
    levels = [
        "ok watch act".split()[(a > norms.occupancy) + (b > norms.turnover)] for a, b in zip(loads, rates, strict=True)
    ]
    sizes = [7 + 2.0 * (each[3] or 0) ** 0.5 for each in shown]
    fills = {"ok": colours.pen, "watch": colours.watch, "act": colours.act}
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": loads,
        "y": rates,
        "marker": {
            "size": sizes,
            "color": [fills[level] for level in levels],
            "symbol": [symbol(level) for level in levels],
            "line": {"color": colours.tile, "width": 1},
            "opacity": 0.9,
        },
        "customdata": [each[4] for each in shown],
        "hovertext": [_dot_text(view, *each[:4]) for each in shown],
        "hovertemplate": HOVER_ONLY,
        "cliponaxis": False,
    }
    names = [each[0] for each in shown]
    spots = [(_share(a, across["range"]), _share(b, up["range"])) for a, b in zip(loads, rates, strict=True)]
    lines = _share(norms.occupancy, across["range"]), _share(norms.turnover, up["range"])
    urgent = [_LEVELS.index(level) for level in levels]
    texts = [
        _names(view, names, loads, rates, sizes, placed(names, spots, sizes, urgent, room, lines)) | {"uid": uid}
        for uid, room in (("narrow", NARROW), ("wide", WIDE))
    ]
    percent, head = view.catalogue.percent, [_("Name"), _("Load"), _("Turnover"), _("Headcount")]
    return drawing(
        view,
        [dots, *texts],
        height=380,
        table=(head, [[name, percent(a), percent(b), number(view, count)] for name, a, b, count, _href in points]),
        marks=[
            norm_mark(view, norms.turnover, unit="%"),
            norm_mark(view, norms.occupancy, unit="%", across="y"),
        ],
        margin={"t": 34, "r": 28},
        xaxis=across | {"title": {"text": _("load of operators")}, "showgrid": True},
        yaxis=up | {"title": {"text": _("turnover, 12 months")}},
    )


def _names(
    view: View,
    names: Sequence[str],
    x: Sequence[float],
    y: Sequence[float],
    sizes: Sequence[float],
    sides: Sequence[str | None],
) -> dict[str, Any]:
    """A trace of the names that have a side to stand on. Its unseen dots keep them off those that are seen."""
    places = [place for place, side in enumerate(sides) if side]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "marker": {"size": [sizes[place] for place in places], "opacity": 0},
        "x": [x[place] for place in places],
        "y": [y[place] for place in places],
        "text": [wrap(names[place], _LABEL) for place in places],
        "textposition": [sides[place] for place in places],
        "textfont": {"color": palette(view).text, "size": 12},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def placed(
    names: Sequence[str],
    spots: Sequence[tuple[float, float]],
    sizes: Sequence[float],
    urgent: Sequence[int],
    room: tuple[float, float] = NARROW,
    norms: tuple[float, float] | None = None,
) -> list[str | None]:
    """On which side of its dot each name stands, so that none lies on another, on a dot or on the norms; None for one
    without room. ``spots`` and ``norms`` are shares of the width and height of ``room``.

    The most ``urgent`` are placed first; those of 2 lie on a norm, and at the worst on a dot, before they are left
    out.
    """
    at = [(x * room[0], y * room[1]) for x, y in spots]
    dots = [_around(x, y, size) for (x, y), size in zip(at, sizes, strict=True)]
    lines = _lines(room, *norms) if norms else []
    found: list[str | None] = [None] * len(names)
    taken: list[Box] = []
    for place in sorted(range(len(names)), key=lambda each: -urgent[each]):
        boxes = _boxes(*at[place], sizes[place], names[place])
        inside = {side: box for side, box in boxes.items() if _within(box, room)}
        ways = [[*taken, *dots, *lines], [*taken, *dots], taken] if urgent[place] > 1 else [[*taken, *dots, *lines]]
        found[place] = next((side for way in ways if (side := _free(inside, way))), None)
        if side := found[place]:
            taken.append(inside[side])
    return found


def _free(boxes: Mapping[str, Box], taken: Iterable[Box]) -> str | None:
    others = list(taken)
    return next((side for side, box in boxes.items() if not any(_overlap(box, each) for each in others)), None)


def _boxes(x: float, y: float, size: float, name: str) -> dict[str, Box]:
    """Where a name would lie on each side of its dot."""
    lines = textwrap.wrap(name, _LABEL)
    long, tall, gap = _LETTER * max(map(len, lines), default=0), _LINE * len(lines), size / 2 + 2
    across = {
        "center": (x - long / 2, x + long / 2),
        "right": (x + gap, x + gap + long),
        "left": (x - gap - long, x - gap),
    }
    up = {"top": (y + gap, y + gap + tall), "bottom": (y - gap - tall, y - gap), "middle": (y - tall / 2, y + tall / 2)}
    sides = "top center,bottom center,middle right,middle left,top right,top left,bottom right,bottom left".split(",")
    spans = {side: (up[side.split()[0]], across[side.split()[1]]) for side in sides}
    return {side: (left, low, right, high) for side, ((low, high), (left, right)) in spans.items()}


def _lines(room: tuple[float, float], x: float, y: float) -> list[Box]:
    """Both norms' lines, and the name of the one across at its right end."""
    (width, height), half = room, 1.5
    name = (width - 90, y * height, width, y * height + 18)
    return [(0, y * height - half, width, y * height + half), (x * width - half, 0, x * width + half, height), name]


def _around(x: float, y: float, size: float) -> Box:
    return x - size / 2, y - size / 2, x + size / 2, y + size / 2


def _within(box: Box, room: tuple[float, float]) -> bool:
    return min(box) >= 0 and box[2] <= room[0] and box[3] <= room[1]


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _share(value: float, reach: Sequence[float]) -> float:
    return (value - reach[0]) / (reach[1] - reach[0])


def _dot_text(view: View, label: str, load: float, rate: float, headcount: int | None) -> str:
    _, percent = view.catalogue.gettext, view.catalogue.percent
    parts = [_("load {share}", share=percent(load)), _("turnover {share}", share=percent(rate))]
    return "<br>".join([f"<b>{clean(label)}</b>", *parts, _("headcount {n}", n=number(view, headcount))])

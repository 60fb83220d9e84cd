"""Figures of people and places: spread of operators, length of service, turnover against load."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final

from layouts.figure_axes import norm_mark, upright, value_axis
from layouts.figure_style import HOVER_ONLY, Mark, band, drawing, line, palette, symbol
from layouts.figure_text import amount, clean, number, wrap
from layouts.view import View

_COLUMNS: Final = 32
"""A strip is divided into so many columns; dots of a column are stacked."""
_NARROW: Final = (280.0, 260.0)
"""Width and height in px that labels of a scatter are laid out for: those of a phone."""
_LETTER, _LINE, _LABEL = 6.8, 15, 15
"""A letter's and a line's size in px, and how many letters a line has."""
_URGENT: Final = 2
_TABLE_MOST: Final = 40
Box = tuple[float, float, float, float]


def spread(
    view: View, points: Sequence[tuple[str, float | None]], *, unit: str, median: float | None, norm: float | None
) -> Any:
    """One dot each (label, value), near ones stacked, with the median and the norm; the least and the most are named.

    The axis need not begin at zero: what is told is how far apart they are.
    """
    _, colours = view.catalogue.gettext, palette(view)
    known = sorted(((value, label) for label, value in points if value is not None), key=lambda each: each[0])
    values = [value for value, _label in known]
    axis = value_axis(view, [*values, median, norm], unit if unit == "%" else "", zero=False)
    heights = _stacked(values, *axis["range"])
    ends = {0, len(known) - 1}
    trace = {
        "type": "scatter",
        "mode": "markers+text",
        "x": values,
        "y": heights,
        "marker": {"color": colours.pen, "size": 11, "line": {"color": colours.tile, "width": 1}},
        "text": [clean(label) if place in ends else "" for place, (_value, label) in enumerate(known)],
        "textposition": "top center",
        "textfont": {"color": colours.text, "size": 12},
        "hovertext": [f"{clean(label)}: {amount(view, value, unit)}" for value, label in known],
        "hovertemplate": HOVER_ONLY,
        "cliponaxis": False,
    }
    return drawing(
        view,
        [trace],
        height=150 + 14 * max(heights, default=0),
        table=([_("Name"), unit], [[label, amount(view, value, unit)] for label, value in points]),
        marks=_median_and_norm(view, median, norm, unit if unit == "%" else ""),
        margin={"t": 34, "l": 24, "r": 24},
        xaxis=axis | {"title": {"text": "" if unit == "%" else clean(unit)}},
        yaxis={"range": [-0.8, max(heights, default=0) + 2.2], "showgrid": False, "showticklabels": False},
    )


def survival(
    view: View,
    steps: Sequence[tuple[float, float, float | None, float | None]],
    at_risk: Sequence[tuple[float, int]] = (),
) -> Any:
    """The share still in service by months since joining: (months, share, low, high), a Kaplan-Meier curve.

    ``at_risk`` are (months, how many are still followed), written under the ticks.
    """
    _, colours, percent = view.catalogue.gettext, palette(view), view.catalogue.percent
    months, shares = [step[0] for step in steps], [step[1] for step in steps]
    spans = ["" if low is None or high is None else f" ({percent(low)}–{percent(high)})" for _m, _s, low, high in steps]
    told = [_("{share} still here", share=percent(share)) + span for share, span in zip(shares, spans, strict=True)]
    stairs = {"shape": "hv"}
    traces = [
        *band(colours, months, [step[2] for step in steps], [step[3] for step in steps], line=stairs),
        line(months, shares, told, _("still here"), {"color": colours.pen, "width": 2.5} | stairs),
    ]
    rows = [[number(view, month), percent(share)] for month, share in zip(months, shares, strict=True)]
    half = next((month for month, share in zip(months, shares, strict=True) if share <= 0.5), None)
    return drawing(
        view,
        traces,
        height=320,
        table=([_("months in service"), _("still here")], rows) if len(rows) <= _TABLE_MOST else None,
        hovermode="x unified",
        marks=[] if half is None else _half(view, half),
        xaxis=_months_axis(view, at_risk) | {"range": [0, max(months, default=12)]},
        yaxis=value_axis(view, [1.0], "%", room=1.02),
    )


def turnover_against_load(
    view: View, points: Sequence[tuple[str, float | None, float | None, int | None, str | None]]
) -> Any:
    """One dot a branch (label, load, turnover, headcount, href or None): shares, and dots whose area is the headcount.

    The norms are lines; a dot beyond one of them is a triangle, beyond both a square on its corner. Labels are those
    of the latter first, as many as do not overlap on a phone. ``href`` is the dot's ``customdata``. A branch of which
    either share is unknown has no dot.
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
    spots = [(_share(a, across["range"]), _share(b, up["range"])) for a, b in zip(loads, rates, strict=True)]
    urgent = ["ok watch act".split().index(level) for level in levels]
    norm_at = _share(norms.occupancy, across["range"]), _share(norms.turnover, up["range"])
    labels, sides = placed([each[0] for each in shown], spots, sizes, urgent, _kept_free(*norm_at))
    fills = {"ok": colours.pen, "watch": colours.watch, "act": colours.act}
    trace = {
        "type": "scatter",
        "mode": "markers+text",
        "x": loads,
        "y": rates,
        "marker": {
            "size": sizes,
            "color": [fills[level] for level in levels],
            "symbol": [symbol(level) for level in levels],
            "line": {"color": colours.tile, "width": 1},
            "opacity": 0.9,
        },
        "text": labels,
        "textposition": sides,
        "textfont": {"color": colours.text, "size": 12},
        "customdata": [each[4] for each in shown],
        "hovertext": [_dot_text(view, *each[:4]) for each in shown],
        "hovertemplate": HOVER_ONLY,
        "cliponaxis": False,
    }
    percent, head = view.catalogue.percent, [_("Name"), _("Load"), _("Turnover"), _("Headcount")]
    return drawing(
        view,
        [trace],
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


def placed(
    labels: Sequence[str],
    spots: Sequence[tuple[float, float]],
    sizes: Sequence[float],
    urgent: Sequence[int],
    free: Sequence[Box] = (),
) -> tuple[list[str], list[str]]:
    """Labels for dots and on which side they stand, so that none lies on another, on a dot or on what is kept
    ``free``; those without room are left empty. ``spots`` are shares of width and height of :data:`_NARROW`; the most
    ``urgent`` (2) are placed first, and on what is kept free before they are left out."""
    width, height = _NARROW
    taken = [
        (x * width - size / 2, y * height - size / 2, x * width + size / 2, y * height + size / 2)
        for (x, y), size in zip(spots, sizes, strict=True)
    ]
    texts, sides = [""] * len(labels), ["top center"] * len(labels)
    for place in sorted(range(len(labels)), key=lambda each: -urgent[each]):
        lines = textwrap.wrap(labels[place], _LABEL) or [""]
        boxes = _boxes(spots[place][0] * width, spots[place][1] * height, sizes[place], lines)
        inside = {side: box for side, box in boxes.items() if min(box) >= 0 and box[2] <= width and box[3] <= height}
        side = _room(inside, [*taken, *free]) or (_room(inside, taken) if urgent[place] == _URGENT else None)
        if side:
            texts[place], sides[place] = wrap(labels[place], _LABEL), side
            taken.append(inside[side])
    return texts, sides


def _room(boxes: Mapping[str, Box], taken: Sequence[Box]) -> str | None:
    return next((side for side, box in boxes.items() if not any(_overlap(box, each) for each in taken)), None)


def _kept_free(x: float, y: float) -> list[Box]:
    """The lines of both norms, and the name of the one across at its right end."""
    (width, height), half = _NARROW, 1.5
    name = (width - 90, y * height, width, y * height + 18)
    return [(0, y * height - half, width, y * height + half), (x * width - half, 0, x * width + half, height), name]


def _boxes(x: float, y: float, size: float, lines: Sequence[str]) -> dict[str, Box]:
    """Where a label of these lines would lie on each side of its dot."""
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


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _share(value: float, reach: Sequence[float]) -> float:
    return (value - reach[0]) / (reach[1] - reach[0])


def _dot_text(view: View, label: str, load: float, rate: float, headcount: int | None) -> str:
    _, percent = view.catalogue.gettext, view.catalogue.percent
    parts = [_("load {share}", share=percent(load)), _("turnover {share}", share=percent(rate))]
    return "<br>".join([f"<b>{clean(label)}</b>", *parts, _("headcount {n}", n=number(view, headcount))])


def _stacked(values: Sequence[float], low: float, high: float) -> list[int]:
    """Each dot's place above the axis: how many stand in its column already."""
    columns: dict[int, int] = {}
    heights = []
    for value in values:
        column = int((value - low) / (high - low) * _COLUMNS)
        heights.append(columns.get(column, 0))
        columns[column] = heights[-1] + 1
    return heights


def _median_and_norm(view: View, median: float | None, norm: float | None, unit: str) -> list[Mark]:
    """Both lines, their names turned away from each other."""
    _, below = view.catalogue.gettext, median is None or norm is None or median < norm
    marks = []
    if median is not None:
        said = _("median {n}", n=amount(view, median, unit))
        marks.append(upright(view, median, said, side="right" if below else "left"))
    if norm is not None:
        said = _("norm {norm}", norm=amount(view, norm, unit))
        marks.append(upright(view, norm, said, dash="dash", side="left" if below else "right"))
    return marks


def _half(view: View, month: float) -> list[Mark]:
    """When half have left: from the axis to the curve and down, said under the curve, where there is room."""
    pen = {"color": palette(view).soft, "width": 1, "dash": "dash"}
    text = view.catalogue.gettext("half have left by month {n}", n=view.catalogue.number(month))
    place = {"x": 0.01, "xref": "x domain", "xanchor": "left", "y": 0.02, "yref": "y domain", "yanchor": "bottom"}
    name = {"text": text, "showarrow": False, "font": {"color": palette(view).text, "size": 12}, **place}
    across = {"type": "line", "x0": 0, "x1": month, "y0": 0.5, "y1": 0.5, "line": pen}
    return [(across, name), ({**across, "x0": month, "y1": 0}, None)]


def _months_axis(view: View, at_risk: Sequence[tuple[float, int]]) -> dict[str, Any]:
    _ = view.catalogue.gettext
    head = {"unifiedhovertitle": {"text": _("{n} months", n="%{x}")}}
    if not at_risk:
        return {"title": {"text": _("months in service")}} | head
    return {
        "tickvals": [month for month, _count in at_risk],
        "ticktext": [f"{number(view, month)}<br>{number(view, count)}" for month, count in at_risk],
        "title": {"text": wrap(_("months in service; below them, people followed that long"), 40)},
    } | head

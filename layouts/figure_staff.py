"""Figures of people: the spread of operators, the length of service."""

from collections.abc import Sequence
from typing import Any, Final

from layouts.figure_axes import upright, value_axis
from layouts.figure_style import HOVER_ONLY, Mark, band, drawing, line, palette
from layouts.figure_text import amount, clean, number, wrap
from layouts.view import View

_COLUMNS: Final = 32
"""A strip is divided into so many columns; dots of a column are stacked."""
_TABLE_MOST: Final = 40


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

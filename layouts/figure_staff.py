"""Figures of staff: spread of operators, length of service, turnover against load; and who did what when."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from layouts.figure_style import (
    Palette,
    drawing,
    label_rows,
    label_trace,
    norm_line,
    now_line,
    palette,
    row_axis,
    value_axis,
)
from layouts.figure_text import TEXT_ONLY, amount, clean, number, short_day_format, wall, wall_of, wrap
from layouts.view import View

_LABELS_BESIDE: Final = 16
"""Lane labels of at most so many characters stand left of the lanes, longer ones above them."""
_STACK: Final = 40
"""A strip is divided into so many columns; dots of a column are stacked."""
_NARROW: Final = (330.0, 260.0)
"""Width and height in px that labels of a scatter are laid out for: those of a phone."""
Segment = tuple[float, float | None, str, str]


def timeline(
    view: View,
    lanes: Sequence[tuple[str, Sequence[Segment]]],
    *,
    kinds: Mapping[str, tuple[str, str]],
    now: float | None,
    hours: tuple[int, int] | None = None,
) -> Any:
    """Who did what from when until when: (lane label, [(since, until or None while it lasts, kind, hover text)]).

    ``kinds`` is {kind: (label, mark)} in the legend's order; ``mark`` is "ok" (blue), "second" (green), "watch"
    (amber, hatched), "act" (vermilion, crossed), "idle" (pale) or "off" (an outline). ``hours`` are the first and the
    last local hour of the axis on the day of ``now``; without them the axis holds what is there. Times are epoch
    seconds.
    """
    labels = [label for label, _segments in lanes]
    beside = all(len(label) <= _LABELS_BESIDE for label in labels)
    lines, pitch, thickness = label_rows(view, labels)
    pitch, thickness = (30, 0.62) if beside else (pitch, thickness)
    end = view.now if now is None else now
    traces = [_lane_bars(view, lanes, kind, kinds[kind], thickness, end) for kind in kinds]
    if not beside:
        traces.append(label_trace(view, lines, thickness) | {"x": [_axis_start(view, lanes, end, hours)] * len(lines)})
    rows = [[label, text or kinds[kind][0]] for label, segments in lanes for _s, _u, kind, text in segments]
    axis = row_axis(len(lanes)) | ({"range": [len(lanes) - 0.5, -0.5]} if beside else {})
    if beside:
        axis |= {
            "showticklabels": True,
            "tickvals": list(range(len(lanes))),
            "ticktext": [clean(each) for each in labels],
        }
    return drawing(
        view,
        traces,
        height=pitch * len(lanes) + 84,
        table=([view.catalogue.gettext("Name"), view.catalogue.gettext("State")], rows) if len(rows) <= 40 else None,
        barmode="overlay",
        dragmode="zoom",
        showlegend=True,
        shapes=[now_line(view, wall(view, now))] if now is not None else [],
        xaxis=_time_axis(view, lanes, end, hours),
        yaxis=axis | {"ticks": ""},
    )


def spread(
    view: View, points: Sequence[tuple[str, float | None]], *, unit: str, median: float | None, norm: float | None
) -> Any:
    """One dot each (label, value) along an axis from zero, equal ones stacked; the least and the most are named."""
    _, colours = view.catalogue.gettext, palette(view)
    known = sorted(((value, label) for label, value in points if value is not None), key=lambda each: each[0])
    values = [value for value, _label in known]
    axis = value_axis(view, [*values, median, norm], "%" if unit == "%" else "")
    heights = _stacked(values, axis["range"][1])
    named = {0, len(known) - 1}
    trace = {
        "type": "scatter",
        "mode": "markers+text",
        "x": values,
        "y": heights,
        "marker": {"color": colours.main, "size": 12, "line": {"color": colours.tile, "width": 1}},
        "text": [clean(label) if place in named else "" for place, (_value, label) in enumerate(known)],
        "textposition": "top center",
        "textfont": {"color": colours.text, "size": 12},
        "hovertext": [f"{clean(label)}: {amount(view, value, unit)}" for value, label in known],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "cliponaxis": False,
    }
    shapes = [norm_line(view, norm, unit=unit, across="y")] if norm is not None else []
    if median is not None:
        shapes.append(now_line(view, median, _("median {n}", n=amount(view, median, unit))))
    return drawing(
        view,
        [trace],
        height=150 + 14 * int(max(heights, default=0)),
        table=([_("Name"), unit], [[label, amount(view, value, unit)] for label, value in points]),
        shapes=shapes,
        margin={"t": 36, "l": 24, "r": 24},
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
    _, colours = view.catalogue.gettext, palette(view)
    months = [step[0] for step in steps]
    band = {"type": "scatter", "mode": "lines", "x": months, "line": {"width": 0, "shape": "hv"}, "hoverinfo": "skip"}
    told = [
        _("{months} months: {share} still here", months=number(view, month), share=view.catalogue.percent(share))
        + ("" if low is None or high is None else f" ({view.catalogue.percent(low)}–{view.catalogue.percent(high)})")
        for month, share, low, high in steps
    ]
    traces = [
        {**band, "y": [step[3] for step in steps]},
        {**band, "y": [step[2] for step in steps], "fill": "tonexty", "fillcolor": colours.line},
        {
            "type": "scatter",
            "mode": "lines",
            "x": months,
            "y": [step[1] for step in steps],
            "line": {"color": colours.main, "width": 2.5, "shape": "hv"},
            "text": told,
            "hovertemplate": TEXT_ONLY,
        },
    ]
    axis: dict[str, Any] = {"title": {"text": _("months in service")}}
    if at_risk:
        axis |= {
            "tickvals": [month for month, _count in at_risk],
            "ticktext": [f"{number(view, month)}<br>{number(view, count)}" for month, count in at_risk],
            "title": {"text": _("months in service; below them, people followed that long")},
        }
    half = next((month for month, share, _low, _high in steps if share <= 0.5), None)
    return drawing(
        view,
        traces,
        height=320,
        table=(
            [_("months in service"), _("still here")],
            [[number(view, s[0]), view.catalogue.percent(s[1])] for s in steps],
        )
        if len(steps) <= 40
        else None,
        hovermode="x",
        shapes=[_half(view, half, colours)] if half is not None else [],
        xaxis=axis | {"range": [0, max(months, default=12)], "showspikes": False},
        yaxis=value_axis(view, [1.0], "%", room=1.02),
    )


def turnover_against_load(
    view: View, points: Sequence[tuple[str, float | None, float | None, int | None, str | None]]
) -> Any:
    """One dot a branch (label, load, turnover, headcount, href or None): shares, and dots whose area is the headcount.

    The norms are lines. Labels are those beyond a norm first, as many as do not overlap on a phone. ``href`` is the
    dot's ``customdata``. A branch of which either share is unknown has no dot.
    """
    _, colours, norms = view.catalogue.gettext, palette(view), view.network.norms
    shown = [each for each in points if each[1] is not None and each[2] is not None]
    loads, rates = [float(each[1] or 0) for each in shown], [float(each[2] or 0) for each in shown]
    across, up = (
        value_axis(view, [*loads, norms.occupancy], "%"),
        value_axis(view, [*rates, norms.turnover], "%", room=1.15),
    )
    beyond = [(load > norms.occupancy) + (rate > norms.turnover) for load, rate in zip(loads, rates, strict=True)]
    sizes = [6 + 2.2 * (each[3] or 0) ** 0.5 for each in shown]
    spots = [(a / across["range"][1], b / up["range"][1]) for a, b in zip(loads, rates, strict=True)]
    labels, places = placed([each[0] for each in shown], spots, sizes, beyond)
    trace = {
        "type": "scatter",
        "mode": "markers+text",
        "x": loads,
        "y": rates,
        "marker": {
            "size": sizes,
            "color": [colours.act if level == 2 else colours.watch if level else colours.main for level in beyond],
            "symbol": [("circle", "triangle-up", "diamond")[level] for level in beyond],
            "line": {"color": colours.tile, "width": 1},
            "opacity": 0.9,
        },
        "text": labels,
        "textposition": places,
        "textfont": {"color": colours.text, "size": 12},
        "customdata": [each[4] for each in shown],
        "hovertext": [_dot_text(view, *each[:4]) for each in shown],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "cliponaxis": False,
    }
    lines = [norm_line(view, norms.turnover, unit="%"), norm_line(view, norms.occupancy, unit="%", across="y")]
    percent = view.catalogue.percent
    return drawing(
        view,
        [trace],
        height=380,
        table=(
            [_("Name"), _("Load"), _("Turnover"), _("Headcount")],
            [[name, percent(load), percent(rate), number(view, count)] for name, load, rate, count, _href in points],
        ),
        shapes=lines,
        margin={"t": 36, "r": 28},
        xaxis=across | {"title": {"text": _("load of operators")}, "showgrid": True},
        yaxis=up | {"title": {"text": _("turnover, 12 months")}},
    )


def placed(
    labels: Sequence[str], spots: Sequence[tuple[float, float]], sizes: Sequence[float], first: Sequence[int]
) -> tuple[list[str], list[str]]:
    """Labels for dots and on which side they stand, so that none lies on another or on a dot; those without room are
    left empty. ``spots`` are shares of width and height, ``first`` is who is placed before others."""
    width, height = _NARROW
    dots = [(x * width - s / 2, y * height - s / 2, x * width + s / 2, y * height + s / 2)
            for (x, y), s in zip(spots, sizes, strict=True)]  # fmt: skip
    taken = list(dots)
    texts, places = [""] * len(labels), ["top center"] * len(labels)
    for place in sorted(range(len(labels)), key=lambda each: -first[each]):
        long, gap = 6.6 * len(labels[place]), sizes[place] / 2 + 2
        x, y = spots[place][0] * width, spots[place][1] * height
        sides = {
            "top center": (x - long / 2, y + gap, x + long / 2, y + gap + 14),
            "bottom center": (x - long / 2, y - gap - 14, x + long / 2, y - gap),
            "middle right": (x + gap, y - 7, x + gap + long, y + 7),
            "middle left": (x - gap - long, y - 7, x - gap, y + 7),
        }
        for side, box in sides.items():
            if box[0] >= 0 and box[2] <= width and not any(_overlap(box, each) for each in taken):
                texts[place], places[place] = clean(labels[place]), side
                taken.append(box)
                break
    return texts, places


Box = tuple[float, float, float, float]


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _dot_text(view: View, label: str, load: float | None, rate: float | None, headcount: int | None) -> str:
    _, percent = view.catalogue.gettext, view.catalogue.percent
    parts = [_("load {share}", share=percent(load)), _("turnover {share}", share=percent(rate))]
    return "<br>".join([f"<b>{clean(label)}</b>", *parts, _("headcount {n}", n=number(view, headcount))])


def _stacked(values: Sequence[float], top: float) -> list[int]:
    columns: dict[int, int] = {}
    heights = []
    for value in values:
        column = int(value / top * _STACK)
        heights.append(columns.get(column, 0))
        columns[column] = heights[-1] + 1
    return heights


def _half(view: View, month: float, colours: Palette) -> dict[str, Any]:
    text = view.catalogue.gettext("half have left by month {n}", n=number(view, month))
    return {
        "type": "line",
        "x0": 0,
        "x1": month,
        "y0": 0.5,
        "y1": 0.5,
        "line": {"color": colours.faint, "width": 1, "dash": "dash"},
        "label": {
            "text": text,
            "textposition": "start",
            "yanchor": "top",
            "xanchor": "left",
            "font": {"color": colours.soft, "size": 12},
            "padding": 4,
        },
    }


def _lane_bars(
    view: View,
    lanes: Sequence[tuple[str, Sequence[Segment]]],
    kind: str,
    look: tuple[str, str],
    thickness: float,
    end: float,
) -> dict[str, Any]:
    """All bars of one kind: Plotly wants a bar's length on a date axis in milliseconds."""
    found = [
        (place, since, end if until is None else until, text)
        for place, (_label, segments) in enumerate(lanes)
        for since, until, each, text in segments
        if each == kind
    ]
    return {
        "type": "bar",
        "orientation": "h",
        "base": [wall(view, since) for _place, since, _until, _text in found],
        "x": [max(0.0, until - since) * 1000 for _place, since, until, _text in found],
        "y": [place for place, _since, _until, _text in found],
        "width": thickness,
        "name": clean(look[0]),
        "marker": _look(palette(view), look[1]),
        "text": [wrap(text or look[0], 60) for _place, _since, _until, text in found],
        "textposition": "none",
        "hovertemplate": TEXT_ONLY,
        "showlegend": True,
    }


def _look(colours: Palette, mark: str) -> dict[str, Any]:
    fill = {
        "second": colours.second,
        "watch": colours.watch,
        "act": colours.act,
        "idle": colours.line,
        "off": colours.tile,
    }
    shape = {"watch": "/", "act": "x"}.get(mark, "")
    edge = colours.quiet if mark in ("off", "idle") else fill.get(mark, colours.main)
    return {
        "color": fill.get(mark, colours.main),
        "line": {"color": edge, "width": 1},
        "pattern": {"shape": shape, "fgcolor": colours.tile, "size": 6, "solidity": 0.25},
    }


def _extent(lanes: Sequence[tuple[str, Sequence[Segment]]], end: float) -> tuple[float, float]:
    times = [
        each
        for _label, segments in lanes
        for since, until, _k, _t in segments
        for each in (since, end if until is None else until)
    ]
    return min(times, default=end - 3600), max(times, default=end)


def _axis_start(
    view: View, lanes: Sequence[tuple[str, Sequence[Segment]]], end: float, hours: tuple[int, int] | None
) -> str:
    if hours:
        return wall_of(view.network.local.day(end), hours[0] * 3600)
    return wall(view, _extent(lanes, end)[0])


def _time_axis(
    view: View, lanes: Sequence[tuple[str, Sequence[Segment]]], end: float, hours: tuple[int, int] | None
) -> dict[str, Any]:
    start, last = _extent(lanes, end)
    stop = wall_of(view.network.local.day(end), hours[1] * 3600) if hours else wall(view, last + (last - start) * 0.02)
    return {
        "type": "date",
        "fixedrange": False,
        "range": [_axis_start(view, lanes, end, hours), stop],
        "tickformatstops": [
            {"dtickrange": [None, 43_200_000], "value": "%H:%M"},
            {"dtickrange": [43_200_001, None], "value": short_day_format(view)},
        ],
    }

"""Figures over time: a day against the usual one, hours, days, hours of the week, a forecast, months."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from layouts.figure_style import drawing, norm_line, now_line, palette, value_axis
from layouts.figure_text import (
    TEXT_ONLY,
    amount,
    clean,
    day_format,
    hour_text,
    long_day,
    number,
    short_day_format,
    short_month,
    short_weekdays,
    wall,
    wall_of,
    wrap,
)
from layouts.view import View

HEIGHT: Final = 280
Points = Sequence[tuple[float, float | None]]


def day_against_usual(
    view: View,
    today: Points,
    median: Points,
    low: Points,
    high: Points,
    *,
    unit: str,
    title: str,
    norm: float | None = None,
    now: float | None = None,
) -> Any:
    """A day's line over the usual day's median and band.

    ``today`` are (epoch second, value), the others (second of the local day, value), in order; the band is whatever
    quantiles ``low`` and ``high`` are. None is a gap. ``norm`` is a value, ``now`` epoch seconds.
    """
    _, colours, local = view.catalogue.gettext, palette(view), view.network.local
    first = next((moment for moment, _value in today), view.now if now is None else now)
    day = local.day(first)
    band = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "type": "scatter", "showlegend": False}
    usual = {each[0]: each[1] for each in low}, {each[0]: each[1] for each in high}
    traces: list[dict[str, Any]] = [
        {**band, **_over_day(day, high)},
        {
            **band,
            **_over_day(day, low),
            "fill": "tonexty",
            "fillcolor": colours.line,
            "name": _("usual range"),
            "showlegend": True,
        },
        {
            "type": "scatter",
            "mode": "lines",
            **_over_day(day, median),
            "name": _("usual day"),
            "line": {"color": colours.faint, "width": 1.5, "dash": "dot"},
            "text": [_usual_text(view, value, usual[0].get(at), usual[1].get(at), unit) for at, value in median],
            "hovertemplate": TEXT_ONLY,
        },
        {
            "type": "scatter",
            "mode": "lines",
            "x": [wall(view, moment) for moment, _value in today],
            "y": [value for _moment, value in today],
            "name": _day_name(view, day),
            "line": {"color": colours.main, "width": 2.5},
            "text": [f"{_day_name(view, day)}: {amount(view, value, unit)}" for _moment, value in today],
            "hovertemplate": TEXT_ONLY,
        },
    ]
    values = [value for points in (today, median, high) for _at, value in points]
    shapes = [norm_line(view, norm, unit=unit)] if norm is not None else []
    if now is not None and local.day(now) == day:
        shapes.append(now_line(view, wall(view, now)))
    return drawing(
        view,
        traces,
        height=HEIGHT + 30,
        table=_hourly(view, day, today, median, unit),
        title=_title(view, title),
        hovermode="x unified",
        dragmode="zoom",
        showlegend=True,
        shapes=shapes,
        xaxis={"tickformat": "%H:%M", "hoverformat": "%H:%M", "fixedrange": False, "type": "date"},
        yaxis=value_axis(view, [*values, norm], unit),
    )


def arrivals_and_served(
    view: View, hours: Mapping[int, tuple[int | None, int | None]], usual: Mapping[int, float] | None
) -> Any:
    """Tickets that came and that were served, by local hour: {hour: (arrived, served)}; ``usual`` {hour: arrived}."""
    _, colours = view.catalogue.gettext, palette(view)
    order = sorted({*hours, *(usual or {})})
    columns = [[hours.get(hour, (None, None))[place] for hour in order] for place in (0, 1)]
    names, fills = (_("came"), _("served")), (colours.main, colours.second)
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "x": order,
            "y": column,
            "name": name,
            "marker": {"color": fill},
            "text": [f"{name}: {number(view, value)}" for value in column],
            "textposition": "none",
            "hovertemplate": TEXT_ONLY,
        }
        for column, name, fill in zip(columns, names, fills, strict=True)
    ]
    if usual:
        level = [usual.get(hour) for hour in order]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": order,
                "y": level,
                "name": _("came on a usual day"),
                "line": {"color": colours.soft, "width": 1.5, "dash": "dot", "shape": "hvh"},
                "text": [f"{_('came on a usual day')}: {number(view, value)}" for value in level],
                "hovertemplate": TEXT_ONLY,
            }
        )
    every = [value for trace in traces for value in trace["y"]]
    head = [_("Hour"), *(trace["name"] for trace in traces)]
    cells = [[number(view, trace["y"][place]) for trace in traces] for place in range(len(order))]
    return drawing(
        view,
        traces,
        height=HEIGHT,
        table=(head, [[hour_text(hour), *row] for hour, row in zip(order, cells, strict=True)]),
        hovermode="x unified",
        showlegend=True,
        xaxis={"tickvals": order, "ticktext": [hour_text(hour) for hour in order]},
        yaxis=value_axis(view, every, _("tick.")),
    )


def by_day(
    view: View,
    days: Mapping[int, float | None],
    before: Mapping[int, float | None] | None,
    *,
    unit: str,
    norm: float | None = None,
) -> Any:
    """A value a local day ({ordinal: value}) as bars; the period before as a pale line over them.

    Both maps hold every day of their period, None where nothing is known; the first days are laid over each other.
    """
    _, colours = view.catalogue.gettext, palette(view)
    order = sorted(days)
    texts = [amount(view, days[day], unit) for day in order]
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "x": [str(date.fromordinal(day)) for day in order],
            "y": [days[day] for day in order],
            "name": _("this period"),
            "marker": {"color": colours.main},
            "text": texts,
            "textposition": "none",
            "hovertemplate": TEXT_ONLY,
        }
    ]
    head, rows = (
        [_("Day"), _("this period")],
        [[long_day(view, day), text] for day, text in zip(order, texts, strict=True)],
    )
    if before and order:
        earlier = sorted(before)[: len(order)]
        shift = order[0] - earlier[0]
        told = [f"{long_day(view, day)}: {amount(view, before[day], unit)}" for day in earlier]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [str(date.fromordinal(day + shift)) for day in earlier],
                "y": [before[day] for day in earlier],
                "name": _("period before"),
                "line": {"color": colours.faint, "width": 1.5},
                "marker": {"size": 4},
                "text": told,
                "hovertemplate": TEXT_ONLY,
            }
        )
        head, rows = [*head, _("period before")], [[*row, text] for row, text in zip(rows, told, strict=False)]
    return drawing(
        view,
        traces,
        height=HEIGHT,
        table=(head, rows) if len(rows) <= 31 else None,
        hovermode="x unified",
        dragmode="zoom",
        showlegend=bool(before),
        shapes=[norm_line(view, norm, unit=unit)] if norm is not None else [],
        xaxis=_day_axis(view, order),
        yaxis=value_axis(view, [*days.values(), *(before or {}).values(), norm], unit),
    )


def hour_of_week(view: View, cells: Mapping[tuple[int, int], float | None], *, unit: str) -> Any:
    """A value by (weekday with Monday 0, local hour) as a heat map, the scale from zero; unknown cells are empty."""
    colours, names = palette(view), view.catalogue.weekdays
    known = {key for key, value in cells.items() if value is not None}
    hours = list(range(min((hour for _day, hour in known), default=9), max((h for _d, h in known), default=17) + 1))
    week = list(range(7))
    values = [[cells.get((day, hour)) for hour in hours] for day in week]
    texts = [
        [f"{names[day]}, {hour_text(hour)}: {amount(view, cells.get((day, hour)), unit)}" for hour in hours]
        for day in week
    ]
    axis = value_axis(view, [value for row in values for value in row], unit, room=1.0)
    steps = len(colours.scale) - 1
    trace = {
        "type": "heatmap",
        "x": hours,
        "y": week,
        "z": values,
        "text": texts,
        "hovertemplate": TEXT_ONLY,
        "hoverongaps": False,
        "xgap": 2,
        "ygap": 2,
        "zmin": 0,
        "zmax": axis["range"][1],
        "colorscale": [[place / steps, colour] for place, colour in enumerate(colours.scale)],
        "colorbar": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1.02,
            "yanchor": "bottom",
            "len": 0.6,
            "thickness": 8,
            "outlinewidth": 0,
            "ticks": "",
            "tickvals": axis["tickvals"],
            "ticktext": axis["ticktext"],
            "title": {"text": axis.get("title", {}).get("text", ""), "side": "top"},
        },
    }
    return drawing(
        view,
        [trace],
        height=HEIGHT + 20,
        xaxis={"tickvals": hours, "ticktext": [str(hour) for hour in hours], "ticks": ""},
        yaxis={"tickvals": week, "ticktext": short_weekdays(view), "range": [6.5, -0.5], "showgrid": False},
    )


def forecast(view: View, days: Sequence[tuple[int, float | None, float | None, float | None, int | None]]) -> Any:
    """Documents that will be late, by day: (ordinal, expected, low, high, actual or None while it is not known)."""
    _, colours = view.catalogue.gettext, palette(view)
    spans = [_span(view, low, high) for _day, _expected, low, high, _actual in days]
    places = [str(date.fromordinal(day[0])) for day in days]
    above = [_less(high, expected) for _day, expected, _low, high, _actual in days]
    below = [_less(expected, low) for _day, expected, low, _high, _actual in days]
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "x": places,
            "y": [day[4] for day in days],
            "name": _("actual"),
            "marker": {"color": colours.main},
            "text": [f"{_('actual')}: {number(view, day[4])}" for day in days],
            "textposition": "none",
            "hovertemplate": TEXT_ONLY,
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": places,
            "y": [day[1] for day in days],
            "name": _("forecast"),
            "marker": {
                "color": colours.third,
                "symbol": "diamond",
                "size": 9,
                "line": {"color": colours.tile, "width": 1},
            },
            "error_y": {
                "type": "data",
                "symmetric": False,
                "array": above,
                "arrayminus": below,
                "color": colours.third,
                "thickness": 1.5,
                "width": 4,
            },
            "text": [f"{_('forecast')}: {number(view, day[1])}{span}" for day, span in zip(days, spans, strict=True)],
            "hovertemplate": TEXT_ONLY,
        },
    ]
    rows = [
        [long_day(view, day[0]), number(view, day[4]), f"{number(view, day[1])}{span}"]
        for day, span in zip(days, spans, strict=True)
    ]
    return drawing(
        view,
        traces,
        height=HEIGHT,
        table=([_("Day"), _("actual"), _("forecast")], rows),
        hovermode="x unified",
        showlegend=True,
        bargap=0.5,
        xaxis=_day_axis(view, [day[0] for day in days]),
        yaxis=value_axis(view, [value for day in days for value in (day[1], day[3], day[4])], _("doc.")),
    )


def joiners_and_leavers(view: View, months: Sequence[tuple[int, int, int | None, int | None]]) -> Any:
    """Staff who joined (upwards) and left (downwards) by month: (year, month, joined, left)."""
    _, colours = view.catalogue.gettext, palette(view)
    places = list(range(len(months)))
    spoken = [f"{short_month(view, month)} {year}" for year, month, _joined, _left in months]
    joined, left = [each[2] for each in months], [each[3] for each in months]
    common: dict[str, Any] = {"type": "bar", "x": places, "textposition": "none", "hovertemplate": TEXT_ONLY}
    traces = [
        {
            **common,
            "y": joined,
            "name": _("joined"),
            "marker": {"color": colours.main},
            "text": [f"{_('joined')}: {number(view, value)}" for value in joined],
        },
        {
            **common,
            "y": [None if value is None else -value for value in left],
            "name": _("left"),
            "marker": {
                "color": colours.third,
                "pattern": {"shape": "/", "fgcolor": colours.tile, "size": 5, "solidity": 0.25},
            },
            "text": [f"{_('left')}: {number(view, value)}" for value in left],
        },
    ]
    rows = [[name, number(view, a), number(view, b)] for name, a, b in zip(spoken, joined, left, strict=True)]
    return drawing(
        view,
        traces,
        height=HEIGHT,
        table=([_("Month"), _("joined"), _("left")], rows),
        barmode="relative",
        hovermode="x unified",
        showlegend=True,
        xaxis={"tickvals": places, "ticktext": _month_ticks(view, months), "ticks": ""},
        yaxis=_both_ways(view, joined, left),
    )


def _over_day(day: int, points: Points) -> dict[str, Any]:
    return {"x": [wall_of(day, at) for at, _value in points], "y": [value for _at, value in points]}


def _day_name(view: View, day: int) -> str:
    """ "Today", or the date of a day that is not."""
    if day == view.network.local.day(view.now):
        return view.catalogue.gettext("today")
    return view.catalogue.date(date.fromordinal(day))


def _usual_text(view: View, value: float | None, low: float | None, high: float | None, unit: str) -> str:
    name = view.catalogue.gettext("usual day")
    return f"{name}: {amount(view, value, unit)}{_span(view, low, high)}"


def _span(view: View, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return f" ({number(view, low)}–{number(view, high)})"


def _less(more: float | None, less: float | None) -> float | None:
    return None if more is None or less is None else more - less


def _hourly(view: View, day: int, today: Points, median: Points, unit: str) -> Any:
    """A day's line as a table of its hours: the first known value of each."""
    _, local = view.catalogue.gettext, view.network.local
    now: dict[int, float] = {}
    usual: dict[int, float] = {}
    for at, value in today:
        if value is not None:
            now.setdefault(int(local.seconds_of_day(at) // 3600), value)
    for at, value in median:
        if value is not None:
            usual.setdefault(int(at // 3600), value)
    head = [_("Hour"), _day_name(view, day), _("usual day")]
    hours = sorted({*now, *usual})
    return head, [[hour_text(h), amount(view, now.get(h), unit), amount(view, usual.get(h), unit)] for h in hours]


def _title(view: View, title: str) -> dict[str, Any]:
    if not title:
        return {}
    return {
        "text": wrap(title, 40),
        "font": {"size": 15, "color": palette(view).text},
        "x": 0,
        "xref": "container",
        "xanchor": "left",
        "yref": "container",
        "y": 1,
        "yanchor": "top",
        "pad": {"l": 16, "t": 12},
        "automargin": True,
    }


def _day_axis(view: View, order: Sequence[int]) -> dict[str, Any]:
    """Dates of whole days; each day has a tick when they are few."""
    axis: dict[str, Any] = {
        "type": "date",
        "fixedrange": False,
        "tickformat": short_day_format(view),
        "hoverformat": day_format(view),
    }
    if len(order) <= 7:
        days = range(min(order), max(order) + 1) if order else range(0)
        names = short_weekdays(view)
        axis["tickvals"] = [str(date.fromordinal(day)) for day in days]
        axis["ticktext"] = [f"{names[(day - 1) % 7]}<br>{clean(_short_day(view, day))}" for day in days]
    return axis


def _short_day(view: View, day: int) -> str:
    at = date.fromordinal(day)
    name = view.catalogue.locale.months["format"]["abbreviated"][at.month]
    return view.catalogue.gettext("{day} {month}", day=at.day, month=name)


def _month_ticks(view: View, months: Sequence[tuple[int, int, Any, Any]]) -> list[str]:
    """The month's short name, with the year under the first and under each January."""
    return [
        short_month(view, month) + (f"<br>{year}" if place == 0 or month == 1 else "")
        for place, (year, month, _joined, _left) in enumerate(months)
    ]


def _both_ways(view: View, up: Sequence[float | None], down: Sequence[float | None]) -> dict[str, Any]:
    """An axis with zero inside, the same step both ways, numbers without a sign."""
    axis = value_axis(view, [*up, *down], view.catalogue.gettext("ppl"))
    step = axis["tickvals"][1]
    most = max([value for value in down if value is not None], default=0)
    ticks = [-step * place for place in range(int(most / step), 0, -1)]
    top = max([value for value in up if value is not None], default=0) or step
    return axis | {
        "range": [-(most or step) * 1.08, top * 1.08],
        "tickvals": ticks + axis["tickvals"],
        "ticktext": [number(view, -each) for each in ticks] + axis["ticktext"],
        "zeroline": True,
        "zerolinecolor": palette(view).quiet,
    }

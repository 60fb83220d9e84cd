"""Figures of the hours: a day against the usual one, arrivals and served, hours of the week."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from layouts.figure_axes import hour_axis, norm_mark, upright, value_axis
from layouts.figure_style import TEXT_ONLY, Table, band, bars, drawing, line, palette
from layouts.figure_text import amount, hour_text, number, short_weekdays, span_text, wall, wall_of, wrap
from layouts.view import View

HEIGHT: Final = 280
_TITLE_WIDTH: Final = 40
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
    quantiles ``low`` and ``high`` are, at the same seconds. None is a gap. ``norm`` is a value, ``now`` epoch seconds.
    """
    _, colours, local = view.catalogue.gettext, palette(view), view.network.local
    day = local.day(today[0][0] if today else view.now if now is None else now)
    name = day_name(view, day)
    told = [amount(view, value, unit) for _at, value in today]
    traces = [
        *_usual(view, day, median, low, high, unit),
        line(*_walls(view, today), told, name, {"color": colours.pen, "width": 2.5})
        | {"hovertemplate": f"{name}, %{{x|%H:%M}}: {TEXT_ONLY}"},
    ]
    marks = [norm_mark(view, norm, unit=unit)] if norm is not None else []
    if now is not None and local.day(now) == day:
        marks.append(upright(view, wall(view, now), view.catalogue.time(now, local)))
    return drawing(
        view,
        traces,
        height=HEIGHT + 40,
        table=_hourly(view, day, today, median, unit),
        marks=marks,
        title=_title(view, title),
        hovermode="x unified",
        dragmode="zoom",
        showlegend=True,
        legend={"y": 1.09},
        xaxis={"tickformat": "%H:%M", "hoverformat": "%H:%M", "fixedrange": False, "type": "date"},
        yaxis=value_axis(view, [norm, *(value for part in (today, median, high) for _at, value in part)], unit),
    )


def arrivals_and_served(
    view: View, hours: Mapping[int, tuple[int | None, int | None]], usual: Mapping[int, float] | None
) -> Any:
    """Tickets that came and that were served, by local hour: {hour: (arrived, served)}; ``usual`` {hour: arrived}."""
    _, colours = view.catalogue.gettext, palette(view)
    order = sorted({*hours, *(usual or {})})
    names, fills = (_("came"), _("served"), _("came on a usual day")), (colours.bar, colours.second)
    columns: list[list[float | None]] = [[hours.get(hour, (None, None))[place] for hour in order] for place in (0, 1)]
    columns += [[usual.get(hour) for hour in order]] if usual else []
    told = [
        [f"{name}: {number(view, value)}" for value in column] for name, column in zip(names, columns, strict=False)
    ]
    traces = [bars(order, columns[place], told[place], names[place], fills[place]) for place in (0, 1)]
    if usual:
        pen = {"color": colours.soft, "width": 1.5, "dash": "dot", "shape": "hvh"}
        traces.append(line(order, columns[2], told[2], names[2], pen))
    rows = [[hour_text(hour), *(number(view, part[at]) for part in columns)] for at, hour in enumerate(order)]
    return drawing(
        view,
        traces,
        height=HEIGHT,
        table=([_("Hour"), *names[: len(columns)]], rows),
        hovermode="x unified",
        showlegend=True,
        xaxis=hour_axis(view, order),
        yaxis=value_axis(view, [value for column in columns for value in column], _("tick.")),
    )


def hour_of_week(view: View, cells: Mapping[tuple[int, int], float | None], *, unit: str) -> Any:
    """A value by (weekday with Monday 0, local hour) as a heat map, the scale from zero; unknown cells are empty."""
    names, week = view.catalogue.weekdays, list(range(7))
    known = [hour for (_day, hour), value in cells.items() if value is not None]
    hours = list(range(min(known, default=9), max(known, default=17) + 1))
    values = [[cells.get((day, hour)) for hour in hours] for day in week]
    told = [[amount(view, value, unit) for value in row] for row in values]
    axis = value_axis(view, [value for row in values for value in row], unit, room=1.0)
    trace = {
        "type": "heatmap",
        "x": hours,
        "y": week,
        "z": values,
        "text": [
            [f"{names[day]}, {hour_text(hour)}: {said}" for hour, said in zip(hours, told[day], strict=True)]
            for day in week
        ],
        "hovertemplate": TEXT_ONLY,
        "hoverongaps": False,
        "xgap": 2,
        "ygap": 2,
        "zmin": 0,
        "zmax": axis["range"][1],
        **_scale(view, axis),
    }
    return drawing(
        view,
        [trace],
        height=HEIGHT + 20,
        table=(["", *map(hour_text, hours)], [[names[day], *told[day]] for day in week]),
        xaxis=hour_axis(view, hours) | {"ticks": ""},
        yaxis={
            "tickvals": week,
            "ticktext": short_weekdays(view),
            "range": [6.5, -0.5],
            "showgrid": False,
            "ticks": "",
        },
    )


def day_name(view: View, day: int) -> str:
    """ "today", or the date of a day that is not."""
    if day == view.network.local.day(view.now):
        return view.catalogue.gettext("today")
    return view.catalogue.date(date.fromordinal(day))


def _usual(view: View, day: int, median: Points, low: Points, high: Points, unit: str) -> list[dict[str, Any]]:
    _, colours = view.catalogue.gettext, palette(view)
    least, most = dict(low), dict(high)
    told = [amount(view, value, unit) + span_text(view, least.get(at), most.get(at), unit) for at, value in median]
    edges = [wall_of(day, at) for at, _value in low]
    pen = {"color": colours.soft, "width": 1.5, "dash": "dot"}
    return [
        *band(colours, edges, list(least.values()), [most.get(at) for at in least], name=_("usual range")),
        line([wall_of(day, at) for at, _v in median], [value for _at, value in median], told, _("usual day"), pen)
        | {"hovertemplate": f"{_('usual day')}: {TEXT_ONLY}"},
    ]


def _walls(view: View, points: Points) -> tuple[list[str], list[float | None]]:
    return [wall(view, moment) for moment, _value in points], [value for _moment, value in points]


def _hourly(view: View, day: int, today: Points, median: Points, unit: str) -> Table:
    """A day's line as a table of its hours: the first known value of each."""
    _, local = view.catalogue.gettext, view.network.local
    seen = [(int(local.seconds_of_day(at) // 3600), value) for at, value in today if value is not None]
    usual = [(int(at // 3600), value) for at, value in median if value is not None]
    first, often = dict(reversed(seen)), dict(reversed(usual))
    head = [_("Hour"), day_name(view, day), _("usual day")]
    hours = sorted({*first, *often})
    return head, [[hour_text(h), amount(view, first.get(h), unit), amount(view, often.get(h), unit)] for h in hours]


def _scale(view: View, axis: Mapping[str, Any]) -> dict[str, Any]:
    """Colours from little to much, and the bar over the map that says what they are."""
    colours = palette(view)
    steps = len(colours.scale) - 1
    key = {
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
    }
    return {"colorscale": [[at / steps, colour] for at, colour in enumerate(colours.scale)], "colorbar": key}


def _title(view: View, title: str) -> dict[str, Any]:
    if not title:
        return {}
    return {
        "text": wrap(title, _TITLE_WIDTH),
        "font": {"size": 15, "color": palette(view).text, "weight": 600},
        "x": 0,
        "xref": "container",
        "xanchor": "left",
        "yref": "container",
        "y": 1,
        "yanchor": "top",
        "pad": {"l": 16, "t": 14, "b": 8},
        "automargin": True,
    }

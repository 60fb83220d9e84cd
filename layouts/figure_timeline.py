"""Who did what from when until when: operators' day, and who held a document how long."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from layouts.figure_axes import BAR, Rows, upright
from layouts.figure_style import Palette, bars, drawing, hatch, palette
from layouts.figure_text import clean, short_day_format, wall, wall_of, wrap
from layouts.view import View

_BESIDE: Final = 16
"""Lane labels of at most so many characters stand left of the lanes, longer ones above them."""
_LANE: Final = 30
_HOVER_WIDTH: Final = 60
_TABLE_MOST: Final = 40
Segment = tuple[float, float | None, str, str]
Lanes = Sequence[tuple[str, Sequence[Segment]]]


def timeline(
    view: View,
    lanes: Lanes,
    *,
    kinds: Mapping[str, tuple[str, str]],
    now: float | None,
    hours: tuple[int, int] | None = None,
) -> Any:
    """Who did what when: (lane label, [(since, until or None while it lasts, kind, hover text)]), epoch seconds.

    ``kinds`` is {kind: (label, mark)} in the legend's order; ``mark`` is "ok" (blue), "second" (green), "watch"
    (amber, hatched), "act" (vermilion, crossed), "idle" (pale) or "off" (an outline). ``hours`` are the first and the
    last local hour of the axis on the day of ``now``; without them the axis holds what is there.
    """
    _, end = view.catalogue.gettext, view.now if now is None else now
    labels = [label for label, _segments in lanes]
    beside, laid = all(len(label) <= _BESIDE for label in labels), Rows(labels)
    middles = [_LANE * (place + 0.5) for place in range(len(lanes))] if beside else laid.middles
    reach = _reach(view, lanes, end, hours)
    traces = [_bars(view, lanes, kind, kinds[kind], middles, _LANE * 0.62 if beside else BAR, end) for kind in kinds]
    axis = laid.axis
    if beside:
        names = {"showticklabels": True, "tickvals": middles, "ticktext": [clean(each) for each in labels]}
        axis |= names | {"range": [_LANE * len(lanes), 0]}
    else:
        traces.append(laid.labels(view, reach[0]))
    rows = [[label, text or kinds[kind][0]] for label, segments in lanes for _s, _u, kind, text in segments]
    return drawing(
        view,
        traces,
        height=int(axis["range"][0]) + 84,
        table=([_("Name"), _("State")], rows) if len(rows) <= _TABLE_MOST else None,
        marks=[upright(view, wall(view, now))] if now is not None else [],
        barmode="overlay",
        dragmode="zoom",
        showlegend=True,
        xaxis=_time_axis(view, reach),
        yaxis=axis,
    )


def _bars(
    view: View, lanes: Lanes, kind: str, look: tuple[str, str], middles: Sequence[float], width: float, end: float
) -> dict[str, Any]:
    """All bars of one kind: on an axis of dates Plotly takes a bar's length in milliseconds."""
    found = [
        (place, since, end if until is None else until, text)
        for place, (_label, segments) in enumerate(lanes)
        for since, until, each, text in segments
        if each == kind
    ]
    return bars(
        [max(0.0, until - since) * 1000 for _place, since, until, _text in found],
        [middles[place] for place, _since, _until, _text in found],
        [wrap(text or look[0], _HOVER_WIDTH) for _place, _since, _until, text in found],
        clean(look[0]),
        None,
        base=[wall(view, since) for _place, since, _until, _text in found],
        orientation="h",
        width=width,
        showlegend=True,
    ) | {"marker": _look(palette(view), look[1])}


def _look(colours: Palette, mark: str) -> dict[str, Any]:
    fills = {
        "second": colours.second,
        "watch": colours.watch,
        "act": colours.act,
        "idle": colours.line,
        "off": colours.tile,
    }
    fill = fills.get(mark, colours.bar)
    edge = {"off": colours.quiet, "idle": colours.quiet}.get(mark, fill)
    return {
        "color": fill,
        "line": {"color": edge, "width": 1},
        "pattern": hatch(colours, {"watch": "/", "act": "x"}.get(mark, "")),
    }


def _reach(view: View, lanes: Lanes, end: float, hours: tuple[int, int] | None) -> tuple[str, str]:
    """The first and the last wall-clock time of the axis."""
    if hours:
        day = view.network.local.day(end)
        return wall_of(day, hours[0] * 3600), wall_of(day, hours[1] * 3600)
    spans = [(since, end if until is None else until) for _l, segments in lanes for since, until, _k, _t in segments]
    first, last = (
        min([since for since, _until in spans], default=end - 3600),
        max([each for _s, each in spans], default=end),
    )
    return wall(view, first), wall(view, last + (last - first) * 0.02)


def _time_axis(view: View, reach: tuple[str, str]) -> dict[str, Any]:
    half_a_day = 43_200_000
    return {
        "type": "date",
        "fixedrange": False,
        "range": list(reach),
        "tickformatstops": [
            {"dtickrange": [None, half_a_day], "value": "%H:%M"},
            {"dtickrange": [half_a_day + 1, None], "value": short_day_format(view)},
        ],
    }

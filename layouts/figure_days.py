"""Figures of days and months: a period, a forecast, joiners and leavers, how many days documents took."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import log
from typing import Any, Final

from layouts.figure_axes import both_ways, day_axis, month_ticks, norm_mark, short_month, upright, value_axis
from layouts.figure_style import HOVER_ONLY, TEXT_ONLY, bars, drawing, hatch, line, palette
from layouts.figure_text import amount, long_day, number, span_text
from layouts.view import View

HEIGHT: Final = 280
_TABLE_MOST: Final = 31
_TAIL: Final = 5.0
"""How wide a factor of e is drawn beyond the promised day, in days before it."""
_NARROW, _DIGIT = 290, 8
"""Width in px of a figure on a phone, and of a digit."""
_DAY_TICKS: Final = (20, 40, 90, 180, 365)


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
    order, earlier = sorted(days), sorted(before or {})[: len(days)]
    told = [amount(view, days[day], unit) for day in order]
    values, head = [days[day] for day in order], [_("Day"), _("this period")]
    traces = [bars(_dates(order), values, told, _("this period"), colours.bar, showlegend=bool(before))]
    rows = [[long_day(view, day), text] for day, text in zip(order, told, strict=True)]
    if before and order:
        past = [f"{long_day(view, day)}: {amount(view, before[day], unit)}" for day in earlier]
        shifted = _dates([day + order[0] - earlier[0] for day in earlier])
        pen = {"color": colours.text, "width": 1.5}
        faded = {"mode": "lines+markers", "marker": {"size": 4}, "opacity": 0.65}
        traces.append(line(shifted, [before[day] for day in earlier], past, _("period before"), pen, **faded))
        head, rows = [*head, _("period before")], [[*row, text] for row, text in zip(rows, past, strict=False)]
    return drawing(
        view,
        traces,
        height=HEIGHT,
        table=(head, rows) if len(rows) <= _TABLE_MOST else None,
        marks=[norm_mark(view, norm, unit=unit, legend=True)] if norm is not None else [],
        hovermode="x unified",
        dragmode="zoom",
        showlegend=bool(before) or norm is not None,
        xaxis=day_axis(view, order),
        yaxis=value_axis(view, [*values, *(before or {}).values(), norm], unit),
    )


def forecast(view: View, days: Sequence[tuple[int, float | None, float | None, float | None, int | None]]) -> Any:
    """Documents that will be late, by day: (ordinal, expected, low, high, actual or None while it is not known)."""
    _, colours = view.catalogue.gettext, palette(view)
    places = _dates([day[0] for day in days])
    foreseen = [f"{number(view, mean)}{span_text(view, low, high)}" for _d, mean, low, high, _a in days]
    actual = [number(view, day[4]) for day in days]
    whiskers = {
        "type": "data",
        "symmetric": False,
        "array": [_less(high, mean) for _day, mean, _low, high, _actual in days],
        "arrayminus": [_less(mean, low) for _day, mean, low, _high, _actual in days],
        "color": colours.third,
        "thickness": 1.5,
        "width": 4,
    }
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": places,
        "y": [day[1] for day in days],
        "name": _("forecast"),
        "marker": {"color": colours.third, "symbol": "diamond", "size": 9, "line": {"color": colours.tile, "width": 1}},
        "error_y": whiskers,
        "text": [f"{_('forecast')}: {each}" for each in foreseen],
        "hovertemplate": TEXT_ONLY,
    }
    done = bars(
        places, [day[4] for day in days], [f"{_('actual')}: {each}" for each in actual], _("actual"), colours.bar
    )
    rows = [[long_day(view, day[0]), a, f] for day, a, f in zip(days, actual, foreseen, strict=True)]
    ahead = all(day[4] is None for day in days)  # of days to come there is nothing to tell apart
    return drawing(
        view,
        [dots] if ahead else [done, dots],
        height=HEIGHT,
        table=([_("Day"), _("actual"), _("forecast")], rows),
        hovermode="x unified",
        showlegend=not ahead,
        bargap=0.5,
        xaxis=day_axis(view, [day[0] for day in days]) | {"fixedrange": True},
        yaxis=value_axis(view, [value for day in days for value in (day[1], day[3], day[4])], _("doc.")),
    )


def joiners_and_leavers(view: View, months: Sequence[tuple[int, int, int | None, int | None]]) -> Any:
    """Staff who joined (upwards) and left (downwards, hatched) by month: (year, month, joined, left)."""
    _, colours = view.catalogue.gettext, palette(view)
    places = range(len(months))
    joined, left = [each[2] for each in months], [each[3] for each in months]
    spoken = [f"{short_month(view, month)} {year}" for year, month, _joined, _left in months]
    told = [[f"{said}<br>{name}: {number(view, value)}" for said, value in zip(spoken, values, strict=True)]
            for name, values in ((_("joined"), joined), (_("left"), left))]  # fmt: skip
    down = [None if value is None else -value for value in left]
    look = {"color": colours.third, "pattern": hatch(colours)}
    traces = [
        bars(places, joined, told[0], _("joined"), colours.bar),
        bars(places, down, told[1], _("left"), colours.third) | {"marker": look},
    ]
    rows = [[name, number(view, a), number(view, b)] for name, a, b in zip(spoken, joined, left, strict=True)]
    return drawing(
        view,
        traces,
        height=HEIGHT,
        table=([_("Month"), _("joined"), _("left")], rows),
        barmode="relative",
        showlegend=True,
        xaxis=month_ticks(view, [(year, month) for year, month, _joined, _left in months]),
        yaxis=both_ways(view, joined, left, _("ppl")),
    )


def days_distribution(view: View, bins: Sequence[tuple[float, float | None, int]], promise_day: float = 10) -> Any:
    """How many days documents took: (from day, to day or None for "and more", count).

    The axis is linear up to the promised day and logarithmic beyond it. A linear one would give the promise three
    per cent of the width when the tail reaches a year, and a logarithmic one would draw the first day widest. So each
    bar has the width of its days before the promise, bars that grow with the tail stay about equally wide, and a
    bar's height is its count. Bars beyond the promise are hatched, and have it written over them where it fits.
    """
    _, colours = view.catalogue.gettext, palette(view)
    ends = [end if end is not None else max(start * 2, start + 1) for start, end, _count in bins]
    spots = [
        (_stretched(each[0], promise_day), _stretched(end, promise_day)) for each, end in zip(bins, ends, strict=True)
    ]
    names = [_bin_name(view, start, end) for start, end, _count in bins]
    counts, late = [each[2] for each in bins], [each[0] >= promise_day for each in bins]
    reach = max([promise_day, *(right for _left, right in spots)]) + 0.3
    parts = [[place for place, after in enumerate(late) if after is wanted] for wanted in (False, True)]
    looks = {"color": colours.bar}, {"color": colours.third, "pattern": hatch(colours)}
    traces = [
        bars(
            [sum(spots[place]) / 2 for place in part],
            [counts[place] for place in part],
            [_over(view, counts[place], spots[place], reach) if look is looks[1] else "" for place in part],
            name,
            None,
            width=[(spots[place][1] - spots[place][0]) * 0.94 for place in part],
            hovertext=[f"{names[place]}: {amount(view, counts[place], _('doc.'))}" for place in part],
            hovertemplate=HOVER_ONLY,
            textposition="outside",
            textangle=0,
            constraintext="none",
            cliponaxis=False,
        )
        | {"marker": look}
        for part, look, name in zip(parts, looks, (_("in time"), _("overdue")), strict=True)
    ]
    far = [day for day in _DAY_TICKS if promise_day * 1.5 < day <= max([*ends, 0])]
    ticks = [0, promise_day / 2, promise_day, *far]
    rows = [[name, number(view, count)] for name, count in zip(names, counts, strict=True)]
    return drawing(
        view,
        traces,
        height=300,
        barmode="overlay",
        table=([_("Days"), _("Documents")], rows),
        marks=[upright(view, promise_day, _("promised: {n} days", n=number(view, promise_day)), dash="dash")],
        xaxis={
            "tickvals": [_stretched(day, promise_day) for day in ticks],
            "ticktext": [number(view, day) for day in ticks],
            "title": {"text": _("days from acceptance to ready")},
            "range": [0, reach],
        },
        yaxis=value_axis(view, counts, _("doc.")),
        margin={"t": 32},
    )


def _dates(days: Sequence[int]) -> list[str]:
    return [str(date.fromordinal(day)) for day in days]


def _less(more: float | None, less: float | None) -> float | None:
    return None if more is None or less is None else more - less


def _over(view: View, count: int, spot: tuple[float, float], reach: float) -> str:
    """A bar's count, where the bar is wide enough for it on a phone."""
    text = number(view, count)
    return text if count and (spot[1] - spot[0]) / reach * _NARROW >= len(text) * _DIGIT else ""


def _stretched(day: float, promise: float) -> float:
    return day if day <= promise else promise + _TAIL * log(day / promise)


def _bin_name(view: View, start: float, end: float | None) -> str:
    _ = view.catalogue.gettext
    if end is None:
        return _("{n} days and more", n=number(view, start))
    return _("{from_day} to {to_day} days", from_day=number(view, start), to_day=number(view, end))

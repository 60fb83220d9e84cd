"""A figure of the deadlines page alone."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from dashboard.counts import DocumentCounts
from layouts.figure_axes import value_axis
from layouts.figure_style import bars, drawing, palette
from layouts.figure_text import amount, long_day, number, short_day_format
from layouts.view import View

HEIGHT: Final = 300
_WIDTH_MS: Final = 5.2 * 86_400_000
_TICKS: Final = 5


def on_time_by_week(view: View, weeks: Mapping[int, DocumentCounts]) -> Any:
    """The share of documents on time by the week that they were finished in: {Monday's ordinal: counts}."""
    _, colours, order = view.catalogue.gettext, palette(view), sorted(weeks)
    shares = [weeks[day].on_time_share for day in order]
    names = [_("week of {date}", date=view.catalogue.date(date.fromordinal(day))) for day in order]
    told = [
        f"{name}: {amount(view, share, '%')} ({number(view, weeks[day].finished)} {_('doc.')})"
        for name, day, share in zip(names, order, shares, strict=True)
    ]
    rows = [[long_day(view, day), amount(view, share, "%")] for day, share in zip(order, shares, strict=True)]
    places = [str(date.fromordinal(day)) for day in order]
    return drawing(
        view,
        [
            bars(
                places,
                shares,
                told,
                _("on time"),
                colours.bar,
                width=_WIDTH_MS,
            )
        ],
        height=HEIGHT,
        table=([_("Week"), _("on time")], rows),
        xaxis={"type": "date", "tickformat": short_day_format(view), "fixedrange": True, "tickvals": _some(places)},
        yaxis=value_axis(view, [1.0], "%", room=1.02),
    )


def _some(places: list[str]) -> list[str]:
    """Every so many of them, the last one among them."""
    step = -(-len(places) // _TICKS) or 1
    return places[::-1][::step][::-1]

"""A figure of the page of oversight alone."""

from collections.abc import Sequence
from typing import Any

from dashboard.oversight import Month
from layouts.figure_axes import month_ticks, short_month, value_axis
from layouts.figure_style import bars, drawing, line, palette
from layouts.figure_text import number
from layouts.view import View

HEIGHT = 260


def came_and_settled(view: View, months: Sequence[Month], heads: tuple[str, str]) -> Any:
    """What came up as bars, what was settled as a line with points, by month; ``heads`` name the two."""
    colours, places = palette(view), range(len(months))
    spoken = [f"{short_month(view, each.month)} {each.year}" for each in months]
    values = [[each.came for each in months], [each.settled for each in months]]
    told = [
        [f"{said}<br>{head}: {number(view, value)}" for said, value in zip(spoken, row, strict=True)]
        for head, row in zip(heads, values, strict=True)
    ]
    traces = [
        bars(places, values[0], told[0], heads[0], colours.bar),
        line(places, values[1], told[1], heads[1], {"color": colours.text, "width": 2}, mode="lines+markers"),
    ]
    rows = [[said, number(view, a), number(view, b)] for said, a, b in zip(spoken, *values, strict=True)]
    return drawing(
        view,
        traces,
        height=HEIGHT,
        table=([view.catalogue.gettext("Month"), *heads], rows),
        showlegend=True,
        xaxis=month_ticks(view, [(each.year, each.month) for each in months]),
        yaxis=value_axis(view, [*values[0], *values[1]], ""),
    )

"""A figure of the staff page alone."""

from collections.abc import Sequence
from typing import Any

from layouts.figure_axes import month_ticks, short_month, value_axis
from layouts.figure_style import bars, drawing, line, palette
from layouts.figure_text import number
from layouts.view import View

HEIGHT = 300


def headcount_and_posts(view: View, months: Sequence[tuple[int, int, int | None, int | None]]) -> Any:
    """Staff as bars and established posts as a line over them: (year, month, headcount, posts)."""
    _, colours = view.catalogue.gettext, palette(view)
    places = range(len(months))
    spoken = [f"{short_month(view, month)} {year}" for year, month, _headcount, _posts in months]
    staff, posts = [each[2] for each in months], [each[3] for each in months]
    heads = (_("People on the staff"), _("Posts"))
    told = [
        [f"{said}<br>{name}: {number(view, value)}" for said, value in zip(spoken, values, strict=True)]
        for name, values in zip(heads, (staff, posts), strict=True)
    ]
    steps = {"color": colours.text, "width": 2, "dash": "dot", "shape": "hvh"}
    traces = [
        bars(places, staff, told[0], heads[0], colours.bar),
        line(places, posts, told[1], heads[1], steps, mode="lines+markers"),
    ]
    rows = [[said, number(view, a), number(view, b)] for said, a, b in zip(spoken, staff, posts, strict=True)]
    return drawing(
        view,
        traces,
        height=HEIGHT,
        table=([_("Month"), *heads], rows),
        showlegend=True,
        xaxis=month_ticks(view, [(year, month) for year, month, _headcount, _posts in months]),
        yaxis=value_axis(view, [*staff, *posts], _("ppl")),
    )

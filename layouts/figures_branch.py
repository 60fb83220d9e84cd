"""A figure of the branch page: a value by the hours of a day."""

from collections.abc import Mapping
from typing import Any

from layouts.figure_axes import hour_axis, norm_mark, value_axis
from layouts.figure_hours import HEIGHT
from layouts.figure_style import bars, drawing, line, palette
from layouts.figure_text import amount, hour_text
from layouts.view import View


def by_hour(
    view: View,
    hours: Mapping[int, float | None],
    before: Mapping[int, float | None] | None,
    *,
    unit: str,
    norm: float | None = None,
) -> Any:
    """A value a local hour ({hour: value}) as bars; the day before as a pale line over them. None is a gap."""
    _, colours = view.catalogue.gettext, palette(view)
    earlier = before or {}
    order = sorted({*hours, *earlier})
    values, past = [hours.get(hour) for hour in order], [earlier.get(hour) for hour in order]
    told, told_past = ([amount(view, value, unit) for value in part] for part in (values, past))
    traces = [bars(order, values, told, _("this day"), colours.bar, showlegend=bool(earlier))]
    rows, heads = [[hour_text(hour), text] for hour, text in zip(order, told, strict=True)], [_("Hour"), _("this day")]
    if earlier:
        pen = {"color": colours.text, "width": 1.5}
        said = [f"{_('day before')}: {text}" for text in told_past]
        faded = {"mode": "lines+markers", "marker": {"size": 4}, "opacity": 0.65}
        traces.append(line(order, past, said, _("day before"), pen, **faded))
        heads, rows = [*heads, _("day before")], [[*row, text] for row, text in zip(rows, told_past, strict=True)]
    return drawing(
        view,
        traces,
        height=HEIGHT,
        table=(heads, rows),
        marks=[norm_mark(view, norm, unit=unit, legend=True)] if norm is not None else [],
        hovermode="x unified",
        showlegend=bool(earlier) or norm is not None,
        xaxis=hour_axis(view, order),
        yaxis=value_axis(view, [*values, *past, norm], unit),
    )

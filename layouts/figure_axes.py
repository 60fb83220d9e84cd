"""Axes that figures share: values from zero in the language's own numbers, days, rows with labels above their bars.

An axis of values cannot be zoomed, so that a bar's length stays its value; time can, where it is long.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from math import ceil, floor, log10
from typing import Any, Final

from layouts.figure_style import Mark, palette
from layouts.figure_text import amount, clean, day_format, number, short_day_format, short_weekdays, wrap
from layouts.view import View

LABEL_WIDTH: Final = 44
"""Characters on a line of a label that fit a phone of 390 px."""
BAR: Final = 14
"""Thickness in px of a bar that has its label above it."""
_LINE, _LABEL_GAP, _ROW_GAP = 17, 6, 12
_TICKS: Final = 4
_NOTHING: Final = 1e-9
_SHORT_UNIT: Final = 6


def step_of(span: float, least: float) -> float:
    """The distance of ticks, 1, 2 or 5 times a power of ten, that makes about four of them over ``span``; not under
    ``least``."""
    rough = span / _TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= rough * 0.999)
    return max(least, step)


def value_axis(
    view: View, values: Iterable[float | None], unit: str, *, room: float = 1.08, zero: bool = True
) -> dict[str, Any]:
    """An axis from zero (or from just below the least value); a short unit stands at its last tick.

    ``unit`` "%" means that the values are shares (0 to 1).
    """
    known = [float(each) for each in values if each is not None]
    top, least = max(known, default=1.0), 0.0 if zero else min(known, default=0.0)
    span = next(each for each in (top - least, abs(top), 1.0) if each > _NOTHING)
    finest = 0.01 if unit == "%" else 1.0 if all(each.is_integer() for each in known) else 0.1
    step = step_of(span, finest)
    start, stop = (0.0 if zero else least - span * (room - 1)), least + span * room
    ticks = [round(step * place, 10) for place in range(ceil(start / step - 1e-9), floor(stop / step + 1e-9) + 1)]
    texts = [amount(view, each, "%") if unit == "%" else number(view, each, exact=step < 1) for each in ticks]
    axis: dict[str, Any] = {"range": [start, stop], "tickvals": ticks, "ticktext": texts}
    if unit == "%":
        return axis
    if unit and len(unit) <= _SHORT_UNIT and texts:
        texts[-1] = f"{texts[-1]} {clean(unit)}"
    else:
        axis["title"] = {"text": clean(unit)}
    return axis


def both_ways(view: View, up: Sequence[float | None], down: Sequence[float | None], unit: str) -> dict[str, Any]:
    """An axis with zero inside, the same step both ways, numbers without a sign."""
    axis = value_axis(view, [*up, *down], unit)
    step = axis["tickvals"][1]
    top, most = (max([float(each) for each in part if each is not None], default=0.0) or step for part in (up, down))
    below = [-step * place for place in range(floor(most / step + 1e-9), 0, -1)]
    above = [each for each in axis["tickvals"] if each <= max(top, step) * 1.08]
    texts = [number(view, abs(each)) for each in [*below, *above]]
    texts[-1] = f"{texts[-1]} {clean(unit)}"
    return {
        "range": [-most * 1.08, max(top, step) * 1.08],
        "tickvals": [*below, *above],
        "ticktext": texts,
        "zeroline": True,
        "zerolinecolor": palette(view).quiet,
    }


def norm_mark(view: View, at: float, *, unit: str, across: str = "x", legend: bool = False) -> Mark:
    """A dashed line at the norm with its name: over all x (``across`` "x"), or upright over all y.

    Where bars would lie under the name, it stands in the ``legend``.
    """
    colours = palette(view)
    text = view.catalogue.gettext("norm {norm}", norm=amount(view, at, unit))
    line = {"type": "line", "line": {"color": colours.soft, "width": 1, "dash": "dash"}}
    if across == "y":
        return upright(view, at, text, dash="dash", side="center")
    ends = {"x0": 0, "x1": 1, "xref": "x domain", "y0": at, "y1": at}
    if legend:
        return {**line, **ends, "showlegend": True, "name": text}, None
    place = {"x": 1, "xref": "x domain", "xanchor": "right", "y": at, "yanchor": "bottom"}
    return {**line, **ends}, _name(view, text) | place


def upright(view: View, at: Any, text: str = "", *, dash: str = "solid", side: str = "right") -> Mark:
    """A line from bottom to top at ``at`` on the x axis, named (clean text) above it."""
    line = {"color": palette(view).soft if dash == "dash" else palette(view).text, "width": 1, "dash": dash}
    shape = {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "y domain", "line": line}
    place = {"x": at, "xanchor": side, "y": 1, "yref": "y domain", "yanchor": "bottom"}
    return shape, (_name(view, text) | place if text else None)


def hour_axis(view: View, hours: Sequence[int]) -> dict[str, Any]:
    """Local hours of a day: each has its tick while they are few, every other or third one when they are many."""
    first, last = min(hours, default=0), max(hours, default=0)
    step = next(each for each, most in ((1, 14), (2, 18), (3, 99)) if last - first < most)
    ticks = [hour for hour in range(first, last + 1) if hour % step == 0]
    return {
        "tickvals": ticks,
        "ticktext": [str(hour) for hour in ticks],
        "title": {"text": view.catalogue.gettext("hour")},
        "unifiedhovertitle": {"text": "%{x:02d}:00"},
    }


def day_axis(view: View, order: Sequence[int]) -> dict[str, Any]:
    """Whole local days; when they are a week at most, each has its weekday and date."""
    axis: dict[str, Any] = {
        "type": "date",
        "fixedrange": False,
        "tickformat": short_day_format(view),
        "hoverformat": day_format(view),
        "unifiedhovertitle": {"text": f"%{{x|{day_format(view)}}}"},
    }
    if 0 < len(order) <= 7:
        names = short_weekdays(view)
        axis["tickvals"] = [str(date.fromordinal(day)) for day in order]
        axis["ticktext"] = [
            f"{names[(day - 1) % 7]}<br>{date.fromordinal(day).day}{_month_under(view, order, place)}"
            for place, day in enumerate(order)
        ]
    return axis


def month_ticks(view: View, months: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """(year, month) at 0, 1, 2 …: short names, every other one when there are many; years under them."""
    places = [place for place in range(len(months)) if len(months) <= 8 or place % 2 == 0]
    texts = []
    for count, place in enumerate(places):
        year, month = months[place]
        is_new = count == 0 or months[places[count - 1]][0] != year
        texts.append(short_month(view, month) + (f"<br>{year}" if is_new else ""))
    return {"tickvals": places, "ticktext": texts, "ticks": ""}


def short_month(view: View, month: int) -> str:
    return str(view.catalogue.locale.months["stand-alone"]["abbreviated"][month])


class Rows:
    """Rows from the top, each a label of one line or more above a bar. The axis of rows is in px, so that bars are
    equally thick and labels equally near, on a screen of any width."""

    def __init__(self, labels: Sequence[str]) -> None:
        self.lines = [wrap(label, LABEL_WIDTH) for label in labels]
        self.middles: list[float] = []
        """Where the middle of each row's bar is."""
        at = 0.0
        for each in self.lines:
            at += _LINE * (each.count("<br>") + 1) + _LABEL_GAP + BAR / 2
            self.middles.append(at)
            at += BAR / 2 + _ROW_GAP
        self.height = int(at) if labels else _LINE

    @property
    def axis(self) -> dict[str, Any]:
        return {"range": [self.height, 0], "showgrid": False, "showticklabels": False, "ticks": ""}

    def labels(self, view: View, at: Any = 0) -> dict[str, Any]:
        """The trace of labels, which begin at ``at`` on the x axis."""
        return {
            "type": "scatter",
            "mode": "text",
            "x": [at] * len(self.lines),
            "y": [middle - BAR / 2 - _LABEL_GAP / 2 for middle in self.middles],
            "text": self.lines,
            "textposition": "top right",
            "textfont": {"color": palette(view).text, "size": 13},
            "hoverinfo": "skip",
            "cliponaxis": False,
            "showlegend": False,
        }


def _name(view: View, text: str) -> dict[str, Any]:
    """A name with the ground's colour behind it: it may lie on a bar."""
    colours = palette(view)
    font = {"color": colours.text, "size": 12}
    return {"text": text, "showarrow": False, "font": font, "bgcolor": colours.tile, "opacity": 0.85, "borderpad": 1}


def _month_under(view: View, order: Sequence[int], place: int) -> str:
    at = date.fromordinal(order[place])
    if place and date.fromordinal(order[place - 1]).month == at.month:
        return ""
    return f"<br>{clean(view.catalogue.locale.months['format']['abbreviated'][at.month])}"

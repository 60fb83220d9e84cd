"""Figures of rows: ranked bars, stages, reasons; and the distribution of days."""

from collections.abc import Mapping, Sequence
from math import log
from typing import Any, Final

from layouts.figure_style import (
    Palette,
    drawing,
    label_rows,
    label_trace,
    mark_colour,
    palette,
    row_axis,
    symbol,
    value_axis,
)
from layouts.figure_text import amount, clean, number
from layouts.view import View

_TAIL: Final = 5.0
"""How wide a factor of e is drawn beyond the promised day, in days before it."""
_DAY_TICKS: Final = (20, 30, 60, 90, 180, 365)


def ranked_bars(
    view: View,
    rows: Sequence[tuple[str, float | None, float | None, str]],
    *,
    unit: str,
    second_unit: str = "",
) -> Any:
    """Rows (label, value, second value or None, mark) as horizontal bars, in the order given.

    ``mark`` is "watch", "act" or anything else: the level of the second value (of the first when no row has a second),
    shown by colour and shape. Labels stand above their bars, whole, broken into lines. ``unit`` "%": shares.
    """
    has_second = any(row[2] is not None for row in rows)
    labels = [row[0] for row in rows]
    lines, pitch, thickness = label_rows(view, labels)
    plain = [""] * len(rows)
    marks = [row[3] for row in rows]
    first, second = [row[1] for row in rows], [row[2] for row in rows]
    traces = [*_bars(view, first, plain if has_second else marks, unit, thickness), label_trace(view, lines, thickness)]
    layout: dict[str, Any] = {"xaxis": _bar_axis(first, 1.4) | {"domain": [0, 0.56 if has_second else 1]}}
    heads = [_head(view, 0, unit)]
    if has_second:
        traces += [each | {"xaxis": "x2"} for each in _bars(view, second, marks, second_unit, thickness)]
        layout["xaxis2"] = _bar_axis(second, 1.6) | {"domain": [0.64, 1], "anchor": "y"}
        heads.append(_head(view, 0.64, second_unit))
    table = [[label, amount(view, a, unit), *([amount(view, b, second_unit)] * has_second)] for label, a, b, _m in rows]
    return drawing(
        view,
        traces,
        height=pitch * len(rows) + 56,
        table=([view.catalogue.gettext("Name"), unit, *([second_unit] * has_second)], table),
        annotations=heads if any(head["text"] for head in heads) else [],
        yaxis=row_axis(len(rows)),
        margin={"l": 12, "t": 28},
        **layout,
    )


def stages(view: View, rows: Sequence[tuple[str, int | None, int | None]]) -> Any:
    """Open documents by stage: (label, count, of them late). The late part is hatched and said in words."""
    _, colours = view.catalogue.gettext, palette(view)
    lines, pitch, thickness = label_rows(view, [row[0] for row in rows])
    late = [row[2] or 0 for row in rows]
    in_time = [None if count is None else count - behind for (_l, count, _b), behind in zip(rows, late, strict=True)]
    told = [_stage_text(view, count, behind) for _label, count, behind in rows]
    common = {"type": "bar", "orientation": "h", "y": list(range(len(rows))), "width": thickness, "hoverinfo": "skip"}
    hatch = {"shape": "/", "fgcolor": colours.tile, "size": 5, "solidity": 0.25}
    traces = [
        {**common, "x": in_time, "name": _("in time"), "marker": {"color": colours.main}},
        {**common, "x": late, "name": _("overdue"), "marker": {"color": colours.act, "pattern": hatch}},
        _ends(view, [row[1] for row in rows], told, ["act" if behind else "" for behind in late]),
        label_trace(view, lines, thickness),
    ]
    return drawing(
        view,
        traces,
        height=pitch * len(rows) + 56,
        table=([_("Stage"), _("Documents")], [[row[0], text] for row, text in zip(rows, told, strict=True)]),
        barmode="stack",
        showlegend=any(late),
        legend={"traceorder": "normal"},
        xaxis=_bar_axis([row[1] for row in rows], 1.9),
        yaxis=row_axis(len(rows)),
        margin={"l": 12},
    )


def reasons(view: View, counts: Mapping[str, int]) -> Any:
    """Why staff left: {reason of a staff.left event: how many}, the most frequent first."""
    _ = view.catalogue.gettext
    words = {
        "pay": _("pay"),
        "workload": _("workload"),
        "dismissed": _("dismissed"),
        "moved": _("moved elsewhere"),
        "other": _("other reason"),
        "": _("no reason given"),
    }
    order = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return ranked_bars(view, [(words.get(key, key), count, None, "") for key, count in order], unit=_("ppl"))


def days_distribution(view: View, bins: Sequence[tuple[float, float | None, int]], promise_day: float = 10) -> Any:
    """How many days documents took: (from day, to day or None for "and more", count).

    The axis is linear up to the promised day and logarithmic beyond it. A linear one would give the promise three
    per cent of the width when the tail reaches a year, and a logarithmic one would draw the first day widest. So each
    bar has the width of its days before the promise, bars that grow with the tail stay about equally wide, and a
    bar's height is its count, written over it.
    """
    _, colours = view.catalogue.gettext, palette(view)
    ends = [start * 2 if end is None and start else (start + 1 if end is None else end) for start, end, _count in bins]
    left = [_stretched(start, promise_day) for start, _end, _count in bins]
    wide = [_stretched(end, promise_day) - start for end, start in zip(ends, left, strict=True)]
    names = [_bin_name(view, start, end) for start, end, _count in bins]
    told = [f"{name}: {amount(view, count, _('doc.'))}" for name, (_s, _e, count) in zip(names, bins, strict=True)]
    behind = [start >= promise_day for start, _end, _count in bins]
    counts = [count for _start, _end, count in bins]
    trace = {
        "type": "bar",
        "x": [start + width / 2 for start, width in zip(left, wide, strict=True)],
        "y": counts,
        "width": [width * 0.94 for width in wide],
        "marker": {
            "color": [colours.third if late else colours.main for late in behind],
            "pattern": {
                "shape": ["/" if late else "" for late in behind],
                "fgcolor": colours.tile,
                "size": 6,
                "solidity": 0.2,
            },
        },
        "text": [number(view, count) if count else "" for count in counts],
        "textposition": "outside",
        "textangle": 0,
        "cliponaxis": False,
        "hovertext": told,
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    ticks = [0, promise_day / 2, promise_day, *(day for day in _DAY_TICKS if promise_day < day <= max([*ends, 0]))]
    return drawing(
        view,
        [trace],
        height=300,
        table=(
            [_("Days"), _("Documents")],
            [[name, number(view, count)] for name, count in zip(names, counts, strict=True)],
        ),
        shapes=[_promise(view, _stretched(promise_day, promise_day), promise_day, colours)],
        xaxis={
            "tickvals": [_stretched(day, promise_day) for day in ticks],
            "ticktext": [number(view, day) for day in ticks],
            "title": {"text": _("days from acceptance to ready")},
            "range": [0, max([_stretched(end, promise_day) for end in ends], default=promise_day) + 0.3],
        },
        yaxis=value_axis(view, counts, _("doc."), room=1.18),
        margin={"t": 32},
    )


def _bars(
    view: View, values: Sequence[float | None], marks: Sequence[str], unit: str, thickness: float
) -> list[dict[str, Any]]:
    colours = palette(view)
    told = [amount(view, value, unit) if unit == "%" else number(view, value) for value in values]
    bar = {
        "type": "bar",
        "orientation": "h",
        "x": list(values),
        "y": list(range(len(values))),
        "width": thickness,
        "marker": {"color": [mark_colour(colours, mark) for mark in marks]},
        "hoverinfo": "skip",
    }
    return [bar, _ends(view, values, told, marks)]


def _ends(view: View, values: Sequence[float | None], told: Sequence[str], marks: Sequence[str]) -> dict[str, Any]:
    """What is said at the ends of bars, with the shape of the mark before it; a dash for what is not known."""
    colours = palette(view)
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [value or 0 for value in values],
        "y": list(range(len(values))),
        "text": [f" {text}" for text in told],
        "textposition": "middle right",
        "textfont": {"color": colours.text},
        "marker": {
            "symbol": [symbol(mark) for mark in marks],
            "size": [13 if mark in ("watch", "act") else 0 for mark in marks],
            "color": [mark_colour(colours, mark) for mark in marks],
            "line": {"color": colours.tile, "width": 2},
            "opacity": 1,
        },
        "hoverinfo": "skip",
        "cliponaxis": False,
        "showlegend": False,
    }


def _bar_axis(values: Sequence[float | None], room: float) -> dict[str, Any]:
    """From zero to the longest bar, and room for what is said at its end; no ticks, as each bar has its number."""
    most = max([value for value in values if value is not None], default=0) or 1
    return {"range": [0, most * room], "showticklabels": False, "ticks": "", "showline": False, "zeroline": True,
            "zerolinecolor": "rgba(0,0,0,0)"}  # fmt: skip


def _head(view: View, at: float, text: str) -> dict[str, Any]:
    return {
        "text": "" if text == "%" else clean(text),
        "x": at,
        "xref": "paper",
        "xanchor": "left",
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"color": palette(view).soft, "size": 12},
    }


def _stage_text(view: View, count: int | None, late: int | None) -> str:
    if not late:
        return number(view, count)
    return view.catalogue.gettext("{n}, overdue {late}", n=number(view, count), late=number(view, late))


def _stretched(day: float, promise: float) -> float:
    return day if day <= promise else promise + _TAIL * log(day / promise)


def _bin_name(view: View, start: float, end: float | None) -> str:
    _ = view.catalogue.gettext
    if end is None:
        return _("{n} days and more", n=number(view, start))
    return _("{from_day} to {to_day} days", from_day=number(view, start), to_day=number(view, end))


def _promise(view: View, at: float, day: float, colours: Palette) -> dict[str, Any]:
    text = view.catalogue.gettext("promised: {n} days", n=number(view, day))
    return {
        "type": "line",
        "x0": at,
        "x1": at,
        "y0": 0,
        "y1": 1,
        "yref": "y domain",
        "line": {"color": colours.text, "width": 1.5, "dash": "dash"},
        "label": {
            "text": text,
            "textposition": "end",
            "textangle": 0,
            "xanchor": "left",
            "yanchor": "bottom",
            "font": {"color": colours.text, "size": 12},
        },
    }

"""Figures of rows, each a bar with its label above it: services, stages, reasons."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from layouts.figure_axes import BAR, Rows
from layouts.figure_style import bars, drawing, hatch, mark_colour, palette, symbol
from layouts.figure_text import amount, clean, number
from layouts.view import View

_LEVELS: Final = ("watch", "act")
_SECOND: Final = 0.62
"""Where on the width the second column begins."""
Values = Sequence[float | None]


def ranked_bars(
    view: View,
    rows: Sequence[tuple[str, float | None, float | None, str]],
    *,
    unit: str,
    second_unit: str = "",
) -> Any:
    """Rows (label, value, second value or None, mark) as horizontal bars, in the order given.

    ``mark`` is "watch", "act" or anything else: the level of the second value (of the first when no row has a second),
    shown by colour and shape. Labels stand above their bars, whole, broken into lines. The units are the columns'
    heads; "%" means shares.
    """
    has_second = any(row[2] is not None for row in rows)
    first, second, marks = [row[1] for row in rows], [row[2] for row in rows], [row[3] for row in rows]
    laid = Rows([row[0] for row in rows])
    traces = [laid.labels(view), *_column(view, laid, first, [""] * len(rows) if has_second else marks, unit)]
    layout: dict[str, Any] = {"xaxis": _axis(first, 1.4) | {"domain": [0, _SECOND - 0.06 if has_second else 1]}}
    if has_second:
        traces += [each | {"xaxis": "x2"} for each in _column(view, laid, second, marks, second_unit)]
        layout["xaxis2"] = _axis(second, 1.8) | {"domain": [_SECOND, 1], "anchor": "y"}
    heads = [each for each in (_head(view, 0, unit), _head(view, _SECOND, second_unit)) if each["text"]]
    said = [[label, amount(view, a, unit), *([amount(view, b, second_unit)] * has_second)] for label, a, b, _m in rows]
    return drawing(
        view,
        traces,
        height=laid.height + 46,
        table=([view.catalogue.gettext("Name"), unit, *([second_unit] * has_second)], said),
        annotations=heads,
        yaxis=laid.axis,
        margin={"t": 34},
        **layout,
    )


def stages(view: View, rows: Sequence[tuple[str, int | None, int | None]]) -> Any:
    """Open documents by stage: (label, count, of them late). The late part is hatched and said in words."""
    _, colours = view.catalogue.gettext, palette(view)
    laid = Rows([row[0] for row in rows])
    late = [row[2] or 0 for row in rows]
    rest = [None if count is None else count - behind for (_label, count, _b), behind in zip(rows, late, strict=True)]
    told = [_stage_text(view, count, behind) for _label, count, behind in rows]
    shape = {"orientation": "h", "width": BAR, "hoverinfo": "skip", "hovertemplate": None}
    look = {"color": colours.act, "pattern": hatch(colours)}
    traces = [
        bars(rest, laid.middles, [], _("in time"), colours.bar, **shape),
        bars(late, laid.middles, [], _("overdue"), colours.act, **shape) | {"marker": look},
        _ends(view, laid, [row[1] for row in rows], told, ["act" if behind else "" for behind in late], 0.045),
        laid.labels(view),
    ]
    return drawing(
        view,
        traces,
        height=laid.height + (56 if any(late) else 34),
        table=([_("Stage"), _("Documents")], [[row[0], text] for row, text in zip(rows, told, strict=True)]),
        barmode="stack",
        showlegend=any(late),
        xaxis=_axis([row[1] for row in rows], 1.9),
        yaxis=laid.axis,
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


def _column(view: View, laid: Rows, values: Values, marks: Sequence[str], unit: str) -> list[dict[str, Any]]:
    """Bars of one column and what is said at their ends."""
    colours = [mark_colour(palette(view), mark) for mark in marks]
    told = [amount(view, value, unit) if unit == "%" else number(view, value) for value in values]
    shape = {"orientation": "h", "width": BAR, "hoverinfo": "skip", "hovertemplate": None}
    return [bars(values, laid.middles, [], "", colours, **shape), _ends(view, laid, values, told, marks, 0.11)]


def _ends(
    view: View, laid: Rows, values: Values, told: Sequence[str], marks: Sequence[str], gap: float
) -> dict[str, Any]:
    """What is said at the ends of bars, after the shape of the level; a dash for what is not known.

    ``gap`` is the distance of the shape from its bar, as a share of the longest bar.
    """
    colours = palette(view)
    most = max([value for value in values if value is not None], default=0) or 1
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [(value or 0) + (most * gap if mark in _LEVELS else 0) for value, mark in zip(values, marks, strict=True)],
        "y": laid.middles,
        "text": [f" {text}" for text in told],
        "textposition": "middle right",
        "textfont": {"color": colours.text},
        "marker": {
            "symbol": [symbol(mark) for mark in marks],
            "size": [11 if mark in _LEVELS else 0 for mark in marks],
            "color": [mark_colour(colours, mark) for mark in marks],
            "opacity": 1,
        },
        "hoverinfo": "skip",
        "cliponaxis": False,
        "showlegend": False,
    }


def _axis(values: Values, room: float) -> dict[str, Any]:
    """From zero to the longest bar, and room for what is said at its end; no ticks, as each bar has its number."""
    most = max([value for value in values if value is not None], default=0) or 1
    return {"range": [0, most * room], "showticklabels": False, "ticks": "", "showline": False}


def _head(view: View, at: float, text: str) -> dict[str, Any]:
    place = {"x": at, "xref": "paper", "xanchor": "left", "y": 1, "yref": "paper", "yanchor": "bottom", "yshift": 2}
    font = {"color": palette(view).soft, "size": 12}
    return {"text": "" if text == "%" else clean(text), "showarrow": False, "font": font, **place}


def _stage_text(view: View, count: int | None, late: int | None) -> str:
    if not late:
        return number(view, count)
    return view.catalogue.gettext("{n}, overdue {late}", n=number(view, count), late=number(view, late))

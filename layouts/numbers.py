"""Numbers on the pages one sits before: each with its name and norm, each a link to the rows that make it."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from layouts import metric_words, words
from layouts.asked import Asked
from layouts.tiles import labels, raw
from layouts.trend import trend
from layouts.view import View

Figures = Mapping[str, Any]
"""A centre, a branch or the totals of a snapshot: groups of numbers."""


def four(view: View, asked: Asked, figures: Figures, centre: str | None = None, branch: str | None = None) -> html.Div:
    """The tile's four numbers, as on the wall: value, unit, trend where there is one, norm."""
    return html.Div(
        [_one_of_four(view, asked, group, figures, centre, branch) for group in words.METRICS], className="four"
    )


def _one_of_four(
    view: View, asked: Asked, group: str, figures: Figures, centre: str | None, branch: str | None
) -> html.Div:
    member = words.METRICS[group]
    value = figures[group][member]
    mark = figures.get("levels", {}).get(group, "ok")
    number = html.P(
        [
            html.Span(words.number_text(view, group, value)),
            html.Span(words.unit_text(group, value), className="unit"),
        ],
        className="four-number",
        **{"data-metric": group, "data-value": raw(value)},
    )
    name = labels(view)[group]
    return html.Div(
        [
            html.P(
                [html.Span(className="shape", **{"aria-hidden": "true"}), html.Span(name)],
                className="four-label",
                **{"data-mark": mark},
            ),
            dcc.Link(
                number, href=asked.number_href(f"{group}.{member}", centre, branch), className="number-link", title=name
            ),
            *([trend(view, points, mark=mark)] if (points := figures.get("trend", {}).get(group)) else []),
            html.P(words.norm_text(view, group, figures), className="four-norm"),
        ],
        className="four-one",
        **{"data-mark": mark},
    )


def number(
    view: View,
    asked: Asked,
    key: str,
    value: Any,
    centre: str | None = None,
    branch: str | None = None,
) -> dcc.Link:
    """One metric's value as a link to its rows; ``data-number`` is its key, ``data-value`` the raw number."""
    return dcc.Link(
        html.Span(metric_words.value_text(view, key, value), **{"data-number": key, "data-value": _raw(value)}),
        href=asked.number_href(key, centre, branch),
        className="number-link",
        title=metric_words.label(view, key),
    )


def facts(
    view: View,
    asked: Asked,
    figures: Figures,
    keys: Sequence[str],
    centre: str | None = None,
    branch: str | None = None,
) -> html.Dl:
    """Named numbers in a list: the metric's name and its value, each a link to its rows."""
    return html.Dl(
        [
            html.Div(
                [
                    html.Dt(metric_words.label(view, key)),
                    html.Dd(number(view, asked, key, _value(figures, key), centre, branch)),
                ]
            )
            for key in keys
        ],
        className="facts",
    )


def _value(figures: Figures, key: str) -> Any:
    group, _, member = key.partition(".")
    return figures[group][member]


def _raw(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return raw(value) if value is None or isinstance(value, int | float) else ""

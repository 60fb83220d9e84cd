"""A wall tile: a pure function from a centre of the snapshot to a component (hooks: design §3.5). The whole of it leads
to the centre's page, and each number to the rows behind it.

The script patches what is marked with ``data-part``; it never adds or removes an element but a trend's line.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from dash import html

from layouts import words
from layouts.view import View

NAME_MOST: Final = 19
"""Characters of a centre's name that fit on one line beside the level."""


def tile(view: View, centre: Mapping[str, Any]) -> html.Article:
    """One centre: name, level, freshness and the four numbers with unit, norm and trend."""
    name = view.name(centre["id"])
    heading = f"tile-{centre['id']}"
    return html.Article(
        [
            html.Header(
                [
                    html.H2(
                        html.A(name, href=href(view, centre["id"]), className="whole-link"),
                        id=heading,
                        className=name_class(name),
                    ),
                    html.P(
                        [
                            html.Span(className="shape", **{"aria-hidden": "true"}),
                            html.Span(words.level_text(view, centre), **_part("level")),
                        ],
                        className="tile-level",
                    ),
                ]
            ),
            html.P(words.state_text(view, centre), className="tile-state", **_part("state")),
            html.Div(
                [_metric(view, group, centre) for group in words.METRICS],
                className="tile-numbers",
                **{"data-part": "numbers", "data-crowd": crowd_mark(list(words.number_texts(view, centre).values()))},
            ),
        ],
        className="tile",
        **{
            "data-tile": centre["id"],
            "data-state": centre["state"],
            "data-level": centre["level"],
            "aria-labelledby": heading,
        },
    )


def _metric(view: View, group: str, centre: Mapping[str, Any]) -> html.Div:
    value = centre[group][words.METRICS[group]]
    text = words.number_text(view, group, value)
    label = labels(view)[group]
    number = html.P(
        html.A(
            [
                html.Span(text, **_part("number")),
                html.Span(words.unit_text(group, value), className="unit", **_part("unit")),
            ],
            href=href(view, centre["id"], f"{group}.{words.METRICS[group]}"),
            title=label,
        ),
        className="number",
        **{"data-metric": group, "data-value": raw(value), "data-long": long_mark(text)},
    )
    return html.Div(
        [
            html.P(label, className="label"),
            number,
            html.Div(
                [html.Span(className="shape"), html.Span(className="trend", **_part("trend"))],
                className="trend-row",
                **{"aria-hidden": "true"},
            ),
            html.P(words.norm_text(view, group, centre), className="norm", **_part("norm")),
        ],
        className="metric",
        **{"data-group": group, "data-mark": centre["levels"][group]},
    )


def href(view: View, centre: str, number: str | None = None) -> str | None:
    """Where a tile leads; nowhere when that is not the viewer's."""
    return centre_href(centre, number) if view.may_open("centre", centre) else None


def centre_href(centre: str, number: str | None = None) -> str:
    """A centre's page, with the rows behind one of its numbers when a metric's key is given."""
    return f"/centre/{quote(centre, safe='')}" + (f"?number={number}" if number else "")


def labels(view: View) -> dict[str, str]:
    """The four numbers' labels, with the unit where it is not a per cent sign."""
    _ = view.catalogue.gettext
    return {
        "queue": _("Waiting, ppl"),
        "load": _("Load"),
        "turnover": _("Turnover"),
        "sla": _("Overdue"),
    }


def raw(value: float | None) -> str:
    """``data-value``: the number as JSON writes it, empty when unknown."""
    if value is None:
        return ""
    return str(int(value)) if float(value).is_integer() else repr(value)


def name_class(name: str) -> str:
    """A name that one line cannot hold beside the level is set in two smaller ones."""
    return "tile-name long" if len(name) > NAME_MOST else "tile-name"


def long_mark(text: str) -> str:
    """Numbers of three and more digits are set in smaller type: the count of digits, up to 4."""
    return str(min(len(text), 4))


def crowd_mark(texts: Sequence[str]) -> str:
    """``1`` when a number of four digits and more needs its neighbours' room, ``2`` when it needs smaller type too."""
    if max(map(len, texts)) < 4:
        return "0"
    return "1" if sum(map(len, texts)) <= 13 else "2"


def _part(name: str) -> dict[str, str]:
    return {"data-part": name}

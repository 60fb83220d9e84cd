"""Deadlines: what is late and about to be, where, since when and whose delay it is."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.papers import Group, Paper, Wanted, oldest_first
from layouts import deadlines_words, message, metric_words, words
from layouts.asked import Asked
from layouts.deadlines_list import documents
from layouts.deadlines_parts import breakdown
from layouts.desk import Crumb
from layouts.tiles import raw
from layouts.view import View

HEADLINE: Final[tuple[tuple[str, Group | None], ...]] = (
    ("sla.overdue", "late"),
    ("sla.at_risk", "soon"),
    ("sla.breached_7d", "breached"),
    ("sla.on_time_30d", None),
)
"""Numbers, and the group of documents that each counts."""
PARTS: Final = (
    ("parties", message("Whose delay")),
    ("days", message("Days taken")),
    ("forecast", message("Forecast")),
)
"""What stands further down the page: ids and names."""


def title(view: View, asked: Asked) -> str:
    code = asked.filters.get("document")
    return view.catalogue.gettext("Document {code}", code=code) if code else view.catalogue.gettext("Deadlines")


def crumbs(view: View, asked: Asked) -> list[Crumb]:
    _, code = view.catalogue.gettext, asked.filters.get("document")
    wall = (_("Wall"), asked.href("/wall"))
    if code:
        return [wall, (_("Deadlines"), asked.href("/deadlines")), (code, None)]
    return [wall, (_("Deadlines"), None)]


def now(view: View, asked: Asked, snapshot: Mapping[str, Any], papers: Sequence[Paper], at: float) -> list[Component]:
    """``papers`` are the rows of all centres (:class:`dashboard.shelf.Shelf`), ``at`` the clock of the moment shown."""
    wanted, group, problems = deadlines_words.wanted(view, asked, papers)
    figures, counted = place(snapshot, wanted), [each for each in papers if each.groups]
    found = oldest_first(filter(wanted.holds, counted), group)
    parts = [
        breakdown(view, asked, snapshot, counted, wanted, group),
        documents(view, asked, found, wanted, group, figures, at),
    ]
    filtered = bool(set(asked.filters) & {"of", "service", "stage", "holder", "group"})
    return [
        *deadlines_words.problem_lines(view, problems),
        headline(view, asked, snapshot, wanted, group),
        _contents(view),
        html.Div(parts[::-1] if filtered else parts, className="deadlines-now"),
    ]


def place(snapshot: Mapping[str, Any], wanted: Wanted) -> Mapping[str, Any]:
    """The numbers of the place that is asked for: a branch, a centre, or the network."""
    if wanted.centre is None:
        found: Mapping[str, Any] = snapshot["totals"]
        return found
    found = next(each for each in snapshot["centres"] if each["id"] == wanted.centre)
    if wanted.branch is None:
        return found
    return next(each for each in found["branches"] if each["id"] == wanted.branch)


def headline(view: View, asked: Asked, snapshot: Mapping[str, Any], wanted: Wanted, group: Group) -> html.Div:
    """The numbers of deadlines, each a link to its documents below; the group that is shown is marked."""
    figures = place(snapshot, wanted)
    centre = place(snapshot, wanted.without("branch")) if wanted.centre else {}
    is_old = centre.get("state", "live") != "live"
    numbers = [_one(view, asked, wanted, figures, key, counted, counted == group) for key, counted in HEADLINE]
    old = [html.P(words.state_text(view, centre), className="note old-note")] if is_old else []
    return html.Div(
        [html.Div(numbers, className="four old" if is_old else "four"), *old], className="deadlines-headline"
    )


def _one(
    view: View,
    asked: Asked,
    wanted: Wanted,
    figures: Mapping[str, Any],
    key: str,
    counted: Group | None,
    chosen: bool,
) -> html.Div:
    value = figures["sla"][key.partition(".")[2]]
    mark = figures.get("levels", {}).get("sla", "ok") if key == "sla.overdue" else "ok"
    hook = {"data-metric": "sla"} if key == "sla.overdue" else {}
    text = words.number_text(view, "load" if counted is None else "sla", value)
    number = html.P(
        [html.Span(text), html.Span(words.unit_text("load" if counted is None else "sla", value), className="unit")],
        className="four-number",
        **{"data-number": key, "data-value": raw(value), **hook},
    )
    name = metric_words.label(view, key)
    free = dict.fromkeys(("number", "service", "stage", "holder"))  # the number is that of the whole place
    behind = asked.number_href(key, wanted.centre, wanted.branch)
    href = behind if counted is None else asked.href(group=counted, **free)
    return html.Div(
        [
            html.P(
                [html.Span(className="shape", **{"aria-hidden": "true"}), html.Span(name)],
                className="four-label",
                **{"data-mark": mark},
            ),
            dcc.Link(number, href=href, className="number-link", title=name),
            html.P(_note(view, figures, key), className="four-norm"),
        ],
        className="four-one chosen" if chosen else "four-one",
        **{"data-mark": mark},
    )


def _note(view: View, figures: Mapping[str, Any], key: str) -> str:
    _, number, sla = view.catalogue.gettext, view.catalogue.number, figures["sla"]
    if key == "sla.overdue":
        norm = words.norm_text(view, "sla", figures)
        if sla["oldest_overdue_days"] is None:
            return norm
        return f"{norm} · " + _("the oldest {n} d", n=number(sla["oldest_overdue_days"]))
    if key == "sla.at_risk":
        return _("of {n} in progress", n=number(sla["open"]))
    if key == "sla.breached_7d":
        return _("finished since or not")
    return _("of those finished or become late")


def _contents(view: View) -> html.Nav:
    """The way to what stands further down: the list may be long."""
    _ = view.catalogue.gettext
    links = [html.Li(html.A(_(name), href=f"#{id_}")) for id_, name in PARTS]
    return html.Nav(html.Ul(links), className="contents", **{"aria-label": _("Further down")})

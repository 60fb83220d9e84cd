"""Staff: how many there are, how many leave, which centres bleed, and what it is with chance taken out."""

from collections.abc import Mapping
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.staff_statistics import rate_interval
from dashboard.staffing import Staffing, Team
from layouts import desk, metric_words, narrowed, staff_words, words
from layouts.asked import Asked
from layouts.desk import Crumb
from layouts.staff_table import table
from layouts.tiles import raw
from layouts.view import View


def title(view: View, asked: Asked) -> str:
    return narrowed.title(view, asked, view.catalogue.gettext("Staff"))


def crumbs(view: View, asked: Asked) -> list[Crumb]:
    return narrowed.crumbs(view, asked, view.catalogue.gettext("Staff"), number=None)


def now(view: View, asked: Asked, snapshot: Mapping[str, Any], staffing: Staffing | None) -> list[Component]:
    """``staffing`` is that of the network, or of the centre that is asked for; None of one that has not opened."""
    centre, problems = narrowed.wanted_centre(view.network, asked)
    place = place_of(snapshot, centre)
    team = staffing.whole if staffing else None
    return [
        *desk.problem_lines(view, problems),
        headline(view, asked, place, team, centre),
        *([_away(view, asked, centre)] if centre else []),
        table(view, asked, snapshot, staffing, centre),
    ]


def place_of(snapshot: Mapping[str, Any], centre: str | None) -> Mapping[str, Any]:
    """The numbers of the network, or of a centre."""
    if centre is None:
        found: Mapping[str, Any] = snapshot["totals"]
        return found
    return next(each for each in snapshot["centres"] if each["id"] == centre)


def headline(view: View, asked: Asked, place: Mapping[str, Any], team: Team | None, centre: str | None) -> html.Div:
    """The four numbers of staff, each a link to its rows; turnover with its counts and its interval."""
    is_old = place.get("state", "live") not in ("live", "late")
    notes: dict[str, list[str]] = {
        "turnover.headcount": _flow(view, team),
        "turnover.posts": [view.catalogue.gettext("by the staffing table")],
        "turnover.vacancies": _vacant(view, place["turnover"]),
        "turnover.rate_12m": _rate_note(view, place, team),
    }
    numbers = [_one(view, asked, place, key, note, centre) for key, note in notes.items()]
    old = [html.P(words.state_text(view, place), className="note old-note")] if is_old else []
    return html.Div([html.Div(numbers, className="four old" if is_old else "four"), *old], className="staff-headline")


def _one(view: View, asked: Asked, place: Mapping[str, Any], key: str, note: list[str], centre: str | None) -> html.Div:
    value = place["turnover"][key.partition(".")[2]]
    is_rate = key == "turnover.rate_12m"
    mark = place.get("levels", {}).get("turnover", "ok") if is_rate else "ok"
    group = "turnover" if is_rate else "sla"
    hooks = {"data-number": key, "data-value": raw(value)} | ({"data-metric": "turnover"} if is_rate else {})
    text = [
        html.Span(words.number_text(view, group, value)),
        html.Span(words.unit_text(group, value), className="unit"),
    ]
    name = metric_words.label(view, key)
    return html.Div(
        [
            html.P(
                [html.Span(className="shape", **{"aria-hidden": "true"}), html.Span(name)],
                className="four-label",
                **{"data-mark": mark},
            ),
            dcc.Link(
                html.P(text, className="four-number", **hooks),
                href=asked.number_href(key, centre),
                className="number-link",
                title=name,
            ),
            *(html.P(each, className="four-norm") for each in note if each),
        ],
        className="four-one",
        **{"data-mark": mark},
    )


def _flow(view: View, team: Team | None) -> list[str]:
    if team is None or team.joined_12m is None:
        return []
    number = view.catalogue.number
    return [
        view.catalogue.gettext(
            "in 12 months {joined} joined, {left} left", joined=number(team.joined_12m), left=number(team.left_12m)
        )
    ]


def _vacant(view: View, figures: Mapping[str, Any]) -> list[str]:
    vacancies, posts = figures["vacancies"], figures["posts"]
    if vacancies is None or not posts:
        return []
    if vacancies < 0:
        return [view.catalogue.gettext("more people than posts")]
    return [view.catalogue.gettext("{share} of the posts", share=view.catalogue.percent(vacancies / posts))]


def _rate_note(view: View, place: Mapping[str, Any], team: Team | None) -> list[str]:
    counts = staff_words.counts_text(view, team)
    interval = rate_interval(team) if team else None
    told = [each for each in (counts, staff_words.interval_text(view, team, interval)) if each]
    return [
        words.norm_text(view, "turnover", place),
        " · ".join(told) if counts else "",
        staff_words.history_text(view, team, place["turnover"]),
    ]


def _away(view: View, asked: Asked, centre: str) -> html.P:
    """The ways from a centre's staff: to the centre, and to all."""
    _ = view.catalogue.gettext
    whole = dcc.Link(_("Staff of the whole network"), href=asked.href(of=None, number=None))
    return html.P(
        [
            *([whole] if view.viewer.centre is None else []),
            dcc.Link(_("The centre's page"), href=asked.centre_href(centre)),
        ],
        className="staff-ways",
    )

"""The last year of staff: headcount against posts, who came and went and why, how long people stay, and the load."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.staff_statistics import Correlation, Survival
from dashboard.staffing import Month
from layouts import figures, figures_staff, message, staff_words
from layouts.asked import Asked
from layouts.trend import trend
from layouts.view import View

LOAD_DAYS: Final = {"30": message("30 days"), "91": message("91 days")}
"""Whole days up to yesterday that load is the mean of, by ``?load=``."""
DEFAULT_LOAD: Final = "30"
Point = tuple[str, float | None, float | None, int | None, str | None]
"""A branch's name, load, turnover, headcount and address."""


@dataclass(frozen=True)
class Past:
    """What the last year of a place says."""

    headcounts: Sequence[tuple[float, int | None]]
    """(moment, staff) at the 13 month-boundaries."""
    posts: Sequence[int | None]
    """At the same moments."""
    months: Sequence[Month]
    rates: Sequence[tuple[str, str | None, Sequence[float | None]]]
    """(name, address, turnover at the 13 boundaries): the whole first, then its parts."""
    reasons: Mapping[str, int] | None
    survival: Survival
    points: Sequence[Point]
    correlation: Correlation
    load: str
    """A key of :data:`LOAD_DAYS`."""


def load_window(asked: Asked) -> str:
    """The days that are asked for; the usual ones for anything that is not known."""
    said = asked.filters.get("load", DEFAULT_LOAD)
    return said if said in LOAD_DAYS else DEFAULT_LOAD


def history(view: View, asked: Asked, past: Past) -> list[Component]:
    return [
        html.Div(
            [_posts(view, past), _flow(view, past), _rates(view, asked, past), _reasons(view, past)],
            className="staff-cards",
        ),
        _service(view, past.survival),
        _load(view, asked, past),
    ]


def _card(head: str, parts: Sequence[Any], part: str) -> html.Section:
    return html.Section([html.H2(head), *parts], className="card", **{"data-part": part})


def _posts(view: View, past: Past) -> html.Section:
    head = view.catalogue.gettext("Staff and posts over the year")
    months = [
        (*_month(view, moment), count, posts)
        for (moment, count), posts in zip(past.headcounts, past.posts, strict=True)
    ]
    figure = figures_staff.headcount_and_posts(view, months)
    return _card(head, [figures.graph(view, figure, label=head, id="staff-posts")], "posts")


def _flow(view: View, past: Past) -> html.Section:
    _, number = view.catalogue.gettext, view.catalogue.number
    head = _("Joined and left by month")
    months = [(*_month(view, each.until), each.joined, each.left) for each in past.months]
    day = view.network.local.to_datetime(past.months[-1].until).day
    note = _("A month here ends on day {n}, as the year that ends now does.", n=number(day))
    figure = figures.joiners_and_leavers(view, months)
    parts = [figures.graph(view, figure, label=head, id="staff-flow"), html.P(note, className="note")]
    return _card(head, parts, "flow")


def _month(view: View, moment: float) -> tuple[int, int]:
    here = view.network.local.to_datetime(moment)
    return here.year, here.month


def _rates(view: View, asked: Asked, past: Past) -> html.Section:
    """A line a place: as it was a year ago, month by month, and now."""
    _, percent = view.catalogue.gettext, view.catalogue.percent
    head = _("Turnover over the year")
    rows = [
        html.Tr(
            [
                html.Th(dcc.Link(name, href=href) if href else name, scope="row"),
                html.Td(percent(rates[0]), className="figure"),
                html.Td(trend(view, rates, norm=view.network.norms.turnover), className="staff-trend"),
                html.Td(percent(rates[-1]), className="figure"),
            ]
        )
        for name, href, rates in past.rates
    ]
    heads = [
        _("Branch") if "of" in asked.filters else _("Centre"),
        _("a year ago"),
        _("month by month, and the norm"),
        _("at this moment"),
    ]
    cells = [
        html.Th(each, scope="col", className="figure" if place in (1, 3) else "") for place, each in enumerate(heads)
    ]
    grid = html.Table(
        [html.Caption(head, className="aside-only"), html.Thead(html.Tr(cells)), html.Tbody(rows)],
        className="table staff-rates",
    )
    note = html.P(_("Where leavers are told of for less than a year, turnover is scaled to a year."), className="note")
    return _card(head, [grid, note], "rates")


def _reasons(view: View, past: Past) -> html.Section:
    _ = view.catalogue.gettext
    head = _("Why people left in 12 months")
    if not past.reasons:
        return _card(head, [html.P(_("Nobody is known to have left."))], "reasons")
    figure = figures.reasons(view, past.reasons)
    note = _(
        "Those who gave no reason are counted as “other reason”: the centres' events do not tell them apart. "
        "“Moved elsewhere” is also who left this place for another of the network and has not begun there yet."
    )
    parts = [figures.graph(view, figure, label=head, id="staff-reasons"), html.P(note, className="note")]
    return _card(head, parts, "reasons")


def _service(view: View, found: Survival) -> html.Section:
    """How long people stay, with what it stands on: the curve alone would say more than is known."""
    _ = view.catalogue.gettext
    head = _("How long people stay")
    named = [(_("Leave within {n} months", n=months), found.left_by[months]) for months in (6, 12)]
    facts = [(name, *staff_words.share_text(view, share)) for name, share in named]
    facts.append((_("Half have left after"), staff_words.months_text(view, found.median), _median_note(view, found)))
    parts: list[Any] = [html.Dl([_fact(*each) for each in facts], className="facts")]
    if len(found.steps) > 1:
        figure = figures.survival(view, found.steps, found.at_risk)
        parts.append(figures.graph(view, figure, label=head, id="staff-service"))
    else:
        parts.append(html.P(_("There is no curve to draw: too few have left, or too few are followed.")))
    return _card(head, [*parts, html.P(_stands_on(view, found), className="note")], "service")


def _fact(name: str, value: str, under: str) -> html.Div:
    below = [html.Span(under, className="under")] if under else []
    return html.Div([html.Dt(name), html.Dd([html.Span(value), *below])])


def _median_note(view: View, found: Survival) -> str:
    if found.median is not None or not found.people:
        return ""
    return view.catalogue.gettext("more than half stay as long as they are followed")


def _stands_on(view: View, found: Survival) -> str:
    _, number = view.catalogue.gettext, view.catalogue.number
    said = [
        _(
            "Kaplan and Meier's curve with its 95 % band, of the {n} who joined since the centres tell of leavers; "
            "{left} of them have left. Who is still here counts as having stayed at least so long. A move inside ends "
            "nothing.",
            n=number(found.people),
            left=number(found.left),
        )
    ]
    if found.joined_before:
        said.append(
            _(
                "Left out are {n} who joined before that: of those who came with them only the ones who stayed are "
                "known, and they would make the curve too good.",
                n=number(found.joined_before),
            )
        )
    if found.unknown:
        said.append(_("Of {n} nobody said when they joined: they are left out too.", n=number(found.unknown)))
    return " ".join(said)


def _load(view: View, asked: Asked, past: Past) -> html.Section:
    """One dot a branch, what the dots say in words, and the days that the load is of."""
    _ = view.catalogue.gettext
    head = _("Does turnover follow the load?")
    links = [
        dcc.Link(
            _(name),
            href=asked.href(load=None if days == DEFAULT_LOAD else days),
            **({"className": "current"} if days == past.load else {}),
        )
        for days, name in LOAD_DAYS.items()
    ]
    window = html.Nav(
        [html.Span(_("Load of")), *links], className="period-links", **{"aria-label": _("Days that the load is of")}
    )
    figure = figures.turnover_against_load(view, past.points)
    parts = [
        html.P(staff_words.correlation_text(view, past.correlation), className="staff-reading"),
        window,
        figures.graph(view, figure, label=head, id="staff-load"),
        html.P(_load_note(view, past), className="note"),
    ]
    return _card(head, parts, "load")


def _load_note(view: View, past: Past) -> str:
    _ = view.catalogue.gettext
    missing = [name for name, load, rate, _count, _href in past.points if load is None or rate is None]
    said = [_("Load: time with visitors of the time windows were open, whole days up to yesterday. Area: headcount.")]
    if missing:
        said.append(_("Without a dot, for load or turnover is not known: {names}.", names=", ".join(missing)))
    return " ".join(said)

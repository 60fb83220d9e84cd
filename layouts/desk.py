"""The frame of every page that one sits before: where one is, how fresh the picture is, search, period, the parts.

A page has two parts: what is true at this moment, drawn again every few seconds while data comes, and what history
says, drawn again every minute. Beside them stands the panel with the rows behind a number, when one is open.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.alert_board import WATCHED_S, Board
from dashboard.period import PERIODS, Period
from layouts import alarm_count, ids, message
from layouts.asked import Asked
from layouts.shell import switches, who
from layouts.view import View, epoch

STALE_S: Final = 8.0
TICK_S: Final = 3.0
"""The part of this moment is drawn again at most so often."""
MINUTE_S: Final = 60.0

Crumb = tuple[str, str | None]
"""A place on the way here: its name, and its address (None for the page itself)."""

SECTIONS: Final = (
    ("wall", message("Wall")),
    ("deadlines", message("Deadlines")),
    ("staff", message("Staff")),
    ("oversight", message("Oversight")),
    ("week", message("Week")),
    ("feeds", message("Feeds")),
    ("alerts", message("Alarms")),
)
"""Pages, each with the path of its name."""
PERIOD_WORDS: Final = {
    "today": message("today"),
    "yesterday": message("yesterday"),
    "week": message("7 days"),
    "month": message("30 days"),
    "quarter": message("91 days"),
    "year": message("a year"),
    "custom": message("other days"),
}
PROBLEM_WORDS: Final = {
    "not_a_moment": message("“{value}” is no moment: write it as 2026-11-24T10:30. The page shows now."),
    "future_moment": message("“{value}” has not come yet. The page shows now."),
    "unknown_period": message("“{value}” is no period that this page knows. It shows its usual one."),
    "not_a_day": message("“{value}” is no day: write it as 2026-11-24. The page shows its usual period."),
    "period_backwards": message("The period {value} ends before it begins. The page shows its usual one."),
    "period_too_long": message("The period {value} is longer than three years. The page shows its usual one."),
    "too_long": message("The address says too much in “{value}”: it was left out."),
    "unknown_centre": message("There is no centre “{value}” in this network."),
    "unknown_branch": message("There is no branch “{value}” in this network."),
    "unknown_number": message("There is no number “{value}” here."),
    "no_data": message("No data yet: the worker has not published a picture."),
}


def desk(
    view: View,
    asked: Asked,
    *,
    page: str,
    title: str,
    crumbs: Sequence[Crumb],
    now: Component | Sequence[Component],
    history: Component | Sequence[Component],
    panel: Component | None,
    snapshot: Mapping[str, Any] | None,
    standing: Board | None = None,
    problems: Sequence[tuple[str, str]] = (),
    has_period: bool = True,
) -> html.Div:
    """The whole page. ``snapshot`` is that of the moment shown, live or past; None before there is one;
    ``standing`` what stands of alarms now, None when no runner ever said it."""
    at = epoch(snapshot["at"]) if snapshot else view.now
    return html.Div(
        [
            html.A(view.catalogue.gettext("To the content"), href="#main", className="skip"),
            header(view, asked, title, crumbs, alarm_count.alarm_count(view, standing, at)),
            *([past_band(view, asked)] if asked.at is not None else []),
            html.P(className="alarm", role="alert", **{"data-part": "alarm"}),
            alarm_count.blocked(view),
            *problem_lines(view, [*asked.problems, *problems]),
            html.Div(
                [
                    html.Main(
                        [
                            html.Div(now, id=ids.PAGE_NOW, className="desk-now"),
                            *([period_bar(view, asked)] if has_period else []),
                            html.Div(history, id=ids.PAGE_HISTORY, className="desk-history"),
                        ],
                        id="main",
                    ),
                    html.Div(panel, id=ids.PAGE_PANEL, className="desk-panel"),
                ],
                className="desk-body",
            ),
            dcc.Store(id=ids.PAGE_ASKED, data=asked_data(page, asked)),
            dcc.Store(id=ids.PAGE_CONFIG, data=config(view, asked, snapshot)),
            *(dcc.Store(id=each) for each in STORES),
        ],
        id=ids.PAGE,
        className="desk",
        **{
            "data-page": page,
            "data-live": live(view, asked, snapshot),
            "data-version": str(snapshot["version"]) if snapshot else "",
            "data-at": snapshot["at"] if snapshot else "",
        },
    )


STORES: Final = (
    ids.PAGE_FOLLOWING,
    ids.PAGE_TICK,
    ids.PAGE_MINUTE,
    ids.PAGE_FRESH_NOW,
    ids.PAGE_FRESH_HISTORY,
)


def live(view: View, asked: Asked, snapshot: Mapping[str, Any] | None) -> str:
    """``live`` when the picture is at most 8 s old; a past moment never is."""
    fresh = asked.at is None and snapshot is not None and view.now - epoch(snapshot["at"]) <= STALE_S
    return "live" if fresh else "stale"


def asked_data(page: str, asked: Asked) -> dict[str, Any]:
    """What the browser gives back to have a part drawn again."""
    return {
        "page": page,
        "path": asked.path,
        "centre": asked.centre,
        "branch": asked.branch,
        "query": dict(asked.query),
        "past": asked.at is not None,
    }


def config(view: View, asked: Asked, snapshot: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the page's script needs to follow the live stream."""
    _ = view.catalogue.gettext
    return {
        "url": "/api/v1/live",
        "tick_s": TICK_S,
        "minute_s": MINUTE_S,
        "stale_s": STALE_S,
        "watched_s": WATCHED_S,
        "past": asked.at is not None,
        "centre": asked.centre,
        "at": snapshot["at"] if snapshot else None,
        "offset": view.network.local.offset(view.now),
        "stale": _("Data has not changed since {when}"),
        "lost": _("No contact with the server since {when}"),
    }


def past_band(view: View, asked: Asked) -> html.Div:
    """Plainly: this is the past, and the way back to now."""
    _, catalogue, local = view.catalogue.gettext, view.catalogue, view.network.local
    assert asked.at is not None
    day = catalogue.long_date(date.fromordinal(local.day(asked.at)))
    moment = _("The past: {date}, {time}", date=day, time=catalogue.time(asked.at, local))
    return html.Div(
        [html.Strong(moment), html.A(_("Back to now"), href=asked.href(at=None))], className="past-band", role="status"
    )


def problem_lines(view: View, problems: Sequence[tuple[str, str]]) -> list[html.P]:
    """What in the address could not be used, in words."""
    _ = view.catalogue.gettext
    return [html.P(_(PROBLEM_WORDS[kind], value=value), className="problem", role="alert") for kind, value in problems]


def period_bar(view: View, asked: Asked) -> html.Nav:
    """Links for each period, comparison with the period before, and a form for other days."""
    _ = view.catalogue.gettext
    links = [
        dcc.Link(
            _(PERIOD_WORDS[key]),
            href=asked.href(period=key, from_=None, to=None),
            **({"className": "current"} if key == asked.period.key else {}),
        )
        for key in PERIODS
        if key != "custom"
    ]
    compare = dcc.Link(
        _("against the period before"),
        href=asked.href(compare=None if asked.compare else "before"),
        className="compare current" if asked.compare else "compare",
    )
    return html.Nav(
        [
            html.Div([*links, compare], className="period-links"),
            html.P(period_text(view, asked), className="period-text"),
            _custom_days(view, asked),
        ],
        className="period",
        **{"aria-label": _("Period")},
    )


def period_text(view: View, asked: Asked) -> str:
    """``17 ноября – 23 ноября``, and the period before when it is compared."""
    _ = view.catalogue.gettext
    here = period_days(view, asked.period)
    if not asked.compare:
        return here
    return _("{period}, against {before}", period=here, before=period_days(view, asked.period.before()))


def period_days(view: View, period: Period) -> str:
    """A day, or the first and the last."""
    first, last = period.first, period.last
    names = [view.catalogue.date(date.fromordinal(each)) for each in (first, last)]
    year = f" {date.fromordinal(last).year}" if date.fromordinal(first).year != date.fromordinal(last).year else ""
    return names[0] if first == last else f"{names[0]} – {names[1]}{year}"


def _custom_days(view: View, asked: Asked) -> html.Details:
    """A plain form: it works without a script, and its answer is an address."""
    _ = view.catalogue.gettext
    other = PERIOD_WORDS["custom"]
    hidden = {key: value for key, value in asked.query.items() if key not in ("period", "from", "to")}
    first, last = (date.fromordinal(each).isoformat() for each in (asked.period.first, asked.period.last))
    return html.Details(
        [
            html.Summary(_(other)),
            html.Form(
                [
                    html.Label([_("from"), dcc.Input(type="date", name="from", value=first)]),
                    html.Label([_("to"), dcc.Input(type="date", name="to", value=last)]),
                    *(dcc.Input(type="hidden", name=key, value=value) for key, value in hidden.items()),
                    html.Button(_("Show"), type="submit"),
                ],
                action=asked.path,
                method="get",
            ),
        ],
        className="period-custom",
        open=asked.period.key == "custom",
    )


def header(view: View, asked: Asked, title: str, crumbs: Sequence[Crumb], alarms: Component) -> html.Header:
    """Where one is, the page's name, search, the other pages with how many ``alarms`` stand, language and theme."""
    _ = view.catalogue.gettext
    steps = [
        html.Li(
            html.A(name, href=href)
            if href and href.startswith("/wall")
            else dcc.Link(name, href=href)
            if href
            else html.Span(name, **{"aria-current": "page"})
        )
        for name, href in crumbs
    ]
    return html.Header(
        [
            html.Nav(html.Ol(steps), className="crumbs", **{"aria-label": _("Where you are")}),
            html.H1(title),
            *([_search(view, asked)] if view.may_open("search") else []),
            html.Nav(
                [_section(view, asked, f"/{page}", name, alarms) for page, name in SECTIONS if view.may_open(page)],
                className="sections",
                **{"aria-label": _("Pages")},
            ),
            switches(view, lambda name, value: asked.href(**{name: value})),
            *who(view),
        ],
        className="desk-header",
    )


def _section(view: View, asked: Asked, path: str, name: str, alarms: Component) -> Component:
    href, text = asked.href(path), view.catalogue.gettext(name)
    mark = {"className": "current"} if asked.path == path else {}
    if path in ("/wall", "/week"):
        return html.A(text, href=href, **mark)
    counted = path == "/alerts" and asked.at is None  # they are of now
    return dcc.Link([text, alarms] if counted else text, href=href, **mark)


def _search(view: View, asked: Asked) -> html.Form:
    _ = view.catalogue.gettext
    at = asked.query.get("at")
    return html.Form(
        [
            html.Label(
                [
                    html.Span(_("Find a ticket or a document"), className="aside-only"),
                    dcc.Input(
                        type="search", name="q", value=asked.filters.get("q", ""), placeholder=_("Ticket or document")
                    ),
                ]
            ),
            *([dcc.Input(type="hidden", name="at", value=at)] if at else []),
            html.Button(_("Find"), type="submit"),
        ],
        action="/search",
        method="get",
        role="search",
        className="search",
    )

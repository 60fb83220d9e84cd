"""The floor plan: a card for every window, with who is there, what it does and since when."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from dashboard.hall import AtWindow, Doing, Window
from dashboard.i18n import UNKNOWN
from layouts import branch_words as words
from layouts import message, numbers, row_words
from layouts.asked import Asked
from layouts.view import View

FACTS: Final = ("load.windows_open", "load.windows_total", "load.serving", "load.waiting_per_window")
_UNHEARD: Final[dict[Doing, str]] = {"unheard": message("nothing heard"), "unknown": UNKNOWN}


def floor(view: View, asked: Asked, windows: Sequence[Window], figures: Mapping[str, Any]) -> html.Section:
    """Every window, with the numbers that they add up to. ``figures`` is the snapshot's branch."""
    _ = view.catalogue.gettext
    is_unknown = any(each.does == "unknown" for each in windows)
    silent = _("This branch's queue system says nothing of its operators: which windows are open is not known.")
    return html.Section(
        [
            html.H2(_("Windows"), id="windows"),
            numbers.facts(view, asked, figures, FACTS, asked.centre, asked.branch),
            *([html.P(silent, className="note")] if is_unknown else []),
            html.Ul([_card(view, asked, each) for each in windows], className="windows"),
        ],
        className="card",
        **{"aria-labelledby": "windows"},
    )


def does_text(view: View, does: Doing) -> str:
    found = _UNHEARD.get(does)
    return view.catalogue.gettext(found) if found else row_words.word(view, "state", does)


def _card(view: View, asked: Asked, window: Window) -> html.Li:
    _ = view.catalogue.gettext
    since = [_("since {when}", when=words.clock(view, window.since))] if window.since is not None else []
    return html.Li(
        [
            html.Div(
                [
                    html.Span(className="window-shape", **{"aria-hidden": "true"}),
                    html.H3(words.window_link(view, asked, window.id, _("Window {name}", name=window.id))),
                ],
                className="window-head",
            ),
            html.P([html.Strong(does_text(view, window.does)), " ", *since], className="window-does"),
            html.P(_operator(view, asked, window), className="window-operator"),
            *(_ticket(view, asked, each) for each in window.tickets),
            html.P(_("Served today: {n}", n=view.catalogue.number(window.served)), className="window-served")
            if window.does != "unheard"
            else None,
        ],
        className="window",
        **{
            "data-window": window.id,
            "data-does": window.does,
            "data-open": "1" if window.is_open else "",
            "data-served": str(window.served),
        },
    )


def _operator(view: View, asked: Asked, window: Window) -> list[Component | str]:
    _ = view.catalogue.gettext
    if not window.operator:
        return [_("No operator known")]
    before = _("The last one was") if window.does in ("closed", "unknown") else _("Operator")
    return [f"{before} ", words.operator_link(view, asked, window.operator)]


def _ticket(view: View, asked: Asked, each: AtWindow) -> html.Div:
    """What is at the window: marked when it takes longer than nine in ten of its kind."""
    _ = view.catalogue.gettext
    age = words.length(view, each.age_s)
    lines = [
        html.P(
            [words.ticket_link(view, asked, each.number, each.issued), html.Span(age, className="window-age")],
            className="window-number",
        ),
        html.P(words.service(view, each.service), className="window-service"),
    ]
    if each.is_long:
        long = _("longer than usual (up to {most})", most=words.length(view, each.usual_s))
        lines.append(html.P(words.mark(view, "watch", long)))
    return html.Div(lines, className="window-ticket")

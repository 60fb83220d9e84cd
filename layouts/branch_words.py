"""The branch page's words: services, lengths of time, moments, and what the rows' words have no place for."""

from datetime import date

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.i18n import UNKNOWN
from layouts import row_words
from layouts.asked import Asked
from layouts.view import View

_EXACT_S = 600
"""Shorter lengths are told with their seconds."""
_MINUTES_MOST = 100


def service(view: View, code: str) -> str:
    """A service's name; its code when the network file does not know it, a dash when it was never said."""
    found = view.network.service_by_id.get(code)
    return found.names.get(view.catalogue.language) if found else code or UNKNOWN


def length(view: View, seconds: float | None) -> str:
    """How long: seconds under ten minutes, minutes under 100 of them, else hours and minutes; rounded down."""
    _, number = view.catalogue.gettext, view.catalogue.number
    if seconds is None:
        return UNKNOWN
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    if whole < 60:
        return _("{n} s", n=number(whole))
    if whole < _EXACT_S:
        return _("{m} min {s} s", m=number(minutes), s=number(rest))
    if minutes < _MINUTES_MOST:
        return view.catalogue.duration(whole)
    return _("{h} h {m} min", h=number(minutes // 60), m=number(minutes % 60))


def clock(view: View, moment: float | None, *, exact: bool = False) -> str:
    """``HH:MM``, or ``HH:MM:SS``, by the network's wall clock."""
    if moment is None:
        return UNKNOWN
    text = view.catalogue.time(moment, view.network.local)
    return f"{text}:{int(view.network.local.seconds_of_day(moment) % 60):02}" if exact else text


def day(view: View, ordinal: int) -> str:
    return view.catalogue.date(date.fromordinal(ordinal))


def outcome(view: View, said: str) -> str:
    return row_words.word(view, "stage", said)


def priority(view: View, said: str) -> str:
    """Empty for a ticket without one."""
    return "" if said == "none" else row_words.word(view, "priority", said)


def operator_link(view: View, asked: Asked, operator: str, text: str = "") -> Component:
    """An operator's day; the hour and the window that were asked for no longer narrow it."""
    if not operator:
        return html.Span(UNKNOWN)
    href = asked.href(operator=operator, window=None, hour=None, service=None, ticket=None, issued=None)
    return dcc.Link(text or operator, href=href)


def window_link(view: View, asked: Asked, window: str, text: str = "") -> Component:
    if not window:
        return html.Span(UNKNOWN)
    href = asked.href(window=window, operator=None, hour=None, service=None, ticket=None, issued=None)
    return dcc.Link(text or window, href=href)


def ticket_link(view: View, asked: Asked, number: str, issued: float | None) -> Component:
    href = asked.ticket_href(asked.centre or "", asked.branch or "", number, issued)
    return dcc.Link(number, href=href)


def mark(view: View, level: str, text: str) -> html.Span:
    """A few words with a level's shape and colour."""
    return html.Span(
        [html.Span(className="shape", **{"aria-hidden": "true"}), html.Span(text)],
        className="marked",
        **{"data-mark": level},
    )

"""A centre at this moment: its level and freshness in words, its four numbers, what is wrong and what would help."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.deadlines import CENTRE
from dashboard.evidence import Finding
from layouts import centre_words, message, numbers, words
from layouts.asked import Asked
from layouts.view import View

SHOWN: Final = 6
"""Findings before those that wait behind a word."""
OLD: Final = ("silent", "closed")
FEED: Final = ("silent", "late_feed")
DOCUMENTS: Final = ("overdue_agency", "overdue_sent_late", "overdue_centre", "due_unsent")
TICKETS: Final = ("long_wait", "left_over")
"""Findings by where they lead."""
WHY: Final = {
    "queue": message("the queue"),
    "load": message("the load"),
    "turnover": message("staff turnover"),
    "sla": message("the deadlines"),
}
"""What a level comes from."""

Centre = Mapping[str, Any]
"""The snapshot's centre."""


def top(view: View, asked: Asked, centre: Centre) -> html.Section:
    """Level and freshness as on the wall, and the four numbers, marked as old while nobody knows the present ones."""
    parts: list[Component] = [standing(view, centre)]
    if centre["state"] != "planned":
        four = numbers.four(view, asked, centre, centre["id"])
        if centre["state"] in OLD:
            four.className = "four old"
            parts += [four, html.P(old_text(view, centre), className="note")]
        else:
            parts.append(four)
    return html.Section(parts, className="centre-top", **{"data-centre": centre["id"], "data-state": centre["state"]})


def standing(view: View, centre: Centre) -> html.Div:
    """``нужны меры: очередь, сроки · на связи``: the level with the numbers that make it, and how fresh it is."""
    level = [html.Span(words.level_text(view, centre), className="centre-level")]
    why = [view.catalogue.gettext(name) for group, name in WHY.items() if centre["levels"][group] == centre["level"]]
    if why and centre["level"] != "ok":
        level.append(html.Span(", ".join(why), className="centre-why"))
    return html.Div(
        [
            html.P([html.Span(className="shape", **{"aria-hidden": "true"}), *level], className="centre-standing"),
            html.P(words.state_text(view, centre), className="centre-state"),
        ],
        className="centre-words",
        **{"data-mark": centre["level"], "data-level": centre["level"]},
    )


def old_text(view: View, centre: Centre) -> str:
    """Which moment the numbers are of: the queue's while the centre is closed, all of them while it is silent."""
    _, when = view.catalogue.gettext, view.when(centre["as_of"])
    if centre["state"] == "closed":
        return _("The centre is closed: queue and load are as of {when}.", when=when)
    return _("Nobody knows the present numbers: these are as of {when}.", when=when)


def findings(view: View, asked: Asked, centre: Centre, found: Sequence[Finding]) -> html.Section:
    """What is wrong, the worst first, each with what would help; the first few, and the rest behind a word."""
    _ = view.catalogue.gettext
    if not found:
        body: list[Component] = [html.P(nothing_text(view, centre), className="finding-none")]
    else:
        body = [_list(view, asked, centre["id"], found[:SHOWN])]
        if len(found) > SHOWN:
            more = view.catalogue.ngettext("{n} more", "{n} more", len(found) - SHOWN)
            rest = _list(view, asked, centre["id"], found[SHOWN:])
            body.append(html.Details([html.Summary(more), rest], className="findings-rest"))
    return html.Section(
        [html.H2(_("What to do now"), id="findings"), *body],
        className="card findings",
        **{"aria-labelledby": "findings", "data-findings": str(len(found))},
    )


def nothing_text(view: View, centre: Centre) -> str:
    _ = view.catalogue.gettext
    if centre["state"] == "planned":
        return _("The centre has not opened yet: there is nothing to see to.")
    return _("Nothing needs you at this moment")


def _list(view: View, asked: Asked, centre: str, found: Sequence[Finding]) -> html.Ol:
    return html.Ol([_item(view, asked, centre, each) for each in found], className="finding-list")


def _item(view: View, asked: Asked, centre: str, finding: Finding) -> html.Li:
    where = centre_words.place(view, centre, finding)
    text = centre_words.what(view, centre, finding)
    # a sentence begins with a capital whatever it was put together from
    text = text if where else text[:1].upper() + text[1:]
    named = [html.Strong(f"{where}: ")] if where else []
    link = html.A if finding.kind in FEED else dcc.Link  # the feeds page is a document of its own
    body = link([*named, text[:1].lower() + text[1:] if where else text], href=href(asked, centre, finding))
    return html.Li(
        [
            html.Span(className="shape", **{"aria-hidden": "true"}),
            html.P([html.Span(mark_text(view, finding), className="aside-only"), body], className="finding-what"),
            html.P(centre_words.do(view, centre, finding), className="finding-do"),
        ],
        className="finding",
        **{"data-mark": finding.mark, "data-finding": finding.kind},
    )


def mark_text(view: View, finding: Finding) -> str:
    """The level in a word, for who sees neither colour nor shape."""
    return words.templates(view.catalogue)[f"level.{finding.mark}"] + ": "


def href(asked: Asked, centre: str, finding: Finding) -> str:
    """The place of what is told of: a ticket, a window, a branch, an agency's documents, the rows of a number."""
    if finding.kind in FEED:
        return asked.href("/feeds")
    if finding.kind in DOCUMENTS:
        return _documents_href(asked, centre, finding)
    if finding.branch is None:
        return asked.number_href(finding.metric or "queue.waiting", centre)
    if finding.kind in TICKETS:
        return asked.ticket_href(centre, finding.branch, finding.ticket, finding.since)
    return asked.branch_href(centre, finding.branch, window=finding.window, service=finding.service)


def _documents_href(asked: Asked, centre: str, finding: Finding) -> str:
    if finding.kind == "due_unsent":
        return asked.href("/deadlines", of=centre, stage="accepted", group="soon")
    return asked.href("/deadlines", of=centre, holder=finding.agency or CENTRE, group="late")

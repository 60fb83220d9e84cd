"""The waiting line: who waits, since when, the oldest first."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.hall import Waiter
from layouts import branch_words as words
from layouts import numbers
from layouts.asked import Asked
from layouts.view import View

SHOWN: Final = 50
"""Longer lines go on behind the number."""


def line(view: View, asked: Asked, waiters: Sequence[Waiter] | None, figures: Mapping[str, Any]) -> html.Section:
    """``waiters`` are as many as ``queue.waiting`` of ``figures``, the snapshot's branch; None while not known."""
    _ = view.catalogue.gettext
    count = numbers.number(view, asked, "queue.waiting", figures["queue"]["waiting"], asked.centre, asked.branch)
    return html.Section(
        [html.H2([_("Waiting line"), " ", count], id="line"), *_body(view, asked, waiters)],
        className="card line",
        **{"aria-labelledby": "line", "data-waiting": "" if waiters is None else str(len(waiters))},
    )


def _body(view: View, asked: Asked, waiters: Sequence[Waiter] | None) -> list[Component]:
    _ = view.catalogue.gettext
    if waiters is None:
        return [html.P(_("Nothing was heard of this branch's queue yet."), className="note")]
    if not waiters:
        return [html.P(_("Nobody is waiting."), className="note")]
    table = html.Table(
        [
            html.Caption(_("Waiting line, the oldest first"), className="aside-only"),
            html.Thead(
                html.Tr(
                    [
                        html.Th(_("Ticket number"), scope="col"),
                        html.Th(_("Service asked for"), scope="col"),
                        html.Th(_("Waits"), scope="col", className="figure"),
                    ]
                )
            ),
            html.Tbody([_row(view, asked, each) for each in waiters[:SHOWN]]),
        ],
        className="table",
    )
    return [html.Div(table, className="table-frame", tabIndex="0"), *_rest(view, asked, len(waiters))]


def _row(view: View, asked: Asked, each: Waiter) -> html.Tr:
    _ = view.catalogue.gettext
    marks = [text for text in (_priority(view, each), _("sent from another queue") * each.is_transferred) if text]
    return html.Tr(
        [
            html.Th(words.ticket_link(view, asked, each.number, each.since), scope="row"),
            html.Td([words.service(view, each.service), *(html.Span(text, className="under") for text in marks)]),
            html.Td(
                [
                    html.Strong(words.length(view, each.age_s)),
                    html.Span(_("since {when}", when=words.clock(view, each.since)), className="under"),
                    *([words.mark(view, "watch", _("over the norm"))] if each.is_late else []),
                ],
                className="figure",
            ),
        ],
        **{"data-late": "1" if each.is_late else ""},
    )


def _priority(view: View, each: Waiter) -> str:
    if each.wait_from > each.since:
        return view.catalogue.gettext("booked for {when}", when=words.clock(view, each.wait_from))
    return words.priority(view, each.priority)


def _rest(view: View, asked: Asked, count: int) -> list[Component]:
    if count <= SHOWN:
        return []
    number = view.catalogue.number
    text = view.catalogue.gettext("Shown: the first {shown} of {n}. All of them", shown=number(SHOWN), n=number(count))
    return [html.P(dcc.Link(text, href=asked.number_href("queue.waiting", asked.centre, asked.branch)))]

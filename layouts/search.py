"""Search: a ticket or a document by its code."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component
from msgspec import Struct

from dashboard.papers import stage_of
from dashboard.search import MOST, FoundDocument, FoundTicket, spelt
from layouts import deadlines_words as words
from layouts import row_words
from layouts.asked import Asked
from layouts.desk import Crumb
from layouts.view import View


class Results(Struct, frozen=True):
    documents: Sequence[FoundDocument]
    tickets: Sequence[FoundTicket]
    since: int
    """The first local day whose tickets can be found."""
    at: float


def title(view: View, asked: Asked) -> str:
    return view.catalogue.gettext("Search")


def crumbs(view: View, asked: Asked) -> list[Crumb]:
    return [(view.catalogue.gettext("Wall"), asked.href("/wall")), (title(view, asked), None)]


def results(view: View, asked: Asked, found: Results | None) -> list[Component]:
    """What was found, a single exact hit first; None when nothing was asked for."""
    if found is None:
        return [_help(view, None)]
    if not found.documents and not found.tickets:
        return [_nothing(view, asked), _help(view, found)]
    wanted = asked.filters["q"]
    parts = [_documents(view, asked, found, wanted), _tickets(view, asked, found, wanted)]
    exact = [any(spelt(each.code) == spelt(wanted) for each in found.documents), bool(_exact(found.tickets, wanted))]
    if exact == [False, True]:
        parts.reverse()
    return [each for each in parts if each is not None]


def _documents(view: View, asked: Asked, found: Results, wanted: str) -> Component | None:
    _, today = view.catalogue.gettext, view.network.local.day(found.at)
    if not found.documents:
        return None
    items = []
    for each in found.documents[:MOST]:
        stage = words.stage(view, stage_of(each.application, found.at))
        late = each.application.done is None and each.application.late <= found.at
        state = f"{stage}, " + _("is overdue") if late else stage
        due = _("due {date}", date=words.day(view, each.application.due, today))
        said = [view.name(each.centre), words.service(view, each.application.service), state, due]
        items.append(_hit(each.code, asked.document_href(each.code), said, spelt(each.code) == spelt(wanted)))
    return _section(view, "documents", _("Documents"), items, len(found.documents))


def _tickets(view: View, asked: Asked, found: Results, wanted: str) -> Component | None:
    _, today = view.catalogue.gettext, view.network.local.day(found.at)
    if not found.tickets:
        return None
    items = []
    for each in found.tickets[:MOST]:
        place = _(
            "{centre}, {branch}", centre=view.name(each.centre), branch=view.branch_name(each.centre, each.branch)
        )
        when = _("time not known") if each.started is None else words.moment(view, each.started, today)
        state = row_words.word(view, "stage", each.state) if each.state else _("never called")
        service = words.service(view, each.service)
        href = asked.ticket_href(each.centre, each.branch, each.number, each.started)
        items.append(_hit(each.number, href, [when, place, service, state], spelt(each.number) == spelt(wanted)))
    return _section(view, "tickets", _("Tickets"), items, len(found.tickets))


def _exact(tickets: Sequence[FoundTicket], wanted: str) -> list[FoundTicket]:
    return [each for each in tickets if spelt(each.number) == spelt(wanted)]


def _hit(code: str, href: str, said: Sequence[str], is_exact: bool) -> html.Li:
    return html.Li(
        [dcc.Link(code, href=href), html.Span(" · ".join(said))],
        **{"data-hit": code, **({"data-exact": "1"} if is_exact else {})},
    )


def _section(view: View, name: str, heading: str, items: Sequence[Any], count: int) -> html.Section:
    _, number = view.catalogue.gettext, view.catalogue.number
    said = number(count) if count <= MOST else _("more than {n}", n=number(MOST))
    return html.Section(
        [
            html.H2(f"{heading}: {said}", id=f"found-{name}"),
            html.Ul(list(items), className="hits"),
            *([html.P(_("Write more of it to see fewer."), className="note")] if count > MOST else []),
        ],
        className="card",
        **{"data-found": name, "data-value": str(min(count, MOST)), "aria-labelledby": f"found-{name}"},
    )


def _nothing(view: View, asked: Asked) -> html.Div:
    text = view.catalogue.gettext("Nothing was found for “{value}”.", value=asked.filters["q"])
    return html.Div(html.P(text), className="card", role="status", **{"data-found": "nothing"})


def _help(view: View, found: Results | None) -> html.Section:
    """What can be searched, and how far back."""
    _ = view.catalogue.gettext
    tickets = _("A ticket by its number, in all centres and branches, of the last days.")
    if found is not None:
        day = words.day(view, found.since, view.network.local.day(found.at))
        tickets = _("A ticket by its number, in all centres and branches, since {date}.", date=day)
    documents = _("A document by its code or the beginning of it, however long ago it was accepted.")
    return html.Section(
        [
            html.H2(_("What can be found")),
            html.Ul([html.Li(documents), html.Li(tickets)], className="hits"),
            html.P(_("Capital or small letters make no difference."), className="note"),
        ],
        className="card",
    )

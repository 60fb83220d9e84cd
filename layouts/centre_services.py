"""A centre's services by demand and by wait, and its documents by stage."""

from collections.abc import Mapping, Sequence
from typing import Final

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.counts import Counts
from dashboard.deadlines import CENTRE
from dashboard.stages import StageCount
from layouts import figures, numbers
from layouts.asked import Asked
from layouts.branch_words import length, service
from layouts.deadlines_words import stage as stage_word
from layouts.view import View

DRAWN: Final = 10
"""Services in the figure; all of them are in the table."""

Services = Mapping[str, Counts]


def services(view: View, asked: Asked, found: Services, *, is_day: bool) -> html.Section:
    """The most asked for as bars with the mean wait beside them, and all in a table."""
    _ = view.catalogue.gettext
    order = sorted(
        ((code, counts) for code, counts in found.items() if counts.issued or counts.served or counts.waits),
        key=lambda each: (-each[1].issued, each[0]),
    )
    if not order:
        body: list[Component] = [html.P(_("Nothing is known of this period."), className="note")]
    else:
        rows = [(service(view, code), *_bar(view.held_on(asked.period.last), counts)) for code, counts in order[:DRAWN]]
        figure = figures.ranked_bars(view, rows, unit=_("Tickets issued"), second_unit=_("Mean wait, min"))
        table = _table(view, asked, order, is_day=is_day)
        title = _("All services in a table: {n}", n=view.catalogue.number(len(order)))
        body = [
            figures.graph(view, figure, label=_("Services by demand and by wait")),
            html.Details([html.Summary(title), table], className="card"),
        ]
    return html.Section(
        [html.H2(_("Services by demand and by wait"), id="services"), *body], **{"aria-labelledby": "services"}
    )


def _bar(view: View, counts: Counts) -> tuple[float, float | None, str]:
    wait, norm = counts.mean_wait_s, view.network.norms.wait_s
    if wait is None:
        return counts.issued, None, ""
    return counts.issued, wait / 60, "act" if wait > 2 * norm else "watch" if wait > norm else ""


def _table(view: View, asked: Asked, order: Sequence[tuple[str, Counts]], *, is_day: bool) -> html.Div:
    _, catalogue = view.catalogue.gettext, view.catalogue
    heads = [_("Service asked for"), _("Tickets issued"), _("Mean wait"), _("Called within the norm")]
    heads += [_("Left without service"), *([_("Its tickets")] if is_day else [])]

    def row(code: str, counts: Counts) -> html.Tr:
        cells = [catalogue.number(counts.issued), length(view, counts.mean_wait_s)]
        cells += [catalogue.percent(counts.within_norm), catalogue.percent(counts.abandonment)]
        where = [html.Td(_branches(view, asked, code))] if is_day else []
        name = html.Th(service(view, code), scope="row")
        return html.Tr([name, *(html.Td(cell, className="figure") for cell in cells), *where])

    table = html.Table(
        [
            html.Caption(_("Services by demand and by wait"), className="aside-only"),
            html.Thead(
                html.Tr(
                    [
                        html.Th(text, scope="col", className="figure" if 0 < place < 5 else "")
                        for place, text in enumerate(heads)
                    ]
                )
            ),
            html.Tbody([row(*each) for each in order]),
        ],
        className="table",
    )
    return html.Div(table, className="table-frame", tabIndex="0")


def _branches(view: View, asked: Asked, code: str) -> list[Component]:
    """A service's tickets of the day in each branch."""
    centre = asked.centre or ""
    found: list[Component] = []
    for each in view.network.centre_by_id[centre].branches:
        link = dcc.Link(view.branch_name(centre, each.id), href=asked.branch_href(centre, each.id, service=code))
        found += [html.Span(" · "), link] if found else [link]
    return found if code else []


def stages(view: View, asked: Asked, found: Sequence[StageCount], when: str, in_progress: int | None) -> html.Section:
    """Documents by stage at ``when`` (a time of day), the late ones marked; and links to those that are late or soon
    will be. ``in_progress`` is the snapshot's ``sla.open``."""
    _ = view.catalogue.gettext
    title = _("Documents by stage, {when}", when=when)
    if not found:
        body: list[Component] = [html.P(_("No document is in progress."), className="note")]
    else:
        rows = [(stage_name(view, each), each.documents, each.late) for each in found]
        body = [
            figures.graph(view, figures.stages(view, rows), label=title),
            html.P([_("In progress"), ": ", numbers.number(view, asked, "sla.open", in_progress, asked.centre)]),
            *_pressing(view, asked, found),
        ]
    return html.Section([html.H2(title, id="stages"), *body], **{"aria-labelledby": "stages"})


def stage_name(view: View, each: StageCount) -> str:
    _ = view.catalogue.gettext
    if each.stage == "agency":
        return view.agency_name(each.agency)
    return _("ready, not issued") if each.stage == "ready" else stage_word(view, each.stage)


def _pressing(view: View, asked: Asked, found: Sequence[StageCount]) -> list[Component]:
    """Links to the documents of each stage that are late, or due within 2 working days."""
    items = []
    for each in found:
        links: list[Component] = []
        if each.late:
            links.append(
                dcc.Link(
                    view.catalogue.ngettext("{n} overdue", "{n} overdue", each.late), href=_href(asked, each, "late")
                )
            )
        if each.soon:
            links.append(
                dcc.Link(
                    view.catalogue.ngettext("{n} due soon", "{n} due soon", each.soon), href=_href(asked, each, "soon")
                )
            )
        if links:
            parts = [links[0], *(part for link in links[1:] for part in (html.Span(", "), link))]
            items.append(html.Li([html.Span(f"{stage_name(view, each)}: "), *parts]))
    return [html.Ul(items, className="stage-links")] if items else []


def _href(asked: Asked, each: StageCount, group: str) -> str:
    if each.stage == "agency":
        return asked.href("/deadlines", of=asked.centre, holder=each.agency, group=group)
    return asked.href("/deadlines", of=asked.centre, holder=CENTRE, stage=each.stage, group=group)

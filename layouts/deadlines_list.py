"""The documents of a group, the oldest first: where each is, since when, and whose delay it is."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import dcc, html

from dashboard.i18n import UNKNOWN
from dashboard.papers import NUMBER_OF, Group, Paper, Wanted
from layouts import deadlines_words as words
from layouts.asked import Asked
from layouts.deadlines_table import Column, Row, stacked
from layouts.view import View

SHOWN: Final = 50


def documents(
    view: View,
    asked: Asked,
    papers: Sequence[Paper],
    wanted: Wanted,
    group: Group,
    figures: Mapping[str, Any],
    now: float,
) -> html.Section:
    """``papers`` are those of the group that the filters ask for, in order; ``figures`` the place's numbers."""
    _ = view.catalogue.gettext
    today = view.network.local.day(now)
    heading = [words.group_name(view, group), html.Span(view.catalogue.number(len(papers)), className="list-count")]
    parts: list[Any] = [
        html.H2(heading, id="documents", **{"data-list": group, "data-value": str(len(papers))}),
        *_chips(view, asked, wanted),
    ]
    if papers:
        caption = _("{group}, the oldest first", group=words.group_name(view, group))
        parts.append(
            stacked(caption, _columns(view, group), [_row(view, asked, each, group, today) for each in papers[:SHOWN]])
        )
    else:
        parts.append(html.P(_("No such documents."), className="note"))
    parts.append(_all(view, asked, wanted, group, len(papers), figures))
    return html.Section(parts, className="card documents", **{"aria-labelledby": "documents"})


def _chips(view: View, asked: Asked, wanted: Wanted) -> list[html.Ul]:
    """The filters that are on, each a link that takes it off."""
    _ = view.catalogue.gettext
    names = {
        "of": wanted.centre and _place(view, wanted.centre, wanted.branch),
        "service": wanted.service and words.service(view, wanted.service),
        "stage": wanted.stage and words.stage(view, wanted.stage),
        "holder": wanted.holder and _("held by: {party}", party=words.party(view, wanted.holder)),
    }
    chips = [
        html.Li(
            dcc.Link(
                [html.Span(text), html.Span("×", **{"aria-hidden": "true"})],
                href=asked.href(**{key: None}),
                title=_("Take this filter off"),
                className="chip",
            )
        )
        for key, text in names.items()
        if text
    ]
    return [html.Ul(chips, className="chips", **{"aria-label": _("Filters")})] if chips else []


def _columns(view: View, group: Group) -> list[Column]:
    _ = view.catalogue.gettext
    last = [] if group == "soon" else [Column(_("Whose delay"))]
    return [
        Column(_("Document")),
        Column(_("Centre")),
        Column(_("Accepted on")),
        Column(_("Due day")),
        Column(_("Time left") if group == "soon" else _("Days late"), number=True),
        Column(_("Held by")),
        *last,
    ]


def _row(view: View, asked: Asked, paper: Paper, group: Group, today: int) -> Row:
    local = view.network.local
    late = [] if group == "soon" else [words.party(view, paper.party) if paper.party else UNKNOWN]
    return (
        [
            [dcc.Link(paper.code, href=asked.document_href(paper.code)), _under(words.service(view, paper.service))],
            _where(view, asked, paper),
            words.short_day(view, local.day(paper.accepted), today),
            words.short_day(view, paper.due, today),
            _time(view, paper, group, today),
            _holder(view, paper, today),
            *late,
        ],
        {"data-document": paper.code},
    )


def _where(view: View, asked: Asked, paper: Paper) -> list[Any]:
    several = len(view.network.centre_by_id[paper.centre].branches) > 1
    branch = [_under(view.branch_name(paper.centre, paper.branch))] if several and paper.branch else []
    return [dcc.Link(view.name(paper.centre), href=asked.centre_href(paper.centre)), *branch]


def _time(view: View, paper: Paper, group: Group, today: int) -> Any:
    """How late it is or was, or how much time is left."""
    _, catalogue, local = view.catalogue.gettext, view.catalogue, view.network.local
    if group == "soon":
        if today >= paper.due:
            return _("last day today")
        left = view.network.calendar.between(today, paper.due)
        return catalogue.ngettext("{n} working day", "{n} working days", left)
    until = today if paper.done is None else local.day(paper.done)
    return _("{n} d", n=catalogue.number(until - paper.due))


def _holder(view: View, paper: Paper, today: int) -> list[Any]:
    _ = view.catalogue.gettext
    day = words.short_day(view, view.network.local.day(paper.since), today)
    if paper.done is not None:
        return [words.stage(view, paper.stage), _under(day)]
    return [words.party(view, paper.holder), _under(_("since {when}", when=day))]


def _under(text: str) -> html.Span:
    return html.Span(text, className="under")


def _place(view: View, centre: str, branch: str | None) -> str:
    name = view.name(centre)
    if not branch:
        return name
    return view.catalogue.gettext("{centre}, {branch}", centre=name, branch=view.branch_name(centre, branch))


def _all(view: View, asked: Asked, wanted: Wanted, group: Group, count: int, figures: Mapping[str, Any]) -> html.P:
    """How many of them are shown, and the way to all, in a table that can be sorted and downloaded."""
    _, number = view.catalogue.gettext, view.catalogue.number
    key = NUMBER_OF[group]
    whole = figures["sla"][key.partition(".")[2]]
    link = dcc.Link(
        _("All {n} as a table, to sort and download", n=number(whole)),
        href=asked.number_href(key, wanted.centre, wanted.branch),
    )
    shown = _("The first {n} of {count} are shown.", n=number(SHOWN), count=number(count)) if count > SHOWN else ""
    return html.P([shown, " " if shown else "", *([link] if whole else [])], className="note all")

"""One document: where it has been, who used how much of its time, and whose delay it is."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import papers
from dashboard.network import Network
from dashboard.papers import OPEN_STAGES, Share, Stay
from dashboard.state import Application
from layouts import deadlines_words as words
from layouts import figures
from layouts.asked import Asked
from layouts.deadlines_table import Column, stacked
from layouts.view import View


def unknown(view: View, asked: Asked) -> list[Component]:
    """There is no such document, or was none yet at the moment shown."""
    _, code = view.catalogue.gettext, asked.filters["document"]
    text = _("No document “{code}” is known.", code=code)
    if asked.at is not None:
        text = _("No document “{code}” was known at this moment.", code=code)
    search = dcc.Link(_("Search by the beginning of its code"), href=asked.href("/search", q=code))
    return [html.Div([html.P(text, role="alert"), html.P(search)], className="card document-unknown")]


def document(view: View, asked: Asked, centre: str, application: Application, now: float) -> list[Component]:
    """``application`` is known at ``now`` (:func:`dashboard.papers.known_at`)."""
    return [
        _summary(view, asked, centre, application, now),
        _held(view, application, now),
        _course(view, application, now),
    ]


def _summary(view: View, asked: Asked, centre: str, application: Application, now: float) -> html.Section:
    _, local = view.catalogue.gettext, view.network.local
    assert application.accepted is not None
    today = local.day(now)
    stage, party = papers.stage_of(application, now), papers.whose_delay(application, view.network, now)
    branch = application.branch or _only_branch(view.network, centre)
    place: list[Any] = [dcc.Link(view.name(centre), href=asked.centre_href(centre))]
    if branch and len(view.network.centre_by_id[centre].branches) > 1:
        place += [", ", dcc.Link(view.branch_name(centre, branch), href=asked.branch_href(centre, branch))]
    facts = [
        (_("Service asked for"), words.service(view, application.service)),
        (_("Centre"), place),
        (_("Accepted on"), words.moment(view, application.accepted, today)),
        (_("Due day"), words.day(view, application.due, today)),
        (_("Stage"), words.stage(view, stage)),
        (_("Whose delay"), words.party(view, party) if party else _("none: not late")),
    ]
    mark = "act" if party and stage in OPEN_STAGES else "watch" if _is_at_risk(application, now) else "ok"
    return html.Section(
        [
            html.P(
                [
                    html.Span(className="shape", **{"aria-hidden": "true"}),
                    html.Strong(_outcome(view, application, stage, today)),
                ],
                className="document-state",
                **{"data-mark": mark, "data-stage": stage},
            ),
            html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts], className="facts"),
        ],
        className="card document",
        **{"aria-label": _("Document")},
    )


def _outcome(view: View, application: Application, stage: str, today: int) -> str:
    """How it stands, in a sentence."""
    _, catalogue, local = view.catalogue.gettext, view.catalogue, view.network.local
    until = today if application.done is None else local.day(application.done)
    late = until - application.due
    if application.done is not None:
        day = words.day(view, until, today)
        if application.done < application.late:
            return _("{stage} on {date}, in time", stage=_first_up(words.stage(view, stage)), date=day)
        return catalogue.ngettext(
            "{stage} on {date}, {n} day late",
            "{stage} on {date}, {n} days late",
            late,
            stage=_first_up(words.stage(view, stage)),
            date=day,
        )
    if late > 0:
        return catalogue.ngettext("Overdue by {n} day", "Overdue by {n} days", late)
    if late == 0:
        return _("Due today")
    left = view.network.calendar.between(today, application.due)
    return catalogue.ngettext("In time: {n} working day left", "In time: {n} working days left", left)


def _held(view: View, application: Application, now: float) -> html.Section:
    """Who held it when, as lanes and as days against what each party is allowed."""
    _ = view.catalogue.gettext
    stays, shares = papers.stays(application, now), papers.shares(application, view.network, now)
    kinds = {"in_time": (_("within the term"), "ok"), "late": (_("after the due day"), "act")}
    parties = list(dict.fromkeys(each.party for each in stays))
    lanes = [
        (
            words.party(view, party),
            [each for stay in stays if stay.party == party for each in _segments(view, stay, application, now)],
        )
        for party in parties
    ]
    figure = figures.timeline(view, lanes, kinds=kinds, now=now if application.done is None else None)
    return html.Section(
        [
            html.H2(_("Who held it")),
            figures.graph(view, figure, label=_("Who held the document from when until when"), id="document-timeline"),
            _shares(view, application, shares, now),
        ],
        className="card",
    )


def _segments(view: View, stay: Stay, application: Application, now: float) -> list[Any]:
    """A stay cut where the document became late."""
    until = now if stay.until is None else stay.until
    parts = [("in_time", stay.since, min(until, application.late)), ("late", max(stay.since, application.late), until)]
    today = view.network.local.day(now)
    return [
        (
            since,
            None if stay.until is None and end == until else end,
            kind,
            f"{words.moment(view, since, today)} – {words.moment(view, end, today)}",
        )
        for kind, since, end in parts
        if end > since
    ]


def _shares(view: View, application: Application, shares: Sequence[Share], now: float) -> html.Table:
    _ = view.catalogue.gettext
    party = papers.whose_delay(application, view.network, now)
    columns = [
        Column(_("Who")),
        Column(_("Used"), number=True),
        Column(_("Allowed"), number=True),
        Column(_("Beyond it"), number=True),
        Column(_("Delay")),
    ]
    rows = [
        (
            [
                words.party(view, each.party),
                words.days(view, each.used),
                words.days(view, each.allowed),
                words.days(view, each.beyond) if each.beyond else "0",
                _("the delay is theirs") if each.party == party else "",
            ],
            {"data-party": each.party},
        )
        for each in shares
    ]
    return stacked(_("Days that each used against what it is allowed"), columns, rows)


def _course(view: View, application: Application, now: float) -> html.Section:
    """What happened, in order."""
    _, today = view.catalogue.gettext, view.network.local.day(now)
    steps: list[tuple[float, str]] = []
    if application.accepted is not None:
        steps.append((application.accepted, _("accepted")))
    for hold in application.holds:
        steps.append((hold.since, _("sent: {party}", party=words.party(view, hold.agency))))
        if hold.until is not None:
            steps.append((hold.until, _("returned: {party}", party=words.party(view, hold.agency))))
    ends = (("ready", application.ready), ("issued", application.issued), (application.stopped_as, application.stopped))
    steps += [(moment, words.stage(view, name)) for name, moment in ends if moment is not None and name]
    if application.late <= now and (application.done is None or application.done >= application.late):
        steps.append((application.late, _("became late")))
    items = [
        html.Li([html.Time(words.moment(view, moment, today)), html.Span(text)])
        for moment, text in sorted(steps, key=lambda each: each[0])
    ]
    return html.Section([html.H2(_("What happened")), html.Ol(items, className="course")], className="card")


def _is_at_risk(application: Application, now: float) -> bool:
    return application.done is None and application.risk <= now < application.late


def _only_branch(network: Network, centre: str) -> str:
    branches = network.centre_by_id[centre].branches
    return branches[0].id if len(branches) == 1 else ""


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]

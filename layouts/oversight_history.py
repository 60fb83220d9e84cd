"""The past of oversight: complaints by kind and centre, deficiencies by category, visits; a year by month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from dashboard.oversight import ABOUT, Complaints, Found, Month, Visit
from layouts import desk, figures, figures_oversight, oversight_words, week_words
from layouts.asked import Asked
from layouts.deadlines_table import Column, Row, stacked
from layouts.view import View

VISITS: Final = 12


@dataclass(frozen=True)
class Past:
    """Of the days of the period, but the months, which are the last twelve."""

    complaints: Complaints
    complaints_before: Complaints | None
    """Of the period before, when it is asked for."""
    by_centre: Mapping[str, Complaints]
    complaint_months: Sequence[Month]
    found: Sequence[Found]
    found_before: Sequence[Found] | None
    deficiency_months: Sequence[Month]
    visits: Sequence[Visit]


def history(view: View, asked: Asked, past: Past) -> list[Component]:
    return [
        html.Div([_complaint_months(view, past), _deficiency_months(view, past)], className="oversight-pair"),
        _complaints(view, asked, past),
        html.Div([_found(view, asked, past), _visits(view, asked, past.visits)], className="oversight-pair"),
    ]


def _card(head: str, parts: Sequence[Any], part: str, **more: Any) -> html.Section:
    return html.Section([html.H2(head, **more), *parts], className="card", **{"data-part": part})


def _of_days(view: View, asked: Asked, head: str) -> str:
    return f"{head}: {desk.period_days(view, asked.period)}"


def _complaint_months(view: View, past: Past) -> html.Section:
    _ = view.catalogue.gettext
    head = _("Complaints by month, 12 months")
    figure = figures_oversight.came_and_settled(view, past.complaint_months, (_("filed"), _("answered")))
    return _card(head, [figures.graph(view, figure, label=head, id="complaint-months")], "complaint-months")


def _deficiency_months(view: View, past: Past) -> html.Section:
    _ = view.catalogue.gettext
    head = _("Deficiencies by month, 12 months")
    figure = figures_oversight.came_and_settled(view, past.deficiency_months, (_("found"), _("fixed")))
    return _card(head, [figures.graph(view, figure, label=head, id="deficiency-months")], "deficiency-months")


def _complaints(view: View, asked: Asked, past: Past) -> html.Section:
    """By centre and by what they are about; the whole stands below."""
    _ = view.catalogue.gettext
    head = _of_days(view, asked, _("Complaints"))
    columns = [
        Column(_("Centre")),
        *(Column(_(week_words.COMPLAINTS[each]), number=True) for each in ABOUT),
        Column(_("All"), number=True),
        Column(_("Answered"), number=True),
        Column(_("Upheld"), number=True),
    ]
    rows = [_of(view, view.name(centre), each, centre) for centre, each in past.by_centre.items()]
    if len(rows) > 1:
        rows.append(_of(view, _("All"), past.complaints, "network"))
    if past.complaints_before is not None:
        rows.append(_of(view, _("The period before"), past.complaints_before, "before"))
    body: Component = stacked(head, columns, rows) if rows else html.P(_("There were none in these days."))
    note = _("Upheld: the share of the complaints answered in these days that were found to be right.")
    return _card(head, [body, html.P(note, className="note")], "complaints-by-centre")


def _of(view: View, name: str, each: Complaints, place: str) -> Row:
    number = view.catalogue.number
    counts = [number(each.filed[about]) for about in ABOUT]
    cells = [name, *counts, number(each.total), number(each.closed), view.catalogue.percent(each.upheld_share)]
    return cells, {"data-complaints": place}


def _found(view: View, asked: Asked, past: Past) -> html.Section:
    _ = view.catalogue.gettext
    head = _of_days(view, asked, _("Deficiencies found"))
    columns = [
        Column(_("Category")),
        Column(_("Found"), number=True),
        Column(_("Fixed"), number=True),
        Column(_("Open"), number=True),
        Column(_("Past the due day"), number=True),
    ]
    rows = [_category(view, each.category or "—", [each], each.category) for each in past.found]
    if len(rows) > 1:
        rows.append(_category(view, _("All"), past.found, "all"))
    if past.found_before is not None:
        rows.append(_category(view, _("The period before"), past.found_before, "before"))
    body: Component = stacked(head, columns, rows) if rows else html.P(_("There were none in these days."))
    note = _("Past the due day: fixed after it, or open and late now.")
    return _card(head, [body, html.P(note, className="note")], "found")


def _category(view: View, name: str, found: Sequence[Found], hook: str) -> Row:
    number = view.catalogue.number
    whole, fixed, late = (sum(getattr(each, of) for each in found) for of in ("found", "fixed", "late"))
    return [name, number(whole), number(fixed), number(whole - fixed), number(late)], {"data-category": hook}


def _visits(view: View, asked: Asked, visits: Sequence[Visit]) -> html.Section:
    """The newest first, each with what was told of on its day."""
    _, number = view.catalogue.gettext, view.catalogue.number
    head = _of_days(view, asked, _("Visits"))
    columns = [
        Column(_("Visit")),
        Column(_("Centre")),
        Column(_("Deficiencies found"), number=True),
        Column(_("Fixed of them"), number=True),
        Column(_("Directives given"), number=True),
    ]
    rows: list[Row] = [
        (
            [
                [oversight_words.day(view, each.day), html.Span(each.code, className="under oversight-code")],
                view.name(each.centre),
                number(each.found),
                number(each.fixed),
                number(each.directives),
            ],
            {"data-visit": each.code},
        )
        for each in visits[:VISITS]
    ]
    body: Component = stacked(head, columns, rows) if rows else html.P(_("There were none in these days."))
    said = [_("Deficiencies and directives are those told of on the day of the visit, after it.")]
    if len(visits) > VISITS:
        said.insert(0, _("The first {n} of {count} are shown.", n=number(VISITS), count=number(len(visits))))
    return _card(head, [body, html.P(" ".join(said), className="note")], "visits", id="visits")

"""Operators' day: who served, was open, paused or away from when until when, and how much each served."""

from collections.abc import Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from dashboard.hours import opening
from dashboard.network import Branch
from dashboard.operator_day import LEAST_OPEN_S, OperatorDay, Part, Sums, median_rate
from layouts import branch_words as words
from layouts import figures, row_words
from layouts.asked import Asked
from layouts.view import View

_MARKS: Final = {"serving": "ok", "open": "idle", "paused": "watch", "closed": "off"}
_WORDS: Final = {"open": "free"}
"""A shift without a service in it is a free window."""


def section(view: View, asked: Asked, branch: Branch, day: int, operators: Sequence[OperatorDay]) -> html.Section:
    """The day (an ordinal) of ``operators``; what it shows ends where what is known of it ends."""
    _ = view.catalogue.gettext
    shown = [each for each in operators if asked.filters.get("operator") in (None, each.operator)]
    title = html.H2(_("Operators, {day}", day=words.day(view, day)), id="operators")
    if not shown:
        body: list[Component] = [html.P(_("Nothing is known of operators on this day."), className="note")]
    else:
        body = [_timeline(view, branch, day, shown), *_rates(view, operators), _table(view, asked, operators)]
    return html.Section([title, *body], className="day", **{"aria-labelledby": "operators"})


def _timeline(view: View, branch: Branch, day: int, operators: Sequence[OperatorDay]) -> html.Figure:
    _ = view.catalogue.gettext
    kinds = {kind: (row_words.word(view, "state", _WORDS.get(kind, kind)), mark) for kind, mark in _MARKS.items()}
    hours = axis_hours(view, branch, day, operators)
    lanes = [
        (each.operator, [_segment(view, part) for part in each.parts() if _is_in(view, part, day, hours)])
        for each in operators
    ]
    known = max(each.reach[1] for each in operators)
    figure = figures.timeline(view, [lane for lane in lanes if lane[1]], kinds=kinds, now=known - 1e-3, hours=hours)
    return figures.graph(view, figure, label=_("What each operator did, {day}", day=words.day(view, day)))


def axis_hours(view: View, branch: Branch, day: int, operators: Sequence[OperatorDay]) -> tuple[int, int]:
    """From the hour of opening to that of closing, and further where somebody began work outside it."""
    local, opened = view.network.local, opening(branch, view.network, day)
    spans = [opened] if opened else []
    spans += [
        (part.since, part.until)
        for each in operators
        for part in each.parts()
        if part.kind != "closed" and part.since > each.reach[0]
    ]
    if not spans:
        return 9, 18
    midnight = local.day_start(day)
    first = min(since for since, _ in spans) - midnight
    last = max(until for _, until in spans) - midnight
    return max(0, int(first // 3600)), min(24, -int(-last // 3600))


def _is_in(view: View, part: Part, day: int, hours: tuple[int, int]) -> bool:
    local = view.network.local
    return part.until > local.at(day, hours[0] * 3600) and part.since < local.at(day, hours[1] * 3600)


def _segment(view: View, part: Part) -> tuple[float, float | None, str, str]:
    _ = view.catalogue.gettext
    word = row_words.word(view, "state", _WORDS.get(part.kind, part.kind))
    until = _("now") if part.lasts else words.clock(view, part.until)
    said = [f"{part.ticket}, {words.service(view, part.service)}"] if part.ticket else []
    place = [_("window {name}", name=part.window)] if part.window else []
    told = ", ".join(
        [word, f"{words.clock(view, part.since)}–{until}", words.length(view, part.until - part.since), *place, *said]
    )
    return part.since, part.until, part.kind, told


def _rates(view: View, operators: Sequence[OperatorDay]) -> list[Component]:
    """Tickets per operator-hour side by side, and of whom that is not said."""
    _ = view.catalogue.gettext
    rates = [(each.operator, each.sums().served_per_hour) for each in operators]
    return spread(view, rates)


def spread(view: View, rates: Sequence[tuple[str, float | None]]) -> list[Component]:
    """A dot an operator with the branch's median; nothing of one alone."""
    _ = view.catalogue.gettext
    least = words.length(view, LEAST_OPEN_S)
    known = sum(rate is not None for _operator, rate in rates)
    too_few = len(rates) - known
    note = _(
        "Said of those who were open for {least} or more: with less, one ticket would make the figure.", least=least
    )
    if too_few:
        note += " " + view.catalogue.ngettext("{n} operator was not.", "{n} operators were not.", too_few)
    parts: list[Component] = [html.H3(_("Tickets per operator-hour")), html.P(note, className="note")]
    if known > 1:
        median = median_rate(rate for _operator, rate in rates)
        figure = figures.spread(view, rates, unit=_("tick./h"), median=median, norm=None)
        parts.append(figures.graph(view, figure, label=_("Tickets per operator-hour")))
    return parts


def _table(view: View, asked: Asked, operators: Sequence[OperatorDay]) -> html.Div:
    rows = [(each.operator, " ".join(each.windows), each.sums()) for each in operators]
    return operators_table(view, asked, rows, link=True)


def operators_table(view: View, asked: Asked, rows: Sequence[tuple[str, str, Sums]], *, link: bool) -> html.Div:
    """A row an operator: (code, windows, sums). Of one day codes ``link`` to it, and windows are told."""
    _, catalogue = view.catalogue.gettext, view.catalogue
    worded = [_("Operator code"), *([_("Windows")] if link else [])]
    heads = [_("Served"), _("Tickets an hour"), _("Busy"), _("Open, not paused"), _("Paused"), _("Load")]
    head = [html.Th(text, scope="col") for text in worded]
    head += [html.Th(text, scope="col", className="figure") for text in heads]

    def row(operator: str, windows: str, sums: Sums) -> html.Tr:
        cells: list[Any] = [
            catalogue.number(sums.served),
            catalogue.decimal(sums.served_per_hour, 1),
            words.length(view, sums.busy_s),
            words.length(view, sums.open_s),
            words.length(view, sums.paused_s),
            catalogue.percent(sums.occupancy),
        ]
        name = words.operator_link(view, asked, operator) if link else operator
        return html.Tr(
            [
                html.Th(name, scope="row"),
                *([html.Td(windows)] if link else []),
                *(html.Td(cell, className="figure") for cell in cells),
            ]
        )

    table = html.Table(
        [
            html.Caption(_("Operators"), className="aside-only"),
            html.Thead(html.Tr(head)),
            html.Tbody([row(*each) for each in rows]),
        ],
        className="table operators",
    )
    return html.Div(html.Div(table, className="table-frame", tabIndex="0"), className="card")

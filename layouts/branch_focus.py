"""An operator's hour, ticket by ticket: what is left of a day when operator, window, service and hour are asked for."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.day_focus import NARROWERS, Focus, Row
from dashboard.operator_day import Handled, Sums, by_hour
from layouts import branch_words as words
from layouts.asked import Asked
from layouts.view import View

SHOWN: Final = 100


def card(view: View, asked: Asked, seen: Focus) -> html.Section:
    """The sums, the hours to narrow it by, and the tickets."""
    _ = view.catalogue.gettext
    nothing: Mapping[str, None] = dict.fromkeys(NARROWERS)
    return html.Section(
        [
            html.Div(
                [
                    html.H2(_title(view, asked, seen), id="focus"),
                    dcc.Link(_("Close"), href=asked.href(**nothing), className="close"),
                ],
                className="card-head",
            ),
            *_body(view, asked, seen),
        ],
        className="card focus",
        **{"aria-labelledby": "focus"},
    )


def _title(view: View, asked: Asked, seen: Focus) -> str:
    _, wanted = view.catalogue.gettext, asked.filters
    parts = [
        _("Operator {code}", code=wanted["operator"]) if "operator" in wanted else "",
        _("Window {name}", name=wanted["window"]) if "window" in wanted else "",
        words.service(view, wanted["service"]) if "service" in wanted else "",
        words.day(view, seen.day),
        hour_text(seen.hour) if seen.hour is not None else "",
    ]
    return " · ".join(each for each in parts if each)


def hour_text(hour: int) -> str:
    return f"{hour:02}:00–{hour + 1:02}:00"


def _body(view: View, asked: Asked, seen: Focus) -> list[Component]:
    _ = view.catalogue.gettext
    if seen.problem:
        return [
            html.P(_("“{value}” is no hour of a day: write 0 to 23.", value=asked.filters["hour"]), className="note")
        ]
    if not seen.rows and not any(each.shifts for each in seen.operators):
        return [html.P(_("Nothing of this is known on {day}.", day=words.day(view, seen.day)), className="note")]
    return [
        *([_sums(view, seen.sums, with_rate=seen.hour is None)] if seen.sums else []),
        *([_hours(view, asked, seen)] if len(seen.operators) == 1 and "operator" in asked.filters else []),
        *_tickets(view, asked, seen),
    ]


def _sums(view: View, sums: Sums, *, with_rate: bool) -> html.Dl:
    """An hour is too short to say a rate of it."""
    _, catalogue = view.catalogue.gettext, view.catalogue
    told: list[tuple[str, str, str, Any]] = [
        (_("Served"), "served", catalogue.number(sums.served), sums.served),
        (_("Busy"), "busy_s", words.length(view, sums.busy_s), sums.busy_s),
        (_("Open, not paused"), "open_s", words.length(view, sums.open_s), sums.open_s),
        (_("Paused"), "paused_s", words.length(view, sums.paused_s), sums.paused_s),
        (_("Load"), "occupancy", catalogue.percent(sums.occupancy), sums.occupancy),
    ]
    if with_rate:
        rate = sums.served_per_hour
        told.append((_("Tickets an hour"), "rate", catalogue.decimal(rate, 1), rate))
    return html.Dl(
        [
            html.Div(
                [html.Dt(name), html.Dd(text, **{"data-sum": key, "data-value": "" if raw is None else repr(raw)})]
            )
            for name, key, text, raw in told
        ],
        className="facts",
    )


def _hours(view: View, asked: Asked, seen: Focus) -> html.Div:
    """The operator's day by hour, each hour a link to its tickets."""
    _, catalogue = view.catalogue.gettext, view.catalogue
    (operator,) = seen.operators
    heads = (_("Hour"), _("Served"), _("Busy"), _("Open, not paused"), _("Load"))
    body = [
        html.Tr(
            [
                html.Th(_hour_link(asked, hour, is_chosen=hour == seen.hour), scope="row"),
                html.Td(catalogue.number(sums.served), className="figure"),
                html.Td(words.length(view, sums.busy_s), className="figure"),
                html.Td(words.length(view, sums.open_s), className="figure"),
                html.Td(catalogue.percent(sums.occupancy), className="figure"),
            ],
            className="chosen" if hour == seen.hour else "",
            **{"data-hour": str(hour)},
        )
        for hour, sums in by_hour(operator, view.network, seen.day).items()
    ]
    table = html.Table(
        [html.Caption(_("By hour"), className="aside-only"), _head(heads, words_first=1), html.Tbody(body)],
        className="table hours",
    )
    return html.Div(table, className="table-frame", tabIndex="0")


def _hour_link(asked: Asked, hour: int, *, is_chosen: bool) -> dcc.Link:
    return dcc.Link(hour_text(hour), href=asked.href(hour=None if is_chosen else str(hour)))


def _tickets(view: View, asked: Asked, seen: Focus) -> list[Component]:
    _, number = view.catalogue.gettext, view.catalogue.number
    if not seen.rows:
        return [html.P(_("No tickets."), className="note")]
    with_operator = "operator" not in asked.filters
    heads = [
        _("Ticket number"),
        *([_("Operator code")] if with_operator else []),
        _("Service asked for"),
        _("Issued at"),
        _("Called at"),
        _("Begun"),
        _("Ended at"),
        _("Wait"),
        _("Service time"),
        _("How it ended"),
    ]
    table = html.Table(
        [
            html.Caption(_("Tickets"), className="aside-only"),
            _head(heads, words_first=3 if with_operator else 2),
            html.Tbody([_row(view, asked, each, seen.now, with_operator=with_operator) for each in seen.rows[-SHOWN:]]),
        ],
        className="table tickets",
    )
    more = _(
        "Shown: the last {shown} of {n}. Choose an hour to see the others.",
        shown=number(SHOWN),
        n=number(len(seen.rows)),
    )
    notes = [html.P(more, className="note")] if len(seen.rows) > SHOWN else []
    return [*notes, html.Div(table, className="table-frame", tabIndex="0")]


def _head(heads: Sequence[str], *, words_first: int) -> html.Thead:
    cells = [
        html.Th(head, scope="col", className="" if place < words_first else "figure")
        for place, head in enumerate(heads)
    ]
    return html.Thead(html.Tr(cells))


def _row(view: View, asked: Asked, row: Row, now: float, *, with_operator: bool) -> html.Tr:
    """``data-…`` hold the raw numbers: seconds, and epoch seconds."""
    operator, each = row
    wait = words.length(view, each.wait_s)
    times = (each.issued, each.called, each.since, each.until)
    return html.Tr(
        [
            html.Th(words.ticket_link(view, asked, each.number, each.issued), scope="row"),
            *([html.Td(words.operator_link(view, asked, operator))] if with_operator else []),
            html.Td(words.service(view, each.service)),
            *(html.Td(words.clock(view, moment, exact=True), className="figure") for moment in times),
            html.Td(words.mark(view, "watch", wait) if each.is_late else wait, className="figure"),
            html.Td(words.length(view, each.busy_s(now)), className="figure"),
            html.Td(_how(view, each), className="figure"),
        ],
        **{
            "data-row": each.number,
            "data-since": repr(each.since),
            "data-until": "" if each.until is None else repr(each.until),
            "data-wait": "" if each.wait_s is None else repr(each.wait_s),
            "data-busy": repr(each.busy_s(now)),
        },
    )


def _how(view: View, each: Handled) -> str:
    _ = view.catalogue.gettext
    if each.until is None:
        return words.outcome(view, "at_window")
    if each.outcome == "handed":
        return _("handed over")
    return words.outcome(view, each.outcome) if each.outcome else _("finish not heard")

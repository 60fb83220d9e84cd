"""A branch over a period: arrivals, waits, load and abandonment by hour or by day, services, operators; and before."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.branch_past import BranchPast, Parts, sums_of, total
from dashboard.counts import Counts
from layouts import branch_day, figures, message
from layouts import branch_words as words
from layouts.asked import Asked
from layouts.figures_branch import by_hour
from layouts.view import View

_Of = Callable[[Counts], float | None]

SUMMARY: Final[tuple[tuple[str, str, _Of], ...]] = (
    (message("Tickets issued"), "count", lambda counts: counts.issued),
    (message("Served"), "count", lambda counts: counts.served),
    (message("Left without service"), "share", lambda counts: counts.abandonment),
    (message("Mean wait"), "seconds", lambda counts: counts.mean_wait_s),
    (message("Median wait"), "seconds", lambda counts: counts.quantile_s(0.5)),
    (message("Nine in ten wait up to"), "seconds", lambda counts: counts.quantile_s(0.9)),
    (message("Called within the norm"), "share", lambda counts: counts.within_norm),
    (message("Mean service"), "seconds", lambda counts: counts.mean_service_s),
    (message("Load"), "share", lambda counts: counts.occupancy),
    (message("Tickets per operator-hour"), "rate", lambda counts: counts.served_per_hour),
)
"""(name, kind, what it is of a sum of rows)."""


def summary(view: View, past: BranchPast) -> html.Section:
    """The period's numbers, beside those of the period before when that was asked for."""
    _ = view.catalogue.gettext
    sums = total(past.parts)
    earlier = past.before if past.before_so_far is None else past.before_so_far
    before = None if earlier is None else total(earlier)
    so_far = html.P(_("The day before is counted up to the same time of day."), className="note")
    heads = [_("Number"), _("This period"), *([_("Period before"), _("Change")] if before else [])]

    def row(name: str, kind: str, of: _Of) -> html.Tr:
        cells = [_text(view, kind, of(sums))]
        if before:
            cells += [_text(view, kind, of(before)), _change(view, kind, of(sums), of(before))]
        raw = of(sums)
        return html.Tr(
            [html.Th(_(name), scope="row"), *(html.Td(cell, className="figure") for cell in cells)],
            **{"data-value": "" if raw is None else repr(raw)},
        )

    head = [html.Th(text, scope="col", className="figure" if place else "") for place, text in enumerate(heads)]
    table = html.Table(
        [
            html.Caption(_("The period in numbers"), className="aside-only"),
            html.Thead(html.Tr(head)),
            html.Tbody([row(*each) for each in SUMMARY]),
        ],
        className="table",
    )
    return html.Section(
        [
            html.H2(_("The period in numbers"), id="summary"),
            *([so_far] if past.before_so_far is not None else []),
            html.Div(table, className="table-frame", tabIndex="0"),
        ],
        className="card",
        **{"aria-labelledby": "summary"},
    )


def _text(view: View, kind: str, value: float | None) -> str:
    catalogue = view.catalogue
    if kind == "share":
        return catalogue.percent(value)
    if kind == "seconds":
        return words.length(view, value)
    return catalogue.decimal(value, 1) if kind == "rate" else catalogue.number(value)


def _change(view: View, kind: str, value: float | None, before: float | None) -> str:
    """Counts and rates change in percent, shares in points, lengths in time."""
    _ = view.catalogue.gettext
    if value is None or before is None or (kind in ("count", "rate") and not before):
        return view.catalogue.number(None)
    more = value - before if kind in ("share", "seconds") else value / before - 1
    least = {"seconds": 1.0, "share": 0.0005}.get(kind, 0.005)
    sign = "" if abs(more) < least else "+" if more > 0 else "−"
    if kind == "seconds":
        return sign + words.length(view, abs(more))
    if kind == "share":
        return sign + _("{n} points", n=view.catalogue.decimal(abs(more) * 100, 1))
    return sign + view.catalogue.percent(abs(more))


def drawings(view: View, past: BranchPast, last_day: int) -> html.Section:
    """Arrivals, waits, load and abandonment, by hour of a day or by day of a longer period, against the norms of its
    last day."""
    _, norms = view.catalogue.gettext, view.network.on(last_day).norms
    cards = [
        _arrivals(view, past),
        _one(view, past, _("Median wait, min"), _median_wait_min, _("min"), norms.wait_s / 60),
        _one(view, past, _("Load of operators"), lambda counts: counts.occupancy, "%", norms.occupancy),
        _one(view, past, _("Share that left without service"), _left_share, "%", None),
    ]
    title = _("By hour") if past.is_day else _("By day")
    return html.Section(
        [html.H2(title, id="drawings"), html.Div(cards, className="cards")],
        **{"aria-labelledby": "drawings"},
    )


def _median_wait_min(counts: Counts) -> float | None:
    seconds = counts.quantile_s(0.5)
    return None if seconds is None else seconds / 60


def _left_share(counts: Counts) -> float | None:
    """Who left in an hour may have come before it: a share over 1 says nothing."""
    share = counts.abandonment
    return None if share is None else min(1.0, share)


def _arrivals(view: View, past: BranchPast) -> html.Div:
    _ = view.catalogue.gettext
    if past.is_day:
        hours = {hour: (each.issued, each.served) if each else (None, None) for hour, each in past.parts.items()}
        return _card(view, _("Came and served"), figures.arrivals_and_served(view, hours, past.usual))
    return _one(view, past, _("Tickets issued"), lambda counts: counts.issued, _("tick."), None)


def _one(view: View, past: BranchPast, name: str, of: _Of, unit: str, norm: float | None) -> html.Div:
    before = None if past.before is None else _values(past.before, of)
    draw = by_hour if past.is_day else figures.by_day
    return _card(view, name, draw(view, _values(past.parts, of), before, unit=unit, norm=norm))


def _values(parts: Parts, of: _Of) -> dict[int, float | None]:
    return {at: None if each is None else of(each) for at, each in parts.items()}


def _card(view: View, name: str, figure: Any) -> html.Div:
    return html.Div([html.H3(name), figures.graph(view, figure, label=name)], className="drawing")


def days(view: View, asked: Asked, parts: Parts) -> html.Details:
    """Every day of a longer period as a row, each a link to that day."""
    _, catalogue = view.catalogue.gettext, view.catalogue
    heads = [_("Day"), _("Tickets issued"), _("Served"), _("Median wait"), _("Called within the norm"), _("Load")]
    body = [
        html.Tr(
            [
                html.Th(dcc.Link(_day_name(view, day), href=day_href(asked, day)), scope="row"),
                *(
                    html.Td(text, className="figure")
                    for text in (
                        catalogue.number(each.issued),
                        catalogue.number(each.served),
                        words.length(view, each.quantile_s(0.5)),
                        catalogue.percent(each.within_norm),
                        catalogue.percent(each.occupancy),
                    )
                ),
            ]
        )
        for day, each in sorted(parts.items(), reverse=True)
        if each is not None
    ]
    return html.Details(
        [html.Summary(_("Each day")), _framed(_("Each day"), heads, body, words_first=1)], className="card"
    )


def day_href(asked: Asked, day: int) -> str:
    """This page with one day as its period."""
    return asked.href(period="custom", from_=iso(day), to=iso(day), operator=None, hour=None)


def iso(day: int) -> str:
    return date.fromordinal(day).isoformat()


def _day_name(view: View, day: int) -> str:
    return view.catalogue.long_date(date.fromordinal(day))


def services(view: View, asked: Asked, past: BranchPast) -> html.Section:
    """A row a service, the most asked for first; on one day its name narrows the tickets."""
    _, catalogue = view.catalogue.gettext, view.catalogue
    heads = [_("Service asked for"), _("Tickets issued"), _("Served"), _("Left without service")]
    heads += [_("Median wait"), _("Called within the norm"), _("Mean service")]
    order = sorted(past.services.items(), key=lambda each: (-each[1].issued, each[0]))
    body = [
        html.Tr(
            [
                html.Th(_service(view, asked, code, link=past.is_day and bool(code)), scope="row"),
                *(
                    html.Td(text, className="figure")
                    for text in (
                        catalogue.number(each.issued),
                        catalogue.number(each.served),
                        catalogue.percent(each.abandonment),
                        words.length(view, each.quantile_s(0.5)),
                        catalogue.percent(each.within_norm),
                        words.length(view, each.mean_service_s),
                    )
                ),
            ]
        )
        for code, each in order
    ]
    table = _framed(_("Services"), heads, body, words_first=1) if body else _nothing(view)
    return html.Section(
        [html.H2(_("Services"), id="services"), *unfinished(view, past), table],
        className="card",
        **{"aria-labelledby": "services"},
    )


def _service(view: View, asked: Asked, code: str, *, link: bool) -> Any:
    name = words.service(view, code)
    href = asked.href(service=code, operator=None, window=None, hour=None, ticket=None, issued=None)
    return dcc.Link(name, href=href) if link else name


def operators(view: View, asked: Asked, past: BranchPast) -> html.Section:
    """Operators over several days: how much each served in an hour of open time, and how the time was spent."""
    _ = view.catalogue.gettext
    rows = [(code, "", sums_of(counts)) for code, counts in sorted(past.operators.items())]
    if not rows:
        body: list[Component] = [_nothing(view)]
    else:
        rates = [(code, sums.served_per_hour) for code, _windows, sums in rows]
        body = [*branch_day.spread(view, rates), branch_day.operators_table(view, asked, rows, link=False)]
    return html.Section(
        [html.H2(_("Operators"), id="operators"), *unfinished(view, past), *body],
        **{"aria-labelledby": "operators"},
    )


def unfinished(view: View, past: BranchPast) -> list[html.P]:
    text = view.catalogue.gettext("Without the day that is not over yet.")
    return [html.P(text, className="note")] if past.is_unfinished else []


def _nothing(view: View) -> html.P:
    return html.P(view.catalogue.gettext("Nothing is known of this period."), className="note")


def _framed(caption: str, heads: Sequence[str], body: Sequence[html.Tr], *, words_first: int) -> html.Div:
    cells = [
        html.Th(text, scope="col", className="" if place < words_first else "figure")
        for place, text in enumerate(heads)
    ]
    table = html.Table(
        [html.Caption(caption, className="aside-only"), html.Thead(html.Tr(cells)), html.Tbody(body)],
        className="table",
    )
    return html.Div(table, className="table-frame", tabIndex="0")

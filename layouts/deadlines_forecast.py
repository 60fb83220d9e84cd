"""The forecast of documents that become late, and how right last week's was."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dashboard.forecast import LEAST_DECIDED, SHARE, Ahead, Forecast
from dashboard.i18n import UNKNOWN
from layouts import figures
from layouts.deadlines_table import Column, stacked
from layouts.figure_text import long_day
from layouts.view import View


def forecast(
    view: View, ahead: Forecast | None, back: Forecast | None, became_late: Mapping[int, int], *, has_past: bool
) -> html.Section:
    """``ahead`` and ``back`` are the forecasts of today and of a week ago (None: too little was known), and
    ``became_late`` what came by day since; without ``has_past`` history does not reach back so far."""
    _ = view.catalogue.gettext
    return html.Section(
        [
            html.H2(_("Forecast"), id="forecast"),
            html.Div(
                [_ahead(view, ahead), _back(view, back, became_late, has_past)],
                className="cards",
            ),
            html.P(
                _(
                    "From documents of the same service that stood at the same stage with as much time left "
                    "(Kaplan–Meier); in eight cases of ten the number lies in the interval. "
                    "Documents yet to be accepted are counted in at their usual rate."
                ),
                className="note",
            ),
        ],
        **{"aria-labelledby": "forecast", "data-share": str(SHARE)},
    )


def _ahead(view: View, found: Forecast | None) -> html.Div:
    _ = view.catalogue.gettext
    if found is None:
        return html.Div(
            [html.H3(_("The next 7 days")), _too_little(view)], className="card", **{"data-forecast": "ahead"}
        )
    figure = figures.forecast(view, [(each.day, each.expected, each.low, each.high, None) for each in found.days])
    local, today = view.network.local, view.network.local.day(found.at)
    time = view.catalogue.time(found.at, local)
    when = time if today == local.day(view.now) else f"{long_day(view, today)}, {time}"
    said = _(
        "Tomorrow {tomorrow} become late; in 7 days, {whole}.",
        tomorrow=_span(view, found.days[0]),
        whole=_span(view, found.whole),
    )
    return html.Div(
        [
            html.H3(_("The next 7 days")),
            html.P(said, className="said"),
            figures.graph(view, figure, label=_("Documents expected to become late, by day"), id="deadlines-ahead"),
            _days(view, found.days, None),
            html.P(_("Made at {when} from what was open then.", when=when), className="note"),
        ],
        className="card",
        **{"data-forecast": "ahead", "data-expected": f"{found.whole.expected:.3f}"},
    )


def _back(view: View, found: Forecast | None, came: Mapping[int, int], has_past: bool) -> html.Div:
    _ = view.catalogue.gettext
    head = html.H3(_("How right it was a week ago"))
    if found is None:
        why = _too_little(view) if has_past else html.P(_("History does not reach back a week yet."), className="note")
        return html.Div([head, why], className="card", **{"data-forecast": "back"})
    whole = sum(came.get(each.day, 0) for each in found.days)
    inside = found.whole.low <= whole <= found.whole.high
    said = _(
        "Expected: {expected}. Came: {came}, {verdict}.",
        expected=_span(view, found.whole),
        came=view.catalogue.number(whole),
        verdict=_("as foreseen")
        if inside
        else _("more than foreseen")
        if whole > found.whole.high
        else _("less than foreseen"),
    )
    days = [(each.day, each.expected, each.low, each.high, came.get(each.day)) for each in found.days]
    return html.Div(
        [
            head,
            html.P(said, className="said"),
            figures.graph(
                view,
                figures.forecast(view, days),
                label=_("Documents expected a week ago to become late, and those that did, by day"),
                id="deadlines-back",
            ),
            _days(view, found.days, came),
            html.P(
                _("Made from what was known at the start of {day}.", day=long_day(view, found.days[0].day - 1)),
                className="note",
            ),
        ],
        className="card",
        **{"data-forecast": "back", "data-came": str(whole)},
    )


def _days(view: View, days: Sequence[Ahead], came: Mapping[int, int] | None) -> html.Details:
    """The same as numbers."""
    _, number = view.catalogue.gettext, view.catalogue.number
    columns = [
        Column(_("Become late on")),
        Column(_("due then, open"), number=True),
        Column(_("expected"), number=True),
        Column(_("interval"), number=True),
        *([Column(_("came"), number=True)] if came is not None else []),
    ]
    rows: list[tuple[list[Any], dict[str, str]]] = []
    for each in days:
        cells: list[Any] = [long_day(view, each.day), number(each.open), _expected(view, each), _interval(view, each)]
        if came is not None:
            cells.append(number(came[each.day]) if each.day in came else UNKNOWN)
        rows.append((cells, {"data-day": str(each.day)}))
    return html.Details([html.Summary(_("By day, in numbers")), stacked(_("Forecast by day"), columns, rows)])


def _span(view: View, each: Ahead) -> str:
    return f"{_expected(view, each)} ({_interval(view, each)})"


def _expected(view: View, each: Ahead) -> str:
    value = each.expected
    return view.catalogue.number(value) if value >= 10 or value < 0.05 else view.catalogue.decimal(value, 1)


def _interval(view: View, each: Ahead) -> str:
    return f"{view.catalogue.number(each.low)}–{view.catalogue.number(each.high)}"


def _too_little(view: View) -> html.P:
    text = view.catalogue.gettext(
        "Too little data: there is a forecast when it is known how {n} documents ended.",
        n=view.catalogue.number(LEAST_DECIDED),
    )
    return html.P(text, className="note")

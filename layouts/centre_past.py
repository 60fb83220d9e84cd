"""A centre over time: a period in numbers, a day against the usual one, arrivals, the hours of the week."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.branch_past import Parts, total
from dashboard.centre_past import HEATS, CentrePast, DayPast, Heat
from dashboard.counts import Counts, DocumentCounts
from dashboard.usual import LEAST_DAYS, WEEKS, Usual
from layouts import figures, message
from layouts.asked import Asked
from layouts.branch_words import length
from layouts.view import View

Sums = tuple[Counts, DocumentCounts]
Of = Callable[[Sums], float | None]

SUMMARY: Final[tuple[tuple[str, str, Of], ...]] = (
    (message("Tickets issued"), "count", lambda sums: sums[0].issued),
    (message("Served"), "count", lambda sums: sums[0].served),
    (message("Mean wait"), "seconds", lambda sums: sums[0].mean_wait_s),
    (message("Called within the norm"), "share", lambda sums: sums[0].within_norm),
    (message("Left without service"), "share", lambda sums: sums[0].abandonment),
    (message("Load"), "share", lambda sums: sums[0].occupancy),
    (message("Documents finished"), "count", lambda sums: sums[1].finished),
    (message("Documents ready on time"), "share", lambda sums: sums[1].on_time_share),
)
"""(name, kind, what it is of the sums of tickets and of documents)."""

HEAT_WORDS: Final[Mapping[Heat, str]] = {"arrivals": message("arrivals"), "wait": message("mean wait")}


def summary(view: View, past: CentrePast) -> html.Section:
    """The period's numbers; under each that of the period before and the change, where it was asked for."""
    _ = view.catalogue.gettext
    sums = total(past.parts), past.documents
    earlier = past.before if past.before_so_far is None else past.before_so_far
    before = None if earlier is None else (total(earlier), past.documents_before or DocumentCounts())
    items = [_fact(view, name, kind, of(sums), before and (of(before),)) for name, kind, of in SUMMARY]
    note = _compared_with(view, past) if before and past.is_unfinished else ""
    return _section(_("The period in numbers"), "summary", [html.Dl(items, className="facts"), *_note(note)], card=True)


def _compared_with(view: View, past: CentrePast) -> str:
    """What a period that is not over is compared with."""
    _ = view.catalogue.gettext
    if past.before_so_far is not None:
        return _("The day before is counted up to the same time of day.")
    return _("The last day is not over yet, and the period before is whole.")


def _fact(view: View, name: str, kind: str, value: float | None, before: tuple[float | None] | None) -> html.Div:
    shown: list[Component] = [html.Dd(value_text(view, kind, value))]
    if before is not None:
        then = view.catalogue.gettext("before: {value}", value=value_text(view, kind, before[0]))
        change = change_text(view, kind, value, before[0])
        shown.append(html.Dd(f"{then} ({change})" if change else then, className="fact-before"))
    return html.Div(
        [html.Dt(view.catalogue.gettext(name)), *shown], **{"data-value": "" if value is None else repr(value)}
    )


def value_text(view: View, kind: str, value: float | None) -> str:
    catalogue = view.catalogue
    if kind == "seconds":
        return length(view, value)
    return catalogue.percent(value) if kind == "share" else catalogue.number(value)


def change_text(view: View, kind: str, value: float | None, before: float | None) -> str:
    """Counts change in per cent, shares in points, lengths in time; nothing where either is not known."""
    if value is None or before is None or (kind == "count" and not before):
        return ""
    more = value / before - 1 if kind == "count" else value - before
    sign = "+" if more > 0 else "−" if more < 0 else ""
    if kind == "seconds":
        return sign + length(view, abs(more))
    if kind == "share":
        return sign + view.catalogue.gettext("{n} points", n=view.catalogue.decimal(abs(more) * 100, 1))
    return sign + view.catalogue.percent(abs(more))


def against_usual(view: View, day: DayPast, at: float) -> html.Section:
    """Waiting people and mean waits of a day over the usual one. ``at`` is the clock of the moment shown."""
    _, norm = view.catalogue.gettext, view.network.on(day.day).norms.wait_s / 60
    here = view.network.local.day(at) == day.day
    now = at if here else None
    drawings = [
        _compared(view, _("People waiting"), day.line, day.usual_line, _("ppl"), None, now),
        _compared(view, _("Mean wait by hour"), day.waits, day.usual_waits, _("min"), norm, now),
    ]
    name = view.catalogue.date(date.fromordinal(day.day))
    title = _("Today against the usual day") if here and day.day == view.network.local.day(view.now) else ""
    body = [html.Div(drawings, className="cards"), *_note(usual_text(view, day))]
    return _section(title or _("{date} against the usual day", date=name), "usual", body)


def usual_text(view: View, day: DayPast) -> str:
    """What the usual day is made of, or why there is none."""
    _, number = view.catalogue.gettext, view.catalogue.number
    weekday = view.catalogue.locale.days["stand-alone"]["wide"][(day.day - 1) % 7]
    if day.alike < LEAST_DAYS:
        return _(
            "The usual day is not drawn: of this weekday ({weekday}) in the {weeks} weeks before, {n} had visitors, "
            "and it takes {least}.",
            weekday=weekday,
            weeks=number(WEEKS),
            n=number(day.alike),
            least=number(LEAST_DAYS),
        )
    return _(
        "The usual day: the median of {n} days ({weekday}) in the {weeks} weeks before, without holidays; half of them "
        "lie within the band.",
        n=number(day.alike),
        weekday=weekday,
        weeks=number(WEEKS),
    )


def _compared(
    view: View,
    name: str,
    line: Sequence[tuple[float, float | None]],
    usual: Usual | None,
    unit: str,
    norm: float | None,
    now: float | None,
) -> html.Div:
    if not line:
        return html.Div([html.H3(name), _nothing(view)], className="card")
    lines = (usual.median, usual.low, usual.high) if usual else ([], [], [])
    figure = figures.day_against_usual(view, line, *lines, unit=unit, title="", norm=norm, now=now)
    return _drawing(view, name, figure)


def arrivals(view: View, past: CentrePast, names: tuple[str, str]) -> html.Section:
    """Who came and who was served, by hour of one day or by day. ``names`` are those of the period and the one before
    it, which stands beside or behind it."""
    _ = view.catalogue.gettext
    if past.is_day:
        parts = [(names[0], past.parts), *([(names[1], past.before)] if past.before is not None else [])]
        drawings = [_hours(view, name, each) for name, each in parts]
        return _section(_("Came and served, by hour"), "arrivals", [html.Div(drawings, className="cards")])
    drawings = [
        _days(view, past, _("Tickets issued"), lambda counts: counts.issued),
        _days(view, past, _("Served"), lambda counts: counts.served),
    ]
    return _section(_("Came and served, by day"), "arrivals", [html.Div(drawings, className="cards")])


def _hours(view: View, name: str, parts: Parts) -> html.Div:
    hours = {hour: (each.issued, each.served) for hour, each in parts.items() if each is not None}
    if not hours:
        return html.Div([html.H3(name), _nothing(view)], className="card")
    return _drawing(view, name, figures.arrivals_and_served(view, hours, None))


def _days(view: View, past: CentrePast, name: str, of: Callable[[Counts], float | None]) -> html.Div:
    values, before = _values(past.parts, of), None if past.before is None else _values(past.before, of)
    return _drawing(view, name, figures.by_day(view, values, before, unit=view.catalogue.gettext("tick.")))


def _values(parts: Parts, of: Callable[[Counts], float | None]) -> dict[int, float | None]:
    return {at: None if each is None else of(each) for at, each in parts.items()}


def week(view: View, asked: Asked, cells: Mapping[tuple[int, int], float | None], heat: Heat) -> html.Section:
    """The hours of the week, by arrivals or by mean wait: each a link."""
    _ = view.catalogue.gettext
    links = [
        dcc.Link(
            _(HEAT_WORDS[each]),
            href=asked.href(heat=None if each == HEATS[0] else each),
            **({"className": "current"} if each == heat else {}),
        )
        for each in HEATS
    ]
    choice = html.Nav(links, className="choice", **{"aria-label": _("What the map of the week shows")})
    if not cells:
        body: list[Component] = [_nothing(view)]
    else:
        unit = _("tick.") if heat == "arrivals" else _("min")
        label = _("Hours of the week") + ": " + _(HEAT_WORDS[heat])
        body = [figures.graph(view, figures.hour_of_week(view, cells, unit=unit), label=label)]
    text = _(
        "A mean such hour of the {weeks} weeks up to yesterday, without days on which nobody came.",
        weeks=view.catalogue.number(WEEKS),
    )
    return _section(_("Hours of the week"), "week", [choice, *body, *_note(text)])


def read_heat(asked: Asked) -> Heat | None:
    """What the map of the week is asked to show; None for what it cannot."""
    said = asked.filters.get("heat", HEATS[0])
    return next((each for each in HEATS if each == said), None)


def heat_problem(view: View, asked: Asked) -> html.P:
    text = view.catalogue.gettext(
        "There is no map of the week by “{value}”: it shows arrivals.", value=asked.filters["heat"]
    )
    return html.P(text, className="problem", role="alert")


def _drawing(view: View, name: str, figure: Any) -> html.Div:
    return html.Div([html.H3(name), figures.graph(view, figure, label=name)], className="drawing")


def _nothing(view: View) -> html.P:
    return html.P(view.catalogue.gettext("Nothing is known of this period."), className="note")


def _note(text: str) -> list[html.P]:
    return [html.P(text, className="note")] if text else []


def _section(title: str, id_: str, body: Sequence[Component], *, card: bool = False) -> html.Section:
    look = {"className": "card"} if card else {}
    return html.Section([html.H2(title, id=id_), *body], **look, **{"aria-labelledby": id_})

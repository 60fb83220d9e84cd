"""What a period says of deadlines: each party's part in the delays, how many days documents took, weeks."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import dcc, html
from msgspec import Struct

from dashboard.counts import DAY_MS, DAYS_EDGES, AgencyCounts, DocumentCounts
from dashboard.deadlines import CENTRE
from dashboard.i18n import UNKNOWN
from dashboard.papers import Paper, Wanted
from layouts import deadlines_words as words
from layouts import figures
from layouts.asked import Asked
from layouts.deadlines_table import Column, Row, stacked
from layouts.figures_deadlines import on_time_by_week
from layouts.view import View

PROMISED_DAYS: Final = 10


class Parties(Struct, frozen=True):
    """What the table of parties is drawn from. ``before`` is None where nothing is compared."""

    held: Sequence[Paper]
    """Open documents now."""
    period: Mapping[str, AgencyCounts]
    before: Mapping[str, AgencyCounts] | None
    at: float
    wanted: Wanted = Wanted()
    """The place; the period's counts are those of its whole centre."""


class Days(Struct, frozen=True):
    """Documents finished in the period, in the one before, and by week ({Monday's ordinal: counts})."""

    period: DocumentCounts
    before: DocumentCounts | None
    weeks: Mapping[int, DocumentCounts]


def parties(view: View, asked: Asked, found: Parties) -> html.Section:
    """Who holds documents now, and whose the delays of the period were."""
    _, time = view.catalogue.gettext, view.catalogue.time(found.at, view.network.local)
    now, period = _("Now, at {time}", time=time), _("Finished in the period")
    if found.wanted.branch is not None:
        period = _("Finished in the period, the whole centre")  # history does not tell a party's branches apart
    columns = [
        Column(_("Who")),
        Column(_("holds"), number=True, group=now),
        Column(_("the oldest since"), group=now),
        Column(_("had in hand"), number=True, group=period),
        Column(_("days each, on average"), number=True, group=period),
        Column(_("days beyond what is allowed"), number=True, group=period),
        Column(_("late by their fault"), number=True, group=period),
        Column(_("share of all late"), number=True, group=period),
    ]
    held: dict[str, list[Paper]] = {}
    for each in found.held:
        if each.done is None:
            held.setdefault(each.holder, []).append(each)
    order = sorted(
        {CENTRE, *held, *found.period},
        key=lambda each: (each != CENTRE, -_late(found.period, each), -len(held.get(each, ())), each),
    )
    rows = [_party(view, asked, each, held.get(each, []), found) for each in order]
    return html.Section(
        [
            html.H2(_("Whose delay"), id="parties"),
            stacked(_("The centres and the agencies: what each holds and its part in the delays"), columns, rows),
            html.P(
                _("A late document is the delay of the party that used the most days beyond what it is allowed."),
                className="note",
            ),
        ],
        className="card",
        **{"aria-labelledby": "parties"},
    )


def _party(view: View, asked: Asked, party: str, held: Sequence[Paper], found: Parties) -> Row:
    number, today = view.catalogue.number, view.network.local.day(found.at)
    is_network = found.wanted.centre is None
    name = view.catalogue.gettext("the centres") if party == CENTRE and is_network else words.party(view, party)
    oldest = min(held, key=lambda each: each.since, default=None)
    since = (
        UNKNOWN
        if oldest is None
        else dcc.Link(
            words.short_day(view, view.network.local.day(oldest.since), today), href=asked.document_href(oldest.code)
        )
    )
    said = _said_of(view, found.period, party)
    before = [None] * len(said) if found.before is None else _said_of(view, found.before, party)
    late = str(found.period.get(party, AgencyCounts()).late)
    return (
        [name, number(len(held)), since, *(_compared(view, *each) for each in zip(said, before, strict=True))],
        {"data-party": party, "data-held": str(len(held)), "data-late": late},
    )


def _said_of(view: View, counts: Mapping[str, AgencyCounts], party: str) -> list[str]:
    """A party's part in a period."""
    catalogue, found = view.catalogue, counts.get(party, AgencyCounts())
    whole = sum(each.late for each in counts.values())
    return [
        catalogue.number(found.documents),
        catalogue.decimal(found.mean_days, 1),
        catalogue.number(found.over_ms / DAY_MS),
        catalogue.number(found.late),
        catalogue.percent(found.late / whole if whole else None),
    ]


def days(view: View, asked: Asked, found: Days) -> html.Section:
    """The days that documents took, with the promise and the tail; and the share on time by week."""
    _ = view.catalogue.gettext
    bins = list(zip((0, *DAYS_EDGES), (*DAYS_EDGES, None), found.period.bins, strict=True))
    reached = max((place for place, each in enumerate(bins) if each[2]), default=0)
    shown = bins[: max(reached + 1, DAYS_EDGES.index(PROMISED_DAYS) + 1)]
    taken = figures.days_distribution(view, shown, PROMISED_DAYS)
    weeks = on_time_by_week(view, found.weeks)
    return html.Section(
        [
            html.H2(_("Days taken"), id="days"),
            html.Div(
                [
                    html.Div(
                        [
                            _said(view, found),
                            figures.graph(view, taken, label=_("Days that documents took"), id="deadlines-days"),
                        ],
                        className="card",
                    ),
                    html.Div(
                        [
                            html.H3(_("On time, by week")),
                            figures.graph(
                                view, weeks, label=_("Share of documents on time, by week"), id="deadlines-weeks"
                            ),
                            html.P(
                                _("By the week in which a document was finished; the last week is not over."),
                                className="note",
                            ),
                        ],
                        className="card",
                    ),
                ],
                className="cards",
            ),
        ],
        **{"aria-labelledby": "days"},
    )


def _said(view: View, found: Days) -> html.Div:
    """The distribution in words."""
    _, number, counts = view.catalogue.gettext, view.catalogue.number, found.period
    if not counts.finished:
        return html.Div(html.P(_("No document was finished in this period."), className="note"))
    parts = [
        view.catalogue.ngettext("{n} document was finished.", "{n} documents were finished.", counts.finished),
        _("On time: {share}.", share=view.catalogue.percent(counts.on_time_share)),
        _(
            "Half took up to {half} days, nine in ten up to {most}.",
            half=_quantile(view, counts, 0.5),
            most=_quantile(view, counts, 0.9),
        ),
    ]
    longer = counts.bins[-1]
    if longer:
        parts.append(view.catalogue.ngettext("{n} took over a year.", "{n} took over a year each.", longer))
    said = [html.H3(_("How many days")), html.P(" ".join(parts))]
    if found.before is not None:
        share = view.catalogue.percent(found.before.on_time_share)
        before = _("In the period before: {n}, on time {share}.", n=number(found.before.finished), share=share)
        said.append(html.P(before, className="note"))
    return html.Div(said, **{"data-finished": str(counts.finished)})


def _quantile(view: View, counts: DocumentCounts, share: float) -> str:
    value = counts.quantile_days(share)
    return UNKNOWN if value is None else view.catalogue.number(value)


def _late(counts: Mapping[str, AgencyCounts], party: str) -> int:
    found = counts.get(party)
    return 0 if found is None else found.late


def _compared(view: View, text: str, before: str | None) -> Any:
    if before is None:
        return text
    return [text, html.Span(view.catalogue.gettext("was {n}", n=before), className="under")]

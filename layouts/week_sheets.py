"""The week's numbers as typed tables, to go on counting with."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from dashboard.deadlines import CENTRE
from dashboard.sheet import Cell, Heading, Sheet
from dashboard.week import EARLIER, PlaceWeek, Promise, Report
from layouts import week_words
from layouts.tables import date_pattern
from layouts.view import View


def tables(view: View, report: Report, decided: Sequence[Promise]) -> tuple[Sheet, ...]:
    """Numbers, agencies, complaints, promises: a sheet each, with unrounded values."""
    _ = view.catalogue.gettext
    weeks = [report.week.before(back).label for back in range(EARLIER, -1, -1)]
    whole = [report.network] if report.facts.network.is_operating else []
    places = [*whole, *report.centres]
    kinds = week_words.COMPLAINTS
    return (
        _sheet(
            view,
            _("Numbers"),
            (
                *((each, "text") for each in (_("Centre"), _("Number"))),
                *((each, "plain") for each in (_("Value"), _("Week before"), _("Norm"), _("Of how many"))),
                *((each, "plain") for each in (_("Change"), _("From"), _("To"))),
                (_("What became of it"), "text"),
                *((each, "plain") for each in weeks),
            ),
            list(_numbers(view, places)),
        ),
        _sheet(
            view,
            _("Agencies"),
            (
                (_("Who held documents"), "text"),
                (_("Documents"), "whole"),
                (_("Days each"), "plain"),
                (_("Days too many"), "plain"),
                (_("Late through them"), "whole"),
            ),
            [
                [
                    _("the centres") if party == CENTRE else view.agency_name(party),
                    counts.documents,
                    counts.mean_days,
                    counts.mean_over_days,
                    counts.late,
                ]
                for party, counts in report.network.facts.parties.items()
            ],
        ),
        _sheet(
            view,
            _("Complaints"),
            ((_("Centre"), "text"), *((_(word), "whole") for word in kinds.values())),
            [[_place(view, each), *_complaints(each, kinds)] for each in places],
        ),
        _sheet(
            view,
            _("Promises"),
            (
                (_("Code"), "text"),
                (_("Centre"), "text"),
                (_("What was promised"), "text"),
                (_("Given"), "moment"),
                (_("Due"), "day"),
                (_("Done"), "moment"),
                (_("State"), "text"),
            ),
            list(_promises(view, [*report.facts.promises, *decided], report.week.last)),
        ),
    )


def _sheet(view: View, title: str, headings: Sequence[tuple[str, str]], rows: list[list[Cell]]) -> Sheet:
    return Sheet(
        title,
        "",
        (),
        [Heading(text, kind if kind in ("whole", "moment", "day") else "text") for text, kind in headings],  # type: ignore[arg-type]
        rows,
        date_pattern=date_pattern(view),
    )


def _place(view: View, place: PlaceWeek) -> str:
    return view.name(place.facts.id) if place.facts.id else view.catalogue.gettext("The network")


def _complaints(place: PlaceWeek, kinds: Iterable[str]) -> list[Cell]:
    week = place.facts.week
    return [None if week.unknown else week.complaints.get(kind, 0) for kind in kinds]


def _numbers(view: View, places: Sequence[PlaceWeek]) -> Iterator[list[Cell]]:
    """Shares as shares (0 to 1), unrounded."""
    _ = view.catalogue.gettext
    for place in places:
        for each in place.numbers:
            change = each.change
            left = float(place.facts.week.left) if place.facts.is_operating else None
            last = left if each.key == "turnover" else each.value
            yield [
                _place(view, place),
                _(week_words.LABELS[each.key]),
                each.value,
                each.before,
                each.norm,
                each.whole,
                change.change,
                change.low,
                change.high,
                week_words.verdict(view, each),
                *each.earlier,
                last,
            ]


def _promises(view: View, promises: Sequence[Promise], today: int) -> Iterator[list[Cell]]:
    local, seen = view.network.local, set()
    for each in promises:
        if each.code in seen:
            continue
        seen.add(each.code)
        yield [
            each.code,
            view.name(each.centre),
            each.text,
            local.to_datetime(each.issued).replace(tzinfo=None),
            None if each.due is None else date.fromordinal(each.due),
            None if each.done is None else local.to_datetime(each.done).replace(tzinfo=None),
            week_words.status(view, each, today),
        ]

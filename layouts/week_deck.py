"""The report of a week as a deck: which slides there are, in which order, and what each says."""

from collections.abc import Sequence
from typing import Final

from dashboard.deck import Card, Column, Deck, Line, Mark, Row, Slide, Table
from dashboard.week import EARLIER, Mover, Number, PlaceWeek, Promise, Report
from dashboard.week_meeting import Closing, must_answer
from layouts import week_sheets, week_slides, week_words
from layouts.view import View

ANSWER_MIN: Final = 3
"""Minutes of a centre that must answer; the others have :data:`SHORT_MIN`."""
SHORT_MIN: Final = 1
TITLE_MIN: Final = 2
STANDING_MIN: Final = 3
MOST_NAMES: Final = 6


def deck(
    view: View,
    report: Report,
    *,
    decided: Sequence[Promise] = (),
    closing: Closing | None = None,
    own: str | None = None,
) -> Deck:
    """The whole deck; with ``own`` that of a director: the slides of one centre, without what is the network's.
    ``decided`` is what the meeting about this week decided until now."""
    view = view.held_on(report.week.last)
    centres = [centre(view, report, each) for each in report.centres if each.facts.is_operating]
    if own is None:
        after = [
            week_slides.agencies(view, report),
            week_slides.complaints(view, report),
            week_slides.followed_up(view, report),
            week_slides.promises(view, report),
            week_slides.rollout(view, report),
            week_slides.decisions(view, report, decided),
        ]
        body = [standing(view, report), *centres, *after]
        slides = [title(view, report, body), *body]
    else:
        slides = [
            *centres,
            week_slides.followed_up(view, report),
            week_slides.promises(view, report),
            week_slides.decisions(view, report, decided),
        ]
    return Deck(
        report.week.label,
        view.catalogue.language,
        view.network.names.get(view.catalogue.language),
        week_words.week_name(view, report.week),
        state(view, report, closing),
        closing is not None,
        tuple(slides),
        tuple(str(report.week.before(back).number) for back in range(EARLIER, -1, -1)),
        view.catalogue.gettext("norm"),
        not report.facts.unknown,
        week_sheets.tables(view, report, decided),
    )


def state(view: View, report: Report, closing: Closing | None) -> str:
    """Whether the numbers can still change."""
    _, catalogue = view.catalogue.gettext, view.catalogue
    if report.facts.unknown:
        return week_words.why_unknown(view, report.facts.unknown)
    if not report.facts.is_over:
        return _("The week is not over yet: these are its numbers so far.")
    if closing is None:
        return _("Not closed yet: late data can still change the numbers.")
    when = week_slides.day(view, view.network.local.day(closing.at))
    if closing.revision > 1:
        return _(
            "Closed on {date} as revision {n}. It was reopened: {reason}",
            date=when,
            n=catalogue.number(closing.revision),
            reason=closing.reason,
        )
    return _("Closed on {date}: the numbers do not change any more.", date=when)


def title(view: View, report: Report, body: Sequence[Slide]) -> Slide:
    """The network's four numbers, and the agenda with its minutes."""
    _, catalogue = view.catalogue.gettext, view.catalogue
    answer = [each for each in report.centres if must_answer(each)]
    others = [each for each in report.centres if each.facts.is_operating and not must_answer(each)]
    minutes = {each.id: each.minutes for each in body}
    rows = [(_("The network, and what stands out"), TITLE_MIN + minutes["standing"])]
    if report.facts.unknown:
        rows.append((_("Centres"), sum(minutes[each.facts.id] for each in (*answer, *others))))
    elif answer:
        said = catalogue.ngettext("{n} centre that must answer", "{n} centres that must answer", len(answer))
        rows.append((said, sum(minutes[each.facts.id] for each in answer)))
    if others and not report.facts.unknown:
        said = catalogue.ngettext("{n} other centre", "{n} other centres", len(others))
        rows.append((said, sum(minutes[each.facts.id] for each in others)))
    rows.append((_("Agencies, complaints"), minutes["agencies"] + minutes["complaints"]))
    rows.append((_("What was decided and promised"), minutes["followed"] + minutes["promises"]))
    rows.append((_("Rollout, new decisions"), minutes["rollout"] + minutes["decisions"]))
    whole = TITLE_MIN + sum(each.minutes for each in body)
    agenda = [Row((text, catalogue.number(count))) for text, count in rows]
    agenda.append(Row((_("In all"), catalogue.number(whole)), "ok"))
    return Slide(
        "title",
        "title",
        week_words.week_name(view, report.week),
        TITLE_MIN,
        lead=view.network.names.get(catalogue.language),
        cards=cards(view, report.network),
        table=Table((Column(_("Agenda")), Column(_("minutes"), is_number=True)), tuple(agenda)),
        notes=number_notes(view, report, report.network),
    )


def standing(view: View, report: Report) -> Slide:
    """Worst worsened, best improved, longest breach, who must answer."""
    _, catalogue = view.catalogue.gettext, view.catalogue
    if report.facts.unknown:
        lines = [Line(week_words.why_unknown(view, report.facts.unknown), "watch")]
    else:
        lines = [
            _mover(view, report.worsened, _("Worsened most"), _("Nothing got worse by more than chance."), "act"),
            _mover(view, report.improved, _("Improved most"), _("Nothing got better by more than chance."), "ok"),
        ]
        left_out = [view.name(each.facts.id) for each in report.centres if each.facts.week.unknown]
        if left_out:
            said = _("Not known, and not in the network's sums: {names}.", names=_names(view, left_out))
            lines.append(Line(said, "watch"))
    overdue = report.network.facts.end.get("sla.overdue")
    longest = report.facts.longest
    if longest is not None:
        holder = view.agency_name(longest.agency) if longest.agency else _("the centre itself")
        lines.append(
            Line(
                catalogue.ngettext(
                    "Late for longest: {code}, {centre}, {n} day. Held up by: {holder}.",
                    "Late for longest: {code}, {centre}, {n} days. Held up by: {holder}.",
                    longest.days,
                    code=longest.code,
                    centre=view.name(longest.centre),
                    holder=holder,
                ),
                "act",
            )
        )
    if overdue is not None and (overdue or report.facts.unknown != "lacking"):
        lines.append(Line(_late(view, int(overdue)), "watch" if overdue else "ok"))
    answer = [view.name(each.facts.id) for each in report.centres if must_answer(each)]
    if report.facts.unknown:
        lead = _("Who must answer is not known yet.")
    elif answer:
        lead = _("Must answer, in this order: {names}.", names=_names(view, answer))
    else:
        lead = _("No centre must answer this week.")
    return Slide(
        "standing",
        "lines",
        _("What stands out"),
        STANDING_MIN,
        lead=lead,
        lines=tuple(lines),
        notes=(_("A change counts only beyond its 99 % interval: fewer than one number a week is named by chance."),),
    )


def _names(view: View, names: Sequence[str]) -> str:
    """The first ones, and how many more there are."""
    more = len(names) - MOST_NAMES
    said = ", ".join(names[:MOST_NAMES])
    return f"{said} {view.catalogue.ngettext('and {n} more', 'and {n} more', more)}" if more > 0 else said


def _mover(view: View, mover: Mover | None, head: str, nothing: str, mark: Mark) -> Line:
    if mover is None:
        return Line(nothing, "ok" if mark == "act" else "")
    label = view.catalogue.gettext(week_words.LABELS[mover.number.key])
    said = week_words.sentence(view, mover.number)
    return Line(f"{head}: {view.name(mover.centre)}, {label}. {said}", mark)


def centre(view: View, report: Report, place: PlaceWeek) -> Slide:
    """A centre's slide: its four numbers and a line of what else there is."""
    _, id_ = view.catalogue.gettext, place.facts.id
    found = cards(view, place)
    promises = [each for each in report.facts.promises if each.centre == id_ and each.done is None]
    notes = [*number_notes(view, report, place), *(week_slides.promise_text(view, each) for each in promises)]
    return Slide(
        id_,
        "centre",
        view.name(id_),
        ANSWER_MIN if must_answer(place) else SHORT_MIN,
        lead=_footing(view, report, place, promises),
        cards=found,
        notes=tuple(notes),
        centre=id_,
        mark="act" if place.worse else "watch" if place.past_norm else "" if place.facts.week.unknown else "ok",
    )


def _footing(view: View, report: Report, place: PlaceWeek, promises: Sequence[Promise]) -> str:
    """Late documents, complaints and promises, each with its number."""
    catalogue, end = view.catalogue, place.facts.end
    parts = []
    overdue = end.get("sla.overdue")
    if overdue is not None and (overdue or place.facts.week.unknown != "lacking"):
        parts.append(_late(view, int(overdue), end.get("sla.oldest_overdue_days")))
    if place.facts.week.unknown:
        parts.append(catalogue.gettext("Complaints: not known."))
    else:
        complaints = sum(place.facts.week.complaints.values())
        said = catalogue.ngettext("{n} complaint.", "{n} complaints.", complaints)
        parts.append(said if complaints else catalogue.gettext("No complaints."))
    if promises:
        late = sum(each.status(report.week.last) == "late" for each in promises)
        said = catalogue.ngettext(
            "{n} promise open, late: {late}.",
            "{n} promises open, late: {late}.",
            len(promises),
            late=catalogue.number(late),
        )
        parts.append(said)
    return " ".join(parts)


def _late(view: View, overdue: int, oldest: float | None = None) -> str:
    catalogue = view.catalogue
    if overdue == 0:
        return catalogue.gettext("No document is late at the end of the week.")
    if oldest is None:
        return catalogue.ngettext(
            "{n} document late at the end of the week.", "{n} documents late at the end of the week.", overdue
        )
    return catalogue.ngettext(
        "{n} document late, by up to {days} d.",
        "{n} documents late, by up to {days} d.",
        overdue,
        days=catalogue.number(oldest),
    )


def cards(view: View, place: PlaceWeek) -> tuple[Card, ...]:
    return tuple(card(view, place, each) for each in place.numbers)


def card(view: View, place: PlaceWeek, number: Number) -> Card:
    _ = view.catalogue.gettext
    is_share = number.key != "turnover"
    last = number.value if is_share else float(place.facts.week.left) if place.facts.is_operating else None
    return Card(
        number.key,
        _(week_words.LABELS[number.key]),
        number.value,
        week_words.share(view, number.value),
        week_words.verdict(view, number),
        week_words.mark(number),
        week_words.sentence(view, number),
        week_words.norm(view, number),
        (*number.earlier, last),
        is_share,
        number.norm if is_share else None,
        _(week_words.DRAWN[number.key]),
    )


def number_notes(view: View, report: Report, place: PlaceWeek) -> tuple[str, ...]:
    """The series behind each number, to be read out when somebody asks."""
    _, weeks = view.catalogue.gettext, [report.week.before(back).number for back in range(EARLIER, -1, -1)]
    found = []
    for each in cards(view, place):
        write = (lambda value: week_words.share(view, value)) if each.is_share else view.catalogue.number
        values = ", ".join(write(value) for value in each.series)
        found.append(
            _(
                "{label}, weeks {first} to {last}: {values}",
                label=each.drawn,
                first=weeks[0],
                last=weeks[-1],
                values=values,
            )
        )
    return tuple(found)

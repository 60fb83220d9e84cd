"""The slides that are of the whole network: agencies, complaints, promises, decisions, rollout."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from dashboard.deadlines import CENTRE
from dashboard.deck import Column, Line, Mark, Row, Slide, Table
from dashboard.week import Promise, Report, WeekFacts
from dashboard.week_meeting import followed, read_code
from layouts import message, week_words
from layouts.view import View

MOST_ROWS: Final = 6
"""Of a table on a slide: what can be read over a poor line."""
MOST_TEXTS: Final = 4
"""Of a table with a directive in each row."""
LONGEST_TEXT: Final = 60
"""Letters of a directive on a slide; the whole stands in the notes."""
_STATUS_MARK: Final[dict[str, Mark]] = {"done": "ok", "late": "act", "due": ""}


def agencies(view: View, report: Report) -> Slide:
    """Who held the documents finished in the week, who was late with them; those with most late first."""
    _, catalogue = view.catalogue.gettext, view.catalogue
    parties = sorted(report.network.facts.parties.items(), key=lambda each: (-each[1].late, -each[1].over_ms))
    rows = [
        Row(
            (
                _("the centres") if party == CENTRE else view.agency_name(party),
                catalogue.number(counts.documents),
                catalogue.decimal(counts.mean_days, 1),
                catalogue.decimal(counts.mean_over_days, 1),
                catalogue.number(counts.late),
            ),
            "act" if counts.late else "",
        )
        for party, counts in parties
    ]
    late = sum(counts.late for _party, counts in parties)
    columns = (
        Column(_("Who held documents")),
        Column(_("documents"), is_number=True),
        Column(_("days each"), is_number=True),
        Column(_("days too many"), is_number=True),
        Column(_("late through them"), is_number=True),
    )
    lead = catalogue.ngettext(
        "{n} of the documents finished in the week was late.",
        "{n} of the documents finished in the week were late.",
        late,
    )
    if report.facts.unknown:
        lead = week_words.why_unknown(view, report.facts.unknown)
    elif not rows:
        lead = _("No document was finished in this week.")
    return Slide(
        "agencies",
        "table",
        _("Who held documents up"),
        3,
        lead=lead,
        table=_table(view, columns, rows) if rows else None,
        notes=tuple(f"{row.cells[0]}: {', '.join(row.cells[1:])}" for row in rows[MOST_ROWS:]),
    )


def complaints(view: View, report: Report) -> Slide:
    """By kind: the week, the week before, and what is usual."""
    _, catalogue = view.catalogue.gettext, view.catalogue
    week, earlier = report.network.facts.week, report.network.facts.earlier
    rows = []
    for kind, word in (*week_words.COMPLAINTS.items(), (None, message("All"))):
        usual = [count for each in earlier if (count := _complaints(each, kind)) is not None]
        cells = catalogue.number(_complaints(week, kind)), catalogue.number(_complaints(earlier[-1], kind))
        mean = catalogue.decimal(sum(usual) / len(usual) if usual else None, 1)
        rows.append(Row((_(word), *cells, mean), "" if kind else "ok"))
    of = sorted(report.centres, key=lambda each: -(_complaints(each.facts.week) or 0))
    notes = [f"{view.name(each.facts.id)}: {catalogue.number(_complaints(each.facts.week))}" for each in of]
    total = _complaints(week)
    lead = (
        week_words.why_unknown(view, week.unknown)
        if total is None
        else catalogue.ngettext(
            "{n} complaint, the week before {before}.",
            "{n} complaints, the week before {before}.",
            total,
            before=catalogue.number(_complaints(earlier[-1])),
        )
    )
    columns = (
        Column(_("About")),
        Column(_("this week"), is_number=True),
        Column(_("week before"), is_number=True),
        Column(_("usual in 8 weeks"), is_number=True),
    )
    return Slide(
        "complaints", "table", _("Complaints"), 2, lead=lead, table=Table(columns, tuple(rows)), notes=tuple(notes)
    )


def _complaints(week: WeekFacts, kind: str | None = None) -> int | None:
    """Of one kind, or of all."""
    if week.unknown:
        return None
    return sum(week.complaints.values()) if kind is None else week.complaints.get(kind, 0)


def followed_up(view: View, report: Report) -> Slide:
    """What the last meeting decided, and whether the number that it was about moved since."""
    _ = view.catalogue.gettext
    found = followed(report)
    rows = []
    for each in found:
        number = each.number
        moved = _(
            "{before}, now {value}",
            before=week_words.share(view, number.before),
            value=week_words.share(view, number.value),
        )
        word = week_words.verdict(view, number)
        mark: Mark = {"worse": "act", "better": "ok"}.get(number.change.verdict, "")  # type: ignore[assignment]
        label = _(week_words.LABELS[number.key])
        text = f"{view.name(each.promise.centre)}: {short(each.promise.text)}"
        status = week_words.status(view, each.promise, report.week.last)
        rows.append(Row((text, status, f"{label}: {moved}", word), mark))
    columns = (Column(_("Decided")), Column(_("Done?")), Column(_("Its number")), Column(_("Since then")))
    catalogue = view.catalogue
    lead = (
        catalogue.ngettext("{n} directive of the last meeting.", "{n} directives of the last meeting.", len(found))
        if found
        else _("The last meeting gave no directive about a number.")
    )
    return Slide(
        "followed",
        "table",
        _("What the last meeting decided"),
        3,
        lead=lead,
        table=_table(view, columns, rows, MOST_TEXTS) if rows else None,
        notes=tuple(promise_text(view, each.promise) for each in found),
    )


def promises(view: View, report: Report) -> Slide:
    """Directives that are late, not due yet, and done in the week; with how many there are in all."""
    _, catalogue, last = view.catalogue.gettext, view.catalogue, report.week.last
    begin = view.network.local.day_start(report.week.first)
    by: dict[str, list[Promise]] = {"late": [], "due": [], "done": []}
    for each in report.facts.promises:
        by[each.status(last)].append(each)
    done = [each for each in by["done"] if each.done is not None and each.done >= begin]
    lead = _(
        "Late: {late}. Not due yet: {due}. Done in the week: {week}, ever: {done}.",
        late=catalogue.number(len(by["late"])),
        due=catalogue.number(len(by["due"])),
        week=catalogue.number(len(done)),
        done=catalogue.number(len(by["done"])),
    )
    shown = [*sorted(by["late"], key=lambda each: each.due or 0), *by["due"], *done]
    rows = [
        Row(
            (
                view.name(each.centre),
                short(each.text) or each.code,
                "—" if each.due is None else day(view, each.due),
                week_words.status(view, each, last),
            ),
            _STATUS_MARK[each.status(last)],
        )
        for each in shown
    ]
    columns = (Column(_("Centre")), Column(_("What was promised")), Column(_("Due")), Column(_("State")))
    return Slide(
        "promises",
        "table",
        _("Promises"),
        5,
        lead=lead,
        table=_table(view, columns, rows, MOST_TEXTS) if rows else None,
        notes=tuple(promise_text(view, each) for each in shown),
    )


def rollout(view: View, report: Report) -> Slide:
    """Centres opened of all, services offered of those promised, and when the others are to open."""
    _, catalogue, facts = view.catalogue.gettext, view.catalogue, report.facts
    services = len(view.network.services)
    waiting = [each.facts.id for each in report.centres if not each.facts.is_operating]
    lines = [
        _share_line(_("Centres open: {n} of {whole}."), view, facts.opened, len(report.centres)),
        _share_line(_("Services offered: {n} of {whole} promised."), view, facts.services_offered, services),
    ]
    for id_ in waiting[:MOST_ROWS]:
        opens = view.network.centre_by_id[id_].opens
        if opens is None:
            lines.append(Line(_("{centre}: no opening day is set.", centre=view.name(id_)), "watch"))
        elif opens.toordinal() <= report.week.last:
            text = _("{centre}: was to open on {date}.", centre=view.name(id_), date=day(view, opens.toordinal()))
            lines.append(Line(text, "act"))
        else:
            text = _("{centre}: opens on {date}.", centre=view.name(id_), date=day(view, opens.toordinal()))
            lines.append(Line(text))
    more = len(waiting) - MOST_ROWS
    if more > 0:
        lines.append(Line(catalogue.ngettext("and {n} more", "and {n} more", more)))
    return Slide("rollout", "lines", _("Rollout"), 2, lines=tuple(lines))


def _share_line(template: str, view: View, part: int, whole: int) -> Line:
    text = template.format(n=view.catalogue.number(part), whole=view.catalogue.number(whole))
    return Line(text, "ok" if part >= whole else "watch")


def decisions(view: View, report: Report, decided: Sequence[Promise]) -> Slide:
    """What this meeting has decided until now."""
    _ = view.catalogue.gettext
    rows = []
    for each in decided:
        code = read_code(each.code)
        label = _(week_words.LABELS[code.key]) if code else "—"
        due = "—" if each.due is None else day(view, each.due)
        rows.append(Row((view.name(each.centre), label, short(each.text) or each.code, due)))
    columns = (Column(_("Centre")), Column(_("Its number")), Column(_("Decided")), Column(_("Due")))
    lead = (
        view.catalogue.ngettext("{n} directive was given.", "{n} directives were given.", len(decided))
        if decided
        else _("No directive has been given yet.")
    )
    return Slide(
        "decisions",
        "table",
        _("Decisions of this meeting"),
        3,
        lead=lead,
        table=_table(view, columns, rows, MOST_TEXTS) if rows else None,
        notes=tuple(promise_text(view, each) for each in decided),
    )


def _table(view: View, columns: tuple[Column, ...], rows: Sequence[Row], most: int = MOST_ROWS) -> Table:
    more = len(rows) - most
    text = view.catalogue.ngettext("and {n} more", "and {n} more", more) if more > 0 else ""
    return Table(columns, tuple(rows[:most]), text)


def promise_text(view: View, promise: Promise) -> str:
    """A directive in full, for the notes."""
    due = "—" if promise.due is None else day(view, promise.due)
    return view.catalogue.gettext(
        "{code}, {centre}, due {date}: {text}",
        code=promise.code,
        centre=view.name(promise.centre),
        date=due,
        text=promise.text or "—",
    )


def short(text: str) -> str:
    """A directive's text on one or two lines of a slide."""
    whole = " ".join(text.split())
    if len(whole) <= LONGEST_TEXT:
        return whole
    return whole[:LONGEST_TEXT].rpartition(" ")[0].rstrip(",.;:") + "…"


def day(view: View, ordinal: int) -> str:
    """``23 ноября``; with the year when it is not the one of now."""
    at = date.fromordinal(ordinal)
    now = date.fromordinal(view.network.local.day(view.now))
    text = view.catalogue.date(at)
    return (text if at.year == now.year else f"{text} {at.year}").replace(" ", "\u00a0")

"""The week in sentences, each with its number; what is not known, or too few to say, is said so."""

from collections.abc import Callable
from datetime import date
from typing import Final

from dashboard.deck import Mark
from dashboard.week import Number, NumberKey, Promise, Unknown, Week
from dashboard.week_chance import Verdict
from layouts import message
from layouts.view import View

LABELS: Final[dict[NumberKey, str]] = {
    "queue": message("Queue"),
    "load": message("Load"),
    "turnover": message("Turnover"),
    "sla": message("On time"),
}
DRAWN: Final[dict[NumberKey, str]] = {
    "queue": message("Called within the norm, by week"),
    "load": message("Load, by week"),
    "turnover": message("Left the centre, by week"),
    "sla": message("Ready by the due day, by week"),
}
VERDICTS: Final[dict[Verdict, str]] = {
    "worse": message("worse"),
    "better": message("better"),
    "chance": message("no clear change"),
    "too_few": message("too few to say"),
}
COMPLAINTS: Final = {
    "delay": message("Delay"),
    "rudeness": message("Rudeness"),
    "bribery": message("Bribery"),
    "queue": message("The queue"),
    "other": message("Other"),
}
STATUSES: Final = {"done": message("done"), "late": message("late"), "due": message("not due yet")}
_UNKNOWN: Final[dict[NumberKey, str]] = {
    "queue": message("No waits were decided in this week."),
    "load": message("No window was open in this week."),
    "turnover": message("Turnover is not known."),
    "sla": message("No document was ready or finished late in this week."),
}


WHY_UNKNOWN: Final[dict[Unknown, str]] = {
    "making": message("Not known yet: the sums of the past are being made anew."),
    "lacking": message("Not known: history does not have all days of this week."),
}
"""What stands where else it would be said that there was none."""
_UNKNOWN_WORDS: Final[dict[Unknown, str]] = {"making": message("not known yet"), "lacking": message("not known")}


def why_unknown(view: View, unknown: Unknown) -> str:
    return view.catalogue.gettext(WHY_UNKNOWN[unknown])


def verdict(view: View, number: Number) -> str:
    """What became of a number, in a word or two."""
    word = _UNKNOWN_WORDS[number.unknown] if number.unknown else VERDICTS[number.change.verdict]
    return view.catalogue.gettext(word)


def sentence(view: View, number: Number) -> str:
    """What a number was, and what became of it: two short sentences."""
    if number.value is None:
        return why_unknown(view, number.unknown) if number.unknown else view.catalogue.gettext(_UNKNOWN[number.key])
    if number.key == "turnover":
        after = why_unknown(view, number.unknown) if number.unknown else _leavers(view, number)
        return f"{_turnover(view, number)} {after}"
    return f"{_HEADS[number.key](view, number)} {change(view, number)}"


def _queue(view: View, number: Number) -> str:
    minutes = view.catalogue.number(view.network.norms.wait_s / 60)
    return view.catalogue.gettext(
        "Called within {minutes} min: {value}, {before}.",
        minutes=minutes,
        value=share(view, number.value),
        before=before(view, number),
    )


def _load(view: View, number: Number) -> str:
    _ = view.catalogue.gettext
    return _(
        "Operators were busy {value} of the open time, {before}.",
        value=share(view, number.value),
        before=before(view, number),
    )


def _sla(view: View, number: Number) -> str:
    return view.catalogue.ngettext(
        "Ready by the due day: {value} of {n} document, {before}.",
        "Ready by the due day: {value} of {n} documents, {before}.",
        number.whole,
        value=share(view, number.value),
        before=before(view, number),
    )


def _turnover(view: View, number: Number) -> str:
    _ = view.catalogue.gettext
    return _("In 12 months {value} left, {before}.", value=share(view, number.value), before=before(view, number))


_HEADS: Final[dict[NumberKey, Callable[[View, Number], str]]] = {"queue": _queue, "load": _load, "sla": _sla}


def _leavers(view: View, number: Number) -> str:
    """Who left in the week, against what is usual, and what chance makes of it."""
    catalogue, found = view.catalogue, number.change
    if found.change is None or found.low is None:
        return catalogue.gettext("Too few left in nine weeks to say whether more do.")
    usual = sum(each or 0 for each in number.earlier) / len(number.earlier)
    left = catalogue.ngettext(
        "In this week {n} left, usually {usual} a week:",
        "In this week {n} left, usually {usual} a week:",
        round(found.change + usual),
        usual=catalogue.decimal(usual, 1),
    )
    words = {
        "worse": catalogue.gettext("more than chance explains."),
        "better": catalogue.gettext("fewer than chance explains."),
        "chance": catalogue.gettext("within chance."),
    }
    return f"{left} {words[found.verdict]}"


def change(view: View, number: Number) -> str:
    """A share's change against the week before, with its interval in points."""
    _, found = view.catalogue.gettext, number.change
    if found.verdict == "too_few" or found.low is None or found.high is None:
        return _("Too few to say whether it changed.")
    ends = {"low": points(view, found.low), "high": points(view, found.high)}
    if found.verdict == "worse":
        return _("Worse by more than chance ({low} to {high} points).", **ends)
    if found.verdict == "better":
        return _("Better by more than chance ({low} to {high} points).", **ends)
    return _("Within chance ({low} to {high} points).", **ends)


def before(view: View, number: Number) -> str:
    """``the week before 88 %``."""
    if number.before is None:
        return view.catalogue.gettext("the week before not known")
    return view.catalogue.gettext("the week before {value}", value=share(view, number.before))


def share(view: View, value: float | None) -> str:
    """A share in whole percent, but where rounding would say 100 % of what is less, or 0 % of what is more."""
    if value is not None and 0 < value < 1 and round(value * 100) in (0, 100):
        text = view.catalogue.decimal(value * 100, 1 if 0.0005 <= value < 0.9995 else 2)
        return view.catalogue.percent(0).replace(view.catalogue.number(0), text)
    return view.catalogue.percent(value)


def points(view: View, value: float) -> str:
    """A difference of shares in points, with its sign: whole ones, but for what is less than half of one."""
    text = view.catalogue.number(value * 100)
    if text == view.catalogue.number(0) and value:  # an end just beside none must not be said to be none
        text = view.catalogue.decimal(value * 100, 1 if abs(value) >= 0.0005 else 2)
    return f"+{text}" if value > 0 else text


def mark(number: Number) -> Mark:
    """Past the norm and worse: act; one of them: watch."""
    if number.value is None:
        return ""
    return ("ok", "watch", "act")[(number.is_past_norm is True) + (number.change.verdict == "worse")]


def norm(view: View, number: Number) -> str:
    if number.norm is None:
        return ""
    return view.catalogue.gettext("norm {norm}", norm=share(view, number.norm))


def status(view: View, promise: Promise, today: int) -> str:
    return view.catalogue.gettext(STATUSES[promise.status(today)])


def week_name(view: View, week: Week) -> str:
    """``Week 47, 16 – 22 November 2026``."""
    first, last = date.fromordinal(week.first), date.fromordinal(week.last)
    begin = str(first.day) if first.month == last.month else view.catalogue.date(first)
    end = view.catalogue.date(last)
    return view.catalogue.gettext(
        "Week {number}, {first} – {last} {year}", number=week.number, first=begin, last=end, year=last.year
    )

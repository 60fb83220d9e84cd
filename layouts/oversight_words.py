"""Oversight in words: how a directive, a deficiency or a complaint stands, and what must be answered first."""

from collections.abc import Callable, Mapping
from typing import Final

from dashboard.oversight import SEVERE, Item, Standing, Which
from layouts import message, week_words
from layouts.deadlines_words import short_day
from layouts.view import View

DIRECTIVES: Final = message("Directives")
NAMES: Final[Mapping[Which, str]] = {
    "directives": DIRECTIVES,
    "deficiencies": message("Deficiencies"),
    "complaints": message("Complaints"),
}
STATES: Final[Mapping[Standing, str]] = {
    "late": message("Overdue"),
    "due": message("Not due yet"),
    "done": message("Carried out"),
}
"""Of directives, as one chooses them."""
SETTLED: Final[Mapping[Which, str]] = {
    "directives": message("done on {date}"),
    "deficiencies": message("fixed on {date}"),
    "complaints": message("answered on {date}"),
}


def text(view: View, item: Item) -> str:
    """What it says or is about, in one line."""
    if item.which == "complaints":
        return view.catalogue.gettext(week_words.COMPLAINTS.get(item.text, "Other"))
    return " ".join(item.text.split()) or "—"


def day(view: View, ordinal: int) -> str:
    return short_day(view, ordinal, view.network.local.day(view.now))


def mark(item: Item) -> str:
    """What is late, or says that somebody takes bribes, must be acted on."""
    if not item.is_open:
        return "ok"
    if item.late or (item.which == "complaints" and item.text == "bribery"):
        return "act"
    return "watch" if item.which == "complaints" and item.text in SEVERE else "ok"


def standing(view: View, item: Item) -> str:
    """``3 days late``, ``5 days left``, ``done on 12 Nov.``."""
    _, catalogue = view.catalogue.gettext, view.catalogue
    if item.closed_day is not None:
        settled = _(SETTLED[item.which], date=day(view, item.closed_day))
        return f"{settled}, {_late(view, item.late)}" if item.late else settled
    if item.late:
        return _late(view, item.late)
    if item.due is None:
        return catalogue.ngettext("open for {n} day", "open for {n} days", item.age)
    left = item.due - item.day - item.age
    return catalogue.ngettext("{n} day left", "{n} days left", left) if left else _("due today")


def _late(view: View, days: int) -> str:
    return view.catalogue.ngettext("{n} day late", "{n} days late", days)


def outcome(view: View, complaint: Item) -> str:
    """What an answered complaint was found to be."""
    if complaint.upheld is None:
        return ""
    return view.catalogue.gettext("upheld") if complaint.upheld else view.catalogue.gettext("not upheld")


def sentence(view: View, item: Item) -> str:
    """One plain sentence with its number, for what must be answered first."""
    return _SENTENCES[item.which](view, item)


def _directive(view: View, item: Item) -> str:
    return view.catalogue.ngettext(
        "{centre}: directive {code} is {n} day late: {text}",
        "{centre}: directive {code} is {n} days late: {text}",
        item.late,
        **_said(view, item),
    )


def _deficiency(view: View, item: Item) -> str:
    return view.catalogue.ngettext(
        "{centre}: deficiency {code} has not been fixed, {n} day late: {text}",
        "{centre}: deficiency {code} has not been fixed, {n} days late: {text}",
        item.late,
        **_said(view, item),
    )


def _complaint(view: View, item: Item) -> str:
    return view.catalogue.ngettext(
        "{centre}: complaint {code} has had no answer for {n} day: {text}",
        "{centre}: complaint {code} has had no answer for {n} days: {text}",
        item.age,
        **_said(view, item),
    )


_SENTENCES: Final[Mapping[Which, Callable[[View, Item], str]]] = {
    "directives": _directive,
    "deficiencies": _deficiency,
    "complaints": _complaint,
}


def _said(view: View, item: Item) -> dict[str, str]:
    said = text(view, item)
    return {
        "centre": view.name(item.centre),
        "code": item.code,
        "text": said.lower() if item.which == "complaints" else said,
    }

"""The weekly deck as one plain document: it works over a poor line, on paper, and without a script.

It is no Dash page: a deck is only shown, and Dash's scripts would be most of what it sends.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dashboard.deck import Card, Deck
from dashboard.i18n import LANGUAGE_NAMES, LANGUAGES
from dashboard.week import NUMBERS, Week
from layouts import message, week_words
from layouts.view import View

WIDTH: Final = 240
HEIGHT: Final = 84
EDGE: Final = 8
"""Of a line of weeks, in units of the slide's 1280 by 720."""
DUE_DAYS: Final = 7
"""A directive is due so many days from now unless somebody says otherwise: by the next meeting."""
PROBLEMS: Final = {
    "stale_form": message("The page had stood open for too long. Please try again."),
    "no_text": message("Say what is to be done."),
    "no_due": message("Say until when: a day that has not passed."),
    "unknown_centre": message("There is no such centre in this network."),
    "no_reason": message("Say why the week is reopened: the reason is kept."),
    "not_known": message("The numbers of the week are not known yet: it cannot be closed."),
    "not_over": message("The week is not over yet: it cannot be closed."),
    "closed": message("The week is closed already."),
    "not_closed": message("The week is not closed."),
    "refused": message("The directive was not accepted. The log says why; ask the administrator."),
}
DONE: Final = {
    "decided": message("The directive was recorded and is on its way to the centre."),
    "closed": message("The week is closed: its numbers do not change any more."),
    "reopened": message("The week is open again: its numbers are those of now."),
}
FOLLOWED: Final = ("followed", "promises", "decisions")
"""Slides of directives: from them one goes to where a directive is said to be done."""
_SHORT: Final = {"ru": "РУС", "kk": "ҚАЗ", "en": "ENG"}
_JINJA: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def render(
    view: View,
    deck: Deck,
    *,
    endings: Sequence[str],
    may_decide: bool,
    csrf: str = "",
    presenter: bool = False,
    problem: str = "",
    form: str = "",
    done: str = "",
    said: Mapping[str, str] | None = None,
    later: Week | None = None,
    week: Week,
    at: str = "",
) -> str:
    """The whole document. ``said`` is what was typed into the form that was not accepted, ``at`` the query of the
    moment that links to live pages lead to, ``form`` the dialog that a problem is of."""
    _ = view.catalogue.gettext
    today = date.fromordinal(view.network.local.day(view.now))
    due = (today + timedelta(days=DUE_DAYS)).isoformat()
    return _JINJA.get_template("week.html").render(
        deck=deck,
        theme=view.shown_theme,
        shown="presenter" if presenter else "deck",
        words=words(view),
        endings=endings,
        may_decide=may_decide,
        csrf=csrf,
        form=form,
        problem=_(PROBLEMS[problem]) if problem in PROBLEMS else "",
        done=_(DONE[done]) if done in DONE else "",
        said={"centre": "", "number": "", "text": "", "due": due} | dict(said or {}),
        earlier=week.before().label,
        later=later.label if later else "",
        at=at,
        today=today.isoformat(),
        centres=[(each.centre, each.title) for each in deck.slides if each.centre],
        numbers=[(key, _(week_words.LABELS[key])) for key in NUMBERS],
        languages=[(each, _SHORT[each], LANGUAGE_NAMES[each]) for each in LANGUAGES],
        oversight=FOLLOWED if view.may_open("oversight") else (),
        spark=spark,
    )


def words(view: View) -> dict[str, str]:
    _ = view.catalogue.gettext
    return {
        "live": _("The centre now"),
        "oversight": _("Oversight"),
        "open": _("not closed"),
        "unknown": _("not known yet"),
        "wall": _("Wall"),
        "tools": _("Tools of the deck"),
        "previous": _("Previous slide"),
        "following": _("Next slide"),
        "screen": _("Full screen"),
        "presenter": _("Presenter view"),
        "pointer": _("Pointer"),
        "print": _("Print"),
        "spent": _("spent"),
        "planned": _("planned, min"),
        "time": _("time"),
        "next": _("Next"),
        "notes": _("Notes"),
        "decide": _("Decide"),
        "decide_head": _("A directive of this meeting"),
        "decide_note": _(
            "It goes to the centre as an event, stands in /oversight, and next week's deck says whether "
            "the number moved. No names of people."
        ),
        "centre": _("Centre"),
        "number": _("Its number"),
        "what": _("What is to be done"),
        "due": _("Until when"),
        "record": _("Record it"),
        "cancel": _("Cancel"),
        "close": _("Close the week"),
        "close_note": _("The numbers are kept as they stand now. Data that comes later changes nothing of this deck."),
        "reopen": _("Reopen the week"),
        "reopen_note": _("The deck will show the numbers of now. What was closed is kept, and so is the reason."),
        "reason": _("Why"),
    }


def spark(card: Card) -> Markup:
    """The weeks as a line, with the norm dashed; gaps where a week is not known."""
    known = [each for each in card.series if each is not None]
    if len(known) < 2:
        return Markup('<svg class="spark" viewBox="0 0 {} {}" aria-hidden="true"></svg>').format(WIDTH, HEIGHT)
    levels = [*known, card.level] if card.level is not None else [*known, 0.0]
    low, high = min(levels), max(levels)
    span = (high - low) or 1.0
    step = (WIDTH - 2 * EDGE) / (len(card.series) - 1)

    def y(value: float) -> float:
        return EDGE + (HEIGHT - 2 * EDGE) * (1 - (value - low) / span)

    parts: list[list[str]] = [[]]
    for place, value in enumerate(card.series):
        if value is None:
            parts.append([])
        else:
            parts[-1].append(f"{EDGE + step * place:.1f},{y(value):.1f}")
    lines = Markup("").join(Markup('<polyline points="{}"/>').format(" ".join(each)) for each in parts if each)
    norm = Markup("")
    if card.level is not None:
        norm = Markup('<line x1="0" x2="{}" y1="{}" y2="{}"/>').format(WIDTH, *[f"{y(card.level):.1f}"] * 2)
    dot = Markup("")
    if card.series[-1] is not None:
        dot = Markup('<circle cx="{}" cy="{}" r="6"/>').format(WIDTH - EDGE, f"{y(card.series[-1]):.1f}")
    svg = Markup('<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>')
    return svg.format(WIDTH, HEIGHT, card.drawn, norm, lines, dot)

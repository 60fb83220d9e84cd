"""The lists of oversight: directives with their numbers then and since, deficiencies, complaints; the worst first."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from dash import dcc, html

from dashboard.oversight import STANDINGS, Item, Standing, Which, by_standing
from dashboard.week_meeting import Followed, read_code
from layouts import message, oversight_words, week_words
from layouts.asked import Asked
from layouts.deadlines_table import Column, Row, stacked
from layouts.view import View

SHOWN: Final = 50
FEW: Final = 10
"""Rows of deficiencies and complaints: the lists are long, and the files hold all."""
ENDINGS: Final = {"csv": message("Download CSV"), "xlsx": message("Download XLSX")}
ALL: Final = "all"
"""Of ``?state=``; without one those are shown that are not done."""


class Directed(Protocol):
    """What a row of a directive needs beside it: layouts.oversight.Shown."""

    @property
    def followed(self) -> Mapping[str, Followed]: ...
    @property
    def on_its_way(self) -> str: ...
    @property
    def may_decide(self) -> bool: ...


def wanted_state(asked: Asked) -> Standing | str | None:
    """``late``, ``due``, ``done`` or ``all``; None for those that are not done, and for what is none of them."""
    said = asked.filters.get("state")
    return said if said in (*STANDINGS, ALL) else None


def directives(view: View, asked: Asked, found: Sequence[Item], beside: Directed) -> html.Section:
    _ = view.catalogue.gettext
    state, said = wanted_state(asked), asked.filters.get("state")
    problem = _("“{value}” is no state of a directive: those not carried out are shown.", value=said or "")
    shown = [each for each in found if state == ALL or (each.is_open if state is None else each.standing == state)]
    name = _(oversight_words.DIRECTIVES)
    columns = [
        Column(_("What is to be done")),
        Column(_("Centre")),
        Column(_("Its number")),
        Column(_("Given")),
        Column(_("Due")),
        Column(_("State")),
    ]
    rows = [_directive(view, asked, each, beside) for each in shown[:SHOWN]]
    body = stacked(name, columns, rows) if rows else html.P(_("There are none such."), className="note")
    return html.Section(
        [
            html.H2(name, id="directives"),
            *([html.P(problem, className="problem", role="alert")] if said and state is None else []),
            _states(view, asked, found, state),
            body,
            _below(view, asked, "directives", len(shown), SHOWN),
        ],
        className="card",
        **{"data-part": "directives"},
    )


def _states(view: View, asked: Asked, found: Sequence[Item], state: str | None) -> html.Nav:
    """Links that choose by state, each with its count."""
    _, number = view.catalogue.gettext, view.catalogue.number
    counts = by_standing(found)
    choices: list[tuple[str | None, str, int]] = [
        (None, _("Not carried out"), counts["late"] + counts["due"]),
        *((each, _(word), counts[each]) for each, word in oversight_words.STATES.items()),
        (ALL, _("All"), len(found)),
    ]
    links = [
        dcc.Link(
            f"{name}: {number(count)}",
            href=asked.href(state=key, marked=None),
            **({"className": "current"} if key == state else {}),
        )
        for key, name, count in choices
    ]
    return html.Nav(links, className="period-links", **{"aria-label": _("State")})


def _directive(view: View, asked: Asked, item: Item, beside: Directed) -> Row:
    return (
        [
            _what(view, item),
            _centre(view, asked, item),
            _number(view, item, beside.followed.get(item.code)),
            oversight_words.day(view, item.day),
            "—" if item.due is None else oversight_words.day(view, item.due),
            [_state(view, item), *_done(view, asked, item, beside)],
        ],
        {"data-directive": item.code, "data-state": item.standing, "data-mark": oversight_words.mark(item)},
    )


def _what(view: View, item: Item) -> list[html.Span]:
    """What it is, and its code under it."""
    return [
        html.Span(oversight_words.text(view, item), className="oversight-text"),
        html.Span(item.code, className="under oversight-code"),
    ]


def _centre(view: View, asked: Asked, item: Item) -> Any:
    if not view.may_open("centre", item.centre):
        return view.name(item.centre)
    return dcc.Link(view.name(item.centre), href=asked.centre_href(item.centre))


def _state(view: View, item: Item) -> html.Span:
    return html.Span(
        [html.Span(className="shape", **{"aria-hidden": "true"}), html.Span(oversight_words.standing(view, item))],
        className="oversight-state",
    )


def _number(view: View, item: Item, followed: Followed | None) -> Any:
    """The number that the code names, as the meeting saw it and a week later; a dash where it names none."""
    code = read_code(item.code)
    if code is None:
        return "—"
    _ = view.catalogue.gettext
    label = html.Span(_(week_words.LABELS[code.key]))
    if followed is None:
        return [label]
    number = followed.number
    moved = f"{week_words.share(view, number.before)} → {week_words.share(view, number.value)}"
    weeks = _(
        "weeks {n} and {after}: {verdict}",
        n=str(code.week.number),
        after=str(code.week.before(-1).number),
        verdict=_(week_words.VERDICTS[number.change.verdict]),
    )
    return [
        label,
        html.Span(moved, className="oversight-moved", **{"data-part": "moved"}),
        html.Span(weeks, className="under"),
    ]


def _done(view: View, asked: Asked, item: Item, beside: Directed) -> list[html.A]:
    """The way to say that it is done: a form of its own, which works without a script."""
    if not (beside.may_decide and item.is_open) or item.code == beside.on_its_way:
        return []
    _ = view.catalogue.gettext
    query = {"directive": item.code, **({"of": of} if (of := asked.filters.get("of")) else {})}
    return [
        html.A(
            _("Mark as done"),
            href=f"/oversight/done?{urlencode(query)}",
            className="alarm-take",
            **{"aria-label": _("Mark directive {code} as done", code=item.code)},
        )
    ]


def deficiencies(view: View, asked: Asked, found: Sequence[Item]) -> html.Section:
    _ = view.catalogue.gettext
    columns = [Column(_("Category")), Column(_("Centre")), Column(_("Due")), Column(_("State"))]
    open_ = [each for each in found if each.is_open]
    rows = [
        _short(view, asked, each, "—" if each.due is None else oversight_words.day(view, each.due))
        for each in open_[:FEW]
    ]
    return _card(view, asked, "deficiencies", _("Deficiencies not fixed"), columns, rows, len(open_))


def complaints(view: View, asked: Asked, found: Sequence[Item]) -> html.Section:
    _ = view.catalogue.gettext
    columns = [Column(_("About")), Column(_("Centre")), Column(_("Filed")), Column(_("State"))]
    open_ = [each for each in found if each.is_open]
    rows = [_short(view, asked, each, oversight_words.day(view, each.day)) for each in open_[:FEW]]
    return _card(view, asked, "complaints", _("Complaints not answered"), columns, rows, len(open_))


def _short(view: View, asked: Asked, item: Item, when: str) -> Row:
    return (
        [
            _what(view, item),
            _centre(view, asked, item),
            when,
            _state(view, item),
        ],
        {"data-item": item.code, "data-mark": oversight_words.mark(item)},
    )


def _card(
    view: View, asked: Asked, which: Which, name: str, columns: list[Column], rows: list[Row], count: int
) -> html.Section:
    body = stacked(name, columns, rows) if rows else html.P(view.catalogue.gettext("There are none."), className="note")
    return html.Section(
        [html.H2(name, id=which), body, _below(view, asked, which, count, FEW)],
        className="card",
        **{"data-part": which},
    )


def _below(view: View, asked: Asked, which: Which, count: int, most: int) -> html.P:
    """How many of them are shown, and the files, which hold all of the place, settled ones too."""
    _, number = view.catalogue.gettext, view.catalogue.number
    shown = (
        [html.Span(_("The first {n} of {count} are shown.", n=number(most), count=number(count)))]
        if count > most
        else []
    )
    query = urlencode({key: said.partition("/")[0] for key in ("of", "at") if (said := asked.query.get(key))})
    files = [
        html.A(
            _(text),
            href=f"/oversight/{which}.{ending}" + (f"?{query}" if query else ""),
            download=True,
            **{"aria-label": f"{_(text)}: {_(oversight_words.NAMES[which])}"},
        )
        for ending, text in ENDINGS.items()
    ]
    return html.P([*shown, *files], className="note oversight-below")

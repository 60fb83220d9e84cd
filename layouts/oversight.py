"""Oversight: what was asked of the centres and found wrong with them, and what must be answered first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import oversight
from dashboard.oversight import Count, Item, Place, Which
from dashboard.week_meeting import Followed
from layouts import desk, message, narrowed, oversight_words
from layouts.asked import Asked
from layouts.deadlines_table import Column, stacked
from layouts.desk import Crumb
from layouts.oversight_lists import complaints, deficiencies, directives
from layouts.view import View

SEVERE_WORDS: Final = {"bribery": message("bribery: {n}"), "rudeness": message("rudeness: {n}")}


@dataclass(frozen=True)
class Shown:
    """What the page shows of a moment, of the network or of the centre that it is narrowed to."""

    items: Mapping[Which, Sequence[Item]]
    """Of each kind, the worst first."""
    places: Sequence[Place]
    """Of the centres that operate; the neediest first."""
    followed: Mapping[str, Followed] = field(default_factory=dict)
    """By the code of a directive: its number then and since."""
    on_its_way: str = ""
    """The code of a directive of which was just said that it is done, and the worker has not told of it yet."""
    may_decide: bool = False
    """Whether the viewer may say that a directive is done; never of the past."""


def title(view: View, asked: Asked) -> str:
    return narrowed.title(view, asked, view.catalogue.gettext("Oversight"))


def crumbs(view: View, asked: Asked) -> list[Crumb]:
    return narrowed.crumbs(view, asked, view.catalogue.gettext("Oversight"))


def now(view: View, asked: Asked, shown: Shown) -> list[Component]:
    centre, problems = narrowed.wanted_centre(view.network, asked)
    return [
        *desk.problem_lines(view, problems),
        *_told(view, asked, shown),
        headline(view, shown),
        *([_ways(view, asked, centre)] if centre else []),
        answer_first(view, shown),
        *([by_centre(view, asked, shown.places)] if centre is None else []),
        directives(view, asked, shown.items["directives"], shown),
        html.Div(
            [
                deficiencies(view, asked, shown.items["deficiencies"]),
                complaints(view, asked, shown.items["complaints"]),
            ],
            className="oversight-pair",
        ),
    ]


def _told(view: View, asked: Asked, shown: Shown) -> list[html.P]:
    """What became of the directive of which the viewer just said that it is done."""
    code, _ = asked.filters.get("marked"), view.catalogue.gettext
    found = next((each for each in shown.items["directives"] if each.code == code), None)
    if found is not None and not found.is_open:
        said = _("Directive {code} is recorded as done.", code=found.code)
    elif code and code == shown.on_its_way:
        said = _("That directive {code} is done was recorded, and will stand here in a moment.", code=code)
    else:
        return []
    return [html.P(said, className="oversight-told", role="status")]


def headline(view: View, shown: Shown) -> html.Div:
    """Four numbers, each a link to what it counts."""
    _, number, items = view.catalogue.gettext, view.catalogue.number, shown.items
    about = oversight.open_about(items["complaints"])
    severe = [_(word, n=number(about[key])) for key, word in SEVERE_WORDS.items()]
    given, found = (oversight.count(items[which]) for which in ("directives", "deficiencies"))
    mark = "act" if about["bribery"] else "watch" if about["rudeness"] else "ok"
    numbers = [
        _one(view, _("Directives open"), given.open, "directives", _late_mark(given), [_late(view, given)]),
        _one(view, _("Deficiencies open"), found.open, "deficiencies", _late_mark(found), [_late(view, found)]),
        _one(view, _("Complaints open"), sum(about.values()), "complaints", mark, [", ".join(severe)]),
        _visited(view, shown.places),
    ]
    return html.Div(numbers, className="four oversight-headline")


def _late(view: View, count: Count) -> str:
    return view.catalogue.gettext("overdue: {n}", n=view.catalogue.number(count.late))


def _late_mark(count: Count) -> str:
    return "act" if count.late else "ok"


def _one(
    view: View, name: str, value: int | None, part: str, mark: str, notes: Sequence[str], unit: str = ""
) -> html.Div:
    text = [html.Span(view.catalogue.number(value)), *([html.Span(unit, className="unit")] if unit else [])]
    raw = "" if value is None else str(value)
    number = html.P(text, className="four-number", **{"data-part": f"{part}-open", "data-value": raw})
    return html.Div(
        [
            html.P(
                [html.Span(className="shape", **{"aria-hidden": "true"}), html.Span(name)],
                className="four-label",
                **{"data-mark": mark},
            ),
            html.A(number, href=f"#{part}", className="number-link", title=name),
            *(html.P(each, className="four-norm") for each in notes if each),
        ],
        className="four-one",
        **{"data-mark": mark},
    )


def _visited(view: View, places: Sequence[Place]) -> html.Div:
    """The centre that has waited for a visit the longest, and how many were never visited."""
    _, catalogue = view.catalogue.gettext, view.catalogue
    longest = max((each for each in places if each.visited is not None), key=lambda each: each.visited, default=None)  # type: ignore[arg-type,return-value]
    never = sum(each.visited is None for each in places)
    notes = [] if longest is None else [view.name(longest.centre)]
    if never:
        text = catalogue.ngettext("{n} centre was never visited", "{n} centres were never visited", never)
        notes.append(_("no visit is known") if len(places) == 1 else text)
    value = None if longest is None else longest.visited
    name = _("Days since the last visit") if len(places) == 1 else _("Longest without a visit")
    return _one(view, name, value, "visits", "ok", notes, "" if value is None else _("d"))


def _ways(view: View, asked: Asked, centre: str) -> html.P:
    """The ways from a centre's part: to the centre, and to all."""
    _ = view.catalogue.gettext
    whole = dcc.Link(_("Oversight of the whole network"), href=asked.href(of=None))
    return html.P(
        [
            *([whole] if view.viewer.centre is None else []),
            dcc.Link(_("The centre's page"), href=asked.centre_href(centre)),
        ],
        className="staff-ways",
    )


def answer_first(view: View, shown: Shown) -> html.Section:
    """Plain sentences, each with its number; what is not named here stands in the tables below."""
    _, items = view.catalogue.gettext, shown.items
    found = oversight.first(items["directives"], items["deficiencies"], items["complaints"])
    head = html.H2(_("To be answered first"))
    if not found:
        body: Component = html.P(_("Nothing is overdue, and no complaint of bribery or rudeness is open."))
    else:
        body = html.Ul([_line(view, each) for each in found], className="oversight-first")
    return html.Section([head, body], className="card", **{"data-part": "first"})


def _line(view: View, item: Item) -> html.Li:
    return html.Li(
        [
            html.Span(className="shape", **{"aria-hidden": "true"}),
            html.Span(oversight_words.sentence(view, item)),
        ],
        **{"data-item": item.code, "data-mark": oversight_words.mark(item)},
    )


def by_centre(view: View, asked: Asked, places: Sequence[Place]) -> html.Section:
    """A row a centre; its name narrows the page to it."""
    _ = view.catalogue.gettext
    columns = [
        Column(_("Centre")),
        Column(_("Directives"), number=True),
        Column(_("Deficiencies"), number=True),
        Column(_("Complaints"), number=True),
        Column(_("Last visit"), number=True),
    ]
    rows = [
        (
            [
                dcc.Link(view.name(each.centre), href=asked.href(of=each.centre, marked=None)),
                _open(view, each.directives),
                _open(view, each.deficiencies),
                _complaints(view, each),
                _since(view, each.visited),
            ],
            {"data-place": each.centre},
        )
        for each in places
    ]
    head = _("What stands open, by centre")
    return html.Section([html.H2(head), stacked(head, columns, rows)], className="card", **{"data-part": "places"})


def _open(view: View, count: Count) -> list[Any]:
    late = _late(view, count)
    under = [html.Span(late, className="under", **{"data-mark": "act"})] if count.late else []
    return [html.Span(view.catalogue.number(count.open)), *under]


def _complaints(view: View, place: Place) -> list[Any]:
    _, number = view.catalogue.gettext, view.catalogue.number
    text = _("bribery and rudeness: {n}", n=number(place.severe))
    under = [html.Span(text, className="under", **{"data-mark": "act"})] if place.severe else []
    return [html.Span(number(place.complaints)), *under]


def _since(view: View, days: int | None) -> str:
    if days is None:
        return "—"
    if days == 0:
        return view.catalogue.gettext("today")
    return view.catalogue.ngettext("{n} day ago", "{n} days ago", days)

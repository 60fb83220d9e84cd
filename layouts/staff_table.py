"""The table of places: a row a centre (or a branch of one), every count a link to its people, sorted by a link."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from dash import dcc, html

from dashboard.i18n import UNKNOWN
from dashboard.staff_statistics import against, rate_interval
from dashboard.staffing import Staffing, Team
from layouts import message, numbers, staff_words
from layouts.asked import Asked
from layouts.tiles import raw
from layouts.view import View
from layouts.words import state_text

DEFAULT_SORT: Final = "-rate"
BRANCH: Final = message("Branch")
RANGE: Final = message("By chance alone")


class Place(NamedTuple):
    """A row: whose it is, its numbers of the snapshot, and its team (None of a centre that has not opened)."""

    centre: str | None
    branch: str | None
    name: str
    figures: Mapping[str, Any]
    """``turnover`` of the snapshot."""
    team: Team | None
    mark: str
    state: str
    """How old its numbers are, in words; empty while they are not."""


def _of(member: str) -> Callable[[Place], Any]:
    return lambda place: place.figures[member]


def _joined(place: Place) -> Any:
    return place.team.joined_12m if place.team else None


SORTS: Final[Mapping[str, tuple[str, Callable[[Place], Any]]]] = {
    "name": (message("Centre"), lambda place: place.name),
    "headcount": (message("Staff"), _of("headcount")),
    "posts": (message("Posts"), _of("posts")),
    "vacancies": (message("Vacancies"), _of("vacancies")),
    "joined": (message("Joined in 12 months"), _joined),
    "left": (message("Left in 12 months"), _of("left_12m")),
    "rate": (message("Turnover"), _of("rate_12m")),
    "short": (message("Left in the first half year"), _of("short_service_share")),
}
"""Key of ``?sort=`` to heading and value; a ``-`` before the key puts the largest first. What is not known is last."""


def table(
    view: View, asked: Asked, snapshot: Mapping[str, Any], staffing: Staffing | None, centre: str | None
) -> html.Section:
    """Of the network its centres, of a centre its branches; the whole stands below."""
    _ = view.catalogue.gettext
    sort, problem = _sort(asked)
    places = in_order(_places(view, snapshot, staffing, centre), sort)
    whole = _whole(view, snapshot, staffing, centre)
    rate = snapshot.get("whole", snapshot["totals"])["turnover"]["rate_12m"]
    head = _("Halls") if centre else _("Centres")
    grid = html.Table(
        [
            html.Caption(head, className="aside-only"),
            html.Thead(html.Tr(_heads(view, asked, sort, centre), role="row"), role="rowgroup"),
            html.Tbody([_row(view, asked, each, rate) for each in places], role="rowgroup"),
            html.Tfoot(_row(view, asked, whole, rate, is_whole=True), role="rowgroup"),
        ],
        className="table staff-table",
        role="table",
    )
    unknown = [html.P(problem, className="problem", role="alert")] if (problem := _problem(view, problem)) else []
    return html.Section(
        [html.H2(head), *unknown, grid, *_notes(view, staffing, centre)],
        className="card staff-places",
    )


def in_order(places: Sequence[Place], sort: str) -> list[Place]:
    """Sorted by a key of :data:`SORTS`; equal ones stay in the network file's order, the unknown are last."""
    value = SORTS[sort.removeprefix("-")][1]
    known = [each for each in places if value(each) is not None]
    known.sort(key=value, reverse=sort.startswith("-"))
    return known + [each for each in places if value(each) is None]


def _sort(asked: Asked) -> tuple[str, str]:
    said = asked.filters.get("sort", DEFAULT_SORT)
    return (said, "") if said.removeprefix("-") in SORTS else (DEFAULT_SORT, said)


def _problem(view: View, said: str) -> str:
    if not said:
        return ""
    return view.catalogue.gettext("“{value}” is nothing to sort by: the table is sorted by turnover.", value=said)


def _places(view: View, snapshot: Mapping[str, Any], staffing: Staffing | None, centre: str | None) -> list[Place]:
    teams = {(each.centre, each.branch): each for each in staffing.parts} if staffing else {}
    if centre is None:
        return [_place(view, each, each, teams.get((each["id"], "")), each["id"], None) for each in snapshot["centres"]]
    of = next(each for each in snapshot["centres"] if each["id"] == centre)
    return [_place(view, each, of, teams.get((centre, each["id"])), centre, each["id"]) for each in of["branches"]]


def _place(
    view: View, shown: Mapping[str, Any], of: Mapping[str, Any], team: Team | None, centre: str, branch: str | None
) -> Place:
    name = view.branch_name(centre, branch) if branch else view.name(centre)
    state = "" if branch or of["state"] in ("live", "late") else state_text(view, of)
    mark = shown.get("levels", {}).get("turnover", "ok")
    return Place(centre, branch, name, shown["turnover"], team, mark, state)


def _whole(view: View, snapshot: Mapping[str, Any], staffing: Staffing | None, centre: str | None) -> Place:
    team = staffing.whole if staffing else None
    if centre is None:
        name = view.catalogue.gettext("The whole network")
        return Place(None, None, name, snapshot["totals"]["turnover"], team, "ok", "")
    of = next(each for each in snapshot["centres"] if each["id"] == centre)
    return _place(view, of, of, team, centre, None)._replace(
        name=view.catalogue.gettext("The whole centre"), mark="ok", state=""
    )


def _heads(view: View, asked: Asked, sort: str, centre: str | None) -> list[html.Th]:
    found = [_head(view, asked, key, sort, centre) for key in SORTS]
    name = view.catalogue.gettext(RANGE)
    found.insert(-1, html.Th(name, scope="col", role="columnheader", className="figure range"))
    return found


def _head(view: View, asked: Asked, key: str, sort: str, centre: str | None) -> html.Th:
    """A heading that sorts; asked for again it sorts the other way."""
    first = key if key == "name" else f"-{key}"
    current = sort.removeprefix("-") == key
    turned = key if sort.startswith("-") else f"-{key}"
    said = {"aria-sort": "descending" if sort.startswith("-") else "ascending"} if current else {}
    head = BRANCH if key == "name" and centre else SORTS[key][0]
    name = view.catalogue.gettext(head)
    link = dcc.Link(name, href=asked.href(sort=turned if current else first), className="sort")
    return html.Th(link, scope="col", role="columnheader", className="" if key == "name" else "figure", **said)


def _row(view: View, asked: Asked, place: Place, rate: float | None, *, is_whole: bool = False) -> html.Tr:
    hook = "/".join(each for each in (place.centre, place.branch) if each)
    planned = {} if place.team else {"data-planned": "true"}
    return html.Tr(
        [
            html.Th(_name(view, asked, place, is_whole), scope="row", role="rowheader"),
            _number(view, asked, place, "headcount"),
            _number(view, asked, place, "posts"),
            _number(view, asked, place, "vacancies"),
            _cell(view, "joined", _joined_text(view, place)),
            _number(view, asked, place, "left", staff_words.moved_text(view, place.team) if place.team else ""),
            _rate(view, asked, place),
            _range(view, place, None if is_whole and place.centre is None else rate),
            _short(view, asked, place),
        ],
        role="row",
        **{"data-staff": hook or "network", "data-mark": place.mark, **planned},
    )


def _name(view: View, asked: Asked, place: Place, is_whole: bool) -> list[Any]:
    if is_whole or place.centre is None:
        return [place.name]
    if place.branch:
        return [dcc.Link(place.name, href=asked.branch_href(place.centre, place.branch))]
    link = dcc.Link(place.name, href=asked.href(of=place.centre, number=None))
    return [link, *([html.Span(place.state, className="under")] if place.state else [])]


def _joined_text(view: View, place: Place) -> list[Any]:
    joined = place.team.joined_12m if place.team else None
    return [html.Span(view.catalogue.number(joined), **{"data-part": "joined", "data-value": raw(joined)})]


def _number(view: View, asked: Asked, place: Place, key: str, under: str = "") -> html.Td:
    member = "left_12m" if key == "left" else key
    value = place.figures[member]
    if place.team is None:
        return _cell(view, key, [UNKNOWN])
    shown = numbers.number(view, asked, f"turnover.{member}", value, place.centre, place.branch)
    return _cell(view, key, [shown, *_under(under)])


def _rate(view: View, asked: Asked, place: Place) -> html.Td:
    """The rate with what it is made of."""
    if place.team is None:
        return _cell(view, "rate", [UNKNOWN])
    number = numbers.number(view, asked, "turnover.rate_12m", place.figures["rate_12m"], place.centre, place.branch)
    parts = [
        html.Span([html.Span(className="shape", **{"aria-hidden": "true"}), number], className="rate"),
        *_under(staff_words.counts_text(view, place.team)),
        *_under(staff_words.history_text(view, place.team, place.figures)),
    ]
    return _cell(view, "rate", parts)


def _range(view: View, place: Place, network_rate: float | None) -> html.Td:
    """The rate's interval, and whether it leaves the network's rate outside."""
    interval = rate_interval(place.team) if place.team else None
    told = against(interval, network_rate)
    parts = [
        html.Span(staff_words.interval_text(view, place.team, interval)),
        *_under(view.catalogue.gettext(staff_words.AGAINST[told]) if told else "", told or ""),
    ]
    return html.Td(parts, className="figure range", role="cell", **{"data-label": view.catalogue.gettext(RANGE)})


def _short(view: View, asked: Asked, place: Place) -> html.Td:
    counts = place.team.short_service if place.team else None
    return _number(view, asked, place, "short_service_share", staff_words.of_known(view, counts))


def _cell(view: View, key: str, parts: list[Any]) -> html.Td:
    """``data-label`` names the cell where the table is too wide for the screen."""
    key = "short" if key == "short_service_share" else key
    return html.Td(parts, className="figure", role="cell", **{"data-label": view.catalogue.gettext(SORTS[key][0])})


def _under(text: str, against_network: str = "") -> list[html.Span]:
    return [html.Span(text, className="under", **{"data-against": against_network})] if text else []


def _notes(view: View, staffing: Staffing | None, centre: str | None) -> list[html.P]:
    """How to read the table, and why its rows add up to more leavers than the whole has."""
    _, number = view.catalogue.gettext, view.catalogue.number
    moved = sum(each.moved_out for each in staffing.parts) if staffing else 0
    said = [
        _(
            "Turnover: those who left in 12 months of the mean headcount, with the range that chance alone allows "
            "(95 %, exact Poisson interval). Of a team under five people no range is given: one leaver is over 20 %."
        )
    ]
    if moved:
        text = (
            _("{n} moved between halls: they left the hall, not the centre.", n=number(moved))
            if centre
            else _("{n} moved between centres: they left the centre, not the network.", n=number(moved))
        )
        said.append(text)
    return [html.P(each, className="note") for each in said]

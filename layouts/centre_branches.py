"""The branches of a centre side by side, and how their numbers come to the centre's."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.addition import WHOLE, Addition, Unit
from layouts import message, metric_words, numbers
from layouts.asked import Asked
from layouts.view import View

Centre = Mapping[str, Any]
Under = Callable[[View, Unit], str]

ROWS: Final = (
    ("queue.waiting", message("added up")),
    ("queue.longest_wait_s", message("the longest of them")),
    ("queue.within_norm", message("called within the norm, of all decided today")),
    ("load.windows_open", message("added up")),
    ("load.occupancy", message("hours served, of hours open")),
    ("load.waiting_per_window", message("people, by open windows")),
    ("sla.overdue", message("added up")),
    ("sla.at_risk", message("added up")),
    ("sla.on_time_30d", message("ready on time, of all finished or late")),
    ("turnover.headcount", message("each person once")),
    ("turnover.left_12m", message("each person once")),
    ("turnover.rate_12m", message("who left, by the mean headcount")),
)
"""Numbers, and how the branches' come to the centre's."""
HOUR_S: Final = 3600
FACTS: Final = tuple(key for key, _ in ROWS)


def branches(view: View, asked: Asked, centre: Centre, found: Addition | None) -> html.Section:
    """``found`` is of the same moment as the snapshot's ``centre``; None for a planned one, whose branches have only
    names."""
    _ = view.catalogue.gettext
    if found is None:
        body: list[Component] = [_names(view, asked, centre)]
    elif len(centre["branches"]) == 1:
        body = [_names(view, asked, centre), numbers.facts(view, asked, centre, FACTS, centre["id"])]
    else:
        body = [_table(view, asked, centre, found), *_notes(view, found)]
    title = _("The branch") if len(centre["branches"]) == 1 else _("Branches, and how they add up")
    return html.Section(
        [html.H2(title, id="branches"), *body], className="card centre-branches", **{"aria-labelledby": "branches"}
    )


def _names(view: View, asked: Asked, centre: Centre) -> html.Ul:
    links = [html.Li(_branch_link(view, asked, centre, each["id"])) for each in centre["branches"]]
    return html.Ul(links, className="branch-names")


def _branch_link(view: View, asked: Asked, centre: Centre, branch: str) -> dcc.Link:
    return dcc.Link(view.branch_name(centre["id"], branch), href=asked.branch_href(centre["id"], branch))


def _table(view: View, asked: Asked, centre: Centre, found: Addition) -> html.Div:
    _ = view.catalogue.gettext
    heads = [_head(view, asked, centre, each) for each in found.units]
    table = html.Table(
        [
            html.Caption(_("The same numbers of each branch and of the centre"), className="aside-only"),
            html.Thead(
                html.Tr(
                    [
                        html.Td(),
                        *(html.Th(head, scope="col", className="figure") for head in heads),
                        html.Th(_("Centre"), scope="col", className="figure whole"),
                    ]
                )
            ),
            html.Tbody([_row(view, asked, centre, found, key, how) for key, how in ROWS]),
        ],
        className="table",
    )
    return html.Div(table, className="table-frame", tabIndex="0")


def _head(view: View, asked: Asked, centre: Centre, unit: Unit) -> Component:
    if unit.id == WHOLE:
        return html.Span(view.catalogue.gettext("Of no branch"))
    return _branch_link(view, asked, centre, unit.id)


def _row(view: View, asked: Asked, centre: Centre, found: Addition, key: str, how: str) -> html.Tr:
    named = [html.Span(metric_words.label(view, key)), html.Span(view.catalogue.gettext(how), className="under")]
    cells = [_cell(view, _shown(view, asked, centre, each, key), each, key) for each in found.units]
    # the centre's own numbers are the snapshot's
    whole = numbers.number(view, asked, key, _number(centre, key), centre["id"])
    last = _cell(view, whole, found.whole, key, "figure whole")
    return html.Tr([html.Th(named, scope="row"), *cells, last], **{"data-row": key})


def _shown(view: View, asked: Asked, centre: Centre, unit: Unit, key: str) -> Component:
    """A branch's number leads to its rows; what belongs to no branch has no address."""
    value = unit.number(key)
    if unit.id == WHOLE:
        return html.Span(metric_words.value_text(view, key, value))
    return numbers.number(view, asked, key, value, centre["id"], unit.id)


def _cell(view: View, shown: Component, unit: Unit, key: str, looks: str = "figure") -> html.Td:
    under = UNDER[key](view, unit) if key in UNDER and unit.number(key) is not None else ""
    return html.Td([shown, *([html.Span(under, className="under")] if under else [])], className=looks)


def _number(figures: Mapping[str, Any], key: str) -> Any:
    group, _, member = key.partition(".")
    return figures[group][member]


def _of(view: View, unit: Unit, key: str) -> str:
    """``12 из 15``."""
    part, whole = (view.catalogue.number(each) for each in unit.parts[key])
    return view.catalogue.gettext("{part} of {n}", part=part, n=whole)


def _hours(view: View, unit: Unit) -> str:
    part, whole = (view.catalogue.decimal(each / HOUR_S, 1) for each in unit.parts["load.occupancy"])
    return view.catalogue.gettext("{part} of {n} h", part=part, n=whole)


UNDER: Final[Mapping[str, Under]] = {
    "queue.within_norm": lambda view, unit: _of(view, unit, "queue.within_norm"),
    "load.windows_open": lambda view, unit: view.catalogue.gettext(
        "of {n}", n=view.catalogue.number(unit.number("load.windows_total"))
    ),
    "load.occupancy": _hours,
    "load.waiting_per_window": lambda view, unit: " / ".join(
        view.catalogue.number(each) for each in unit.parts["load.waiting_per_window"]
    ),
    "sla.on_time_30d": lambda view, unit: _of(view, unit, "sla.on_time_30d"),
}
"""What a number is made of, under it."""


def _notes(view: View, found: Addition) -> list[html.P]:
    """Where the branches' sum is more than the centre's, why."""
    both, moved = found.twice["turnover.headcount"], found.twice["turnover.left_12m"]
    notes: list[str] = []
    if both > 0:
        notes.append(
            view.catalogue.ngettext(
                "{n} person works in two branches and is counted once in the centre.",
                "{n} people work in two branches and are counted once in the centre.",
                both,
            )
        )
    if moved > 0:
        notes.append(
            view.catalogue.ngettext(
                "{n} of those who left a branch went to another branch of the centre, and did not leave the centre.",
                "{n} of those who left a branch went to another branch of the centre, and did not leave the centre.",
                moved,
            )
        )
    return [html.P(each, className="note") for each in notes]

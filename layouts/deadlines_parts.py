"""Documents that are late or about to be, broken down: by centre, holder, stage and service. Every count is a link."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from dashboard.deadlines import CENTRE
from dashboard.i18n import UNKNOWN
from dashboard.papers import FINISHED, GROUPS, STAGES, Group, Paper, Tally, Wanted, tallies
from layouts import deadlines_words as words
from layouts.asked import Asked
from layouts.view import View
from layouts.words import state_text

Line = tuple[str, Any, Tally | None, bool]
"""What a row asks for, its name, its counts (None: not known), whether it stands under the row before."""
_NOTHING: Tally = dict.fromkeys(GROUPS, 0)


def breakdown(
    view: View, asked: Asked, snapshot: Mapping[str, Any], papers: Sequence[Paper], wanted: Wanted, group: Group
) -> html.Section:
    """Each part counts the documents that the other parts' filters leave, so that its counts are what a click shows."""
    _ = view.catalogue.gettext
    parts = [
        (_("By centre"), "of", _("Centre"), _centres(view, snapshot, papers, wanted)),
        (_("By holder"), "holder", _("Held by"), _holders(view, papers, wanted)),
        (_("By stage"), "stage", _("Stage"), _stages(view, papers, wanted)),
        (_("By service"), "service", _("Service asked for"), _services(view, papers, wanted)),
    ]
    return html.Section(
        [
            html.H2(_("Where and with whom"), id="breakdown"),
            *(_part(view, asked, *part, group) for part in parts),
        ],
        className="breakdown",
        **{"aria-labelledby": "breakdown"},
    )


def _part(view: View, asked: Asked, caption: str, key: str, head: str, lines: Sequence[Line], group: Group) -> html.Div:
    heads = [
        html.Th(view.catalogue.gettext(words.GROUP_HEADS[each]), scope="col", className=_mark("count", each, group))
        for each in GROUPS
    ]
    return html.Div(
        html.Table(
            [
                html.Caption(caption),
                html.Thead(html.Tr([html.Th(head, scope="col"), *heads])),
                html.Tbody([_row(view, asked, key, line, group) for line in lines]),
            ],
            className="table counts",
        ),
        className="card",
        **{"data-part": key},
    )


def _row(view: View, asked: Asked, key: str, line: Line, group: Group) -> html.Tr:
    value, name, tally, is_under = line
    chosen = asked.filters.get(key) == value
    href = asked.href(number=None, **{key: None if chosen else value})
    marks = [*(["chosen"] if chosen else []), *(["inner"] if is_under else [])]
    return html.Tr(
        [
            html.Th(
                dcc.Link(
                    name, href=href, **({"title": view.catalogue.gettext("Take this filter off")} if chosen else {})
                ),
                scope="row",
            ),
            *(_count(view, asked, key, value, each, tally, group) for each in GROUPS),
        ],
        className=" ".join(marks),
        **{"data-key": value},
    )


def _count(view: View, asked: Asked, key: str, value: str, of: Group, tally: Tally | None, group: Group) -> html.Td:
    """A count that leads to its documents; ``data-value`` is the raw number."""
    classes = _mark("count", of, group)
    if tally is None:
        return html.Td(UNKNOWN, className=classes, **{"data-group": of, "data-value": ""})
    data, text = {"data-group": of, "data-value": str(tally[of])}, view.catalogue.number(tally[of])
    if not tally[of]:
        return html.Td(text, className=f"{classes} none", **data)
    href = asked.href(number=None, group=of, **{key: value})
    return html.Td(dcc.Link(text, href=href, className="number-link"), className=classes, **data)


def _mark(name: str, group: Group, chosen: Group) -> str:
    return f"{name} current" if group == chosen else name


def _centres(view: View, snapshot: Mapping[str, Any], papers: Sequence[Paper], wanted: Wanted) -> list[Line]:
    """Every centre that operates, in the network file's order; under the chosen one its branches."""
    free = wanted.without("centre", "branch")
    counts = tallies(filter(free.holds, papers), lambda each: each.centre)
    lines: list[Line] = []
    for centre in snapshot["centres"]:
        id_ = centre["id"]
        if centre["state"] == "planned":
            continue
        known = centre["sla"]["overdue"] is not None
        old = [] if centre["state"] == "live" else [html.Span(state_text(view, centre), className="under")]
        lines.append((id_, [view.name(id_), *old], counts.get(id_, _NOTHING) if known else None, False))
        if id_ == wanted.centre and len(centre["branches"]) > 1:
            lines += _branches(view, centre, papers, wanted)
    return lines


def _branches(view: View, centre: Mapping[str, Any], papers: Sequence[Paper], wanted: Wanted) -> list[Line]:
    counts = tallies(filter(wanted.without("branch").holds, papers), lambda each: each.branch)
    id_ = centre["id"]
    return [
        (
            f"{id_}/{branch['id']}",
            view.branch_name(id_, branch["id"]),
            counts.get(branch["id"], _NOTHING) if branch["sla"]["overdue"] is not None else None,
            True,
        )
        for branch in centre["branches"]
    ]


def _holders(view: View, papers: Sequence[Paper], wanted: Wanted) -> list[Line]:
    """The centre first, then agencies by what is late there, what is finished last."""
    counts = tallies(filter(wanted.without("holder").holds, papers), lambda each: each.holder)
    order = sorted(counts, key=lambda each: (each != CENTRE, each == FINISHED, *_most(counts[each]), each))
    return [(each, words.party(view, each), counts[each], False) for each in order]


def _stages(view: View, papers: Sequence[Paper], wanted: Wanted) -> list[Line]:
    counts = tallies(filter(wanted.without("stage").holds, papers), lambda each: each.stage)
    return [(each, words.stage(view, each), counts[each], False) for each in STAGES if each in counts]


def _services(view: View, papers: Sequence[Paper], wanted: Wanted) -> list[Line]:
    counts = tallies(filter(wanted.without("service").holds, papers), lambda each: each.service)
    order = sorted(counts, key=lambda each: (*_most(counts[each]), each))
    return [(each, words.service(view, each), counts[each], False) for each in order]


def _most(tally: Tally) -> tuple[int, ...]:
    return tuple(-tally[group] for group in GROUPS)

"""A branch: its windows, its waiting line, its operators' day, and the story of a ticket."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import day_focus, hall, operator_day, ticket_life
from dashboard.branch_past import BranchPast, is_kept
from dashboard.freshness import picture_at
from dashboard.levels import centre_levels
from dashboard.network import Branch
from dashboard.operator_day import OperatorDay
from dashboard.state import BranchState, CentreState
from layouts import branch_day, branch_focus, branch_history, branch_line, branch_ticket, branch_windows, numbers, words
from layouts import branch_words as said
from layouts.asked import Asked
from layouts.desk import Crumb, problem_lines
from layouts.view import View

FACTS: Final = (
    "queue.longest_wait_s",
    "queue.wait_p50_s",
    "queue.wait_p90_s",
    "queue.within_norm",
    "queue.abandonment",
    "queue.issued_today",
    "queue.called_today",
    "queue.abandoned_today",
)
_OLD: Final = ("silent", "closed")


def title(view: View, asked: Asked) -> str:
    if asked.centre is None:
        return view.catalogue.gettext("Which branch?")
    return view.branch_name(asked.centre, asked.branch or "")


def crumbs(view: View, asked: Asked) -> list[Crumb]:
    wall = (view.catalogue.gettext("Wall"), asked.href("/wall"))
    if asked.centre is None:
        return [wall, (title(view, asked), None)]
    return [wall, (view.name(asked.centre), asked.centre_href(asked.centre)), (title(view, asked), None)]


def choices(view: View, asked: Asked, found: Sequence[tuple[str, str]]) -> list[Component]:
    """Branches that an id may mean, as links; or that there is none."""
    _, text = view.catalogue.gettext, asked.branch or ""
    if not found:
        return list(problem_lines(view, [("unknown_branch", text)]))
    note = _("“{text}” may mean any of these branches. Choose the one that you want.", text=text)
    links = [
        html.Li(
            dcc.Link(f"{view.name(centre)}: {view.branch_name(centre, branch)}", href=asked.branch_href(centre, branch))
        )
        for centre, branch in found
    ]
    return [html.Section([html.P(note, className="note"), html.Ul(links, className="choices")], className="card")]


def now(view: View, asked: Asked, shown: Mapping[str, Any], state: CentreState, clock: float) -> list[Component]:
    """``shown`` is the snapshot's centre, ``state`` and ``clock`` (epoch seconds) what its numbers were computed of."""
    figures = branch_figures(view, asked, shown)
    four = numbers.four(view, asked, figures, asked.centre, asked.branch)
    if shown["state"] in _OLD:
        four.className = "four old"
    freshness = html.P(words.state_text(view, shown), className="branch-state", **{"data-state": shown["state"]})
    if shown["state"] == "planned":
        return [freshness, four, html.P(view.catalogue.gettext("This branch has not opened yet."), className="note")]
    at, known = picture_at(state, clock), state.branches.get(asked.branch or "")
    of = place(view, asked)
    return [
        freshness,
        *_warning(view, figures, at),
        four,
        *([_ticket(view, asked, state, known, at)] if "ticket" in asked.filters else []),
        *([_focus(view, asked, state, known, at)] if day_focus.is_asked(asked.filters) else []),
        _facts(view, asked, figures),
        html.Div(
            [
                branch_windows.floor(view, asked, hall.windows(known, of, view.network, at), figures),
                branch_line.line(view, asked, hall.waiting_line(known, view.network, at), figures),
            ],
            className="hall",
        ),
    ]


def branch_figures(view: View, asked: Asked, shown: Mapping[str, Any]) -> dict[str, Any]:
    """The snapshot's branch with its levels. The only branch of a centre has the centre's, and its trends."""
    branch: dict[str, Any] = next(each for each in shown["branches"] if each["id"] == asked.branch)
    if len(shown["branches"]) == 1:
        return branch | {"levels": shown.get("levels", {}), "trend": shown.get("trend", {})}
    return branch | {
        "levels": centre_levels(branch | {"state": shown["state"], "at": shown["at"]}, view.network, {})[1]
    }


def place(view: View, asked: Asked) -> Branch:
    """The branch of the network file."""
    centre = view.network.centre_by_id[asked.centre or ""]
    return next(each for each in centre.branches if each.id == asked.branch)


def day_shown(view: View, asked: Asked, at: float) -> int:
    """The day whose operators are shown: the period's when it is one day, else that of the moment."""
    return asked.period.first if asked.period.days == 1 else view.network.local.day(at)


def _warning(view: View, figures: Mapping[str, Any], at: float) -> list[Component]:
    if "no_window_open" not in figures["warnings"]:
        return []
    count = figures["queue"]["waiting"]
    forms = words.plurals(view.catalogue)["act.no_window"]
    text = forms[view.catalogue.plural_index(count)].format(n=view.catalogue.number(count))
    return [html.P(said.mark(view, "act", text), className="problem", role="status")]


def _facts(view: View, asked: Asked, figures: Mapping[str, Any]) -> html.Section:
    title = view.catalogue.gettext("The queue")
    facts = numbers.facts(view, asked, figures, FACTS, asked.centre, asked.branch)
    return html.Section(
        [html.H2(title, id="queue", className="aside-only"), facts], className="card", **{"aria-labelledby": "queue"}
    )


def _ticket(view: View, asked: Asked, state: CentreState, known: BranchState | None, at: float) -> html.Section:
    found = ticket_life.visits(state, asked.branch or "", asked.filters["ticket"], view.network, at)
    return branch_ticket.card(view, asked, found, operator_day.kept_days(known))


def _focus(view: View, asked: Asked, state: CentreState, known: BranchState | None, at: float) -> html.Section:
    day = day_shown(view, asked, at)
    days = operators(view, state, known, day, at)
    return branch_focus.card(view, asked, day_focus.focus(asked.filters, days, view.network, day, at))


def operators(view: View, state: CentreState, known: BranchState | None, day: int, at: float) -> list[OperatorDay]:
    """The operators of a day; none for a day that the state does not keep."""
    if known is None or not is_kept(state, day):
        return []
    return operator_day.operator_days(known, view.network, day, at)


def history(
    view: View, asked: Asked, shown: Mapping[str, Any], state: CentreState, clock: float, past: BranchPast
) -> list[Component]:
    """What the period says; of one day first what its operators did."""
    if shown["state"] == "planned":
        return []
    summary, drawings = branch_history.summary(view, past), branch_history.drawings(view, past, asked.period.last)
    services = branch_history.services(view, asked, past)
    if not past.is_day:
        return [summary, drawings, branch_history.days(view, asked, past.parts),
                branch_history.operators(view, asked, past), services]  # fmt: skip
    at, known = picture_at(state, clock), state.branches.get(asked.branch or "")
    return [_day(view, asked, state, known, at), summary, drawings, services]


def _day(view: View, asked: Asked, state: CentreState, known: BranchState | None, at: float) -> Component:
    day = day_shown(view, asked, at)
    if known is not None and not is_kept(state, day) and day < state.day:
        return _older(view, asked, day)
    days = operators(view, state, known, day, at)
    return branch_day.section(view, asked, place(view, asked), day, days)


def _older(view: View, asked: Asked, day: int) -> html.Section:
    """A day that is no longer live is seen from its own evening."""
    _, date = view.catalogue.gettext, said.day(view, day)
    evening = f"{branch_history.iso(day)}T23:59"
    return html.Section(
        [
            html.H2(_("Operators, {day}", day=date), id="operators"),
            html.P(
                [
                    _("Operators and tickets are kept at hand for 8 days."),
                    " ",
                    dcc.Link(
                        _("Show the evening of {day}", day=date),
                        href=asked.href(at=evening, period="today", from_=None, to=None),
                    ),
                ],
                className="note",
            ),
        ],
        className="card",
        **{"aria-labelledby": "operators"},
    )

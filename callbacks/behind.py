"""The wiring of the panel behind a number: of which place it is, its rows at the moment shown, their downloads.

Pages open it by ``?number=<metric>``; ``of=<centre>`` or ``of=<centre>/<branch>`` says of what place other than the
page's own. It is drawn once: rows that one reads do not move.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import dash
from dash import ClientsideFunction, Input, Output, html
from dash.development.base_component import Component

from callbacks.viewing import Viewing, record
from dashboard.network import Network
from dashboard.rows import BEHIND, PERSONAL, Scope, recompute, rows_behind
from dashboard.snapshot import iso
from layouts import behind, desk, ids
from layouts.asked import Asked
from layouts.view import View

Moment = Any
"""data_sources.moments.Moment."""
Place = tuple[str | None, str | None]
"""Centre and branch; the network is none of them."""


def panel(viewing: Viewing, view: View, asked: Asked, moment: Moment) -> Component:
    """The panel, or a sentence where the address names a number or a place that does not exist."""
    key, said = asked.number or "", asked.filters.get("of")
    if key not in BEHIND:
        return html.Div(desk.problem_lines(view, [("unknown_number", key)]))
    where = (asked.centre, asked.branch) if said is None else read_place(said)
    problem = place_problem(view.network, where, said or "")
    if problem is not None:
        return html.Div(desk.problem_lines(view, [problem]))
    scope = scope_of(view.network, moment, where)
    rows = rows_behind(key, scope)
    if key in PERSONAL:
        record("staff_rows_seen", number=key, of=place_said(scope), at=iso(scope.now))
    shown = None if scope.centre is None else moment.centre(scope.centre)
    files = {kind: file_href(key, kind, scope, moment, view.catalogue.language) for kind in behind.FILES}
    opened = behind.Opened(key, scope, rows, recompute(key, rows), shown, moment.is_past, files)
    return behind.panel(view, asked, opened)


def read_place(said: str) -> Place:
    """``centre`` or ``centre/branch`` of an address."""
    centre, _, branch = said.partition("/")
    return centre, branch or None


def place_said(scope: Scope) -> str:
    """The place as an address says it; empty for the network."""
    return "/".join(each for each in (scope.centre, scope.branch) if each)


def place_problem(network: Network, where: Place, said: str) -> tuple[str, str] | None:
    """The frame's problem of a place that the network has not; None of one that it has."""
    centre, branch = where
    if centre is None:
        return None
    found = network.centre_by_id.get(centre)
    if found is None:
        return "unknown_centre", centre
    if branch is not None and all(each.id != branch for each in found.branches):
        return "unknown_branch", said or f"{centre}/{branch}"
    return None


def scope_of(network: Network, moment: Moment, where: Place) -> Scope:
    """The place at the moment, by the very states and the clock that its numbers were computed from."""
    centre, branch = where
    if centre is not None:
        return Scope(network, moment.clock(centre), {centre: moment.state(centre)}, centre, branch)
    return Scope(network, moment.at, {each.id: moment.state(each.id) for each in network.centres})


def file_href(key: str, kind: str, scope: Scope, moment: Moment, language: str) -> str:
    """Where the same rows are downloaded: of the same clock and, for what arrives meanwhile, the same positions."""
    positions = {each: moment.centre(each)["position"] for each in scope.states}
    upto = ",".join(f"{centre}:{position}" for centre, position in positions.items() if position)
    said: Mapping[str, str] = {
        "of": place_said(scope),
        "at": iso(scope.now),
        "upto": upto,
        "version": str(moment.version or ""),
        "lang": language,
    }
    query = urlencode({name: value for name, value in said.items() if value}, quote_via=quote, safe=":,/")
    return f"/export/{key}.{kind}?{query}"


def register(app: dash.Dash) -> None:
    """The script that fetches the grid's own, and then puts the grid in its place."""
    app.clientside_callback(
        ClientsideFunction("tenDaysRows", "draw"), Output(ids.PANEL_GRID, "children"), Input(ids.PANEL_ROWS, "data")
    )

"""The staff page's wiring."""

from datetime import datetime
from typing import Any, Final

import dash

from callbacks import desk, staff_history
from callbacks.viewing import Viewing
from dashboard.freshness import is_planned
from dashboard.network import Network
from dashboard.period import PeriodKey
from dashboard.staffing import Staffing, centre_staffing, network_staffing
from dashboard.state import CentreState
from layouts import staff
from layouts.asked import Asked
from layouts.desk import Crumb
from layouts.narrowed import wanted_centre
from layouts.view import View

PERIOD: Final[PeriodKey] = "year"
WITHOUT_PERIOD: Final = True
"""Turnover is of 12 months by its definition; the load beside it has days of its own (``?load=``)."""


def layout(viewing: Viewing, **query: str) -> Any:
    return desk.draw(viewing, "staff", "/staff", query)


def skeleton() -> Any:
    return desk.skeleton()


def title(view: View, asked: Asked) -> str:
    return staff.title(view, asked)


def crumbs(view: View, asked: Asked) -> list[Crumb]:
    return staff.crumbs(view, asked)


def now(viewing: Viewing, view: View, asked: Asked, moment: Any) -> Any:
    centre, _problems = wanted_centre(view.network, asked)
    return staff.now(view, asked, moment.snapshot, staffing_of(view.network, moment, centre))


def history(viewing: Viewing, view: View, asked: Asked, moment: Any) -> Any:
    centre, _problems = wanted_centre(view.network, asked)
    staffing = staffing_of(view.network, moment, centre)
    return [] if staffing is None else staff_history.draw(viewing, view, asked, moment, staffing)


def staffing_of(network: Network, moment: Any, centre: str | None) -> Staffing | None:
    """By the very states and clocks of the moment's numbers; None of a centre that has not opened."""
    if centre is None:
        return network_staffing(states_of(network, moment), network, clocks_of(network, moment))
    state, clock = moment.state(centre), moment.clock(centre)
    is_there = not is_planned(state, network.centre_by_id[centre], clock)
    return centre_staffing(state, network, clock) if is_there else None


def states_of(network: Network, moment: Any) -> dict[str, CentreState]:
    return {each.id: moment.state(each.id) for each in network.centres}


def clocks_of(network: Network, moment: Any) -> dict[str, float]:
    """That of each centre, and that of the network's totals under ""."""
    totals = datetime.fromisoformat(moment.snapshot["totals"].get("at", moment.snapshot["at"])).timestamp()
    return {each.id: moment.clock(each.id) for each in network.centres} | {"": totals}


def register(app: dash.Dash, services: Any) -> None:
    """Nothing of its own: the frame's callbacks draw its parts again."""

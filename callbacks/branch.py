"""The branch page's wiring."""

from typing import Any, Final

import dash

from callbacks import desk
from callbacks.branch_past import Reader
from callbacks.viewing import Viewing
from dashboard.hall import named
from dashboard.period import PeriodKey
from layouts import branch
from layouts.asked import Asked
from layouts.desk import Crumb
from layouts.view import View

PERIOD: Final[PeriodKey] = "today"


def layout(viewing: Viewing, centre: str = "", branch: str = "", **query: str) -> Any:
    """``/branch/<centre>/<branch>``; without the centre, when the id means one branch, that one, else the choice."""
    found = [(centre, branch)] if centre else named(viewing.services.network, branch)
    if len(found) != 1:
        return desk.draw(viewing, "branch", f"/branch/{branch}", query, centre=None, branch=branch)
    centre, branch = found[0]
    return desk.draw(viewing, "branch", f"/branch/{centre}/{branch}", query, centre=centre, branch=branch)


def skeleton() -> Any:
    return desk.skeleton()


def title(view: View, asked: Asked) -> str:
    return branch.title(view, asked)


def crumbs(view: View, asked: Asked) -> list[Crumb]:
    return branch.crumbs(view, asked)


def now(viewing: Viewing, view: View, asked: Asked, moment: Any) -> Any:
    if asked.centre is None:
        return branch.choices(view, asked, named(view.network, asked.branch or ""))
    of = (moment.centre(asked.centre), moment.state(asked.centre), moment.clock(asked.centre))
    return branch.now(view, asked, *of)


def history(viewing: Viewing, view: View, asked: Asked, moment: Any) -> Any:
    if asked.centre is None:
        return []
    past = Reader(viewing.services.rollups, view.network, asked, moment).read(asked.period, with_before=asked.compare)
    of = (moment.centre(asked.centre), moment.state(asked.centre), moment.clock(asked.centre))
    return branch.history(view, asked, *of, past)


def register(app: dash.Dash, services: Any) -> None:
    """Nothing of its own: the frame's callbacks draw its parts again."""

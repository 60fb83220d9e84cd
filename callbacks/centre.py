"""The centre page's wiring."""

from typing import Any, Final

import dash

from callbacks import desk
from callbacks.viewing import Viewing
from dashboard.period import PeriodKey
from layouts import centre
from layouts.asked import Asked
from layouts.desk import Crumb
from layouts.view import View

PERIOD: Final[PeriodKey] = "today"


def layout(viewing: Viewing, centre: str = "", **query: str) -> Any:
    return desk.draw(viewing, "centre", f"/centre/{centre}", query, centre=centre)


def skeleton() -> Any:
    return desk.skeleton()


def title(view: View, asked: Asked) -> str:
    return centre.title(view, asked)


def crumbs(view: View, asked: Asked) -> list[Crumb]:
    return centre.crumbs(view, asked)


def now(viewing: Viewing, view: View, asked: Asked, moment: Any) -> Any:
    return centre.now(view, asked, moment.snapshot)


def history(viewing: Viewing, view: View, asked: Asked, moment: Any) -> Any:
    return []


def register(app: dash.Dash, services: Any) -> None:
    """Nothing of its own: the frame's callbacks draw its parts again."""

"""The feeds page's wiring."""

from typing import Any, Final

import dash

from callbacks import desk
from callbacks.viewing import Viewing
from dashboard.period import PeriodKey
from layouts import feeds
from layouts.asked import Asked
from layouts.desk import Crumb
from layouts.view import View

PERIOD: Final[PeriodKey] = "today"
SHOWN: Final = ("lang", "theme")
"""What is looked at of the address: feeds are of now, whatever moment one comes from."""


def layout(viewing: Viewing, **query: str) -> Any:
    return desk.draw(viewing, "feeds", "/feeds", {key: query[key] for key in SHOWN if key in query})


def skeleton() -> Any:
    return desk.skeleton()


def title(view: View, asked: Asked) -> str:
    return feeds.title(view)


def crumbs(view: View, asked: Asked) -> list[Crumb]:
    return feeds.crumbs(view, asked)


def now(viewing: Viewing, view: View, asked: Asked, moment: Any) -> Any:
    return feeds.now(view, asked, viewing.services.feeds())


def history(viewing: Viewing, view: View, asked: Asked, moment: Any) -> Any:
    """Nothing: all of it is of this moment."""
    return []


def register(app: dash.Dash, services: Any) -> None:
    """Nothing of its own: the frame's callbacks draw its parts again."""

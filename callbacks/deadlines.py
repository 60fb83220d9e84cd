"""The deadlines page's wiring."""

from typing import Any, Final

import dash

from callbacks import deadlines_history, desk
from callbacks.viewing import Viewing
from dashboard.papers import known_at
from dashboard.period import PeriodKey
from layouts import deadlines, deadlines_document, ids
from layouts.asked import Asked
from layouts.desk import Crumb
from layouts.light import lighten
from layouts.view import View

PERIOD: Final[PeriodKey] = "month"


def layout(viewing: Viewing, **query: str) -> Any:
    return desk.draw(viewing, "deadlines", "/deadlines", query)


def skeleton() -> Any:
    return desk.skeleton()


def title(view: View, asked: Asked) -> str:
    return deadlines.title(view, asked)


def crumbs(view: View, asked: Asked) -> list[Crumb]:
    return deadlines.crumbs(view, asked)


def now(viewing: Viewing, view: View, asked: Asked, moment: Any) -> Any:
    code = asked.filters.get("document")
    if code is not None:
        return _document(viewing, view, asked, moment, code)

    def make() -> Any:
        shown = deadlines.now(view, asked, moment.snapshot, viewing.shelf.papers(moment), moment.at)
        return lighten(shown, ids.PAGE_NOW)

    # most look at the page as it opens: they share one drawing of each picture
    key = f"deadlines/{view.catalogue.language}/{view.shown_theme}"
    return make() if asked.query else viewing.once.of(moment, key, make)


def history(viewing: Viewing, view: View, asked: Asked, moment: Any) -> Any:
    if "document" in asked.filters:
        return []
    return deadlines_history.draw(viewing, view, asked, moment)


def _document(viewing: Viewing, view: View, asked: Asked, moment: Any, code: str) -> Any:
    """Any document ever: the live state's, else the one that history keeps; as it was known at the moment shown."""
    found = viewing.shelf.find(moment, code)
    if found is None:
        kept = viewing.services.rollups.document(code)
        found = None if kept is None else (kept[0], kept[2])
    known = None if found is None else known_at(found[1], moment.at)
    if found is None or known is None:
        return deadlines_document.unknown(view, asked)
    return deadlines_document.document(view, asked, found[0], known, moment.at)


def register(app: dash.Dash, services: Any) -> None:
    """Nothing of its own: the frame's callbacks draw its parts again."""

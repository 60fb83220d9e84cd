"""The search page's wiring."""

from typing import Any, Final

import dash

from callbacks import desk
from callbacks.viewing import Viewing
from dashboard import search as core
from dashboard.papers import known_at
from dashboard.period import PeriodKey
from dashboard.search import FoundDocument
from layouts import search
from layouts.asked import Asked
from layouts.desk import Crumb
from layouts.search import Results
from layouts.view import View

PERIOD: Final[PeriodKey] = "today"
WITHOUT_PERIOD: Final = True


def layout(viewing: Viewing, **query: str) -> Any:
    return desk.draw(viewing, "search", "/search", query)


def skeleton() -> Any:
    return desk.skeleton()


def title(view: View, asked: Asked) -> str:
    return search.title(view, asked)


def crumbs(view: View, asked: Asked) -> list[Crumb]:
    return search.crumbs(view, asked)


def now(viewing: Viewing, view: View, asked: Asked, moment: Any) -> Any:
    """Nothing: what is found is not looked for again every few seconds."""
    return []


def history(viewing: Viewing, view: View, asked: Asked, moment: Any) -> Any:
    wanted = asked.filters.get("q", "").strip()
    return search.results(view, asked, _find(viewing, moment, wanted) if wanted else None)


def _find(viewing: Viewing, moment: Any, wanted: str) -> Results:
    network = viewing.services.network
    states = [moment.state(each.id) for each in network.centres]
    live = core.documents(states, wanted, moment.at)[: core.MOST + 1]
    kept = [FoundDocument(*each) for each in viewing.services.rollups.find_documents(wanted, core.MOST + 1)]
    known = [(each, known_at(each.application, moment.at)) for each in [*kept, *live]]
    found = [FoundDocument(each.centre, each.code, then) for each, then in known if then is not None]
    tickets = core.tickets(states, wanted, moment.at)
    return Results(core.in_order(found, wanted), tickets, core.since(network, moment.at), moment.at)


def register(app: dash.Dash, services: Any) -> None:
    """Nothing of its own: the frame's callbacks draw its parts again."""

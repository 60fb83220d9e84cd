"""The centre page's wiring."""

from collections.abc import Mapping
from typing import Any, Final

import dash

from callbacks import desk
from callbacks.centre_past import Reader
from callbacks.viewing import Viewing
from dashboard.addition import Addition, addition
from dashboard.centre_past import HEATS
from dashboard.diagnosis import diagnose
from dashboard.evidence import Finding
from dashboard.papers import Paper
from dashboard.period import PeriodKey
from dashboard.stages import by_stage
from layouts import centre, centre_past
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
    """Computed once for each picture, whoever looks: findings and the branches' sum are a pass over the centre."""
    shown = moment.centre(asked.centre)
    found, added = viewing.once.of(moment, f"centre/{asked.centre}", lambda: _look(viewing, shown, moment))
    return centre.now(view, asked, shown, found, added)


def _look(viewing: Viewing, shown: Mapping[str, Any], moment: Any) -> tuple[list[Finding], Addition | None]:
    if shown["state"] == "planned":
        return [], None
    state, at, network = moment.state(shown["id"]), moment.clock(shown["id"]), viewing.services.network
    papers = _papers(viewing, moment, shown["id"])
    return diagnose(state, network, at, shown, papers), addition(state, network, at)


def _papers(viewing: Viewing, moment: Any, centre: str) -> list[Paper]:
    return [each for each in viewing.shelf.papers(moment) if each.centre == centre]


def history(viewing: Viewing, view: View, asked: Asked, moment: Any) -> Any:
    shown, heat = moment.centre(asked.centre), centre_past.read_heat(asked) or HEATS[0]
    if shown["state"] == "planned":
        return []
    reader = Reader(viewing.services.rollups, viewing.services.network, shown["id"], moment)
    past = reader.period(asked.period, with_before=asked.compare)
    day = reader.day(asked.period.first if past.is_day else reader.today)
    papers = _papers(viewing, moment, shown["id"])
    stages = by_stage(papers, moment.state(shown["id"]).applications, moment.clock(shown["id"]))
    return centre.history(view, asked, past, day, reader.week_map(heat), stages, shown)


def register(app: dash.Dash, services: Any) -> None:
    """Nothing of its own: the frame's callbacks draw its parts again."""

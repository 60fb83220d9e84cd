"""The wiring of every page that one sits before: read what was asked, read the moment, draw the parts.

A page is a module ``callbacks/<page>.py`` with four functions (see :class:`DeskPage`), ``layout``, ``skeleton`` and
``register``. A page with ids of its own adds them to what :func:`skeleton` gives.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol, cast

import dash
from dash import ClientsideFunction, Input, Output, State, dcc, html
from dash.development.base_component import Component

from callbacks.viewing import Viewing, current
from dashboard.period import PeriodKey
from layouts import PAGE_BY_NAME, desk, ids
from layouts.asked import NARROWED, Asked, read_asked
from layouts.desk import Crumb
from layouts.light import lighten
from layouts.view import View

Moment = Any
"""data_sources.moments.Moment."""


class DeskPage(Protocol):
    """What a page's module has. ``moment`` is the picture that the page is drawn for."""

    PERIOD: PeriodKey
    """The usual period of its history."""

    def title(self, view: View, asked: Asked) -> str: ...
    def crumbs(self, view: View, asked: Asked) -> list[Crumb]: ...
    def now(self, viewing: Viewing, view: View, asked: Asked, moment: Moment) -> Any:
        """What is true at this moment: drawn again every few seconds."""

    def history(self, viewing: Viewing, view: View, asked: Asked, moment: Moment) -> Any:
        """What history says: drawn again every minute."""


def draw(viewing: Viewing, page: str, path: str, query: Mapping[str, str | None], **place: str | None) -> html.Div:
    """The whole page. ``place`` is what the path names: ``centre`` and ``branch``."""
    module = _module(page)
    view = viewing.view(query.get("lang"), query.get("theme"))
    asked, moment, problems = _asked(viewing, view, module, path, query, place)
    if moment is None or problems:
        now, history = [], []
    else:
        view = view.held_on(view.network.local.day(moment.at))
        now, history = module.now(viewing, view, asked, moment), module.history(viewing, view, asked, moment)
    return desk.desk(
        view,
        asked,
        page=page,
        title=module.title(view, asked),
        crumbs=module.crumbs(view, asked),
        now=lighten(now, ids.PAGE_NOW),
        history=lighten(history, ids.PAGE_HISTORY),
        panel=panel(viewing, view, asked, moment) if moment is not None and not problems else None,
        snapshot=moment.snapshot if moment is not None else None,
        standing=viewing.standing(),
        problems=problems,
        has_period=history != [] and not getattr(module, "WITHOUT_PERIOD", False) and "document" not in asked.filters,
    )


def skeleton() -> html.Div:
    """What has an id on every such page: Dash checks callbacks against it, and nothing has to be read for that."""
    divisions = (ids.PAGE, ids.PAGE_NOW, ids.PAGE_HISTORY, ids.PAGE_PANEL, ids.PANEL_GRID)
    stores = (ids.PAGE_ASKED, ids.PAGE_CONFIG, ids.PANEL_ROWS, *desk.STORES)
    return html.Div([*(html.Div(id=each) for each in divisions), *(dcc.Store(id=each) for each in stores)])


def panel(viewing: Viewing, view: View, asked: Asked, moment: Moment) -> Component | None:
    """The rows behind the number that is open, if one is."""
    if asked.number is None:
        return None
    return cast(Component, import_module("callbacks.behind").panel(viewing, view, asked, moment))


def register(app: dash.Dash) -> None:
    """The callbacks that all these pages share: follow the stream, and draw a part again."""
    app.clientside_callback(
        ClientsideFunction("tenDaysDesk", "start"), Output(ids.PAGE_FOLLOWING, "data"), Input(ids.PAGE_CONFIG, "data")
    )
    for tick, fresh, part in (
        (ids.PAGE_TICK, ids.PAGE_FRESH_NOW, ids.PAGE_NOW),
        (ids.PAGE_MINUTE, ids.PAGE_FRESH_HISTORY, ids.PAGE_HISTORY),
    ):
        _redraw(app, tick, fresh, part)


def _redraw(app: dash.Dash, tick: str, fresh: str, part: str) -> None:
    """A tick asks the server for a part; the script puts it in its place, unless the viewer has gone elsewhere."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output(fresh, "data"), Input(tick, "data"), State(ids.PAGE_ASKED, "data"), prevent_initial_call=True
    )
    def ask(_: Any, asked: dict[str, Any]) -> dict[str, Any]:
        return {"asked": asked, "children": _part(current(), asked, part)}

    app.clientside_callback(
        ClientsideFunction("tenDaysDesk", "place"),
        Output(part, "children"),
        Input(fresh, "data"),
        State(ids.PAGE_ASKED, "data"),
        State(part, "children"),
        prevent_initial_call=True,
    )


def _part(viewing: Viewing, said: dict[str, Any], part: str) -> Any:
    module, view = _module(said["page"]), viewing.view()
    place = {"centre": said.get("centre"), "branch": said.get("branch")}
    asked, moment, problems = _asked(viewing, view, module, str(said["path"]), said["query"], place)
    if moment is None or problems:
        return []
    view = view.held_on(view.network.local.day(moment.at))
    draw_part = module.now if part == ids.PAGE_NOW else module.history
    return lighten(draw_part(viewing, view, asked, moment), part)


def _asked(
    viewing: Viewing,
    view: View,
    module: DeskPage,
    path: str,
    query: Mapping[str, str | None],
    place: Mapping[str, str | None],
) -> tuple[Asked, Moment, list[tuple[str, str]]]:
    local = view.network.local
    if view.viewer.centre is not None and path in NARROWED and not query.get("of"):
        query = {**query, "of": view.viewer.centre}  # the network of who is of one centre is that centre
    asked = read_asked(path, query, local, view.now, default=module.PERIOD, **place)
    problems = _place_problems(view, asked)
    moment = viewing.services.moment(asked.at)
    if moment is None:
        problems.append(("no_data", ""))
    return asked, moment, problems


def _place_problems(view: View, asked: Asked) -> list[tuple[str, str]]:
    if asked.centre is None:
        return []
    centre = view.network.centre_by_id.get(asked.centre)
    if centre is None:
        return [("unknown_centre", asked.centre)]
    if asked.branch is not None and all(each.id != asked.branch for each in centre.branches):
        return [("unknown_branch", f"{asked.centre}/{asked.branch}")]
    return []


def _module(page: str) -> DeskPage:
    """A page's module; ``KeyError`` for a name that is not in :data:`layouts.PAGES`."""
    return cast(DeskPage, import_module(f"callbacks.{PAGE_BY_NAME[page].name}"))

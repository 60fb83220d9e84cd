"""The wall's wiring: first paint from the current snapshot, then one script that follows the live stream; with ``?at=``
the picture of a moment of the past, and a script that asks for others."""

from typing import Any

import dash
from dash import ClientsideFunction, Input, Output

from callbacks.document import only_ids
from callbacks.viewing import Viewing, current
from dashboard.period import AddressError, parse_at
from layouts import ids, past, wall


def layout(viewing: Viewing, lang: str | None = None, theme: str | None = None, at: str | None = None, **_: str) -> Any:
    view = viewing.wall_view(lang, theme)
    if at is None:
        return wall.layout(view, viewing.snapshot(), viewing.standing())
    try:
        moment = viewing.services.moment(
            past.newest(view.now) if at == "now" else parse_at(at, view.network.local, view.now)
        )
    except AddressError as error:
        return past.refused(view, wall.layout(view, viewing.snapshot(), viewing.standing()), error.kind, error.value)
    if moment is None:
        return wall.layout(view, None)
    return past.layout(view, moment.wall, viewing.services.moments.since())


def skeleton() -> Any:
    """What has an id on the wall: nothing has to be read for that."""
    return only_ids(wall.layout(current().view(), None))


def register(app: dash.Dash, _: Any) -> None:
    # an output is named because Dash runs a callback without one only after a change, not when the page is drawn
    app.clientside_callback(
        ClientsideFunction("tenDaysWall", "start"), Output(ids.WALL_FOLLOWING, "data"), Input(ids.WALL_CONFIG, "data")
    )

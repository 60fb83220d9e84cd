"""The wall's wiring: first paint from the current snapshot, then one script that follows the live stream."""

from typing import Any

import dash
from dash import ClientsideFunction, Input, Output

from callbacks.viewing import Viewing
from layouts import ids, wall


def layout(viewing: Viewing, lang: str | None = None, theme: str | None = None, **_: str) -> Any:
    return wall.layout(viewing.view(lang, theme), viewing.snapshot())


def register(app: dash.Dash, _: Any) -> None:
    # an output is named because Dash runs a callback without one only after a change, not when the page is drawn
    app.clientside_callback(
        ClientsideFunction("tenDaysWall", "start"), Output(ids.WALL_FOLLOWING, "data"), Input(ids.WALL_CONFIG, "data")
    )

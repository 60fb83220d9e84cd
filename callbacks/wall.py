"""The wall's wiring: first paint from the current snapshot, then one script that follows the live stream."""

from typing import Any

import dash
from dash import ClientsideFunction, Input

from callbacks.viewing import Viewing
from layouts import ids, wall


def layout(viewing: Viewing, lang: str | None = None, theme: str | None = None, **_: str) -> Any:
    return wall.layout(viewing.view(lang, theme), viewing.snapshot())


def register(app: dash.Dash, services: Any) -> None:  # noqa: ARG001: the wall's data comes over the stream
    app.clientside_callback(ClientsideFunction("tenDaysWall", "start"), Input(ids.WALL_CONFIG, "data"))

"""The feeds page's wiring: read the feeds, draw the table, again every few seconds."""

from typing import Any

import dash
from dash import Input, Output

from callbacks.viewing import Viewing, current
from layouts import feeds, ids


def layout(viewing: Viewing, lang: str | None = None, theme: str | None = None, **_: str) -> Any:
    return feeds.layout(viewing.view(lang, theme), viewing.services.feeds())


def register(app: dash.Dash, services: Any) -> None:
    @app.callback(  # type: ignore[untyped-decorator]
        Output(ids.FEEDS_TABLE, "children"), Input(ids.FEEDS_TIMER, "n_intervals"), prevent_initial_call=True
    )
    def refresh(_: int) -> list[Any]:
        return feeds.table(current().view(), services.feeds())

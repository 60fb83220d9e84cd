"""The feeds page's wiring: read the feeds, draw the table, again every few seconds."""

from typing import Any

import dash
from dash import Input, Output, State, no_update

from callbacks.viewing import Viewing, current
from layouts import feeds, ids


def layout(viewing: Viewing, lang: str | None = None, theme: str | None = None, **_: str) -> Any:
    return feeds.layout(viewing.view(lang, theme), viewing.services.feeds())


def register(app: dash.Dash, services: Any) -> None:
    @app.callback(  # type: ignore[untyped-decorator]
        Output(ids.FEEDS_TABLE, "children"),
        Output(ids.FEEDS_REFUSALS, "children"),
        Output(ids.FEEDS_NEWEST, "data"),
        Input(ids.FEEDS_TIMER, "n_intervals"),
        State(ids.FEEDS_NEWEST, "data"),
        prevent_initial_call=True,
    )
    def refresh(_: int, shown: list[str]) -> tuple[Any, Any, Any]:
        rows, view = services.feeds(), current().view()
        newest = feeds.newest(rows)
        if newest == shown:
            return feeds.table(view, rows), no_update, no_update
        return feeds.table(view, rows), feeds.refusals(view, rows), newest

"""Dash with our own document, and without the scripts that no page of ours uses.

Plotly is loaded by Dash where a figure is drawn, and nowhere else; :func:`serve_figures` makes that the build of
plotly.js that has our kinds of figures only.
"""

import re
from pathlib import Path
from typing import Any, Final

import dash
from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, request, send_file

from callbacks.headers import style_nonce
from callbacks.viewing import current
from layouts import PAGES
from layouts.shell import document

ASSETS: Final = Path(__file__).parent.parent / "dashboard" / "assets"
FONTS: Final = ("golos-latin-1.woff2", "golos-cyrillic-1.woff2")
_NOT_USED: Final = re.compile(r'<script src="[^"]*/(?:dash_table/|dash_ag_grid/|deps/polyfill)[^"]*"></script>\n?')
"""A component that no page has; the grid: that one is loaded by assets/rows-grid.js when the first is shown; and what
browsers of ten years ago lack, of which Dash needs ``regeneratorRuntime`` alone: a quarter of it, in assets/."""
_NOT_ON_THE_WALL: Final = re.compile(
    r'<(?:script src|link rel="stylesheet" href)="[^"]*/'
    r"assets/(?:regenerator-runtime|desk-alarms|behind|rows-grid|centre|branch|staff|deadlines|feeds)\."
    r'[^"]*">(?:</script>)?\n?'
)
"""What dcc.Graph needs to load itself, the style of pages, what the rows behind a number
need: every page from which a link leads there without a new document needs them, so all but the wall."""
PLOTLY: Final = Path(__file__).parent.parent / "dashboard" / "vendor" / "plotly-cartesian.min.js"
PLOTLY_URL: Final = "/_dash-component-suites/plotly/package_data/plotly.min.js"
"""Where dcc.Graph asks for plotly.js."""
_WITH_FIGURES: Final = frozenset(path.split("/")[1] for page in PAGES if page.figures for path in page.paths)

_OF_THE_PAST: Final = re.compile(
    r'<(?:script src|link rel="stylesheet" href)="[^"]*/wall-past\.[^"]*">(?:</script>)?\n?'
)
"""What only the wall in the past needs."""
_FOR_DEVELOPERS: Final = frozenset({"_reload-hash"})


def only_ids(page: Component) -> html.Div:
    """What has an id on a page, and nothing else: Dash sends it with every document, to check callbacks against."""
    whole = [page, *page._traverse()]
    found = [each for each in whole if isinstance(each, Component) and getattr(each, "id", None)]
    return html.Div([type(each)(id=each.id) for each in found])


class Document(dash.Dash):  # type: ignore[misc]
    """A Dash application whose pages come from a table and whose document is :func:`layouts.shell.document`."""

    def __init__(self, name: str) -> None:
        super().__init__(
            name,
            use_pages=True,
            pages_folder="",
            assets_folder=str(ASSETS),
            serve_locally=True,
            include_pages_meta=False,
            update_title="",
            title="Ten Days",
        )

    def _add_url(self, name: str, *rest: Any, **named: Any) -> None:
        """Dash adds its routes by this one; what only a developer's browser asks for stays away."""
        if name not in _FOR_DEVELOPERS:
            super()._add_url(name, *rest, **named)

    def interpolate_index(self, **parts: Any) -> str:
        parts["scripts"] = _NOT_USED.sub("", parts["scripts"])
        if request.path in ("/", "/wall"):
            parts |= {name: _NOT_ON_THE_WALL.sub("", parts[name]) for name in ("scripts", "css")}
        if "at" not in request.args or not request.path.endswith(("/", "/wall")):
            parts |= {name: _OF_THE_PAST.sub("", parts[name]) for name in ("scripts", "css")}
        later = [PLOTLY_URL] if request.path.split("/")[1] in _WITH_FIGURES else []
        return document(current().view(), parts, [self.get_asset_url(font) for font in FONTS], later, style_nonce())


def serve_figures(server: Flask) -> None:
    """plotly.js with Cartesian figures only, in the place of the whole: a third of its bytes.

    Should Dash ask elsewhere one day, it gets the whole from the plotly package, and figures are drawn all the same.
    """

    @server.get(PLOTLY_URL)
    def plotly() -> Response:
        return send_file(PLOTLY, mimetype="text/javascript")

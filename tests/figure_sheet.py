"""All sample figures on one page, in a small Dash application: for the browser test, and to look at.

``PYTHONPATH=. python tests/figure_sheet.py FOLDER [LANGUAGE ...]`` writes pictures of it, in pieces: each theme, at a
desk's width and at a phone's.
"""

import shutil
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import dash
from conftest import BROWSER_FLAGS
from dash import html
from figure_samples import SAMPLES
from playwright.sync_api import sync_playwright
from shown_network import NETWORK, NOW
from werkzeug.serving import make_server

from callbacks.document import serve_figures
from dashboard.i18n import LANGUAGES, catalogues
from layouts.figures import graph
from layouts.view import View

ASSETS = Path(__file__).parent.parent / "dashboard" / "assets"
CATALOGUES = catalogues()
PIECE = 1500
DRAWN = "document.querySelectorAll('.js-plotly-plot .main-svg .xaxislayer-above').length >= {count}"
"""True in a browser when so many figures are drawn."""
STYLE = """
html { font-size: 16px; } body { padding: 16px; } .sheet { display: grid; gap: 16px; align-items: start;
grid-template-columns: repeat(auto-fill, minmax(min(100%, 640px), 1fr)); } h2 { font-size: 15px; padding: 8px 16px 0; }
section { background: var(--tile); border-radius: 8px; min-width: 0; }
"""


class Sheet:
    """The application; ``view`` is what the next visitor sees."""

    def __init__(self) -> None:
        self.view = View(NETWORK, CATALOGUES["ru"], "night", NOW)
        self.drawn: Mapping[str, Any] = {}
        self.app = dash.Dash(__name__, assets_folder=str(ASSETS), serve_locally=True)
        self.app.layout = self.page
        serve_figures(self.app.server)
        self.app.interpolate_index = self.document
        self.port = 0

    def show(self, language: str, theme: str, drawn: Mapping[str, Any] | None = None) -> str:
        """Choose what is shown, the samples or ``drawn``; the address to visit."""
        self.view = View(NETWORK, CATALOGUES[language], theme, NOW)  # type: ignore[arg-type]
        self.drawn = drawn or {name: make(self.view) for name, make in SAMPLES.items()}
        return f"http://127.0.0.1:{self.port}/"

    def page(self) -> html.Main:
        return html.Main(
            [
                html.Section([html.H2(name), graph(self.view, figure, label=name, id=name)])
                for name, figure in self.drawn.items()
            ],
            className="sheet",
        )

    def document(self, **parts: str) -> str:
        head = "".join(parts[each] for each in ("metas", "css"))
        foot = "".join(parts[each] for each in ("config", "scripts", "renderer"))
        return (
            f'<!DOCTYPE html><html lang="{self.view.catalogue.language}" data-theme="{self.view.shown_theme}">'
            f"<head><title>Figures</title>{head}<style>{STYLE}</style></head>"
            f"<body>{parts['app_entry']}<footer>{foot}</footer></body></html>"
        )


@contextmanager
def serving() -> Iterator[Sheet]:
    sheet = Sheet()
    server = make_server("127.0.0.1", 0, sheet.app.server, threaded=True)
    sheet.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield sheet
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def take_pictures(folder: Path, languages: tuple[str, ...]) -> None:
    with serving() as sheet, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER_FLAGS)
        for language, theme, width in product(languages, ("night", "day"), (1440, 390)):
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.goto(sheet.show(language, theme))
            page.wait_for_function(DRAWN.format(count=len(SAMPLES)), timeout=120_000)
            tall = page.evaluate("document.documentElement.scrollHeight")
            for piece, top in enumerate(range(0, tall, PIECE)):
                clip = {"x": 0, "y": top, "width": width, "height": min(PIECE, tall - top)}
                name = f"figures-{language}-{theme}-{width}-{piece}.png"
                page.screenshot(path=folder / name, full_page=True, clip=clip)  # type: ignore[arg-type]
            page.close()
        browser.close()


if __name__ == "__main__":
    take_pictures(Path(sys.argv[1]), tuple(sys.argv[2:]) or LANGUAGES)

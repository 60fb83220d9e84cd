"""Dash with our own document, and without the scripts that no page of ours uses."""

import re
from pathlib import Path
from typing import Any, Final

import dash

from callbacks.viewing import current
from layouts.shell import document

ASSETS: Final = Path(__file__).parent.parent / "dashboard" / "assets"
FONTS: Final = ("golos-latin-1.woff2", "golos-cyrillic-1.woff2")
_NOT_USED: Final = re.compile(r'<script src="[^"]*/(?:deps/polyfill|dash_table/)[^"]*"></script>\n?')
"""Polyfills for browsers that could not run the wall anyway, and a component that no page has."""


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

    def interpolate_index(self, **parts: Any) -> str:
        parts["scripts"] = _NOT_USED.sub("", parts["scripts"])
        return document(current().view(), parts, [self.get_asset_url(font) for font in FONTS])

"""Whom a page is drawn for: language and theme from the address, else from a cookie, else the default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import msgspec
from flask import current_app, has_request_context, request

from dashboard.i18n import DEFAULT_LANGUAGE, LANGUAGES, catalogues
from dashboard.once import Once
from dashboard.shelf import Shelf
from layouts.view import THEMES, Theme, View

if TYPE_CHECKING:
    from callbacks import Services

EXTENSION: Final = "tendays"
LANGUAGE_COOKIE: Final = "lang"
THEME_COOKIE: Final = "theme"


class Viewing:
    """An application's services and catalogues, the views made of them, and rows that pages share."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.catalogues = catalogues()
        self.shelf = Shelf(services.network)
        self.once = Once()
        self.build = ""

    def view(self, lang: str | None = None, theme: str | None = None) -> View:
        """The view of the current request; outside one, the default."""
        return View(
            network=self.services.network,
            catalogue=self.catalogues[chosen("lang", LANGUAGE_COOKIE, LANGUAGES, DEFAULT_LANGUAGE, lang)],
            theme=cast(Theme, chosen("theme", THEME_COOKIE, THEMES, "auto", theme)),
            now=self.services.clock(),
            build=self.build,
        )

    def snapshot(self) -> dict[str, Any] | None:
        raw = self.services.snapshot()
        return msgspec.json.decode(raw, type=dict[str, Any]) if raw else None


def current() -> Viewing:
    """That of the application that answers now."""
    return cast(Viewing, current_app.extensions[EXTENSION])


def who() -> str:
    """The login of the viewer who asks, as the audit log names them; empty for who has not signed in."""
    return ""


def record(action: str, **about: str | int) -> None:
    """Write to the audit log what the viewer who asks is about to see, take or change."""
    current().services.audit.record(action, who(), request.remote_addr or "", **about)


def is_asked_for() -> bool:
    """Whether a viewer asks for a page; otherwise Dash draws it, once, to know the ids on it."""
    return has_request_context() and request.path.endswith("/_dash-update-component")


def chosen(name: str, cookie: str, known: tuple[str, ...], default: str, given: str | None = None) -> str:
    """The first that is known of: what was given, the address, the cookie, the default."""
    said = [given]
    if has_request_context():
        said += [request.args.get(name), request.cookies.get(cookie)]
    return next((each for each in said if each in known and each is not None), default)

"""Whom a page is drawn for: who looks, what of the services is theirs, and language and theme from the address, else
from a cookie, else the default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast
from zlib import crc32

import msgspec
from flask import current_app, g, has_app_context, has_request_context, request

from dashboard.i18n import DEFAULT_LANGUAGE, LANGUAGES, catalogues
from dashboard.network import Network
from dashboard.once import Once
from dashboard.roles import OPEN, VISITOR, Viewer
from dashboard.shelf import Shelf
from layouts.view import THEMES, Theme, View

if TYPE_CHECKING:
    from callbacks import Services

EXTENSION: Final = "tendays"
LANGUAGE_COOKIE: Final = "lang"
THEME_COOKIE: Final = "theme"


class Viewing:
    """An application's services and catalogues, the views made of them, and rows that pages share."""

    def __init__(self, services: Services, wall_network: Network | None = None) -> None:
        self.services = services
        self.wall_network = wall_network or services.network
        """Of whose centres the wall shows the totals: always all."""
        self.catalogues = catalogues()
        self.shelf = Shelf(services.network)
        self.once = Once()
        self.build = ""
        self._narrowed: dict[str, Viewing] = {}

    @property
    def shown_build(self) -> str:
        """The build, and the norms of today when they are not the file's: a page that is open knows by it that it was
        drawn before they changed."""
        network = self.services.network
        held = network.on(network.local.day(self.services.clock()))
        if held.written is None:
            return self.build
        return f"{self.build}-{crc32(repr((held.norms, held.thresholds)).encode()):08x}"

    def narrowed(self, centre: str) -> Viewing:
        """That of a viewer who is of one centre: with services that hold nothing else, and with rows of its own."""
        if centre not in self._narrowed:
            narrow = Viewing(self.services.narrowed(centre), self.wall_network)
            narrow.catalogues, narrow.build = self.catalogues, self.build
            self._narrowed[centre] = narrow
        return self._narrowed[centre]

    def view(self, lang: str | None = None, theme: str | None = None) -> View:
        """The view of the current request; outside one, the default."""
        return self._view(self.services.network, lang, theme)

    def wall_view(self, lang: str | None = None, theme: str | None = None) -> View:
        """The same over every centre of the network."""
        return self._view(self.wall_network, lang, theme)

    def _view(self, network: Network, lang: str | None, theme: str | None) -> View:
        return View(
            network=network,
            catalogue=self.catalogues[chosen("lang", LANGUAGE_COOKIE, LANGUAGES, DEFAULT_LANGUAGE, lang)],
            theme=cast(Theme, chosen("theme", THEME_COOKIE, THEMES, "auto", theme)),
            now=self.services.clock(),
            build=self.shown_build,
            viewer=viewer(),
        )

    def snapshot(self) -> dict[str, Any] | None:
        raw = self.services.snapshot()
        return msgspec.json.decode(raw, type=dict[str, Any]) if raw else None

    def standing(self) -> dict[str, Any] | None:
        """What stands of alarms; None when no runner ever said it."""
        raw = self.services.standing()
        return msgspec.json.decode(raw, type=dict[str, Any]) if raw else None


class ViewersServices:
    """The services of whoever asks now: what a page's module is given when it registers. Outside a request, all."""

    def __init__(self, whole: Services) -> None:
        self._whole = whole

    def __getattr__(self, name: str) -> Any:
        return getattr(current().services if has_app_context() else self._whole, name)


def whole() -> Viewing:
    """That of the application that answers now, whoever looks."""
    return cast(Viewing, current_app.extensions[EXTENSION])


def current() -> Viewing:
    """That of whoever looks now."""
    of = viewer()
    return whole() if of.centre is None else whole().narrowed(of.centre)


def viewer() -> Viewer:
    """Who looks, as the door (callbacks/door.py) found; before it did, nobody."""
    return cast(Viewer, g.get("viewer", VISITOR)) if has_request_context() else OPEN


def who() -> str:
    """Who acts, for the audit log: a login, ``screen <id>``, ``open demo``; empty for nobody."""
    of = viewer()
    return "open demo" if of.is_open else f"screen {of.id}" if of.role == "screen" else of.login


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

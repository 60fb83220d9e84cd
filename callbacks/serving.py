"""How answers leave: compressed, cached where their address changes with their content, choices kept in cookies."""

import hashlib
from pathlib import Path
from threading import Lock
from typing import Final

import brotli  # type: ignore[import-untyped]
import dash
from flask import Response, request
from flask_compress import Compress

from callbacks.document import ASSETS
from callbacks.viewing import EXTENSION, LANGUAGE_COOKIE, THEME_COOKIE, Viewing
from dashboard.i18n import LANGUAGES
from layouts.view import THEMES

BUILD_HEADER: Final = "X-Ten-Days-Build"
YEAR_S: Final = 31_536_000
_COMPRESSED: Final = (
    "text/html text/css text/plain text/csv text/javascript application/javascript application/json image/svg+xml "
    "image/x-icon image/vnd.microsoft.icon application/manifest+json"
).split()
_QUALITY_ONCE: Final = 10
"""A third of a second for all that the wall needs; 11 takes three times that for 2 % less."""
_LARGE: Final = 256 * 1024
_QUALITY_LARGE: Final = 6
"""Scripts of a megabyte and more, of grids and figures: 10 takes 5 s a megabyte, and others wait; this a fifth of one,
for 12 % more."""
_PACKAGED: Final = "/_dash-component-suites/"


class _Shipped:
    """Shipped files, compressed as well as can be, once each: they do not change while the process runs."""

    def __init__(self) -> None:
        self._forms: dict[str, bytes] = {}
        self._lock = Lock()

    def compress(self, response: Response) -> None:
        """Compress a shipped file's answer in place, for clients that read Brotli; the rest is Flask-Compress's."""
        if response.status_code != 200 or response.mimetype not in _COMPRESSED:
            return
        response.direct_passthrough = False
        plain = response.get_data()  # a file comes as a stream, which would be compressed anew for each viewer
        if not request.accept_encodings["br"] or request.method != "GET":
            return
        response.set_data(self._form(request.path, plain))
        response.headers["Content-Encoding"] = "br"
        etag, _ = response.get_etag()
        if etag:
            response.set_etag(f"{etag}:br")
            response.make_conditional(request)

    def _form(self, path: str, plain: bytes) -> bytes:
        with self._lock:
            if path not in self._forms:
                quality = _QUALITY_ONCE if len(plain) < _LARGE else _QUALITY_LARGE
                self._forms[path] = brotli.compress(plain, quality=quality)
            return self._forms[path]


def serve_well(app: dash.Dash) -> None:
    """Compress everything but event streams; long cache headers on addresses with a fingerprint; cookies."""
    server = app.server
    server.config.update(
        COMPRESS_MIMETYPES=_COMPRESSED,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_STREAMS=False,
    )
    shipped = _Shipped()
    Compress(server)  # before our own hook: Flask calls them in reverse order
    build = fingerprint(ASSETS)
    viewing: Viewing = server.extensions[EXTENSION]
    viewing.build = build

    @server.after_request  # type: ignore[untyped-decorator]
    def finish(response: Response) -> Response:
        response.headers[BUILD_HEADER] = viewing.shown_build
        _cache(response)
        _remember(response)
        if _is_shipped(request.path):
            shipped.compress(response)
        return response


def fingerprint(folder: Path) -> str:
    """A short name for what is shipped: of every asset's bytes and of Dash."""
    whole = hashlib.sha256(dash.__version__.encode())
    for path in sorted(folder.iterdir()):
        whole.update(path.name.encode() + path.read_bytes())
    return whole.hexdigest()[:16]


def _is_shipped(path: str) -> bool:
    return path.startswith(("/assets/", _PACKAGED))


def _cache(response: Response) -> None:
    stamped = request.path.startswith("/assets/") and ("m" in request.args or request.path.endswith(".woff2"))
    if response.status_code == 200 and stamped:
        response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-cache"


def _remember(response: Response) -> None:
    if response.mimetype != "text/html":
        return
    for name, cookie, known in (("lang", LANGUAGE_COOKIE, LANGUAGES), ("theme", THEME_COOKIE, THEMES)):
        said = request.args.get(name)
        if said in known and said is not None:
            response.set_cookie(cookie, said, max_age=YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure)

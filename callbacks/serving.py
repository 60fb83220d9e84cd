"""How answers leave: compressed, cached where their address changes with their content, choices kept in cookies."""

import hashlib
from pathlib import Path
from threading import Lock
from typing import Final

import dash
from flask import Response, request
from flask_compress import Compress

from callbacks.document import ASSETS
from callbacks.viewing import EXTENSION, LANGUAGE_COOKIE, THEME_COOKIE
from dashboard.i18n import LANGUAGES
from layouts.view import THEMES

BUILD_HEADER: Final = "X-Ten-Days-Build"
YEAR_S: Final = 31_536_000
_COMPRESSED: Final = (
    "text/html text/css text/plain text/csv text/javascript application/javascript application/json image/svg+xml "
    "image/x-icon image/vnd.microsoft.icon application/manifest+json"
).split()
_KEPT_MOST: Final = 200
_PACKAGED: Final = "/_dash-component-suites/"


class _Kept:
    """Compressed forms of what does not change while the process runs; at most so many."""

    def __init__(self) -> None:
        self._forms: dict[str, bytes] = {}
        self._lock = Lock()

    def get(self, key: str) -> bytes | None:
        return self._forms.get(key) if _is_shipped(key.partition(";")[2]) else None

    def set(self, key: str, value: bytes) -> None:
        if _is_shipped(key.partition(";")[2]) and len(self._forms) < _KEPT_MOST:
            with self._lock:
                self._forms[key] = value


def serve_well(app: dash.Dash) -> None:
    """Compress everything but event streams; long cache headers on addresses with a fingerprint; cookies."""
    server = app.server
    server.config.update(
        COMPRESS_MIMETYPES=_COMPRESSED,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=6,
        COMPRESS_STREAMS=False,
        COMPRESS_CACHE_BACKEND=_Kept,
        COMPRESS_CACHE_KEY=lambda asked: asked.full_path,
    )
    Compress(server)  # before our own hook: Flask calls them in reverse order
    build = fingerprint(ASSETS)
    server.extensions[EXTENSION].build = build

    @server.after_request  # type: ignore[untyped-decorator]
    def finish(response: Response) -> Response:
        response.headers[BUILD_HEADER] = build
        _cache(response)
        _remember(response)
        if response.is_streamed and _is_shipped(request.path):
            response.direct_passthrough = False
            response.get_data()  # a file is read whole, so that it can be compressed and kept
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
            response.set_cookie(cookie, said, max_age=YEAR_S, samesite="Lax")

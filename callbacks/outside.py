"""What is refused before anybody is asked who they are: a request for another host, one that another site had a browser
send, and a body that no page of ours would send. The server's errors say no more than their kind.
"""

from typing import Any, Final
from urllib.parse import urlsplit

import dash
import flask
import msgspec
from flask import request
from msgspec import Struct
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboard.settings import PREFIX, Settings

MAX_CALLBACK_BYTES: Final = 64 * 1024
"""Pages ask with some hundred bytes; an address, which they repeat, may have a few thousand."""
MAX_DEPTH: Final = 12
"""Of lists and objects in one another: pages ask with seven."""
MAX_INPUTS: Final = 32
CALLBACK: Final = "/_dash-update-component"
_PROBES: Final = ("/healthz", "/readyz")
"""Asked by address by who watches the process, and they say nothing of anybody."""
_SAFE: Final = ("GET", "HEAD", "OPTIONS")
_OWN: Final = ("same-origin", "none")
"""``Sec-Fetch-Site`` of a page of ours, and of who typed the address."""


class Asked(Struct):
    """What a browser posts to have a callback run, as far as Dash counts on it."""

    output: str
    outputs: dict[str, Any] | list[dict[str, Any]]
    inputs: list[dict[str, Any] | list[dict[str, Any]]]
    changed_prop_ids: list[str] = msgspec.field(name="changedPropIds", default_factory=list)
    state: list[dict[str, Any] | list[dict[str, Any]]] = []
    parsed_change: Any = None


_decode = msgspec.json.Decoder(Asked).decode


def keep_out(app: dash.Dash, settings: Settings) -> None:
    """Check every request; to be called after whatever else checks some, as it goes first."""
    server: flask.Flask = app.server
    if settings.proxies:
        count = settings.proxies
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]
    hosts = frozenset(settings.allowed_hosts)

    def check() -> flask.Response | None:
        return _of_another_host(hosts) or _by_another_site() or _unlike_a_page()

    server.before_request_funcs.setdefault(None, []).insert(0, check)


def _of_another_host(hosts: frozenset[str]) -> flask.Response | None:
    """A page under a name that is not ours could be read by whoever has that name (DNS rebinding)."""
    if request.path in _PROBES or _name(request.host) in hosts:
        return None
    return _refuse(421, "unknown_host", f"this server does not answer to that name: see {PREFIX}HOSTS")


def _name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _by_another_site() -> flask.Response | None:
    """Another site may link here, and nothing else: no form, no picture, no script of its own has the viewer's cookies
    sent. Browsers say where a request comes from; a program that says nothing has nobody's cookies."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if request.method in _SAFE:
        is_link = (
            request.headers.get("Sec-Fetch-Mode") == "navigate"
            and request.headers.get("Sec-Fetch-Dest", "document") == "document"
        )
        is_ours = site is None or site in _OWN or is_link
    else:
        is_ours = site in _OWN if site is not None else origin in (None, request.host_url.rstrip("/"))
    return None if is_ours else _refuse(403, "other_site", "another site sent this request: open the page itself")


def _unlike_a_page() -> flask.Response | None:
    """Of the requests that Dash takes, what is too long, too deep, or has not the shape that it counts on."""
    if request.path != CALLBACK or request.method != "POST":
        return None
    if request.mimetype != "application/json":
        return _refuse(415, "not_json", "send application/json")
    request.max_content_length = MAX_CALLBACK_BYTES
    try:
        asked = _decode(request.get_data())  # 413 by Flask when it is longer
        is_too_large = max(len(asked.inputs), len(asked.state)) > MAX_INPUTS or _depth(asked.inputs, asked.state) < 0
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        is_too_large = True
    return _refuse(400, "not_a_callback", "this is not what a page would ask") if is_too_large else None


def _depth(*values: Any, left: int = MAX_DEPTH) -> int:
    """How much deeper values might go; negative when they go too deep."""
    least = left
    for value in values:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        if inner:
            least = min(least, -1 if left == 0 else _depth(*inner, left=left - 1))
    return least


def _refuse(status: int, code: str, message: str) -> flask.Response:
    response = flask.jsonify(error=message, code=code)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response

"""The door: every request is checked here, before anything else, against the tables of :mod:`dashboard.roles`.

What is in no table is refused. Which rows somebody gets is not decided here: a viewer of one centre is given services
that hold nothing else (callbacks/viewing.py, data_sources/narrowed.py).
"""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, cast
from urllib.parse import quote, unquote

import dash
import flask
import structlog
from flask import g, request

from callbacks.identity import callback_output, has_screen_cookie, identify
from callbacks.viewing import whole
from dashboard.roles import CALLBACKS, ENDPOINTS, OTHER_NEEDS, PAGES, VISITOR, Need, Right, Viewer, may
from layouts import PAGES as SHOWN
from layouts import ids, plain

log = structlog.get_logger()

_OWN_PAGES: Final = "signing."
"""Endpoints of signing in and of one's own account: they say who one is, whatever else."""


class Wanted(NamedTuple):
    """A right, and the centre that it is wanted for in full."""

    right: Right
    centre: str | None = None


def guard(app: dash.Dash) -> None:
    """Before Dash's own hooks, and before all routes."""
    app.server.before_request_funcs.setdefault(None, []).insert(0, check)


def check() -> flask.typing.ResponseReturnValue | None:
    """None lets the request in."""
    g.viewer = VISITOR
    if request.endpoint is None:
        return None  # no such address or method: Flask says so
    need = ENDPOINTS.get(request.endpoint)
    if need == "public" and not request.endpoint.startswith(_OWN_PAGES):
        return None
    g.viewer = viewer = identify()
    if viewer.must_change and not request.endpoint.startswith(_OWN_PAGES) and need != "public":
        return _to("/password") if wants_page() else _say(403, "the password must be changed first: see /password")
    wanted = find_wanted(need)
    if need is None or (need == "callback" and callback_output() not in CALLBACKS):
        log.error("no row in dashboard/roles.py", endpoint=request.endpoint, callback=callback_output())
    elif wanted is not None and may(viewer, *wanted):
        return None
    return refuse(viewer)


def find_wanted(need: Need | None) -> Wanted | None:
    """What a request needs; None for what is in no table."""
    if need == "callback":
        return _of_callback()
    if need == "page":
        return of_path(request.path)
    return None if need is None or need in OTHER_NEEDS else Wanted(cast(Right, need))


def of_path(path: str) -> Wanted:
    """The right of the page of a path; of a path that no page has, the wall's (see callbacks/errors.py)."""
    found = page_of(path)
    if found is None:
        return Wanted("wall")
    name, centre = found
    return Wanted(PAGES[name], None if centre is None else unquote(centre))


def page_of(path: str) -> tuple[str, str | None] | None:
    """The page of a path, and the centre that the path names; None where there is no page."""
    for name, pattern in _patterns():
        found = pattern.fullmatch(path)
        if found:
            return name, found.groupdict().get("centre")
    return None


def _of_callback() -> Wanted | None:
    need = CALLBACKS.get(callback_output())
    if need == "router":
        return Wanted("wall")  # the page asks for its own right: callbacks/__init__.py
    if need == "page":
        return _of_asked()
    return None if need is None or need in OTHER_NEEDS else Wanted(cast(Right, need))


def _of_asked() -> Wanted | None:
    """The page, and the centre, that the browser gives back to have a part drawn again."""
    said = next((each.get("value") for each in _states() if each.get("id") == ids.PAGE_ASKED), None)
    if not isinstance(said, dict) or said.get("page") not in PAGES:
        return None
    centre = said.get("centre")
    return Wanted(PAGES[said["page"]], centre if isinstance(centre, str) else None)


def _states() -> Iterator[dict[str, Any]]:
    body: Any = request.get_json(silent=True)  # an object: its output has been read
    found = body.get("state")
    yield from (each for each in found if isinstance(each, dict)) if isinstance(found, list) else ()


def _patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for page in SHOWN:
        for path in page.paths:
            yield page.name, re.compile(re.sub(r"<(\w+)>", r"(?P<\1>[^/]+)", path) + "/?")


def refuse(viewer: Viewer) -> flask.typing.ResponseReturnValue:
    """A visitor is shown the way in; who is signed in is told that this is not theirs."""
    if viewer.role == "visitor":
        if wants_page() and has_screen_cookie():
            return _to("/screen")  # nobody sits before it: it shows a code again
        at = quote(request.full_path.rstrip("?"), safe="/?=&:,")
        return _to(f"/login?next={quote(at, safe='/')}") if wants_page() else _say(401, "sign in first: see /login")
    log.warning("refused", path=request.path, role=viewer.role, who=viewer.login, callback=callback_output() or None)
    if not wants_page():
        return _say(403, "your role has no right to this: see docs/access.md")
    g.viewer = viewer
    return flask.Response(plain.refused(whole().view()), 403, mimetype="text/html")


def wants_page() -> bool:
    """Whether somebody looks at pages, who is shown one."""
    return request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", "")


def _to(address: str) -> flask.typing.ResponseReturnValue:
    return flask.redirect(address, 302)


def _say(status: int, message: str) -> flask.Response:
    code = {401: "not_signed_in", 403: "no_right"}[status]
    response = flask.jsonify(error=code, message=message)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response

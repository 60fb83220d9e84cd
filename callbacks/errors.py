"""Answers that are errors: a page in the viewer's language for who looks at pages, JSON for a program.

Neither says more than the kind; the log has the rest.
"""

from typing import Any, Final

import dash
import flask
import msgspec
import structlog
from flask import request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, NotFound

from callbacks.door import page_of, wants_page
from callbacks.viewing import whole
from layouts import errors

log = structlog.get_logger()
CATCHALL: Final = "/<path:path>"
"""Dash's endpoint of every path that nobody else has: it would show an empty document with status 200."""
OPEN_ENDED: Final = (CATCHALL, "api-nothing")
"""They take any path that others do not, and so the other methods of those that others do."""
OF_PAGES: Final = frozenset(("GET", "HEAD", "OPTIONS"))


def answer_errors(app: dash.Dash) -> None:
    """Register for every error of HTTP, and for what raises."""
    server: flask.Flask = app.server

    @server.errorhandler(HTTPException)
    def say(error: HTTPException) -> Any:
        if isinstance(error, InternalServerError):
            cause = error.original_exception or error
            log.error("failed", path=request.path, method=request.method, exc_info=cause)
        return _answer(error)

    @server.before_request
    def no_such_page() -> Any:
        if request.endpoint not in OPEN_ENDED or page_of(request.path) is not None:
            return None
        paths = request_ctx.url_adapter
        others = set(paths.allowed_methods(request.path) if paths else ()) - OF_PAGES
        if others:
            raise MethodNotAllowed(sorted(others | {"OPTIONS"}))
        if request.endpoint == CATCHALL:
            raise NotFound


def _answer(error: HTTPException) -> Any:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error
    response = error.get_response()  # with its own headers: Allow, Retry-After
    if wants_page():
        response.data, response.mimetype = errors.error(whole().view(), status), "text/html"
    else:
        code = (error.name or "error").lower().replace(" ", "_")
        response.data, response.mimetype = (
            msgspec.json.encode({"error": error.description, "code": code}),
            "application/json",
        )
    response.headers["Cache-Control"] = "no-store"
    return response


def _json(message: str, code: str) -> bytes:
    return msgspec.json.encode({"error": message, "code": code})

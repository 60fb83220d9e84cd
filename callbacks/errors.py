"""Answers that are errors: a page in the viewer's language for who looks at pages, JSON for a program.

Neither says more than the kind; the log has the rest.
"""

from typing import Any

import dash
import flask
import msgspec
import structlog
from flask import request
from werkzeug.exceptions import HTTPException, InternalServerError

from callbacks.door import page_of, wants_page
from callbacks.viewing import whole
from layouts import errors

log = structlog.get_logger()
CATCHALL = "/<path:path>"
"""Dash's endpoint of every path that nobody else has: it would show an empty document with status 200."""


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
        unknown = request.endpoint == CATCHALL and page_of(request.path) is None
        return flask.Response(errors.error(whole().view(), 404), 404, mimetype="text/html") if unknown else None


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

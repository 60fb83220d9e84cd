"""Every request has an id: in the answer, and in each line that is logged while it is answered."""

import re
import time
from secrets import token_hex
from typing import Any, Final

import flask
import structlog

log = structlog.get_logger()

HEADER: Final = "X-Request-ID"
_FIT: Final = re.compile(r"[0-9A-Za-z_-]{8,64}")
SLOW_MS: Final = 1000.0
LONGEST: Final = 200
_QUIET: Final = (
    "/assets/", "/_dash", "/_favicon", "/_reload", "/healthz", "/readyz", "/metrics", "/api/v1/live", "/api/v1/events",
)  # fmt: skip
"""What everybody asks for all the time is logged only when it fails or is slow; /metrics counts it."""


def blueprint() -> flask.Blueprint:
    """Hooks around every request of the application, the door's refusals among them."""
    routes = flask.Blueprint("request_logs", __name__)
    routes.record_once(lambda state: state.app.before_request_funcs.setdefault(None, []).insert(0, begin))
    routes.after_app_request(end)
    return routes


def begin() -> None:
    """An id that a proxy gave is kept, so that its log and ours can be laid side by side."""
    said = flask.request.headers.get(HEADER, "")
    flask.g.request_id = said if _FIT.fullmatch(said) else token_hex(8)
    flask.g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=flask.g.request_id)


def end(response: flask.Response) -> flask.Response:
    """Say the id; log the request: its path without the query, which may hold what somebody looked for."""
    began: Any = flask.g.get("began")
    if began is None:
        return response
    response.headers[HEADER] = flask.g.request_id
    request, status = flask.request, response.status_code
    took_ms = round((time.perf_counter() - began) * 1000, 1)
    if status >= 400 or took_ms >= SLOW_MS or not request.path.startswith(_QUIET):
        write = log.error if status >= 500 else log.info
        write("request", method=request.method, path=request.path[:LONGEST], status=status, ms=took_ms)
    return response

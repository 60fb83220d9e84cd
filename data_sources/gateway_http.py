"""``POST /api/v1/events``: the gateway over HTTP, and the documents that describe what may be sent."""

from collections.abc import Callable
from typing import Any, Final

import flask
import msgspec
import redis

from data_sources.api_documents import asyncapi, openapi
from data_sources.feed_notes import HEADER
from data_sources.gateway import MAX_BODY_BYTES, ErrorAnswer, Gateway, RequestError, split, too_large, unpack

PATH: Final = "/api/v1/events"
_MOST_READ: Final = MAX_BODY_BYTES + 1
RETRY_S: Final = 5


def blueprint(gateway: Callable[[], Gateway], network_id: str) -> flask.Blueprint:
    """The routes. ``gateway`` is asked for at the first request: a process that takes no events builds none."""
    routes = flask.Blueprint("gateway", __name__)

    @routes.post(PATH)
    def events() -> flask.Response:
        try:
            return _json(_receive(gateway()), 200)
        except RequestError as problem:
            return _refuse(problem)
        except (redis.RedisError, OSError):
            return _refuse(RequestError(503, "unavailable", "the server cannot take events now: try again", RETRY_S))

    @routes.get("/api/v1/openapi.json")
    def described() -> flask.Response:
        return _json(openapi(), 200)

    @routes.get("/api/v1/asyncapi.json")
    def streams() -> flask.Response:
        return _json(asyncapi(network_id), 200)

    return routes


def _receive(gateway: Gateway) -> Any:
    request = flask.request
    token = gateway.whose(request.headers.get("Authorization", ""), request.remote_addr or "")
    if request.content_length is not None and request.content_length > MAX_BODY_BYTES:
        raise too_large()
    body = unpack(request.stream.read(_MOST_READ), request.headers.get("Content-Encoding", "").strip().lower())
    answer = gateway.receive(token, split(body, request.mimetype))
    gateway.note(token, request.headers.get(HEADER))
    return answer


def _refuse(problem: RequestError) -> flask.Response:
    response = _json(ErrorAnswer(problem.code, problem.message), problem.status)
    if problem.retry_after_s is not None:
        response.headers["Retry-After"] = str(problem.retry_after_s)
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="events"'
    return response


def _json(content: Any, status: int) -> flask.Response:
    headers = {"Cache-Control": "no-store"}
    return flask.Response(msgspec.json.encode(content), status, mimetype="application/json", headers=headers)

"""The read API that viewers use: the snapshot, the live stream, and whether we are well."""

from hmac import compare_digest
from typing import Any, Final

import dash
import flask
import msgspec

from callbacks.door import refuse
from callbacks.identity import identify, while_good
from callbacks.viewing import viewer
from dashboard.period import AddressError, parse_at
from dashboard.roles import may


class _Versioned(msgspec.Struct):
    version: int


def register(app: dash.Dash, services: Any) -> None:
    """Routes under /api/v1, /healthz and /readyz."""
    server: flask.Flask = app.server
    services.cache.init_app(server)
    for each in services.blueprints():
        server.register_blueprint(each)

    @server.get("/api/v1/snapshot")
    def snapshot() -> flask.Response:
        at = flask.request.args.get("at")
        return _snapshot(services.snapshot()) if at is None else _past(services, at)

    @server.get("/api/v1/live")
    def live() -> flask.Response:
        have = flask.request.headers.get("Last-Event-ID", "")
        frames = while_good(services.live.stream(int(have) if have.isdigit() else None))
        headers = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
        return flask.Response(frames, mimetype="text/event-stream", headers=headers)

    @server.get("/metrics")
    def metrics() -> flask.typing.ResponseReturnValue:
        """For Prometheus with its token, and for who has the right to it (docs/operations.md)."""
        token, said = services.settings.metrics_token, flask.request.headers.get("Authorization", "")
        if not (token and compare_digest(said.encode(), f"Bearer {token}".encode())):
            looks = identify()
            if not may(looks, "metrics"):
                return refuse(looks)
        headers = {"Cache-Control": "no-store"}
        return flask.Response(services.telemetry.text(), content_type=services.telemetry.content_type, headers=headers)

    @server.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @server.get("/readyz")
    def readyz() -> tuple[dict[str, str], int]:
        if not services.live.reachable():
            return {"status": "redis does not answer: see TENDAYS_REDIS_URL"}, 503
        ready = bool(services.snapshot())
        return ({"status": "ok"}, 200) if ready else ({"status": "no snapshot yet: is a worker running?"}, 503)


REFUSALS: Final = {
    "not_a_moment": "at: {value!r} is not a moment. Give the network's local time, as 2026-11-24T10:30, or a time with "
    "its offset, as 2026-11-24T10:30+05:00.",
    "future_moment": "at: {value!r} has not come yet. Leave at out for the picture of now.",
}


def _past(services: Any, at: str) -> flask.Response:
    try:
        moment = services.moment(parse_at(at, services.network.local, services.clock()))
    except AddressError as error:
        body = {"error": REFUSALS[error.kind].format(value=error.value), "code": error.kind, "at": error.value}
        return flask.Response(msgspec.json.encode(body), status=400, mimetype="application/json")
    if moment is None:
        return _snapshot(b"")
    picture = msgspec.json.encode(moment.wall)
    return flask.Response(picture, mimetype="application/json", headers={"Cache-Control": "no-cache"})


def _snapshot(raw: bytes) -> flask.Response:
    if not raw:
        body = msgspec.json.encode({"error": "no snapshot yet: the worker has not published one"})
        return flask.Response(body, status=503, mimetype="application/json", headers={"Retry-After": "1"})
    response = flask.Response(raw, mimetype="application/json", headers={"Cache-Control": "no-cache"})
    version = msgspec.json.decode(raw, type=_Versioned).version
    of = viewer().centre
    response.set_etag(f"{version}" if of is None else f"{version}-{of}")
    response.headers["Vary"] = "Cookie"
    response.make_conditional(flask.request)
    return response

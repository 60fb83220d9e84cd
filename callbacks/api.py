"""The read API that viewers use: the snapshot, the live stream, and whether we are well."""

from typing import Any

import dash
import flask
import msgspec


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
        return _snapshot(services.snapshot())

    @server.get("/api/v1/live")
    def live() -> flask.Response:
        have = flask.request.headers.get("Last-Event-ID", "")
        frames = services.live.stream(int(have) if have.isdigit() else None)
        headers = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
        return flask.Response(frames, mimetype="text/event-stream", headers=headers)

    @server.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @server.get("/readyz")
    def readyz() -> tuple[dict[str, str], int]:
        if not services.live.reachable():
            return {"status": "redis does not answer: see TENDAYS_REDIS_URL"}, 503
        ready = bool(services.snapshot())
        return ({"status": "ok"}, 200) if ready else ({"status": "no snapshot yet: is a worker running?"}, 503)


def _snapshot(raw: bytes) -> flask.Response:
    if not raw:
        body = msgspec.json.encode({"error": "no snapshot yet: the worker has not published one"})
        return flask.Response(body, status=503, mimetype="application/json", headers={"Retry-After": "1"})
    response = flask.Response(raw, mimetype="application/json", headers={"Cache-Control": "no-cache"})
    response.set_etag(str(msgspec.json.decode(raw, type=_Versioned).version))
    response.make_conditional(flask.request)
    return response

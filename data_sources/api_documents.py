"""OpenAPI 3.1 of the gateway and AsyncAPI 3 of the streams, made from the very types that decode and answer."""

from functools import cache
from typing import Any, Final

import msgspec

from dashboard.events import EVENT_CLASSES
from dashboard.read_api import ROOT, ROWS, Problem, Row
from data_sources.feed_notes import HEADER, LONGEST
from data_sources.gateway import BATCH, MAX_EVENTS, STRUCTURED, Answer, ErrorAnswer

VERSION: Final = "1"
_REF: Final = "#/components/schemas/{name}"
_ERRORS: Final = {
    "400": "the body is no gzip, or no JSON array of events",
    "401": "no good token",
    "403": "the token's centre is not in the network any more",
    "413": "too many bytes or events for one request",
    "415": "another content type or encoding than those named here",
    "429": "too many events, or too many wrong tokens; Retry-After says when to try again",
    "503": "the server cannot take events now; Retry-After says when to try again",
}

_READ_ERRORS: Final = {
    "400": "a question that cannot be: the message says what to change",
    "401": "nobody is signed in",
    "403": "the role has no right to this",
    "404": "no such centre, branch or series, or one of another centre than the viewer's own",
    "503": "no picture yet: try again in a second",
}
_PLAIN: Final = {"application/json": {"schema": {"type": "object"}}}
_SNAPSHOT: Final = {
    "operationId": "snapshot",
    "summary": "The whole picture, as docs/snapshot.md tells of it",
    "parameters": [
        {
            "name": "at",
            "in": "query",
            "required": False,
            "description": "a past moment: local time of the network (2026-11-24T10:30), or with offset",
            "schema": {"type": "string", "format": "date-time"},
        }
    ],
    "responses": {
        "200": {"description": "the picture", "content": _PLAIN},
        "304": {"description": "nothing has changed since the answer that If-None-Match names"},
        "400": {"description": "no moment, or one to come", "content": _PLAIN},
        "401": {"description": "nobody is signed in", "content": _PLAIN},
        "403": {"description": "the role has no right to this", "content": _PLAIN},
        "503": {"description": "no picture yet: try again in a second", "content": _PLAIN},
    },
}
_AGENT: Final = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": LONGEST},
    "example": "version=1, outbox=12, offset=-0.4",
    "description": "What the sender says of itself: its version, how many events wait there, how many seconds the "
    "server's clock is ahead of its own. Shown to who looks after feeds. A value that does not fit refuses no event.",
}


@cache
def openapi() -> dict[str, Any]:
    """The document that ``/api/v1/openapi.json`` serves; one schema for each event type."""
    events, components = _events()
    (answer, error), others = msgspec.json.schema_components([Answer, ErrorAnswer], ref_template=_REF)
    reading, read = _reading()
    batch = {"type": "array", "maxItems": MAX_EVENTS, "items": events}
    failures = {
        status: {"description": text, "content": {"application/json": {"schema": error}}}
        for status, text in _ERRORS.items()
    }
    operation = {
        "operationId": "sendEvents",
        "summary": "Send events of one centre",
        "description": "Accepts CloudEvents 1.0 in structured or batch mode, gzip allowed. Sending again is safe: an "
        "event of the same source and id is told to be a duplicate. Results stand in the order of the events.",
        "security": [{"token": []}],
        "parameters": [_AGENT],
        "requestBody": {
            "required": True,
            "content": {STRUCTURED: {"schema": events}, BATCH: {"schema": batch}},
        },
        "responses": {
            "200": {
                "description": "what became of each event; a refused one says why",
                "content": {"application/json": {"schema": answer}},
            },
            **failures,
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Ten Days: events in, numbers out", "version": VERSION},
        "paths": {"/api/v1/events": {"post": operation}, **reading},
        "components": {
            "schemas": {**components, **others, **read},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _reading() -> tuple[dict[str, Any], dict[str, Any]]:
    """Paths of the read API, and the schemas that they refer to."""
    found, components = msgspec.json.schema_components([row.answer for row in ROWS] + [Problem], ref_template=_REF)
    *answers, problem = found
    paths: dict[str, Any] = {"/api/v1/snapshot": {"get": _SNAPSHOT}}
    for row, answer in zip(ROWS, answers, strict=True):
        path = ROOT + row.path.replace("<", "{").replace(">", "}")
        paths[path] = {"get": _question(row, answer, problem)}
    return paths, components


def _question(row: Row, answer: Any, problem: Any) -> dict[str, Any]:
    failures = {
        status: {"description": text, "content": {"application/json": {"schema": problem}}}
        for status, text in _READ_ERRORS.items()
    }
    return {
        "operationId": row.operation,
        "summary": row.summary,
        "parameters": [
            {
                "name": each.name,
                "in": each.where,
                "required": each.where == "path",
                "description": each.text,
                "schema": each.schema,
            }
            for each in row.parameters
        ],
        "responses": {
            "200": {"description": "the answer", "content": {"application/json": {"schema": answer}}},
            "304": {"description": "nothing has changed since the answer that If-None-Match names"},
            **failures,
        },
    }


@cache
def asyncapi(network: str) -> dict[str, Any]:
    """The streams and the live channel (design §3.2)."""
    events, components = _events()
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Ten Days: streams", "version": VERSION},
        "defaultContentType": "application/json",
        "channels": {
            "events": {
                "address": "tendays:{{centre}}:events",
                "description": "One Redis stream a centre; the braces around the centre's id are part of the key. Each "
                "entry has one field, `event`, holding the JSON.",
                "parameters": {"centre": {"description": "the centre's id in the network file"}},
                "messages": {"event": {"contentType": "application/cloudevents+json", "payload": events}},
            },
            "live": {
                "address": f"tendays:{network}:live",
                "description": "Pub/sub: each message is a change of the snapshot (docs/snapshot.md).",
                "messages": {"change": {"payload": {"type": "object", "required": ["version", "base", "at"]}}},
            },
        },
        "operations": {
            "sendEvent": {"action": "receive", "channel": {"$ref": "#/channels/events"}},
            "publishChange": {"action": "send", "channel": {"$ref": "#/channels/live"}},
        },
        "components": {"schemas": components},
    }


def _events() -> tuple[dict[str, Any], dict[str, Any]]:
    """A schema of any event, and those that it refers to."""
    schemas, components = msgspec.json.schema_components(list(EVENT_CLASSES.values()), ref_template=_REF)
    mapping = {name: schema["$ref"] for name, schema in zip(EVENT_CLASSES, schemas, strict=True)}
    return {"oneOf": list(schemas), "discriminator": {"propertyName": "type", "mapping": mapping}}, components

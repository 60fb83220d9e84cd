"""One event by hand: for trying things out, and for the README."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import msgspec

from dashboard.calendars import utc
from dashboard.intake import Refusal, accept
from data_sources.services import Services
from data_sources.stream import events_key


def send(services: Services, source: str, type_: str, members: Iterable[str]) -> str:
    """XADD one event dated now; says its entry id, or why the worker would refuse it (then nothing is sent)."""
    now = services.clock()
    data: dict[str, Any] = {name: _value(value) for name, _, value in (each.partition("=") for each in members)}
    event = {"specversion": "1.0", "id": uuid4().hex, "source": source, "type": type_, "time": utc(now), "data": data}
    raw, centre = msgspec.json.encode(event), source.strip("/").partition("/")[0]
    found = accept(raw, services.network, centre, now)
    if isinstance(found, Refusal):
        return f"not sent: {found.reason()}"
    id_: Any = services.redis.xadd(events_key(centre), {"event": raw})
    return f"sent as {id_.decode()}"


def _value(text: str) -> Any:
    """A JSON value where it is one that events use (numbers, true, false, lists), else the text itself."""
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
    return value if isinstance(value, int | float | bool | list) else text

"""A correct event of any type, made from the contract's own types: what somebody whose event was refused may copy."""

from datetime import timedelta
from difflib import get_close_matches
from typing import Any, Final

import msgspec
from msgspec import inspect

from dashboard.events import EVENT_CLASSES
from dashboard.network import Centre, Network

_WHOLE: Final = ("centre.opened", "centre.closed", "services.offered", "heartbeat")
"""Types that speak of a whole centre."""
_SAID: Final[dict[str, Any]] = {
    "ticket": "A17",
    "operator": "op-7",
    "employee": "e-21",
    "position": "operator",
    "application": "D-000123",
    "complaint": "C-45",
    "visit": "V-3",
    "official": "deputy akim",
    "directive": "P-12",
    "text": "Open window 3 from 9:00",
    "deficiency": "N-8",
    "category": "queue",
    "queue_system": "Queue 2.1",
    "lag_s": 0.4,
    "posts": 24,
    "score": 5,
}
"""Values of members that no type and no network gives."""
_REASONS: Final = "lunch"


def example(type_: str, network: Network, centre: str, now: float) -> str:
    """JSON of an event that this network accepts from this centre at ``now`` (epoch seconds), every member said.

    ``KeyError`` for a type or a centre that is not known.
    """
    place = network.centre_by_id[centre]
    data = EVENT_CLASSES[type_].__annotations__["data"]
    event = {
        "specversion": "1.0",
        "id": f"{type_}-000001",
        "source": f"/{centre}" if type_ in _WHOLE else f"/{centre}/{place.branches[0].id}",
        "type": type_,
        "time": network.local.to_datetime(now).isoformat(timespec="seconds"),
        "data": {each.name: _value(each, network, place, now) for each in inspect.type_info(data).fields},  # type: ignore[attr-defined]
    }
    return msgspec.json.format(msgspec.json.encode(event), indent=2).decode()


def type_said(raw: str | bytes) -> str | None:
    """The type that refused bytes speak of, or the known one that is nearest to it; None when they speak of none."""
    try:
        said = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    name = said.get("type") if isinstance(said, dict) else None
    if not isinstance(name, str):
        return None
    return next(iter(get_close_matches(name[:64], EVENT_CLASSES, n=1, cutoff=0.5)), None)


def _value(field: inspect.Field, network: Network, centre: Centre, now: float) -> Any:
    branch = centre.branches[0]
    services = [each.id for each in network.services]
    of_network: dict[str, Any] = {
        "service": services[0],
        "services": services[:3],
        "branch": centre.branches[-1].id,
        "window": branch.windows[0],
        "agency": network.agencies[0].id if network.agencies else "cadastre",
        "due": (network.local.to_datetime(now) + timedelta(days=10)).date().isoformat(),
        "booked_for": network.local.to_datetime(now + 3600).isoformat(timespec="seconds"),
    }
    name = field.name
    if name in of_network:
        return of_network[name]
    if name in _SAID:
        return _SAID[name]
    return _of_type(field.type)


def _of_type(kind: inspect.Type) -> Any:
    """A value of a type: the first of several, for text a word."""
    if isinstance(kind, inspect.UnionType):
        return _of_type(next(each for each in kind.types if not isinstance(each, inspect.NoneType)))
    if isinstance(kind, inspect.LiteralType):
        return kind.values[0]
    if isinstance(kind, inspect.BoolType):
        return True
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        return kind.ge if kind.ge is not None else 1
    return _REASONS

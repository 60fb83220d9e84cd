"""Rows of a queue system's files and tables as events of the contract."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

import msgspec
from msgspec import Struct

from dashboard.calendars import LocalTime
from dashboard.events import EVENT_CLASSES

_HEAD: Final = ("type", "time", "id", "source", "branch")


class WrongRowError(ValueError):
    """A row that is no event: why."""


class Place(Struct, frozen=True):
    """Whose rows they are: the centre, the branch of rows that name none ("" for the whole centre), its time zone."""

    centre: str
    branch: str
    local: LocalTime


def event_of(row: Mapping[str, Any], place: Place, shift_s: float) -> tuple[float, bytes]:
    """(epoch seconds, CloudEvents JSON) of a row: ``type``, ``time``, perhaps ``id`` and ``branch``, and the members of
    the type's data by their names; empty cells say nothing.

    A time without offset is the centre's local time. ``shift_s`` is added to it: how far the queue system's clock is
    behind. The id of a row without one is made of what it says, so that the same row is the same event. Raises
    :class:`WrongRowError`.
    """
    said = {key.strip(): value for key, value in row.items() if key and value not in (None, "")}
    type_ = str(said.get("type", ""))
    if type_ not in EVENT_CLASSES:
        raise WrongRowError(f"type is {type_!r}; expected an event type of the contract (docs/events.md)")
    moment = _moment(said.get("time"), place.local) + shift_s
    members = {key: value for key, value in said.items() if key not in _HEAD}
    event = {
        "specversion": "1.0",
        "id": str(said.get("id") or _id_of(said)),
        "source": str(said.get("source") or _source(place, said.get("branch"))),
        "type": type_,
        "time": datetime.fromtimestamp(moment, UTC).isoformat(),
        "data": _data(type_, members),
    }
    return moment, msgspec.json.encode(event)


def shifted(raw: bytes, shift_s: float) -> tuple[float, bytes]:
    """The same of a line that is an event already. Raises :class:`WrongRowError`."""
    try:
        event = msgspec.json.decode(raw, type=dict[str, Any])
        moment = datetime.fromisoformat(event["time"])
        if moment.tzinfo is None:
            raise ValueError("no offset")
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise WrongRowError(f"no CloudEvents JSON with a time ({error})") from None
    if shift_s:
        event["time"] = (moment + timedelta(seconds=shift_s)).isoformat()
        raw = msgspec.json.encode(event)
    return moment.timestamp() + shift_s, raw


def _moment(value: Any, local: LocalTime) -> float:
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise WrongRowError(f"time is {value!r}; expected 2026-11-23T10:30:00, with or without offset") from None
    if found.tzinfo is not None:
        return found.timestamp()
    seconds = found.hour * 3600 + found.minute * 60 + found.second + found.microsecond / 1e6
    return local.at(found.toordinal(), seconds)


def _data(type_: str, members: Mapping[str, Any]) -> dict[str, Any]:
    """Members as the type wants them: a cell's text becomes a number, a truth value or a list."""
    kind: Any = EVENT_CLASSES[type_].__annotations__["data"]
    lists = {
        each.name
        for each in msgspec.structs.fields(kind)
        if isinstance(members.get(each.name), str) and "tuple" in str(each.type)
    }
    loose = {key: value.split(";") if key in lists else value for key, value in members.items()}
    try:
        return cast(dict[str, Any], msgspec.to_builtins(msgspec.convert(loose, kind, strict=False, str_keys=True)))
    except msgspec.ValidationError as error:
        raise WrongRowError(str(error)) from None


def _id_of(said: Mapping[str, Any]) -> str:
    text = "\0".join(f"{key}={said[key]}" for key in sorted(said))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _source(place: Place, branch: Any) -> str:
    name = str(branch or place.branch)
    return f"/{place.centre}/{name}" if name else f"/{place.centre}"

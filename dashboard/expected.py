"""What a member of an event must be, in plain English: made of msgspec's message and of the event's own type."""

import re
from collections.abc import Callable
from typing import Any, Final

import msgspec.inspect as kinds

from dashboard import events as ev

TIME: Final = "a time with its offset (RFC 3339)"
_KINDS: Final = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "datetime": TIME,
}
_SAYINGS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]], ...]] = (
    (re.compile(r"Invalid RFC3339|`datetime`"), lambda _: TIME),
    (re.compile(r"`str` of length >= 1$"), lambda _: "text that is not empty"),
    (re.compile(r"`str` of length <= (\d+)"), lambda found: f"at most {found[1]} characters"),
    (re.compile(r"`(?:int|float)` >= ([\d.]+)"), lambda found: f"at least {float(found[1]):g}"),
    (re.compile(r"`(?:int|float)` <= ([\d.]+)"), lambda found: f"at most {float(found[1]):g}"),
    (re.compile(r"`(\w+)(?: \| null)?`, got"), lambda found: _KINDS.get(found[1])),
)


def expected(message: str, type_: Any, path: str) -> str:
    """``message`` is msgspec's without its path; ``type_`` what the event says it is; msgspec's own words where we have
    no better."""
    if message.startswith("Invalid enum value"):
        found = _choices(type_, path)
        return f"one of: {', '.join(map(str, found))}" if found else message
    for pattern, say in _SAYINGS:
        match = pattern.search(message)
        said = say(match) if match else None
        if said:
            return said
    return message.removeprefix("Expected ")


def _choices(type_: Any, path: str) -> tuple[Any, ...]:
    """The values of a member that has only some."""
    found: Any = kinds.type_info(ev.EVENT_CLASSES[type_]) if type_ in ev.EVENT_CLASSES else None
    for step in path.split("."):
        if not isinstance(found, kinds.StructType):
            return ()
        found = next((each.type for each in found.fields if each.encode_name == step), None)
    parts = found.types if isinstance(found, kinds.UnionType) else (found,)
    return next((each.values for each in parts if isinstance(each, kinds.LiteralType)), ())

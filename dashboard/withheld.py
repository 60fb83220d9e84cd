"""Refused bytes as they may be shown: what can only be a citizen's is withheld, the rest stands as it came."""

import re
from typing import Any, Final

import msgspec

from dashboard.intake import CITIZEN_MEMBERS, is_iin

MARK: Final = "[withheld]"
_DIGITS: Final = re.compile(r"(?<!\d)\d{12}(?!\d)")
_MEMBER: Final = re.compile(r'"((?:[^"\\]|\\.){1,64})"(\s*:\s*)("(?:[^"\\]|\\.)*"?|[^,}\]]*)')


def withhold(raw: str | bytes) -> str:
    """The text of an event without values of members such as ``iin`` or ``name``, and without IINs anywhere.

    Text in which nothing was withheld is exactly what came; JSON in which something was is written anew.
    """
    text = raw.decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else raw
    try:
        said = msgspec.json.decode(text)
        clean = _without(said)
        text = text if clean == said else msgspec.json.encode(clean).decode()
    except (msgspec.DecodeError, UnicodeError, RecursionError):  # no JSON: member by member, as far as it can be read
        text = _MEMBER.sub(lambda found: _pair(found.group(1), found.group(2), found.group(3)), text)
    return _DIGITS.sub(lambda found: MARK if is_iin(found.group()) else found.group(), text)


def _without(said: Any) -> Any:
    if isinstance(said, dict):
        return {key: MARK if _is_citizens(key) else _without(value) for key, value in said.items()}
    return [_without(each) for each in said] if isinstance(said, list) else said


def _pair(key: str, colon: str, value: str) -> str:
    return f'"{key}"{colon}"{MARK}"' if _is_citizens(key) else f'"{key}"{colon}{value}'


def _is_citizens(key: str) -> bool:
    return key.lower().replace("-", "_") in CITIZEN_MEMBERS

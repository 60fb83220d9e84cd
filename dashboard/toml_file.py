"""A TOML file written by people: read into types, with errors that name the line, what is there and what to do."""

import re
import tomllib
from difflib import get_close_matches
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from dashboard.toml_lines import Path, line_index

T = TypeVar("T")
_SYNTAX_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_PATH_AT = re.compile(r" - at `\$(.*)`$")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")
_FIELD = re.compile(r"field `([^`]*)`")
_TYPES = re.compile(r"`([^`]*)`")
_WORDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "a table",
    "array": "a list",
    "date": "a date",
    "datetime": "a date with a time",
}
_LONGEST = 60


class FileError(ValueError):
    """What is wrong in a file: ``FILE:LINE: what is wrong; found WHAT; what to do``."""

    def __init__(self, where: str, line: int, wrong: str, found: str = "", remedy: str = "") -> None:
        parts = [wrong, f"found {found}" if found else "", remedy]
        said = "; ".join(part for part in parts if part)
        super().__init__(
            f"{where}:{line}: " + "".join(each if each.isprintable() else repr(each)[1:-1] for each in said)
        )
        self.where = where
        self.line = line
        """From 1."""


class TomlFile:
    """The data of a TOML text, and the line of each part of it. Raises ``error`` for what is not TOML."""

    def __init__(self, text: str, where: str, error: type[FileError] = FileError) -> None:
        self.where = where
        self._error = error
        try:
            text.encode()
            self.data: dict[str, Any] = tomllib.loads(text)
            self.places = line_index(text)
            """Path to line of what the text names."""
        except UnicodeEncodeError as problem:
            line = text.count("\n", 0, problem.start) + 1
            raise error(where, line, "a character that is not Unicode text", remedy="remove it") from None
        except (ValueError, RecursionError) as problem:
            raise self._syntax_error(text, problem) from None

    def line(self, path: Path) -> int:
        """The line that a part of the data, or the nearest part that it is in, stands on."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, 1)

    def error(self, path: Path, wrong: str, remedy: str = "", found: str | None = None) -> FileError:
        """An error at a part of the data; ``found`` is that part unless given."""
        shown = _shown(self._get(path)) if found is None else found
        return self._error(self.where, self.line(path), f"{self.name(path)}: {wrong}", shown, remedy)

    def name(self, path: Path) -> str:
        """A path for people: elements that have an id are called by it, for instance ``centres[makat].posts``."""
        name = ""
        for place, step in enumerate(path):
            if isinstance(step, str):
                name += f".{step}" if name else step
                continue
            element = self._get(path[: place + 1])
            known = element.get("id") if isinstance(element, dict) else None
            name += f"[{known}]" if isinstance(known, str) else f"[{step + 1}]"
        return name or "the file"

    def convert(self, type_: type[T], path: Path = ()) -> T:
        """A part of the data as a type; members that the type does not declare are errors."""
        try:
            return msgspec.convert(self._get(path), type_, strict=True)
        except msgspec.ValidationError as problem:
            raise self._type_error(str(problem), type_, path) from None

    def _get(self, path: Path) -> Any:
        found: Any = self.data
        for step in path:
            found = found[step]
        return found

    def _syntax_error(self, text: str, problem: Exception) -> FileError:
        wrong, line = _syntax_problem(text, problem)
        shown = text.split("\n")[line - 1].strip()
        return self._error(self.where, line, f"not valid TOML: {wrong}", _shown(shown), "correct the line")

    def _type_error(self, message: str, type_: type[Any], path: Path) -> FileError:
        at = _PATH_AT.search(message)
        steps = tuple(key or int(index) for key, index in _STEP.findall(at[1])) if at else ()
        wrong = _PATH_AT.sub("", message)
        field = _FIELD.search(wrong)
        if field and "missing" in wrong:
            remedy = f"add {field[1]} = {_described(type_, (*steps, field[1])) or '...'}"
            return self.error((*path, *steps), f"{field[1]} is missing", remedy, found="")
        if field and "unknown" in wrong:
            known = _members(type_, steps)
            close = get_close_matches(field[1], known, 1)
            remedy = f"write {close[0]}" if close else f"remove it; known here are {', '.join(known)}"
            return self.error((*path, *steps, field[1]), "unknown member", remedy)
        described = _described(type_, steps)
        return self.error((*path, *steps), _plain(wrong), f"write {described}" if described else "")


def _syntax_problem(text: str, problem: Exception) -> tuple[str, int]:
    """What ``tomllib`` finds wrong, and on which line."""
    lines = text.split("\n")
    if isinstance(problem, RecursionError):  # it says not where: the line with the most brackets
        return "nested too deeply", 1 + max(range(len(lines)), key=lambda at: len(re.findall(r"[\[{.]", lines[at])))
    message = str(problem)
    at = _SYNTAX_AT.search(message)
    if at is None:  # nor where Python refuses a number of thousands of digits
        return "a number too long", 1 + max(range(len(lines)), key=lambda at: sum(map(str.isdigit, lines[at])))
    return message[: at.start()], int(at[1]) if at[1] else len(lines)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return f"a table of {len(value)}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = msgspec.json.encode(value).decode() if isinstance(value, str | bool) else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _plain(message: str) -> str:
    """An error of msgspec in the words of the file's author."""
    if " matching regex " in message:
        return "wrong form"
    message = _TYPES.sub(lambda match: " or ".join(_WORDS.get(each, each) for each in _parts(match[1])), message)
    return message[0].lower() + message[1:]


def _parts(types: str) -> list[str]:
    return [each for each in types.split(" | ") if each != "null"] or ["null"]


def _members(type_: type[Any], steps: Path) -> list[str]:
    """The members of the struct at a path, as files call them."""
    return [field.encode_name for field in _fields(_step_into(inspect.type_info(type_), steps))]


def _described(type_: type[Any], steps: Path) -> str:
    """The ``description`` that a type or a member's annotation gives, or empty."""
    found = _step_into(inspect.type_info(type_), steps)
    extra = found.extra_json_schema if isinstance(found, inspect.Metadata) else None
    return str((extra or {}).get("description", ""))


def _step_into(found: inspect.Type, steps: Path) -> inspect.Type:
    """The type at a path; an element of a list that says nothing of its own is described by the list."""
    for step in steps:
        listed = found
        if isinstance(step, str):
            types = [field.type for field in _fields(found) if field.encode_name == step]
            found = types[0] if types else inspect.AnyType()
        else:
            found = _item(found)
            found = found if isinstance(found, inspect.Metadata | inspect.StructType) else listed
    return _without_none(found)


def _item(found: inspect.Type) -> inspect.Type:
    """The elements of a list, or the type itself."""
    bare = _bare(found)
    if isinstance(bare, inspect.UnionType):
        bare = next((each for each in map(_bare, bare.types) if isinstance(each, inspect.VarTupleType)), bare)
    return bare.item_type if isinstance(bare, inspect.VarTupleType) else found


def _fields(found: inspect.Type) -> tuple[inspect.Field, ...]:
    """Members of a struct, or of the struct that a list is of."""
    bare = _bare(_item(found))
    return bare.fields if isinstance(bare, inspect.StructType) else ()


def _bare(found: inspect.Type) -> inspect.Type:
    found = _without_none(found)
    return found.type if isinstance(found, inspect.Metadata) else found


def _without_none(found: inspect.Type) -> inspect.Type:
    if isinstance(found, inspect.UnionType):
        types = [each for each in found.types if not isinstance(each, inspect.NoneType)]
        return types[0] if len(types) == 1 else found
    return found

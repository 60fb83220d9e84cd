"""Where in a TOML text each key and each element stands: :func:`line_index`.

``tomllib`` says nothing of lines once a text has parsed, and an error in what a file means must name one as well.
This walks a text that ``tomllib`` has accepted, so it may be lax about what TOML forbids.
"""

import re
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

Path = tuple[str | int, ...]
"""Keys of tables and indexes of arrays, from the root."""

_TOKEN = re.compile(
    r'(?P<string>"""(?:\\.|[^\\])*?""""{0,2}|\'\'\'.*?\'\'\'\'{0,2}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\')'
    r"|(?P<newline>\n)"
    r"|(?P<skip>[ \t\r]+|\#[^\n]*)"
    r"|(?P<mark>[\[\]{}=,.])"
    r"|(?P<bare>[^\s\[\]{}=,.\#\"']+)",
    re.DOTALL,
)


class Token(NamedTuple):
    kind: str
    text: str
    line: int


def line_index(text: str) -> dict[Path, int]:
    """Path to line (from 1) of every table header, key and array element of a valid TOML text.

    A table that several headers or dotted keys add to stands where it is first named.
    """
    return _Walk(text).lines


class _Walk:
    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._tokens = _tokens(text.replace("\r\n", "\n"))
        self._token = next(self._tokens)
        self._lengths: dict[Path, int] = {}
        self._statements()

    def _next(self) -> Token:
        token, self._token = self._token, next(self._tokens, self._token)
        return token

    def _at(self, text: str) -> bool:
        return self._token.kind == "mark" and self._token.text == text

    def _statements(self) -> None:
        table: Path = ()
        while self._token.kind != "end":
            if self._token.kind == "newline":
                self._next()
            elif self._at("["):
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        """``[a.b]`` or ``[[a.b]]``: the path of the table that the following keys are in."""
        self._next()
        is_array = self._at("[")
        if is_array:
            self._next()
        line = self._token.line
        keys = self._keys()
        path: Path = ()
        for place, key in enumerate(keys):
            path = (*path, key)
            self._note(path, line)
            if is_array and place == len(keys) - 1:
                self._lengths[path] = self._lengths.get(path, 0) + 1
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
                self._note(path, line)
        while self._at("]"):
            self._next()
        return path

    def _pair(self, table: Path) -> None:
        line = self._token.line
        path = table
        for key in self._keys():
            path = (*path, key)
            self._note(path, line)
        self._next()  # the equals sign
        self._value(path)

    def _keys(self) -> list[str]:
        """A key, dotted or not; ends before ``=`` or ``]``."""
        keys = []
        while not (self._at("=") or self._at("]")) and self._token.kind != "end":
            token = self._next()
            if token.kind == "string":
                keys.append(str(tomllib.loads(f"key = {token.text}")["key"]))
            elif token.kind == "bare":
                keys.append(token.text)
        return keys

    def _value(self, path: Path) -> None:
        if self._at("["):
            self._array(path)
        elif self._at("{"):
            self._inline_table(path)
        else:
            while self._token.kind not in {"newline", "end"} and not any(map(self._at, ",]}")):
                self._next()

    def _array(self, path: Path) -> None:
        self._next()
        index = 0
        while not self._at("]") and self._token.kind != "end":
            if self._token.kind == "newline" or self._at(","):
                self._next()
                continue
            self._note((*path, index), self._token.line)
            self._value((*path, index))
            index += 1
        self._next()

    def _inline_table(self, path: Path) -> None:
        self._next()
        while not self._at("}") and self._token.kind != "end":
            if self._token.kind == "newline" or self._at(","):
                self._next()
            else:
                self._pair(path)
        self._next()

    def _note(self, path: Path, line: int) -> None:
        self.lines.setdefault(path, line)


def _tokens(text: str) -> Iterator[Token]:
    line = 1
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind != "skip":
            yield Token(kind, match.group(), line)
        line += match.group().count("\n")
    while True:
        yield Token("end", "", line)

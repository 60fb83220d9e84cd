"""Where an agent takes events from: a folder of files that grow, a database, standard input.

Each source is read from a mark on, and gives batches of rows with the mark behind them.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

import msgspec
from msgspec import Struct, field
from sqlalchemy import Engine, create_engine, text

Row = Mapping[str, Any] | bytes
"""Cells by their names, or a line that is an event already."""
BATCH: Final = 1000
_READ_BYTES: Final = 1 << 20


class Taken(Struct):
    """Rows, and the mark to go on from."""

    mark: str
    rows: list[Row] = field(default_factory=list)


class Source(Protocol):
    """``name`` is what its mark is kept under. ``ends`` says that nothing can follow when ``read`` gives nothing."""

    name: str
    ends: bool

    def read(self, mark: str | None) -> Iterator[Taken]: ...


class _File(Struct):
    """How far a file was read; ``head`` is its first line, of a CSV file the names of its columns."""

    offset: int = 0
    head: str = ""
    inode: int = 0


class Folder:
    """The ``.csv`` and ``.ndjson`` files of a folder, in the order of their names, as far as whole lines go.

    A file that was made anew under its name is read from its beginning: its rows are known by what they say.
    """

    ends = False

    def __init__(self, path: Path) -> None:
        self.name, self._path = f"folder:{path}", path

    def read(self, mark: str | None) -> Iterator[Taken]:
        files = msgspec.json.decode(mark, type=dict[str, _File]) if mark else {}
        for path in sorted(each for each in self._path.iterdir() if each.suffix in (".csv", ".ndjson")):
            yield from self._file(path, files)

    def _file(self, path: Path, files: dict[str, _File]) -> Iterator[Taken]:
        seen = files.setdefault(path.name, _File())
        status = path.stat()
        if status.st_size < seen.offset or (seen.inode and status.st_ino != seen.inode):
            seen = files[path.name] = _File()
        seen.inode = status.st_ino
        with path.open("rb") as file:
            file.seek(seen.offset)
            while lines := _whole_lines(file.read(_READ_BYTES), file):
                seen.offset += sum(map(len, lines))
                rows = list(_rows(path, lines, seen))
                yield Taken(msgspec.json.encode(files).decode(), rows)


def _whole_lines(block: bytes, file: Any) -> list[bytes]:
    """Lines that are ended; what is behind the last line's end is still being written."""
    while block and b"\n" not in block and (more := file.read(_READ_BYTES)):
        block += more
    end = block.rfind(b"\n") + 1
    file.seek(end - len(block), io.SEEK_CUR)
    return block[:end].splitlines(keepends=True)


def _rows(path: Path, lines: list[bytes], seen: _File) -> Iterator[Row]:
    if path.suffix == ".ndjson":
        yield from (line.strip() for line in lines if line.strip())
        return
    texts = [line.decode("utf-8-sig", "replace") for line in lines]
    if not seen.head:
        seen.head = texts.pop(0).strip()
    yield from _cells(seen.head, (each for each in texts if each.strip()))


def _cells(head: str, lines: Iterator[str]) -> Iterator[Mapping[str, Any]]:
    delimiter = max(",;\t", key=head.count)
    names = next(csv.reader([head], delimiter=delimiter))
    for cells in csv.reader(lines, delimiter=delimiter):
        yield dict(zip(names, cells, strict=False))


class Database:
    """A query with a parameter ``:after`` and a column that only grows, the watermark; rows in its order."""

    ends = False

    def __init__(self, url: str, query: str, watermark: str, start: str) -> None:
        self.name, self._watermark, self._start = f"database:{watermark}", watermark, start
        self._engine: Engine = create_engine(url, pool_pre_ping=True)
        self._query = text(query)

    def read(self, mark: str | None) -> Iterator[Taken]:
        after: Any = msgspec.json.decode(mark) if mark else self._start
        with self._engine.connect() as connection:
            found = connection.execute(self._query, {"after": after}).mappings()
            while rows := found.fetchmany(BATCH):
                newest = rows[-1][self._watermark]
                shown = [{key: value for key, value in row.items() if key != self._watermark} for row in rows]
                yield Taken(msgspec.json.encode(newest, enc_hook=str).decode(), list(shown))


class Lines:
    """NDJSON or CSV from a stream; what was read is gone from it, so there is nothing to go back to."""

    ends = True

    def __init__(self, stream: TextIO) -> None:
        self.name, self._stream, self._head = "standard input", stream, ""

    def read(self, mark: str | None) -> Iterator[Taken]:  # noqa: ARG002 - there is nothing to go back to
        for line in self._stream:
            if not line.strip():
                continue
            if line.lstrip().startswith("{"):
                yield Taken("", [line.strip().encode()])
            elif not self._head:
                self._head = line.strip()
            else:
                yield Taken("", list(_cells(self._head, iter([line]))))

"""The file of a backup: a zip with the rows of every table and the entries of every stream, in pieces, and a manifest.

Values are those of the database's own driver, so that a file made from SQLite can be put into PostgreSQL and back. The
manifest, written last, says of each member how many rows it has and the SHA-256 of its bytes.
"""

import hashlib
import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import msgspec
from msgspec import Struct

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
_LENGTH: Final = 8
"""Bytes of the length before each piece."""
_MOST: Final = 1 << 31
_LEVEL: Final = 3
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Any]).decode


class BackupError(RuntimeError):
    """A backup that cannot be made, read or put in place: why, and what to do."""


class Member(Struct, frozen=True):
    rows: int
    sha256: str
    columns: tuple[str, ...] = ()


class Manifest(Struct, frozen=True):
    """What a backup is of. Nothing of settings, and no secret of theirs, is in it."""

    network: str
    schema: str
    """The revision of the tables."""
    made: str
    """RFC 3339."""
    members: dict[str, Member]
    demo_offset_minutes: int | None = None
    """Of a demo: minutes east of UTC of its network's clock."""
    format: int = FORMAT


class Writer:
    """A file that appears under its name when it is whole, for its owner's eyes."""

    def __init__(self, path: Path) -> None:
        self._path, self._draft = path, path.with_name(f"{path.name}.part")
        self.members: dict[str, Member] = {}

    def __enter__(self) -> Self:
        if self._path.exists():
            raise BackupError(f"{self._path} is there already: give another name, or remove it")
        try:
            self._raw = os.fdopen(os.open(self._draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b")
        except OSError as error:
            raise BackupError(f"{self._path} cannot be written: {error.strerror}") from None
        self._zip = zipfile.ZipFile(self._raw, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        return self

    def add(self, name: str, columns: tuple[str, ...], pieces: Iterable[list[Any]]) -> int:
        """Write a member; how many rows it has."""
        rows, digest = 0, hashlib.sha256()
        with self._zip.open(name, "w", force_zip64=True) as member:
            for piece in pieces:
                raw = _encode(piece)
                framed = len(raw).to_bytes(_LENGTH) + raw
                digest.update(framed)
                member.write(framed)
                rows += len(piece)
        self.members[name] = Member(rows, digest.hexdigest(), columns)
        return rows

    def finish(self, manifest: Manifest) -> str:
        """Write the manifest and close; the SHA-256 of the file. It has not its name yet."""
        self._zip.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
        self._zip.close()
        self._raw.flush()
        os.fsync(self._raw.fileno())
        self._raw.close()
        with self._draft.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def name(self) -> None:
        self._draft.replace(self._path)

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if kind is not None:
            self._raw.close()
            self._draft.unlink(missing_ok=True)


class Reader:
    """A backup that is read. :class:`BackupError` for a file that is none, or not as it was written."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._zip = archive
        self.manifest = self._read_manifest()

    def _read_manifest(self) -> Manifest:
        try:
            manifest = msgspec.json.decode(self._zip.read(MANIFEST), type=Manifest)
        except (KeyError, msgspec.MsgspecError, zipfile.BadZipFile, OSError):
            raise BackupError("this is no backup of Ten Days: it has no manifest that can be read") from None
        if manifest.format != FORMAT:
            raise BackupError(f"the backup has the format {manifest.format}, this version reads {FORMAT}")
        if {*manifest.members, MANIFEST} != set(self._zip.namelist()):
            raise BackupError("the backup is not as it was written: it has not the parts that its manifest names")
        return manifest

    def pieces(self, name: str) -> Iterator[list[Any]]:
        """A member's rows. :class:`BackupError`, at its end at the latest, when it is not as it was written."""
        known, rows, digest = self.manifest.members[name], 0, hashlib.sha256()
        try:
            with self._zip.open(name) as member:
                while length := member.read(_LENGTH):
                    raw = member.read(min(int.from_bytes(length), _MOST))
                    digest.update(length + raw)
                    piece = _decode(raw)
                    rows += len(piece)
                    yield piece
        except (zipfile.BadZipFile, msgspec.MsgspecError, ValueError, EOFError, OSError) as error:
            raise BackupError(f"the backup is not as it was written: {name} cannot be read ({error})") from None
        if (rows, digest.hexdigest()) != (known.rows, known.sha256):
            raise BackupError(f"the backup is not as it was written: {name} differs from its manifest")

    def verify(self) -> None:
        """Read all of it. :class:`BackupError` when something is not as it was written."""
        for name in self.manifest.members:
            for _ in self.pieces(name):
                pass


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """A backup, for as long as the context lasts."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise BackupError(f"{path} is no backup of Ten Days ({error})") from None
    with archive:
        yield Reader(archive)

"""A file that people may change while we run: what it says now, and after a mistake what it said before."""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from dashboard.toml_file import FileError

log = structlog.get_logger()
Rows = TypeVar("Rows")


def state_of(path: Path) -> str:
    """Another text whenever the file is another one; empty when none can be seen."""
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_ino}-{found.st_mtime_ns}-{found.st_size}"


class WatchedFile(Generic[Rows]):
    """The rows that ``load`` reads of a file; none before it was ever right."""

    def __init__(self, path: Path, load: Callable[[], tuple[Rows, ...]]) -> None:
        self._path, self._load = path, load
        self._seen: str | None = None
        self._known: tuple[Rows, ...] = ()

    def rows(self) -> tuple[Rows, ...]:
        """The rows; with a mistake in a changed file those of before, and the mistake in the log."""
        changed = state_of(self._path)
        if changed != self._seen:
            self._seen = changed
            try:
                self._known = self._load()
                log.info("recipients", file=self._path.name, count=len(self._known))
            except (FileError, OSError, UnicodeDecodeError) as error:
                log.error("the recipients stay as they were", error=str(error))
        return self._known

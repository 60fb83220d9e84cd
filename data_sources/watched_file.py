"""A file that people may change while we run: what it says now, and after a mistake what it said before."""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from dashboard.toml_file import FileError

log = structlog.get_logger()
Rows = TypeVar("Rows")


class WatchedFile(Generic[Rows]):
    """The rows that ``load`` reads of a file; none before it was ever right."""

    def __init__(self, path: Path, load: Callable[[], tuple[Rows, ...]]) -> None:
        self._path, self._load = path, load
        self._seen: float | None = -1.0
        self._known: tuple[Rows, ...] = ()

    def rows(self) -> tuple[Rows, ...]:
        """The rows; with a mistake in a changed file those of before, and the mistake in the log."""
        changed = self._path.stat().st_mtime if self._path.is_file() else None
        if changed != self._seen:
            self._seen = changed
            try:
                self._known = self._load()
                log.info("recipients", file=self._path.name, count=len(self._known))
            except (FileError, OSError, UnicodeDecodeError) as error:
                log.error("the recipients stay as they were", error=str(error))
        return self._known

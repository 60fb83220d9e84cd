"""The commands `backup` and `restore`: progress, and what was done in words."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import structs
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from dashboard.settings import PREFIX, Settings
from data_sources import backup, runfile
from data_sources.audit import Audit, at_console
from data_sources.backup_file import BackupError, Manifest, reading
from data_sources.embedded import EmbeddedServer
from data_sources.history import open_engine
from data_sources.services import network_of, redis_client


def make(services: backup.BackupServices, path: Path) -> None:
    """Write a backup and say what is in it."""
    with _progress("Reading") as told:
        manifest, digest = backup.make(services, path, told)
    print_contents(manifest)
    Console().print(f"{path}: {path.stat().st_size:,} bytes, SHA-256 {digest}", soft_wrap=True)


def restore(settings: Settings, path: Path, *, only_verify: bool) -> None:
    """Verify a backup, and put it in place unless that is all. :class:`BackupError` says what prevents it."""
    with reading(path) as reader:
        with _progress("Verifying") as told:
            for name in reader.manifest.members:
                for piece in reader.pieces(name):
                    told(name, len(piece))
        print_contents(reader.manifest)
        if only_verify:
            return
        if runfile.read(settings.data_dir):
            raise BackupError(f"an instance runs on {settings.data_dir}: stop it, or name another {PREFIX}DATA_DIR")
        offset = reader.manifest.demo_offset_minutes
        settings = settings if offset is None else structs.replace(settings, demo_offset_minutes=offset)
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with _redis_url(settings) as url, _progress("Restoring") as told:
            engine = open_engine(settings.history_url)
            backup.put_in_place(reader, engine, redis_client(url), network_of(settings), told)
            Audit(engine, time.time).record("restore", at_console(), file=path.name, made=reader.manifest.made)
            engine.dispose()
    console = Console(soft_wrap=True)
    console.print("Restored. `python app.py check` compares every number with what history says.")
    if offset is not None:
        console.print(f"It is a demo's: its network's clock needs {PREFIX}DEMO_OFFSET_MINUTES={offset}.")


def print_contents(manifest: Manifest) -> None:
    rows = {
        name.removeprefix("tables/"): each.rows for name, each in manifest.members.items() if "/tendays:" not in name
    }
    waiting = sum(each.rows for name, each in manifest.members.items() if name.endswith("}:events"))
    Console(soft_wrap=True).print(
        f"Network {manifest.network}, made {manifest.made}: {rows.get('events', 0):,} events, "
        f"{sum(rows.values()):,} rows of {len(rows)} tables, {waiting:,} entries that history had not taken yet."
    )


@contextmanager
def _redis_url(settings: Settings) -> Iterator[str]:
    if settings.redis_url is not None:
        yield settings.redis_url
        return
    with EmbeddedServer(settings.data_dir / "valkey") as server:
        yield server.url


@contextmanager
def _progress(what: str) -> Iterator[backup.Progress]:
    columns = (SpinnerColumn(), TextColumn(f"{what} {{task.description}}"), TextColumn("{task.completed:,.0f} rows"))
    with Progress(*columns, TimeElapsedColumn(), transient=True) as progress:
        bar = progress.add_task("", total=None)
        yield lambda name, rows: progress.update(bar, description=name, advance=rows)

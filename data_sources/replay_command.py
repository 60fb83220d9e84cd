"""The command `replay`: a real log through stream, worker and history, and what became of each row (docs/replay.md)."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

from msgspec import structs
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from dashboard.settings import PREFIX, Settings
from data_sources import worker
from data_sources.replay import Profile, Report, replay
from data_sources.services import Services, opened
from data_sources.stream import end_of

CATCH_UP_S: Final = 600.0


class ReplayError(RuntimeError):
    """The replay cannot be finished: why, and what to do."""


def run(settings: Settings, path: Path, profile: Profile, speed: float | None, until: Literal["now"] | None) -> Report:
    """Replay ``path`` with a worker of our own, in the profile's own network, and print what became of it.

    With no URLs set, everything is kept in a folder of the profile's in the data folder: a network has its own.
    """
    own = _own(settings, profile)
    with opened(own) as services, _working(services), Progress() as progress:
        before = _outcomes(services, profile.centre)
        bar = progress.add_task(f"Replaying {path.name}", total=None)

        def outcomes() -> dict[str, Any]:
            progress.update(bar, description="Storing")
            _wait_until_stored(services, profile.centre)
            return _since(before, _outcomes(services, profile.centre))

        report = replay(
            path, profile, services.redis, speed=speed, until=until, outcomes=outcomes,
            on_progress=lambda done, whole: progress.update(bar, completed=done, total=whole),
        )  # fmt: skip
    Console().print(table(report))
    if own.redis_url is None:
        print_way(own)
    return report


def print_way(own: Settings) -> None:
    """How to ask whether what was replayed is right: a replay has a network and a folder of its own."""
    place = f"{PREFIX}DATA_DIR={own.data_dir} {PREFIX}NETWORK={own.network}"
    Console(soft_wrap=True).print(f"Kept in {own.data_dir}. To check every number: {place} python app.py check")


def _own(settings: Settings, profile: Profile) -> Settings:
    if settings.redis_url is None and settings.database_url is None:
        settings = structs.replace(settings, data_dir=settings.data_dir / profile.id)
    return structs.replace(settings, network=profile.network_path, demo_offset_minutes=None)


@contextmanager
def _working(services: Services) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(services, stop), name="worker")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _wait_until_stored(services: Services, centre: str) -> None:
    end = end_of(services.redis, centre)
    until = time.monotonic() + CATCH_UP_S
    while services.history.positions().get(centre, 0) < end:
        if time.monotonic() > until:
            raise ReplayError(f"the worker has not stored the log in {CATCH_UP_S:.0f} s; its messages above say why")
        time.sleep(0.05)


def _outcomes(services: Services, centre: str) -> dict[str, Any]:
    return services.history.counters().get(centre, {"accepted": 0, "duplicates": 0, "refused": {}})


def _since(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    refused = {code: count - before["refused"].get(code, 0) for code, count in after["refused"].items()}
    return {
        "accepted": after["accepted"] - before["accepted"],
        "duplicates": after["duplicates"] - before["duplicates"],
        "refused": {code: count for code, count in refused.items() if count},
    }


def table(report: Report) -> Table:
    """Rows read, what could not be used and why, events made, and what the worker said to them."""
    found = Table("", "count", title="Replay")
    found.columns[1].justify = "right"
    lines = [("rows read", report.read)]
    lines += [(f"  not used: {reason}", count) for reason, count in sorted(report.unusable.items())]
    lines += [("events made", report.events), ("  accepted", report.accepted or 0)]
    lines += [(f"  refused: {code}", count) for code, count in sorted(report.refused.items())]
    for name, count in [*lines, ("  duplicates", report.duplicates or 0)]:
        found.add_row(name, f"{count:,}")
    return found

"""The demo: an embedded server, sixteen simulated centres with a year of history, a worker and the web, as one."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.request import urlopen

import msgspec
import structlog
from msgspec import Struct, structs
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from dashboard.network import Network
from dashboard.settings import PREFIX, Settings
from data_sources import carried, runfile, simulator
from data_sources.embedded import EmbeddedServer
from data_sources.secret import refuse_unsafe
from data_sources.services import Services, connect, environment_of, network_of
from data_sources.simulator.append import ConflictError
from data_sources.simulator.centre import fingerprint
from data_sources.stream import end_of
from data_sources.supervisor import Supervisor, own

log = structlog.get_logger()

DAY_S: Final = 86_400
HISTORY_DAYS: Final = {"8w": 56, "12m": 366, "none": 1}
"""Days of tickets; staff, documents and oversight always have their year."""
YEAR_DAYS: Final = 372
EARLIEST_S: Final = 9.5 * 3600
LATEST_S: Final = 16.5 * 3600
"""By the demo's own clock: kept history is gone on with between these hours, else made anew at about 10:30."""
CATCH_UP_S: Final = 600.0
WEB_S: Final = 60.0


class DemoError(RuntimeError):
    """The demo cannot start: why, and what to do."""


class Kept(Struct):
    """``demo.json``: what the history in the data folder was made with."""

    offset_minutes: int
    seed: int
    history: str
    made: float
    made_of: str = ""
    """The network and the parameters, as a fingerprint."""


def run(settings: Settings, history: str | None, seed: int | None) -> None:
    """Run the demo until SIGINT or SIGTERM. :class:`DemoError` when it cannot start.

    With ``history`` or ``seed`` None kept history is gone on with whatever it has of them.
    """
    _check_free(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    stop = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stop.set())
    with _server(settings, history, seed) as url:
        kept = _kept(settings) or _begin(settings, history, seed)
        settings = structs.replace(
            settings, redis_url=url, demo_offset_minutes=kept.offset_minutes, demo_open=settings.is_local
        )
        supervisor = Supervisor(environment_of(settings))
        try:
            services = connect(settings)
            refuse_unsafe(settings, services.accounts)
            supervisor.start("worker", own("worker"))
            _make_history(services, kept, supervisor, stop)
            if not stop.is_set():
                supervisor.start("simulator", own("simulate"))
                supervisor.start("web", own("web"))
                supervisor.start("alerts", own("alerts"))
                _announce(settings, supervisor, services.network)
                _watch(settings, supervisor, services.network, stop)
        finally:
            runfile.remove(settings.data_dir)
            supervisor.stop()


def _check_free(settings: Settings) -> None:
    running = runfile.read(settings.data_dir)
    if running:
        raise DemoError(f"a demo already runs on {settings.data_dir}: see {running['web']}, or stop it first")
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind((settings.host, settings.port))
        except OSError as error:
            raise DemoError(
                f"{settings.host}:{settings.port} cannot be used ({error.strerror}): another program has it; "
                f"stop that, or set {PREFIX}PORT to another port"
            ) from None


@contextmanager
def _server(settings: Settings, history: str | None, seed: int | None) -> Iterator[str]:
    if settings.redis_url:
        yield settings.redis_url
        return
    kept = _kept(settings)
    anew = kept is None or not _goes_on(kept, settings, history, seed, time.time())
    with EmbeddedServer(settings.data_dir / "valkey", empty=anew) as server:  # from here on the folder is ours alone
        if anew:
            _forget(settings)
        yield server.url


def _kept(settings: Settings) -> Kept | None:
    try:
        return msgspec.json.decode((settings.data_dir / "demo.json").read_bytes(), type=Kept)
    except (FileNotFoundError, ValueError):
        return None


def _goes_on(kept: Kept, settings: Settings, history: str | None, seed: int | None, now: float) -> bool:
    """Whether kept history is what is asked for, of this network, and at a time of day that shows something."""
    asked = kept.history == (history or kept.history) and kept.seed == (kept.seed if seed is None else seed)
    return asked and kept.made_of == _made_of(settings, kept.offset_minutes) and _is_daytime(kept, now)


def _made_of(settings: Settings, offset_minutes: int) -> str:
    network = network_of(structs.replace(settings, demo_offset_minutes=offset_minutes))
    return fingerprint(network, simulator.load())


def _forget(settings: Settings) -> None:
    """Make room for history made anew; only what is the demo's own in the data folder is removed, and who may sign in
    stays."""
    if settings.database_url is None and (settings.data_dir / "history.db").exists():
        rows = carried.read(settings.history_url)
        for each in settings.data_dir.glob("history.db*"):
            each.unlink()
        carried.write(settings.history_url, rows)
    (settings.data_dir / "demo.json").unlink(missing_ok=True)


def _is_daytime(kept: Kept, now: float) -> bool:
    return EARLIEST_S <= (now + kept.offset_minutes * 60) % DAY_S <= LATEST_S


def _begin(settings: Settings, history: str | None, seed: int | None) -> Kept:
    now = time.time()
    offset = simulator.demo_offset(now)
    return Kept(offset, 1 if seed is None else seed, history or "8w", now, _made_of(settings, offset))


def _make_history(services: Services, kept: Kept, supervisor: Supervisor, stop: threading.Event) -> None:
    """Let the simulated centres write their past through the stream, and wait until the worker has stored it."""
    begun, written = time.monotonic(), 0
    with _progress() as progress:
        bar = progress.add_task("Making history", total=1.0, note="")

        def on_progress(share: float, events: int) -> None:
            if stop.is_set():
                raise KeyboardInterrupt
            supervisor.watch()
            progress.update(bar, completed=share * 0.97, note=f"{events:,} events")

        written = simulate_past(services, kept, on_progress)
        progress.update(bar, description="Storing", note=f"{written:,} events")
        _wait_until_stored(services, supervisor, stop)
        progress.update(bar, completed=1.0)
    (services.settings.data_dir / "demo.json").write_bytes(msgspec.json.encode(kept))
    log.info("history is ready", events=written, seconds=round(time.monotonic() - begun, 1))


def simulate_past(services: Services, kept: Kept, on_progress: Any) -> int:
    """The centres' events from where they came to until now; how many were written."""
    start = kept.made - YEAR_DAYS * DAY_S
    tickets_from = kept.made - HISTORY_DAYS[kept.history] * DAY_S
    url, network = services.settings.redis_url or "", services.network
    now = time.time()
    try:
        return simulator.fill(url, network, simulator.load(), kept.seed, start, now, tickets_from, on_progress)
    except (simulator.StaleHistoryError, ConflictError) as error:
        raise DemoError(f"{error}. Use another server ({PREFIX}REDIS_URL), or another {PREFIX}DATA_DIR") from None


def _wait_until_stored(services: Services, supervisor: Supervisor, stop: threading.Event) -> None:
    """Until history holds what the streams held, and a snapshot of it is published."""
    until = time.monotonic() + CATCH_UP_S
    ends = {centre.id: end_of(services.redis, centre.id) for centre in services.network.centres}
    while not stop.is_set() and time.monotonic() < until:
        positions = services.history.positions()
        behind = any(positions.get(centre, 0) < end for centre, end in ends.items())
        if not behind and services.snapshot():
            return
        supervisor.watch()
        stop.wait(0.1)


def _progress() -> Progress:
    bar = BarColumn(bar_width=40)
    return Progress(
        TextColumn("{task.description}"),
        bar,
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
    )


def _announce(settings: Settings, supervisor: Supervisor, network: Network) -> None:
    web = web_url(settings)
    _wait_for_web(settings)
    _write_run_file(settings, supervisor, network)
    Console().print(f"\nThe wall is at [bold]{web}[/]   (Ctrl-C stops everything)\n")


def web_url(settings: Settings) -> str:
    """Where the web is to be found from this machine."""
    # where to look, not where to bind
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # nosec B104
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def _wait_for_web(settings: Settings) -> None:
    """Until a page would come at once. gunicorn takes connections before its application is there."""
    until = time.monotonic() + WEB_S
    while time.monotonic() < until:
        try:
            with urlopen(f"{web_url(settings)}/readyz", timeout=WEB_S):  # nosec B310
                return
        except OSError:
            time.sleep(0.05)
    raise DemoError("the web process did not start; its messages above say why")


def _write_run_file(settings: Settings, supervisor: Supervisor, network: Network) -> None:
    content = {
        "web": web_url(settings),
        "redis": settings.redis_url,
        "database": settings.history_url,
        "network": network.id,
        "offset_minutes": settings.demo_offset_minutes,
        "pids": {"demo": os.getpid(), **supervisor.pids()},
    }
    runfile.write(settings.data_dir, content)


def _watch(settings: Settings, supervisor: Supervisor, network: Network, stop: threading.Event) -> None:
    while not stop.wait(0.5):
        if supervisor.watch():
            _write_run_file(settings, supervisor, network)

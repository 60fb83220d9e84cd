"""Ten Days: settings -> services -> create_app(services), and the commands; nothing else."""

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import click
import structlog

from dashboard.settings import Settings, SettingsError, read


def __getattr__(name: str) -> Any:
    """``gunicorn app:server``: the web application is built when it is asked for, so that commands build none."""
    if name != "server":
        raise AttributeError(name)
    from callbacks import create_app
    from data_sources import logs, services

    logs.configure()
    settings = _settings()
    if settings.redis_url is None:
        raise SettingsError("TENDAYS_REDIS_URL is not set; `python app.py web` starts an embedded server by itself")
    return create_app(services.connect(settings)).server


@click.group()
def main() -> None:
    """Ten Days: live monitoring of public service centres."""
    from data_sources import logs

    logs.configure()


@main.command()
@click.option("--history", type=click.Choice(["8w", "12m", "none"]), help="Tickets of the past to make; at first 8w.")
@click.option("--seed", type=int, help="Another seed makes other centres' lives; at first 1.")
def demo(history: str | None, seed: int | None) -> None:
    """Embedded server, simulated centres with a year of history, worker and web, as one."""
    from data_sources import demonstration

    demonstration.run(_settings(), history, seed)


@main.command()
def web() -> None:
    """The web process alone (gunicorn)."""
    from data_sources import services

    settings = _settings()
    with services.opened(settings, attach=True) as opened:
        os.environ.update(services.environment_of(opened.settings))
        config = str(Path(__file__).parent / "deploy" / "gunicorn.conf.py")
        command = [sys.executable, "-m", "gunicorn", "-c", config, "app:server"]
        if settings.redis_url is not None:
            os.execv(sys.executable, command)  # nothing of ours has to outlive it
        import subprocess

        raise SystemExit(subprocess.call(command))


@main.command()
def worker() -> None:
    """The worker alone: streams in, history and snapshot out."""
    from data_sources import services
    from data_sources import worker as module

    stop = _stop_by_signal()
    with services.opened(_settings()) as opened:
        module.run(opened, stop)


@main.command()
def simulate() -> None:
    """The simulated centres alone: what is missing of their past, then live."""
    from data_sources import services, simulator

    stop = _stop_by_signal()
    with services.opened(_settings(), attach=True) as opened:
        url, network, parameters = opened.settings.redis_url or "", opened.network, simulator.load()
        run = simulator.kept(url, network)
        if run is None:
            start = time.time() - 372 * 86_400
            simulator.fill(url, network, parameters, 1, start, time.time(), time.time() - 86_400, lambda *_: None)
        simulator.continue_live(url, network, parameters, stop=stop.is_set)


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--profile", required=True, help="anonymous-bank, wabo-receipt, generic-csv, or the path of a profile.")
@click.option("--speed", type=click.FloatRange(min=0, min_open=True), help="A multiple of real time.")
@click.option("--fast", is_flag=True, help="As fast as it goes (so it is without --speed).")
@click.option("--until", type=click.Choice(["now"]), help="Move all times by whole days, up to now.")
def replay(file: Path, profile: str, speed: float | None, fast: bool, until: str | None) -> None:
    """Put a real log through the same way as live events, and say what became of each row."""
    from data_sources import replay_command
    from data_sources.replay_profile import load_profile

    if fast and speed:
        raise click.UsageError("--fast and --speed exclude each other")
    report = replay_command.run(_settings(), file, load_profile(profile), speed, "now" if until else None)
    sys.exit(0 if report.events else 1)


@main.command()
def check() -> None:
    """Recompute the live state from history and compare every number; status 1 when one differs."""
    from data_sources import check as module
    from data_sources import services

    with services.opened(_settings(), attach=True) as opened:
        sys.exit(module.run(opened, time.time()))


@main.command()
@click.argument("source")
@click.argument("type_", metavar="TYPE")
@click.argument("members", nargs=-1, metavar="[MEMBER=VALUE]...")
def send(source: str, type_: str, members: tuple[str, ...]) -> None:
    """Put one event on its centre's stream by hand, with the time of now: send /atyrau-1/main heartbeat."""
    from data_sources import by_hand, services

    with services.opened(_settings(), attach=True) as opened:
        click.echo(by_hand.send(opened, source, type_, members))


def _settings() -> Settings:
    settings = read(os.environ)
    if settings.unknown:
        structlog.get_logger().warning(
            "these variables are not settings: see docs/operations.md", names=settings.unknown
        )
    return settings


def _stop_by_signal() -> threading.Event:
    stop = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stop.set())
    return stop


def _run() -> None:
    """Errors that say what to do are shown without a traceback."""
    from dashboard.toml_file import FileError
    from data_sources.demonstration import DemoError
    from data_sources.embedded import EmbeddedServerError

    try:
        main()
    except (SettingsError, FileError, FileNotFoundError, EmbeddedServerError, DemoError) as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    _run()

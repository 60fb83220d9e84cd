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
    from data_sources.secret import refuse_unsafe

    logs.configure()
    settings = _settings()
    if settings.redis_url is None:
        raise SettingsError("TENDAYS_REDIS_URL is not set; `python app.py web` starts an embedded server by itself")
    opened = services.connect(settings)
    refuse_unsafe(settings, opened.accounts)
    return create_app(opened).server


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
    from data_sources.secret import refuse_unsafe

    settings = _settings()
    with services.opened(settings, attach=True) as opened:
        refuse_unsafe(opened.settings, opened.accounts)
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


@main.command("demo-outage")
@click.argument("centre")
@click.argument("minutes", type=click.FloatRange(min=0, max=600))
def demo_outage(centre: str, minutes: float) -> None:
    """While the demo runs: a simulated CENTRE falls silent for so many MINUTES, 0 ends it (docs/alarms.md)."""
    from data_sources import cut_command

    click.echo(cut_command.run(_settings(), centre, minutes))


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
@click.argument("label", metavar="[WEEK]", required=False)
@click.option("--format", "ending", type=click.Choice(["pptx", "pdf", "xlsx"]), help="Without it, text.")
@click.option("--lang", type=click.Choice(["ru", "kk", "en"]), default="ru", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Else named by network and week.")
@click.option("--recipients", is_flag=True, help="To whom what would be sent; sends nothing.")
@click.option("--send-now", is_flag=True, help="Send it to all who have not got it, without waiting for Friday.")
def week(
    label: str | None, ending: str | None, lang: str, out: Path | None, *, recipients: bool, send_now: bool
) -> None:
    """The weekly conference's deck of a week (2026-W47; else the last one that is over): printed, or as a file."""
    from callbacks import week_command, week_mail
    from data_sources import services
    from data_sources.garbage import collect_seldom

    if recipients and send_now:
        raise click.UsageError("say --recipients or --send-now, not both")
    collect_seldom()
    with services.opened(_settings(), attach=True) as opened:
        if not recipients and not send_now:
            sys.exit(week_command.run(opened, label, ending, lang, out))
        from data_sources.audit import at_console
        from data_sources.deck_post import DeckPost

        post = DeckPost(opened, week_mail.maker(opened))
        sys.exit(week_mail.run(opened, post, label, by=at_console() if send_now else ""))


@main.command()
@click.option("--replay", "period", nargs=2, metavar="FROM TO", help="Two days: what the rules would have raised.")
@click.option(
    "--with",
    "tried",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --replay: rules of this file in place of, or beside those in force.",
)
def alerts(period: tuple[str, str] | None, tried: Path | None) -> None:
    """Watch the rules, keep alarms and tell people; or say what the rules would have raised (docs/alarms.md)."""
    from data_sources import alert_runner, services

    if period is None:
        if tried is not None:
            raise click.UsageError("--with is for --replay FROM TO")
        from callbacks import week_mail

        stop = _stop_by_signal()
        with services.opened(_settings(), attach=True) as opened:
            alert_runner.run(opened, stop, make_deck=week_mail.maker(opened))
        return
    from data_sources import alert_replay

    with services.opened(_settings(), attach=True) as opened:
        try:
            alert_replay.run(opened, *period, tried)
        except alert_replay.ReplayError as error:
            raise click.BadParameter(str(error), param_hint="--replay") from None


@main.command()
@click.argument("source")
@click.argument("type_", metavar="TYPE")
@click.argument("members", nargs=-1, metavar="[MEMBER=VALUE]...")
def send(source: str, type_: str, members: tuple[str, ...]) -> None:
    """Put one event on its centre's stream by hand, with the time of now: send /atyrau-1/main heartbeat."""
    from data_sources import by_hand, services

    with services.opened(_settings(), attach=True) as opened:
        click.echo(by_hand.send(opened, source, type_, members))


@main.command()
@click.argument("centre", required=False)
@click.option("--label", default="", help="What the token is for, in your own words.")
@click.option("--days", type=click.FloatRange(min=0, min_open=True), default=365.0, show_default=True)
@click.option("--list", "show", is_flag=True, help="All tokens, without their secrets.")
@click.option("--rotate", metavar="ID", help="A new token in the place of this one.")
@click.option("--overlap", type=click.FloatRange(min=0), default=7.0, show_default=True, help="Days both are good.")
@click.option("--revoke", metavar="ID", help="From now on this token is refused.")
@click.option("--redis", "direct", is_flag=True, help="A Redis user that may XADD to the centre's stream instead.")
def token(
    centre: str | None,
    label: str,
    days: float,
    show: bool,
    rotate: str | None,
    overlap: float,
    revoke: str | None,
    direct: bool,
) -> None:
    """Make a centre's token for sending events over HTTP; it is shown once."""
    from data_sources import services, token_command

    if sum(map(bool, (centre, show, rotate, revoke))) != 1:
        raise click.UsageError("say one of CENTRE, --list, --rotate and --revoke")
    with services.opened(_settings(), attach=True) as opened:
        if show:
            token_command.show(opened)
        elif revoke:
            token_command.revoke(opened, revoke)
        elif direct:
            token_command.make_redis_user(opened, centre)
        else:
            token_command.make(opened, centre, label, days, rotate, overlap)


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """All of history, accounts, tokens, logs, and what waits on the streams, into one file; while everything runs."""
    from data_sources import backup_command, services

    with services.opened(_settings(), attach=True) as opened:
        backup_command.make(opened, file)


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--only-verify", is_flag=True, help="Read the file and say what is in it; change nothing.")
def restore(file: Path, only_verify: bool) -> None:
    """Verify a backup and put it into an empty data folder, or an empty database and Redis."""
    from data_sources import backup_command

    backup_command.restore(_settings(), file, only_verify=only_verify)


@main.command()
@click.option(
    "--last", type=click.IntRange(min=1), default=50, show_default=True, help="So many of the newest entries."
)
@click.option("--action", help="Only those of one action, for instance export.")
def audit(last: int, action: str | None) -> None:
    """Who signed in, saw personal rows, took files or changed something; status 1 when the log was tampered with."""
    from data_sources import audit_command, services

    opened = services.records(_settings())
    sys.exit(audit_command.run(opened.audit, last, action))


@main.command()
@click.argument("login", required=False)
@click.option("--make", "making", is_flag=True, help="A new account; its one-time password is shown once.")
@click.option("--role", help="akim, deputy, director, commission, presenter, it or administrator (docs/access.md).")
@click.option("--centre", help="Of a director: which.")
@click.option("--name", default="", help="As it is shown: a position or a staff code, never a person's name.")
@click.option("--reset", is_flag=True, help="A one-time password in the place of a forgotten one.")
@click.option("--disable", "disabled", flag_value=True, type=bool, default=None, help="It can sign in no more.")
@click.option("--enable", "disabled", flag_value=False, type=bool, help="It can again.")
@click.option("--list", "show", is_flag=True, help="All accounts.")
def user(
    login: str | None,
    making: bool,
    role: str | None,
    centre: str | None,
    name: str,
    reset: bool,
    disabled: bool | None,
    show: bool,
) -> None:
    """Accounts: make one (the first administrator), list, reset, disable; with --role alone, another role."""
    from data_sources import services, user_command

    opened = services.records(_settings())
    if show:
        user_command.show(opened)
    elif not login or sum((making, reset, disabled is not None)) > 1:
        raise click.UsageError("say --list, or a LOGIN with one of --make, --reset, --disable, --enable and --role")
    elif making:
        user_command.make(opened, login, role, centre, name)
    elif reset:
        user_command.reset(opened, login)
    elif disabled is not None:
        user_command.disable(opened, login, disabled=disabled)
    elif role:
        user_command.set_role(opened, login, role, centre)
    else:
        raise click.UsageError("say what to do: --make, --reset, --disable, --enable or --role")


@main.command()
@click.argument("code", required=False)
@click.option("--name", default="", help="Where the screen hangs.")
@click.option("--list", "show", is_flag=True, help="All screens.")
@click.option("--revoke", metavar="ID", help="From now on this screen may look no more.")
def screen(code: str | None, name: str, show: bool, revoke: str | None) -> None:
    """Wall screens: confirm the CODE that one shows at /screen, list them, revoke one."""
    from data_sources import screen_command, services

    if sum(map(bool, (code, show, revoke))) != 1:
        raise click.UsageError("say one of CODE, --list and --revoke")
    opened = services.records(_settings())
    if show:
        screen_command.show(opened)
    elif revoke:
        screen_command.revoke(opened, revoke)
    else:
        screen_command.confirm(opened, code or "", name)


@main.command()
@click.argument("members", nargs=-1, metavar="[MEMBER=VALUE]...")
@click.option("--from", "first_day", metavar="DAY", help="For instance 2026-12-01; without it, as soon as can be.")
@click.option("--why", default="", help="A decision, an order: it stays beside the change.")
@click.option("--take-back", "number", type=int, metavar="NUMBER", help="This change, which is still to come, is not.")
def norm(members: tuple[str, ...], first_day: str | None, why: str, number: int | None) -> None:
    """Norms and thresholds: list them, or change some from a day on: norm wait_s=900 --from 2026-12-01 --why ..."""
    from data_sources import norm_command, services

    if members and number is not None:
        raise click.UsageError("say MEMBER=VALUE or --take-back, not both")
    opened = services.records(_settings())
    if members:
        norm_command.make(opened, members, first_day, why)
    elif number is not None:
        norm_command.take_back(opened, number, why)
    else:
        norm_command.show(opened)


@main.command()
@click.argument("centre")
@click.option("--url", required=True, help="Of the server, for instance https://tendays.example.kz")
@click.option("--token-file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--branch", default="main", show_default=True, help="Of rows that name none.")
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help=".csv and .ndjson files.")
@click.option("--database", help="SQLAlchemy URL; with --query and --watermark.")
@click.option("--query", help="SELECT … WHERE column > :after ORDER BY column")
@click.option("--watermark", help="The column that only grows.")
@click.option("--start", default="", help="The watermark to begin after.")
@click.option("--queue-system", default="", help="Its name and version, for the heartbeat.")
@click.option("--clock", "clock_rule", type=click.Choice(["correct", "refuse"]), default="correct", show_default=True)
@click.option(
    "--ca-file", type=click.Path(exists=True, dir_okay=False), help="The authority of the server's certificate."
)
def agent(centre: str, url: str, token_file: Path, **options: Any) -> None:
    """Beside a centre's queue system: take its events, keep them on disk, send them (docs/agent.md)."""
    from data_sources import agent_command

    agent_command.run(_settings(), centre, url, token_file.read_text().strip(), options, _stop_by_signal())


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
    from data_sources.accounts import AccountError
    from data_sources.backup_file import BackupError
    from data_sources.demonstration import DemoError
    from data_sources.embedded import EmbeddedServerError
    from data_sources.screens import ScreenError
    from data_sources.tokens import TokenError

    try:
        main()
    except (
        SettingsError,
        FileError,
        FileNotFoundError,
        EmbeddedServerError,
        DemoError,
        TokenError,
        AccountError,
        ScreenError,
        BackupError,
    ) as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    _run()

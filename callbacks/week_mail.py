"""The weekly deck as it is sent by itself (data_sources.deck_post): the same that the page shows, and with a centre the
same that its director sees."""

from typing import Any

import click

from callbacks.week import make_deck
from dashboard.i18n import Catalogue
from dashboard.period import AddressError
from dashboard.roles import OPEN, Viewer
from dashboard.week import Week, read_week
from dashboard.week_post import Letter, Make, Posting, posting
from layouts import week_mail
from layouts.view import View


def maker(services: Any) -> Make:
    """What makes a deck of these services when it is due."""

    def make(week: Week, language: str, centre: str) -> Letter | None:
        services.norms.fresh_or_old()
        return letter(services, week, language, centre)

    return make


def letter(services: Any, week: Week, language: str, centre: str) -> Letter | None:
    """None while the week is not known, or is not over."""
    of = services.narrowed(centre) if centre else services
    viewer = Viewer("director", centre=centre) if centre else OPEN
    view = View(of.network, Catalogue(language), "day", services.clock(), viewer=viewer)
    try:
        deck = make_deck(of, view, week)
    except AddressError:
        return None
    if not deck.is_known:
        return None
    title, body = week_mail.texts(view, deck)
    return Letter(title, body, deck)


def run(services: Any, post: Any, label: str | None, *, by: str = "") -> int:
    """``python app.py week --recipients``; with who sends it, ``--send-now``. Status 1 when something did not go."""
    of = posting(services.network, services.clock())
    try:
        week = read_week(label) if label else of.week
    except AddressError as problem:
        click.echo(f"error: {problem.value!r} is no week: write it as 2026-W47", err=True)
        return 1
    if week > of.week:
        click.echo(f"error: {week.label} is not over: what is sent is a whole week", err=True)
        return 1
    recipients = post.recipients()
    if not recipients:
        click.echo("nobody: the data folder has no decks.toml with rows (docs/week.md)")
        return 0
    if by:
        post.write(week, recipients, services.clock, by=by)
        post.outbox.send_due(post.send, services.clock)
    return _show(services, post, week, of, recipients, is_sent=bool(by))


def _show(services: Any, post: Any, week: Week, of: Posting, recipients: Any, *, is_sent: bool) -> int:
    """A line for each recipient: what became of it, or what would go and when."""
    local, states = services.network.local, post.states(week)
    click.echo(f"{week.label}: {len(recipients)} recipients")
    for each in recipients:
        if each.id in states or is_sent:
            state = states.get(each.id, "waits: the week is not known yet, or the log says why")
            click.echo(f"  {_who(each)}: {'on its way' if state == 'due' else state}")
    waiting = [each for each in recipients if each.id not in states]
    for each, found, files in () if is_sent else post.preview(week, waiting):
        sent = f"{local.to_datetime(of.due(services.network, each.at_s)):%Y-%m-%d %H:%M}"
        when = f"on {sent}" if week == of.week else "only by --send-now"
        parts = ", ".join(f"{file.name} ({len(file.content) / 1024:.0f} KB)" for file in files)
        said = f"{when}: “{found.title}”, {parts}" if found else f"{when}, once the week is known"
        click.echo(f"  {_who(each)}: {said}")
    return 0 if not is_sent or all(states.get(each.id) == "sent" for each in recipients) else 1


def _who(each: Any) -> str:
    return f"{each.name} ({each.centre or 'the network'}, {each.language}, {' '.join(each.formats)})"

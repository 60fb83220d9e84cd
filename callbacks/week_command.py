"""``python app.py week``: the weekly deck as text on the terminal, or as a file."""

from pathlib import Path
from typing import Any

import click

from callbacks.week import make_deck, this_week
from dashboard.deck import Deck
from dashboard.i18n import Catalogue
from dashboard.period import AddressError
from dashboard.week import read_week
from layouts.view import View


def run(services: Any, label: str | None, ending: str | None, language: str, out: Path | None) -> int:
    """Status 0; 1 when nothing is known of the week or it is none."""
    view = View(services.network, Catalogue(language), "day", services.clock())
    try:
        week = read_week(label) if label else this_week(view).before()
        deck = make_deck(services, view, week)
    except AddressError as problem:
        said = {
            "not_a_week": f"{problem.value!r} is no week: write it as 2026-W47",
            "no_facts": f"nothing is known of {problem.value}: it has not begun, or it was before there was data",
        }
        click.echo(f"error: {said[problem.kind]}", err=True)
        return 1
    if ending is None:
        click.echo(text(deck))
        return 0
    path = out or Path(f"{services.network.id}-{week.label}-{language}.{ending}")
    path.write_bytes(services.decks[ending].write(deck))
    click.echo(f"{path}: {len(deck.slides)} slides")
    return 0


def text(deck: Deck) -> str:
    """The whole deck as plain lines, a paragraph a slide."""
    found = [deck.network, deck.title, deck.state]
    for slide in deck.slides:
        found += ["", f"# {slide.title}"]
        found += [f"{card.label}: {card.text}. {card.sentence}" for card in slide.cards]
        found += [slide.lead] if slide.lead and slide.kind != "title" else []
        found += [f"- {line.text}" for line in slide.lines]
        if slide.table:
            found.append(" | ".join(column.text for column in slide.table.columns))
            found += [" | ".join(row.cells) for row in slide.table.rows]
            found += [slide.table.more] if slide.table.more else []
    return "\n".join(found)

"""A runner's decks in a process of its own, made to be killed; and what makes small decks and counts them.

It imports no more than it needs: a child reads all of it anew.
"""

import os
import signal
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from alert_servers import services_at

from dashboard.deck import Deck, Line, Slide
from dashboard.week import Week
from dashboard.week_post import Letter
from data_sources.alert_store import AlertStore
from data_sources.deck_post import DeckPost
from data_sources.history import open_engine
from data_sources.outbox import Delivery

ZONE = services_at(None, Path()).network.local.zone
FRIDAY = datetime(2026, 11, 27, 9, tzinfo=ZONE).timestamp()


class Counted:
    """Makes small decks, and counts which was asked for."""

    def __init__(self) -> None:
        self.asked: Counter[tuple[str, str, str]] = Counter()
        self.is_known = True

    def __call__(self, week: Week, language: str, centre: str) -> Letter | None:
        self.asked[week.label, language, centre] += 1
        slides = tuple(Slide(id_, "lines", week.label, 1, lines=(Line(language),)) for id_ in ("one", "two"))
        deck = Deck(week.label, language, "Network", week.label, "Not closed yet.", False, slides, (), "norm")
        return Letter("Title", "Body", deck) if self.is_known else None


def post_at(engine: Any, folder: Path, make: Any = None) -> DeckPost:
    return DeckPost(services_at(engine, folder), make or Counted())


def fence_of(engine: Any, now: float) -> int:
    fence = AlertStore(engine).take(now)
    assert fence is not None
    return fence


def step_as_child(url: str, folder: str, now: float, dies: str) -> None:
    """Write what is due and send it; the process kills itself where it is told to, or is killed while it sends."""
    engine, asked = open_engine(url), Counted()

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def make(week: Week, language: str, centre: str) -> Letter | None:
        if dies == "writing" and asked.asked:
            die()
        return asked(week, language, centre)

    def send(delivery: Delivery) -> str:
        if dies == "before sending":
            die()
        return post.send(delivery)

    post = post_at(engine, Path(folder), make)
    post.step(lambda: now, fence_of(engine, now))
    post.outbox.send_due(send, lambda: now)

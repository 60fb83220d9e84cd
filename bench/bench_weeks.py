"""The decks of a year: what each week's facts, report, deck and files cost in processor time.

    python -m bench.bench_weeks [WEEKS]

Lets the simulated centres of the network live WEEKS weeks (default 52) and the eight before them with tickets, stores
them through the worker, and makes the deck of each week anew in Russian, as somebody's who opens it first: no cache, no
picture of the past at hand. Prints the median and the worst in seconds of CPU, which other work on the machine does not
change as it does the time on the wall.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, Final, TypeVar

from sqlalchemy import Engine

from bench.bench_pages import MONTH, living, sizes
from dashboard.deck import Deck
from dashboard.i18n import Catalogue
from dashboard.network import Network
from dashboard.network_file import DEFAULT, demo, load
from dashboard.week import EARLIER, Week, report, week_of
from data_sources import simulator
from data_sources.decks import KINDS
from data_sources.garbage import collect_seldom
from data_sources.history import History, open_engine, upgrade
from data_sources.rollups import Rollups
from data_sources.week_ends import WeekEnds
from data_sources.weeks import Weeks
from layouts import week_deck
from layouts.view import View

WEEK_S: Final = 7 * 86_400
GOAL_S: Final = 1.0
RUSSIAN: Final = Catalogue("ru")
Made = TypeVar("Made")
Spent = dict[str, list[float]]
"""Seconds of CPU of each week, by what was made."""


def main(weeks: int) -> None:
    now = time.time()
    network = demo(load(DEFAULT), simulator.demo_offset(now))
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/history.db")
        upgrade(engine)
        for stored in living(Path(folder), engine, network, now, (weeks + EARLIER + 1) * WEEK_S / MONTH):
            sizes(engine, stored)
        collect_seldom()
        told(measured(engine, network, now, weeks))


def measured(engine: Engine, network: Network, now: float, weeks: int) -> Spent:
    """Of the last so many weeks that are over."""
    spent: Spent = {}
    last = week_of(network.local.day(now))
    for back in range(1, weeks + 1):
        week = last.before(back)
        deck = timed(spent, "facts, report, deck", lambda week=week: made(engine, network, now, week))  # type: ignore[misc]
        for ending, kind in KINDS.items():
            timed(spent, ending, lambda kind=kind, deck=deck: kind.write(deck))  # type: ignore[misc]
    return spent


def made(engine: Engine, network: Network, now: float, week: Week) -> Deck:
    ends = WeekEnds(History(engine), network, lambda _: None, lambda: now)
    facts = Weeks(Rollups(engine, network), network, ends.moment, lambda: now).facts(week)
    assert facts is not None
    return week_deck.deck(View(network, RUSSIAN, "day", now), report(facts, network))


def timed(spent: Spent, name: str, make: Callable[[], Made]) -> Made:
    begun = time.process_time()
    found = make()
    spent.setdefault(name, []).append(time.process_time() - begun)
    return found


def told(spent: Spent) -> None:
    print(f"{'seconds of CPU':<24}{'median':>8}{'worst':>8}")
    together = [sum(each) for each in zip(spent["facts, report, deck"], spent["pptx"], strict=True)]
    rows: dict[str, Any] = {**spent, "facts to PPTX": together}
    for name, taken in rows.items():
        over = f"   {sum(each >= GOAL_S for each in taken)} of {len(taken)} at {GOAL_S:g} s or more"
        print(f"{name:<24}{median(taken):>8.2f}{max(taken):>8.2f}{over if max(taken) >= GOAL_S else ''}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 52)

"""A week of the whole network as facts, made by a seed: every verdict, every state of promises, decisions."""

import random
from datetime import UTC, datetime
from functools import cache

from dashboard.counts import AgencyCounts, Counts, DocumentCounts
from dashboard.deck import Deck
from dashboard.i18n import Catalogue
from dashboard.network_file import DEFAULT, load
from dashboard.week import EARLIER, Breach, End, NetworkFacts, PlaceFacts, Promise, Report, Week, WeekFacts, report
from dashboard.week_meeting import Closing
from layouts import week_deck
from layouts.view import View

NETWORK = load(DEFAULT)
WEEK = Week(2026, 47)
NOW = datetime(2026, 11, 25, 6, 0, tzinfo=UTC).timestamp()
DAY_MS = 86_400_000
INJECTED = '=HYPERLINK("http://x") #strong[bold] <b>tag</b> $x^2$'
"""A directive whose text would be a formula, markup of Typst, of HTML, or mathematics, if anything took it for that."""


def week_facts(rnd: random.Random, within: float, on_time: float, size: int) -> WeekFacts:
    waits = rnd.randint(size - 20, size + 20)
    documents = rnd.randint(size // 3, size // 3 + 15)
    good = round(documents * min(1.0, on_time + rnd.uniform(-0.02, 0.02)))
    return WeekFacts(
        Counts(
            waits=waits,
            within=round(waits * min(1.0, within + rnd.uniform(-0.03, 0.03))),
            services=waits,
            busy_ms=round(waits * 600_000 * rnd.uniform(0.95, 1.05)),
            open_ms=waits * 800_000,
        ),
        DocumentCounts(finished=documents, ready=documents, on_time=good, late=documents - good),
        left=rnd.choice([0, 0, 0, 1, 1, 2]),
        complaints={kind: rnd.randint(0, 6) for kind in ("delay", "rudeness", "bribery", "queue", "other")},
    )


def place(rnd: random.Random, id_: str, number: int) -> PlaceFacts:
    is_operating = not NETWORK.centre_by_id[id_].planned if id_ else True
    size = 60 if number == 3 else 15 if number == 5 else 900
    earlier = tuple(week_facts(rnd, 0.88, 0.93, size) for _ in range(EARLIER))
    within = {0: 0.62, 1: 0.99}.get(number, 0.88)
    this = week_facts(rnd, within, 0.75 if number == 2 else 0.93, size)
    end = {
        "sla.overdue": float(rnd.choice([0, 3, 12, 48])),
        "sla.oldest_overdue_days": float(rnd.randint(1, 300)),
        "turnover.rate_12m": rnd.uniform(0.05, 0.4),
        "turnover.left_12m": float(rnd.randint(2, 30)),
    }
    before = End({"turnover.rate_12m": end["turnover.rate_12m"] + rnd.uniform(-0.03, 0.03)})
    if not is_operating:
        empty = WeekFacts(Counts(), DocumentCounts())
        return PlaceFacts(id_, False, empty, (empty,) * EARLIER, End({}), End({}))
    return PlaceFacts(id_, True, this, earlier, End(end), before)


def facts() -> NetworkFacts:
    rnd = random.Random(7)
    centres = tuple(place(rnd, each.id, number) for number, each in enumerate(NETWORK.centres))
    working = [each.id for each in centres if each.is_operating]
    monday = NETWORK.local.day_start(WEEK.first)
    issued, last = monday - 5 * 86_400, WEEK.before().label.replace("-", "")
    promises = (
        Promise(f"D-{last}-{working[0]}-queue-1", working[0], "Открыть ещё одно окно", issued, WEEK.last, None),
        Promise(f"D-{last}-{working[1]}-queue-1", working[1], INJECTED, issued, WEEK.last + 9, monday + 90_000),
        Promise(f"D-{last}-{working[2]}-turnover-1", working[2], "Кадр ағымының себебін анықтау", issued, None, None),
        *(
            Promise(
                f"old-{n}",
                working[n],
                "Разобрать все просроченные обращения и " * 5,
                issued - n * 90_000,
                WEEK.last - n,
                None,
            )
            for n in range(6)
        ),
        Promise("old-done", working[0], "Установить терминал", issued - 1e6, WEEK.last - 40, issued - 9e5),
    )
    parties = {
        each.id: AgencyCounts(documents=30 + n, used_ms=(4 + n) * 30 * DAY_MS, over_ms=n * 9 * DAY_MS, late=n % 5)
        for n, each in enumerate(NETWORK.agencies)
    }
    parties["centre"] = AgencyCounts(documents=1180, used_ms=2883 * DAY_MS, over_ms=888 * DAY_MS, late=64)
    whole = place(rnd, "", 9)
    return NetworkFacts(
        WEEK,
        PlaceFacts("", True, whole.week, whole.earlier, whole.end, whole.end_before, parties),
        centres,
        promises,
        Breach(working[0], f"{working[0]}-000136", WEEK.last - 301, 301, "justice"),
        len(working),
        25,
        True,
    )


@cache
def view(language: str) -> View:
    return View(NETWORK, Catalogue(language), "day", NOW)


@cache
def sample_report() -> Report:
    return report(facts(), NETWORK)


def sample_deck(language: str, *, closed: bool = False) -> Deck:
    found = sample_report()
    decision = Promise(
        f"D-2026W47-{found.centres[0].facts.id}-queue-1",
        found.centres[0].facts.id,
        "Вызвать директора",
        NOW,
        740_000,
        None,
    )
    closing = Closing(1, NOW, "presenter") if closed else None
    return week_deck.deck(view(language), found, decided=[decision], closing=closing)

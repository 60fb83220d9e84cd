"""What pages ask of the past: every question to the rollups with one, six and twelve months stored, nothing cached.

    python -m bench.bench_pages [MONTHS]

Lets the simulated centres live MONTHS (default 12) with tickets, stores them through the worker, and on the way asks
each question as pages ask it, of each centre in turn. Prints p50 and p95 in milliseconds, and how many times as long
the p50 is as with the first month: a question about the last weeks should not mind what else is stored.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import redis
from sqlalchemy import Engine, func, select

from bench.stack import quantile
from dashboard.network import Network
from dashboard.network_file import DEFAULT, demo, load
from data_sources import history_tables as t
from data_sources import simulator
from data_sources.embedded import EmbeddedServer
from data_sources.history import open_engine, upgrade
from data_sources.rollups import Rollups
from data_sources.worker import Worker

DAY: Final = 86_400
MONTH: Final = 30.5 * DAY
GOAL_MS: Final = 100
ROUNDS: Final = 24
Question = Callable[[Rollups, str, str, int], Any]
"""Of a centre and a branch, on a local day."""

QUESTIONS: Final[dict[str, Question]] = {
    "buckets, a centre's day": lambda r, c, _, day: r.buckets(c, at(r, day), at(r, day + 1)),
    "waiting_line, a branch's day": lambda r, c, b, day: r.waiting_line(c, day, b),
    "hours, a centre's day": lambda r, c, _, day: r.hours(c, day),
    "hour_of_week, a branch's 4 weeks": lambda r, c, b, day: r.hour_of_week(c, day - 27, day, b),
    "hour_of_week, a centre's year": lambda r, c, _, day: r.hour_of_week(c, day - 365, day),
    "days, a centre's 30": lambda r, c, _, day: r.days(day - 29, day, c),
    "days, the network's 30": lambda r, _, __, day: r.days(day - 29, day),
    "days, the network's year": lambda r, _, __, day: r.days(day - 365, day),
    "services, a branch's 30 days": lambda r, c, b, day: r.services(day - 29, day, c, b),
    "services, the network's year": lambda r, _, __, day: r.services(day - 365, day),
    "operators, a centre's 30 days": lambda r, c, _, day: r.operators(day - 29, day, c),
    "operators, a centre's year": lambda r, c, _, day: r.operators(day - 365, day, c),
    "events, the network's 30 days": lambda r, _, __, day: r.events("feedback.given", day - 29, day),
    "events, the network's year": lambda r, _, __, day: r.events("feedback.given", day - 365, day),
    "documents, a centre's 30 by day": lambda r, c, _, day: r.documents(day - 29, day, c, by="day"),
    "documents, the network's 30 by centre": lambda r, _, __, day: r.documents(day - 29, day, by="centre"),
    "documents, the network's year by week": lambda r, _, __, day: r.documents(day - 365, day, by="week"),
    "agencies, the network's 30 days": lambda r, _, __, day: r.agencies(day - 29, day),
    "agencies, the network's year": lambda r, _, __, day: r.agencies(day - 365, day),
    "documents_between, a centre's 30 days": lambda r, c, _, day: r.documents_between(day - 29, day, c, limit=200),
    "documents_between, the network's 30": lambda r, _, __, day: r.documents_between(day - 29, day, limit=200),
    "documents_between, the network's year": lambda r, _, __, day: r.documents_between(day - 365, day, limit=200),
    "find_documents, three letters": lambda r, c, _, __: r.find_documents(c[:3].upper()),
    "revisions": lambda r, _, __, ___: r.revisions(),
}


def at(rollups: Rollups, day: int) -> float:
    return rollups.network.local.day_start(day)


def main(months: float) -> None:
    network, now = demo(load(DEFAULT), simulator.demo_offset(time.time())), time.time()
    taken: list[tuple[float, dict[str, tuple[float, float]]]] = []
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/history.db")
        upgrade(engine)
        for stored in living(Path(folder), engine, network, now, months):
            sizes(engine, stored)
            taken.append((stored, measured(Rollups(engine, network), network, now - (months - stored) * MONTH)))
    told(taken)


def living(folder: Path, engine: Engine, network: Network, now: float, months: float) -> Iterator[float]:
    """A history as the demo makes it; stops when one, six and all months are stored."""
    begun = now - months * MONTH
    with EmbeddedServer(folder / "server") as server:
        client = redis.Redis.from_url(server.url)
        for stored in sorted({min(each, months) for each in (1, 6, months)}):
            until = begun + stored * MONTH

            def write(until: float = until) -> None:
                simulator.fill(server.url, network, simulator.load(), 1, begun, until, begun, lambda *_: None)

            worker = Worker(SimpleNamespace(redis=client, engine=engine, network=network))
            writer = threading.Thread(target=write)
            writer.start()
            while writer.is_alive() or worker.step(block_ms=0):
                worker.step(block_ms=50)
                worker.tidy()
            worker.close()
            yield stored


def measured(rollups: Rollups, network: Network, now: float) -> dict[str, tuple[float, float]]:
    """p50 and p95 of each question, milliseconds."""
    day = network.local.day(now) - 1
    found: dict[str, tuple[float, float]] = {}
    for name, ask in QUESTIONS.items():
        spent: list[float] = []
        for turn in range(ROUNDS):
            centre = network.centres[turn % len(network.centres)]
            begun = time.perf_counter()
            ask(rollups, centre.id, centre.branches[turn % len(centre.branches)].id, day - turn % 7)
            spent.append((time.perf_counter() - begun) * 1000)
        found[name] = quantile(spent, 0.5), quantile(spent, 0.95)
    return found


def sizes(engine: Engine, stored: float) -> None:
    with engine.connect() as connection:
        counts = (
            f"{connection.execute(select(func.count()).select_from(table)).scalar():,} {table.name}"
            for table in (t.EVENTS, *t.ROLLUPS, t.DOCUMENTS)
        )
        print(f"{stored:g} months: {', '.join(counts)}", flush=True)


def told(taken: list[tuple[float, dict[str, tuple[float, float]]]]) -> None:
    print(
        f"{'p50 / p95, ms':<40}"
        + "".join(f"{f'{stored:g} months':>18}" for stored, _ in taken)
        + "     p50 to the first"
    )
    for name in QUESTIONS:
        times = "".join(f"{p50:>9.1f} /{p95:>7.1f}" for p50, p95 in (found[name] for _, found in taken))
        first = taken[0][1][name][0]
        ratios = " ".join(f"{found[name][0] / first:5.1f}" for _, found in taken[1:])
        over = "" if all(found[name][1] < GOAL_MS for _, found in taken) else f"   over {GOAL_MS} ms"
        print(f"{name:<40}{times}     {ratios}{over}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 12)

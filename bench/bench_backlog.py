"""A centre that was offline for days comes back: how soon is all of it in history, and who waits meanwhile.

    python -m bench.bench_backlog [EVENTS]

The real processes: gunicorn with the gateway, the worker, an embedded server. One agent has EVENTS (default 50,000) in
its outbox, and its queue system goes on giving 10 events a second; another centre's agent, without a backlog, sends 10
a second too. Printed: seconds until history holds the whole backlog in its order, and how long live events of both
centres took from when they happened until history held them.
"""

import os
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace

import msgspec
import requests
from sqlalchemy import select

from bench.stack import quantile, stack
from dashboard.calendars import LocalTime
from data_sources import agent
from data_sources.agent_link import Link
from data_sources.agent_outbox import Outbox
from data_sources.agent_rows import Place
from data_sources.agent_sources import Taken
from data_sources.history_tables import EVENTS
from data_sources.tokens import Tokens

BACK, OTHER = "atyrau-1", "kulsary"
EVERY_S = 0.1
LOOK_S = 0.05
GOAL_S = 60.0


def issue(centre: str, number: int, moment: float) -> bytes:
    return msgspec.json.encode(
        {
            "specversion": "1.0",
            "id": f"b{number}",
            "source": f"/{centre}/main",
            "type": "ticket.issued",
            "time": datetime.fromtimestamp(moment, UTC).isoformat(),
            "data": {"ticket": f"B{number}", "service": "real-estate-registration"},
        }
    )


class Live:
    """A queue system that gives an event each 100 ms, as long as it is asked."""

    ends = False

    def __init__(self, centre: str, first: int) -> None:
        self.name, self._centre, self._next, self._due = "live", centre, first, time.time()
        self.made: dict[str, float] = {}
        """Id to when it happened."""

    def read(self, mark: str | None) -> Iterator[Taken]:  # noqa: ARG002 - it never begins again
        rows: list[bytes] = []
        while self._due <= time.time():
            rows.append(issue(self._centre, self._next, self._due))
            self.made[f"b{self._next}"] = self._due
            self._next, self._due = self._next + 1, self._due + EVERY_S
        if rows:
            yield Taken(str(self._next), list(rows))


def main(count: int) -> None:
    with stack() as run:
        backlog = Outbox(run.folder / "back.db")
        start = time.time() - 2 * 86_400
        step = 2 * 86_400 / count
        backlog.take("past", "all", ((start + n * step, issue(BACK, n, start + n * step)) for n in range(count)))
        stop, threads = threading.Event(), []
        boxes = {BACK: backlog, OTHER: Outbox(run.folder / "other.db")}
        seen: dict[str, dict[str, float]] = {BACK: {}, OTHER: {}}
        requests.get(f"http://127.0.0.1:{run.port}/readyz", timeout=60)  # the web process has started
        begun, load = time.time(), os.getloadavg()[0]
        sources = {BACK: Live(BACK, count), OTHER: Live(OTHER, 0)}
        for centre, source in sources.items():
            token, _ = Tokens(run.engine, time.time).make(centre, "bench", 1)
            link = Link(f"http://127.0.0.1:{run.port}", token, time.time)
            one = agent.Agent(source, boxes[centre], link, agent.Options(Place(centre, "main", LocalTime("UTC"))))
            threads.append(threading.Thread(target=agent.run, args=(one, source, stop)))
            threads[-1].start()
        done = watch(run, count, seen)
        time.sleep(3)
        look(run, seen, 0)
        stop.set()
        for each in threads:
            each.join()
        report(run, count, done - begun, load, sources, seen)


def watch(run: SimpleNamespace, count: int, seen: dict[str, dict[str, float]]) -> float:
    """Until the backlog is in history: when it was."""
    while True:
        held = look(run, seen, count)
        if held >= count:
            return time.time()
        time.sleep(LOOK_S)


def look(run: SimpleNamespace, seen: dict[str, dict[str, float]], count: int) -> int:
    """Note which live events history holds now; how many of the backlog it holds."""
    c, now = EVENTS.c, time.time()
    with run.engine.connect() as connection:
        for centre, found in seen.items():
            newest = connection.execute(
                select(c.id).where(c.centre == centre).order_by(c.position.desc()).limit(400)
            ).scalars()
            for id_ in newest:
                if id_.startswith("b") and (centre == OTHER or int(id_[1:]) >= count):
                    found.setdefault(id_, now)
        last = connection.execute(
            select(c.id).where(c.centre == BACK, c.id == f"b{count - 1}", c.source == f"/{BACK}/main")
        ).scalar()
        return count if last else 0


def report(
    run: SimpleNamespace,
    count: int,
    took: float,
    load: float,
    sources: dict[str, Live],
    seen: dict[str, dict[str, float]],
) -> None:
    with run.engine.connect() as connection:
        c = EVENTS.c
        ids = list(
            connection.execute(
                select(c.id).where(c.centre == BACK, c.type == "ticket.issued").order_by(c.position)
            ).scalars()
        )
    in_order = [int(each[1:]) for each in ids] == list(range(len(ids)))
    rate, right = count / took, "yes" if in_order and len(ids) >= count else "NO"
    print(f"{count:,} events of a backlog in history after {took:.1f} s ({rate:,.0f} a second, goal {GOAL_S:.0f} s)")
    print(f"once and in order: {right}; load of the machine before {load:.1f}")
    for centre, name in ((BACK, "of the same centre, behind the backlog"), (OTHER, "of another centre")):
        made = sources[centre].made
        waits = [seen[centre][id_] - at for id_, at in made.items() if id_ in seen[centre]]
        if waits:
            print(
                f"live events {name}: {len(waits)} waited p50 {quantile(waits, 0.5):.2f} s, "
                f"p95 {quantile(waits, 0.95):.2f} s, at most {max(waits):.2f} s"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)

"""The past: how long a moment takes to be made from history, one, six and twelve months ago.

    python -m bench.bench_past [MONTHS [MOMENTS]]

Lets sixteen simulated centres live MONTHS (default 12) with tickets, stores them through the worker, and makes MOMENTS
(default 12) random moments of each age: from checkpoints, as a slider asks for them, and as the next frame of a day
that is played. Prints the median and the worst, in milliseconds of the clock and of the processor, and what the
checkpoints take beside the events.
"""

import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import redis
from sqlalchemy import Engine, func, select

from dashboard.network import Network
from dashboard.network_file import DEFAULT, demo, load
from data_sources import history_tables as t
from data_sources import simulator
from data_sources.checkpoints import EVENT_BYTES
from data_sources.embedded import EmbeddedServer
from data_sources.garbage import collect_seldom
from data_sources.history import History, open_engine, upgrade
from data_sources.past import Past
from data_sources.worker import Worker

DAY = 86_400
MONTH = 30.5 * DAY
FRAME_S = 600

Spent = tuple[float, float]
"""Seconds of the clock, seconds of the processor."""


def main(months: float, moments: int) -> None:
    network, now = demo(load(DEFAULT), simulator.demo_offset(time.time())), time.time()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/history.db")
        upgrade(engine)
        fill(Path(folder), engine, network, now, months)
        sizes(engine)
        collect_seldom()
        for age in sorted({min(each, months) for each in (1, 6, 12)}):
            alone, following = measure(engine, network, now - age * MONTH, moments)
            print(f"{age:4.1f} months ago   from checkpoints {told(alone)}   next frame {told(following)}")


def fill(folder: Path, engine: Engine, network: Network, now: float, months: float) -> None:
    """A history as the demo makes it: the simulator writes streams, the worker stores them."""
    with EmbeddedServer(folder / "server") as server:
        start = now - max(372 * DAY, months * MONTH + DAY)

        def write() -> None:
            begun = now - months * MONTH - DAY
            simulator.fill(server.url, network, simulator.load(), 1, start, now, begun, lambda *_: None)

        worker = Worker(SimpleNamespace(redis=redis.Redis.from_url(server.url), engine=engine, network=network))
        writer = threading.Thread(target=write)
        writer.start()
        while writer.is_alive() or worker.step(block_ms=0):
            worker.step(block_ms=50)
            worker.tidy()
        worker.close()


def sizes(engine: Engine) -> None:
    with engine.connect() as connection:
        events = connection.execute(select(func.count()).select_from(t.EVENTS)).scalar() or 0
        c = t.CHECKPOINTS.c
        count, size = connection.execute(select(func.count(), func.sum(func.length(c.state)))).one()
    share = (size or 0) / (events * EVENT_BYTES)
    print(f"{events:,} events; {count:,} checkpoints, {(size or 0) / 1e6:.0f} MB, {share:.0%} of the events' size")


def measure(engine: Engine, network: Network, around: float, moments: int) -> tuple[list[Spent], list[Spent]]:
    """Moments within two days of one, each by a process that knows nothing yet; and the frame after each."""
    rnd, alone, following = random.Random(1), [], []
    for _ in range(moments):
        past, at = Past(History(engine), network), around + rnd.uniform(0, 2 * DAY)
        at = min(at, time.time() - 2 * FRAME_S)
        alone.append(spent(lambda: past.picture(at)))  # noqa: B023 (called at once)
        following.append(spent(lambda: past.picture(at + FRAME_S)))  # noqa: B023
    return alone, following


def spent(act: Callable[[], object]) -> Spent:
    clock, processor = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - clock, time.process_time() - processor


def told(found: list[Spent]) -> str:
    clock, processor = ([each[place] * 1000 for each in found] for place in (0, 1))
    return (
        f"{statistics.median(clock):4.0f} ms, worst {max(clock):4.0f} "
        f"(processor {statistics.median(processor):4.0f}, {max(processor):4.0f})"
    )


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(float(arguments[0]) if arguments else 12, int(arguments[1]) if len(arguments) > 1 else 12)

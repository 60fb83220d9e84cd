"""Replay: from stream entries to durable history, exactly once, in events a second; and in ratio to bare readers.

    python -m bench.bench_replay [DAYS]

Writes DAYS (default 20) of the sixteen simulated centres to a real server, then in the same run: reads the streams
bare with the C parser alone (hiredis on a socket, nothing decoded), with redis-py as one would write it, and through
the worker: decoded, checked, stored in SQLite with rollups and position in one transaction, folded, published.
"""

import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import hiredis
import redis

from dashboard.network import Network
from dashboard.network_file import DEFAULT, demo, load
from data_sources import simulator
from data_sources.embedded import EmbeddedServer
from data_sources.garbage import collect_seldom
from data_sources.history import open_engine, upgrade
from data_sources.stream import events_key
from data_sources.worker import Worker

DAY = 86_400


def main(days: int) -> None:
    network = demo(load(DEFAULT), 0)
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder) / "server") as server:
        client = redis.Redis.from_url(server.url)
        events = write(client, network, days)
        keys = [events_key(centre.id) for centre in network.centres]
        c_client = timed(lambda: sum(read_with_c_parser(client, keys)), events)
        plain = timed(lambda: sum(read_with_redis_py(client, keys)), events)
        worker = timed(lambda: work(client, network, Path(folder)), events)
    print(f"{events:,} events, {days} days of {len(keys)} centres")
    print(f"bare XREAD, C parser on a socket     {c_client:>10,.0f} events/s")
    print(f"bare XREAD, redis-py with hiredis    {plain:>10,.0f} events/s")
    print(f"worker, durable and exactly once     {worker:>10,.0f} events/s")
    print(f"ratio to the C parser's read {worker / c_client:.3f} (goal 0.2); to redis-py's {worker / plain:.3f}")


def timed(run: Callable[[], int], events: int) -> float:
    begun = time.perf_counter()
    done = run()
    assert done == events, f"read {done} of {events}"
    return events / (time.perf_counter() - begun)


def write(client: redis.Redis, network: Network, days: int) -> int:
    """Events of the last days at their own times as entry ids."""
    until, count = time.time() - 600, 0
    start = until - days * DAY
    parameters = simulator.load()
    for number, centre in enumerate(network.centres):
        pipe, last, sequence = client.pipeline(transaction=False), 0, 0
        for at, raw in simulator.simulate(centre, network, parameters, number, start, until, start):
            milliseconds = int(at * 1000)
            sequence = sequence + 1 if milliseconds == last else 0
            last = milliseconds
            pipe.xadd(events_key(centre.id), {"event": raw}, id=f"{milliseconds}-{sequence}")
            count += 1
            if count % 5000 == 0:
                pipe.execute()
        pipe.execute()
    return count


def read_with_c_parser(client: redis.Redis, keys: list[str]) -> Iterator[int]:
    place = client.connection_pool.connection_kwargs
    line = socket.create_connection((place["host"], place["port"]))
    reader, ids = hiredis.Reader(), dict.fromkeys(keys, b"0")
    while True:
        line.sendall(hiredis.pack_command(("XREAD", "COUNT", 1000, "STREAMS", *ids, *ids.values())))
        while (reply := reader.gets()) is False:
            reader.feed(line.recv(1 << 20))
        if not reply:
            return
        for key, entries in reply:
            ids[key.decode()] = entries[-1][0]
            yield len(entries)


def read_with_redis_py(client: redis.Redis, keys: list[str]) -> Iterator[int]:
    ids: dict[bytes | str, bytes] = dict.fromkeys(keys, b"0")
    while reply := client.xread(ids, count=1000):  # type: ignore[arg-type]
        for key, found in reply.items() if isinstance(reply, dict) else reply:
            entries = found[0] if isinstance(reply, dict) else found
            ids[key.decode()] = entries[-1][0]
            yield len(entries)


def work(client: redis.Redis, network: Network, folder: Path) -> int:
    engine = open_engine(f"sqlite:///{folder}/history.db")
    upgrade(engine)
    worker = Worker(SimpleNamespace(redis=client, engine=engine, network=network))
    collect_seldom()
    done = 0
    while count := worker.step(block_ms=0):
        done += count
        worker.publish()
    worker.close()
    return done


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)

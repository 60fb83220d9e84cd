"""The real processes for a bench: embedded server, worker, gunicorn; on free ports, in a temporary folder."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import redis

from data_sources.embedded import EmbeddedServer
from data_sources.history import History, open_engine
from data_sources.simulator import demo_offset
from data_sources.stream import events_key

ROOT = Path(__file__).parent.parent


@contextmanager
def stack() -> Iterator[SimpleNamespace]:
    """Gives ``client``, ``url`` of the server, ``port``, ``web`` (the pid of gunicorn's worker process), ``stored``,
    which tells how far history goes by centre, ``engine`` of history and the ``folder`` of it all."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder) / "valkey") as server:
        port = free_port()
        environment = {
            **os.environ,
            "TENDAYS_REDIS_URL": server.url,
            "TENDAYS_DATA_DIR": folder,
            "TENDAYS_PORT": str(port),
            "TENDAYS_DEMO_OPEN": "1",
            "TENDAYS_DEMO_OFFSET_MINUTES": str(demo_offset(time.time())),
        }
        command = [sys.executable, "app.py"]
        processes = [
            subprocess.Popen([*command, part], env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)
            for part in ("worker", "web")
        ]
        try:
            wait_for(port)
            client = redis.Redis.from_url(server.url)
            while not client.get("tendays:atyrau:snapshot"):
                time.sleep(0.05)
            engine = open_engine(f"sqlite:///{folder}/history.db")
            stored, web = History(engine).positions, child_of(processes[1].pid)
            yield SimpleNamespace(
                client=client, url=server.url, port=port, web=web, stored=stored, engine=engine, folder=Path(folder)
            )
        finally:
            for process in processes:
                process.terminate()
                process.wait(20)


def issue(client: redis.Redis, number: int, centre: str = "miyaly") -> float:
    """XADD one ticket; when."""
    now = time.time()
    event = {
        "specversion": "1.0",
        "id": f"bench-{number}",
        "source": f"/{centre}/main",
        "type": "ticket.issued",
        "time": datetime.fromtimestamp(now, UTC).isoformat(),
        "data": {"ticket": f"B{number}", "service": "real-estate-registration"},
    }
    client.xadd(events_key(centre), {"event": json.dumps(event)})
    return now


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on {port}")


def child_of(pid: int) -> int:
    """gunicorn's only worker process."""
    while True:
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == pid:
                return int(stat.parent.name)
        time.sleep(0.05)


def cpu_s(pid: int) -> float:
    """User and system seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def quantile(values: list[float], share: float) -> float:
    ordered: list[Any] = sorted(values)
    return float(ordered[min(len(ordered) - 1, int(len(ordered) * share))])

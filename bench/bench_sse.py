"""What a viewer costs: the event stream with 1,000 viewers, against a plain page with dcc.Interval, in one run.

    python -m bench.bench_sse [VIEWERS]

Server CPU is read from the process's own accounting; latency is from XADD to the client's socket.
"""

import asyncio
import json
import resource
import subprocess
import sys
import time
import urllib.request
from typing import Any

from bench.stack import ROOT, child_of, cpu_s, free_port, issue, quantile, stack, wait_for

SECONDS = 15
CONNECT_S = 20
INTERVAL_VIEWERS = 5


async def view(port: int, came: list[tuple[float, int]], shown: dict[int, int], ready: asyncio.Semaphore) -> None:
    """Read one stream for ever; note when a change with our centre came, by its version; ``shown``: tickets in it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    writer.write(b"GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
    version = 0
    async for line in reader:
        if line.startswith(b"id:"):
            version = int(line[3:])
        elif line.startswith(b"data:"):
            if line.startswith(b'data: {"version"') and b'"id":"miyaly"' in line:
                came.append((time.time(), version))
                if version not in shown:
                    shown[version] = issued(line)
            if ready is not None:
                ready.release()
                ready = None  # type: ignore[assignment]


def issued(line: bytes) -> int:
    """Tickets of today that a change shows for our centre."""
    centres = json.loads(line.removeprefix(b"data: "))["centres"]
    return next(int(each["queue"]["issued_today"] or 0) for each in centres if each["id"] == "miyaly")


async def follow(run: Any, viewers: int) -> tuple[float, list[float]]:
    came: list[tuple[float, int]] = []
    shown: dict[int, int] = {}
    ready = asyncio.Semaphore(0)
    tasks = [asyncio.create_task(view(run.port, came, shown, ready)) for _ in range(viewers)]
    async with asyncio.timeout(CONNECT_S):
        for _ in range(viewers):
            await ready.acquire()
    await asyncio.sleep(2)
    came.clear()
    begun, used, sent = time.time(), cpu_s(run.web), []
    for number in range(SECONDS):
        sent.append(issue(run.client, number))
        await asyncio.sleep(begun + number + 1 - time.time())
    used = cpu_s(run.web) - used
    if ended := sum(task.done() for task in tasks):
        raise RuntimeError(f"{ended} of {viewers} streams ended")
    for task in tasks:
        task.cancel()
    return used / viewers / SECONDS, delays(came, shown, sent)


def delays(came: list[tuple[float, int]], shown: dict[int, int], sent: list[float]) -> list[float]:
    """Milliseconds from each XADD to each viewer: to the first version that counts its ticket."""
    found = []
    for number, begin in enumerate(sent):
        version = min((v for v, count in shown.items() if count > number), default=None)
        found += [(at - begin) * 1000 for at, each in came if each == version]
    return found


PLAIN = """
import dash, plotly.graph_objects as go, random, time
from dash import dcc, html, Input, Output
app = dash.Dash(__name__)
app.layout = html.Div([dcc.Interval(id="timer", interval=1000), *(dcc.Graph(id=f"g{n}") for n in range(16))])
@app.callback([Output(f"g{n}", "figure") for n in range(16)], Input("timer", "n_intervals"))
def draw(n):
    return [go.Figure(go.Scatter(x=list(range(25)), y=[random.random() for _ in range(25)])) for _ in range(16)]
server = app.server
"""


def interval_page() -> float:
    """CPU a viewer a second of the plain page: its callback asked as a browser asks it, once a second a viewer."""
    port, folder = free_port(), ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plain_page.py").write_text(PLAIN)
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "-k", "gevent", "plain_page:server"]
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        pid, url = child_of(process.pid), f"http://127.0.0.1:{port}"
        outputs = [{"id": f"g{n}", "property": "figure"} for n in range(16)]
        body: dict[str, Any] = {
            "output": ".." + "...".join(f"g{n}.figure" for n in range(16)) + "..",
            "outputs": outputs,
            "inputs": [{"id": "timer", "property": "n_intervals", "value": 1}],
            "changedPropIds": ["timer.n_intervals"],
        }
        headers = {"Content-Type": "application/json"}
        ask = urllib.request.Request(f"{url}/_dash-update-component", json.dumps(body).encode(), headers)
        urllib.request.urlopen(ask).read()
        used, count = cpu_s(pid), INTERVAL_VIEWERS * 8
        for _ in range(count):
            urllib.request.urlopen(ask).read()
        return (cpu_s(pid) - used) / count
    finally:
        process.terminate()
        process.wait(20)


def main(viewers: int) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (viewers * 2 + 500,) * 2)
    plain = interval_page()
    with stack() as run:
        stream, found = asyncio.run(follow(run, viewers))
    print(f"{viewers} viewers for {SECONDS} s, an event a second; server CPU a viewer a second, milliseconds")
    print(f"event stream {stream * 1000:.3f}   plain dcc.Interval page with 16 figures {plain * 1000:.1f}")
    print(f"ratio {plain / stream:,.0f} times less (goal 500)")
    print(f"XADD to the client, milliseconds (goal: p99 under 250): p50 {quantile(found, 0.5):.0f}"
          f"   p99 {quantile(found, 0.99):.0f}   ({len(found):,} of {viewers * SECONDS:,} arrivals)")  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)

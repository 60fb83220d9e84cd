"""A whole Ten Days for tests of pages: a real server, simulated centres on real streams, a real worker, real pages.

It takes a few seconds to make, so one stands for all tests of a session (the fixture ``desk_app``). Its clock stands
at :data:`NOW`, a Monday morning, until a test moves it, and nothing happens but what a test sends: every number stays
what it is. A test that sends something must not count on what others left, and pages must be asked for what they say
now (:meth:`DeskApp.snapshot`), never for numbers that were written down.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import redis
from msgspec import structs
from shown_network import NOW
from werkzeug.serving import WSGIRequestHandler, make_server

from callbacks import create_app
from dashboard.network import Network
from dashboard.network_file import DEFAULT, load
from dashboard.settings import read
from data_sources import simulator
from data_sources.embedded import EmbeddedServer
from data_sources.history import open_engine, upgrade
from data_sources.live import version_of
from data_sources.services import Services
from data_sources.stream import events_key, snapshot_key
from data_sources.worker import Worker

DAY = 86_400.0
BUSY, RURAL, SILENT, SINGLE, PLANNED = "atyrau-1", "kulsary", "inderbor", "makat", "dossor"
"""A city centre, a rural one, one that is out of contact since 10:18, one of a single branch, one to come."""
CENTRES = (BUSY, RURAL, SILENT, SINGLE, PLANNED)
SILENT_S = 730.0
DOCUMENT_DAYS = 24
"""Of documents and oversight: enough for documents that are late."""
TICKET_DAYS = 3.0
"""Of tickets: from Friday."""
ALIVE_S = 1.0
"""So often an empty change says that the worker lives, as in life every 2 s: the pages stay live."""
HEARD_S = 60.0
"""At the most until the web's side has heard what was published; it takes a millisecond or two."""
LEAVERS = {BUSY: 14, RURAL: 5, SILENT: 3, SINGLE: 2}
"""In the last two years; half as many joined and stayed."""
REASONS = ("pay", "pay", "workload", "other", None)
"""None: the event names none, which is read as another one."""


class Clock:
    """Stands until it is moved."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class DeskServices(Services):
    """The real services with a clock that stands."""

    at: Clock

    def clock(self) -> float:
        return self.at()


class Quiet(WSGIRequestHandler):
    def log_request(self, *_: Any) -> None:
        """Nothing: a test says what was wrong."""


class DeskApp:
    """The running whole: ``url`` of the pages, ``services``, ``network``, ``clock``; and what a test does to it."""

    def __init__(self, services: DeskServices) -> None:
        self.services, self.network, self.clock = services, services.network, services.at
        self.worker = Worker(services, services.at)
        self.url = ""
        self._lock, self._stop, self._sent = threading.Lock(), threading.Event(), 0

    def snapshot(self) -> dict[str, Any]:
        """The published picture (docs/snapshot.md)."""
        found: dict[str, Any] = msgspec.json.decode(self.services.snapshot())
        return found

    def centre(self, centre: str) -> dict[str, Any]:
        found: dict[str, Any] = next(each for each in self.snapshot()["centres"] if each["id"] == centre)
        return found

    def send(self, source: str, type_: str, *, ago: float = 0.0, **data: Any) -> None:
        """Put an event on its centre's stream (``source`` is ``/<centre>/<branch>``), stored and published when this
        returns."""
        with self._lock:
            self._sent += 1
            moment = self.clock() - ago
            raw = event(source, f"sent-{self._sent}", type_, moment, data)
            self.services.redis.xadd(events_key(source.split("/")[1]), {"event": raw})
        self.catch_up()

    def advance(self, seconds: float) -> None:
        """Move the clock on, and publish the picture of then."""
        self.clock.now += seconds
        self.catch_up()

    def catch_up(self) -> None:
        """Store all that stands on the streams, and publish."""
        with self._lock:
            while self.worker.step(block_ms=0):
                pass
            self.worker.publisher.publish(
                self.worker.states, self.worker.positions, self.worker.changed, 0, self.clock()
            )
            self.worker.changed.clear()
            self._heard()

    def _heard(self) -> None:
        """The web's side hears of a change a moment after it is published: what is asked next must not be older."""
        published = version_of(self.services.redis.get(snapshot_key(self.network.id)))  # type: ignore[arg-type]
        until = time.monotonic() + HEARD_S
        while version_of(self.services.snapshot()) < published:
            assert time.monotonic() < until, f"the web's side has not heard of version {published}"
            time.sleep(0.002)

    def run(self) -> None:
        while not self._stop.wait(ALIVE_S):
            self.catch_up()

    def close(self) -> None:
        self._stop.set()
        self.worker.close()


def event(source: str, id_: str, type_: str, moment: float, data: dict[str, Any]) -> bytes:
    """An event as its producer writes it."""
    time_ = datetime.fromtimestamp(moment, UTC).isoformat()
    members = {"specversion": "1.0", "id": id_, "source": source, "type": type_, "time": time_, "data": data}
    return msgspec.json.encode(members)


def desk_network() -> Network:
    whole = load(DEFAULT)
    return structs.replace(whole, centres=tuple(each for each in whole.centres if each.id in CENTRES))


@contextmanager
def running_desk_app(folder: Path) -> Iterator[DeskApp]:
    """A :class:`DeskApp` in an empty folder, for as long as the context lasts."""
    with ExitStack() as stack:
        server = stack.enter_context(EmbeddedServer(folder / "valkey"))
        settings = read({"TENDAYS_REDIS_URL": server.url, "TENDAYS_DATA_DIR": str(folder), "TENDAYS_DEMO_OPEN": "1"})
        engine = open_engine(settings.history_url)
        stack.callback(engine.dispose)
        upgrade(engine)
        client = redis.Redis.from_url(server.url)
        stack.callback(client.close)
        services = DeskServices(settings, desk_network(), client, engine, Clock(NOW))
        live_the_past(client, services.network)
        app = DeskApp(services)
        stack.callback(app.close)
        app.catch_up()
        stack.callback(services.live.close)
        stack.enter_context(in_thread(app.run, app._stop.set))
        stack.enter_context(serving(app))
        yield app


@contextmanager
def serving(app: DeskApp) -> Iterator[None]:
    server = make_server("127.0.0.1", 0, create_app(app.services).server, threaded=True, request_handler=Quiet)
    server.daemon_threads = True  # type: ignore[attr-defined]
    app.url = f"http://127.0.0.1:{server.server_port}"
    with in_thread(lambda: server.serve_forever(poll_interval=0.05), server.shutdown):
        yield
    server.server_close()


@contextmanager
def in_thread(run: Any, stop: Any) -> Iterator[None]:
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join(10)


def live_the_past(client: redis.Redis, network: Network) -> None:
    """Write the centres' events to their streams, each with an entry id of its own time."""
    parameters = simulator.load()
    for centre in network.centres:
        until = NOW - SILENT_S if centre.id == SILENT else NOW
        events = staff_of_old(centre.id, centre.branches[0].id)
        events += simulator.simulate(
            centre, network, parameters, 1, NOW - DOCUMENT_DAYS * DAY, until, NOW - TICKET_DAYS * DAY
        )
        events.append((until - 3, event(f"/{centre.id}", "beat", "heartbeat", until - 3, {})))
        pipe, at = client.pipeline(transaction=False), 0
        for moment, raw in events:
            at = max(at, int(moment * 1000))  # when staff had joined is told on the first day
            pipe.xadd(events_key(centre.id), {"event": raw}, id=f"{at}-*")
        pipe.execute()


def staff_of_old(centre: str, branch: str) -> list[tuple[float, bytes]]:
    """People who joined and left in the two years before the simulation begins, and one who moved from the city
    to the rural centre."""
    source = f"/{centre}/{branch}"
    found: list[tuple[float, str, dict[str, Any]]] = []
    for number in range(LEAVERS.get(centre, 0)):
        left = NOW - (30 + number * 317 % 680) * DAY
        served = (20 + number * number * 17 % 500) * DAY
        reason = REASONS[number % len(REASONS)]
        code = f"{centre}-former-{number}"
        found.append((left - served, "staff.joined", {"employee": code}))
        found.append((left, "staff.left", {"employee": code} | ({"reason": reason} if reason else {})))
        if number % 2:
            found.append((left - served + 3 * DAY, "staff.joined", {"employee": f"{centre}-stayed-{number}"}))
    if centre == BUSY:
        found.append((NOW - 700 * DAY, "staff.joined", {"employee": "moved-1"}))
        found.append((NOW - 90 * DAY, "staff.left", {"employee": "moved-1", "reason": "moved"}))
    if centre == RURAL:
        found.append((NOW - 85 * DAY, "staff.joined", {"employee": "moved-1"}))
    found = sorted(found, key=lambda each: each[0]) if centre in LEAVERS else []
    return [
        (moment, event(source, f"old-{place}", type_, moment, data))
        for place, (moment, type_, data) in enumerate(found)
    ]


if __name__ == "__main__":  # PYTHONPATH=. python tests/desk_app.py: look at what the tests look at
    import tempfile

    with tempfile.TemporaryDirectory() as made_in, running_desk_app(Path(made_in)) as shown:
        print(shown.url, flush=True)
        while True:
            time.sleep(60)

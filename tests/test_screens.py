"""Wall screens: paired by a code, let in until revoked, through restarts of everything."""

import dataclasses
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import new_database
from desk_app import BUSY, Clock, DeskApp, DeskServices, Quiet
from flask.testing import FlaskClient
from msgspec import structs
from playwright.sync_api import Page
from shown_network import NOW
from sqlalchemy import Engine, select
from test_rights import route
from werkzeug.serving import make_server

from callbacks import create_app
from data_sources.history import open_engine, upgrade
from data_sources.screens import CODE_LENGTH, CODE_LETTERS, CODE_S, SCREENS, WAITING_MOST, ScreenError, Screens

HTML = {"Accept": "text/html"}
BOTH = pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    is_said = hasattr(request, "param")
    engine = open_engine(new_database(request, tmp_path) if is_said else f"sqlite:///{tmp_path}/history.db")
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def screens(engine: Engine, clock: Clock) -> Screens:
    return Screens(engine, clock)


@BOTH
def test_a_screen_is_let_in_once_its_code_is_confirmed_and_until_it_is_revoked(
    screens: Screens, engine: Engine
) -> None:
    waits = screens.pair_begin()
    assert len(waits.code) == CODE_LENGTH
    assert set(waits.code) <= set(CODE_LETTERS)
    assert screens.find(waits.token) is None
    assert screens.state(waits.token) == "waiting"
    typed = f" {waits.code[:4].lower()}-{waits.code[4:]} "
    paired = screens.confirm(typed, " Hall of the akimat ", "admin@akimat")
    assert (paired.name, paired.paired_by) == ("Hall of the akimat", "admin@akimat")
    assert screens.state(waits.token) == "paired"
    found = Screens(engine, screens._clock).find(waits.token)  # another process, a later day
    assert found is not None
    assert found.id == paired.id
    assert [each.id for each in screens.list()] == [paired.id]
    with engine.connect() as connection:
        assert waits.token not in str(connection.execute(select(SCREENS)).all())
    screens.revoke(paired.id)
    assert screens.find(waits.token) is None
    assert screens.state(waits.token) == "expired"


def test_a_code_is_good_once_and_for_ten_minutes(screens: Screens, clock: Clock) -> None:
    first, late = screens.pair_begin(), screens.pair_begin()
    screens.confirm(first.code, "a", "me")
    with pytest.raises(ScreenError, match="read it again"):
        screens.confirm(first.code, "b", "me")
    clock.now += CODE_S
    assert screens.state(late.token) == "expired"
    with pytest.raises(ScreenError):
        screens.confirm(late.code, "c", "me")
    assert screens.find(first.token) is not None  # what is paired does not end


@pytest.mark.parametrize(("code", "name", "kind"), [("", "a", "no_code"), ("ZZZZZZZZ", "a", "no_code")])
def test_nothing_is_paired_by_a_code_that_no_screen_shows(screens: Screens, code: str, name: str, kind: str) -> None:
    paired = screens.pair_begin()
    screens.confirm(paired.code, "there", "me")
    with pytest.raises(ScreenError) as problem:
        screens.confirm(code, name, "me")
    assert problem.value.kind == kind


def test_loading_the_page_again_keeps_the_code_and_an_old_one_makes_room(screens: Screens, clock: Clock) -> None:
    waits = screens.pair_begin()
    assert screens.pair_begin(waits.token) == waits
    clock.now += CODE_S
    assert screens.pair_begin(waits.token).code != waits.code


def test_not_everybody_can_fill_the_database_with_codes(screens: Screens, clock: Clock) -> None:
    for _ in range(WAITING_MOST):
        screens.pair_begin()
    with pytest.raises(ScreenError, match="wait to be paired"):
        screens.pair_begin()
    clock.now += CODE_S
    screens.pair_begin()


# on the web


@pytest.fixture(scope="module")
def services(desk_app: DeskApp) -> Iterator[DeskServices]:
    closed = structs.replace(desk_app.services.settings, demo_open=False)
    services = dataclasses.replace(desk_app.services, settings=closed, at=Clock(NOW))
    yield services
    services.live.close()


def code_on(html: str) -> str:
    found = re.search(r'data-part="code">([A-Z0-9-]+)<', html)
    assert found is not None
    return found[1]


def paired_client(services: DeskServices) -> tuple[FlaskClient, str]:
    client: FlaskClient = create_app(services).server.test_client()
    code = code_on(client.get("/screen").get_data(as_text=True))
    assert client.get("/wall", headers=HTML).headers["Location"] == "/screen"
    assert client.get("/screen/state").get_json() == {"state": "waiting"}
    screen = services.screens.confirm(code, "Hall", "admin")
    assert client.get("/screen/state").get_json() == {"state": "paired"}
    return client, screen.id


def test_a_paired_screen_sees_the_wall_and_nothing_else(services: DeskServices) -> None:
    client, _ = paired_client(services)
    assert client.get("/screen").headers["Location"] == "/wall"
    assert client.get("/wall", headers=HTML).status_code == 200
    assert client.get("/api/v1/snapshot").status_code == 200
    for path in (f"/centre/{BUSY}", "/staff", "/feeds", "/account", "/export/queue.waiting.csv"):
        assert client.get(path, headers=HTML).status_code == 403
    wall = route(client, "/wall").get_data(as_text=True)
    assert "\\u002fcentre\\u002f" not in wall  # no link leads where it may not go
    assert "\\u002faccount" not in wall


def test_the_right_of_a_screen_is_given_again_while_it_looks_and_outlasts_the_secret_key(
    services: DeskServices,
) -> None:
    client, _ = paired_client(services)
    kept = client.get("/wall", headers=HTML).headers["Set-Cookie"]
    assert kept.startswith("screen=")
    assert "HttpOnly" in kept
    assert "Max-Age=34560000" in kept
    token = client.get_cookie("screen")
    assert token is not None
    other = dataclasses.replace(services, settings=structs.replace(services.settings, secret_key="another" * 5))
    later: FlaskClient = create_app(other).server.test_client()
    later.set_cookie("screen", token.value)
    services.at.now += 86_400 * 60
    assert later.get("/wall", headers=HTML).status_code == 200


def test_a_revoked_screen_shows_a_code_again_and_its_stream_ends(
    services: DeskServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callbacks.identity.CHECK_S", 0.0)
    client, id_ = paired_client(services)
    stream = client.get("/api/v1/live")
    frames = iter(stream.response)
    assert b"event: snapshot" in next(frames)
    services.screens.revoke(id_)
    assert list(frames) == []
    stream.close()
    assert client.get("/api/v1/snapshot").status_code == 401
    assert client.get("/wall", headers=HTML).headers["Location"] == "/screen"
    assert code_on(client.get("/screen").get_data(as_text=True))


@pytest.mark.browser
def test_a_screen_pairs_goes_to_the_wall_and_comes_back_for_a_code_when_revoked(
    page: Page, services: DeskServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callbacks.identity.CHECK_S", 0.5)
    server = make_server("127.0.0.1", 0, create_app(services).server, threaded=True, request_handler=Quiet)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.05), daemon=True)
    thread.start()
    try:
        page.goto(f"http://127.0.0.1:{server.server_port}/wall")
        assert page.url.endswith("/login?next=/wall")
        page.goto(f"http://127.0.0.1:{server.server_port}/screen")
        code = page.locator("[data-part=code]").inner_text()
        screen = services.screens.confirm(code, "Hall", "admin")
        page.wait_for_selector(f'[data-tile="{BUSY}"] svg', timeout=60_000)
        assert page.locator("[data-tile] a[href], .act-line a[href]").count() == 0
        services.screens.revoke(screen.id)
        page.wait_for_selector("[data-part=code]", timeout=60_000)
        assert page.locator("[data-part=code]").inner_text() != code
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()

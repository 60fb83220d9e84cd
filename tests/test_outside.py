"""What is refused before anything else, what browsers are told to hold to, and that every page does hold to it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from desk_app import BUSY, SINGLE, DeskApp
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from callbacks import create_app
from callbacks.outside import CALLBACK, MAX_CALLBACK_BYTES, MAX_DEPTH
from dashboard.i18n import LANGUAGES, catalogues
from dashboard.settings import read
from layouts import PAGES
from tests.test_wall_page import World

ROUTER = {
    "output": ".._pages_content.children..._pages_store.data..",
    "outputs": [{"id": "_pages_content", "property": "children"}, {"id": "_pages_store", "property": "data"}],
    "inputs": [
        {"id": "_pages_location", "property": "pathname", "value": "/wall"},
        {"id": "_pages_location", "property": "search", "value": ""},
    ],
    "changedPropIds": ["_pages_location.pathname"],
    "state": [],
}
"""What a browser asks when a page is opened."""
VISITS = {
    "wall": ["/wall", "/wall?at=2026-11-23T09:00"],
    "feeds": ["/feeds"],
    "alerts": ["/alerts"],
    "centre": [f"/centre/{BUSY}?number=queue.waiting"],
    "branch": [f"/branch/{SINGLE}/main"],
    "deadlines": ["/deadlines?number=sla.overdue"],
    "staff": ["/staff?number=turnover.left_12m"],
    "search": ["/search?q=A"],
}
"""Addresses of each page, with what it draws in other ways."""
PLAIN = ["/login", "/look", "/screen"]
"""What the server draws without Dash."""
FIGURES = {page.name for page in PAGES if page.figures}
LISTEN = """
window.violations = [];
document.addEventListener("securitypolicyviolation", e => window.violations.push(
  [e.effectiveDirective, e.blockedURI, e.sourceFile, e.sample].join(" ")));
"""


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def client(world: World) -> FlaskClient:
    return create_app(world).server.test_client()


def client_with(world: World, **variables: str) -> FlaskClient:
    """A client of an application with other settings."""
    other = World()
    other.settings = read({f"TENDAYS_{name}": value for name, value in variables.items()})
    return create_app(other).server.test_client()


def ask(client: FlaskClient, body: Any = ROUTER, **headers: str) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(CALLBACK, data=raw, headers={"Content-Type": "application/json"} | named)


def test_a_page_of_ours_is_answered(client: FlaskClient) -> None:
    assert ask(client, Origin="http://localhost", Sec_Fetch_Site="same-origin").status_code == 200
    assert ask(client, Origin="http://localhost").status_code == 200, "a browser that does not say from where"
    assert ask(client).status_code == 200, "a program, which has nobody's cookies"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "https://localhost"},
        {"Sec_Fetch_Site": "cross-site", "Origin": "http://localhost"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"},
    ],
)
def test_what_another_site_has_a_browser_send_is_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = ask(client, **headers)
    assert (answer.status_code, answer.json["code"]) == (403, "other_site")


def test_another_site_may_link_to_a_page_and_take_nothing_of_it(client: FlaskClient) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert client.get("/feeds", headers=link).status_code == 200
    for mode, dest in (("no-cors", "image"), ("no-cors", "script"), ("cors", "empty"), ("navigate", "iframe")):
        taken = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
        assert client.get("/api/v1/snapshot", headers=taken).status_code == 403


def nested(levels: int) -> dict[str, Any]:
    value: Any = []
    for _ in range(levels):
        value = [value]
    return ROUTER | {"state": [{"id": "x", "property": "data", "value": value}]}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"not json", 400),
        (b"[]", 400),
        (b"{}", 400),
        (b"\xff\xfe", 400),
        (b'{"output":' + b"[" * 50_000, 400),
        (ROUTER | {"output": 5}, 400),
        (ROUTER | {"inputs": "x"}, 400),
        (ROUTER | {"inputs": [5]}, 400),
        (ROUTER | {"inputs": ROUTER["inputs"] * 100}, 400),
        (nested(MAX_DEPTH), 400),
        (nested(900), 400),
        (ROUTER | {"state": [{"id": "x", "property": "p", "value": "x" * MAX_CALLBACK_BYTES}]}, 413),
    ],
)
def test_what_no_page_would_ask_is_refused_unread(client: FlaskClient, body: Any, status: int) -> None:
    answer = ask(client, body)
    assert answer.status_code == status
    assert b"Traceback" not in answer.data


def test_a_form_cannot_ask_a_callback(client: FlaskClient) -> None:
    answer = client.post(CALLBACK, data=json.dumps(ROUTER), headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json["code"]) == (415, "not_json")


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "[::2]", "a b", ""])
def test_a_name_that_is_not_ours_is_not_answered(client: FlaskClient, host: str) -> None:
    answer = client.get("/login", headers={"Host": host})
    assert answer.status_code in (400, 421)
    assert b"TENDAYS_HOSTS" in answer.data or answer.status_code == 400
    assert client.get("/healthz", headers={"Host": host or "x"}).status_code == 200


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8050", "127.0.0.1:1", "[::1]:8050"])
def test_this_machine_is_answered_by_any_of_its_names(client: FlaskClient, host: str) -> None:
    assert client.get("/login", headers={"Host": host}).status_code == 200


def test_names_that_are_set_are_answered(world: World) -> None:
    client = client_with(world, HOSTS="wall.example.kz, 10.1.2.3", HOST="10.9.9.9")
    found = [
        client.get("/login", headers={"Host": each}).status_code
        for each in ("wall.example.kz", "10.1.2.3:80", "10.9.9.9", "example.kz")
    ]
    assert found == [200, 200, 200, 421]


def test_a_proxy_is_believed_only_when_it_is_trusted(world: World) -> None:
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "1.2.3.4", "X-Forwarded-Host": "evil.example"}
    assert "Strict-Transport-Security" not in create_app(world).server.test_client().get("/login", headers=said).headers
    trusting = client_with(world, PROXIES="1")
    answer = trusting.get("/login", headers=said)
    assert answer.status_code == 200, "the name is that of the request itself"
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert ask(trusting, Origin="https://localhost", X_Forwarded_Proto="https").status_code == 401, "on to the door"
    assert ask(trusting, Origin="http://localhost", X_Forwarded_Proto="https").status_code == 403


def test_every_answer_has_its_headers(client: FlaskClient) -> None:
    for path in ("/feeds", "/assets/base.css", "/api/v1/snapshot", "/healthz", "/nothing/here", "/export/x.csv"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_the_policy_of_a_page_lets_in_nothing_unsafe_and_no_style_twice(client: FlaskClient) -> None:
    policies = [client.get("/feeds").headers["Content-Security-Policy"] for _ in range(2)]
    of = dict(each.split(" ", 1) for each in policies[0].split("; "))
    assert "unsafe-inline" not in policies[0]
    assert "unsafe-eval" not in policies[0]
    assert of["default-src"] == of["object-src"] == of["base-uri"] == of["frame-ancestors"] == "'none'"
    assert of["connect-src"] == of["form-action"] == of["font-src"] == "'self'"
    assert policies[0] != policies[1], "a nonce is good once"


def test_no_address_is_for_developers(client: FlaskClient) -> None:
    rules = {rule.rule for rule in client.application.url_map.iter_rules()}
    assert not [each for each in rules if "reload" in each or "alive" in each or "mcp" in each or "debug" in each]
    assert client.application.debug is False


def test_a_fault_of_ours_says_no_more_than_that(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = create_app(world).server.test_client()
    monkeypatch.setattr(world, "snapshot", lambda: 1 / 0)
    answer = ask(client)
    assert (answer.status_code, answer.json["code"]) == (500, "internal_server_error")
    assert b"ZeroDivision" not in answer.data
    assert b"Traceback" not in answer.data


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_there_is_no_page_that_is_said_in_ones_language(client: FlaskClient, language: str) -> None:
    for path in ("/nothing/here", "/wall/x", "/assets/none.css", "/centre", "/_reload-hash"):
        shown = client.get(f"{path}?lang={language}", headers={"Accept": "text/html"})
        assert (shown.status_code, shown.mimetype) == (404, "text/html"), path
        title = catalogues()[language].gettext("There is no such page")
        assert f"<h1>{title}</h1>" in shown.get_data(as_text=True)
        assert f'lang="{language}"' in shown.get_data(as_text=True)


def test_a_program_gets_errors_that_it_can_read(client: FlaskClient) -> None:
    missing, wrong = client.get("/assets/none.css"), client.delete("/api/v1/snapshot")
    assert (missing.status_code, missing.json["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json["code"]) == (405, "method_not_allowed")
    assert "GET" in wrong.headers["Allow"]
    of_a_page = client.get(CALLBACK)
    assert (of_a_page.status_code, of_a_page.headers["Allow"]) == (405, "OPTIONS, POST"), "no path is Dash's by default"
    choice = client.get("/feeds?lang=kk", base_url="http://localhost").headers["Set-Cookie"]
    assert "HttpOnly" in choice


def test_a_path_that_only_takes_what_is_sent_says_so(desk_app: DeskApp) -> None:
    answer = create_app(desk_app.services).server.test_client().get("/api/v1/events")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "OPTIONS, POST")


@pytest.fixture(scope="module")
def visited(desk_app: DeskApp, browser: Browser) -> Iterator[dict[str, list[str]]]:
    """Each address to what the browser reported of its policy."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="ru-RU")
    context.add_init_script(LISTEN)
    found: dict[str, list[str]] = {}
    for path in addresses():
        page, said = context.new_page(), []
        page.on("console", lambda message, said=said: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        page.goto(desk_app.url + path)
        page.wait_for_selector("main, #wall")
        if "number=" in path:
            page.wait_for_selector(".ag-row")
        if FIGURES.intersection(path.split("?")[0].split("/")):
            page.wait_for_selector(".js-plotly-plot .main-svg")
        found[path] = [*said, *page.evaluate("window.violations")]
        page.close()
    yield found
    context.close()


def addresses() -> list[str]:
    """Those of :data:`VISITS`, and of every other page by its own path."""
    others = [page.paths[0] for page in PAGES if page.name not in VISITS]
    return [*(each for visits in VISITS.values() for each in visits), *others, *PLAIN]


def test_every_page_is_visited() -> None:
    assert [each for each in addresses() if "<" in each] == [], "add an address of the page to VISITS"


@pytest.mark.browser
def test_pages_run_under_their_policy_with_nothing_reported(visited: dict[str, list[str]]) -> None:
    assert {path: said for path, said in visited.items() if said} == {}

"""The tables of rights are whole: every way in has its row, for every role, and nothing else lets anybody in."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from desk_app import BUSY, PLANNED, RURAL, DeskApp
from flask.testing import FlaskClient
from shown_network import NETWORK

from callbacks import create_app
from dashboard.roles import (
    ACCOUNT_ROLES,
    CALLBACKS,
    ENDPOINTS,
    OTHER_NEEDS,
    PAGES,
    RIGHTS,
    ROLES,
    TABLE,
    VISITOR,
    Right,
    Role,
    Viewer,
    may,
    may_open,
    scope,
)
from layouts import PAGES as SHOWN

ROUTER = ".._pages_content.children..._pages_store.data.."
PARTS = ("page-fresh-now.data", "page-fresh-history.data")
OWN = "atyrau-1"
HTML = {"Accept": "text/html"}
ONLY = "hall-2"
"""A branch of OWN whose id no other centre of the tests has."""


def viewer(role: Role) -> Viewer:
    return Viewer(role, centre=OWN if role == "director" else None)


# the tables alone


def test_every_right_names_known_roles_and_every_need_is_a_right() -> None:
    assert set(TABLE) == set(RIGHTS)
    assert all(set(TABLE[right]) <= set(ROLES) for right in RIGHTS)
    assert {*PAGES.values(), *ENDPOINTS.values(), *CALLBACKS.values()} <= {*RIGHTS, *OTHER_NEEDS}


@pytest.mark.parametrize("right", [each for each in RIGHTS if each != "public"])
def test_a_visitor_has_no_right_and_a_screen_the_wall_alone(right: Right) -> None:
    assert not may(VISITOR, right)
    assert may(viewer("screen"), right) == (right == "wall")


@pytest.mark.parametrize("right", RIGHTS)
def test_a_director_has_at_most_the_own_centre_in_full(right: Right) -> None:
    if right not in ("public", "own"):
        assert scope(viewer("director"), right) in ("own", "none")
        assert not may(viewer("director"), right, RURAL)
        assert may(viewer("director"), right, OWN) == may(viewer("director"), right)


def test_a_director_of_no_centre_may_see_nothing() -> None:
    assert not any(may(Viewer("director"), right) for right in RIGHTS if TABLE[right].get("director") == "own")


def test_what_the_issue_says_of_each_role() -> None:
    everything = {right for right in RIGHTS if right not in ("public", "own")}
    reading = everything - {"metrics", "admin", "decide"}
    looking = reading - {"acknowledge"}
    wanted = {
        "akim": reading | {"decide"},
        "deputy": reading | {"decide"},
        "director": reading,
        "commission": looking,
        "presenter": looking | {"decide"},
        "it": {"wall", "feeds", "metrics", "alerts", "acknowledge"},
        "administrator": everything,
    }
    assert {role: {right for right in everything if may(viewer(role), right)} for role in ACCOUNT_ROLES} == wanted


def test_a_page_without_a_row_is_nobodys() -> None:
    assert not any(may_open(viewer(role), "no-such-page") for role in ROLES)


# the tables against the application


@pytest.fixture(scope="module")
def client(desk_app: DeskApp) -> FlaskClient:
    client: FlaskClient = create_app(desk_app.services).server.test_client()
    client.get("/wall")
    return client


def unlisted(app: Any) -> Iterator[str]:
    """Every page, route and callback of an application that has no row."""
    yield from (f"page {each.name}" for each in SHOWN if each.name not in PAGES)
    yield from (f"route {each.endpoint}" for each in app.server.url_map.iter_rules() if each.endpoint not in ENDPOINTS)
    yield from (f"callback {each}" for each in app.callback_map if each not in CALLBACKS)


def test_every_page_route_and_callback_has_a_row(desk_app: DeskApp) -> None:
    app = create_app(desk_app.services)
    app.server.test_client().get("/wall")  # Dash makes its own at the first request
    assert sorted(unlisted(app)) == []


def test_a_route_and_a_callback_without_a_row_are_found_and_refused(desk_app: DeskApp) -> None:
    from dash import Input, Output

    app = create_app(desk_app.services)
    app.server.add_url_rule("/new", "new", lambda: "rows of everybody")
    app.callback(Output("page", "title"), Input("page-tick", "data"))(lambda _: "rows of everybody")
    client = app.server.test_client()
    assert client.get("/new").status_code == 403
    assert sorted(unlisted(app)) == ["callback page.title", "route new"]
    assert call(client, "page.title") == 403


def look(client: FlaskClient, role: Role) -> None:
    """As one looks in the open demo; a visitor comes through a proxy, where nothing is open."""
    client.set_cookie("look", f"{role}/{OWN}" if role == "director" else role)


def headers(role: Role) -> dict[str, str]:
    return {"X-Forwarded-For": "192.0.2.7"} if role == "visitor" else {}


@pytest.mark.parametrize("page", [each.name for each in SHOWN])
@pytest.mark.parametrize("role", ROLES)
def test_every_page_for_every_role(client: FlaskClient, role: Role, page: str) -> None:
    """The document, Dash's callback that draws it, and its parts."""
    look(client, role)
    # of a centre that has not opened there is little to draw; a director has the own one
    centre = BUSY if role in ("akim", "director") else PLANNED
    path = {"centre": f"/centre/{centre}", "branch": f"/branch/{centre}/main"}.get(page, f"/{page}")
    theirs = may_open(viewer(role), page)
    answer = client.get(path, headers={**HTML, **headers(role)})
    assert answer.status_code == (200 if theirs else 302 if role == "visitor" else 403)
    if answer.status_code == 302:
        assert answer.headers["Location"].startswith("/login?next=/")
    drawn = route(client, path, headers(role), f"?of={centre}")
    assert drawn.status_code == (401 if role == "visitor" else 200)
    assert (b'"desk refused"' in drawn.data) == (not theirs and role != "visitor")
    if page == "wall":
        return
    place = {"centre": centre if page in ("centre", "branch") else None, "branch": "main" if page == "branch" else None}
    asked = {"page": page, "path": path, **place, "query": {"of": centre}, "past": False}
    for part in PARTS:
        assert redraw(client, part, asked, headers(role)).status_code == (
            200 if theirs else 401 if role == "visitor" else 403
        )


@pytest.mark.parametrize("role", ROLES)
def test_every_route_for_every_role(client: FlaskClient, role: Role) -> None:
    """Each answer is what the table says: the route's own when it is theirs, else 401, 403 or the way to sign in."""
    look(client, role)
    paths = {
        "snapshot": "/api/v1/snapshot",
        "live": "/api/v1/live",
        "export": "/export/queue.waiting.csv",
        "api-centre": f"/api/v1/centres/{OWN}",
        "api-branch": f"/api/v1/branches/{OWN}/main",
        "api-only_branch": f"/api/v1/branches/{ONLY}",
        "api-series": "/api/v1/series/queue.issued",
        "oversight-file": "/oversight/directives.csv",
        "week.deck": "/week/2026-W47",
        "week.file": "/week/2026-W47/file.xlsx",
        "signing.account": "/account",
        "signing.password": "/password",
    }
    for rule in {each.endpoint: each for each in client.application.url_map.iter_rules()}.values():
        need = ENDPOINTS[rule.endpoint]
        if "GET" not in rule.methods or need in ("page", "callback", "public"):
            continue
        theirs = need != "nobody" and may(viewer(role), need)  # type: ignore[arg-type]
        answer = client.get(paths.get(rule.endpoint, rule.rule), headers=headers(role))
        assert answer.status_code in ((200, 302, 303) if theirs else (401 if role == "visitor" else 403,)), (
            rule.endpoint
        )
        answer.close()


@pytest.mark.parametrize("role", ROLES)
def test_every_callback_for_every_role(client: FlaskClient, role: Role) -> None:
    look(client, role)
    client.get("/wall", headers=headers(role))
    known = {"page-fresh-now.data", "page-fresh-history.data", ROUTER}  # by page: above
    for output in set(CALLBACKS) - known:
        need = CALLBACKS[output]
        theirs = need not in OTHER_NEEDS and may(viewer(role), need)  # type: ignore[arg-type]
        status = call(client, output, headers(role))
        assert status == (200 if theirs else 401 if role == "visitor" else 403), output


@pytest.mark.parametrize("path", ["/healthz", "/login", "/plain/plain.css", "/assets/base.css", "/api/v1/openapi.json"])
def test_what_is_public_is_open_to_a_visitor(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers=headers("visitor")).status_code == 200


@pytest.mark.parametrize(
    "body", [None, [], {}, {"output": 3}, {"output": PARTS[0]}, {"output": PARTS[0], "state": 7, "inputs": [None]}]
)
def test_a_callback_that_cannot_be_read_is_refused(client: FlaskClient, body: Any) -> None:
    look(client, "akim")
    assert client.post("/_dash-update-component", json=body).status_code in (400, 403, 415)


def test_the_network_of_these_tests_has_the_centres_that_they_name() -> None:
    assert {BUSY, RURAL} <= set(NETWORK.centre_by_id)


# asking as a browser does


def call(client: FlaskClient, output: str, said: dict[str, str] | None = None) -> int:
    outputs = [
        dict(zip(("id", "property"), each.rsplit(".", 1), strict=True)) for each in output.strip(".").split("...")
    ]
    body = {
        "output": output,
        "outputs": outputs if len(outputs) > 1 else outputs[0],
        "inputs": [{"id": "page-tick", "property": "data", "value": 1}],
        "changedPropIds": ["page-tick.data"],
        "state": [],
    }
    return client.post("/_dash-update-component", json=body, headers=said or {}).status_code


def route(client: FlaskClient, path: str, said: dict[str, str] | None = None, search: str = "") -> Any:
    where = {"id": "_pages_location"}
    body = {
        "output": ROUTER,
        "outputs": [{"id": "_pages_content", "property": "children"}, {"id": "_pages_store", "property": "data"}],
        "inputs": [
            {**where, "property": "pathname", "value": path},
            {**where, "property": "search", "value": search},
        ],
        "changedPropIds": ["_pages_location.pathname"],
    }
    return client.post("/_dash-update-component", json=body, headers=said or {})


def redraw(client: FlaskClient, part: str, asked: dict[str, Any], said: dict[str, str] | None = None) -> Any:
    tick = "page-tick" if part == PARTS[0] else "page-minute"
    body = {
        "output": part,
        "outputs": dict(zip(("id", "property"), part.split("."), strict=True)),
        "inputs": [{"id": tick, "property": "data", "value": 1}],
        "changedPropIds": [f"{tick}.data"],
        "state": [{"id": "page-asked", "property": "data", "value": asked}],
    }
    return client.post("/_dash-update-component", json=body, headers=said or {})


def test_metrics_are_for_prometheus_with_its_token_and_for_who_has_the_right(desk_app: DeskApp) -> None:
    from msgspec import structs

    token = "a token of sixteen"
    services = replace(desk_app.services, settings=structs.replace(desk_app.services.settings, metrics_token=token))
    client = create_app(services).server.test_client()
    for role in ROLES:
        look(client, role)
        theirs = may(viewer(role), "metrics")
        answer = client.get("/metrics", headers=headers(role))
        assert answer.status_code == (200 if theirs else 401 if role == "visitor" else 403)
    look(client, "visitor")
    for said, status in ((f"Bearer {token}", 200), ("Bearer another", 401), (token, 401), ("Bearer ", 401)):
        answer = client.get("/metrics", headers={**headers("visitor"), "Authorization": said})
        assert answer.status_code == status, said
    assert "tendays_events_total" in client.get(
        "/metrics", headers={**headers("visitor"), "Authorization": f"Bearer {token}"}
    ).get_data(as_text=True)


def test_a_director_asks_the_api_of_the_own_centre_and_there_is_no_other(client: FlaskClient) -> None:
    look(client, "director")
    assert [each["id"] for each in client.get("/api/v1/centres").json["centres"]] == [OWN]
    for path in (f"/centres/{RURAL}", f"/branches/{RURAL}/main", f"/series/queue.issued?of={RURAL}"):
        answer = client.get(f"/api/v1{path}")
        assert (answer.status_code, answer.json["error"]) == (404, "unknown_centre")
    whole = client.get("/api/v1/series/queue.issued").json["points"]
    assert whole == client.get(f"/api/v1/series/queue.issued?of={OWN}").json["points"] != []

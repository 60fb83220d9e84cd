"""Signing in, by password and by OpenID Connect, staying so and leaving; and where the demo is open."""

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import pytest
from desk_app import BUSY, RURAL, Clock, DeskApp, DeskServices
from flask import Flask
from flask.testing import FlaskClient
from msgspec import structs
from oidc_provider import CLIENT, SECRET, Provider, running_provider
from shown_network import NOW
from test_rights import route

from callbacks import create_app
from dashboard.settings import Oidc
from data_sources.login_limits import OF_ACCOUNT, OF_ADDRESS
from data_sources.sessions import IDLE_S

PASSWORD = "three green camels walk"
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def services(desk_app: DeskApp, provider: Provider) -> Iterator[DeskServices]:
    """Those of the whole, with a door that is not open and a clock of their own."""
    closed = structs.replace(
        desk_app.services.settings, demo_open=False, oidc=Oidc(provider.url, CLIENT, SECRET), secret_key="s" * 32
    )
    services = dataclasses.replace(desk_app.services, settings=closed, at=Clock(NOW))
    yield services
    services.live.close()


@pytest.fixture(scope="module")
def server(services: DeskServices) -> Flask:
    server: Flask = create_app(services).server
    for login, role, centre in (("admin", "administrator", None), ("akim", "akim", None), ("boss", "director", RURAL)):
        account, _ = services.accounts.make(f"{login}@akimat.kz", role, login.title(), centre)
        services.accounts.set_password(account.id, PASSWORD)
    return server


@pytest.fixture
def client(server: Flask, services: DeskServices) -> FlaskClient:
    for key in services.redis.scan_iter("*limits*login*"):
        services.redis.delete(key)
    return server.test_client()


def form(client: FlaskClient, path: str, **said: str) -> Any:
    """Fill in a page's form and send it, with the token that the page has."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).get_data(as_text=True))
    assert token is not None
    return client.post(path, data={"csrf_token": token[1], **said})


def sign_in(client: FlaskClient, login: str = "akim@akimat.kz", password: str = PASSWORD, **said: str) -> Any:
    return form(client, "/login", login=login, password=password, **said)


def problem(answer: Any) -> str | None:
    found = re.search(r'data-problem="(\w+)"', answer.get_data(as_text=True))
    return found[1] if found else None


def cookie(client: FlaskClient, name: str = "session") -> str:
    found = client.get_cookie(name)
    return "" if found is None else found.value


def test_a_visitor_is_led_to_sign_in_and_back_to_where_they_were_going(client: FlaskClient) -> None:
    asked = client.get(f"/centre/{BUSY}?period=week", headers=HTML)
    assert asked.status_code == 302
    assert asked.headers["Location"] == f"/login?next=/centre/{BUSY}%3Fperiod%3Dweek"
    assert client.get("/api/v1/snapshot").status_code == 401
    entered = form(
        client,
        asked.headers["Location"],
        login=" AKIM@akimat.kz",
        password=PASSWORD,
        next=f"/centre/{BUSY}?period=week",
    )
    assert (entered.status_code, entered.headers["Location"]) == (303, f"/centre/{BUSY}?period=week")
    assert client.get(f"/centre/{BUSY}", headers=HTML).status_code == 200
    assert b"Akim" in route(client, f"/centre/{BUSY}").data


@pytest.mark.parametrize(
    "next_", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "/a b"]
)
def test_signing_in_leads_to_no_other_host(client: FlaskClient, next_: str) -> None:
    assert sign_in(client, next=next_).headers["Location"] == "/wall"


def test_a_director_begins_at_the_own_centre_and_sees_no_other(client: FlaskClient) -> None:
    assert sign_in(client, "boss@akimat.kz").headers["Location"] == f"/centre/{RURAL}"
    assert client.get(f"/centre/{BUSY}", headers=HTML).status_code == 403
    assert client.get("/admin", headers=HTML).status_code in (200, 403)


@pytest.mark.parametrize("login", ["akim@akimat.kz", "nobody@akimat.kz"])
def test_a_wrong_password_and_an_unknown_login_are_told_of_alike(client: FlaskClient, login: str) -> None:
    answer = sign_in(client, login, "not the password")
    assert (answer.status_code, problem(answer)) == (403, "wrong")


def test_a_form_without_its_token_signs_nobody_in(client: FlaskClient) -> None:
    answer = client.post("/login", data={"login": "akim@akimat.kz", "password": PASSWORD})
    assert (answer.status_code, problem(answer)) == (400, "stale_form")
    assert client.get("/wall", headers=HTML).status_code == 302


def test_too_many_wrong_passwords_close_an_account_for_a_while_also_for_the_right_one(client: FlaskClient) -> None:
    for _ in range(OF_ACCOUNT):
        assert problem(sign_in(client, password="wrong wrong wrong")) == "wrong"
    answer = sign_in(client)
    assert (answer.status_code, problem(answer), answer.headers["Retry-After"]) == (429, "too_many", "900")
    assert sign_in(client, "boss@akimat.kz").status_code == 303  # others are not kept out


def test_one_address_may_not_try_many_logins(client: FlaskClient, services: DeskServices) -> None:
    for number in range(OF_ADDRESS):
        services.logins.failed(f"guess-{number}", "127.0.0.1")
    assert problem(sign_in(client)) == "too_many"


def test_with_redis_away_nobody_is_let_in_uncounted(client: FlaskClient, services: DeskServices) -> None:
    import redis

    def fails(*_: Any) -> bool:
        raise redis.ConnectionError("away")

    kept = services.logins.is_open
    services.logins.is_open = fails  # type: ignore[method-assign]
    try:
        answer = sign_in(client)
    finally:
        services.logins.is_open = kept  # type: ignore[method-assign]
    assert (answer.status_code, problem(answer)) == (503, "unavailable")


def test_signing_in_again_begins_another_session_and_ends_the_one_before(server: Flask, client: FlaskClient) -> None:
    sign_in(client)
    stolen = server.test_client()
    stolen.set_cookie("session", cookie(client))
    assert stolen.get("/wall", headers=HTML).status_code == 200
    sign_in(client)
    assert client.get("/wall", headers=HTML).status_code == 200
    assert stolen.get("/wall", headers=HTML).status_code == 302


def test_a_session_that_was_there_before_signing_in_is_not_the_one_after(client: FlaskClient) -> None:
    client.get("/login")
    before = cookie(client)
    sign_in(client)
    assert cookie(client) != before


def test_the_cookie_is_closed_to_scripts_and_behind_tls_bound_to_this_host(server: Flask) -> None:
    client = server.test_client()
    plain = client.get("/login").headers["Set-Cookie"]
    assert plain.startswith("session=")
    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    secure = client.get("/login", base_url="https://127.0.0.1").headers["Set-Cookie"]
    assert secure.startswith("__Host-session=")
    assert "; Secure;" in secure
    assert "Path=/" in secure
    assert "Domain" not in secure


def test_signing_out_here_and_everywhere(server: Flask, client: FlaskClient) -> None:
    others = [server.test_client() for _ in range(2)]
    for each in (client, *others):
        sign_in(each)
    assert form(others[0], "/account", leave="here").status_code == 303
    assert [each.get("/wall", headers=HTML).status_code for each in (client, *others)] == [200, 302, 200]
    form(client, "/account", leave="everywhere")
    assert [each.get("/wall", headers=HTML).status_code for each in (client, *others)] == [302, 302, 302]


def test_a_page_that_is_only_being_redrawn_does_not_keep_its_session(
    client: FlaskClient, services: DeskServices
) -> None:
    sign_in(client)
    services.at.now += IDLE_S - 1
    assert client.get("/api/v1/snapshot").status_code == 200
    services.at.now += 1
    assert client.get("/api/v1/snapshot").status_code == 401


def test_an_open_stream_ends_with_its_session(
    client: FlaskClient, services: DeskServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callbacks.identity.CHECK_S", 0.0)
    sign_in(client)
    stream = client.get("/api/v1/live")
    frames = iter(stream.response)
    assert b"event: snapshot" in next(frames)
    account = services.accounts.find("akim@akimat.kz")
    assert account is not None
    services.sessions.end_all(account.id)
    assert list(frames) == []
    stream.close()


def test_a_password_that_was_given_must_be_changed_before_anything_else(
    server: Flask, client: FlaskClient, services: DeskServices
) -> None:
    _, given = services.accounts.make("new@akimat.kz", "akim")
    assert sign_in(client, "new@akimat.kz", given).headers["Location"] == "/password"
    assert client.get("/wall", headers=HTML).headers["Location"] == "/password"
    assert client.get("/api/v1/snapshot").status_code == 403
    wrong = {
        "not_same": {"old": given, "new": PASSWORD, "again": PASSWORD + "x"},
        "same_as_old": {"old": given, "new": given, "again": given},
        "old_wrong": {"old": "x", "new": PASSWORD, "again": PASSWORD},
        "password_short": {"old": given, "new": "short", "again": "short"},
        "password_common": {"old": given, "new": "password1234", "again": "password1234"},
    }
    for kind, said in wrong.items():
        assert problem(form(client, "/password", **said)) == kind
    elsewhere = server.test_client()
    sign_in(elsewhere, "new@akimat.kz", given)
    changed = form(client, "/password", old=given, new=PASSWORD, again=PASSWORD)
    assert (changed.status_code, changed.headers["Location"]) == (303, "/account?changed=1")
    assert client.get("/wall", headers=HTML).status_code == 200
    assert elsewhere.get("/account", headers=HTML).status_code == 302  # signed out by the change
    assert problem(sign_in(elsewhere, "new@akimat.kz", given)) == "wrong"


def test_a_closed_account_is_out_at_once_and_is_told_so_with_the_right_password(
    client: FlaskClient, services: DeskServices
) -> None:
    account, _ = services.accounts.make("gone@akimat.kz", "akim")
    services.accounts.set_password(account.id, PASSWORD)
    sign_in(client, "gone@akimat.kz")
    services.accounts.disable("gone@akimat.kz")
    assert client.get("/wall", headers=HTML).status_code == 302
    assert problem(sign_in(client, "gone@akimat.kz")) == "disabled"
    assert problem(sign_in(client, "gone@akimat.kz", "wrong wrong wrong")) == "wrong"


def test_the_audit_log_says_who_came_and_who_failed_and_no_password(
    client: FlaskClient, services: DeskServices
) -> None:
    sign_in(client, password="my secret attempt")
    sign_in(client)
    form(client, "/account", leave="here")
    newest = services.audit.read(limit=3)
    assert [each.action for each in newest] == ["logout", "login", "login_failed"]
    assert {each.who for each in newest} == {"akim@akimat.kz"}
    assert "my secret attempt" not in str(newest)


# another system's sign-in


def by_oidc(client: FlaskClient, provider: Provider, **claims: Any) -> Any:
    provider.claims = claims
    asked = client.get("/login/oidc?next=/staff")
    assert asked.status_code == 302
    return client.get(provider.sign_in(asked.headers["Location"]))


def test_who_the_provider_knows_and_has_an_account_is_in(client: FlaskClient, provider: Provider) -> None:
    entered = by_oidc(client, provider, email="AKIM@akimat.kz", email_verified=True)
    assert (entered.status_code, entered.headers["Location"]) == (303, "/staff")
    assert client.get("/staff", headers=HTML).status_code == 200


def test_the_user_name_there_may_be_the_login_here(client: FlaskClient, provider: Provider) -> None:
    assert by_oidc(client, provider, preferred_username="boss@akimat.kz").status_code == 303


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"email": "akim@akimat.kz"},
        {"email": "akim@akimat.kz", "email_verified": "true"},
        {"email": "stranger@akimat.kz", "email_verified": True},
    ],
)
def test_without_an_account_of_that_name_there_is_no_entry(
    client: FlaskClient, provider: Provider, claims: dict[str, Any]
) -> None:
    answer = by_oidc(client, provider, **claims)
    assert (answer.status_code, problem(answer)) == (403, "oidc_no_account")
    assert client.get("/wall", headers=HTML).status_code == 302


@pytest.mark.parametrize("claims", [{"aud": "another"}, {"iss": "https://evil.example"}, {"nonce": "old"}, {"exp": 1}])
def test_an_answer_that_is_not_for_us_is_refused(
    client: FlaskClient, provider: Provider, claims: dict[str, Any]
) -> None:
    answer = by_oidc(client, provider, email="akim@akimat.kz", email_verified=True, **claims)
    assert problem(answer) == "oidc_failed"


def test_a_forged_signature_and_a_state_that_is_not_ours_are_refused(client: FlaskClient, provider: Provider) -> None:
    provider.forged = True
    try:
        assert problem(by_oidc(client, provider, preferred_username="akim@akimat.kz")) == "oidc_failed"
    finally:
        provider.forged = False
    assert problem(client.get("/login/oidc/back?code=x&state=y")) == "oidc_failed"


# where nobody signs in


@pytest.mark.parametrize(
    ("headers", "environ", "status"),
    [
        ({}, {}, 200),
        ({"Host": "127.0.0.1:8050"}, {}, 200),
        ({"Host": "[::1]:8050"}, {"REMOTE_ADDR": "::1"}, 200),
        ({"Host": "tendays.example.kz"}, {}, 421),
        ({"Host": "127.0.0.1.evil.example"}, {}, 421),
        ({"X-Forwarded-For": "10.0.0.1"}, {}, 302),
        ({"Forwarded": "for=10.0.0.1"}, {}, 302),
        ({"X-Real-IP": "10.0.0.1"}, {}, 302),
        ({}, {"REMOTE_ADDR": "10.0.0.1"}, 302),
    ],
)
def test_the_demo_is_open_to_this_machine_alone(
    desk_app: DeskApp, headers: dict[str, str], environ: dict[str, str], status: int
) -> None:
    client = open_client(desk_app)
    assert client.get("/wall", headers={**HTML, **headers}, environ_overrides=environ).status_code == status


_open: list[FlaskClient] = []


def open_client(desk_app: DeskApp) -> FlaskClient:
    if not _open:
        _open.append(create_app(desk_app.services).server.test_client())
    return _open[0]


def test_a_demo_is_not_open_by_another_name_that_it_answers_to(desk_app: DeskApp) -> None:
    settings = structs.replace(desk_app.services.settings, hosts=("tendays.example.kz",))
    client = create_app(dataclasses.replace(desk_app.services, settings=settings)).server.test_client()
    assert client.get("/wall", headers={**HTML, "Host": "tendays.example.kz"}).status_code == 302
    assert client.get("/wall", headers=HTML).status_code == 200


def test_a_demo_that_others_can_reach_is_not_open(desk_app: DeskApp) -> None:
    settings = structs.replace(desk_app.services.settings, host="0.0.0.0", secret_key="s" * 32)
    client = create_app(dataclasses.replace(desk_app.services, settings=settings)).server.test_client()
    assert client.get("/wall", headers=HTML).status_code == 302


def test_the_switch_shows_the_demo_as_each_role_would_see_it(desk_app: DeskApp, client: FlaskClient) -> None:
    demo = open_client(desk_app)
    assert form(demo, "/look", look=f"director/{RURAL}").headers["Location"] == f"/centre/{RURAL}"
    assert demo.get(f"/centre/{BUSY}", headers=HTML).status_code == 403
    drawn = route(demo, f"/centre/{RURAL}").get_data(as_text=True)
    assert "\\u002flook" in drawn  # as Plotly's JSON writes it
    assert form(demo, "/look", look="administrator").headers["Location"] == "/wall"
    assert demo.get(f"/centre/{BUSY}", headers=HTML).status_code == 200
    client.set_cookie("look", "administrator")  # where the demo is not open the cookie says nothing
    assert client.get("/wall", headers=HTML).status_code == 302
    assert client.get("/look").headers["Location"] == "/login"

"""Administration: each form does what it says, once, for an administrator alone, and leaves an entry."""

import dataclasses
import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import redis
from desk_app import BUSY, RURAL, Clock, DeskApp, DeskServices
from desk_pages import PHONE, findings, too_wide, visitor
from flask import Flask
from flask.testing import FlaskClient
from msgspec import structs
from playwright.sync_api import Browser
from shown_network import NOW
from test_signing import PASSWORD, form, problem, sign_in

from callbacks import admin_actions, admin_recipients, admin_rules, create_app
from dashboard import alert_changes, norm_checks
from dashboard.alert_file import RuleTable
from data_sources.notify import RecipientTable
from data_sources.stream import events_key
from layouts import admin_words

ADMIN = "it-admin"
HTML = {"Accept": "text/html"}
SECRET = re.compile(r'data-part="secret">([^<]+)<')


@contextmanager
def door_closed(app: DeskApp, accounts: dict[str, Any], **settings: Any) -> Iterator[DeskServices]:
    """The services of the whole with other settings, a door that is not open, and accounts: login to role."""
    closed = structs.replace(app.services.settings, demo_open=False, secret_key="s" * 32, **settings)
    services = dataclasses.replace(app.services, settings=closed, at=Clock(NOW))
    for login, role in accounts.items():
        account, _ = services.accounts.make(login, role)
        services.accounts.set_password(account.id, PASSWORD)
    yield services
    services.live.close()


def signed_in(services: DeskServices, login: str) -> FlaskClient:
    client: FlaskClient = create_app(services).server.test_client()
    assert sign_in(client, login).status_code == 303
    return client


@pytest.fixture(scope="module")
def services(desk_app: DeskApp) -> Iterator[DeskServices]:
    """Those of the whole, with a door that is not open and a clock of their own."""
    with door_closed(desk_app, {ADMIN: "administrator", "of-the-akim": "akim"}) as services:
        yield services


@pytest.fixture(scope="module")
def server(services: DeskServices) -> Flask:
    server: Flask = create_app(services).server
    return server


@pytest.fixture
def client(server: Flask) -> FlaskClient:
    client = server.test_client()
    assert sign_in(client, ADMIN).status_code == 303
    return client


def send(client: FlaskClient, path: str, do: str, *, sure: bool = False, **said: str) -> Any:
    """Send one of a page's forms with what is hidden in it; ``sure`` answers the question that is asked first."""
    page = client.get(path).get_data(as_text=True)
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once is not None
    answer = form(client, path, do=do, once=once[1], **said)
    if not sure:
        return answer
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 'data-page="sure"' in text
    kept = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text)
    return client.post(path, data={name: html.unescape(value) for name, value in kept})


def secret(answer: Any) -> str:
    found = SECRET.search(answer.get_data(as_text=True))
    assert found is not None
    return html.unescape(found[1])


def newest(services: DeskServices) -> tuple[str, str, dict[str, Any]]:
    entry = services.audit.read(limit=1)[0]
    return entry.action, entry.who, entry.about


def id_of(services: DeskServices, login: str) -> str:
    found = services.accounts.find(login)
    assert found is not None
    return found.id


def test_an_account_is_made_with_a_password_that_is_shown_once(
    client: FlaskClient, server: Flask, services: DeskServices
) -> None:
    made = send(client, "/admin/accounts", "make", login="Kulsary-Boss", name="<b>Boss</b>", role=f"director/{RURAL}")
    password = secret(made)
    assert newest(services) == (
        "account_changed",
        ADMIN,
        {"account": "kulsary-boss", "change": "made", "role": f"director/{RURAL}"},
    )
    shown = client.get("/admin/accounts").get_data(as_text=True)
    assert password not in shown
    assert "&lt;b&gt;Boss&lt;/b&gt;" in shown
    assert "<b>Boss" not in shown
    entered = sign_in(server.test_client(), "kulsary-boss", password)
    assert entered.headers["Location"] == "/password"


def test_a_form_that_is_sent_again_does_nothing_a_second_time(client: FlaskClient, services: DeskServices) -> None:
    page = client.get("/admin/tokens").get_data(as_text=True)
    said = dict(re.findall(r'name="(csrf_token|once)" value="([^"]+)"', page))
    said |= {"do": "make", "centre": RURAL, "label": "twice", "days": "30"}
    assert client.post("/admin/tokens", data=said).status_code == 200
    again = client.post("/admin/tokens", data=said)
    assert (again.status_code, problem(again)) == (409, "sent_twice")
    assert [each.label for each in services.tokens.all()].count("twice") == 1


def test_closing_an_account_is_asked_about_first_and_ends_its_sessions(
    client: FlaskClient, server: Flask, services: DeskServices
) -> None:
    account, _ = services.accounts.make("leaves-soon", "akim")
    services.accounts.set_password(account.id, PASSWORD)
    theirs = server.test_client()
    sign_in(theirs, "leaves-soon")
    path = f"/admin/accounts/{account.id}"
    assert b'name="sure"' in send(client, path, "disable", login="leaves-soon").data
    assert theirs.get("/wall", headers=HTML).status_code == 200
    closed = send(client, path, "disable", sure=True, login="leaves-soon")
    assert closed.headers["Location"] == f"{path}?done=account_disabled"
    assert theirs.get("/wall", headers=HTML).status_code == 302
    assert problem(sign_in(theirs, "leaves-soon")) == "disabled"
    send(client, path, "enable", login="leaves-soon")
    assert sign_in(theirs, "leaves-soon").status_code == 303
    assert services.sessions.count(account.id) == 1
    send(client, path, "end", login="leaves-soon")
    assert newest(services)[2] == {"account": "leaves-soon", "change": "signed out", "sessions": 1}
    assert services.sessions.count(account.id) == 0
    password = secret(send(client, path, "reset", sure=True, login="leaves-soon"))
    assert sign_in(theirs, "leaves-soon", password).headers["Location"] == "/password"
    asked = send(client, path, "role", login="leaves-soon", role="it").get_data(as_text=True)
    assert "leaves-soon → ИТ-служба центров" in asked
    send(client, path, "role", sure=True, login="leaves-soon", role=f"director/{BUSY}")
    found = services.accounts.get(account.id)
    assert found is not None
    assert (found.role, found.centre, services.sessions.count(account.id)) == ("director", BUSY, 0)


def test_the_last_administrator_stays_one(client: FlaskClient, services: DeskServices) -> None:
    others = [each.login for each in services.accounts.all() if each.role == "administrator" and each.login != ADMIN]
    for login in others:
        services.accounts.disable(login)
    path = f"/admin/accounts/{id_of(services, ADMIN)}"
    for do, said in (("disable", {}), ("role", {"role": "akim"})):
        answer = send(client, path, do, sure=True, login=ADMIN, **said)
        assert (answer.status_code, problem(answer)) == (422, "last_administrator")
    assert client.get("/admin").status_code == 200
    for login in others:
        services.accounts.disable(login, disabled=False)


@pytest.mark.parametrize(
    ("path", "said", "kind"),
    [
        ("accounts", {"login": "with space", "role": "akim"}, "bad_login"),
        ("accounts", {"login": ADMIN, "role": "akim"}, "login_taken"),
        ("accounts", {"login": "x", "role": "tsar"}, "bad_role"),
        ("accounts", {"login": "x", "role": "director/nowhere"}, "bad_centre"),
        ("accounts", {"login": "x", "role": "akim", "name": "n" * 81}, "bad_name"),
        ("tokens", {"centre": "nowhere", "days": "1"}, "bad_centre"),
        ("tokens", {"centre": BUSY, "days": "many"}, "bad_days"),
        ("tokens", {"centre": BUSY, "days": "nan"}, "bad_days"),
        ("tokens", {"centre": BUSY, "days": "1", "label": "l" * 81}, "bad_label"),
    ],
)
def test_what_cannot_be_made_is_told_by_kind_and_what_was_typed_stays(
    client: FlaskClient, services: DeskServices, path: str, said: dict[str, str], kind: str
) -> None:
    before = services.accounts.all(), services.tokens.all()
    answer = send(client, f"/admin/{path}", "make", **said)
    assert (answer.status_code, problem(answer)) == (422, kind)
    typed = said["login"] if path == "accounts" else said["days"]
    assert f'value="{typed}"' in answer.get_data(as_text=True)
    assert (services.accounts.all(), services.tokens.all()) == before


def test_every_kind_of_error_done_and_question_has_words() -> None:
    sources = Path(__file__).parent.parent / "data_sources"
    text = "".join((sources / f"{name}.py").read_text() for name in ("accounts", "tokens", "direct", "screens"))
    kinds = set(re.findall(r'(?:Account|Token|Screen)Error\(\s*"(\w+)"', text))
    assert len(kinds) > 8
    assert kinds <= set(admin_words.PROBLEMS)
    norms = Path(norm_checks.__file__).read_text() + (sources / "norm_book.py").read_text()
    assert len(found := set(re.findall(r'"(norm_\w+)"', norms))) > 7
    assert found <= set(admin_words.PROBLEMS)
    rules = (sources / "rule_book.py").read_text() + Path(alert_changes.__file__).read_text()
    assert len(found := set(re.findall(r'"(rule_\w+)"', rules))) > 5
    assert found | {f"rule_{each}" for each in RuleTable.__struct_fields__} <= set(admin_words.PROBLEMS)
    book = (sources / "recipient_book.py").read_text()
    assert len(found := set(re.findall(r'BookError\(\s*"(recipients?_\w+)"', book))) > 5
    assert found | {f"recipient_{each}" for each in RecipientTable.__struct_fields__} <= set(admin_words.PROBLEMS)
    modules = (admin_actions, admin_rules, admin_recipients)
    source = "".join(Path(str(each.__file__)).read_text() for each in modules)
    assert set(re.findall(r'Outcome\(\s*"(\w+)"', source)) <= set(admin_words.DONE)
    actions = [*admin_actions.ACCOUNTS.values(), *admin_actions.TOKENS.values(), *admin_actions.SCREENS.values()]
    actions += [*admin_actions.NORMS.values(), *admin_rules.RULES.values()]
    actions += admin_recipients.RECIPIENTS.values()
    assert {each.sure for each in actions if each.sure} == set(admin_words.SURE)


def test_a_token_is_made_rotated_without_a_gap_and_revoked(client: FlaskClient, services: DeskServices) -> None:
    first = secret(send(client, "/admin/tokens", "make", centre=BUSY, label="queue", days="30"))
    old = services.tokens.find(first)
    assert old is not None
    assert old.centre == BUSY
    second = secret(send(client, "/admin/tokens", "rotate", id=old.id, days="365", overlap="7"))
    assert services.tokens.find(first) is not None
    new = services.tokens.find(second)
    assert new is not None
    assert newest(services)[0] == "token_rotated"
    page = client.get("/admin/tokens").get_data(as_text=True)
    assert new.id in page
    assert first not in page
    assert second not in page
    send(client, "/admin/tokens", "revoke", sure=True, id=new.id)
    assert services.tokens.find(second) is None
    assert newest(services) == ("token_revoked", ADMIN, {"centre": BUSY, "token": new.id})
    assert problem(send(client, "/admin/tokens", "rotate", id=new.id, days="365", overlap="7")) == "token_over"


def test_a_redis_user_writes_to_its_centres_stream_until_it_is_taken_away(
    client: FlaskClient, services: DeskServices
) -> None:
    password = secret(send(client, "/admin/tokens", "direct", centre=BUSY))
    kwargs = services.redis.connection_pool.connection_kwargs
    where = {key: kwargs[key] for key in ("host", "port", "path") if key in kwargs}
    pool = redis.ConnectionPool(
        connection_class=services.redis.connection_pool.connection_class,
        **where,
        username=f"tendays-{BUSY}",
        password=password,
    )
    theirs = redis.Redis(connection_pool=pool)
    with pytest.raises(redis.exceptions.NoPermissionError):
        theirs.xlen(events_key(BUSY))
    fresh = secret(send(client, "/admin/tokens", "renew_direct", sure=True, centre=BUSY))
    assert fresh != password
    assert services.direct.all() == {BUSY}
    send(client, "/admin/tokens", "drop_direct", sure=True, centre=BUSY)
    assert services.direct.all() == frozenset()
    with pytest.raises((redis.exceptions.AuthenticationError, redis.exceptions.ConnectionError)):
        theirs.xlen(events_key(BUSY))
    theirs.close()
    pool.disconnect()


def test_a_screen_is_paired_by_the_code_that_it_shows_and_revoked(
    client: FlaskClient, server: Flask, services: DeskServices
) -> None:
    hall = server.test_client()
    shown = re.search(r'data-part="code">([\w-]+)<', hall.get("/screen").get_data(as_text=True))
    assert shown is not None
    answer = send(client, "/admin/screens", "pair", code="AAAA-AAAA", name="Akim's hall")
    assert (answer.status_code, problem(answer)) == (422, "no_code")
    assert "Akim&#39;s hall" in answer.get_data(as_text=True)
    send(client, "/admin/screens", "pair", code=shown[1].lower(), name="Akim's hall")
    screen = services.screens.list()[0]
    assert newest(services) == ("screen_paired", ADMIN, {"name": "Akim's hall", "screen": screen.id})
    assert (screen.name, screen.paired_by) == ("Akim's hall", ADMIN)
    assert hall.get("/wall", headers=HTML).status_code == 200
    assert "1 screen<" in client.get("/admin?lang=en").get_data(as_text=True)
    send(client, "/admin/screens", "revoke", sure=True, id=screen.id)
    assert hall.get("/wall", headers=HTML).headers["Location"] == "/screen"
    assert newest(services)[0] == "screen_revoked"


def test_the_norms_in_force_are_those_of_the_network(client: FlaskClient, services: DeskServices) -> None:
    page = client.get("/admin/norms?lang=en").get_data(as_text=True)
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    ruled = {each.metric for each in services.network.thresholds}
    assert len(rows) > len(ruled)  # the head, and numbers with a norm alone
    assert f"{services.network.norms.occupancy:.0%} at most" in page
    for rule in services.network.thresholds:
        if rule.metric == "queue.longest_wait_s":
            assert f"{rule.act // 60:.0f} min" in page


def test_a_norm_is_changed_from_tomorrow_on_and_taken_back(client: FlaskClient, services: DeskServices) -> None:
    today = services.network.local.day(services.clock())
    tomorrow, before = date.fromordinal(today + 1).isoformat(), services.network.on(today)
    known = len(services.norms.read())
    first = {"first_day": tomorrow, "why": "order 7"}
    for said, kind in (
        ({"do": "norm", "member": "wait_s", "value": "15", **first, "first_day": "yesterday"}, "norm_day"),
        ({"do": "norm", "member": "wait_s", "value": "15", **first, "why": " "}, "norm_why"),
        ({"do": "norm", "member": "wait_s", "value": "-1", **first}, "norm_value"),
        ({"do": "norm", "member": "wait_s", "value": str(before.norms.wait_s / 60), **first}, "norm_same"),
        ({"do": "norm", "member": "wait_s", "value": "1e999999999", **first}, "norm_value"),
        ({"do": "norm", "member": "wages", "value": "1", **first}, "norm_member"),
        ({"do": "threshold", "metric": "queue.longest_wait_s", "watch": "9", "act": "9", **first}, "norm_order"),
        ({"do": "threshold", "metric": "queue.longest_wait_s", "watch": "9", "act": "9.1", **first}, "norm_margin"),
        ({"do": "take_back", "id": "77", "why": "order 8"}, "norm_begun"),
    ):
        answer = send(client, "/admin/norms", sure=True, **said)
        assert (answer.status_code, problem(answer)) == (422, kind)
    assert services.network.changes.known.rows == ()
    typed = {"metric": "queue.within_norm", "watch": "92,5", "act": "80"}
    asked = send(client, "/admin/norms?lang=en", "norm", member="overdue", value="3", **first).get_data(as_text=True)
    assert f"Overdue: {before.norms.overdue} → 3 (from " in asked
    send(client, "/admin/norms?lang=en", "norm", sure=True, member="wait_s", value="15", **first)
    send(client, "/admin/norms?lang=en", "threshold", sure=True, **typed, **first)
    about = {
        "number": known + 2,
        "first_day": tomorrow,
        "what": "queue.within_norm.watch=0.925, queue.within_norm.act=0.80",
    }
    assert newest(services) == ("norm_changed", ADMIN, about)
    held = services.network.on(today + 1)
    rule = next(each for each in held.thresholds if each.metric == "queue.within_norm")
    assert (held.norms.wait_s, rule.watch, rule.act) == (900, 0.925, 0.8)
    assert services.network.on(today) is before
    page = client.get("/admin/norms?lang=en").get_data(as_text=True)
    assert page.count(">to come<") == 2
    assert "Waiting norm: 15 min" in page
    back = page.count(">taken back<")
    for number in (known + 1, known + 2):
        send(client, "/admin/norms", "take_back", sure=True, id=str(number), why="order 8")
    assert newest(services)[2]["takes_back"] == known + 2
    assert services.network.on(today + 1) == before
    assert client.get("/admin/norms?lang=en").get_data(as_text=True).count(">taken back<") == back + 2


def test_nothing_changes_without_the_forms_token_or_for_another_role(
    client: FlaskClient, server: Flask, services: DeskServices
) -> None:
    said = {"do": "make", "login": "by-another-site", "role": "administrator", "once": "x"}
    answer = client.post("/admin/accounts", data=said)
    assert (answer.status_code, problem(answer)) == (400, "stale_form")
    akim, nobody = server.test_client(), server.test_client()
    sign_in(akim, "of-the-akim")
    for path in (
        "/admin",
        "/admin/accounts",
        "/admin/tokens",
        "/admin/screens",
        "/admin/norms",
        "/admin/rules",
        "/admin/rules/overdue",
        "/admin/new-rule",
        "/admin/recipients",
        "/admin/log",
        "/admin/backup",
    ):
        assert akim.get(path, headers=HTML).status_code == 403
        assert nobody.get(path, headers=HTML).status_code == 302
        if path not in ("/admin", "/admin/rules", "/admin/log", "/admin/backup"):
            assert akim.post(path, data=said).status_code == 403
            assert nobody.post(path, data=said).status_code == 401
    assert services.accounts.find("by-another-site") is None


def test_the_log_is_filtered_paged_and_proved_whole(client: FlaskClient, services: DeskServices) -> None:
    for number in range(60):
        services.audit.record("export", "somebody", file=f"rows-{number}.csv")
    page = client.get("/admin/log?action=export&who=somebody").get_data(as_text=True)
    shown = re.findall(r"rows-(\d+)\.csv", page)
    assert [int(each) for each in shown] == list(range(59, 9, -1))
    older = re.search(r'href="(/admin/log\?[^"]*before=\d+)"', page)
    assert older is not None
    rest = re.findall(r"rows-(\d+)\.csv", client.get(html.unescape(older[1])).get_data(as_text=True))
    assert [int(each) for each in rest] == list(range(9, -1, -1))
    whole = client.get("/admin/log?verify=1&lang=en").get_data(as_text=True)
    assert f"The log is whole: {services.audit.verify().entries:,} entries" in whole
    assert client.get("/admin/log?before=none&action=nothing").status_code == 200


def test_the_last_backup_and_the_command_are_shown(client: FlaskClient, services: DeskServices) -> None:
    services.audit.record("backup", "console:root", file="of-tuesday.tendays")
    page = client.get("/admin/backup?lang=en").get_data(as_text=True)
    assert "of-tuesday.tendays" in page
    assert "python app.py backup" in page


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_every_page_can_be_used_by_all_on_a_desk_and_on_a_phone(desk_app: DeskApp, browser: Browser, lang: str) -> None:
    theme, size = {"ru": ("night", PHONE), "kk": ("day", (1440, 900)), "en": ("day", PHONE)}[lang]
    with visitor(browser, size) as (page, wrong):
        for path in (
            "",
            "/accounts",
            "/tokens",
            "/norms",
            "/rules",
            "/rules/overdue",
            "/new-rule",
            "/recipients",
            "/log?verify=1",
        ):
            page.goto(f"{desk_app.url}/admin{path}{'&' if '?' in path else '?'}lang={lang}&theme={theme}")
            assert (findings(page), too_wide(page), wrong) == ([], [], []), path

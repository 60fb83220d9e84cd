"""Alarm rules at /admin: shown as they are, and changed by forms that say what is wrong."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from desk_app import DeskApp, DeskServices
from flask.testing import FlaskClient
from test_admin import door_closed, newest, send, signed_in
from test_signing import problem

from dashboard import alert_file
from dashboard.alert_rules import Rule
from dashboard.i18n import LANGUAGES
from data_sources.rule_book import RuleBook

ADMIN = "rules-admin"
LONG_WAIT = "/admin/rules/long-wait"
WHY = {"why": "order 7"}
NAMES = {"name_ru": "Долго", "name_kk": "Ұзақ", "name_en": "Long"}
NEW = {
    **NAMES,
    **WHY,
    "metric": "queue.waiting",
    "scope": "branch",
    "worse": "above",
    "threshold": "30",
    "clear": "20",
    "minutes": "5",
    "clear_minutes": "5",
    "opening_hours": "yes",
    "severity": "watch",
    "roles.director": "yes",
}


@pytest.fixture(scope="module")
def services(desk_app: DeskApp) -> Iterator[DeskServices]:
    """Those of the whole, with a door that is not open."""
    with door_closed(desk_app, {ADMIN: "administrator"}) as services:
        yield services


@pytest.fixture(scope="module")
def client(services: DeskServices) -> FlaskClient:
    return signed_in(services, ADMIN)


def filled(page: str) -> dict[str, str]:
    """What the form that changes a rule is filled with, as a browser would send it."""
    form = next(each for each in re.findall(r"<form.*?</form>", page, re.DOTALL) if 'value="rule"' in each)
    found = {}
    for field in re.findall(r"<input[^>]*>", form):
        said = dict(re.findall(r'(\w+)="([^"]*)"', field))
        if said["type"] != "checkbox" or " checked" in field:
            found[said["name"]] = html.unescape(said["value"])
    for name, choices in re.findall(r'<select name="(\w+)">(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', choices)
        found[name] = html.unescape(chosen[1]) if chosen else ""
    return {name: value for name, value in found.items() if name not in ("csrf_token", "once", "do")}


def change(client: FlaskClient, id_: str = "long-wait", *, sure: bool = True, **said: str) -> Any:
    """Send the form of a rule as it is filled, but for what is said."""
    path = f"/admin/rules/{id_}?lang=en"
    typed = {**filled(client.get(path).get_data(as_text=True)), **WHY, **said}
    return send(client, path, "rule", sure=sure, **{name: value for name, value in typed.items() if value != "-"})


def in_force(services: DeskServices, id_: str = "long-wait") -> Rule:
    return services.rules.read().known[id_]


@pytest.fixture
def page(client: FlaskClient) -> str:
    return client.get("/admin/rules?lang=en").get_data(as_text=True)


def test_every_rule_is_listed_with_where_it_is_from(page: str) -> None:
    for rule in alert_file.load(alert_file.DEFAULT).rules:
        assert (
            f'href="/admin/rules/{rule.id}">{html.escape(rule.names.en, quote=True)}<'.replace("&#x27;", "&#39;")
            in page
        )
    assert "≥\N{NO-BREAK SPACE}40\N{NO-BREAK SPACE}min" in page
    assert "≤\N{NO-BREAK SPACE}60\N{NO-BREAK SPACE}%" in page
    assert "after 30\N{NO-BREAK SPACE}min: deputy akim" in page


@pytest.mark.parametrize("rule", alert_file.load(alert_file.DEFAULT).rules, ids=lambda rule: rule.id)
def test_a_form_that_is_sent_as_it_was_filled_changes_nothing(client: FlaskClient, rule: Rule) -> None:
    answer = change(client, rule.id, sure=False)
    assert (answer.status_code, problem(answer)) == (422, "rule_same")


def test_a_rule_is_changed_after_a_question_that_says_what_and_how_to_try_it(
    client: FlaskClient,
    services: DeskServices,
) -> None:
    asked = change(client, sure=False, threshold="50,5", clear="30").get_data(as_text=True)
    text = html.unescape(asked)
    assert ">Bad from: ≥ 40 min → ≥ 50.5 min<" in text.replace("\N{NO-BREAK SPACE}", " ")
    command = re.search(r"python app\.py alerts --replay (\S+) (\S+) --with try\.toml", text)
    assert command is not None
    tried = re.findall(r"<pre[^>]*>(.*?)</pre>", asked, re.DOTALL)[1]
    (rule,) = alert_file.parse(html.unescape(tried), "try.toml").rules
    assert (rule.threshold, rule.clear) == (3030, 1800)
    assert in_force(services).threshold == 2400
    done = change(client, threshold="50,5", clear="30")
    assert done.headers["Location"] == f"{LONG_WAIT}?done=rule_changed"
    assert in_force(services) == rule
    action, who, about = newest(services)
    assert (action, who, about["rule"], about["change"]) == ("rule_changed", ADMIN, "long-wait", "set")
    assert about["what"] == "threshold=3030.0, clear=1800.0"
    shown = client.get(f"{LONG_WAIT}?lang=en").get_data(as_text=True)
    assert f"Last changed by {ADMIN}" in shown
    assert "order 7" in shown
    assert ">changed<" in client.get("/admin/rules?lang=en").get_data(as_text=True)
    # and back
    seen = str(services.rules.read().held["long-wait"].seen)
    send(client, LONG_WAIT, "rule_file", sure=True, rule="long-wait", seen=seen, **WHY)
    assert in_force(services).threshold == 2400
    assert newest(services)[2]["change"] == "file"


def test_who_is_told_and_when_is_changed_too(client: FlaskClient, services: DeskServices) -> None:
    change(
        client,
        "crowded",
        **{"roles.director": "-", "roles.akim": "yes", "roles.it": "yes", "escalate_minutes": "90"},
        severity="act",
        opening_hours="no",
    )
    rule = in_force(services, "crowded")
    assert (rule.roles, rule.escalate_s, rule.escalate_roles) == (("akim", "it"), 5400, ("deputy",))
    assert (rule.severity, rule.opening_hours) == ("act", False)
    change(client, "crowded", escalate_minutes="", clear="-")
    rule = in_force(services, "crowded")
    assert (rule.escalate_s, rule.escalate_roles, rule.clear) == (None, (), rule.threshold)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"threshold": "many"}, "rule_threshold"),
        ({"threshold": "1e999999999"}, "rule_threshold"),
        ({"threshold": "sNaN"}, "rule_threshold"),
        ({"threshold": '1"\n[[rules]]'}, "rule_threshold"),
        ({"clear": "41"}, "rule_clear"),
        ({"minutes": "-1"}, "rule_minutes"),
        ({"clear_minutes": "nan"}, "rule_clear_minutes"),
        ({"roles.director": "-"}, "rule_roles"),
        ({"escalate_minutes": "0"}, "rule_escalate_minutes"),
        ({"escalate_roles.deputy": "-"}, "rule_escalate_minutes"),
        ({"severity": "panic"}, "rule_severity"),
        ({"opening_hours": "-"}, "rule_opening_hours"),
        ({"name_kk": " "}, "rule_names"),
        ({"why": " ", "threshold": "60"}, "rule_why"),
        ({"seen": "77", "threshold": "60"}, "rule_conflict"),
        ({"seen": "<b>", "threshold": "60"}, "rule_conflict"),
        ({"rule": "<b>"}, "rule_gone"),
    ],
)
def test_what_is_wrong_is_told_before_the_question_and_what_was_typed_stays(
    client: FlaskClient,
    services: DeskServices,
    said: dict[str, str],
    kind: str,
) -> None:
    before = services.rules.read()
    answer = change(client, sure=False, **said)
    assert (answer.status_code, problem(answer)) == (422, kind)
    if kind in ("rule_threshold", "rule_clear", "rule_minutes"):
        shown = html.unescape(answer.get_data(as_text=True))
        assert all(f'value="{value}"' in shown for value in said.values())
    assert services.rules.read() == before


def test_of_two_administrators_the_second_is_told_and_sees_what_is_in_force(
    client: FlaskClient,
    services: DeskServices,
) -> None:
    typed = filled(client.get(f"{LONG_WAIT}?lang=en").get_data(as_text=True)) | WHY
    seen = services.rules.read().held["long-wait"].seen
    RuleBook(services.engine, services.rules.read().file, services.clock).switch("long-wait", False, seen, "other", "x")
    answer = send(client, f"{LONG_WAIT}?lang=en", "rule", **(typed | {"threshold": "77"}))
    assert (answer.status_code, problem(answer)) == (422, "rule_conflict")
    shown = answer.get_data(as_text=True)
    assert 'value="77"' in shown
    assert "Last changed by other" in shown
    seen = services.rules.read().held["long-wait"].seen
    send(client, LONG_WAIT, "rule_on", rule="long-wait", seen=str(seen), **WHY)
    assert newest(services)[2]["change"] == "on"


def test_a_rule_is_added_and_its_name_is_never_markup(client: FlaskClient, services: DeskServices) -> None:
    hostile = '<script>alert(1)</script>" }\n[[rules]]\nid = "x'
    said = {**NEW, "rule": "queue-30", "name_en": hostile}
    added = send(client, "/admin/new-rule", "rule_new", sure=True, **said)
    assert added.headers["Location"] == "/admin/rules?done=rule_added"
    rule = in_force(services, "queue-30")
    assert (rule.metric, rule.scope, rule.threshold) == ("queue.waiting", "branch", 30)
    assert rule.names.en == '<script>alert(1)</script>" } [[rules]] id = "x'
    for path in ("/admin/rules", "/admin/rules/queue-30", "/admin/log"):
        assert b"<script>alert" not in client.get(f"{path}?lang=en").data
    again = send(client, "/admin/new-rule?lang=en", "rule_new", **said)
    assert (again.status_code, problem(again)) == (422, "rule_taken")
    seen = str(services.rules.read().held["queue-30"].seen)
    off = send(client, "/admin/rules/queue-30", "rule_off", sure=True, rule="queue-30", seen=seen, **WHY)
    assert off.headers["Location"] == "/admin/rules/queue-30?done=rule_off"
    assert "queue-30" not in {each.id for each in services.rules.read().ruleset.rules}
    assert ">switched off<" in re.sub(r"<i[^>]*></i> ", "", client.get("/admin/rules?lang=en").get_data(as_text=True))
    assert "1 is switched off" in client.get("/admin?lang=en").get_data(as_text=True)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"rule": "With Space"}, "rule_id"),
        ({"rule": "overdue"}, "rule_taken"),
        ({"metric": "queue.nothing"}, "rule_metric"),
        ({"metric": "freshness"}, "rule_scope"),
        ({"metric": "sla.open", "worse": ""}, "rule_worse"),
        ({"metric": "queue.within_norm", "worse": "below", "threshold": "101", "clear": "101"}, "rule_threshold"),
        ({"scope": "network"}, "rule_roles"),
    ],
)
def test_a_rule_that_cannot_be_is_not_added(client: FlaskClient, said: dict[str, str], kind: str) -> None:
    answer = send(client, "/admin/new-rule", "rule_new", **{"rule": "never", **NEW, **said})
    assert (answer.status_code, problem(answer)) == (422, kind)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_number_is_typed_as_it_is_shown_in_every_language(client: FlaskClient, lang: str) -> None:
    shown = client.get(f"/admin/rules/network-norm?lang={lang}").get_data(as_text=True)
    assert (filled(shown)["threshold"], filled(shown)["clear"]) == ("60", "70")


def test_a_rule_that_there_is_not_leads_to_all(client: FlaskClient) -> None:
    assert client.get("/admin/rules/<b>").headers["Location"] == "/admin/rules"

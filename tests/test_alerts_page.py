"""The alarms page: as pure functions, and taking an alarm on over the real services."""

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from dash import html
from desk_app import BUSY, RURAL, DeskApp
from flask.testing import FlaskClient
from msgspec import structs
from shown_network import NETWORK, NOW
from test_layouts import CATALOGUES, having, prop, text

from callbacks import create_app
from dashboard import alert_file
from dashboard.alert_rules import ROLES, Ruleset
from dashboard.i18n import LANGUAGES
from dashboard.roles import Viewer
from data_sources.alarms import Alarms, Shown
from data_sources.alert_runner import AlertRunner
from layouts import alerts
from layouts.asked import read_asked
from layouts.view import View

RULES = {each.id: each for each in alert_file.load(alert_file.DEFAULT).rules}
HOSTILE = "<img src=x onerror=alert(1)>"


def shown(rule: str = "long-wait", **more: Any) -> Shown:
    row: dict[str, Any] = {
        "id": f"{rule}/{BUSY}/main@1",
        "rule": RULES.get(rule),
        "rule_id": rule,
        "centre": BUSY,
        "branch": "main",
        "severity": "act",
        "state": "firing",
        "began": NOW - 900,
        "fired": NOW - 600,
        "ended": None,
        "why": "",
        "value": 2700.0,
        "worst": 3000.0,
        "threshold": 2400.0,
        "escalated": False,
        "by": "",
        "until": None,
        "note": "",
        "steps": ((NOW - 600, "fired", "", ""),),
    }
    return Shown(**row | more)


def page(*standing: Shown, over: tuple[Shown, ...] = (), language: str = "en", **more: Any) -> html.Div:
    viewer = more.pop("viewer", Viewer("administrator"))
    view = View(NETWORK, CATALOGUES[language], "day", NOW, viewer=viewer)
    found = Alarms(**{"is_watched": True, "undelivered": 0} | more, standing=standing, over=over)
    return html.Div(alerts.now(view, read_asked("/alerts", {}, NETWORK.local, NOW), found))


def one(drawn: html.Div, id_: str) -> Any:
    (found,) = having(drawn, "data-alarm", id_)
    return found


def test_an_alarm_says_what_where_since_when_and_its_number_against_the_threshold() -> None:
    found = one(page(shown()), shown().id)
    said = text(found)
    assert prop(found, "data-mark") == "act"
    for part in ("The wait is too long", "15 min", "45 min now, threshold 40 min, at the worst 50 min", "nobody has"):
        assert part in said
    assert [prop(each, "href") for each in having(found, "href") if "take" in prop(each, "href")] == [
        f"/alerts/take?alarm=long-wait%2F{BUSY}%2Fmain%401"
    ]


def test_who_has_it_until_when_and_why_it_is_over() -> None:
    taken = page(shown(state="acknowledged", by="director-1", until=NOW + 3600, note=HOSTILE))
    assert f"director-1 has it until {CATALOGUES['en'].time(NOW + 3600, NETWORK.local)}: {HOSTILE}" in text(taken)
    assert prop(one(taken, shown().id), "data-mark") == "ok"
    over = page(over=(shown(state="resolved", ended=NOW - 60, why="closed"),))
    assert "the doors closed" in text(over)
    assert "No alarm stands." in text(over)
    assert not [each for each in having(over, "href") if "take" in prop(each, "href")]


@pytest.mark.parametrize(
    ("viewer", "may"),
    [
        (Viewer("deputy"), True),
        (Viewer("it"), True),
        (Viewer("director", centre=BUSY), True),
        (Viewer("director", centre=RURAL), False),
        (Viewer("commission"), False),
        (Viewer("presenter"), False),
    ],
)
def test_only_who_may_take_it_on_is_offered_to(viewer: Viewer, may: bool) -> None:
    drawn = page(shown(), viewer=viewer)
    assert any("take" in prop(each, "href") for each in having(drawn, "href")) == may


def test_a_page_that_cannot_be_trusted_says_so() -> None:
    said = text(page(is_watched=False, undelivered=3))
    assert "Nobody watches the rules now" in said
    assert "3 messages could not be delivered" in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", [*RULES, "gone"])
def test_every_rule_is_shown_in_every_language(rule: str, language: str) -> None:
    drawn = page(shown(rule), shown(rule, id="x", centre="", branch="", value=None, escalated=True), language=language)
    known = RULES.get(rule)
    assert text(drawn).count(known.names.get(language) if known else "gone") == 2
    assert "None" not in text(drawn)


def test_the_roles_of_the_rules_are_those_of_accounts() -> None:
    assert get_args(alert_file.Role) == ROLES


# over the real services


@pytest.fixture(scope="module")
def raised(desk_app: DeskApp) -> Iterator[AlertRunner]:
    """Alarms of the documents of every centre, raised by a real runner on the published snapshot."""
    rule = structs.replace(RULES["overdue"], threshold=0, clear=0, for_s=0.0)
    fence = desk_app.services.alarms._store.take(desk_app.clock())
    assert fence is not None
    runner = AlertRunner(desk_app.services, Ruleset((rule,)), fence)
    runner.tick(desk_app.clock())
    yield runner
    runner.rules = Ruleset(())
    runner.tick(desk_app.clock())


@pytest.fixture
def client(desk_app: DeskApp) -> FlaskClient:
    client: FlaskClient = create_app(desk_app.services).server.test_client()
    return client


def standing(raised: AlertRunner, centre: str) -> Any:
    return next(each for each in raised.store.standing() if each.centre == centre)


def fill_in(client: FlaskClient, id_: str, **values: str) -> int:
    form = client.get("/alerts/take", query_string={"alarm": id_})
    token = re.search(r'name="csrf_token" value="([^"]+)"', form.get_data(as_text=True))
    data = values | ({"csrf_token": token[1]} if token else {})
    return client.post("/alerts/take", query_string={"alarm": id_}, data=data).status_code


def test_taking_on_is_done_by_the_runner_and_stands_in_the_audit_log(
    client: FlaskClient, desk_app: DeskApp, raised: AlertRunner
) -> None:
    alarm = standing(raised, BUSY)
    client.set_cookie("look", "deputy")
    assert client.post("/alerts/take", query_string={"alarm": alarm.id}, data={"hours": "1"}).status_code == 400
    assert fill_in(client, alarm.id, hours="2") == 400
    assert fill_in(client, alarm.id, hours="4", note=HOSTILE) == 303
    raised.tick(desk_app.clock())
    taken = standing(raised, BUSY)
    assert (taken.state, taken.until, taken.note) == ("acknowledged", desk_app.clock() + 4 * 3600, HOSTILE)
    (entry,) = desk_app.services.audit.read(limit=1)
    assert (entry.action, entry.about) == ("alarm_taken", {"alarm": alarm.id})
    assert HOSTILE not in client.get("/alerts/take", query_string={"alarm": alarm.id}).get_data(as_text=True)


def test_a_director_neither_finds_nor_takes_another_centres_alarm(client: FlaskClient, raised: AlertRunner) -> None:
    client.set_cookie("look", f"director/{BUSY}")
    other = standing(raised, RURAL)
    assert client.get("/alerts/take", query_string={"alarm": other.id}).status_code == 404
    assert fill_in(client, other.id, hours="1") == 404
    assert fill_in(client, standing(raised, BUSY).id, hours="") == 303


def test_who_only_looks_cannot_take_on(client: FlaskClient, raised: AlertRunner) -> None:
    client.set_cookie("look", "presenter")
    assert client.get("/alerts/take", query_string={"alarm": standing(raised, RURAL).id}).status_code == 403

"""The page of oversight on real services: from a directive on a slide to "done" in the next deck, and who sees what."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from desk_app import BUSY, RURAL, SINGLE, DeskApp
from desk_pages import settled, visit, visitor
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from test_rights import route

from callbacks import create_app
from dashboard.oversight import WHICH, items
from data_sources.stream import events_key

HTML = {"Accept": "text/html"}
TEXT = "Open <two> windows at noon"
DAY = 86_400.0


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    with visitor(browser) as (page, wrong):
        yield page
        assert wrong == []


@pytest.fixture(scope="module")
def app(desk_app: DeskApp) -> Any:
    found = create_app(desk_app.services).server
    found.config["WTF_CSRF_ENABLED"] = False  # that forms have their tokens is a test of its own
    return found


def look(app: Any, role: str) -> FlaskClient:
    found: FlaskClient = app.test_client()
    found.set_cookie("look", role)
    found.set_cookie("lang", "en")
    found.get("/wall")
    return found


@pytest.fixture
def akim(app: Any) -> FlaskClient:
    return look(app, "akim")


def give(app: DeskApp, code: str, *, days: int = 5, ago: float = 3 * DAY, centre: str = RURAL) -> None:
    """A directive that no meeting gave, due so many days from today."""
    due = app.network.local.to_datetime(app.clock() + days * DAY).date().isoformat()
    app.send(f"/{centre}", "directive.issued", ago=ago, directive=code, text=TEXT, due=due)


def done_events(app: DeskApp, code: str) -> list[Any]:
    stream: Any = app.services.redis.xrange(events_key(RURAL))
    return [raw for _entry, raw in stream if b'"directive.done"' in raw[b"event"] and code.encode() in raw[b"event"]]


def page_of(client: FlaskClient, query: str = "") -> str:
    found: str = route(client, "/oversight", search=query).text
    return found


# the walk


@pytest.mark.browser
def test_from_a_slide_to_the_page_to_done_to_the_next_deck(desk: Page, desk_app: DeskApp) -> None:
    desk.goto(f"{desk_app.url}/week/2026-W47?lang=ru")
    desk.keyboard.press("d")
    form = desk.locator("#decide")
    form.locator("[name=centre]").select_option(RURAL)
    form.locator("[name=number]").select_option("queue")
    form.locator("textarea").fill(TEXT)
    form.locator("[name=due]").fill("2026-11-30")
    form.locator("button[type=submit]").click()
    desk.wait_for_url("**done=decided**")
    desk_app.catch_up()
    desk.goto(f"{desk_app.url}/week/2026-W48#promises")
    desk.locator("#promises .go").click()
    settled(desk)
    row = desk.locator(f'[data-directive^="D-2026W47-{RURAL}-queue-"]').first
    expect(row).to_contain_text(TEXT)
    expect(row).to_have_attribute("data-state", "due")
    expect(row.locator("[data-part=moved]")).to_contain_text("→")  # what that meeting saw, and since
    code = row.get_attribute("data-directive") or ""
    row.get_by_role("link", name="Отметить исполнение").click()
    expect(desk.locator("main")).to_contain_text(TEXT)
    desk.get_by_role("button", name="Отметить исполнение").click()
    desk.wait_for_url(f"**/oversight?marked={code}")
    desk_app.catch_up()
    expect(desk.locator(".oversight-told")).to_contain_text("отмечено как исполненное", timeout=60_000)
    expect(desk.locator(f'[data-directive="{code}"]')).to_have_count(0)
    desk.locator('[data-part="directives"] nav').get_by_role("link", name=re.compile("^Исполнены")).click()
    desk.wait_for_url("**state=done")
    settled(desk)
    expect(desk.locator(f'[data-directive="{code}"]')).to_have_attribute("data-state", "done")
    # the deck of the week after tells the same
    desk.goto(f"{desk_app.url}/week/2026-W48#followed")
    expect(desk.locator("#followed tr", has_text=TEXT).first).to_contain_text("исполнено")


# who may, and how often


def test_said_twice_it_is_one_event_and_one_entry_of_the_audit_log(akim: FlaskClient, desk_app: DeskApp) -> None:
    give(desk_app, "twice-1")
    address = "/oversight/done?directive=twice-1"
    assert TEXT.replace("<", "&lt;").replace(">", "&gt;") in akim.get(address, headers=HTML).text
    first, second = akim.post(address), akim.post(address)
    assert first.location == second.location == "/oversight?marked=twice-1"
    assert len(done_events(desk_app, "twice-1")) == 1
    desk_app.catch_up()
    assert akim.post(address).status_code == akim.get(address).status_code == 303  # a reload, long after
    counted = done_today(desk_app)
    desk_app.services.redis.delete(f"tendays:{desk_app.network.id}:directive-done:twice-1")
    assert desk_app.services.directives.done(RURAL, "twice-1")  # and if nobody remembered, history does
    desk_app.catch_up()
    assert (len(done_events(desk_app, "twice-1")), done_today(desk_app)) == (2, counted)
    told = [each for each in desk_app.services.audit.read() if each.about.get("code") == "twice-1"]
    assert [each.action for each in told] == ["directive_done"]


def done_today(app: DeskApp) -> int:
    """As history counts them."""
    day = app.network.local.day(app.clock())
    return sum(app.services.rollups.events("directive.done", day, day, RURAL).values())


@pytest.mark.parametrize("role", ["commission", f"director/{RURAL}", "it"])
def test_who_may_not_decide_sees_no_button_and_is_refused(app: Any, desk_app: DeskApp, role: str) -> None:
    give(desk_app, "not-theirs")
    client = look(app, role)
    assert "/oversight/done" not in page_of(client)
    for ask in (client.get, client.post):
        assert ask("/oversight/done?directive=not-theirs").status_code == 403
    assert done_events(desk_app, "not-theirs") == []


def test_a_form_without_its_token_says_nothing(desk_app: DeskApp) -> None:
    give(desk_app, "no-token")
    client = create_app(desk_app.services).server.test_client()
    answer = client.post("/oversight/done?directive=no-token")
    assert answer.status_code == 400
    assert done_events(desk_app, "no-token") == []


def test_what_is_no_directive_is_said_so(akim: FlaskClient) -> None:
    answer = akim.post("/oversight/done?directive=%3Cscript%3E")
    assert answer.status_code == 404
    assert "There is no such directive" in answer.text
    assert "<script>" not in answer.text
    assert akim.get("/oversight/done").location == "/oversight"


# what the page shows


def test_the_page_counts_what_the_states_hold_and_the_address_narrows_it(akim: FlaskClient, desk_app: DeskApp) -> None:
    give(desk_app, "overdue-1", days=-4, ago=9 * DAY)
    desk_app.send(f"/{RURAL}/main", "complaint.filed", ago=2 * DAY, complaint="bribe-1", about="bribery")
    moment = desk_app.services.moment(None)
    assert moment is not None
    states = {each.id: moment.state(each.id) for each in desk_app.network.centres}
    for query, of in (("", None), (f"?of={RURAL}", RURAL), (f"?of={SINGLE}", SINGLE)):
        body = page_of(akim, query)
        for which in WHICH:
            found = [each for each in items(states, which, desk_app.network.local, moment.at) if each.is_open]
            count = sum(of in (None, each.centre) for each in found)
            assert number_of(body, f"{which}-open") == str(count), (query, which)
        assert ("directive overdue-1 is 4 days late: Open <two> windows" in unescaped(body)) == (of != SINGLE)
        assert ("complaint bribe-1 has had no answer for 2 days: bribery" in body) == (of != SINGLE)
    late = page_of(akim, "?state=late")
    assert '"data-directive":"overdue-1"' in late.replace(" ", "")
    assert "is no state of a directive" in page_of(akim, "?state=lost")
    assert "is no state of a directive" not in late
    give(desk_app, "in-time-1")
    assert '"data-directive":"in-time-1"' not in page_of(akim, "?state=late").replace(" ", "")


def number_of(body: str, part: str) -> str:
    """``data-value`` of the component with this ``data-part``, wherever it stands on the page."""
    waiting: list[Any] = [json.loads(body)]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict) and each.get("data-part") == part:
            return str(each["data-value"])
        waiting += each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
    raise AssertionError(f"no {part} on the page")


def unescaped(body: str) -> str:
    return body.replace("\\u003c", "<").replace("\\u003e", ">")


def test_the_past_shows_what_was_open_then_and_has_no_button(akim: FlaskClient, desk_app: DeskApp) -> None:
    local = desk_app.network.local
    counts = []
    for at in (local.at(local.day(desk_app.clock()) - 3, 37_800), None):
        moment = desk_app.services.moment(at)
        assert moment is not None
        states = {each.id: moment.state(each.id) for each in desk_app.network.centres}
        found = {which: [each for each in items(states, which, local, moment.at) if each.is_open] for which in WHICH}
        counts.append(found)
    then, now = counts
    assert then["directives"], "so that there is what a button could stand at"
    assert {each.code for each in then["complaints"]} != {each.code for each in now["complaints"]}
    body = page_of(akim, "?at=2026-11-20T10:30")
    assert number_of(body, "complaints-open") == str(len(then["complaints"]))
    assert then["directives"][0].code in body
    assert "/oversight/done" not in body


def test_a_director_has_the_own_centre_alone(app: Any, desk_app: DeskApp) -> None:
    give(desk_app, "rural-only")
    give(desk_app, "busy-only", centre=BUSY)
    client = look(app, f"director/{BUSY}")
    for query in ("", f"?of={RURAL}", "?state=all"):
        body = page_of(client, query)
        assert "rural-only" not in body
        assert f"{RURAL}-c0" not in body
    assert "busy-only" in page_of(client)
    for which in WHICH:
        text = client.get(f"/oversight/{which}.csv").text
        assert RURAL not in text
        assert "rural-only" not in text
        assert client.get(f"/oversight/{which}.csv?of={RURAL}").status_code == 404


# files


def test_files_hold_all_of_the_place_and_the_taking_is_written_down(akim: FlaskClient, desk_app: DeskApp) -> None:
    give(desk_app, "=1+1")
    moment = desk_app.services.moment(None)
    assert moment is not None
    wanted = {*moment.state(RURAL).directives}
    answer = akim.get(f"/oversight/directives.csv?of={RURAL}")
    assert f"directives-{RURAL}-" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    head = next(place for place, row in enumerate(rows) if row and row[0] == "Code")
    assert {row[0].lstrip("'") for row in rows[head + 1 :]} == wanted
    assert "'=1+1" in answer.text
    newest = desk_app.services.audit.read(limit=1)[0]
    assert (newest.action, newest.about["file"], newest.about["of"]) == ("export", "directives.csv", RURAL)
    book = openpyxl.load_workbook(io.BytesIO(akim.get("/oversight/complaints.xlsx").data))
    whole = sum(len(moment.state(each.id).complaints) for each in desk_app.network.centres)
    assert max(sheet.max_row for sheet in book) == whole + 1
    for name in ("wages.csv", "directives.exe", "directives"):
        assert akim.get(f"/oversight/{name}").status_code == 404


@pytest.mark.browser
def test_the_table_narrows_the_page_and_back_goes_back(desk: Page, desk_app: DeskApp) -> None:
    visit(desk, f"{desk_app.url}/oversight?lang=kk")
    places = desk.locator("[data-place]").evaluate_all("all => all.map(each => each.dataset.place)")
    assert set(places) >= {BUSY, RURAL, SINGLE}
    assert desk.locator("#page-history figure .main-svg").count() >= 2
    desk.locator(f'[data-place="{SINGLE}"] a').click()
    desk.wait_for_url(f"**of={SINGLE}**")
    settled(desk)
    expect(desk.locator("[data-place]")).to_have_count(0)
    expect(desk.locator('[data-part="directives"]')).to_be_visible()
    desk.go_back()
    settled(desk)
    expect(desk.locator(f'[data-place="{SINGLE}"]')).to_be_visible()

"""The weekly deck as people use it: its pages, its files, closing a week, deciding; with real services."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from conftest import new_database
from desk_app import BUSY, PLANNED, RURAL, SINGLE, DeskApp
from flask.testing import FlaskClient
from msgspec import structs
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from callbacks import create_app
from dashboard.week import NetworkFacts, Week, report
from dashboard.week_meeting import read_code
from data_sources.directives import Directives
from data_sources.history import open_engine, upgrade
from data_sources.kept_weeks import KeptWeeks, WeekError

WEEK = Week(2026, 47)
"""The last one that is over at the clock's Monday morning."""
BEFORE = Week(2026, 46)
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def app(desk_app: DeskApp) -> Any:
    found = create_app(desk_app.services).server
    found.config["WTF_CSRF_ENABLED"] = False  # that forms have their tokens is a test of its own
    return found


@pytest.fixture
def client(app: Any) -> FlaskClient:
    found: FlaskClient = app.test_client()
    found.set_cookie("lang", "en")
    return found


def look(app: Any, role: str) -> FlaskClient:
    found: FlaskClient = app.test_client()
    found.set_cookie("look", role)
    found.set_cookie("lang", "en")
    return found


# the deck


def test_without_a_name_the_last_week_that_is_over_is_shown(client: FlaskClient) -> None:
    assert client.get("/week", headers=HTML).location == f"/week/{WEEK.label}"


def test_the_numbers_are_those_of_the_report(client: FlaskClient, desk_app: DeskApp) -> None:
    body = client.get(f"/week/{WEEK.label}", headers=HTML).text
    facts = desk_app.services.weeks.facts(WEEK)
    assert facts is not None
    for place in report(facts, desk_app.network).centres:
        if not place.facts.is_operating:
            assert f'id="{place.facts.id}"' not in body
            continue
        value = place.number("sla").value
        assert value is not None
        assert f'<b data-number="{place.facts.id}/sla">{round(value * 100)}%</b>' in body


def test_a_week_under_way_says_so_and_one_to_come_is_none(client: FlaskClient) -> None:
    assert "The week is not over yet" in client.get("/week/2026-W48", headers=HTML).text
    for label, said in (("2026-W49", "has not begun"), ("2026-48", "write it as 2026-W47"), ("2026-W99", "is no week")):
        answer = client.get(f"/week/{label}", headers=HTML)
        assert answer.status_code == 404
        assert said in answer.text


@pytest.mark.parametrize(("ending", "begins"), [("pptx", b"PK"), ("pdf", b"%PDF"), ("xlsx", b"PK")])
def test_files_come_with_a_name_and_are_written_down(
    client: FlaskClient, desk_app: DeskApp, ending: str, begins: bytes
) -> None:
    answer = client.get(f"/week/{WEEK.label}/file.{ending}")
    assert answer.data.startswith(begins)
    assert f"atyrau-2026-W47-en.{ending}" in answer.headers["Content-Disposition"]
    assert client.get(f"/week/{WEEK.label}/file.exe").status_code == 404
    newest = desk_app.services.audit.read(limit=1)[0]
    assert (newest.action, newest.about["file"]) == ("export", f"week.{ending}")


def test_a_director_gets_the_own_centre_and_may_not_decide(app: Any) -> None:
    client = look(app, f"director/{RURAL}")
    body = client.get(f"/week/{WEEK.label}", headers=HTML).text
    assert f'id="{RURAL}"' in body
    assert f'id="{BUSY}"' not in body
    assert 'id="agencies"' not in body
    assert 'data-do="decide"' not in body
    said = {"centre": RURAL, "number": "queue", "text": "x", "due": "2027-01-01"}
    assert client.post(f"/week/{WEEK.label}/decide", data=said).status_code == 403
    assert client.post(f"/week/{WEEK.label}/close").status_code == 403
    pages = PdfReader(io.BytesIO(client.get(f"/week/{WEEK.label}/file.pdf").data)).pages
    assert len(pages) == 4


def test_a_form_without_its_token_changes_nothing(desk_app: DeskApp) -> None:
    client = create_app(desk_app.services).server.test_client()
    client.set_cookie("lang", "en")
    answer = client.post(f"/week/{WEEK.label}/close")
    assert answer.status_code == 422
    assert "stood open for too long" in answer.text
    assert desk_app.services.weeks.frozen(WEEK) is None


# decisions


def test_a_directive_becomes_an_event_and_stands_in_the_decks(client: FlaskClient, desk_app: DeskApp) -> None:
    said = {"centre": SINGLE, "number": "queue", "text": "Open <two> windows", "due": "2026-11-30"}
    answer = client.post(f"/week/{WEEK.label}/decide", data=said)
    assert answer.location == f"/week/{WEEK.label}?done=decided#{SINGLE}"
    desk_app.catch_up()
    moment = desk_app.services.moment(None)
    assert moment is not None
    known = {code: case for code, case in moment.state(SINGLE).directives.items() if read_code(code)}
    (code,) = known
    assert code.startswith(f"D-2026W47-{SINGLE}-queue-")
    assert (known[code].kind, known[code].due) == ("Open <two> windows", "2026-11-30")
    assert "Open &lt;two&gt; windows" in client.get(f"/week/{WEEK.label}", headers=HTML).text
    newest = desk_app.services.audit.read(limit=1)[0]
    assert (newest.action, newest.about["code"]) == ("directive", code)
    # next week's deck says what became of it
    body = client.get("/week/2026-W48", headers=HTML).text.partition('id="followed"')[2].partition("</section>")[0]
    assert "Open &lt;two&gt; windows" in body
    assert "not due yet" in body


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"centre": "nowhere"}, "no such centre"),
        ({"text": "  "}, "Say what is to be done"),
        ({"number": "hall"}, "Say what is to be done"),
        ({"due": "2026-11-22"}, "a day that has not passed"),
        ({"due": "soon"}, "a day that has not passed"),
        ({"text": "x" * 501}, "The directive was not accepted"),
    ],
)
def test_what_is_no_directive_is_refused_and_kept_in_the_form(
    client: FlaskClient, desk_app: DeskApp, wrong: dict[str, str], said: str
) -> None:
    length = desk_app.services.redis.xlen(f"tendays:{{{BUSY}}}:events")
    form = {"centre": BUSY, "number": "load", "text": "More windows", "due": "2026-12-01"} | wrong
    answer = client.post(f"/week/{WEEK.label}/decide", data=form)
    assert answer.status_code == 422
    assert said in answer.text
    assert form["text"].strip() in answer.text
    assert desk_app.services.redis.xlen(f"tendays:{{{BUSY}}}:events") == length


def test_two_who_decide_at_once_get_two_codes(desk_app: DeskApp) -> None:
    services = desk_app.services
    blind = Directives(services.redis, services.network, lambda _centre: (), services.clock)
    codes = [blind.issue(BEFORE, BUSY, "sla", "Call the agency", "2026-12-01") for _ in range(2)]
    assert codes == [f"D-2026W46-{BUSY}-sla-1", f"D-2026W46-{BUSY}-sla-2"]
    desk_app.catch_up()
    shown = services.weeks.facts(WEEK.before(-1))
    assert shown is not None
    assert set(codes) <= {each.code for each in shown.promises}


# closing


class Asked:
    """In the place of data_sources.weeks: facts that a test changes, as late data does."""

    def __init__(self, facts: NetworkFacts) -> None:
        self.now = facts

    def facts(self, week: Week) -> NetworkFacts | None:
        return structs.replace(self.now, week=week)


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path: Path, desk_app: DeskApp) -> Iterator[tuple[KeptWeeks, Asked]]:
    facts = desk_app.services.weeks.facts(WEEK)
    assert facts is not None
    engine = open_engine(new_database(request, tmp_path))
    upgrade(engine)
    asked = Asked(facts)
    yield KeptWeeks(asked, engine, lambda: 1000.0), asked  # type: ignore[arg-type]
    engine.dispose()


def test_a_closed_week_does_not_change_until_it_is_reopened(kept: tuple[KeptWeeks, Asked]) -> None:
    weeks, asked = kept
    first = asked.now
    assert weeks.frozen(WEEK) is None
    closing = weeks.freeze(WEEK, "presenter")
    assert (closing.revision, closing.at, closing.by, closing.reason) == (1, 1000.0, "presenter", "")
    asked.now = structs.replace(first, opened=first.opened + 1)
    shown = weeks.shown(WEEK)
    assert shown is not None
    assert (shown.facts, shown.closing) == (first, closing)
    with pytest.raises(WeekError, match="closed already"):
        weeks.freeze(WEEK, "other")
    with pytest.raises(WeekError, match="say why"):
        weeks.reopen(WEEK, "akim", "  ")
    weeks.reopen(WEEK, "akim", "a feed came late")
    shown = weeks.shown(WEEK)
    assert shown is not None
    assert (shown.facts.opened, shown.closing) == (first.opened + 1, None)
    with pytest.raises(WeekError, match="not closed"):
        weeks.reopen(WEEK, "akim", "again")
    second = weeks.freeze(WEEK, "akim")
    assert (second.revision, second.reason) == (2, "a feed came late")
    steps = weeks.steps(WEEK)
    assert [(each.number, each.step, each.by) for each in steps] == [
        (1, "closed", "presenter"),
        (2, "reopened", "akim"),
        (3, "closed", "akim"),
    ]
    assert msgspec.json.decode(steps[0].facts or "", type=NetworkFacts) == first
    assert weeks.frozen(BEFORE) is None


def test_the_database_changes_no_row_of_a_closed_week(kept: tuple[KeptWeeks, Asked]) -> None:
    weeks, _asked = kept
    weeks.freeze(WEEK, "presenter")
    for statement in ("UPDATE weeks SET reason = 'x'", "DELETE FROM weeks"):
        with pytest.raises(DBAPIError, match="only added to"), weeks._engine.begin() as connection:
            connection.execute(text(statement))


def test_a_week_under_way_cannot_be_closed(kept: tuple[KeptWeeks, Asked]) -> None:
    weeks, asked = kept
    asked.now = structs.replace(asked.now, is_over=False)
    with pytest.raises(WeekError, match="not over yet"):
        weeks.freeze(WEEK, "presenter")
    assert weeks.steps(WEEK) == []


def test_closing_and_reopening_by_the_page(client: FlaskClient, desk_app: DeskApp) -> None:
    label = BEFORE.label
    assert client.post(f"/week/{label}/close").location == f"/week/{label}?done=closed"
    assert "the numbers do not change any more" in client.get(f"/week/{label}", headers=HTML).text
    again = client.post(f"/week/{label}/close")
    assert again.status_code == 422
    assert "closed already" in again.text
    assert "Say why" in client.post(f"/week/{label}/reopen", data={"reason": ""}).text
    assert client.post(f"/week/{label}/reopen", data={"reason": "late feed"}).status_code == 303
    assert "Not closed yet" in client.get(f"/week/{label}", headers=HTML).text
    assert [each.by for each in desk_app.services.weeks.steps(BEFORE)] == ["open demo"] * 2
    assert desk_app.services.audit.read(limit=1)[0].action == "week_reopened"


# in a browser


def slide(page: Page) -> str:
    found: str = page.evaluate("() => document.querySelector('.slide.shown').id")
    return found


@pytest.mark.browser
def test_keys_a_second_window_and_print(page: Page, desk_app: DeskApp) -> None:
    page.set_viewport_size({"width": 1280, "height": 767})
    page.goto(f"{desk_app.url}/week/{WEEK.label}?lang=kk")
    ids = page.eval_on_selector_all(".slide", "all => all.map(each => each.id)")
    assert ids[0] == "title"
    assert PLANNED not in ids
    assert slide(page) == "title"
    for key, wanted in (
        ("ArrowRight", 1), ("PageDown", 2), ("ArrowLeft", 1), ("End", len(ids) - 1), ("ArrowRight", len(ids) - 1),
        ("Home", 0), (" ", 1), ("PageUp", 0), ("ArrowDown", 1),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert slide(page) == ids[wanted], key
    # to the centre's live page and back to the same slide
    page.keyboard.press("ArrowRight")
    centre = slide(page)
    page.locator(".slide.shown .go").click()
    page.wait_for_url(f"**/centre/{centre}")
    page.go_back()
    expect(page.locator(f"#{centre}")).to_be_visible()
    # the presenter's window is in step both ways
    second = page.context.new_page()
    second.goto(f"{desk_app.url}/week/{WEEK.label}?view=presenter")
    expect(second.locator(f"#{centre}")).to_be_visible()
    assert second.locator("#notes li").count() >= 4
    second.keyboard.press("End")
    expect(page.locator("#decisions")).to_be_visible()
    page.keyboard.press("Home")
    expect(second.locator("#title")).to_be_visible()
    second.close()
    # nothing is cut, and type is large enough: 28 px at 720p
    cut = page.evaluate(
        "() => { document.body.classList.remove('scripted'); const found = [...document.querySelectorAll('.slide')]"
        ".filter(each => each.scrollHeight > each.clientHeight + 1 || each.scrollWidth > each.clientWidth + 1)"
        ".map(each => each.id); for (const each of document.querySelectorAll('.cards p'))"
        " if (each.offsetHeight > each.parentElement.offsetHeight) found.push(each.textContent);"
        " document.body.classList.add('scripted'); return found }"
    )
    assert cut == []
    page.set_viewport_size({"width": 1280, "height": 720})
    page.keyboard.press("f")
    page.wait_for_function("() => document.fullscreenElement !== null")
    sizes = page.evaluate(
        "() => [...document.querySelectorAll('.slide p, .slide li, .slide td, .slide th')].filter("
        "each => !each.closest('.notes')).map(each => parseFloat(getComputedStyle(each).fontSize))"
    )
    assert min(sizes) >= 27.9
    page.keyboard.press("f")
    # on paper there are the same slides, one a page, 16 by 9
    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert len(paper.pages) == len(ids)
    width, height = (float(each) for each in paper.pages[0].mediabox[2:])
    assert width / height == pytest.approx(16 / 9, rel=0.01)

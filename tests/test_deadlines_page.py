"""The deadlines page and search in a real Chromium, on real services: from a number to the very document."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from desk_app import DAY, PLANNED, SILENT, SINGLE, DeskApp
from desk_pages import DESK, PHONE, findings, too_wide, visitor
from playwright.sync_api import Browser, Page, expect

from dashboard import forecast as forecasts
from dashboard.papers import NUMBER_OF
from dashboard.state import Application

pytestmark = pytest.mark.browser
expect.set_options(timeout=60_000)
FIGURES = ("deadlines-days", "deadlines-weeks", "deadlines-ahead", "deadlines-back")


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    with visitor(browser) as (page, wrong):
        yield page
        assert wrong == []


def open_page(page: Page, app: DeskApp, address: str = "/deadlines") -> None:
    page.goto(f"{app.url}{address}")
    page.wait_for_selector("#page-now > *, #page-history > *", timeout=60_000)


def numbers(page: Page) -> dict[str, str]:
    found = page.locator("[data-number]").all()
    return {str(each.get_attribute("data-number")): str(each.get_attribute("data-value")) for each in found}


def sla(picture: dict[str, Any], group: Any) -> int:
    found: int = picture["totals"]["sla"][NUMBER_OF[group].partition(".")[2]]
    return found


def documents(app: DeskApp, moment: Any) -> list[Application]:
    centres = [each.id for each in app.network.centres if each.id != PLANNED]
    return [each for centre in centres for each in moment.state(centre).applications.values()]


def test_the_numbers_are_the_pictures_and_lead_to_as_many_documents(desk: Page, desk_app: DeskApp) -> None:
    open_page(desk, desk_app)
    shown = desk_app.snapshot()
    for group, number in NUMBER_OF.items():
        assert numbers(desk)[number] == str(sla(shown, group))
        desk.locator(f'[data-number="{number}"]').click()
        heading = desk.locator(f'[data-list="{group}"]')
        expect(heading).to_have_attribute("data-value", str(sla(shown, group)))
        assert desk.locator("[data-document]").count() == min(50, sla(shown, group))


def test_a_count_leads_to_its_documents_and_back(desk: Page, desk_app: DeskApp) -> None:
    open_page(desk, desk_app)
    desk.evaluate("window.sameDocument = true")
    count = desk.locator('[data-part="holder"] [data-key="centre"] [data-group="breached"]')
    wanted = count.get_attribute("data-value")
    count.locator("a").click()
    expect(desk.locator('[data-list="breached"]')).to_have_attribute("data-value", str(wanted))
    assert set(desk.url.partition("?")[2].split("&")) == {"holder=centre", "group=breached"}
    desk.locator(".chip").click()
    expect(desk.locator(".chip")).to_have_count(0)
    desk.go_back()
    expect(desk.locator('[data-list="breached"]')).to_have_attribute("data-value", str(wanted))
    desk.go_back()
    expect(desk.locator('[data-list="late"]')).to_be_visible()
    assert desk.evaluate("window.sameDocument") is True


def test_the_oldest_document_opens_with_its_own_way(desk: Page, desk_app: DeskApp) -> None:
    open_page(desk, desk_app)
    row = desk.locator("[data-document]").first
    code = str(row.get_attribute("data-document"))
    row.locator("th a").click()
    expect(desk.locator("h1")).to_have_text(f"Документ {code}")
    expect(desk.locator(".document-state")).to_contain_text("Просрочен на")
    desk.wait_for_selector("#document-timeline .js-plotly-plot .bars path", timeout=60_000)
    assert desk.locator(".period").count() == 0
    desk.locator(".crumbs a", has_text="Сроки").click()
    expect(desk.locator('[data-list="late"]')).to_be_visible()


def test_a_document_that_becomes_late_is_counted_at_once_and_what_has_the_focus_keeps_it(
    desk: Page, desk_app: DeskApp
) -> None:
    open_page(desk, desk_app)
    before = sla(desk_app.snapshot(), "late")
    link = desk.locator(f'[data-part="of"] [data-key="{SINGLE}"] th a')
    link.focus()
    data = {"application": "just-late", "service": desk_app.network.services[0].id, "due": "2026-11-20"}
    desk_app.send(f"/{SINGLE}/main", "application.accepted", ago=20 * DAY, **data)
    desk_app.advance(5)
    number = desk.locator('[data-number="sla.overdue"]')
    expect(number).to_have_attribute("data-value", str(before + 1))
    assert str(sla(desk_app.snapshot(), "late")) == number.get_attribute("data-value")
    expect(link).to_be_focused()
    desk_app.send(f"/{SINGLE}/main", "application.ready", application="just-late")
    desk_app.advance(5)
    expect(number).to_have_attribute("data-value", str(before))


def test_a_document_of_half_a_year_ago_opens_too_and_was_not_there_before_it_was_accepted(
    desk: Page, desk_app: DeskApp
) -> None:
    service = desk_app.network.services[0].id
    for type_, ago, more in (
        ("application.accepted", 200, {"service": service}),
        ("application.sent", 198, {"agency": "cadastre"}),
        ("application.returned", 150, {"agency": "cadastre"}),
        ("application.ready", 149, {}),
    ):
        desk_app.send(f"/{SINGLE}/main", type_, ago=ago * DAY, application="long-ago", **more)
    open_page(desk, desk_app, "/deadlines?document=long-ago")
    expect(desk.locator(".document-state")).to_contain_text("с опозданием на 41 день")
    expect(desk.locator('[data-party="cadastre"]')).to_contain_text("48,0 дн.")
    open_page(desk, desk_app, "/deadlines?document=long-ago&at=2026-04-01T12:00")
    expect(desk.locator("main [role=alert]")).to_contain_text("ещё не было")


def test_an_unknown_document_gets_a_clear_sentence(desk: Page, desk_app: DeskApp) -> None:
    open_page(desk, desk_app, "/deadlines?document=no-such")
    expect(desk.locator("main [role=alert]")).to_have_text("Документ «no-such» не найден.")
    desk.locator("main a", has_text="Искать").click()
    expect(desk.locator('[data-found="nothing"]')).to_contain_text("no-such")


def test_a_filter_that_names_nothing_is_told_of(desk: Page, desk_app: DeskApp) -> None:
    open_page(desk, desk_app, "/deadlines?of=astana&group=old")
    assert desk.locator(".problem").all_inner_texts() == [
        "В этой сети нет центра или филиала «astana»: показаны все.",
        "Группы «old» нет: показаны просроченные.",
    ]


def test_the_past_shows_the_numbers_of_then(desk: Page, desk_app: DeskApp) -> None:
    then = desk_app.services.moment(desk_app.clock() - 3 * DAY)
    assert then is not None
    open_page(desk, desk_app, "/deadlines?at=2026-11-20T10:30:10")
    assert desk.locator("#page").get_attribute("data-live") == "stale"
    for group, number in NUMBER_OF.items():
        assert numbers(desk)[number] == str(sla(then.snapshot, group))
    assert desk.locator("[data-document]").count() == min(50, sla(then.snapshot, "late"))


def test_the_forecast_is_the_cores_and_last_weeks_is_held_to_the_number_on_the_wall(
    desk: Page, desk_app: DeskApp
) -> None:
    moment = desk_app.services.moment(None)
    assert moment is not None
    expected = forecasts.forecast(documents(desk_app, moment), desk_app.network, moment.at)
    assert expected is not None
    open_page(desk, desk_app)
    ahead, back = desk.locator('[data-forecast="ahead"]'), desk.locator('[data-forecast="back"]')
    assert float(ahead.get_attribute("data-expected") or 0) == pytest.approx(expected.whole.expected, abs=3)
    assert int(back.get_attribute("data-came") or 0) == pytest.approx(sla(desk_app.snapshot(), "breached"), abs=1)
    text = back.inner_text()
    assert re.search(r"Ожидалось \d+(,\d)? \(\d+–\d+\), стало \d+: ", text)


def test_the_parties_and_the_figures_are_drawn(desk: Page, desk_app: DeskApp) -> None:
    open_page(desk, desk_app, "/deadlines?compare=before")
    held = [int(each.get_attribute("data-held") or 0) for each in desk.locator("#page-history [data-held]").all()]
    assert sum(held) == desk_app.snapshot()["totals"]["sla"]["open"]
    expect(desk.locator("#page-history [data-party=centre]")).to_contain_text("было")
    for figure in FIGURES:
        desk.wait_for_selector(f"#{figure} .js-plotly-plot .main-svg", timeout=60_000)


def test_a_centre_that_sends_nothing_is_marked_with_the_time_of_its_data(desk: Page, desk_app: DeskApp) -> None:
    open_page(desk, desk_app, f"/deadlines?of={SILENT}")
    expect(desk.locator(".deadlines-headline")).to_contain_text("нет связи с 10:1")
    assert desk.locator(".four.old").count() == 1


def test_from_the_search_field_to_the_very_document(desk: Page, desk_app: DeskApp) -> None:
    open_page(desk, desk_app)
    code = str(desk.locator("[data-document]").first.get_attribute("data-document"))
    desk.locator("[role=search] input[name=q]").fill(code.upper())
    desk.locator("[role=search] input[name=q]").press("Enter")
    hit = desk.locator("[data-hit]").first
    expect(hit).to_have_attribute("data-hit", code)
    expect(hit).to_have_attribute("data-exact", "1")
    hit.locator("a").click()
    expect(desk.locator("h1")).to_have_text(f"Документ {code}")


def test_from_the_search_field_to_the_very_ticket(desk: Page, desk_app: DeskApp) -> None:
    service = desk_app.network.services[0].id
    desk_app.send(f"/{SINGLE}/main", "ticket.issued", ticket="Z901", service=service)
    open_page(desk, desk_app, "/search?q=z901")
    hit = desk.locator('[data-found="tickets"] [data-hit="Z901"]')
    expect(hit).to_contain_text("ждёт")
    hit.locator("a").click()
    expect(desk.locator("#page")).to_have_attribute("data-page", "branch")
    assert f"/branch/{SINGLE}/main?ticket=Z901&issued=" in desk.url
    desk_app.send(f"/{SINGLE}/main", "ticket.abandoned", ticket="Z901")


ADDRESSES = ("/deadlines", "/deadlines?group=soon", "/deadlines?document={code}", "/search?q=a0", "/search?q=zzz")


@pytest.mark.parametrize(("viewport", "theme"), [(DESK, "day"), (PHONE, "night")], ids=["desk-day", "phone-night"])
def test_nothing_stands_in_the_way_of_anybody(browser: Browser, desk_app: DeskApp, viewport: Any, theme: str) -> None:
    with visitor(browser, viewport) as (page, wrong):
        page.context.add_cookies([{"name": "theme", "value": theme, "url": desk_app.url}])
        open_page(page, desk_app)
        code = page.locator("[data-document]").first.get_attribute("data-document")
        for address in ADDRESSES:
            open_page(page, desk_app, address.format(code=code))
            assert page.locator("html").get_attribute("data-theme") == theme
            assert too_wide(page) == [], address
            assert findings(page) == [], address
        assert wrong == []


def test_all_of_it_can_be_reached_by_keyboard(desk: Page, desk_app: DeskApp) -> None:
    open_page(desk, desk_app)
    code = str(desk.locator("[data-document]").first.get_attribute("data-document"))
    link = desk.locator(f'[data-document="{code}"] th a')
    link.focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("h1")).to_have_text(f"Документ {code}")


def test_each_heading_is_one_level_below_the_one_it_stands_under(desk: Page, desk_app: DeskApp) -> None:
    open_page(desk, desk_app)
    levels = [
        int(each) for each in desk.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(e => e.tagName[1])")
    ]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))

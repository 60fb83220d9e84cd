"""The staff page in a real Chromium on real services: what akimat staff see, ask and follow."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from desk_app import BUSY, PLANNED, RURAL, SILENT, SINGLE, DeskApp
from desk_pages import settled, values, visit, visitor
from playwright.sync_api import Browser, Page, expect

from dashboard.i18n import LANGUAGES

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    with visitor(browser) as (page, wrong):
        yield page
        assert wrong == []


def rows(page: Page) -> list[str]:
    return page.locator("tbody [data-staff]").evaluate_all("all => all.map(e => e.dataset.staff)")  # type: ignore[no-any-return]


def test_the_whole_page_is_drawn_with_its_figures_and_the_snapshots_numbers(desk: Page, desk_app: DeskApp) -> None:
    visit(desk, f"{desk_app.url}/staff")
    picture = desk_app.snapshot()
    assert desk.locator("figure .main-svg").count() >= 5
    assert desk.locator("#page-history [data-part]").evaluate_all("all => all.map(e => e.dataset.part)") == [
        "posts", "flow", "rates", "reasons", "service", "load",
    ]  # fmt: skip
    assert set(rows(desk)) == {each["id"] for each in picture["centres"]}
    for each in picture["centres"]:
        if each["state"] != "planned":
            shown = values(desk, f'[data-staff="{each["id"]}"]')
            assert shown["turnover.headcount"] == str(each["turnover"]["headcount"])
            assert shown["turnover.left_12m"] == str(each["turnover"]["left_12m"])
    expect(desk.locator(f'[data-staff="{SILENT}"]')).to_contain_text("нет связи с 10:1")


def test_a_heading_sorts_and_the_unknown_stays_last(desk: Page, desk_app: DeskApp) -> None:
    visit(desk, f"{desk_app.url}/staff")
    desk.get_by_role("columnheader", name="Персонал").get_by_role("link").click()
    desk.wait_for_url("**/staff?sort=-headcount")
    settled(desk)
    order = rows(desk)
    assert (order[0], order[-1]) == (BUSY, PLANNED)
    desk.get_by_role("columnheader", name="Персонал").get_by_role("link").click()
    desk.wait_for_url("**/staff?sort=headcount")
    settled(desk)
    assert rows(desk)[:-1] == order[:-1][::-1]
    expect(desk.locator('[aria-sort="ascending"]')).to_have_count(1)


def test_from_a_centre_to_its_people_by_code_and_back(desk: Page, desk_app: DeskApp) -> None:
    visit(desk, f"{desk_app.url}/staff")
    number = desk.locator(f'[data-staff="{RURAL}"] [data-number="turnover.left_12m"]')
    left = number.get_attribute("data-value") or ""
    number.click()
    panel = desk.locator("#panel")
    expect(panel.locator("[data-panel-value]")).to_have_attribute("data-panel-value", left, timeout=60_000)
    expect(panel.locator(".ag-row").first).to_contain_text(f"{RURAL}-")
    assert {each.partition("/")[0] for each in rows(desk)} == {RURAL}, "the page is now the centre's"
    panel.locator(".panel-close").click()
    desk.wait_for_url(f"**/staff?of={RURAL}")
    settled(desk)
    expect(desk.locator("h1")).to_contain_text("Персонал: ")
    desk.go_back()
    desk.go_back()
    desk.wait_for_url("**/staff")
    expect(desk.locator(f'[data-staff="{BUSY}"]').first).to_be_visible()


def test_who_leaves_now_is_gone_from_the_page_without_loading_it_again(desk: Page, desk_app: DeskApp) -> None:
    code = f"{SINGLE}-page-test"
    visit(desk, f"{desk_app.url}/staff?of={SINGLE}")
    headcount = desk.locator('.staff-headline [data-number="turnover.headcount"]')
    before = int(headcount.get_attribute("data-value") or 0)
    desk_app.send(f"/{SINGLE}/main", "staff.joined", ago=5, employee=code)
    expect(headcount).to_have_attribute("data-value", str(before + 1), timeout=30_000)
    desk_app.send(f"/{SINGLE}/main", "staff.left", employee=code, reason="pay")
    expect(headcount).to_have_attribute("data-value", str(before), timeout=30_000)


def test_the_past_shows_the_staff_of_then(desk: Page, desk_app: DeskApp) -> None:
    at = "2026-11-05T12:00"
    local = desk_app.network.local
    then = desk_app.services.moment(local.at(local.day(desk_app.clock()) - 18, 43_200))
    assert then is not None
    visit(desk, f"{desk_app.url}/staff?at={at}")
    totals = then.snapshot["totals"]["turnover"]
    assert values(desk)["turnover.headcount"] == str(totals["headcount"])
    assert values(desk)["turnover"] == str(totals["rate_12m"])


def test_there_is_no_bar_of_periods_for_numbers_of_twelve_months_and_the_load_has_days_of_its_own(
    desk: Page, desk_app: DeskApp
) -> None:
    visit(desk, f"{desk_app.url}/staff?period=week")
    assert desk.locator(".period").count() == 0
    desk.locator('[data-part="load"]').get_by_role("link", name="91 день").click()
    desk.wait_for_url("**load=91")
    assert parse_qs(urlsplit(desk.url).query)["period"] == ["week"]
    expect(desk.locator('[data-part="load"] .current')).to_have_text("91 день")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_cut_off_on_a_phone_in_any_language(browser: Browser, desk_app: DeskApp, language: str) -> None:
    with visitor(browser, (390, 844)) as (page, wrong):
        visit(page, f"{desk_app.url}/staff?lang={language}")
        cut = page.evaluate(
            """() => [...document.querySelectorAll('main *')].filter((e) => !e.closest('figure, .aside-only')
              && e.children.length === 0 && e.textContent.trim() && e.scrollWidth > e.clientWidth + 1
              && getComputedStyle(e).display !== 'inline').map((e) => e.outerHTML.slice(0, 120))"""
        )
        assert cut == []
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert wrong == []

"""The branch page in a real browser, on a real worker and real streams."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk_app import BUSY, SINGLE, DeskApp
from playwright.sync_api import Browser, Page, expect

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def opened(page: Page, app: DeskApp, path: str) -> Page:
    page.goto(app.url + path)
    expect(page.locator("#page-now > *").first).to_be_attached(timeout=20_000)
    return page


def branch(app: DeskApp, centre: str, branch_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in app.centre(centre)["branches"] if each["id"] == branch_id)
    return found


def main_of(app: DeskApp, centre: str) -> str:
    return app.network.centre_by_id[centre].branches[0].id


def test_the_line_and_the_windows_are_as_many_as_the_published_numbers(desk_app: DeskApp, page: Page) -> None:
    unit = main_of(desk_app, BUSY)
    opened(page, desk_app, f"/branch/{BUSY}/{unit}")
    figures = branch(desk_app, BUSY, unit)
    waiting = figures["queue"]["waiting"]
    expect(page.locator("[data-metric=queue]")).to_have_attribute("data-value", str(waiting))
    expect(page.locator(".line")).to_have_attribute("data-waiting", str(waiting))
    expect(page.locator("[data-late]")).to_have_count(min(waiting, 50))
    expect(page.locator("[data-does=serving]")).to_have_count(figures["load"]["serving"])
    expect(page.locator("[data-open='1']")).to_have_count(figures["load"]["windows_open"])
    expect(page.locator("[data-window]")).to_have_count(figures["load"]["windows_total"])


def test_from_a_window_to_an_operators_hour_to_a_tickets_life_and_back(desk_app: DeskApp, page: Page) -> None:
    unit = main_of(desk_app, BUSY)
    opened(page, desk_app, f"/branch/{BUSY}/{unit}")
    page.set_default_timeout(20_000)
    page.locator("[data-does=serving] .window-operator a").first.click()
    expect(page.locator(".focus h2")).to_contain_text("Оператор")
    page.locator("[data-hour] a").last.click()
    expect(page).to_have_url(re.compile(r"operator=.*hour=\d+"))
    expect(page.locator(".focus h2")).to_contain_text(":00–", timeout=20_000)
    row = page.locator("[data-row]").first
    number = row.get_attribute("data-row")
    row.locator("th a").click()
    expect(page.locator(f"[data-life='{number}'] [data-step]").first).to_contain_text(
        re.compile("Талон выдан|Пришёл из другой очереди"), timeout=20_000
    )
    page.go_back()
    expect(page.locator("[data-row]").first).to_have_attribute("data-row", str(number), timeout=20_000)


def test_a_visitor_who_comes_stands_in_the_line_without_a_reload(desk_app: DeskApp, page: Page) -> None:
    unit = main_of(desk_app, SINGLE)
    opened(page, desk_app, f"/branch/{SINGLE}/{unit}")
    desk_app.send(f"/{SINGLE}/{unit}", "ticket.issued", ticket="NEW-1", service=desk_app.network.services[0].id)
    expect(page.locator(".line")).to_contain_text("NEW-1", timeout=20_000)


def test_an_id_of_one_branch_shows_it_and_one_of_many_asks_which(desk_app: DeskApp, page: Page) -> None:
    opened(page, desk_app, f"/branch/{SINGLE}")
    expect(page.locator("[data-window]").first).to_be_visible()
    opened(page, desk_app, "/branch/main")
    expect(page.locator(".choices a")).to_have_count(sum(c.branches[0].id == "main" for c in desk_app.network.centres))
    expect(page.locator(".period")).to_have_count(0)
    page.locator(".choices a").first.click()
    expect(page.locator("[data-window]").first).to_be_visible()


def test_an_unknown_branch_is_said_in_words(desk_app: DeskApp, page: Page) -> None:
    opened(page, desk_app, "/branch/nowhere")
    expect(page.locator(".problem")).to_contain_text("нет филиала «nowhere»")


@pytest.mark.parametrize("theme", ["day", "night"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_page_can_be_read_by_everyone(desk_app: DeskApp, browser: Browser, size: Any, theme: str) -> None:
    unit = main_of(desk_app, BUSY)
    context = browser.new_context(viewport=size, locale="ru-RU")
    page = context.new_page()
    opened(page, desk_app, f"/branch/{BUSY}/{unit}?theme={theme}&hour=9")
    expect(page.locator("[data-row]").first).to_be_visible()
    found = Axe().run(page).response["violations"]
    worst = [
        (each["id"], each["nodes"][0]["html"][:200]) for each in found if each["impact"] in ("serious", "critical")
    ]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    context.close()
    assert worst == []
    assert not wide

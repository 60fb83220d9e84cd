"""A director's walks through a live network in a real Chromium: from a red tile to the very ticket and document, and
back; every number that is met on the way is the published one of that moment."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from desk_app import BUSY, DAY, RURAL, SINGLE, DeskApp
from desk_pages import values, visitor
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.browser
PATIENT_MS = 60_000
"""As long as a slow and busy machine may take."""
MAIN = "main"
LATE = {"application": "walk-late", "due": "2026-10-05"}
"""A document that is later than any other."""


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    with visitor(browser) as (page, wrong):
        page.set_default_timeout(PATIENT_MS)
        yield page
        assert wrong == []


def shows(number: Locator, value: Any) -> None:
    expect(number).to_have_attribute("data-value", str(value), timeout=PATIENT_MS)


def red_tile(page: Page, app: DeskApp, centre: str) -> Locator:
    """The wall, and a tile of it that asks for measures."""
    page.goto(f"{app.url}/wall")
    tile = page.locator(f'[data-tile="{centre}"]')
    expect(tile).to_have_attribute("data-level", "act", timeout=PATIENT_MS)
    return tile


def into_the_centre(page: Page, tile: Locator, centre: str) -> Locator:
    """The first click; what the page says of this moment."""
    tile.locator(".whole-link").click()
    page.wait_for_url(f"**/centre/{centre}")
    return page.locator("#page-now")


def into_the_rows(page: Page, now: Locator, group: str, value: int) -> Locator:
    """The second click; the rows are as many as the number says, the worst of them first."""
    now.locator(f'.four [data-metric="{group}"]').click()
    return rows_of(page, value)


def rows_of(page: Page, value: int) -> Locator:
    panel = page.locator("#panel")
    expect(panel.locator("[data-panel-value]")).to_have_attribute("data-panel-value", str(value), timeout=PATIENT_MS)
    expect(panel.locator("[data-part=rows-count]")).to_have_attribute("data-all", str(value))
    expect(panel.locator('.ag-row[row-index="0"]').first).to_be_visible(timeout=PATIENT_MS)
    return panel


def adds_up(now: Locator, key: str, centre: dict[str, Any]) -> None:
    """The row of the branches: each as published, then the centre."""
    group, _, member = key.partition(".")
    parts = [str(each[group][member]) for each in (*centre["branches"], centre)]
    for place, part in enumerate(parts):
        shows(now.locator(f'[data-row="{key}"] [data-number]').nth(place), part)


def four(page: Page) -> dict[str, str]:
    """The four numbers of a page's place."""
    page.wait_for_selector("#page-now .four [data-metric=sla]")
    return values(page, "#page-now .four")


def test_from_a_red_tile_to_the_oldest_late_document_in_three_clicks_while_the_network_lives(
    desk: Page, desk_app: DeskApp
) -> None:
    source, service = f"/{RURAL}/{MAIN}", desk_app.network.services[0].id
    tile = red_tile(desk, desk_app, RURAL)
    before = desk_app.centre(RURAL)["sla"]["overdue"]
    shows(tile.locator('[data-metric="sla"]'), before)
    desk_app.send(source, "application.accepted", ago=55 * DAY, service=service, **LATE)
    try:
        centre = desk_app.centre(RURAL)
        late = centre["sla"]["overdue"]
        assert late == before + 1
        shows(tile.locator('[data-metric="sla"]'), late)
        now = into_the_centre(desk, tile, RURAL)
        shows(now.locator('.four [data-metric="sla"]'), late)
        adds_up(now, "sla.overdue", centre)
        first = into_the_rows(desk, now, "sla", late).locator('.ag-row[row-index="0"] [col-id="document"] a')
        expect(first).to_have_text(LATE["application"])
        first.click()
        expect(desk.locator("h1")).to_contain_text(LATE["application"], timeout=PATIENT_MS)
        days = centre["sla"]["oldest_overdue_days"]
        expect(desk.locator(".document-state")).to_contain_text(f"Просрочен на {days} дн", timeout=PATIENT_MS)
    finally:
        desk_app.send(source, "application.ready", application=LATE["application"])
    expect(desk.locator(".document-state")).to_contain_text("Готов", timeout=PATIENT_MS)
    desk.go_back()
    rows_of(desk, before)
    shows(desk.locator('.four [data-metric="sla"]'), before)


def test_from_a_red_tile_to_the_oldest_waiting_ticket_in_three_clicks_while_the_network_lives(
    desk: Page, desk_app: DeskApp
) -> None:
    source, service = f"/{RURAL}/{MAIN}", desk_app.network.services[0].id
    tile = red_tile(desk, desk_app, RURAL)
    before = desk_app.centre(RURAL)["queue"]["waiting"]
    desk_app.send(source, "ticket.issued", ago=3000.0, ticket="Z/7", service=service)
    try:
        centre = desk_app.centre(RURAL)
        assert (centre["queue"]["waiting"], centre["queue"]["longest_wait_s"]) == (before + 1, 3000)
        shows(tile.locator('[data-metric="queue"]'), before + 1)
        now = into_the_centre(desk, tile, RURAL)
        shows(now.locator('.four [data-metric="queue"]'), before + 1)
        adds_up(now, "queue.waiting", centre)
        cell = into_the_rows(desk, now, "queue", before + 1).locator('.ag-row[row-index="0"] [col-id="ticket"]')
        expect(cell).to_have_text("Z/7")
        cell.click(position={"x": 80, "y": 20})  # beside the text: the whole cell is the link
        desk.wait_for_url(re.compile(rf"/branch/{RURAL}/{MAIN}\?ticket=Z%2F7&issued=\d+\.\d{{3}}"))
        life = desk.locator('[data-life="Z/7"]')
        expect(life.locator("[data-step]").last).to_have_attribute("data-step", "waits", timeout=PATIENT_MS)
        branch = next(each for each in centre["branches"] if each["id"] == MAIN)
        shows(desk.locator('.four [data-metric="queue"]'), branch["queue"]["waiting"])
    finally:
        desk_app.send(source, "ticket.abandoned", ticket="Z/7")
    expect(life.locator("[data-step]").last).to_have_attribute("data-step", "left", timeout=PATIENT_MS)
    desk.go_back()
    rows_of(desk, before)
    shows(desk.locator('.four [data-metric="queue"]'), before)


def test_back_comes_to_the_same_place_of_a_page_with_its_numbers_of_now(desk: Page, desk_app: DeskApp) -> None:
    source, service = f"/{RURAL}/{MAIN}", desk_app.network.services[0].id
    desk.goto(f"{desk_app.url}/centre/{RURAL}?period=week")
    desk.wait_for_selector("#page-history .js-plotly-plot .main-svg", state="attached")
    waiting = desk.locator('.four [data-metric="queue"]')
    before = desk_app.centre(RURAL)["queue"]["waiting"]
    shows(waiting, before)
    link = desk.locator('.centre-branches a[href*="/branch/"]').first
    link.scroll_into_view_if_needed()
    desk.evaluate("window.scrollTo(0, 420)")
    link.click()
    expect(desk.locator("#page")).to_have_attribute("data-page", "branch", timeout=PATIENT_MS)
    desk_app.send(source, "ticket.issued", ticket="BACK-1", service=service)
    try:
        desk.go_back()
        shows(waiting, before + 1)
        expect(desk.locator(".period-links .current")).to_have_text("7 дней")
        desk.wait_for_function("window.scrollY === 420", timeout=PATIENT_MS)
    finally:
        desk_app.send(source, "ticket.abandoned", ticket="BACK-1")
    shows(waiting, before)


def test_the_moment_and_the_period_go_on_through_branch_crumb_language_and_wall(desk: Page, desk_app: DeskApp) -> None:
    at, kept = "2026-11-20T11:30", {"at=2026-11-20T11:30", "period=week"}
    desk.goto(f"{desk_app.url}/centre/{RURAL}?at={at}&period=week")
    said = four(desk)
    assert "" not in said.values()

    def thread() -> set[str]:
        return set(desk.url.partition("?")[2].split("&"))

    desk.locator('.centre-branches a[href*="/branch/"]').first.click()
    expect(desk.locator("#page")).to_have_attribute("data-page", "branch", timeout=PATIENT_MS)
    assert thread() == kept
    desk.locator("#language-menu a", has_text="ҚАЗ").click()
    desk.wait_for_function("document.documentElement.lang === 'kk'")
    assert thread() == kept | {"lang=kk"}
    desk.locator(".crumbs a").nth(1).click()
    expect(desk.locator("#page")).to_have_attribute("data-page", "centre", timeout=PATIENT_MS)
    assert thread() == kept
    assert desk.locator("html").get_attribute("lang") == "kk"
    expect(desk.locator(".past-band")).to_be_visible()
    expect(desk.locator("[data-part=alarm]")).to_be_hidden()
    assert four(desk) == said
    desk.locator(".crumbs a").first.click()
    desk.wait_for_url("**/wall?*")
    assert thread() == kept
    shows(desk.locator(f'[data-tile="{RURAL}"] [data-metric="sla"]'), said["sla"])


def test_a_number_is_the_same_on_the_wall_the_centre_its_only_branch_the_deadlines_and_the_staff(
    desk: Page, desk_app: DeskApp
) -> None:
    desk.goto(f"{desk_app.url}/wall")
    desk.wait_for_selector(f'[data-tile="{SINGLE}"] [data-metric="sla"][data-value]')
    wall = values(desk, f'[data-tile="{SINGLE}"]')
    published = desk_app.centre(SINGLE)
    assert {key: float(value) for key, value in wall.items()} == {
        "queue": published["queue"]["waiting"],
        "load": published["load"]["occupancy"],
        "turnover": published["turnover"]["rate_12m"],
        "sla": published["sla"]["overdue"],
    }
    for path in (f"/centre/{SINGLE}", f"/branch/{SINGLE}/{MAIN}"):
        desk.goto(desk_app.url + path)
        assert four(desk) == wall, path
    desk.goto(f"{desk_app.url}/deadlines?of={SINGLE}")
    shows(desk.locator('#page-now [data-number="sla.overdue"]').first, wall["sla"])
    desk.goto(f"{desk_app.url}/staff?of={SINGLE}")
    shows(desk.locator('#page-now [data-number="turnover.rate_12m"]').first, wall["turnover"])


def test_by_keyboard_alone_out_of_the_rows_into_them_again_and_to_a_document(desk: Page, desk_app: DeskApp) -> None:
    desk.goto(f"{desk_app.url}/centre/{BUSY}?number=sla.overdue")
    rows_of(desk, desk_app.centre(BUSY)["sla"]["overdue"])
    expect(desk.locator("#panel")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(desk.locator("#panel")).to_have_count(0, timeout=PATIENT_MS)
    assert "number=" not in desk.url
    expect(desk.locator('a.number-link[href*="number=sla.overdue"]').first).to_be_focused(timeout=PATIENT_MS)
    desk.keyboard.press("Enter")
    rows_of(desk, desk_app.centre(BUSY)["sla"]["overdue"])
    expect(desk.locator("#panel")).to_be_focused()
    for _ in range(20):
        desk.keyboard.press("Tab")
        if desk.locator(".ag-header-cell:focus").count():
            break
    expect(desk.locator('.ag-header-cell[col-id="document"]')).to_be_focused()
    for row in ("0", "1", "2"):
        desk.keyboard.press("ArrowDown")
        expect(desk.locator(f'.ag-row[row-index="{row}"] [col-id="document"]')).to_be_focused()
    desk.keyboard.press("ArrowRight")
    expect(desk.locator('.ag-row[row-index="2"] .ag-cell:focus')).not_to_have_attribute("col-id", "document")
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("ArrowLeft")
    cell = desk.locator('.ag-row[row-index="1"] [col-id="document"]')
    expect(cell).to_be_focused()
    code = cell.inner_text()
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**/deadlines?document={code}")

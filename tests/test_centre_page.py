"""The centre page in a real Chromium, on a real server with real streams, worker and history."""

import pytest
from desk_app import BUSY, PLANNED, SILENT, DeskApp
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def visit(page: Page, app: DeskApp, centre: str, query: str = "") -> None:
    page.goto(f"{app.url}/centre/{centre}?{query}")
    page.wait_for_selector(".findings")


def shown(page: Page, metric: str) -> str:
    return page.locator(f'.centre-top [data-metric="{metric}"]').get_attribute("data-value") or ""


def test_a_director_sees_what_is_wrong_what_would_help_and_numbers_that_are_the_walls(
    page: Page, desk_app: DeskApp
) -> None:
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    visit(page, desk_app, BUSY)
    centre = desk_app.centre(BUSY)
    assert shown(page, "queue") == str(centre["queue"]["waiting"])
    assert shown(page, "sla") == str(centre["sla"]["overdue"])
    row = page.locator('[data-row="queue.waiting"] [data-number]')
    values = [int(each.get_attribute("data-value") or 0) for each in row.all()]
    assert values == [*(each["queue"]["waiting"] for each in centre["branches"]), centre["queue"]["waiting"]]
    assert page.locator(".findings").get_attribute("data-findings") == str(page.locator("[data-finding]").count())
    page.wait_for_selector(".desk-history .js-plotly-plot .main-svg", state="attached")
    assert "Обычный день не показан" in page.locator("#page-history").inner_text()
    assert said == []


def test_a_silent_centre_says_that_its_picture_is_old_and_a_planned_one_that_it_is_to_come(
    page: Page, desk_app: DeskApp
) -> None:
    visit(page, desk_app, SILENT)
    assert page.locator('[data-finding="silent"]').count() == 1
    assert page.locator(".four.old").count() == 1
    visit(page, desk_app, PLANNED)
    assert page.locator("[data-metric]").count() == 0
    assert page.locator("[data-finding]").count() == 0

"""The centre page in a real Chromium, on a real server with real streams, worker and history."""

from datetime import date

import pytest
from desk_app import BUSY, PLANNED, SILENT, DeskApp
from playwright.sync_api import Page

from callbacks.centre_past import Reader
from dashboard.branch_past import total
from dashboard.counts import Counts, DocumentCounts
from dashboard.period import read_period

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


def test_a_day_that_is_not_over_is_compared_with_the_day_before_up_to_the_same_time_of_day(desk_app: DeskApp) -> None:
    local, services = desk_app.network.local, desk_app.services
    friday = date(2026, 11, 20).toordinal()
    moment = services.moment(local.at(friday + 1, 11.5 * 3600))
    assert moment is not None
    day = read_period("today", None, None, friday + 1, "today")
    found = Reader(services.rollups, desk_app.network, BUSY, moment).period(day, with_before=True)
    whole = services.rollups.hours(BUSY, friday)
    assert found.before == whole
    assert found.before_so_far is not None
    for hour in (8, 9, 10):
        shown, rolled = found.before_so_far[hour], whole[hour]
        assert shown is not None
        assert (shown.issued, shown.served, shown.wait_ms) == (rolled.issued, rolled.served, rolled.wait_ms)
    assert max(found.before_so_far) == 11 < max(whole)
    assert 0 < total(found.before_so_far).issued < Counts.total(whole.values()).issued
    assert found.documents_before is not None
    of_the_day: dict[None, DocumentCounts] = services.rollups.documents(friday, friday, BUSY)
    assert 0 < found.documents_before.finished < DocumentCounts.total(of_the_day.values()).finished


def test_a_silent_centre_says_that_its_picture_is_old_and_a_planned_one_that_it_is_to_come(
    page: Page, desk_app: DeskApp
) -> None:
    visit(page, desk_app, SILENT)
    assert page.locator('[data-finding="silent"]').count() == 1
    assert page.locator(".four.old").count() == 1
    visit(page, desk_app, PLANNED)
    assert page.locator("[data-metric]").count() == 0
    assert page.locator("[data-finding]").count() == 0

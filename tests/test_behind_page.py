"""The panel behind a number in a real Chromium, on real services: open it, sort, filter, follow a row, download."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import openpyxl
import pytest
from desk_app import BUSY, SILENT, DeskApp
from desk_pages import visitor
from playwright.sync_api import Browser, Locator, Page, expect

from callbacks.behind import scope_of
from dashboard.rows import rows_behind

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    with visitor(browser) as (page, wrong):
        yield page
        assert wrong == []


def opened(page: Page, app: DeskApp, key: str, of: str = "", **query: str) -> Locator:
    """The panel of a number, of the network or of another place, once its grid is there: on the page that has least
    beside it."""
    said = {"number": key, "of": of, **query}
    page.goto(f"{app.url}/search?{urlencode({name: value for name, value in said.items() if value})}")
    return ready(page)


def ready(page: Page) -> Locator:
    page.wait_for_selector("#panel .ag-row, #panel .ag-overlay-no-rows-center", timeout=60_000)
    return page.locator("#panel")


def test_a_number_on_the_wall_opens_its_rows_at_once(desk: Page, desk_app: DeskApp) -> None:
    desk.goto(f"{desk_app.url}/wall")
    desk.locator(f'[data-tile="{BUSY}"] [data-metric="sla"] a').click()
    panel = ready(desk)
    expect(panel).to_have_attribute("data-number", "sla.overdue")
    expect(panel).to_be_focused()


def column(page: Page, field: str) -> list[str]:
    """A column's cells, from the top row down."""
    cells = page.locator(f'#panel .ag-center-cols-container [col-id="{field}"]')
    rows = page.locator("#panel .ag-center-cols-container .ag-row")
    order = [int(each.get_attribute("row-index") or 0) for each in rows.all()]
    return [text for _, text in sorted(zip(order, cells.all_inner_texts(), strict=True))]


def numbers(texts: list[str]) -> list[float]:
    return [float(each.replace("\u00a0", "").replace(",", ".").replace("−", "-")) for each in texts]


def test_a_column_is_sorted_on_its_raw_values(desk: Page, desk_app: DeskApp) -> None:
    panel = opened(desk, desk_app, "queue.wait_p50_s", BUSY)
    waits = numbers(column(desk, "wait_s"))
    assert waits == sorted(waits, reverse=True)
    assert len(waits) > 5
    heading = panel.locator('.ag-header-cell[col-id="wait_s"] .ag-header-cell-label')
    heading.click()  # none
    heading.click()  # ascending
    expect(panel.locator('.ag-header-cell[col-id="wait_s"]')).to_have_attribute("aria-sort", "ascending")
    waits = numbers(column(desk, "wait_s"))
    assert waits == sorted(waits)


def test_a_column_is_filtered_by_the_values_it_has_and_the_count_says_so(desk: Page, desk_app: DeskApp) -> None:
    panel = opened(desk, desk_app, "sla.overdue")
    count = panel.locator("[data-part=rows-count]")
    everything = int(count.get_attribute("data-all") or 0)
    assert everything == desk_app.snapshot()["totals"]["sla"]["overdue"]
    panel.locator('.ag-header-cell[col-id="centre"] .ag-header-cell-filter-button').click()
    name = desk_app.network.centre_by_id[BUSY].names.ru
    desk.locator(".rows-choose label", has_text="Все").click()
    desk.locator(".rows-choose label", has_text=name).click()
    own = str(desk_app.centre(BUSY)["sla"]["overdue"])
    expect(count).to_have_attribute("data-shown", own)
    expect(count).to_have_text(f"Показано строк: {own} из {everything}")
    desk.keyboard.press("Escape")
    expect(panel).to_be_visible()
    assert set(column(desk, "centre")) == {name}


def test_numbers_and_moments_are_filtered_as_such(desk: Page, desk_app: DeskApp) -> None:
    panel = opened(desk, desk_app, "queue.issued_today", BUSY)
    count = panel.locator("[data-part=rows-count]")
    panel.locator('.ag-header-cell[col-id="wait_s"] .ag-header-cell-filter-button').click()
    desk.locator(".ag-filter-menu input[type=number]").first.fill("5")
    expect(count).not_to_have_attribute("data-shown", count.get_attribute("data-all") or "")
    moment = desk_app.services.moment()
    assert moment is not None
    rows = rows_behind("queue.issued_today", scope_of(desk_app.network, moment, (BUSY, None))) or []
    expect(count).to_have_attribute(
        "data-shown", str(sum(row.wait_s is not None and row.wait_s >= 300 for row in rows))
    )
    desk.locator(".ag-filter-menu input[type=number]").first.fill("")
    expect(count).to_have_attribute("data-shown", str(len(rows)))
    desk.keyboard.press("Escape")
    panel.locator('.ag-header-cell[col-id="issued"] .ag-header-cell-filter-button').click()
    since = desk_app.network.local.to_datetime(desk_app.clock() - 3600).replace(microsecond=0)
    desk.locator(".ag-filter-menu input[type=datetime-local]").first.fill(f"{since:%Y-%m-%dT%H:%M:%S}")
    later = sum(row.issued >= since.timestamp() + 1 for row in rows)
    expect(count).to_have_attribute("data-shown", str(later))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_both_files_have_the_rows_that_are_on_the_screen(
    desk: Page, desk_app: DeskApp, kind: str, tmp_path: Path
) -> None:
    panel = opened(desk, desk_app, "sla.open", BUSY)
    value = int(panel.locator("[data-panel-value]").get_attribute("data-panel-value") or -1)
    with desk.expect_download() as download:
        panel.locator(f"[data-file={kind}]").click()
    name = download.value.suggested_filename
    assert name.startswith("В работе – ")
    assert name.endswith(f".{kind}")
    path = tmp_path / "file"
    download.value.save_as(path)
    if kind == "csv":
        lines = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";"))
        found = len(lines) - lines.index([]) - 2
    else:
        found = openpyxl.load_workbook(io.BytesIO(path.read_bytes())).worksheets[1].max_row - 1
    assert found == value == desk_app.centre(BUSY)["sla"]["open"]


def test_an_unknown_number_or_place_is_told_of_and_the_page_is_there(desk: Page, desk_app: DeskApp) -> None:
    for query, said in (("number=queue.nothing", "queue.nothing"), ("number=queue.waiting&of=nowhere", "nowhere")):
        desk.goto(f"{desk_app.url}/centre/{BUSY}?{query}")
        expect(desk.locator(".desk-panel .problem")).to_contain_text(said)
        expect(desk.locator('#page-now [data-metric="queue"]').first).to_be_visible()


def test_a_place_other_than_the_pages_own_is_opened_by_its_name(desk: Page, desk_app: DeskApp) -> None:
    panel = opened(desk, desk_app, "sla.overdue", BUSY)
    expect(panel.locator(".panel-place")).to_have_text(desk_app.network.centre_by_id[BUSY].names.ru)
    expect(panel.locator("[data-panel-value]")).to_have_attribute(
        "data-panel-value", str(desk_app.centre(BUSY)["sla"]["overdue"])
    )


def test_the_picture_of_a_silent_centre_is_marked_as_old(desk: Page, desk_app: DeskApp) -> None:
    panel = opened(desk, desk_app, "queue.waiting", SILENT)
    expect(panel.locator(".panel-as-of[data-old]")).to_contain_text("Устарело")


def test_a_hostile_ticket_number_is_shown_as_text(desk: Page, desk_app: DeskApp) -> None:
    branch, number = desk_app.network.centre_by_id[BUSY].branches[0].id, "<img src=x onerror=alert(1)>"
    code = desk_app.network.services[0].id
    desk_app.send(f"/{BUSY}/{branch}", "ticket.issued", ago=3600.0, ticket=number, service=code)
    try:
        opened(desk, desk_app, "queue.longest_wait_s", f"{BUSY}/{branch}")
        assert column(desk, "ticket")[0] == number
        assert desk.locator("#panel img").count() == 0
    finally:
        desk_app.send(f"/{BUSY}/{branch}", "ticket.abandoned", ticket=number)


def test_only_a_page_with_a_panel_loads_the_grids_script(desk: Page, desk_app: DeskApp) -> None:
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    desk.goto(f"{desk_app.url}/wall")
    desk.wait_for_selector("[data-tile] svg")
    desk.goto(f"{desk_app.url}/centre/{BUSY}")
    desk.wait_for_selector('#page-now [data-metric="queue"]')
    assert not [each for each in asked if "ag_grid" in each]
    desk.locator('#page-now [data-metric="queue"]').first.click()
    ready(desk)
    assert len([each for each in asked if "ag_grid" in each]) == 2

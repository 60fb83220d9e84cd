"""The pages that one sits before, as one: everybody can use them, by keyboard too, at a desk and on a phone."""

from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from desk_app import BUSY, DeskApp
from desk_pages import SIZES, THEMES, findings, not_reached, settled, too_wide, visit, visitor
from playwright.sync_api import Browser, Page, expect

from layouts import PAGES

pytestmark = pytest.mark.browser
PATHS = {
    "centre": f"/centre/{BUSY}",
    "branch": f"/branch/{BUSY}/main",
    "deadlines": "/deadlines",
    "staff": "/staff",
    "oversight": "/oversight",
    "search": "/search?q=A",
    "feeds": "/feeds",
    "alerts": "/alerts",
}
OPEN = {
    "a centre's rows": f"/centre/{BUSY}?number=queue.waiting",
    "staff of a centre": f"/staff?of={BUSY}&number=turnover.left_12m",
}
"""Pages with the rows behind a number open."""
FITTING = {name: path for name, path in PATHS.items() if name != "deadlines"}
"""All but the page of deadlines, which tests/test_deadlines_page.py looks at with its groups and its documents."""


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    with visitor(browser) as (page, wrong):
        yield page
        assert wrong == []


def with_(path: str, **more: str) -> str:
    return path + "".join(f"{'&' if '?' in path or place else '?'}{k}={v}" for place, (k, v) in enumerate(more.items()))


def test_every_page_that_one_sits_before_is_looked_at() -> None:
    assert set(PATHS) == {page.name for page in PAGES} - {"wall"}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("path", [*FITTING.values(), *OPEN.values()], ids=[*FITTING, *OPEN])
def test_a_page_can_be_used_by_everybody_and_fits_its_screen(
    browser: Browser, desk_app: DeskApp, path: str, theme: str
) -> None:
    with visitor(browser) as (page, wrong):
        visit(page, desk_app.url + with_(path, theme=theme))
        assert page.locator("html").get_attribute("data-theme") == theme
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            settled(page)
            assert too_wide(page) == [], width
            assert findings(page) == [], width
        assert wrong == []


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_the_keyboard_comes_to_everything_shows_where_it_is_and_comes_out_again(
    desk: Page, desk_app: DeskApp, path: str
) -> None:
    visit(desk, desk_app.url + path)
    assert not_reached(desk) == []


def test_the_first_tab_leads_past_the_header_to_the_content(desk: Page, desk_app: DeskApp) -> None:
    visit(desk, desk_app.url + PATHS["staff"])
    desk.keyboard.press("Tab")
    expect(desk.locator(":focus")).to_have_text("К содержанию")
    desk.keyboard.press("Enter")
    assert urlsplit(desk.url).fragment == "main"


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_headings_are_in_order_and_every_page_has_one_title(desk: Page, desk_app: DeskApp, path: str) -> None:
    visit(desk, desk_app.url + path)
    levels = [int(each[1]) for each in desk.locator("h1, h2, h3, h4").evaluate_all("all => all.map(e => e.tagName)")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))

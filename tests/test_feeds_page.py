"""The feeds page on a real server: it follows the feeds, and what somebody has opened to read stays open."""

from collections.abc import Iterator

import pytest
from desk_app import BUSY, CENTRES, RURAL, SILENT, DeskApp
from desk_pages import visit, visitor
from playwright.sync_api import Browser, Page, expect

from data_sources.stream import events_key

pytestmark = pytest.mark.browser
LONG_MS = 60_000


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    with visitor(browser) as (page, wrong):
        yield page
        assert wrong == []


def refuse(app: DeskApp, centre: str, body: str) -> None:
    app.services.redis.xadd(events_key(centre), {"event": body})
    app.catch_up()


def test_the_page_follows_the_feeds_and_what_is_read_stays_open(desk: Page, desk_app: DeskApp) -> None:
    evil = '{"id": "<img src=x onerror=window.hurt=1>", "type": "ticket.isued"}'
    refuse(desk_app, RURAL, evil)
    visit(desk, f"{desk_app.url}/feeds?lang=en")
    assert {each.get_attribute("data-feed") for each in desk.locator("[data-feed]").all()} == set(CENTRES)
    first = desk.locator("[data-feed]").first
    assert (first.get_attribute("data-feed"), first.get_attribute("data-mark")) == (SILENT, "act")
    assert desk_app.centre(SILENT)["level"] == "act"

    one = desk.locator(f"#refused-{RURAL}")
    one.locator("summary").first.click()
    one.locator(".mend summary").first.click()
    one.locator(".came summary").first.click()
    expect(one.locator(".mend pre").first).to_contain_text('"type": "ticket.issued"')
    expect(one.locator(".came pre").first).to_contain_text("<img src=x")

    desk_app.send(f"/{BUSY}", "heartbeat", queue_system="Queue of the test", lag_s=1.5)
    expect(desk.locator(f'[data-feed="{BUSY}"]')).to_contain_text("Queue of the test", timeout=LONG_MS)
    expect(one.locator(".mend pre").first).to_be_visible()
    expect(one.locator(".came pre").first).to_be_visible()
    refuse(desk_app, RURAL, "another")
    desk_app.send(f"/{RURAL}", "heartbeat")  # the clock stands: in life every centre is computed again within 5 s
    expect(one.locator("[data-refusal=not_json]").first).to_be_attached(timeout=LONG_MS)
    assert desk.locator("#main img").count() == 0
    assert desk.evaluate("window.hurt") is None

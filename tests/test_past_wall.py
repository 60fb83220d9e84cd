"""The wall in the past, in a real Chromium on a real whole: what was, plainly marked, and the way through time."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, unquote
from urllib.request import Request, urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk_app import BUSY, CENTRES, PLANNED, SILENT, DeskApp
from playwright.sync_api import Locator, Page, Route

from callbacks.api import REFUSALS
from dashboard.i18n import LANGUAGES
from dashboard.period import AddressError, parse_at
from layouts.words import METRICS
from tests.test_wall_page import OVERLAPS

pytestmark = pytest.mark.browser
FRIDAY = "2026-11-20T10:30"
BANDS = {
    "ru": "Прошлое: пятница, 20 ноября, 10:30",
    "kk": "Өткен сәт: 20 қараша, жұма, 10:30",
    "en": "The past: Friday, 20 November, 10:30",
}
DRAWN = "[data-tile] svg"
PLACES = """() => [...document.querySelectorAll(
  '.band, .wall-header, .act-now, .time-control, .time-control button, .time-day, [data-tile], [data-metric]'
  )].map((e) => {
    const box = e.getBoundingClientRect();
    return [box.x, box.y, e.matches('[data-metric]') ? 0 : box.width, box.height].map(Math.round);
  })"""


def visit(page: Page, app: DeskApp, at: str = FRIDAY, **query: str) -> None:
    more = "".join(f"&{name}={value}" for name, value in query.items())
    page.goto(f"{app.url}/wall?at={quote(at)}{more}")
    page.wait_for_selector(DRAWN)


def picture(app: DeskApp, at: str) -> dict[str, Any]:
    """What history says of a moment, as an address names it."""
    moment = app.services.moment(parse_at(at, app.network.local, app.clock()))
    assert moment is not None
    return moment.snapshot


def numbers(snapshot: dict[str, Any]) -> dict[str, list[float | None]]:
    return {each["id"]: [each[group][METRICS[group]] for group in METRICS] for each in snapshot["centres"]}


def shown(page: Page) -> dict[str, list[float | None]]:
    """The raw numbers of every tile on the screen."""
    found: dict[str, list[float | None]] = page.evaluate(
        """(groups) => Object.fromEntries([...document.querySelectorAll('[data-tile]')].map((tile) => [
        tile.dataset.tile, groups.map((group) => {
          const text = tile.querySelector(`[data-metric=${group}]`).dataset.value;
          return text === '' ? null : Number(text); })]))""",
        list(METRICS),
    )
    return found


def at_of(page: Page) -> str:
    """The moment in the address bar."""
    found = re.search(r"[?&]at=([^&]*)", page.url)
    assert found
    return unquote(found[1])


def wait_for(page: Page, at: str) -> None:
    page.wait_for_function("(at) => new URL(location.href).searchParams.get('at') === at", arg=at, timeout=20_000)


def control(page: Page, name: str) -> Locator:
    return page.locator(".time-control").get_by_role("button", name=name, exact=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_past_moment_is_shown_as_it_was_plainly_marked_and_without_an_alarm(
    page: Page, desk_app: DeskApp, language: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    errors: list[Any] = []
    page.on("pageerror", lambda error: errors.append(error))  # noqa: PLW0108 (a builtin cannot be listened with)
    visit(page, desk_app, lang=language)
    expected, root = picture(desk_app, FRIDAY), page.locator("#wall")
    assert shown(page) == numbers(expected)
    assert sum(each["queue"]["waiting"] or 0 for each in expected["centres"]) > 0
    assert page.locator('[data-part="band"]').inner_text() == BANDS[language]
    assert root.get_attribute("data-live") == "stale"
    assert datetime.fromisoformat(root.get_attribute("data-at") or "") == datetime(2026, 11, 20, 5, 30, tzinfo=UTC)
    assert page.locator(".alarm").is_hidden()
    assert page.locator(".tiles").evaluate("e => getComputedStyle(e).opacity") == "1"
    assert page.locator(f'[data-tile="{PLANNED}"]').get_attribute("data-state") == "planned"
    assert not [each for each in asked if each.endswith("/live")], "the past does not follow the present"
    assert not errors


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160)])
def test_the_band_can_be_read_from_six_metres_and_everything_has_its_place(
    page: Page, desk_app: DeskApp, width: int, height: int, language: str
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    visit(page, desk_app, lang=language)
    page.evaluate("document.fonts.ready")
    scale = height / 1080
    size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    font = "e => parseFloat(getComputedStyle(e).fontSize)"
    assert size == [width, height]
    assert page.locator(".band-text").evaluate(font) >= 62 * scale, "16 arc minutes at 6 m on a screen of 55 inches"
    assert page.locator("[data-metric]").evaluate_all(f"all => Math.min(...all.map({font}))") >= 52 * scale
    assert page.evaluate(OVERLAPS) == []
    cut = "all => all.filter(e => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 3).length"
    assert page.locator(".band, .band-text, .tile, .wall-name, .time-control, .act-what").evaluate_all(cut) == 0


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_a_smaller_screen_shows_the_past_without_scrolling_sideways(
    page: Page, desk_app: DeskApp, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    visit(page, desk_app)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert control(page, "Показать весь день").is_visible()


@pytest.mark.parametrize("theme", ["day", "night"])
def test_the_past_is_accessible(page: Page, desk_app: DeskApp, theme: str) -> None:
    visit(page, desk_app, theme=theme)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert found.response["violations"] == []


def test_the_script_writes_what_the_server_wrote(page: Page, desk_app: DeskApp) -> None:
    texts = """() => [...document.querySelectorAll('#wall [data-part]:not([data-part="trend"])')]
      .filter((e) => !e.closest('[hidden]') && e.dataset.part !== 'time-control')
      .map((e) => [e.dataset.part, e.textContent])"""
    page.route("**/wall-past.js*", lambda route: route.abort())
    page.goto(f"{desk_app.url}/wall?at={FRIDAY}")
    page.wait_for_selector("[data-tile]")
    by_server = page.evaluate(texts)
    page.unroute("**/wall-past.js*")
    visit(page, desk_app, "2026-11-20T10:25")
    control(page, "На 5 минут вперёд").click()
    wait_for(page, FRIDAY)
    assert page.evaluate(texts) == by_server


def test_the_slider_the_steps_the_keys_and_the_day_all_lead_to_real_moments(page: Page, desk_app: DeskApp) -> None:
    visit(page, desk_app)
    steps: list[tuple[Any, str]] = [
        (lambda: control(page, "На 5 минут назад").click(), "2026-11-20T10:25"),
        (lambda: page.get_by_role("slider").fill("695"), "2026-11-20T11:35"),
        (lambda: page.get_by_role("slider").press("ArrowRight"), "2026-11-20T11:40"),
        (lambda: control(page, "На день вперёд").click(), "2026-11-21T11:40"),
        (lambda: page.locator(".time-day input").fill("2026-11-20"), "2026-11-20T11:40"),
        (lambda: page.locator("body").evaluate("document.activeElement.blur()"), "2026-11-20T11:40"),
        (lambda: page.keyboard.press("ArrowLeft"), "2026-11-20T11:35"),
        (lambda: page.keyboard.press("Shift+ArrowRight"), "2026-11-20T12:35"),
        (lambda: page.keyboard.press("PageUp"), "2026-11-19T12:35"),
    ]
    for act, at in steps:
        act()
        wait_for(page, at)
        assert shown(page) == numbers(picture(desk_app, at)), at
        assert page.get_by_role("slider").get_attribute("aria-valuetext") == at[11:]
        assert page.locator('[data-part="band"]').inner_text().endswith(at[11:])
        assert page.locator(".time-day span").inner_text() == f"{int(at[8:10])} ноября"
    page.reload()
    page.wait_for_selector(DRAWN)
    assert shown(page) == numbers(picture(desk_app, "2026-11-19T12:35")), "the address can be passed on"


def test_time_goes_neither_before_the_first_day_nor_past_now(page: Page, desk_app: DeskApp) -> None:
    visit(page, desk_app)
    local, since = desk_app.network.local, desk_app.services.moments.since()
    assert since is not None
    first = local.to_datetime(since).date().isoformat()
    newest = local.to_datetime(desk_app.clock() // 300 * 300).strftime("%Y-%m-%dT%H:%M")
    for act, at in (
        (lambda: page.locator(".time-day input").fill("2026-12-31"), newest),
        (lambda: control(page, "На 5 минут вперёд").click(), newest),
        (lambda: page.locator(".time-day input").fill("2020-01-01"), f"{first}T00:00"),
        (lambda: page.keyboard.press("PageUp"), f"{first}T00:00"),
    ):
        act()
        wait_for(page, at)
    assert shown(page)[BUSY][0] is None, "before the first ticket the queue is unknown"


def test_a_day_is_played_to_its_end_each_frame_a_real_moment_and_nothing_moves(page: Page, desk_app: DeskApp) -> None:
    page.clock.install()  # two frames a second take a minute in life
    asked: list[str] = []
    visit(page, desk_app, "2026-11-20T23:05")
    page.on(
        "request", lambda request: asked.append(request.url.partition("?at=")[2]) if "snapshot" in request.url else 0
    )
    places, seen = page.evaluate(PLACES), []
    control(page, "Показать весь день").click()
    assert page.locator("#wall").get_attribute("data-playing") == ""
    for at in ("23:15", "23:25", "23:35", "23:45", "23:55"):
        page.clock.run_for(420)
        wait_for(page, f"2026-11-20T{at}")
        seen.append(shown(page))
        assert seen[-1] == numbers(picture(desk_app, f"2026-11-20T{at}"))
        assert page.evaluate(PLACES) == places
    page.wait_for_function("() => !document.querySelector('#wall').hasAttribute('data-playing')")
    page.clock.run_for(3000)
    assert asked == [f"2026-11-20T23:{minute}" for minute in (15, 25, 35, 45, 55)], "the end is the end"
    assert page.locator("[data-changed]").count() == 0, "a film is not a row of changes"
    page.keyboard.press("Escape")
    page.locator("body").evaluate("document.activeElement.blur()")
    page.keyboard.press(" ")
    page.clock.run_for(420)
    wait_for(page, "2026-11-20T09:00")
    page.keyboard.press(" ")
    assert page.locator("#wall").get_attribute("data-playing") is None, "from its end a day begins again at its opening"


def test_any_other_move_stops_the_film(page: Page, desk_app: DeskApp) -> None:
    page.clock.install()
    visit(page, desk_app)
    control(page, "Показать весь день").click()
    page.clock.run_for(420)
    wait_for(page, "2026-11-20T10:40")
    control(page, "На день назад").click()
    wait_for(page, "2026-11-19T10:40")
    page.clock.run_for(5000)
    assert at_of(page) == "2026-11-19T10:40"
    assert page.locator("#wall").get_attribute("data-playing") is None


def test_dragging_asks_for_one_moment_at_a_time_and_ends_where_the_hand_does(page: Page, desk_app: DeskApp) -> None:
    visit(page, desk_app)
    waiting: list[Route] = []
    page.route("**/api/v1/snapshot?at=*", lambda route: waiting.append(route))  # noqa: PLW0108 (held until let go)
    for value in (700, 705, 710, 715):
        page.get_by_role("slider").fill(str(value))
    page.wait_for_timeout(200)
    assert [each.request.url[-5:] for each in waiting] == ["11:40"]
    waiting.pop().continue_()
    page.wait_for_function("() => new URL(location.href).searchParams.get('at').endsWith('11:40')")
    while not waiting:
        page.wait_for_timeout(20)
    assert [each.request.url[-5:] for each in waiting] == ["11:55"]
    waiting.pop().continue_()
    wait_for(page, "2026-11-20T11:55")


def test_a_moment_that_does_not_come_is_said_and_what_stands_is_not_called_another(
    page: Page, desk_app: DeskApp
) -> None:
    visit(page, desk_app)
    page.route("**/api/v1/snapshot?at=*", lambda route: route.abort())
    control(page, "На 5 минут вперёд").click()
    page.wait_for_selector(".time-problem:not(:empty)")
    assert page.locator(".time-problem").inner_text() == "Момент не получен: сервер не отвечает"
    assert (at_of(page), page.locator(".time-wanted").inner_text()) == (FRIDAY, "10:30")
    page.unroute("**/api/v1/snapshot?at=*")
    control(page, "На 5 минут вперёд").click()
    wait_for(page, "2026-11-20T10:35")
    assert page.locator(".time-problem").inner_text() == ""


def test_from_the_wall_to_the_past_and_back(page: Page, desk_app: DeskApp) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(f"{desk_app.url}/wall?lang=ru")
    page.wait_for_selector(DRAWN)
    assert not [each for each in loaded if "wall-past" in each], "the live wall carries nothing of it"
    page.get_by_role("link", name="Прошлое").click()
    page.wait_for_selector(".time-control button")
    local = desk_app.network.local
    newest = local.to_datetime((desk_app.clock() - 1) // 300 * 300).strftime("%Y-%m-%dT%H:%M")
    assert at_of(page) == newest
    assert shown(page) == numbers(picture(desk_app, newest))
    page.get_by_role("link", name="Вернуться к настоящему").click()
    page.wait_for_selector("#wall[data-live]:not([data-at])")
    assert page.url == f"{desk_app.url}/wall"


def test_links_of_the_past_lead_to_the_past(page: Page, desk_app: DeskApp) -> None:
    visit(page, desk_app)
    links = "all => all.map((e) => e.getAttribute('href'))"

    def hrefs() -> list[str]:
        found: list[str] = page.locator("#wall :is(.tiles, .act-line:not([hidden])) a").evaluate_all(links)
        return found

    assert len(hrefs()) >= 5 * len(CENTRES)
    assert all(each.endswith(f"at={FRIDAY}") for each in hrefs())
    for at in ("2026-11-20T10:35", "2026-11-20T10:40"):
        control(page, "На 5 минут вперёд").click()
        wait_for(page, at)
        assert all(each.endswith(f"at={at}") for each in hrefs())
    page.get_by_role("link", name="ҚАЗ").click()
    page.wait_for_selector("html[lang=kk] .time-control button")
    assert at_of(page) == "2026-11-20T10:40"
    assert page.locator('[data-part="band"]').inner_text().endswith("10:40")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("gestern", "«gestern» — не момент времени"),
        ("2027-01-01T00:00", "«2027-01-01T00:00» ещё не наступил"),
        ("<script>alert(1)</script>", "«<script>alert(1)</script>» — не момент"),
        ("", "«» — не момент времени"),
    ],
)
def test_an_address_that_names_no_moment_shows_now_and_says_why(
    page: Page, desk_app: DeskApp, at: str, said: str
) -> None:
    page.goto(f"{desk_app.url}/wall?lang=ru&at={quote(at)}")
    page.wait_for_selector(DRAWN)
    assert said in page.locator(".wall-problem").inner_text()
    page.wait_for_function("() => document.querySelector('#wall').dataset.live === 'live'")
    assert page.locator("#wall").get_attribute("data-at") is None


def get(app: DeskApp, at: str) -> tuple[int, Any]:
    try:
        with urlopen(Request(f"{app.url}/api/v1/snapshot?at={at}")) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def test_the_api_gives_a_moment_by_local_time_or_with_an_offset(desk_app: DeskApp) -> None:
    expected = json.loads(json.dumps(picture(desk_app, FRIDAY)))
    for at in (FRIDAY, f"{FRIDAY}:00", "2026-11-20T05:30Z", "2026-11-20T10:30%2B05:00", "2026-11-20T10:30+05:00"):
        assert get(desk_app, at) == (200, expected)
    published = desk_app.snapshot()
    assert published.keys() == expected.keys()
    for now, then in zip(published["centres"], expected["centres"], strict=True):
        assert now.keys() == then.keys()
        assert [each.keys() for each in now["branches"]] == [each.keys() for each in then["branches"]]
    assert published["totals"].keys() == expected["totals"].keys()


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("", "not_a_moment"),
        ("now", "not_a_moment"),
        ("2026-13-45T10:30", "not_a_moment"),
        ("1969-12-31T10:00", "not_a_moment"),
        ("0001-01-01T00:00", "not_a_moment"),
        ("9999-12-31T23:59", "future_moment"),
        ("2027-01-01T00:00-12:00", "future_moment"),
    ],
)
def test_the_api_says_what_is_wrong_with_a_moment(desk_app: DeskApp, at: str, code: str) -> None:
    status, body = get(desk_app, at)
    assert (status, body["code"]) == (400, code)
    assert body["error"].startswith("at: ")


def test_every_refusal_of_a_moment_has_a_sentence(desk_app: DeskApp) -> None:
    for text in ("x", "2100-01-01T00:00"):
        with pytest.raises(AddressError) as caught:
            parse_at(text, desk_app.network.local, desk_app.clock())
        assert caught.value.kind in REFUSALS


def test_a_silent_centre_was_silent_then_and_only_then(desk_app: DeskApp) -> None:
    """Its line was cut at 10:18 on Monday; on Friday it was on line."""
    monday = {each["id"]: each["state"] for each in picture(desk_app, "2026-11-23T10:25")["centres"]}
    friday = {each["id"]: each["state"] for each in picture(desk_app, FRIDAY)["centres"]}
    assert (monday[SILENT], friday[SILENT] in ("live", "late")) == ("silent", True)

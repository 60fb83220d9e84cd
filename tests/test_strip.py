"""Alarms where people look, in a real Chromium: the wall's strip, the count in the header, the tone; never stale."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from desk_app import BUSY, RURAL, DeskApp
from desk_pages import DESK, PHONE, findings, too_wide, visitor
from msgspec import structs
from playwright.sync_api import Browser, Page, expect
from shown_network import NETWORK, NOW
from test_alert_board import alarm, stood

from dashboard import alert_file
from dashboard.alert_board import WATCHED_S
from dashboard.alert_rules import Rule, Ruleset, Sending
from dashboard.i18n import LANGUAGES
from dashboard.snapshot import iso
from data_sources.alert_runner import AlertRunner
from data_sources.alert_store import AlertStore
from tests.test_wall_page import BEGIN, World, eventually, serving, visit

pytestmark = pytest.mark.browser
OVERDUE = next(each for each in alert_file.load(alert_file.DEFAULT).rules if each.id == "overdue")
NUMBERS = count()
STRIP, PLACES, MORE = "[data-strip]", ".strip-place:visible", '[data-part="strip-more"]'
MANY = stood(*((each.id, alarm(each.id)) for each in NETWORK.centres), ("", alarm("", severity="watch")))
ONE = stood(("makat", alarm("makat")))
COUNT = "[data-part=alarm-count]"
TONES = """
window.tones = 0;
const start = AudioScheduledSourceNode.prototype.start;
AudioScheduledSourceNode.prototype.start = function (...at) { window.tones += 1; return start.apply(this, at); };
"""


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    world = World()
    with serving(world):
        yield world


@pytest.fixture
def world(made: World) -> World:
    """One for all tests of the wall, as if it were new."""
    made.live.current, made.live.standing = BEGIN, None
    return made


def push(world: World, found: dict[str, Any]) -> None:
    world.live.standing = found
    world.live.send("alarms", found)


# the wall


@pytest.mark.parametrize(
    ("width", "height", "language"),
    [(1920, 1080, "ru"), (3840, 2160, "kk")],
)
def test_however_many_stand_the_strip_is_one_line_and_says_how_many_more(
    page: Page, world: World, width: int, height: int, language: str
) -> None:
    world.live.standing = MANY
    page.set_viewport_size({"width": width, "height": height})
    visit(page, world, f"lang={language}")
    page.evaluate("document.fonts.ready")
    eventually(
        page,
        "() => document.querySelector('.strip-list').scrollWidth <= document.querySelector('.strip-list').clientWidth",
    )
    strip = page.locator(STRIP).bounding_box()
    assert strip is not None
    assert strip["height"] < 40 * height / 1080
    named = page.locator(PLACES).count()
    assert named >= 2
    assert str(len(NETWORK.centres) + 1 - named) in page.locator(MORE).inner_text()
    for each in [*page.locator(PLACES).all(), page.locator(MORE)]:
        box = each.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= strip["y"] + strip["height"] + 1
    cut = "all => all.filter(t => t.scrollHeight > t.clientHeight + 1).length"
    assert page.locator("[data-tile]").evaluate_all(cut) == 0


def test_no_tile_moves_when_alarms_come_and_go(page: Page, world: World) -> None:
    visit(page, world)

    def boxes() -> list[Any]:
        return [each.bounding_box() for each in page.locator("[data-tile], .act-now").all()]

    unwatched = boxes()
    for found, state in ((stood(), "none"), (MANY, "some"), (ONE, "some"), (stood(), "none")):
        push(world, found)
        expect(page.locator(STRIP)).to_have_attribute("data-strip", state)
        assert boxes() == unwatched


def test_when_the_runner_falls_silent_the_strip_does_not_go_on_showing_what_stood(page: Page, world: World) -> None:
    world.live.standing = ONE
    visit(page, world, "lang=en")
    expect(page.locator(PLACES)).to_have_count(1)
    world.live.current = world.live.current | {"at": iso(NOW + 31)}
    world.change()
    expect(page.locator(STRIP)).to_have_attribute("data-strip", "off")
    expect(page.locator(STRIP)).to_contain_text("not watched now")
    expect(page.locator(PLACES)).to_have_count(0)
    push(world, ONE | {"at": iso(NOW + 32)})
    expect(page.locator(PLACES)).to_have_count(1)


def test_the_words_of_a_rule_are_never_read_as_html_and_the_wall_makes_no_sound(page: Page, world: World) -> None:
    page.add_init_script(TONES + "localStorage.setItem('tenDays.sound', 'on');")
    world.live.standing = stood()
    visit(page, world)
    evil = dict.fromkeys(LANGUAGES, "<img src=x onerror=window.hurt=1>")
    push(world, ONE | {"rules": {"r": evil}})
    expect(page.locator(STRIP)).to_contain_text("<img")
    assert page.locator(f"{STRIP} img").count() == 0
    assert page.evaluate("[window.hurt, window.tones, window.tenDaysAlarms]") == [None, 0, None]


# over the real services, through the runner's own door


@pytest.fixture(scope="module")
def fence(desk_app: DeskApp) -> Iterator[int]:
    """The runner's place: nobody else speaks."""
    store = AlertStore(desk_app.services.engine)
    fence = store.take(desk_app.clock())
    assert fence is not None
    yield fence
    say(desk_app, fence)
    store.release(fence)


def rule(app: DeskApp, centre: str, severity: Any = "act") -> Rule:
    """A rule of its own, which a centre with as many late documents as this one breaks."""
    overdue = app.centre(centre)["sla"]["overdue"]
    assert overdue > 0
    id_ = f"late-{next(NUMBERS)}"  # the clock stands: a rule that fires again now would be the same alarm
    return structs.replace(OVERDUE, id=id_, threshold=overdue, clear=-1, for_s=0.0, severity=severity)


def say(app: DeskApp, fence: int, *rules: Rule, quiet: bool = False) -> AlertRunner:
    """A tick of the runner with these rules, and what it says; without any nothing stands."""
    runner = AlertRunner(app.services, Ruleset(rules, Sending(quiet=(0, 1440) if quiet else None)), fence)
    runner.tick(app.clock())
    runner.show(app.clock())
    return runner


def take_on(app: DeskApp, fence: int, *rules: Rule) -> None:
    runner = say(app, fence, *rules)
    for each in runner.kept.memory.alarms.values():
        runner.store.ask(each.id, "deputy", None, "", app.clock())
    say(app, fence, *rules)


def look(page: Page, app: DeskApp, path: str, role: str = "administrator") -> None:
    page.context.add_cookies([{"name": "look", "value": role, "url": app.url}])
    page.goto(f"{app.url}{path}")
    expect(page.locator("#wall, #page").first).to_have_attribute("data-live", "live", timeout=20_000)


def test_from_the_runners_tick_to_the_wall_and_that_somebody_has_it(desk_app: DeskApp, fence: int, page: Page) -> None:
    say(desk_app, fence)
    look(page, desk_app, "/wall?lang=en")
    expect(page.locator(STRIP)).to_have_attribute("data-strip", "none")
    late = rule(desk_app, RURAL)
    say(desk_app, fence, late)
    place = page.locator(PLACES)
    expect(place).to_contain_text(desk_app.network.centre_by_id[RURAL].names.en)
    expect(place).to_contain_text(OVERDUE.names.en)
    expect(place).to_have_attribute("data-mark", "act")
    take_on(desk_app, fence, late)
    expect(place).to_have_attribute("data-mark", "taken")
    expect(place).to_contain_text("taken on")
    expect(page.locator(STRIP)).not_to_contain_text("deputy")
    say(desk_app, fence)
    expect(page.locator(STRIP)).to_have_attribute("data-strip", "none")


def test_a_director_sees_and_counts_the_own_centres_alarms_alone(desk_app: DeskApp, fence: int, page: Page) -> None:
    say(desk_app, fence, rule(desk_app, BUSY))
    look(page, desk_app, "/wall?lang=en", f"director/{BUSY}")
    expect(page.locator(PLACES)).to_have_count(1)
    expect(page.locator(PLACES)).to_contain_text(desk_app.network.centre_by_id[BUSY].names.en)
    look(page, desk_app, "/deadlines?lang=en", f"director/{BUSY}")
    expect(page.locator(COUNT)).to_have_text("1")
    say(desk_app, fence, rule(desk_app, RURAL))
    expect(page.locator(COUNT)).to_have_text("")
    say(desk_app, fence)


def test_the_header_counts_as_the_runner_speaks_and_says_nothing_of_the_past(
    desk_app: DeskApp, fence: int, page: Page
) -> None:
    say(desk_app, fence)
    look(page, desk_app, "/feeds?lang=en")
    expect(page.locator(COUNT)).to_have_text("")
    runner = say(desk_app, fence, rule(desk_app, BUSY))
    expect(page.locator(COUNT)).to_have_text("2")
    expect(page.locator(COUNT)).to_have_attribute("data-mark", "act")
    runner.show(desk_app.clock() - WATCHED_S - 1)
    expect(page.locator(COUNT)).to_have_text("—")
    runner.show(desk_app.clock())
    page.locator(".sections a", has=page.locator(COUNT)).click()
    expect(page.locator("#page")).to_have_attribute("data-page", "alerts")
    expect(page.locator(COUNT)).to_have_text("2")
    page.goto(f"{desk_app.url}/deadlines?at=2026-11-20T10:30")
    expect(page.locator(".past-band")).to_be_visible(timeout=20_000)
    expect(page.locator(COUNT)).to_have_count(0)
    say(desk_app, fence)


def test_a_new_alarm_is_heard_once_that_is_wanted_and_not_what_stood_or_was_taken_on_or_is_quiet(
    desk_app: DeskApp, fence: int, page: Page
) -> None:
    page.add_init_script(TONES)
    late = rule(desk_app, RURAL)
    say(desk_app, fence, late)
    look(page, desk_app, "/alerts?lang=en")
    page.get_by_role("button", name="Turn the sound on").click()
    expect(page.locator("html")).to_have_attribute("data-sound", "on")
    tone = page.evaluate("window.tones")  # it is heard when it is turned on
    assert tone > 0
    take_on(desk_app, fence, late)
    expect(page.locator(COUNT)).to_have_attribute("data-mark", "ok")
    assert page.evaluate("window.tones") == tone
    say(desk_app, fence, structs.replace(late, threshold=desk_app.centre(BUSY)["sla"]["overdue"]))
    expect(page.locator(COUNT)).to_have_text("2")
    assert page.evaluate("window.tones") == 2 * tone
    say(desk_app, fence, rule(desk_app, BUSY, "watch"), quiet=True)
    expect(page.locator(COUNT)).to_have_attribute("data-mark", "watch")
    assert page.evaluate("window.tones") == 2 * tone
    page.get_by_role("button", name="Turn the sound off").click()
    say(desk_app, fence, rule(desk_app, BUSY))
    expect(page.locator(COUNT)).to_have_attribute("data-mark", "act")
    assert page.evaluate("window.tones") == 2 * tone
    say(desk_app, fence)


def test_after_a_reload_a_browser_that_wants_a_click_first_is_said_to_and_a_click_is_enough(
    desk_app: DeskApp, browser: Browser
) -> None:
    page = browser.new_page()
    look(page, desk_app, "/alerts?lang=en")
    page.get_by_role("button", name="Turn the sound on").click()
    expect(page.locator("html")).to_have_attribute("data-sound", "on")
    expect(page.locator(".sound-blocked")).to_be_hidden()
    look(page, desk_app, "/feeds?lang=en")
    expect(page.locator("html")).to_have_attribute("data-sound", "blocked")
    expect(page.locator(".sound-blocked")).to_be_visible()
    page.locator("h1").click()
    expect(page.locator("html")).to_have_attribute("data-sound", "on")
    expect(page.locator(".sound-blocked")).to_be_hidden()
    page.close()


@pytest.mark.parametrize(("size", "theme"), [(DESK, "night"), (PHONE, "day")])
def test_the_count_and_the_switch_are_well_made_for_everybody(
    desk_app: DeskApp, fence: int, browser: Browser, size: tuple[int, int], theme: str
) -> None:
    say(desk_app, fence, rule(desk_app, BUSY))
    with visitor(browser, size) as (page, wrong):
        page.add_init_script("localStorage.setItem('tenDays.sound', 'on');")
        look(page, desk_app, f"/alerts?lang=kk&theme={theme}")
        expect(page.locator(".sound-blocked")).to_be_visible()
        assert page.locator("[data-sound-turn]:visible").count() == 1
        assert (findings(page), too_wide(page), wrong) == ([], [], [])
    say(desk_app, fence)

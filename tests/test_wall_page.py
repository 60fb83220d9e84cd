"""The wall in a real Chromium, on a real server: what an official sees, and what it costs."""

import json
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from flask_caching import Cache
from msgspec import structs
from playwright.sync_api import Page, Route
from shown_network import NETWORK, NOW, snapshot
from test_alert_board import alarm, stood
from werkzeug.serving import make_server

from callbacks import create_app
from dashboard.i18n import LANGUAGES
from dashboard.network import Names
from dashboard.settings import read
from dashboard.snapshot import iso
from data_sources.live import alarms_frame

pytestmark = pytest.mark.browser
BEGIN = snapshot()


class Stream:
    """The live stream: a snapshot to who comes, then what the test publishes; a ping each half second."""

    def __init__(self) -> None:
        self.current: dict[str, Any] = BEGIN
        self.viewers: list[queue.Queue[tuple[str, Any]]] = []
        self.pinging = True
        self.standing: dict[str, Any] | None = None

    def stream(self, have: int | None = None) -> Iterator[bytes]:
        mine: queue.Queue[tuple[str, Any]] = queue.Queue()
        self.viewers.append(mine)
        if self.current:
            yield frame("snapshot", self.current)
        if self.standing:
            yield alarms_frame(json.dumps(self.standing).encode())
        while True:
            try:
                kind, body = mine.get(timeout=0.5)
                if kind == "end":
                    return
                yield alarms_frame(json.dumps(body).encode()) if kind == "alarms" else frame(kind, body)
            except queue.Empty:
                if self.pinging:
                    yield b"event: ping\ndata: {}\n\n"

    def send(self, kind: str, body: Any) -> None:
        for each in list(self.viewers):
            each.put((kind, body))


class World:
    """Services over a made snapshot, with a clock that stands until the test moves it."""

    settings = read({"TENDAYS_DEMO_OPEN": "1"})

    def __init__(self) -> None:
        self.network = NETWORK
        self.norms = SimpleNamespace(fresh_or_old=lambda: None)
        self.live = Stream()
        self.cache = Cache(config={"CACHE_TYPE": "SimpleCache"})
        self.now = NOW
        self.port = 0

    def clock(self) -> float:
        return self.now

    def snapshot(self) -> bytes:
        return json.dumps(self.live.current).encode() if self.live.current else b""

    def standing(self) -> bytes:
        return json.dumps(self.live.standing).encode() if self.live.standing else b""

    def secret(self) -> str:
        return "of a test only, for a test only"

    def blueprints(self) -> list[Any]:
        return []

    def change(self, *centres: dict[str, Any], base: int | None = None, quietly: bool = False) -> None:
        """Publish the next version with these centres changed; ``quietly``: only the snapshot, no message."""
        old = self.live.current
        by_id = {each["id"]: each for each in centres}
        version = old["version"] + 1
        self.live.current = old | {
            "version": version,
            "centres": [by_id.get(each["id"], each) for each in old["centres"]],
        }
        message = self.live.current | {"base": old["version"] if base is None else base, "centres": list(centres)}
        if not quietly:
            self.live.send("change", message)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def frame(kind: str, body: Any) -> bytes:
    return f"event: {kind}\nid: {body['version']}\ndata: {json.dumps(body)}\n\n".encode()


@contextmanager
def serving(world: World) -> Iterator[None]:
    server = make_server("127.0.0.1", world.port, create_app(world).server, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    world.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        world.live.send("end", None)
        server.server_close()
        thread.join(5)


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    with serving(made):
        yield made


def visit(page: Page, world: World, query: str = "", path: str = "/wall") -> None:
    page.goto(f"{world.url}{path}?{query}")
    page.wait_for_selector("[data-tile] svg")


def metric(page: Page, centre: str, group: str) -> str:
    return page.locator(f'[data-tile="{centre}"] [data-metric="{group}"]').get_attribute("data-value") or ""


def root(page: Page, name: str) -> str:
    return page.locator("#wall").get_attribute(name) or ""


def eventually(page: Page, expression: str, seconds: float = 5) -> None:
    page.wait_for_function(expression, timeout=seconds * 1000)


def waiting_changed(centre: str, people: int) -> dict[str, Any]:
    old = next(each for each in BEGIN["centres"] if each["id"] == centre)
    return {key: value for key, value in old.items() if key != "trend"} | {"queue": old["queue"] | {"waiting": people}}


@pytest.mark.parametrize("path", ["/", "/wall"])
def test_the_wall_is_at_both_its_addresses_whatever_the_query_says(page: Page, world: World, path: str) -> None:
    visit(page, world, "utm=1&lang=xx&theme=plaid", path)
    assert page.locator("[data-tile]").count() == 16
    assert page.locator("html").get_attribute("lang") == "ru"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160)])
def test_all_sixteen_tiles_are_seen_without_scrolling_and_their_numbers_are_large(
    page: Page, world: World, width: int, height: int, language: str
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    visit(page, world, f"lang={language}")
    size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    boxes = [each.bounding_box() for each in page.locator("[data-tile]").all()]
    assert size == [width, height]
    assert all(box and box["x"] >= 0 and box["y"] >= 0 for box in boxes)
    assert all(box and box["x"] + box["width"] <= width and box["y"] + box["height"] <= height for box in boxes)
    type_sizes = page.locator("[data-metric]").evaluate_all(
        "all => all.map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert len(type_sizes) == 64
    assert min(type_sizes) >= 52 * height / 1080


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_a_tile_is_cut_off_or_runs_into_its_neighbour(page: Page, world: World, language: str) -> None:
    visit(page, world, f"lang={language}")
    page.evaluate("document.fonts.ready")
    cut = page.evaluate("""() => {
      const over = [];
      for (const e of document.querySelectorAll('.tile-name, .tile-state, .total-figures, .clock, .act-what, .act-how'))
        if (e.scrollWidth > e.clientWidth + 1 || e.clientHeight && e.scrollHeight > e.clientHeight + 12)
          over.push(e.textContent);
      for (const tile of document.querySelectorAll('[data-tile]')) {
        const cells = [...tile.querySelectorAll('.metric')];
        const edges = cells.map((cell) => Math.max(...[...cell.querySelectorAll('.label, .number, .norm')].map((e) => {
          const range = document.createRange();
          range.selectNodeContents(e);
          return range.getBoundingClientRect().right; })));
        cells.forEach((cell, place) => {
          const end = place < 3 ? cells[place + 1].getBoundingClientRect().left : tile.getBoundingClientRect().right;
          if (edges[place] > end) over.push(cell.textContent);
        });
      }
      return over;
    }""")
    assert cut == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_however_large_is_never_cut(page: Page, world: World, language: str) -> None:
    rows = [(128, 1.0, 1.22, 999), (128, 1.0, 1.22, 1234), (9999, 0.97, 0.12, 4), (9, 0.97, 0.12, 12_345)]
    rows += [(128, 1.0, 1.22, 12_345), (12, 0.5, 0.1, 123_456), (0, 0.0, 0.0, 9999)]
    world.live.current = BEGIN | {
        "centres": [with_numbers(each, *row) for each, row in zip(BEGIN["centres"], rows, strict=False)]
        + BEGIN["centres"][len(rows) :]
    }
    visit(page, world, f"lang={language}")
    page.evaluate("document.fonts.ready")
    assert page.locator('[data-crowd="1"]').count() == 5
    assert page.evaluate(OVERLAPS) == []
    sizes = page.locator('[data-crowd="0"] [data-metric], [data-crowd="1"] [data-metric]').evaluate_all(
        "all => all.map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 52
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate(OVERLAPS) == []


OVERLAPS = """() => {
  const range = document.createRange();
  const right = (e) => { range.selectNodeContents(e); return range.getBoundingClientRect().right; };
  const found = [];
  for (const tile of document.querySelectorAll('[data-tile]')) {
    if (tile.dataset.state === 'planned') continue;
    const cells = [...tile.querySelectorAll('.metric')];
    cells.forEach((cell, place) => {
      const end = place < 3 ? cells[place + 1].getBoundingClientRect().left : tile.getBoundingClientRect().right;
      for (const each of cell.querySelectorAll('.label, .number, .norm'))
        if (right(each) > end) found.push([tile.dataset.tile, each.textContent, right(each) - end]);
    });
  }
  return found;
}"""


def with_numbers(centre: dict[str, Any], waiting: int, load: float, turnover: float, overdue: int) -> dict[str, Any]:
    return centre | {
        "queue": centre["queue"] | {"waiting": waiting},
        "load": centre["load"] | {"occupancy": load},
        "turnover": centre["turnover"] | {"rate_12m": turnover},
        "sla": centre["sla"] | {"overdue": overdue},
    }


def test_long_names_are_shown_whole_and_leave_every_line_in_its_place(page: Page, world: World) -> None:
    name = "Құрманғазы ауданының халыққа қызмет көрсету орталығы"
    names = Names(ru=name, kk=name, en=name)
    centres = tuple(structs.replace(each, names=names) for each in NETWORK.centres)
    world.network = structs.replace(NETWORK, names=names, centres=centres)
    visit(page, world, "lang=kk")
    page.evaluate("document.fonts.ready")
    cut = "all => all.filter(e => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 3).length"
    assert page.locator(".tile-name").evaluate_all(cut) == 0
    assert page.locator("[data-tile]").evaluate_all(cut) == 0
    demo = page.locator(".demo").bounding_box()
    assert demo is not None
    assert demo["y"] + demo["height"] <= page.locator(".act-now").bounding_box()["y"]  # type: ignore[index]


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_a_smaller_screen_never_scrolls_sideways(page: Page, world: World, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    visit(page, world)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("[data-tile]").count() == 16


def test_the_wall_costs_under_300_kb_all_compressed_and_loads_neither_plotly_nor_tables(
    page: Page, world: World
) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 (a builtin method cannot be listened with)
    visit(page, world, "lang=kk")
    page.wait_for_load_state("load")
    page.wait_for_timeout(500)
    assert 100_000 < sum(sizes) < 300_000
    assert not [each.url for each in answers if "plotly" in each.url or "dash_table" in each.url]
    texts = [each for each in answers if not each.url.endswith((".woff2", "/live"))]
    plain = [each.url for each in texts if each.headers.get("content-encoding") not in ("br", "gzip")]
    assert [url for url in plain if "_dash-dependencies" not in url and "_dash-layout" not in url] == []
    shipped = [each for each in answers if "/assets/" in each.url or "_dash-component-suites" in each.url]
    assert all("max-age=31536000" in each.headers["cache-control"] for each in shipped)
    (stream,) = [each for each in answers if each.url.endswith("/live")]
    assert "content-encoding" not in stream.headers


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_script_writes_what_the_server_wrote(page: Page, world: World, language: str) -> None:
    """The first paint, with the script held back, against the same page drawn by the script."""
    texts = """() => [...document.querySelectorAll('#wall [data-part]:not([data-part="trend"])')]
      .filter((e) => !e.closest('[hidden]')).map((e) => [e.dataset.part, e.textContent])"""
    hall = alarm("atyrau-1", branch=NETWORK.centre_by_id["atyrau-1"].branches[0].id, ago=100_000)
    world.live.standing = stood(("atyrau-1", hall), ("makat", alarm("makat", state="acknowledged")), ("makat", hall))
    page.route("**/wall-live.js*", lambda route: route.abort())
    page.goto(f"{world.url}/wall?lang={language}")
    page.wait_for_selector("[data-tile]")
    assert page.locator("[data-tile] svg").count() == 0
    by_server = page.evaluate(texts)
    page.unroute("**/wall-live.js*")
    visit(page, world, f"lang={language}")
    # wipe what the server wrote: whatever is there afterwards, the script has written
    page.evaluate("""() => document.querySelectorAll('#wall [data-part]:not([data-part="trend"])')
      .forEach((e) => { if (!e.children.length && !e.closest('[hidden]')) e.textContent = '?'; })""")
    world.live.send("snapshot", world.live.current)
    eventually(page, "() => !document.querySelector('#wall').textContent.includes('?')")
    assert page.evaluate(texts) == by_server


def test_a_change_is_drawn_in_place_and_the_changed_number_marked_for_a_moment(page: Page, world: World) -> None:
    visit(page, world)
    page.evaluate('window.kept = document.querySelector(\'[data-tile="makat"] [data-metric="queue"]\')')
    world.change(waiting_changed("makat", 77))
    eventually(page, "() => window.kept.dataset.value === '77' && window.kept.isConnected")
    assert page.evaluate("window.kept.textContent") == "77"
    assert page.evaluate("window.kept.hasAttribute('data-changed')")
    assert root(page, "data-version") == "101"
    assert page.locator('[data-tile="makat"] svg').count() == 4
    eventually(page, "() => !window.kept.hasAttribute('data-changed')")
    assert page.locator("[data-changed]").count() == 0


@pytest.mark.parametrize(
    ("pressed", "address"),
    [
        ('[data-tile="makat"] .norm >> nth=2', "/centre/makat"),
        ('[data-tile="makat"] [data-metric="sla"]', "/centre/makat?number=sla.overdue"),
        (".act-line >> nth=0 >> .act-do", "/centre/inderbor"),
    ],
)
def test_a_tile_a_number_and_a_line_are_opened_by_a_press_and_look_like_no_links(
    page: Page, world: World, pressed: str, address: str
) -> None:
    world.live.current = BEGIN | {"act": [SILENT_LINE]}
    visit(page, world)
    lines = "all => [...new Set(all.map(e => getComputedStyle(e).textDecorationLine))]"
    assert page.locator(".tile a, .act-line a").evaluate_all(lines) == ["none"]
    page.route("**/centre/**", lambda route: route.fulfill(body="opened"))
    box = page.locator(pressed).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(f"{world.url}{address}")


SILENT_LINE = {"centre": "inderbor", "branch": None, "kind": "silent", "since": iso(NOW), "value": 720, "agency": None}


def test_a_line_that_changes_leads_to_the_centre_that_it_names_now(page: Page, world: World) -> None:
    world.live.current = BEGIN | {"act": []}
    visit(page, world)
    world.live.current = world.live.current | {"act": [SILENT_LINE | {"centre": "a/b"}]}
    world.change()
    eventually(page, "() => document.querySelector('.act-line a').getAttribute('href') === '/centre/a%2Fb'")


def test_a_tile_that_the_keyboard_has_reached_is_framed_whole(page: Page, world: World) -> None:
    visit(page, world)
    page.locator('[data-tile="makat"] .whole-link').focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    frame_of = "getComputedStyle(document.activeElement, '::after')"
    assert page.evaluate(f"[{frame_of}.outlineStyle, {frame_of}.width]") == [
        "solid",
        page.locator('[data-tile="makat"]').evaluate("e => getComputedStyle(e).width"),
    ]


def test_a_viewer_that_missed_a_change_takes_the_whole_snapshot(page: Page, world: World) -> None:
    visit(page, world)
    world.change(waiting_changed("makat", 41), quietly=True)
    world.change(waiting_changed("sagiz", 0))
    eventually(page, "() => document.querySelector('#wall').dataset.version === '102'")
    assert metric(page, "makat", "queue") == "41"


def test_a_snapshot_that_the_stream_has_overtaken_is_not_drawn(page: Page, world: World) -> None:
    visit(page, world)
    asked: list[str] = []

    def answer_late(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(json=BEGIN)

    page.route("**/api/v1/snapshot", answer_late)
    world.change(waiting_changed("makat", 31))
    eventually(page, "() => document.querySelector('#wall').dataset.version === '101'")
    world.change(base=3)
    page.wait_for_timeout(800)
    assert asked
    assert root(page, "data-version") == "101"
    assert metric(page, "makat", "queue") == "31"


def test_versions_that_begin_anew_are_followed(page: Page, world: World) -> None:
    visit(page, world)
    world.live.current = BEGIN | {"version": 6, "at": iso(NOW + 5)}
    world.change(waiting_changed("makat", 55), quietly=True)
    world.change(waiting_changed("sagiz", 0))
    eventually(page, "() => document.querySelector('#wall').dataset.version === '8'")
    assert metric(page, "makat", "queue") == "55"


def test_changes_that_cannot_be_drawn_do_not_make_the_picture_fresh(page: Page, world: World) -> None:
    visit(page, world)
    page.route("**/api/v1/snapshot", lambda route: route.abort())
    ended = threading.Event()

    def missed() -> None:
        while not ended.wait(0.5):
            world.change(base=3)

    sender = threading.Thread(target=missed, daemon=True)
    sender.start()
    try:
        eventually(page, "() => document.querySelector('#wall').dataset.live === 'stale'", 10)
        page.unroute("**/api/v1/snapshot")
        eventually(page, "() => document.querySelector('#wall').dataset.live === 'live'")
    finally:
        ended.set()
        sender.join(5)


@pytest.mark.parametrize("lost", ["**/_dash-layout", "**/wall-live.js*", "**/_dash-update-component*"])
def test_a_page_that_did_not_come_whole_is_asked_for_again(page: Page, world: World, lost: str) -> None:
    page.clock.install()
    page.route(lost, lambda route: route.abort())
    page.goto(f"{world.url}/wall")
    page.wait_for_load_state("networkidle")
    page.unroute(lost)
    page.clock.fast_forward(31_000)
    page.wait_for_selector("[data-tile] svg")
    assert root(page, "data-live") == "live"


def test_before_the_first_snapshot_the_wall_says_so_and_fills_when_one_comes(page: Page) -> None:
    world = World()
    world.live.current = {}
    with serving(world):
        page.goto(f"{world.url}/wall")
        page.wait_for_selector("[data-tile]")
        assert page.locator('[data-part="alarm"]').inner_text() == "Данных пока нет"
        assert {each.get_attribute("data-value") for each in page.locator("[data-metric]").all()} == {""}
        eventually_viewers(world, 1, 5)
        world.live.current = BEGIN
        world.live.send("snapshot", BEGIN)
        eventually(page, "() => document.querySelector('#wall').dataset.live === 'live'")
        assert metric(page, "atyrau-1", "queue") == "128"


def test_data_that_stops_is_said_within_ten_seconds_in_letters_for_six_metres_and_comes_back_by_itself(
    page: Page, world: World
) -> None:
    visit(page, world)
    world.change(waiting_changed("makat", 1))
    began = time.monotonic()
    eventually(page, "() => document.querySelector('#wall').dataset.live === 'stale'", 10)
    assert time.monotonic() - began > 6
    alarm = page.locator('[data-part="alarm"]')
    assert alarm.is_visible()
    assert "Данные не обновляются с 10:30" in alarm.inner_text()
    assert float(alarm.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= 58
    world.change(waiting_changed("makat", 2))
    eventually(page, "() => document.querySelector('#wall').dataset.live === 'live'")
    assert not alarm.is_visible()


def test_a_connection_that_says_nothing_is_lost_and_a_new_one_is_made(page: Page, world: World) -> None:
    visit(page, world)
    world.live.pinging = False
    eventually(page, "() => document.querySelector('#wall').dataset.live === 'lost'", 10)
    assert "Нет связи с сервером" in page.locator('[data-part="alarm"]').inner_text()
    eventually_viewers(world, 2, 12)
    world.change(waiting_changed("makat", 9))
    eventually(page, "() => document.querySelector('#wall').dataset.live === 'live'")
    assert metric(page, "makat", "queue") == "9"


def eventually_viewers(world: World, count: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while len(world.live.viewers) < count:
        assert time.monotonic() < deadline, "no new connection was made"
        time.sleep(0.1)


def test_the_age_of_a_silent_centre_goes_on_counting(page: Page, world: World) -> None:
    world.now = NOW + 45
    visit(page, world)
    state = page.locator('[data-state="silent"] [data-part="state"]')
    assert state.inner_text() == "нет связи с 10:18 · 12 мин"
    silent = "document.querySelector('[data-state=silent] [data-part=state]')"
    eventually(page, f"() => {silent}.textContent.endsWith('13 мин')", 20)


@pytest.mark.parametrize(("language", "word"), [("kk", "байланыста"), ("en", "in contact"), ("ru", "на связи")])
def test_a_language_is_chosen_by_a_link_and_remembered(page: Page, world: World, language: str, word: str) -> None:
    visit(page, world, "lang=en" if language != "en" else "lang=ru")
    page.locator(f'a[hreflang="{language}"]').click()
    page.wait_for_selector(f'html[lang="{language}"] [data-tile] svg')
    visit(page, world)
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator('[data-tile="atyrau-1"] [data-part="state"]').inner_text() == word


def test_a_theme_is_chosen_remembered_and_by_itself_follows_the_hour(page: Page, world: World) -> None:
    visit(page, world)
    assert page.locator("html").get_attribute("data-theme") == "day"
    page.locator('a[href="?theme=night"]').click()
    page.wait_for_selector('html[data-theme="night"] [data-tile] svg')
    visit(page, world)
    assert page.locator("html").get_attribute("data-theme") == "night"
    world.now = NOW + 12 * 3600
    visit(page, world, "theme=auto")
    assert page.locator("html").get_attribute("data-theme") == "night"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_comes_from_the_shipped_font(page: Page, world: World, language: str) -> None:
    visit(page, world, f"lang={language}")
    page.evaluate("document.querySelector('h1').textContent += ' ӘәҒғҚқҢңӨөҰұҮүҺһІі №'")
    page.evaluate("document.fonts.ready")
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    body = session.send("DOM.getDocument", {"depth": 1})["root"]["nodeId"]
    nodes = session.send("DOM.querySelectorAll", {"nodeId": body, "selector": "h1, h2, p, span, a"})["nodeIds"]
    fonts = [session.send("CSS.getPlatformFontsForNode", {"nodeId": each})["fonts"] for each in nodes]
    assert {(font["familyName"], font["isCustomFont"]) for found in fonts for font in found} == {("Golos Text", True)}


def test_a_name_or_a_code_from_data_is_never_taken_for_html(page: Page, world: World) -> None:
    visit(page, world)
    evil = "<img src=x onerror=window.hurt=1>"
    world.live.current = world.live.current | {
        "act": [{"centre": evil, "branch": evil, "kind": "silent", "since": None, "value": 1, "agency": None}]
    }
    world.change()
    eventually(page, "() => document.querySelector('.act-line').textContent.includes('<img')")
    assert page.locator(".act-line img").count() == 0
    assert page.evaluate("window.hurt") is None


def test_lines_come_and_go_and_without_any_the_wall_says_so(page: Page, world: World) -> None:
    visit(page, world)
    world.live.current = world.live.current | {"act": []}
    world.change()
    eventually(page, "() => !document.querySelector('[data-part=\"act-none\"]').hidden")
    assert page.locator(".act-line:visible").count() == 0
    world.live.current = world.live.current | {"act": BEGIN["act"]}
    world.change()
    eventually(page, "() => document.querySelector('[data-part=\"act-none\"]').hidden")
    assert page.locator(".act-line:visible").count() == len(BEGIN["act"]) > 0


def test_a_server_that_comes_back_with_other_assets_has_the_page_loaded_anew_once(page: Page) -> None:
    world = World()
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    with serving(world):
        visit(page, world)
    page.route("**/api/v1/snapshot", lambda route: route.fulfill(json=BEGIN, headers={"X-Ten-Days-Build": "another"}))
    with serving(world):
        page.wait_for_event("load", timeout=20_000)
        page.wait_for_selector("[data-tile] svg")
        assert len(loads) == 2
    with serving(world):
        eventually_viewers(world, 3, 20)
        page.wait_for_timeout(1500)
        assert len(loads) == 2


def test_the_page_holds_no_more_after_a_thousand_changes_than_before(page: Page, world: World) -> None:
    visit(page, world)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def measured() -> dict[str, float]:
        for _ in range(3):
            session.send("HeapProfiler.collectGarbage")
        found = session.send("Performance.getMetrics")["metrics"]
        return {each["name"]: each["value"] for each in found}

    def churn(count: int) -> None:
        for number in range(count):
            world.change(waiting_changed("makat", number % 50), waiting_changed("sagiz", number % 7))
        version = world.live.current["version"]
        eventually(page, f"() => document.querySelector('#wall').dataset.version === '{version}'", 30)
        page.wait_for_timeout(2500)

    churn(200)
    before = measured()
    churn(1000)
    after = measured()
    assert after["Nodes"] <= before["Nodes"] + 20
    assert after["JSEventListeners"] <= before["JSEventListeners"]
    assert after["JSHeapUsedSize"] < before["JSHeapUsedSize"] + 500_000


def test_two_applications_in_one_process_do_not_share_their_services(page: Page, world: World) -> None:
    other = World()
    other.live.current = BEGIN | {"version": 7}
    with serving(other):
        visit(page, world)
        assert root(page, "data-version") == "100"
        visit(page, other)
        assert root(page, "data-version") == "7"


def test_the_page_has_landmarks_headings_and_names_for_those_who_cannot_see_it(page: Page, world: World) -> None:
    visit(page, world, "lang=en")
    assert page.get_by_role("main", name="Centres").count() == 1
    assert page.get_by_role("heading", level=1).inner_text() == NETWORK.names.en
    assert page.get_by_role("article", name="Atyrau 1").count() == 1
    assert page.get_by_role("navigation").count() == 1
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert page.evaluate("document.activeElement.tagName") == "A"
    assert outline == "solid"


def test_no_script_complains(page: Page, world: World) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    visit(page, world)
    world.change(waiting_changed("makat", 3))
    page.wait_for_timeout(1500)
    assert said == []

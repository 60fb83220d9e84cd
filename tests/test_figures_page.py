"""Figures in a real Chromium: every sample drawn by the plotly.js that we ship, in three languages, desk and phone."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import plotly
import pytest
from figure_samples import SAMPLES, TODAY
from figure_sheet import CATALOGUES, DRAWN, Sheet, serving
from playwright.sync_api import Browser, Page
from shown_network import NETWORK, NOW
from test_figures import HOSTILE, hostile_figures
from test_wall_page import World

from callbacks import create_app
from callbacks.document import PLOTLY, PLOTLY_URL
from dashboard.i18n import LANGUAGES
from layouts import figures
from layouts.view import View

pytestmark = pytest.mark.browser
SPOKEN = {
    "ru": (
        "сегодня",
        "норма 20\u00a0мин",
        "пн",
        "просрочено",
        "срок 10 дн.",
        "прогноз",
        "половина уходит к 20-му месяцу",
        "апр.",
    ),
    "kk": (
        "бүгін",
        "норма 20\u00a0мин",
        "дс",
        "мерзімі өткен",
        "мерзім 10 күн",
        "болжам",
        "жартысы 20-айға дейін кетеді",
        "сәу.",
    ),
    "en": (
        "today",
        "norm 20\u00a0min",
        "Mon",
        "overdue",
        "promised: 10 days",
        "forecast",
        "half have left by month 20",
        "Apr",
    ),
}
BUTTONS = {
    "ru": {"Показать всё", "Сохранить как картинку"},
    "kk": {"Түгел көрсету", "Сурет етіп сақтау"},
    "en": {"Show all", "Save as a picture"},
}
OUTSIDE = """() => [...document.querySelectorAll('figure.figure')].flatMap((figure) => {
  const edge = figure.getBoundingClientRect();
  return [...figure.querySelectorAll('svg text')].filter((text) => {
    const box = text.getBoundingClientRect();
    return box.width && (box.left < edge.left - 1 || box.right > edge.right + 1 || box.top < edge.top - 1
      || box.bottom > edge.bottom + 1);
  }).map((text) => text.textContent);
})"""
"""Texts that a figure's edge cuts."""
ON_EACH_OTHER = """() => [...document.querySelectorAll('figure.figure')].flatMap((figure) => {
  const texts = [...figure.querySelectorAll('.xtick text')];
  const ticks = texts.map((tick) => [tick.getBoundingClientRect(), tick.textContent]);
  return ticks.slice(1).filter(([box], place) => box.left < ticks[place][0].right && box.top < ticks[place][0].bottom
    && ticks[place][0].top < box.bottom).map(([, said]) => said);
})"""
"""Ticks of an x axis that lie on the one before."""


NAMES_AND_DOTS = """() => {
  const boxes = (query) => [...document.querySelectorAll('#turnover_against_load .scatterlayer ' + query)]
    .map((each) => each.getBoundingClientRect()).filter((box) => box.width);
  const dots = boxes('.trace:first-child .point');
  const names = ['narrow', 'wide'].map((each) => boxes(`.trace${each} text`));
  const on = (name) => dots.some((dot) => name.left < dot.right - 2 && dot.left < name.right - 2
    && name.top < dot.bottom - 2 && dot.top < name.bottom - 2);
  return [names[0].length, names[1].length, names.flat().filter(on).length];
}"""
"""How many names are seen that were laid out for a phone and for a desk, and how many of them lie on a dot."""


@pytest.fixture(scope="module")
def sheet() -> Iterator[Sheet]:
    with serving() as made:
        yield made


def told(page: Page) -> list[str]:
    """What the page writes to the console, and its errors: filled as it goes."""
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def visit(page: Page, sheet: Sheet, language: str, theme: str, names: Sequence[str] = tuple(SAMPLES)) -> None:
    view = View(NETWORK, CATALOGUES[language], theme, NOW)  # type: ignore[arg-type]
    page.goto(sheet.show(language, theme, {name: SAMPLES[name](view) for name in names}))
    page.wait_for_function(DRAWN.format(count=len(names)), timeout=60_000)


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("ru", "night", 390), ("kk", "day", 1440), ("en", "day", 390)]
)
def test_every_figure_is_drawn_in_its_language_with_no_text_cut_and_nothing_in_the_console(
    page: Page, sheet: Sheet, language: str, theme: str, width: int
) -> None:
    said = told(page)
    page.set_viewport_size({"width": width, "height": 900})
    visit(page, sheet, language, theme)
    for name in SAMPLES:
        assert page.locator(f"#{name} svg text").count(), name
    texts = {each.strip() for each in page.locator(".figure svg text").all_text_contents()}
    assert set(SPOKEN[language]) - texts == set()
    buttons = {each.get_attribute("aria-label") for each in page.locator(".modebar-btn").all()}
    assert buttons == BUTTONS[language]
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(ON_EACH_OTHER) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []


def test_names_stand_beside_their_dots_and_a_desk_has_room_for_more_of_them(page: Page, sheet: Sheet) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    visit(page, sheet, "ru", "day", ["turnover_against_load"])
    phone, desk, covered = page.evaluate(NAMES_AND_DOTS)
    assert (phone, covered) == (0, 0)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"({NAMES_AND_DOTS})()[0] > 0")
    assert desk > page.evaluate(NAMES_AND_DOTS)[0] > 0
    assert page.evaluate(NAMES_AND_DOTS)[1] == 0


def test_a_point_says_its_day_and_its_value_in_the_language(page: Page, sheet: Sheet) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    visit(page, sheet, "kk", "night", ["by_day_shares"])
    box = page.locator("#by_day_shares .nsewdrag").bounding_box()
    assert box is not None
    page.locator("#by_day_shares").scroll_into_view_if_needed()
    page.locator("#by_day_shares .nsewdrag").hover(position={"x": box["width"] * 0.5, "y": box["height"] * 0.6})
    page.wait_for_selector("#by_day_shares .hoverlayer text")
    assert page.locator("#by_day_shares .hoverlayer text").all_text_contents() == ["20 қараша, жұма", "82%"]


def test_text_from_outside_is_shown_as_it_is_and_runs_nothing(page: Page, sheet: Sheet) -> None:
    page.goto(sheet.show("ru", "night", hostile_figures()))
    page.wait_for_function(DRAWN.format(count=len(hostile_figures())), timeout=60_000)
    assert page.locator(".figure img").count() == 0
    texts = page.locator(".figure svg text").all_text_contents()
    assert any("<img src=x" in each and "%{x}" in each for each in texts)
    page.locator("#by_day .nsewdrag").hover()
    page.wait_for_selector("#by_day .hoverlayer text")
    shown = re.sub(r"\s+", " ", " ".join(page.locator("#by_day .hoverlayer text").all_text_contents()))
    assert "3 <img src=x onerror=alert(1)><b>%{x}</b>&lt;" in shown
    assert (
        HOSTILE[:10]
        in page.locator("#ranked_bars").locator("xpath=ancestor::figure").locator("td, th").all_text_contents()[1]
    )


def test_a_figure_drawn_anew_keeps_the_zoom_of_who_looks_at_it(page: Page, sheet: Sheet) -> None:
    visit(page, sheet, "ru", "night", ["by_day"])
    page.locator("#by_day").scroll_into_view_if_needed()
    box = page.locator("#by_day .nsewdrag").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 200, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 400, box["y"] + 60, steps=5)
    page.mouse.up()
    reach = "document.querySelector('#by_day .js-plotly-plot')._fullLayout.xaxis.range.map((each) => each.slice(0, 16))"
    page.wait_for_function(f"{reach}[0] > '2026-10-26'")
    zoomed = page.evaluate(reach)
    view = View(NETWORK, CATALOGUES["ru"], "night", NOW)
    drawn = figures.by_day(view, {TODAY - n: 5 for n in range(30)}, None, unit="мин").to_json()
    page.evaluate("(figure) => dash_clientside.set_props('by_day', {figure})", json.loads(drawn))
    page.wait_for_function("document.querySelector('#by_day .js-plotly-plot').data[0].y[0] === 5")
    page.wait_for_timeout(200)
    assert page.evaluate(reach) == zoomed


def test_a_finger_on_a_figure_scrolls_the_page_and_a_tap_shows_what_is_there(browser: Browser, sheet: Sheet) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    visit(page, sheet, "ru", "day", ["stages", "by_day", "reasons", "forecast"])
    page.evaluate("document.getElementById('by_day').scrollIntoView({block: 'center'})")
    box = page.locator("#by_day .nsewdrag").bounding_box()
    assert box is not None
    x, y, before = box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.8, page.evaluate("scrollY")
    before_range = page.evaluate("document.querySelector('#by_day .js-plotly-plot')._fullLayout.xaxis.range")
    touch = context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 9):
        touch.send(
            "Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x + step, "y": y - 15 * step}]}
        )
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function(f"scrollY > {before + 50}")
    assert page.evaluate("document.querySelector('#by_day .js-plotly-plot')._fullLayout.xaxis.range") == before_range
    page.wait_for_timeout(500)
    page.evaluate("document.getElementById('by_day').scrollIntoView({block: 'center'})")
    bar = page.locator("#by_day .barlayer .point").nth(12).bounding_box()
    assert bar is not None
    page.touchscreen.tap(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2)
    page.wait_for_selector("#by_day .hoverlayer text")
    context.close()


def test_the_plotly_that_we_ship_is_of_the_version_that_the_plotly_package_draws_for() -> None:
    """Else: ``npm pack plotly.js-cartesian-dist-min@VERSION`` (docs/figures.md)."""
    with (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").open(encoding="utf-8") as source:
        wanted = re.search(r"plotly\.js v([\d.]+)", source.read(300))
    ours = re.search(r"plotly\.js \(cartesian - minified\) v([\d.]+)", PLOTLY.read_text(encoding="utf-8")[:300])
    assert wanted is not None
    assert ours is not None
    assert ours[1] == wanted[1]


def test_the_wall_asks_for_no_plotly_and_a_page_with_figures_has_it_fetched_early() -> None:
    client = create_app(World()).server.test_client()
    assert "plotly.min" not in client.get("/wall").get_data(as_text=True)
    assert "plotly.min" not in client.get("/feeds").get_data(as_text=True)
    assert f'<link rel="prefetch" as="script" href="{PLOTLY_URL}">' in client.get("/deadlines").get_data(as_text=True)
    served = client.get(PLOTLY_URL, headers={"Accept-Encoding": "br"})
    assert (served.status_code, served.headers["Content-Encoding"]) == (200, "br")
    assert 300_000 < len(served.data) < 500_000
    again = client.get(PLOTLY_URL, headers={"Accept-Encoding": "br", "If-None-Match": served.headers["ETag"]})
    assert again.status_code == 304


def test_every_kind_of_trace_is_in_the_plotly_that_we_ship() -> None:
    view: Any = View(NETWORK, CATALOGUES["ru"], "night", NOW)
    kinds = {trace.type for make in SAMPLES.values() for trace in make(view).data}
    assert kinds <= {"bar", "box", "contour", "heatmap", "histogram", "image", "pie", "scatter", "violin"}


def test_languages_are_all_in_these_tests() -> None:
    assert set(SPOKEN) == set(BUTTONS) == set(LANGUAGES)

"""What is shown, as pure functions: no browser, no server."""

import re
from pathlib import Path
from typing import Any

import pytest
from dash import dcc
from dash.development.base_component import Component
from shown_network import NETWORK, NOW, snapshot

from dashboard.act_now import KINDS
from dashboard.i18n import LANGUAGES, catalogues
from layouts import PAGES, wall, words
from layouts.tiles import crowd_mark, tile
from layouts.view import View, epoch

CATALOGUES = catalogues()
ASSETS = Path(__file__).parent.parent / "dashboard" / "assets"
SNAPSHOT = snapshot()


def view(language: str = "ru", theme: Any = "auto", now: float = NOW) -> View:
    return View(NETWORK, CATALOGUES[language], theme, now)


def every(component: Component) -> list[Component]:
    return [component, *(each for each in component._traverse() if isinstance(each, Component))]


def prop(component: Component, name: str) -> Any:
    return component.to_plotly_json()["props"].get(name)


def having(component: Component, name: str, value: str | None = None) -> list[Component]:
    return [
        each
        for each in every(component)
        if prop(each, name) is not None and (value is None or prop(each, name) == value)
    ]


def text(part: Any) -> str:
    """All the text in a component."""
    if isinstance(part, Component):
        return text(prop(part, "children"))
    if isinstance(part, list | tuple):
        return "".join(text(each) for each in part)
    return "" if part is None else str(part)


def drawn(language: str = "ru", shown: dict[str, Any] | None = SNAPSHOT) -> Component:
    return wall.layout(view(language), shown)


def centre(place: int) -> dict[str, Any]:
    found: dict[str, Any] = SNAPSHOT["centres"][place]
    return found


def test_the_wall_has_a_tile_for_every_centre_in_the_order_of_the_network_file() -> None:
    tiles = [prop(each, "data-tile") for each in having(drawn(), "data-tile")]
    assert tiles == [each.id for each in NETWORK.centres]
    assert len(tiles) == 16


def test_a_centre_that_the_snapshot_does_not_have_keeps_its_place_with_unknown_numbers() -> None:
    shown = SNAPSHOT | {"centres": [each for each in SNAPSHOT["centres"] if each["id"] != "atyrau-2"]}
    page = drawn(shown=shown)
    (lost,) = having(page, "data-tile", "atyrau-2")
    assert len(having(page, "data-tile")) == 16
    assert {prop(each, "data-value") for each in having(lost, "data-metric")} == {""}


def test_a_tiles_four_numbers_carry_their_raw_values() -> None:
    busy = centre(0)
    shown = tile(view(), busy)
    values = {prop(each, "data-metric"): prop(each, "data-value") for each in having(shown, "data-metric")}
    assert values["queue"] == str(busy["queue"]["waiting"]) == "128"
    assert float(values["load"]) == busy["load"]["occupancy"]
    assert float(values["turnover"]) == busy["turnover"]["rate_12m"]
    assert values["sla"] == str(busy["sla"]["overdue"]) == "1"


def test_a_tile_leads_to_its_centre_and_each_number_to_the_rows_behind_it() -> None:
    shown = tile(view(), centre(0))
    (name,) = having(shown, "className", "whole-link")
    assert (text(name), prop(name, "href")) == ("Атырау № 1", "/centre/atyrau-1")
    numbers = {prop(each, "data-metric"): prop(prop(each, "children"), "href") for each in having(shown, "data-metric")}
    assert numbers == {
        "queue": "/centre/atyrau-1?number=queue.waiting",
        "load": "/centre/atyrau-1?number=load.occupancy",
        "turnover": "/centre/atyrau-1?number=turnover.rate_12m",
        "sla": "/centre/atyrau-1?number=sla.overdue",
    }


def test_a_line_of_what_to_do_leads_to_its_centre() -> None:
    places = [prop(each, "href") for each in having(drawn(), "data-part", "where")]
    said = [f"/centre/{line['centre']}" for line in SNAPSHOT["act"]]
    assert said
    assert places == said + [None] * (3 - len(said))


def test_what_is_unknown_is_a_dash_with_no_value() -> None:
    planned = next(each for each in SNAPSHOT["centres"] if each["state"] == "planned")
    shown = tile(view(), planned)
    assert {prop(each, "data-value") for each in having(shown, "data-metric")} == {""}
    assert {text(each) for each in having(shown, "data-metric")} == {"—"}


def test_zero_is_shown_as_zero() -> None:
    quiet = centre(0) | {"queue": centre(0)["queue"] | {"waiting": 0}}
    (number,) = having(tile(view(), quiet), "data-metric", "queue")
    assert (prop(number, "data-value"), text(number)) == ("0", "0")


@pytest.mark.parametrize(
    ("language", "said"),
    [("ru", "откроется 31 декабря"), ("kk", "ашылатын күні: 31 желтоқсан"), ("en", "opens 31 December")],
)
def test_a_planned_centre_says_when_it_opens(language: str, said: str) -> None:
    planned = next(each for each in SNAPSHOT["centres"] if each["state"] == "planned")
    assert words.state_text(view(language), planned | {"opens": "2026-12-31"}) == said


def test_a_silent_centre_says_since_when_and_for_how_long() -> None:
    silent = next(each for each in SNAPSHOT["centres"] if each["state"] == "silent")
    assert words.state_text(view(), silent) == "нет связи с 10:18 · 12 мин"
    assert words.state_text(view(now=NOW + 600), silent) == "нет связи с 10:18 · 22 мин"
    assert words.state_text(view(now=NOW + 86_400), silent) == "нет связи с 23 ноября · 24 ч"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_line_says_what_where_since_when_and_what_to_do(kind: str, language: str) -> None:
    line = {
        "centre": "atyrau-1",
        "branch": "hall-2",
        "kind": kind,
        "since": SNAPSHOT["at"],
        "value": 22,
        "agency": "cadastre" if kind == "overdue" else None,
    }
    said = words.act_text(view(language), line)
    assert all(said.values())
    assert not any(re.search(r"[{}]", each) for each in said.values())
    assert NETWORK.centre_by_id["atyrau-1"].names.get(language) in said["where"]


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "1 человек ждёт, окна закрыты"),
        (22, "22 человека ждут, окна закрыты"),
        (111, "111 человек ждут, окна закрыты"),
    ],
)
def test_people_are_counted_in_the_right_plural(count: int, said: str) -> None:
    line = {"centre": "makat", "branch": None, "kind": "no_window", "since": None, "value": count, "agency": None}
    assert words.act_text(view(), line)["what"] == said


def test_centres_to_come_are_counted_only_while_there_are_any() -> None:
    assert wall.planned_text(view("en"), 7) == "7 planned"
    assert wall.planned_text(view("en"), 0) == ""


@pytest.mark.parametrize(
    ("language", "silent", "said"),
    [
        ("ru", 0, "данные поступают"),
        ("ru", 21, "нет связи с 21 центром"),
        ("ru", 2, "нет связи с 2 центрами"),
        ("kk", 2, "2 орталықпен байланыс жоқ"),
        ("en", 1, "1 centre out of contact"),
    ],
)
def test_the_header_says_whether_all_centres_are_in_contact(language: str, silent: int, said: str) -> None:
    assert words.freshness_text(view(language), silent) == said


@pytest.mark.parametrize(
    ("number", "written"), [(999, "999"), (1234, "1234"), (9999, "9999"), (12345, "12\u00a0345"), (0, "0")]
)
def test_a_large_number_of_four_digits_stands_without_a_separator(number: int, written: str) -> None:
    assert CATALOGUES["ru"].figure(number) == written


@pytest.mark.parametrize(
    ("texts", "crowd"),
    [
        (["128", "100", "122", "999"], "0"),
        (["128", "100", "122", "1234"], "1"),
        (["9", "97", "12", "12 345"], "1"),
        (["128", "100", "12", "12 345"], "2"),
        (["—", "—", "—", "—"], "0"),
    ],
)
def test_a_tile_makes_room_for_a_number_of_four_digits(texts: list[str], crowd: str) -> None:
    assert crowd_mark(texts) == crowd


def test_before_the_first_snapshot_every_place_is_there_and_nothing_is_claimed() -> None:
    page = drawn(shown=None)
    assert prop(page, "data-live") == "stale"
    assert len(having(page, "data-tile")) == 16
    assert {prop(each, "data-value") for each in having(page, "data-metric")} == {""}
    assert text(having(page, "data-part", "alarm")[0]) == "Данных пока нет"
    assert text(having(page, "data-part", "total-waiting")[0]) == "—"


def test_an_old_snapshot_is_not_called_live() -> None:
    assert prop(wall.layout(view(now=NOW + 60), SNAPSHOT), "data-live") == "stale"
    assert prop(wall.layout(view(now=NOW + 2), SNAPSHOT), "data-live") == "live"


def test_the_demo_says_that_it_is_one() -> None:
    (line,) = [each for each in every(drawn()) if prop(each, "className") == "demo"]
    assert "Демонстрация" in text(line)
    assert not prop(line, "hidden")


def test_the_wall_draws_no_plotly_figure() -> None:
    assert not [each for each in every(drawn()) if isinstance(each, dcc.Graph)]


def test_the_auto_theme_follows_the_networks_hour() -> None:
    assert view().shown_theme == "day"
    assert view(now=epoch("2026-11-23T18:00:00Z")).shown_theme == "night"
    assert view(theme="night").shown_theme == "night"


def test_the_offsets_tell_the_script_of_the_next_change_of_the_clocks() -> None:
    from msgspec import structs

    berlin = View(structs.replace(NETWORK, time_zone="Europe/Berlin"), CATALOGUES["ru"], "auto", NOW)
    assert wall.offsets(berlin)[:2] == [[0.0, 3600.0], [epoch("2027-03-28T01:00:00Z"), 7200.0]]
    assert wall.offsets(view()) == [[0.0, 18_000.0]]


def test_pages_have_paths_of_their_own() -> None:
    paths = [path for page in PAGES for path in page.paths]
    assert len(paths) == len(set(paths))
    assert {"/", "/wall", "/feeds"} <= set(paths)


def palette(theme: str) -> dict[str, str]:
    css = (ASSETS / "base.css").read_text()
    root = re.search(r":root \{(.*?)\}", css, re.S)
    block = re.search(rf'\[data-theme="{theme}"\] \{{(.*?)\}}', css, re.S)
    assert root is not None
    assert block is not None
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", root.group(1) + block.group(1)))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(each * 2 for each in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["day", "night"])
@pytest.mark.parametrize("ground", ["page", "tile", "tile-watch", "tile-act"])
def test_text_has_the_contrast_that_wcag_asks_for(theme: str, ground: str) -> None:
    colours = palette(theme)
    for ink in ("text", "soft", "faint", "watch-ink", "act-ink", "ok-ink"):
        assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)


@pytest.mark.parametrize("theme", ["day", "night"])
def test_the_words_on_a_levels_colour_can_be_read_and_what_is_not_there_yet_is_quiet_but_visible(theme: str) -> None:
    colours = palette(theme)
    assert (colours["ok"], colours["watch"], colours["act"]) == ("#0072b2", "#e69f00", "#d55e00")
    assert contrast(colours["on-mark"], colours["watch"]) >= 4.5
    assert contrast(colours["on-mark"], colours["act"]) >= 4.5
    assert contrast(colours["quiet"], colours["page"]) >= 3

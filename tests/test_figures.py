"""Figures as pure functions, without a browser: what is in the data is in the traces, in three languages."""

import json
import re
from datetime import date
from typing import Any

import pytest
from dash import dcc
from figure_samples import NAMES, OPEN, SAMPLES, TODAY
from msgspec import structs
from shown_network import NETWORK, NOW
from test_layouts import ASSETS, every, having, prop, text

from dashboard.i18n import LANGUAGES, catalogues
from layouts import figures
from layouts.view import View

CATALOGUES = catalogues()
HOSTILE = "<img src=x onerror=alert(1)><b>%{x}</b>&lt;\u202e\n"
TEMPLATE = r"[\w, ]*(%{x\|%H:%M})?:? ?%{(hover)?text}<extra></extra>"
"""A hover template: words of the catalogue, a time, and what was made clean."""
THEMES = ("day", "night")


def view(language: str = "ru", theme: Any = "night") -> View:
    return View(NETWORK, CATALOGUES[language], theme, NOW)


def traces(figure: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(figure.to_json())["data"]
    return found


def layout(figure: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(figure.to_json())["layout"]
    return found


def trace(figure: Any, name: str) -> dict[str, Any]:
    (found,) = [each for each in traces(figure) if each.get("name") == name]
    return found


def strings(part: Any) -> list[str]:
    if isinstance(part, dict):
        return [text for value in part.values() for text in strings(value)]
    if isinstance(part, list):
        return [text for value in part for text in strings(value)]
    return [part] if isinstance(part, str) else []


def without(figure: Any, *keys: str) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(figure.to_json())
    for key in keys:
        whole["layout"].pop(key, None)
    return whole


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_figure_differs_between_themes_in_its_colours_only(name: str, language: str) -> None:
    day, night = (re.sub(r'"#[0-9a-f]{6}"', '"#"', SAMPLES[name](view(language, theme)).to_json()) for theme in THEMES)
    assert day == night
    assert traces(SAMPLES[name](view(language)))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_figure_is_small_and_the_same_each_time(name: str) -> None:
    once, again = SAMPLES[name](view()), SAMPLES[name](view())
    assert once == again
    assert len(once.to_json()) < 30_000
    assert layout(once)["uirevision"] == "kept"


@pytest.mark.parametrize("name", SAMPLES)
def test_a_figure_says_something_in_each_language(name: str) -> None:
    said = {language: strings(without(SAMPLES[name](view(language)), "template")) for language in LANGUAGES}
    assert said["ru"] != said["en"] != said["kk"]
    for texts in said.values():
        assert not [
            each for each in texts if "None" in each or "nan" in each or re.search(r"{\w*}", each.replace("%{", ""))
        ]


@pytest.mark.parametrize("name", SAMPLES)
def test_an_english_figure_has_no_word_of_russian_but_the_names_that_it_was_given(name: str) -> None:
    for said in strings(without(SAMPLES[name](view("en")), "template")):
        plain = re.sub(r"<br>|\s+", " ", said)
        for own in NAMES:
            plain = plain.replace(own, "")
        assert not re.search("[А-Яа-я]", plain), said


def test_a_days_line_is_drawn_at_the_networks_wall_clock_with_its_gaps() -> None:
    points = [(OPEN, 4), (OPEN + 300, None), (OPEN + 600, 0)]
    figure = figures.day_against_usual(
        view(), points, [(32_400, 7.5)], [(32_400, 5)], [(32_400, 9)], unit="мин", title=""
    )
    today = trace(figure, "сегодня")
    assert today["x"] == ["2026-11-23 09:00", "2026-11-23 09:05", "2026-11-23 09:10"]
    assert today["y"] == [4, None, 0]
    assert today["text"] == ["4\u00a0мин", "—", "0\u00a0мин"]
    assert today["hovertemplate"] == "сегодня, %{x|%H:%M}: %{text}<extra></extra>"
    usual = trace(figure, "обычный день")
    assert (usual["x"], usual["y"]) == (["2026-11-23 09:00"], [7.5])
    assert usual["text"] == ["7,5\u00a0мин (5–9)"]
    assert trace(figure, "обычный разброс")["y"] == [5]


def test_the_wall_clock_is_right_on_both_sides_of_a_change_of_the_clocks() -> None:
    berlin = View(structs.replace(NETWORK, time_zone="Europe/Berlin"), CATALOGUES["ru"], "day", NOW)
    change = berlin.network.local.at(
        date(2025, 10, 25).toordinal(), 7200
    )  # 25 October 2025, a Saturday; the clocks go back on Sunday
    figure = figures.day_against_usual(
        berlin, [(change, 1), (change + 86_400 + 3600, 2)], [], [], [], unit="", title=""
    )
    assert trace(figure, "25 октября")["x"] == ["2025-10-25 02:00", "2025-10-26 02:00"]


def test_a_day_that_is_not_today_is_named_by_its_date_and_has_no_present_moment() -> None:
    past = [(OPEN - 86_400, 4)]
    figure = figures.day_against_usual(view("en"), past, [], [], [], unit="min", title="Waiting", norm=20, now=NOW)
    assert trace(figure, "22 November")["y"] == [4]
    shapes = layout(figure)["shapes"]
    assert [(each["y0"], each["y1"]) for each in shapes] == [(20, 20)]
    now = figures.day_against_usual(view("en"), [(OPEN, 4)], [], [], [], unit="min", title="Waiting", now=NOW)
    assert [each["x0"] for each in layout(now)["shapes"]] == ["2026-11-23 10:30:10"]
    assert [each["text"] for each in layout(now)["annotations"]] == ["10:30"]


def test_arrivals_and_served_stand_side_by_side_and_an_unknown_hour_is_a_gap() -> None:
    figure = figures.arrivals_and_served(view(), {9: (42, 30), 10: (None, None), 11: (0, 2)}, {9: 40.5, 12: 10})
    assert (trace(figure, "пришло")["x"], trace(figure, "пришло")["y"]) == ([9, 10, 11, 12], [42, None, 0, None])
    assert trace(figure, "обслужено")["y"] == [30, None, 2, None]
    assert trace(figure, "обычно приходит")["y"] == [40.5, None, None, 10]
    assert trace(figure, "пришло")["text"] == ["пришло: 42", "пришло: —", "пришло: 0", "пришло: —"]
    assert len(traces(figures.arrivals_and_served(view(), {9: (42, 30)}, None))) == 2


def test_a_period_is_laid_over_the_one_before_from_their_first_days() -> None:
    days, before = {TODAY - 1: 12.0, TODAY: None}, {TODAY - 3: 9.25, TODAY - 2: 11}
    figure = figures.by_day(view(), days, before, unit="мин")
    assert trace(figure, "этот период")["x"] == trace(figure, "прошлый период")["x"] == ["2026-11-22", "2026-11-23"]
    assert trace(figure, "этот период")["y"] == [12, None]
    assert trace(figure, "прошлый период")["text"] == [
        "пятница, 20 ноября: 9,3\u00a0мин",
        "суббота, 21 ноября: 11\u00a0мин",
    ]
    assert layout(figure)["yaxis"]["range"][0] == 0


def empty_figures() -> dict[str, Any]:
    return {
        "by_day": figures.by_day(view(), {}, None, unit="мин", norm=20),
        "by_day_unknown": figures.by_day(view(), {TODAY: None}, {TODAY - 1: None}, unit="мин", norm=20),
        "hour_of_week": figures.hour_of_week(view(), {}, unit="чел."),
        "ranked_bars": figures.ranked_bars(view(), [], unit="чел."),
        "stages": figures.stages(view(), []),
        "timeline": figures.timeline(view(), [], kinds={}, now=NOW),
        "spread": figures.spread(view(), [("а", None)], unit="чел.", median=None, norm=5),
        "days_distribution": figures.days_distribution(view(), []),
        "forecast": figures.forecast(view(), []),
        "joiners_and_leavers": figures.joiners_and_leavers(view(), []),
        "survival": figures.survival(view(), []),
        "turnover_against_load": figures.turnover_against_load(view(), [("а", None, 0.2, 4, None)]),
        "reasons": figures.reasons(view(), {}),
        "arrivals_and_served": figures.arrivals_and_served(view(), {}, None),
        "day_against_usual": figures.day_against_usual(view(), [], [], [], [], unit="", title=""),
    }


@pytest.mark.parametrize("name", empty_figures())
def test_a_figure_of_nothing_says_so(name: str) -> None:
    shown = layout(empty_figures()[name])
    assert [each["text"] for each in shown["annotations"]] == ["нет данных"]
    assert not shown.get("shapes")


def test_zero_is_data() -> None:
    assert not layout(figures.by_day(view(), {TODAY: 0}, None, unit="мин")).get("annotations")


@pytest.mark.parametrize("share", [0.0, 1.0, 0.004])
def test_all_the_same_value_or_nothing_but_zeros_makes_an_axis_all_the_same(share: float) -> None:
    figures.spread(view(), [("a", share), ("b", share)], unit="%", median=share, norm=share)
    figures.turnover_against_load(view(), [("a", share, share, 0, None)])
    figures.by_day(view(), {TODAY: share}, None, unit="%")
    figures.joiners_and_leavers(view(), [(2026, 1, 0, 0)])


def test_the_hours_of_the_week_are_cells_with_monday_on_top_and_unknown_ones_empty() -> None:
    figure = figures.hour_of_week(view(), {(0, 9): 5, (0, 10): 0, (6, 11): 7.5, (1, 10): None}, unit="чел.")
    (cells,) = traces(figure)
    assert cells["x"] == [9, 10, 11]
    assert cells["z"][0] == [5, 0, None]
    assert cells["z"][1] == [None, None, None]
    assert cells["text"][6][2] == "воскресенье, 11:00: 7,5\u00a0чел."
    assert (cells["zmin"], cells["hoverongaps"]) == (0, False)
    assert layout(figure)["yaxis"]["ticktext"] == ["пн", "вт", "ср", "чт", "пт", "сб", "вс"]
    assert layout(figure)["yaxis"]["range"] == [6.5, -0.5]


def test_ranked_rows_keep_their_order_their_labels_whole_and_a_dash_for_what_is_not_known() -> None:
    name = "Государственная регистрация прав на недвижимое имущество и его обременений"
    figure = figures.ranked_bars(
        view(), [(name, 1412, 34.4, "act"), ("Б", None, None, "")], unit="талонов", second_unit="мин"
    )
    labels, first, ends, second, marks = traces(figure)
    assert [each.replace("<br>", " ") for each in labels["text"]] == [name, "Б"]
    assert (first["x"], second["x"]) == ([1412, None], [34.4, None])
    assert first["y"] == second["y"] == labels_below(labels)
    assert ([each.strip() for each in ends["text"]], [each.strip() for each in marks["text"]]) == (
        ["1\u00a0412", "—"],
        ["34", "—"],
    )
    assert marks["marker"]["symbol"] == ["diamond", "circle"]
    assert [each["text"] for each in layout(figure)["annotations"]] == ["талонов", "мин"]


def labels_below(labels: dict[str, Any]) -> list[float]:
    """Where bars stand under their labels: 10 px lower (the axis is in px, downwards)."""
    return [each + 10 for each in labels["y"]]


def test_a_stages_late_documents_are_a_part_of_its_bar_and_are_said() -> None:
    figure = figures.stages(view(), [("Приём", 34, 0), ("Кадастр", 58, 12), ("Подпись", None, None)])
    assert trace(figure, "в срок")["x"] == [34, 46, None]
    assert trace(figure, "просрочено")["x"] == [0, 12, 0]
    assert [each.strip() for each in traces(figure)[2]["text"]] == ["34", "58, просрочено 12", "—"]


def test_a_timelines_bars_begin_at_the_wall_clock_and_what_lasts_reaches_the_present() -> None:
    lanes = [("op-1", [(OPEN, OPEN + 600, "serving", "A1"), (OPEN + 600, None, "paused", "")])]
    kinds = {"serving": ("обслуживает", "ok"), "paused": ("пауза", "watch")}
    figure = figures.timeline(view(), lanes, kinds=kinds, now=NOW, hours=(9, 18))
    serving, paused = trace(figure, "обслуживает"), trace(figure, "пауза")
    assert (serving["base"], serving["x"], serving["text"]) == (["2026-11-23 09:00"], [600_000], ["A1"])
    assert (paused["base"], paused["x"], paused["text"]) == (
        ["2026-11-23 09:10"],
        [(NOW - OPEN - 600) * 1000],
        ["пауза"],
    )
    assert (serving["marker"]["pattern"]["shape"], paused["marker"]["pattern"]["shape"]) == ("", "/")
    assert layout(figure)["xaxis"]["range"] == ["2026-11-23 09:00", "2026-11-23 18:00"]


def test_the_spread_has_a_dot_each_near_ones_stacked_and_names_the_ends() -> None:
    figure = figures.spread(view(), [("а", 3.1), ("б", None), ("в", 3.1), ("г", 6)], unit="тал./ч", median=3.1, norm=5)
    (dots,) = traces(figure)
    assert (dots["x"], dots["y"], dots["text"]) == ([3.1, 3.1, 6], [0, 1, 0], ["а", "", "г"])
    assert [each["text"] for each in layout(figure)["annotations"]] == ["медиана 3,1", "норма 5"]


def test_days_are_drawn_as_wide_as_they_are_up_to_the_promise_and_closer_beyond_it() -> None:
    bins: Any = [(0, 1, 3), (9, 10, 8), (10, 20, 5), (180, 365, 1), (365, None, 2)]
    figure = figures.days_distribution(view(), bins)
    on_time, late = traces(figure)
    assert (on_time["y"], late["y"]) == ([3, 8], [5, 1, 2])
    assert on_time["x"] == [0.5, 9.5]
    assert on_time["width"] == [0.94, 0.94]
    assert late["hovertext"][2] == "365 дн. и более: 2\u00a0док."
    assert max(late["x"]) < 40
    assert layout(figure)["annotations"][0]["text"] == "срок 10 дн."
    assert late["marker"]["pattern"]["shape"] == "/"


def test_a_forecast_has_its_range_and_the_actual_count_only_where_it_is_known() -> None:
    figure = figures.forecast(view(), [(TODAY, 6, 3, 11, 9), (TODAY + 1, 5, None, None, None)])
    assert trace(figure, "факт")["y"] == [9, None]
    mean = trace(figure, "прогноз")
    assert (mean["y"], mean["error_y"]["array"], mean["error_y"]["arrayminus"]) == ([6, 5], [5, None], [3, None])
    assert mean["text"] == ["прогноз: 6 (3–11)", "прогноз: 5"]


def test_joiners_stand_above_and_leavers_below_and_the_axis_has_no_minus() -> None:
    figure = figures.joiners_and_leavers(view(), [(2025, 12, 4, 1), (2026, 1, None, 3)])
    assert trace(figure, "приняты")["y"] == [4, None]
    assert trace(figure, "ушли")["y"] == [-1, -3]
    assert trace(figure, "ушли")["text"][1] == "янв. 2026<br>ушли: 3"
    axis = layout(figure)["yaxis"]
    assert axis["range"][0] <= -3 < 4 <= axis["range"][1]
    assert not [each for each in axis["ticktext"] if "−" in each or "-" in each]


def test_survival_is_a_staircase_in_its_band_with_those_followed_under_it() -> None:
    figure = figures.survival(view(), [(0, 1.0, None, None), (6, 0.48, 0.4, 0.6)], [(0, 120), (6, 61)])
    high, low, curve = traces(figure)
    assert (curve["x"], curve["y"], curve["line"]["shape"]) == ([0, 6], [1.0, 0.48], "hv")
    assert (low["y"], high["y"]) == ([None, 0.4], [None, 0.6])
    assert curve["text"] == ["работают 100\u00a0%", "работают 48\u00a0% (40\u00a0%–60\u00a0%)"]
    assert layout(figure)["xaxis"]["ticktext"] == ["0<br>120", "6<br>61"]
    assert "половина уходит к 6-му месяцу" in [each["text"] for each in layout(figure)["annotations"]]


def test_a_branch_beyond_both_norms_has_a_shape_of_its_own_and_its_address() -> None:
    points = [
        ("А", 0.5, 0.05, 10, "/branch/a"),
        ("Б", 0.95, 0.4, 6, None),
        ("В", 0.95, 0.01, 6, None),
        ("Г", None, 0.2, 5, None),
    ]
    dots, names, wide_names = traces(figures.turnover_against_load(view(), points))
    assert (dots["x"], dots["y"]) == ([0.5, 0.95, 0.95], [0.05, 0.4, 0.01])
    assert dots["marker"]["symbol"] == ["circle", "diamond", "triangle-up"]
    assert dots["customdata"] == ["/branch/a", None, None]
    assert set(names["text"]) == set(wide_names["text"]) == {"А", "Б", "В"}
    assert dots["hovertext"][1] == "<b>Б</b><br>нагрузка 95\u00a0%<br>текучесть 40\u00a0%<br>численность 6"


def test_reasons_are_in_words_the_most_frequent_first() -> None:
    figure = figures.reasons(view(), {"pay": 3, "workload": 5, "moved": 3, "sabbatical": 1})
    assert traces(figure)[0]["text"] == ["нагрузка", "перевод", "зарплата", "sabbatical"]
    assert traces(figure)[1]["x"] == [5, 3, 3, 1]


@pytest.mark.parametrize(("language", "written"), [("ru", "50\u00a0%"), ("kk", "50%"), ("en", "50%")])
def test_shares_are_percent_as_the_language_writes_them(language: str, written: str) -> None:
    figure = figures.by_day(view(language), {TODAY: 0.87}, None, unit="%", norm=0.9)
    assert traces(figure)[0]["y"] == [0.87]
    assert written in layout(figure)["yaxis"]["ticktext"]


def hostile_figures() -> dict[str, Any]:
    """Every text that a figure can be given from outside, as bad as can be."""
    shown, bad = view(), HOSTILE
    kinds = {"k": (bad, "ok")}
    return {
        "ranked_bars": figures.ranked_bars(shown, [(bad, 3, 4, "act")], unit=bad, second_unit=bad),
        "stages": figures.stages(shown, [(bad, 3, 1)]),
        "timeline": figures.timeline(shown, [(bad, [(OPEN, None, "k", bad)])], kinds=kinds, now=NOW),
        "lanes": figures.timeline(shown, [(bad[:16], [(OPEN, None, "k", bad)])], kinds=kinds, now=NOW, hours=(9, 18)),
        "spread": figures.spread(shown, [(bad, 3.0), (bad, 4.0)], unit=bad, median=3, norm=4),
        "turnover": figures.turnover_against_load(shown, [(bad, 0.9, 0.3, 4, bad), ("b", 0.3, 0.1, 4, None)]),
        "reasons": figures.reasons(shown, {bad: 3}),
        "by_day": figures.by_day(shown, {TODAY: 3}, {TODAY - 1: 2}, unit=bad, norm=3),
        "day": figures.day_against_usual(shown, [(OPEN, 3)], [(32_400, 2)], [], [], unit=bad, title=bad, norm=2),
        "week": figures.hour_of_week(shown, {(0, 9): 3}, unit=bad),
    }


@pytest.mark.parametrize("name", hostile_figures())
def test_text_from_outside_is_neither_a_tag_nor_a_template(name: str) -> None:
    whole = without(hostile_figures()[name], "meta", "template")
    for each in whole["data"]:
        each.pop("customdata", None)
        assert re.fullmatch(TEMPLATE, each.pop("hovertemplate", None) or "%{text}<extra></extra>")
        assert not {"texttemplate"} & set(each)
    for said in strings(whole):
        assert not re.search(r"<(?!br>|/?b>)", said), said
        assert "<b>%" not in said
        assert "\u202e" not in said


def test_a_count_is_written_over_a_bar_only_where_there_is_room_for_it() -> None:
    bins: Any = [(0, 10, 900), *((day, day + 1, 403) for day in range(10, 15)), (15, 60, 1280), (60, 365, 0)]
    late = traces(figures.days_distribution(view(), bins))[1]
    assert late["text"] == ["", "", "", "", "", "1\u00a0280", ""]
    assert late["hovertext"][0] == "от 10 до 11 дн.: 403\u00a0док."


def test_a_graph_is_named_keeps_its_zoom_and_brings_its_language() -> None:
    shown = figures.graph(view("kk"), SAMPLES["by_day"](view("kk")), label="Күту", id="waits")
    (drawn,) = [each for each in every(shown) if isinstance(each, dcc.Graph)]
    config = prop(drawn, "config")
    assert (prop(shown, "aria-label"), prop(shown, "className"), prop(drawn, "id")) == ("Күту", "figure", "waits")
    assert (config["locale"], list(config["locales"])) == ("kk", ["kk"])
    assert config["modeBarButtons"] == [["resetScale2d", "toImage"]]
    assert prop(drawn, "figure")["layout"]["uirevision"] == "kept"
    assert prop(drawn, "style") == {"height": "280px"}
    still = figures.graph(view(), SAMPLES["stages"](view()), label="Этапы", height=200)
    (drawn,) = [each for each in every(still) if isinstance(each, dcc.Graph)]
    assert prop(drawn, "config")["modeBarButtons"] == [["toImage"]]
    assert prop(drawn, "style") == {"height": "200px"}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_small_figure_has_its_data_as_a_table_for_who_does_not_see_it(name: str) -> None:
    figure = SAMPLES[name](view())
    shown = figures.graph(view(), figure, label="Картинка")
    (table,) = having(shown, "className", "aside-only")
    assert text(table).startswith("Картинка")
    assert len([each for each in every(table) if prop(each, "scope") == "row"]) == len(figure.layout.meta["rows"]) > 0
    (drawn,) = [each for each in every(shown) if isinstance(each, dcc.Graph)]
    assert "meta" not in prop(drawn, "figure")["layout"]


def test_a_large_figure_has_no_table() -> None:
    figure = figures.by_day(view(), {TODAY - n: n for n in range(90)}, None, unit="мин")
    assert not having(figures.graph(view(), figure, label="Год"), "className", "aside-only")


def test_every_figure_has_a_sample_and_its_row_in_the_documentation() -> None:
    documented = (ASSETS.parent.parent / "docs" / "figures.md").read_text(encoding="utf-8")
    for name in set(figures.__all__) - {"graph"}:
        assert name in SAMPLES
        assert f"`{name}`" in documented

"""The panel behind a number, as a pure function: what it says of the number, of the place and of the moment."""

from pathlib import Path
from typing import Any

import pytest
from dash.development.base_component import Component
from shown_network import NETWORK, NOW, snapshot, states
from test_layouts import CATALOGUES, every, having, prop, text

from callbacks.behind import place_problem, read_place
from dashboard.i18n import LANGUAGES
from dashboard.metrics import METRICS
from dashboard.rows import BEHIND, Scope, recompute, rows_behind
from layouts import behind, behind_words, tables
from layouts.asked import read_asked
from layouts.view import View

STATES, SNAPSHOT = states(), snapshot()
BUSY, LATE, SILENT = (NETWORK.centres[place].id for place in range(3))
PLANNED = next(each.id for each in NETWORK.centres if each.planned)
KEYS = [metric.key for metric in METRICS]
DOCS = Path(__file__).parent.parent / "docs"


def view(language: str = "ru", now: float = NOW) -> View:
    return View(NETWORK, CATALOGUES[language], "day", now)


def shown_of(centre: str | None) -> Any:
    return None if centre is None else next(each for each in SNAPSHOT["centres"] if each["id"] == centre)


def drawn(
    key: str, centre: str | None = BUSY, branch: str | None = None, language: str = "ru", now: float = NOW, **query: str
) -> Component:
    asked = read_asked(f"/centre/{centre}", {"number": key} | query, NETWORK.local, now, centre=centre)
    scope = Scope(NETWORK, NOW, STATES if centre is None else {centre: STATES[centre]}, centre, branch)
    rows = rows_behind(key, scope)
    files = {"csv": f"/export/{key}.csv", "xlsx": f"/export/{key}.xlsx"}
    opened = behind.Opened(key, scope, rows, recompute(key, rows), shown_of(centre), asked.at is not None, files)
    return behind.panel(view(language, now), asked, opened)


def said(panel: Component, class_name: str) -> str:
    return " ".join(text(each) for each in having(panel, "className", class_name))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_every_number_is_explained_in_every_language(key: str, language: str) -> None:
    panel = drawn(key, language=language)
    meaning = said(panel, "panel-meaning")
    for words in (behind_words.definition, behind_words.formula, behind_words.norm, behind_words.source):
        assert words(view(language), key)
        assert words(view(language), key) in meaning
    assert "{" not in meaning
    if language != "en":
        assert behind_words.definition(view(language), key) != behind_words.DEFINITIONS[key]


@pytest.mark.parametrize("key", KEYS)
def test_the_number_in_the_panel_is_the_number_on_the_page(key: str) -> None:
    group, _, member = key.partition(".")
    value = shown_of(BUSY)[group][member]
    (number,) = having(drawn(key), "data-panel-value")
    if not isinstance(value, dict):
        assert prop(number, "data-panel-value") == ("" if value is None else repr(value))


def test_a_number_that_is_several_is_said_part_by_part() -> None:
    assert said(drawn("turnover.reasons"), "panel-parts") == "зарплата: 1"


def test_the_level_is_said_with_its_shape_and_its_word() -> None:
    levels = having(drawn("sla.overdue"), "className", "panel-level")
    assert [(prop(each, "data-mark"), text(each)) for each in levels] == [
        ("watch", "внимание: ≥ 5"),
        ("act", "нужны меры: ≥ 20"),
    ]
    assert "≤ 85\u00a0%" in said(drawn("queue.within_norm"), "panel-meaning")


def test_the_panel_says_of_what_place_and_when() -> None:
    assert said(drawn("sla.open"), "panel-place") == NETWORK.centres[0].names.ru
    assert said(drawn("sla.open", branch=NETWORK.centres[0].branches[0].id), "panel-place").startswith(
        NETWORK.centres[0].names.ru + ", "
    )
    assert said(drawn("sla.open", centre=None), "panel-place") == NETWORK.names.ru
    assert "По состоянию на 10:30:10" in said(drawn("sla.open"), "panel-as-of")


def test_the_past_is_marked_as_past_and_cannot_be_counted_again() -> None:
    line = said(drawn("sla.open", now=NOW + 86_400, at="2026-11-23T10:30:10"), "panel-as-of")
    assert line == "Прошлое. По состоянию на 23 ноября, 10:30:10"


def test_the_queue_of_a_silent_centre_is_marked_as_old_with_its_moment() -> None:
    (line,) = having(drawn("queue.waiting", SILENT), "className", "panel-as-of")
    assert prop(line, "data-old") == "1"
    assert "на 10:18:10" in text(line)
    assert "нет связи" in said(drawn("queue.waiting", SILENT), "panel-state")
    (of_documents,) = having(drawn("sla.open", SILENT), "className", "panel-as-of")
    assert prop(of_documents, "data-old") is None


def test_the_network_says_whose_queue_it_does_not_count() -> None:
    name = NETWORK.centre_by_id[SILENT].names.ru
    assert name in said(drawn("queue.waiting", centre=None), "panel-state")
    assert said(drawn("sla.open", centre=None), "panel-state") == ""


def test_of_a_planned_centre_the_panel_says_that_nothing_is_known() -> None:
    panel = drawn("queue.waiting", PLANNED)
    assert said(panel, "panel-value") == "—"
    assert "ещё не открыт" in said(panel, "panel-as-of")
    assert "panel-rows" not in [prop(each, "id") for each in every(panel)]


def test_closing_leads_to_the_page_as_it_was() -> None:
    (close,) = having(
        drawn("sla.open", at="2026-11-23T10:00", of="atyrau-1", period="week"), "className", "panel-close"
    )
    assert prop(close, "href") == f"/centre/{BUSY}?at=2026-11-23T10:00&period=week"


def test_both_files_are_offered_and_the_rows_are_counted() -> None:
    panel = drawn("queue.waiting")
    assert [prop(each, "href") for each in having(panel, "data-file")] == [
        "/export/queue.waiting.csv",
        "/export/queue.waiting.xlsx",
    ]
    assert said(panel, "panel-count") == "Показано строк: 128 из 128"
    assert "В файлах — все строки" in text(panel)
    assert "первые" not in text(panel)


def test_of_very_many_rows_the_first_are_on_the_page_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 100)
    panel = drawn("queue.waiting")
    (count,) = having(panel, "data-part", "rows-count")
    assert (prop(count, "data-shown"), prop(count, "data-all")) == ("100", "128")
    assert "В таблице первые 100 строк из 128" in text(panel)


@pytest.mark.parametrize(
    ("said", "place", "problem"),
    [
        (BUSY, (BUSY, None), None),
        (f"{BUSY}/{NETWORK.centres[0].branches[0].id}", (BUSY, NETWORK.centres[0].branches[0].id), None),
        ("nowhere", ("nowhere", None), ("unknown_centre", "nowhere")),
        (f"{BUSY}/nowhere", (BUSY, "nowhere"), ("unknown_branch", f"{BUSY}/nowhere")),
        ("", ("", None), ("unknown_centre", "")),
    ],
)  # fmt: skip
def test_a_place_in_an_address_is_read_or_told_of(said: str, place: Any, problem: Any) -> None:
    assert read_place(said) == place
    assert place_problem(NETWORK, place, said) == problem


@pytest.mark.parametrize("key", KEYS)
def test_every_number_is_in_the_document_with_its_rows_and_its_formula(key: str) -> None:
    lines = [line for line in (DOCS / "behind.md").read_text().splitlines() if line.startswith(f"| `{key}` |")]
    assert len(lines) == 1
    assert behind_words.FORMULAS[key] in lines[0]
    for column in BEHIND[key].columns:
        assert f"`{column.key}`" in lines[0]

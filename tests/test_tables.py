"""Grids of rows, as pure functions: localised headings, raw values to sort by, links that keep the thread."""

import json
from typing import Any, get_args

import pytest
from msgspec import structs
from shown_network import NETWORK, NOW, states
from test_layouts import CATALOGUES

from dashboard.events import AbandonReason, LeaveReason, Priority, TicketOutcome
from dashboard.i18n import LANGUAGES
from dashboard.rows import BEHIND, Column, Kind, Scope, columns, rows_behind
from layouts import row_words, tables
from layouts.asked import Asked, read_asked
from layouts.grid_words import locale_text
from layouts.view import View

STATES = states()
BUSY = Scope(NETWORK, NOW, {"atyrau-1": STATES["atyrau-1"]}, "atyrau-1")
WHOLE = Scope(NETWORK, NOW, STATES)
SAID = {
    "priority": get_args(Priority),
    "reason": get_args(LeaveReason),
    "stage": (
        *(*get_args(TicketOutcome), *get_args(AbandonReason), "transferred", "waiting", "at_window"),
        *("centre", "agency", "ready", "issued", "rejected", "withdrawn"),
    ),
    "state": ("serving", "free", "paused", "closed"),
    "came": ("issued", "transferred"),
    "said": ("event", "file"),
    "what": ("waiting", "window", "headcount", "left"),
}
"""What each column of words may hold."""


def view(language: str = "ru") -> View:
    return View(NETWORK, CATALOGUES[language], "day", NOW)


def asked(**query: str) -> Asked:
    return read_asked("/centre/atyrau-1", query, NETWORK.local, NOW, centre="atyrau-1")


def drawn(key: str, language: str = "ru", scope: Scope = BUSY, **query: str) -> Any:
    """The properties of the grid of a number, with the rows that the script gives it."""
    rows, worst = rows_behind(key, scope) or [], BEHIND[key].worst
    given = tables.grid(view(language), asked(**query), columns(key, scope), rows, table_id="t", worst=worst)
    return given["grid"]["props"] | {"rowData": [unpacked(given, row) for row in json.loads(given["rows"])]}


def unpacked(given: dict[str, Any], row: list[Any]) -> dict[str, Any]:
    """A row as the script unpacks it."""
    words = given["words"]
    cells = zip(given["fields"], row, strict=True)
    return {field: words[field][value] if field in words else value for field, value in cells}


def definition(props: Any, field: str) -> Any:
    return next(each for each in props["columnDefs"] if each["field"] == field)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", BEHIND)
def test_every_column_of_every_number_has_a_heading_of_its_own(key: str, language: str) -> None:
    headings = [row_words.heading(view(language), column) for column in BEHIND[key].columns]
    assert len(set(headings)) == len(headings)
    assert all(headings)


@pytest.mark.parametrize("key", BEHIND)
def test_every_kind_of_column_can_be_drawn_and_every_row_has_its_cells(key: str) -> None:
    for scope in (BUSY, WHOLE):
        props = drawn(key, scope=scope)
        fields = [each["field"] for each in props["columnDefs"]]
        assert all(set(fields) <= set(row) for row in props["rowData"])
        assert all(isinstance(cell, str | int | float | None) for row in props["rowData"] for cell in row.values())


def test_a_kind_of_column_without_a_definition_is_an_error_of_ours() -> None:
    kinds = {column.kind for behind in BEHIND.values() for column in behind.columns}
    assert kinds == set(get_args(Kind)), "no kind that nothing uses"
    for kind in kinds:
        assert tables.definition(view(), Column("ticket", kind))["filter"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in SAID.items() for value in values])
def test_whatever_an_event_may_say_has_a_word(key: str, value: str, language: str) -> None:
    assert (key, value) in row_words.WORDS
    assert row_words.word(view(language), key, value) != value or (language, value) == ("en", "pay")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_grid_speaks_the_viewers_language(language: str) -> None:
    words = locale_text(CATALOGUES[language])
    assert words["noRowsToShow"] == {"ru": "Строк нет", "kk": "Жолдар жоқ", "en": "There are no rows"}[language]
    assert all(words.values())


def test_the_worst_stands_first_and_the_grid_says_by_what_it_is_sorted() -> None:
    props = drawn("queue.longest_wait_s")
    waits = [row["waited_s"] for row in props["rowData"]]
    assert waits == sorted(waits, reverse=True)
    assert definition(props, "waited_s")["sort"] == "desc"
    assert [each["field"] for each in props["columnDefs"] if "sort" in each] == ["waited_s"]


def test_values_are_raw_so_that_they_sort_and_names_are_in_the_viewers_language() -> None:
    (document,) = drawn("sla.overdue")["rowData"]
    row = (rows_behind("sla.overdue", BUSY) or [])[0]
    assert (document["accepted"], document["due"], document["late_days"]) == (row.accepted, row.due, row.late_days)
    assert document["service"] == NETWORK.services[0].names.ru
    assert document["branch"] == NETWORK.centres[0].branches[0].names.ru
    (operator,) = drawn("load.occupancy")["rowData"]
    assert (operator["busy_s"], operator["share"]) == (pytest.approx(40), pytest.approx(operator["busy_s"] / 60 * 100))


def test_what_is_not_known_is_an_empty_cell_and_never_a_zero() -> None:
    row = structs.replace((rows_behind("queue.waiting", BUSY) or [])[0], waited_s=None, service="")
    read = {column.key: row_words.reader(view(), column) for column in BEHIND["queue.waiting"].columns}
    assert (read["waited_s"](row), read["service"](row)) == (None, None)


def test_links_keep_the_moment_and_close_the_panel() -> None:
    links = drawn("queue.waiting", at="2026-11-23T10:00", number="queue.waiting")["dashGridOptions"]["context"]["links"]
    assert links == {
        "centre": "/centre/%7Bcentre%7D?at=2026-11-23T10:00",
        "branch": "/branch/%7Bcentre%7D/%7Bbranch%7D?at=2026-11-23T10:00",
        "ticket": "/branch/%7Bcentre%7D/%7Bbranch%7D?at=2026-11-23T10:00&ticket=%7Bticket%7D",
        "document": "/deadlines?at=2026-11-23T10:00&document=%7Bdocument%7D",
    }


def test_a_row_carries_what_its_links_need() -> None:
    row = drawn("queue.waiting")["rowData"][0]
    assert (row["_centre"], row["_branch"]) == ("atyrau-1", NETWORK.centres[0].branches[0].id)
    assert row["_issued"] == row["issued"]


@pytest.mark.parametrize(("language", "signs"), [("ru", ("\u00a0", ",", "dd.MM.y")), ("en", (",", ".", "dd/MM/y"))])
def test_the_script_is_given_the_languages_signs(language: str, signs: tuple[str, str, str]) -> None:
    context = drawn("queue.waiting", language)["dashGridOptions"]["context"]
    assert (context["group"], context["decimal"], context["day"]) == signs
    assert context["offsets"] == [(pytest.approx(context["offsets"][0][0]), 5 * 3600)]


def test_a_text_of_others_is_never_code() -> None:
    """AG Grid would run a string as an expression where a function may stand: none of ours comes from an event."""
    props = drawn("queue.waiting")
    named = {
        value["function"]
        for each in props["columnDefs"]
        for value in each.values()
        if isinstance(value, dict) and "function" in value
    }
    assert all(each.startswith("td") for each in named)
    assert props.get("dangerously_allow_code") is not True


def test_of_very_many_rows_the_first_go_to_the_browser_and_the_grid_counts_all(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = drawn("queue.waiting")
    monkeypatch.setattr(tables, "MOST_ROWS", 100)
    cut = drawn("queue.waiting")
    assert cut["rowData"] == whole["rowData"][:100]
    assert cut["dashGridOptions"]["context"]["count"] == len(whole["rowData"]) == 128


def test_thousands_of_rows_are_scrolled_and_a_few_stand_in_full() -> None:
    assert drawn("queue.waiting")["dashGridOptions"]["domLayout"] == "normal"
    assert drawn("sla.overdue")["dashGridOptions"]["domLayout"] == "autoHeight"

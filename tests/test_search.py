"""Search: what stands on a ticket or a receipt leads to it, however it is typed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from test_layouts import CATALOGUES, having, prop, text

from dashboard import search as s
from dashboard.events import Event
from dashboard.facts import Facts
from dashboard.fold import fold
from dashboard.i18n import LANGUAGES
from dashboard.state import CentreState, new_state
from layouts import search
from layouts.asked import Asked, read_asked
from layouts.search import Results
from layouts.view import View
from tests.small_network import DAY, MINUTE, MONDAY_10, NETWORK, Maker

T = MONDAY_10
CODES = st.text("ABC012-", min_size=1, max_size=6)


def states(*events: tuple[str, Event]) -> list[CentreState]:
    found = {each.id: new_state(each.id) for each in NETWORK.centres}
    for centre, event in events:
        fold(found[centre], event, NETWORK, Facts(), T)
    return list(found.values())


def a_morning() -> list[CentreState]:
    """A012 at two centres today and on Friday at one; documents D-1, D-10 and E-1."""
    one, hall, two = Maker("/one/main"), Maker("/one/hall"), Maker("/two/main")
    return states(
        ("one", one("ticket.issued", T - 3 * DAY, ticket="A012", service="estate")),
        ("one", one("ticket.issued", T - 30 * MINUTE, ticket="A012", service="estate")),
        ("one", one("ticket.called", T - 20 * MINUTE, ticket="A012", window="1", operator="o")),
        ("one", one("ticket.finished", T - 10 * MINUTE, ticket="A012")),
        ("one", hall("ticket.issued", T - 5 * MINUTE, ticket="A0125", service="idcard")),
        ("two", two("ticket.issued", T - 8 * MINUTE, ticket="A012", service="idcard")),
        ("two", two("ticket.issued", T - 9 * MINUTE, ticket="B7", service="idcard")),
        ("one", one("application.accepted", T - 20 * DAY, application="D-10", service="estate")),
        ("two", two("application.accepted", T - 2 * DAY, application="D-1", service="estate")),
        ("two", two("application.accepted", T - 2 * DAY, application="E-1", service="estate")),
    )


@pytest.mark.parametrize("wanted", ["A012", "a012", " A012 ", "А012", "а012"])
def test_a_ticket_is_found_in_every_branch_the_newest_first_however_it_is_typed(wanted: str) -> None:
    """The last two are typed in Cyrillic."""
    found = s.tickets(a_morning(), wanted, T)
    assert [(each.centre, each.branch, each.started, each.state) for each in found] == [
        ("two", "main", T - 8 * MINUTE, "waiting"),
        ("one", "main", T - 30 * MINUTE, "served"),
        ("one", "main", T - 3 * DAY, ""),
    ]


def test_only_where_no_ticket_has_that_very_number_those_that_begin_so_are_given() -> None:
    assert [each.number for each in s.tickets(a_morning(), "A0125", T)] == ["A0125"]
    assert {each.number for each in s.tickets(a_morning(), "A01", T)} == {"A012", "A0125"}
    assert s.tickets(a_morning(), "C", T) == []


def test_a_number_that_was_used_twice_on_a_day_is_two_tickets_of_that_number() -> None:
    at = Maker()
    found = s.tickets(
        states(
            ("one", at("ticket.issued", T - 50 * MINUTE, ticket="A1", service="estate")),
            ("one", at("ticket.abandoned", T - 40 * MINUTE, ticket="A1")),
            ("one", at("ticket.issued", T - 20 * MINUTE, ticket="A1", service="estate")),
        ),
        "A1",
        T,
    )
    assert [(each.number, each.state) for each in found] == [("A1", "waiting"), ("A1", "left")]


def test_what_has_not_happened_yet_is_not_found() -> None:
    found = s.tickets(a_morning(), "A012", T - 25 * MINUTE)
    assert [each.state for each in found] == ["waiting", ""]
    assert s.documents(a_morning(), "E", T - 3 * DAY) == []


def test_a_document_is_found_by_the_beginning_of_its_code_the_very_one_first() -> None:
    assert [each.code for each in s.documents(a_morning(), "d-1", T)] == ["D-1", "D-10"]
    assert [each.code for each in s.documents(a_morning(), "D-10", T)] == ["D-10"]


@pytest.mark.parametrize("wanted", ["", "  ", "\n"])
def test_nothing_is_found_by_nothing(wanted: str) -> None:
    assert s.tickets(a_morning(), wanted, T) == []
    assert s.documents(a_morning(), wanted, T) == []


@given(st.lists(CODES, max_size=20, unique=True), CODES)
def test_all_documents_that_begin_so_are_found_once_and_no_other(codes: list[str], wanted: str) -> None:
    at = Maker()
    live = states(*(("one", at("application.accepted", T, application=code, service="estate")) for code in codes))
    found = s.documents(live, wanted, T)
    assert sorted(each.code for each in found) == sorted(code for code in codes if code.startswith(wanted))
    assert s.in_order([*found, *found], wanted) == found
    if wanted in codes:
        assert found[0].code == wanted


# --- The page


def view(language: str = "ru") -> View:
    return View(NETWORK, CATALOGUES[language], "day", T)


def asked(**query: str) -> Asked:
    return read_asked("/search", query, NETWORK.local, T)


def drawn(wanted: str, language: str = "ru", live: list[CentreState] | None = None, **query: str) -> Any:
    from dash import html

    live = a_morning() if live is None else live
    found = Results(s.documents(live, wanted, T), s.tickets(live, wanted, T), s.since(NETWORK, T), T)
    return html.Div(search.results(view(language), asked(q=wanted, **query), found))


def test_a_hit_leads_to_the_ticket_or_the_document_in_the_same_moment() -> None:
    page = drawn("A012", at="2026-11-23T10:00")
    (newest, *_) = having(page, "data-hit", "A012")
    issued = f"{T - 8 * MINUTE:.3f}"
    assert [prop(each, "href") for each in having(newest, "href")] == [
        f"/branch/two/main?at=2026-11-23T10:00&ticket=A012&issued={issued}"
    ]
    page = drawn("E-1")
    assert [prop(each, "href") for each in having(page, "href")] == ["/deadlines?document=E-1"]


def test_a_hit_says_enough_to_tell_it_from_others() -> None:
    said = text(having(drawn("A012"), "data-hit", "A012")[0])
    for part in ("23 ноября, 09:52", "two", "main", "Удостоверение", "ждёт"):
        assert part in said
    assert "принят, в центре, просрочен · срок 13 ноября" in text(having(drawn("D-10"), "data-hit", "D-10")[0])


def test_an_exact_ticket_stands_before_documents_that_only_begin_so() -> None:
    at = Maker()
    live = states(
        ("one", at("ticket.issued", T, ticket="D-1", service="estate")),
        ("one", at("application.accepted", T, application="D-10", service="estate")),
    )
    page = drawn("D-1", live=live)
    assert [prop(each, "data-found") for each in having(page, "data-found")] == ["tickets", "documents"]
    assert [prop(each, "data-hit") for each in having(page, "data-exact")] == ["D-1"]
    page = drawn("D-10", live=live)
    assert [prop(each, "data-found") for each in having(page, "data-found")] == ["documents"]


def test_of_very_many_the_first_are_shown_and_more_of_the_code_is_asked_for() -> None:
    at = Maker()
    live = states(
        *(("one", at("application.accepted", T, application=f"D{n:03}", service="estate")) for n in range(50))
    )
    page = drawn("D", live=live)
    assert len(having(page, "data-hit")) == s.MOST
    assert "больше 20" in text(page)
    assert "уточните номер" in text(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_when_nothing_is_found_it_is_said_what_can_be_and_how_far_back(language: str) -> None:
    page = drawn("<i>zzz</i>", language)
    assert "<i>zzz</i>" in text(page)
    assert "{" not in text(page)
    if language == "ru":
        assert "начиная с 15 ноября" in text(page)


def test_the_first_day_is_the_first_whose_tickets_are_kept() -> None:
    at = Maker()
    day = s.since(NETWORK, T)
    kept = NETWORK.local.at(day, 10 * 3600)
    live = states(
        ("one", at("ticket.issued", kept - DAY, ticket="OLD", service="estate")),
        ("one", at("ticket.issued", kept, ticket="KEPT", service="estate")),
        ("one", at("ticket.issued", T, ticket="NOW", service="estate")),
    )
    assert [each.number for each in s.tickets(live, "KEPT", T)] == ["KEPT"]
    assert s.tickets(live, "OLD", T) == []


def test_without_a_question_the_page_says_what_can_be_asked() -> None:
    from dash import html

    assert "Что можно найти" in text(html.Div(search.results(view(), asked(), None)))


def test_a_document_known_to_history_and_to_the_live_state_is_one_hit() -> None:
    live = s.documents(a_morning(), "E-1", T)
    older = structs.replace(live[0], application=structs.replace(live[0].application, branch="hall"))
    assert s.in_order([older, *live], "E-1") == live

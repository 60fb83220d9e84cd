"""Addresses: what is understood, what is told of, and links that keep the thread."""

from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from dashboard.calendars import LocalTime
from layouts.asked import FILTERS, LONGEST, THREAD, Asked, read_asked

ATYRAU = LocalTime("Asia/Atyrau")
NOW = 1_795_594_200.0
"""25 November 2026, 13:10 in Atyrau."""


def asked(path: str = "/centre/makat", /, **query: str) -> Asked:
    centre = path.removeprefix("/centre/") if path.startswith("/centre/") else None
    return read_asked(path, query, ATYRAU, NOW, centre=centre)


def query(href: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(href).query).items()}


def test_a_link_to_another_page_keeps_the_moment_and_the_period_and_leaves_the_rest() -> None:
    page = asked(at="2026-11-24T10:30", period="week", compare="before", number="queue.waiting", service="x", lang="kk")
    assert query(page.centre_href("atyrau-1")) == {"at": "2026-11-24T10:30", "period": "week", "compare": "before"}
    assert urlsplit(page.centre_href("atyrau-1")).path == "/centre/atyrau-1"


def test_a_link_on_the_page_keeps_all_but_what_it_changes() -> None:
    page = asked(period="week", number="queue.waiting", service="x")
    assert query(page.href(number=None)) == {"period": "week", "service": "x"}
    assert query(page.href(from_="2026-11-01", period="custom"))["from"] == "2026-11-01"


def test_a_link_with_nothing_to_say_has_no_question_mark() -> None:
    assert asked().href("/staff") == "/staff"


def test_a_numbers_link_names_its_place_only_when_it_is_not_the_pages_own() -> None:
    assert query(asked().number_href("sla.overdue", "makat")) == {"number": "sla.overdue"}
    assert query(asked().number_href("sla.overdue", "makat", "main"))["of"] == "makat/main"
    assert query(asked("/deadlines").number_href("sla.overdue"))["number"] == "sla.overdue"


def test_closing_a_number_leaves_a_page_that_was_narrowed_to_a_centre_as_narrow() -> None:
    assert query(asked(number="sla.overdue", of="atyrau-1", period="week").closed_href()) == {"period": "week"}
    assert query(asked("/staff", number="turnover.posts", of="makat/main").closed_href()) == {"of": "makat/main"}


def test_a_ticket_and_a_document_have_addresses_of_their_own() -> None:
    page = asked(at="2026-11-24T10:30")
    ticket = page.ticket_href("makat", "main", "A 1/2", 1.5)
    assert urlsplit(ticket).path == "/branch/makat/main"
    assert query(ticket) == {"at": "2026-11-24T10:30", "ticket": "A 1/2", "issued": "1.500"}
    assert query(page.document_href("Ү-1"))["document"] == "Ү-1"


def test_what_cannot_be_is_told_of_and_the_page_is_as_if_it_had_not_been_said() -> None:
    page = asked(at="tomorrow", period="aeon", service="x" * (LONGEST + 1))
    assert {kind for kind, _ in page.problems} == {"not_a_moment", "unknown_period", "too_long"}
    assert page.at is None
    assert page.period.key == "today"
    assert page.href() == "/centre/makat"


def test_the_period_is_seen_from_the_moment_that_is_shown() -> None:
    page = asked(at="2026-11-20T10:30", period="week")
    assert page.period.last == asked().period.last - 5


MEMBERS = st.sampled_from([*THREAD, "number", *FILTERS, "unknown"])


@given(st.dictionaries(MEMBERS, st.text(max_size=LONGEST + 2)))
def test_whatever_is_asked_the_page_has_an_address_that_says_the_same_again(said: dict[str, str]) -> None:
    page = read_asked("/deadlines", said, ATYRAU, NOW)
    again = read_asked("/deadlines", query(page.href()), ATYRAU, NOW)
    assert (again.period, again.at, again.number, again.filters) == (page.period, page.at, page.number, page.filters)
    assert not again.problems

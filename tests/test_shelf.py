"""Rows kept between drawings: never other than what the picture counts, and not made anew for nothing."""

from typing import Any

import pytest
from msgspec import structs

from dashboard import shelf as s
from dashboard.deadlines import Hold
from dashboard.papers import NUMBER_OF, oldest_first
from dashboard.snapshot import centre_snapshot
from dashboard.state import CentreState, new_state
from tests.small_network import DAY, MONDAY_10, NETWORK
from tests.test_papers import TODAY, made, state_of

T = MONDAY_10


class Picture:
    """A moment of the small network."""

    def __init__(self, one: CentreState, now: float = T, *, is_past: bool = False) -> None:
        self.states = {each.id: new_state(each.id) for each in NETWORK.centres} | {"one": one}
        self.now, self.is_past, self.asked = now, is_past, 0

    def centre(self, centre: str) -> dict[str, Any]:
        return centre_snapshot(self.states[centre], NETWORK, self.now)

    def state(self, centre: str) -> CentreState:
        self.asked += centre == "one"
        return self.states[centre]

    def clock(self, centre: str) -> float:
        return self.now


@pytest.fixture
def shelf() -> s.Shelf:
    return s.Shelf(NETWORK)


def test_as_many_rows_as_the_picture_counts_also_after_it_changed(shelf: s.Shelf) -> None:
    documents = [made(due=TODAY - 3), made(due=TODAY), made(due=TODAY - 2, ready=T - DAY)]
    for count in range(len(documents) + 1):
        picture = Picture(state_of(documents[:count]))
        found, shown = shelf.papers(picture), picture.centre("one")["sla"]
        for group, number in NUMBER_OF.items():
            assert len(oldest_first(found, group)) == shown[number.partition(".")[2]]


def test_rows_are_not_made_again_while_no_number_of_documents_changes(shelf: s.Shelf) -> None:
    first, second = Picture(state_of([made()])), Picture(state_of([made()]), T + 3)
    assert shelf.papers(first) == shelf.papers(second)
    assert (first.asked, second.asked) == (1, 0)


@pytest.mark.parametrize("later", [s.KEPT_S, -1.0])
def test_rows_are_made_again_after_a_minute_and_for_an_earlier_picture(shelf: s.Shelf, later: float) -> None:
    shelf.papers(Picture(state_of([made()])))
    again = Picture(state_of([made()]), T + later)
    shelf.papers(again)
    assert again.asked == 1


def test_rows_are_made_again_when_the_day_changes(shelf: s.Shelf) -> None:
    midnight = NETWORK.local.day_start(TODAY + 1)
    shelf.papers(Picture(state_of([]), midnight - 1))
    after = Picture(state_of([]), midnight + 1)
    shelf.papers(after)
    assert after.asked == 1


def test_a_document_that_moved_to_an_agency_moves_in_the_rows(shelf: s.Shelf) -> None:
    document = made()
    shelf.papers(Picture(state_of([document])))
    moved = structs.replace(document, holds=[Hold("cadastre", T - 60)])
    assert [each.holder for each in shelf.papers(Picture(state_of([moved]), T + 2))] == ["cadastre"]


def test_the_past_is_neither_kept_nor_taken_from_what_is(shelf: s.Shelf) -> None:
    shelf.papers(Picture(state_of([made()])))
    past = Picture(state_of([made()]), is_past=True)
    shelf.papers(past)
    assert past.asked == 1
    now = Picture(state_of([made()]), T + 2)
    shelf.papers(now)
    assert now.asked == 0


def test_a_centre_that_is_yet_to_open_has_no_rows(shelf: s.Shelf) -> None:
    picture = Picture(state_of([]))
    picture.states["three"] = state_of([made()], "three")
    assert shelf.papers(picture) == []


def test_a_document_is_found_in_whatever_centre_it_is(shelf: s.Shelf) -> None:
    picture = Picture(state_of([made()]))
    for _ in range(2):
        found = shelf.find(picture, "D000")
        assert found is not None
        assert (found[0], found[1].service) == ("one", "estate")
    assert shelf.find(picture, "D999") is None
    assert shelf.find(Picture(state_of([])), "D000") is None

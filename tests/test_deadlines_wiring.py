"""Where the deadlines page looks for a document: first the live state, then history, which has all there ever were."""

from types import SimpleNamespace
from typing import Any

import pytest
from dash import html
from test_deadlines_layout import BUSY, NETWORK, NOW, TODAY, asked, document, view
from test_layouts import having, text

from callbacks import deadlines
from dashboard.shelf import Shelf
from dashboard.state import Application, new_state


class Moment:
    """A moment whose live states hold no documents but those given for one centre."""

    is_past, at = False, NOW

    def __init__(self, live: dict[str, Application]) -> None:
        self._states = {each.id: new_state(each.id) for each in NETWORK.centres}
        self._states[BUSY].applications = live

    def state(self, centre: str) -> Any:
        return self._states[centre]


def shown(live: dict[str, Application], kept: dict[str, Application], code: str = "D") -> str:
    rollups = SimpleNamespace(document=lambda code: (BUSY, code, kept[code]) if code in kept else None)
    viewing: Any = SimpleNamespace(shelf=Shelf(NETWORK), services=SimpleNamespace(rollups=rollups))
    return text(html.Div(deadlines.now(viewing, view(), asked(document=code), Moment(live))))


LATE, DONE = document(TODAY - 3), document(TODAY - 90, took=40.0)


def test_a_live_document_is_told_of_as_the_live_state_has_it() -> None:
    assert "Просрочен на 3 дня" in shown({"D": LATE}, {"D": DONE})


def test_a_document_that_the_live_state_let_go_of_comes_from_history() -> None:
    assert "с опозданием на 30 дней" in shown({}, {"D": DONE})


@pytest.mark.parametrize("kept", [{}, {"D": document(TODAY + 30)}])
def test_one_that_nobody_has_or_that_comes_later_is_not_known(kept: dict[str, Application]) -> None:
    assert "не найден" in shown({}, kept)


def test_nothing_of_the_lists_is_drawn_with_a_document_and_there_is_no_period() -> None:
    page = html.Div(deadlines.history(None, view(), asked(document="D"), None))  # type: ignore[arg-type]
    assert not having(page, "className")

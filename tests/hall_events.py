"""Any events of a small branch, in any order and against all sense: what is shown of them must still add up."""

from typing import Any

from hypothesis import strategies as st

from dashboard.events import Event
from dashboard.facts import Facts
from dashboard.fold import fold, new_state
from dashboard.state import CentreState
from tests.small_network import MONDAY_10, NETWORK, Maker

T = MONDAY_10
WINDOWS = ("1", "2", "3", "12")
"""The network file names the first three."""
_OPERATORS, _TICKETS, _BRANCHES = ("op1", "op2", "op3"), ("A1", "A2", "A3", "B1"), ("main", "main", "main", "hall")
_WINDOW = {"window": WINDOWS, "operator": _OPERATORS}
_KINDS: dict[str, dict[str, tuple[Any, ...]]] = {
    "ticket.issued": {"ticket": _TICKETS, "service": ("estate", "idcard")},
    "ticket.called": {"ticket": _TICKETS, **_WINDOW},
    "ticket.started": {"ticket": _TICKETS, **_WINDOW},
    "ticket.finished": {"ticket": _TICKETS, "outcome": ("served", "refused", "incomplete")},
    "ticket.abandoned": {"ticket": _TICKETS, "reason": ("left", "no_show")},
    "ticket.transferred": {"ticket": _TICKETS, "branch": (None, "hall", "main"), "service": (None, "idcard")},
    **{f"operator.{kind}": _WINDOW for kind in ("opened", "paused", "resumed", "closed")},
}
_TYPES = [*_KINDS, "ticket.issued", "ticket.called", "ticket.finished"]


def _event(drawn: tuple[int, int, int, int]) -> tuple[str, str, float, dict[str, Any]]:
    """(branch, type, moment, data): ``choices`` says which of its possible values each member has."""
    place, seconds, branch, choices = drawn
    type_, data = _TYPES[place], dict[str, Any]()
    for name, values in _KINDS[type_].items():
        value = values[choices % len(values)]
        choices //= len(values)
        data |= {} if value is None else {name: value}
    return _BRANCHES[branch], type_, T + seconds, data


def _events(drawn: list[tuple[int, int, int, int]]) -> list[Event]:
    makers = {branch: Maker(f"/one/{branch}") for branch in _BRANCHES}
    return [makers[branch](type_, moment, **data) for branch, type_, moment, data in map(_event, drawn)]


_ROUND = st.sampled_from([-10 * 3600, -3600, 0, 3600])
"""Midnight, and whole hours: where a bound is in or out."""
_MOMENT = st.one_of(st.integers(-7200, 3600), st.integers(-22 * 3600, 3600), _ROUND)
events = st.lists(
    st.tuples(st.integers(0, len(_TYPES) - 1), _MOMENT, st.integers(0, 3), st.integers(0, 4 * 4 * 3 - 1)),
    min_size=1,
    max_size=40,
).map(_events)
"""Up to 40 events of the branches "main" and "hall" of centre "one", from yesterday noon until an hour after T."""

moments = st.one_of(st.integers(-7200, 3600), _ROUND).map(lambda later: T + later)
"""When they are looked at."""


def state_of(given: list[Event], arrived: float = T) -> CentreState:
    state = new_state("one")
    for event in given:
        fold(state, event, NETWORK, Facts(), arrived)
    return state

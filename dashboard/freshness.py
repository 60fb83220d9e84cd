"""How fresh a centre's picture is (design §4): live, late, silent, closed or planned."""

from typing import Final, Literal

from dashboard.hours import centre_is_open
from dashboard.network import Centre, Network
from dashboard.state import CentreState

LATE_S: Final = 60.0
SILENT_S: Final = 300.0

Freshness = Literal["live", "late", "silent", "closed", "planned"]


def freshness(state: CentreState, centre: Centre, network: Network, now: float) -> Freshness:
    """``planned`` before it opens, ``closed`` outside opening hours or after ``centre.closed``; in them ``live`` when
    its newest event is at most 60 s old, ``late`` over 60 s, ``silent`` when nothing has come for over 5 min."""
    if is_planned(state, centre, now):
        return "planned"
    said = last_opening(state, now)
    if said is False or not centre_is_open(centre, network, now):
        return "closed"
    if is_silent(state, now):
        return "silent"
    return "live" if state.heard is not None and now - state.heard <= LATE_S else "late"


def is_silent(state: CentreState, now: float) -> bool:
    """Whether nothing has come for over 5 minutes: neither a fresh event nor one that tells of the last day."""
    return all(each is None or now - each > SILENT_S for each in (state.heard, state.arrived))


def is_planned(state: CentreState, centre: Centre, now: float) -> bool:
    """Whether a centre that the network file plans has not said that it opened."""
    return centre.planned and last_opening(state, now) is None


def last_opening(state: CentreState, now: float) -> bool | None:
    """What the last ``centre.opened`` (True) or ``centre.closed`` (False) said by ``now``; None when none came."""
    said: bool | None = None
    for moment, opened in state.openings:
        if moment <= now:
            said = opened
    return said


def picture_at(state: CentreState, now: float) -> float:
    """The moment that a centre's queue and load are shown for: now while it is heard, else when it was last heard.

    Nobody knows the queue of a silent centre: what is shown is the last known picture, marked as old.
    """
    return state.heard if state.heard is not None and is_silent(state, now) else now

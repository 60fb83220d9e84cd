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
    heard within 60 s, ``late`` over 60 s, ``silent`` over 5 min or never heard."""
    if is_planned(state, centre, now):
        return "planned"
    said = last_opening(state, now)
    if said is False or not centre_is_open(centre, network, now):
        return "closed"
    if state.heard is None:
        return "silent"
    age = now - state.heard
    return "silent" if age > SILENT_S else "late" if age > LATE_S else "live"


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
    return now if state.heard is None or now - state.heard <= SILENT_S else state.heard

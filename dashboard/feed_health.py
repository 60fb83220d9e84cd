"""Is a centre's feed well: what is wrong with it, and which feed needs somebody first. Plain data in and out.

A feed is a mapping as :meth:`data_sources.feeds.Feeds.rows` gives it (docs/feeds.md).
"""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any, Final, Literal

Mark = Literal["ok", "watch", "act"]
Trouble = Literal["silent", "late", "behind", "clock", "outbox", "few", "refused"]
Against = Literal["nothing", "almost_nothing", "third", "half", "usual", "twice", "far_more"]

SLOW_S: Final = 300.0
"""Events that are so old when they are sent are behind: the centre's tile is as old."""
CLOCK_S: Final = 30.0
"""As in data_sources.agent: from here on a clock is wrong."""
OUTBOX: Final = 1000
"""One batch of the agent: more than that waits only when the link is slow or was away."""
AGENT_OLD_S: Final = 300.0
"""What an agent said of itself is true for so long; a well one speaks every 30 s."""
REFUSED_S: Final = 3600.0
"""A refusal is news for so long."""
LEAST_USUAL: Final = 10
"""With fewer events usual in the hour nothing is said of more or less: chance alone makes such differences."""
_STEPS: Final[tuple[tuple[float, Against], ...]] = ((0.15, "almost_nothing"), (0.4, "third"), (0.65, "half"))
_MORE: Final[tuple[tuple[float, Against], ...]] = ((2.5, "far_more"), (1.6, "twice"))
_FEW: Final = ("nothing", "almost_nothing", "third")


def against(count: int, usual: float | None) -> Against | None:
    """How many events there were against the usual number; None where that cannot be said.

    "usual" is also whatever lies within two standard deviations of a count (Poisson: 2 √usual): that is chance.
    """
    if usual is None or usual < LEAST_USUAL:
        return None
    if count == 0:
        return "nothing"
    if abs(count - usual) <= 2 * sqrt(usual):
        return "usual"
    ratio = count / usual
    for edge, word in _STEPS:
        if ratio < edge:
            return word
    return next((word for edge, word in _MORE if ratio >= edge), "usual")


def troubles(feed: Mapping[str, Any], now: float) -> dict[Trouble, Mark]:
    """What is wrong with a feed at ``now`` (epoch seconds), and how much it matters; empty when nothing is.

    Only silence asks to act at once, as it does on the wall: the rest is to be looked at. A centre that is closed or
    has not opened is asked for nothing but its clock and its refusals.
    """
    found: dict[Trouble, Mark] = {}
    state, beat, agent, rate = feed["state"], feed["beat"], feed["agent"], feed["rate"]
    if state == "silent":
        found["silent"] = "act"
    elif state == "late":
        found["late"] = "watch"
    if state in ("live", "late"):
        if beat and (beat["lag_s"] or 0.0) >= SLOW_S:
            found["behind"] = "watch"
        if rate and against(rate["count"], rate["usual"]) in _FEW:
            found["few"] = "watch"
        if agent and agent["outbox"] is not None and agent["outbox"] > OUTBOX:
            found["outbox"] = "watch"
    if agent and abs(agent["offset_s"] or 0.0) > CLOCK_S:
        found["clock"] = "watch"
    if any(now - each["at"] <= REFUSED_S for each in feed["last_refusals"]):
        found["refused"] = "watch"
    return found


def mark(found: Mapping[Trouble, Mark]) -> Mark:
    """The worst of them."""
    return "act" if "act" in found.values() else "watch" if found else "ok"


def worst_first(feeds: Sequence[Mapping[str, Any]], now: float) -> list[Mapping[str, Any]]:
    """Those to act on, those to look at (the most troubles first), the well, the closed, the planned; equal ones in
    the network file's order."""
    resting = {"closed": 1, "planned": 2}

    def order(feed: Mapping[str, Any]) -> tuple[int, int, int]:
        found = troubles(feed, now)
        return -("ok", "watch", "act").index(mark(found)), resting.get(feed["state"], 0), -len(found)

    return sorted(feeds, key=order)

"""When the weekly deck is sent by itself: every Friday the last week that is over (docs/week.md). And what is sent.

Days are local ordinals, moments epoch seconds, times of day seconds after midnight.
"""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from dashboard.deck import Deck
from dashboard.network import Network
from dashboard.week import Week, week_of

FRIDAY: Final = 4
"""Days after Monday."""


class Letter(Struct, frozen=True):
    """A deck, and what is written with it."""

    title: str
    body: str
    deck: Deck


Make = Callable[[Week, str, str], Letter | None]
"""(week, language, centre or "" for the network) to what is sent; None while the week is not known."""


class Posting(Struct, frozen=True):
    """What is to be sent in the week that is under way."""

    week: Week
    """Whose deck: the last week that is over, the one that ``/week`` shows."""
    day: int
    """On which day it goes; and on the days after it, to whom it did not go, until the next week begins."""

    def due(self, network: Network, at_s: float) -> float:
        """When it goes to who wants it at a time of day."""
        return network.local.at(self.day, at_s)


def posting(network: Network, now: float) -> Posting:
    """What is to be sent at ``now``, or later in its week."""
    running = week_of(network.local.day(now))
    return Posting(running.before(), sending_day(network, running))


def sending_day(network: Network, running: Week) -> int:
    """The Friday of a week, or the last working day before it; the Friday itself where none of them is one."""
    friday = running.first + FRIDAY
    days = range(friday, running.first - 1, -1)
    return next((day for day in days if network.calendar.is_working(day)), friday)

"""A line of a simulated centre that somebody has cut, to see what happens then (docs/simulator.md).

Only the simulator looks here, so nothing can be done to the feed of a real centre.
"""

from contextlib import suppress
from typing import Any

import redis

from dashboard.network import Network


def cuts_key(network: str) -> str:
    """A hash: centre to the moment until which its line is cut (epoch seconds)."""
    return f"tendays:{network}:simulator-cuts"


def cut(client: Any, network: Network, centre: str, until: float) -> None:
    """From now until ``until`` nothing of this simulated centre gets through; a moment that has passed mends it."""
    client.hset(cuts_key(network.id), centre, until)


class Cuts:
    """What is cut now, asked once for all centres."""

    def __init__(self, client: Any, network: Network) -> None:
        self._client, self._key = client, cuts_key(network.id)
        self._until: dict[str, float] = {}

    def read(self) -> None:
        """With the server away it stays what it was."""
        with suppress(redis.ConnectionError, redis.TimeoutError):
            self._until = {centre.decode(): float(until) for centre, until in self._client.hgetall(self._key).items()}

    def covers(self, centre: str, now: float) -> bool:
        return now < self._until.get(centre, 0.0)

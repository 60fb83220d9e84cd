"""The line between a centre and the network in live operation: heartbeats, and outages now and then."""

from math import exp, log
from random import Random

from dashboard.network import Centre
from data_sources.simulator.parameters import Parameters
from data_sources.simulator.state import Run

_HOUR_S = 3600.0


class Link:
    """When a centre's line is down (the same for the same run), and when its next heartbeat is due."""

    def __init__(self, centre: Centre, parameters: Parameters, run: Run, begun: float, number: int) -> None:
        """``begun`` is the start of live operation (epoch seconds), ``number`` the centre's place in the network."""
        self._rules = parameters.link
        self._name = f"{run.seed}:link:{centre.id}"
        self._per_hour = parameters.character(centre).outages_per_day / 24
        self._quiet_until = begun + self._rules.quiet_minutes * 60
        self._prefix = run.prefix
        self._outages: dict[int, tuple[float, float] | None] = {}
        # centres beat in turn, so that the network's heartbeats are spread over their interval
        self._next_beat = begun + (number % 16) / 16 * min(1.0, self._rules.heartbeat_s)

    def is_down(self, now: float) -> bool:
        hour = int(now // _HOUR_S)
        return any(self._covers(each, now) for each in (hour - 1, hour))

    def heartbeat_due(self, now: float) -> bool:
        """Whether a heartbeat is due; asking when one is counts as beating."""
        if now < self._next_beat:
            return False
        self._next_beat = max(self._next_beat + self._rules.heartbeat_s, now)
        return True

    def heartbeat_id(self, now: float) -> str:
        return f"{self._prefix}h{round(now * 1000)}"

    def _covers(self, hour: int, now: float) -> bool:
        if hour not in self._outages:
            self._outages = {each: self._outage(each) for each in (hour - 1, hour, hour + 1)}
        outage = self._outages[hour]
        return outage is not None and outage[0] <= now < outage[1] and outage[0] >= self._quiet_until

    def _outage(self, hour: int) -> tuple[float, float] | None:
        """The outage that begins in an hour of the epoch, as (from, until)."""
        rng = Random(f"{self._name}:{hour}")
        if rng.random() >= self._per_hour:
            return None
        least, most = self._rules.outage_limits_minutes
        minutes = exp(rng.gauss(log(self._rules.outage_minutes), self._rules.outage_sigma))
        begins = (hour + rng.random()) * _HOUR_S
        return begins, begins + 60 * min(most, max(least, minutes))

"""A meeting's directives, put on the centre's own stream like every other event."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final
from uuid import uuid4

import msgspec
import redis

from dashboard.calendars import utc
from dashboard.intake import Refusal, accept
from dashboard.network import Network
from dashboard.week import NumberKey, Week
from dashboard.week_meeting import Code, next_number
from data_sources.stream import events_key

CLAIM_S: Final = 86_400
"""A code is claimed for so long: until then its event stands in the state, and the next one is counted from there."""


class DirectiveError(ValueError):
    """The directive is no event that the worker would take."""


class Directives:
    """Gives directives; ``codes`` are those that a centre's state knows."""

    def __init__(
        self,
        client: redis.Redis,
        network: Network,
        codes: Callable[[str], Iterable[str]],
        clock: Callable[[], float],
    ) -> None:
        self._redis, self._network, self._codes, self._clock = client, network, codes, clock

    def issue(self, week: Week, centre: str, key: NumberKey, text: str, due: str) -> str:
        """Put ``directive.issued`` on the stream; gives its code. ``due`` is an ISO day.

        :class:`DirectiveError` for what the worker would refuse: nothing is sent then.
        """
        now, code = self._clock(), self._claim(week, centre, key)
        data: dict[str, Any] = {"directive": code, "text": text, "due": due}
        members = {"specversion": "1.0", "id": uuid4().hex, "source": f"/{centre}", "type": "directive.issued"}
        raw = msgspec.json.encode({**members, "time": utc(now), "data": data})
        found = accept(raw, self._network, centre, now)
        if isinstance(found, Refusal):
            raise DirectiveError(found.reason())
        self._redis.xadd(events_key(centre), {"event": raw})
        return code

    def _claim(self, week: Week, centre: str, key: NumberKey) -> str:
        """The first free code: two who decide at once get two."""
        number = next_number(self._codes(centre), week, centre, key)
        while True:
            code = Code(week, centre, key, number).text
            if self._redis.set(f"tendays:{self._network.id}:directive:{code}", "1", nx=True, ex=CLAIM_S):
                return code
            number += 1

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
        code = self._claim(week, centre, key)
        self._send(centre, uuid4().hex, "directive.issued", {"directive": code, "text": text, "due": due})
        return code

    def done(self, centre: str, code: str) -> bool:
        """Put ``directive.done`` on the stream; False when that was said already and the worker has yet to tell of it.

        The event's id is the code's own, so that history never takes a second one, however often it is said.
        :class:`DirectiveError` for what the worker would refuse: nothing is sent then.
        """
        if not self._redis.set(self._said_key(code), "1", nx=True, ex=CLAIM_S):
            return False
        try:
            self._send(centre, f"directive-done:{code}", "directive.done", {"directive": code})
        except (redis.RedisError, DirectiveError):
            self._redis.delete(self._said_key(code))
            raise
        return True

    def is_said(self, code: str) -> bool:
        """Whether it was said within the day that a directive is done; False too while Redis does not answer: a page
        is not lost for that."""
        try:
            return bool(self._redis.exists(self._said_key(code)))
        except redis.RedisError:
            return False

    def _said_key(self, code: str) -> str:
        return f"tendays:{self._network.id}:directive-done:{code}"

    def _send(self, centre: str, id_: str, type_: str, data: dict[str, Any]) -> None:
        now = self._clock()
        members = {"specversion": "1.0", "id": id_, "source": f"/{centre}", "type": type_}
        raw = msgspec.json.encode({**members, "time": utc(now), "data": data})
        found = accept(raw, self._network, centre, now)
        if isinstance(found, Refusal):
            raise DirectiveError(found.reason())
        self._redis.xadd(events_key(centre), {"event": raw})

    def _claim(self, week: Week, centre: str, key: NumberKey) -> str:
        """The first free code: two who decide at once get two."""
        number = next_number(self._codes(centre), week, centre, key)
        while True:
            code = Code(week, centre, key, number).text
            if self._redis.set(f"tendays:{self._network.id}:directive:{code}", "1", nx=True, ex=CLAIM_S):
                return code
            number += 1

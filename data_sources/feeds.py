"""Every centre's feed, as the page of feeds and the API show it (docs/feeds.md): one row a centre, plain data."""

from collections.abc import Callable
from typing import Any, Final

import msgspec
import redis
from sqlalchemy import Connection, func, select

from dashboard.facts import BUCKET_S
from dashboard.metrics import percentile
from dashboard.network import Network
from dashboard.snapshot import iso
from dashboard.usual import LEAST_DAYS, WEEKS, like_days
from data_sources import history_tables as t
from data_sources.feed_notes import FeedNotes, read_notes
from data_sources.history import History
from data_sources.stream import arrival, position_of, refused_key

LAST_REFUSALS: Final = 5
HOUR_S: Final = 3600
_FIELDS: Final = ("code", "reason", "member", "value", "expected")

Cached = Callable[[str, str, Callable[[], bytes]], bytes]


class Feeds:
    """Reads feeds. ``snapshot`` gives the published picture (JSON, may be empty), ``clock`` epoch seconds."""

    def __init__(
        self,
        client: redis.Redis,
        history: History,
        network: Network,
        snapshot: Callable[[], bytes],
        cached: Cached,
        clock: Callable[[], float],
    ) -> None:
        self._client, self._history, self._network = client, history, network
        self._snapshot, self._cached, self._clock = snapshot, cached, clock

    def rows(self) -> list[dict[str, Any]]:
        """One mapping a centre, in the network file's order: ``id``, ``state``, ``opens``, ``level``, ``as_of`` and
        ``arrived`` (the newest event's time, and when its stream took it); ``accepted``, ``duplicates`` and
        ``refused`` (by code) today; ``rate``, ``beat``, ``agent`` (None when not known); ``last_refusals``, the newest
        first."""
        now, network = self._clock(), self._network
        raw = self._snapshot()
        shown = {each["id"]: each for each in msgspec.json.decode(raw)["centres"]} if raw else {}
        counters = self._history.counters(network.local.day(now))
        notes = read_notes(self._client, [each.id for each in network.centres])
        rates = self.rates(now)
        return [
            _place(shown.get(each.id, {}))
            | {"id": each.id, **counters.get(each.id, {"accepted": 0, "duplicates": 0, "refused": {}})}
            | {"rate": rates.get(each.id), **_said(notes[each.id])}
            | {"last_refusals": self._last_refusals(each.id)}
            for each in network.centres
        ]

    def rates(self, now: float) -> dict[str, dict[str, Any]]:
        """Centre to ``count``, ticket events in the hour up to the last 5-minute mark before ``now``, and ``usual``,
        the median of the same hour on the same weekday of the last 8 weeks; None with fewer than 3 such days."""
        until = now // BUCKET_S * BUCKET_S
        with self._history.engine.connect() as connection:
            counts = self._counts(connection, until - HOUR_S)
        usual = self._usual(until - HOUR_S)
        return {
            each.id: {"count": counts.get(each.id, 0), "usual": usual.get(each.id)} for each in self._network.centres
        }

    def _usual(self, since: float) -> dict[str, float | None]:
        """The past of an hour, worked out once in 5 minutes for all viewers."""
        kept = self._cached("usual-rates", f"{since:.0f}", lambda: msgspec.msgpack.encode(self._medians(since)))
        return msgspec.msgpack.decode(kept, type=dict[str, float | None])

    def _medians(self, since: float) -> dict[str, float | None]:
        local, network = self._network.local, self._network
        day, seconds = local.day(since), local.seconds_of_day(since)
        days = [day - 7 * week for week in range(1, WEEKS + 1)]
        with self._history.engine.connect() as connection:
            counts = {each: self._counts(connection, local.at(each, seconds)) for each in days}
            known = self._days_known(connection, days)
        found: dict[str, float | None] = {}
        for centre in network.centres:
            worked = [each for each in like_days(day, centre.branches, network) if (centre.id, each) in known]
            values = [float(counts[each].get(centre.id, 0)) for each in worked]
            found[centre.id] = percentile(values, 0.5) if len(values) >= LEAST_DAYS else None
        return found

    def _counts(self, connection: Connection, since: float) -> dict[str, int]:
        """Ticket events of an hour by centre: issued, first called, served, abandoned, sent on."""
        c = t.BRANCH_5M.c
        events = func.sum(c.issued + c.called + c.served + c.abandoned + c.transferred_out)
        centres = [each.id for each in self._network.centres]
        where = (c.centre.in_(centres), c.start >= since, c.start < since + HOUR_S)
        rows = connection.execute(select(c.centre, events).where(*where).group_by(c.centre))
        return {centre: int(count) for centre, count in rows}

    def _days_known(self, connection: Connection, days: list[int]) -> set[tuple[str, int]]:
        """(centre, day) of days on which anything is known of a centre's queue."""
        c = t.BRANCH_DAY.c
        rows = connection.execute(select(c.centre, c.day).where(c.day.in_(days)).distinct())
        return {(centre, day) for centre, day in rows}

    def _last_refusals(self, centre: str) -> list[dict[str, Any]]:
        entries: Any = self._client.xrevrange(refused_key(centre), count=LAST_REFUSALS)
        return [
            {name: fields.get(name.encode(), b"").decode(errors="replace") for name in _FIELDS}
            | {
                "position": id_.decode(),
                "at": arrival(position_of(id_)),
                "raw": fields.get(b"event", b"").decode("utf-8", "backslashreplace"),
            }
            for id_, fields in entries
        ]


def _place(shown: dict[str, Any]) -> dict[str, Any]:
    position = shown.get("position")
    arrived = iso(arrival(position_of(position.encode()))) if position else None
    return {name: shown.get(name) for name in ("state", "level", "as_of", "opens")} | {"arrived": arrived}


def _said(notes: FeedNotes) -> dict[str, Any]:
    beat, agent = notes.beat, notes.agent
    return {
        "beat": beat and {"at": beat.at, "queue_system": beat.queue_system, "lag_s": beat.lag_s},
        "agent": agent
        and {
            "at": notes.agent_at,
            "version": agent.version,
            "outbox": agent.outbox,
            "offset_s": agent.offset_s,
        },
    }

"""Rollups: what pages show of the past, by period, from the sums that history keeps (docs/history.md).

Days are local ordinals, both ends included; moments are epoch seconds. ``branch=None`` is the whole centre,
``centre=None`` the network. An answer is kept in the cache for as long as nothing that it rests on changes: one that
ends before a centre's newest day is forgotten when an event changes an earlier day, any other with every new event.
"""

from collections.abc import Callable
from hashlib import blake2s
from typing import Any, Final, TypeVar, cast

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, func, select

from dashboard.counts import AgencyCounts, Counts, DocumentCounts
from dashboard.network import Network
from data_sources import history_tables as t
from data_sources import rollup_documents as d
from data_sources import rollup_queries as q
from data_sources.past import first_position
from data_sources.rollup_documents import DocumentKey, Found
from data_sources.stream import arrival

Answer = TypeVar("Answer")
Cached = Callable[[str, str, Callable[[], bytes]], bytes]
"""A cache: (name, key, make) to the bytes that are kept under name and key, or else those that ``make`` gives."""


def uncached(_name: str, _key: str, make: Callable[[], bytes]) -> bytes:
    """No cache at all."""
    return make()


_BY: Final[dict[DocumentKey | None, Any]] = {
    None: dict[None, DocumentCounts],
    "centre": dict[str, DocumentCounts],
    "service": dict[str, DocumentCounts],
    "day": dict[int, DocumentCounts],
    "week": dict[int, DocumentCounts],
}


class Held(Struct, frozen=True):
    """What rollups hold of a centre."""

    is_made: bool
    """Whether its sums are of this version; else they are being made anew, or will be when a worker starts."""
    first: int | None
    """The day from which on it tells of tickets and documents; None while it never did."""
    last: int
    """The newest day that it told of."""


class Rollups:
    """Answers from the rollup tables. Reading only; safe to share between threads."""

    def __init__(self, engine: Engine, network: Network, cached: Cached = uncached) -> None:
        self.engine, self.network, self._cached = engine, network, cached

    # tickets and operators

    def buckets(self, centre: str, since: float, until: float, branch: str | None = None) -> list[tuple[float, Counts]]:
        """5-minute rows in order of their starts, summed over branches; where nothing happened there is none."""
        last = self.network.local.day(until)
        return self._kept(
            "buckets",
            list[tuple[float, Counts]],
            (centre, since, until, branch),
            last,
            lambda connection: q.buckets(connection, centre, since, until, branch),
        )

    def waiting_line(self, centre: str, day: int, branch: str | None = None) -> list[tuple[float, int]]:
        """How many waited at each 5-minute mark, from 04:00 of a local day to 04:00 of the next.

        From the first mark before anybody came to the last one after anything happened; empty for a day without
        visitors. An event at the very mark counts after it.
        """
        return self._kept(
            "waiting_line",
            list[tuple[float, int]],
            (centre, day, branch),
            day + 1,
            lambda connection: q.waiting_line(connection, self.network, centre, day, branch),
        )

    def hours(self, centre: str, day: int, branch: str | None = None) -> dict[int, Counts]:
        """Local hour (0 to 23) of one day to its counts."""
        found = self.hour_of_week(centre, day, day, branch)
        return {hour: counts for (_, hour), counts in sorted(found.items())}

    def hour_of_week(
        self, centre: str, first_day: int, last_day: int, branch: str | None = None
    ) -> dict[tuple[int, int], Counts]:
        """(weekday, local hour) to the sum over all such hours; Monday is 0."""
        return self._kept(
            "hour_of_week",
            dict[tuple[int, int], Counts],
            (centre, first_day, last_day, branch),
            last_day,
            lambda connection: q.hours(connection, centre, first_day, last_day, branch),
        )

    def days(
        self, first_day: int, last_day: int, centre: str | None = None, branch: str | None = None
    ) -> dict[int, Counts]:
        """Local day to its counts, in order."""
        return self._kept(
            "days",
            dict[int, Counts],
            (centre, first_day, last_day, branch),
            last_day,
            lambda connection: q.days(connection, self._centres(centre), first_day, last_day, branch),
        )

    def services(
        self, first_day: int, last_day: int, centre: str | None = None, branch: str | None = None
    ) -> dict[str, Counts]:
        """Service to its tickets; "" are those whose issue was never heard."""
        return self._kept(
            "services",
            dict[str, Counts],
            (centre, first_day, last_day, branch),
            last_day,
            lambda connection: q.services(connection, self._centres(centre), first_day, last_day, branch),
        )

    def operators(
        self, first_day: int, last_day: int, centre: str, branch: str | None = None
    ) -> dict[tuple[str, str], Counts]:
        """(branch, operator code) to what was served and how the time was spent."""
        return self._kept(
            "operators",
            dict[tuple[str, str], Counts],
            (centre, first_day, last_day, branch),
            last_day,
            lambda connection: q.operators(connection, centre, first_day, last_day, branch),
        )

    def events(
        self, type_: str, first_day: int, last_day: int, centre: str | None = None, branch: str | None = None
    ) -> dict[tuple[int, str], int]:
        """(local day, key) to how many events of a type there were; the key is the service, agency, reason or score."""
        return self._kept(
            "events",
            dict[tuple[int, str], int],
            (centre, type_, first_day, last_day, branch),
            last_day,
            lambda connection: q.events(connection, type_, self._centres(centre), first_day, last_day, branch),
        )

    # documents

    def documents(
        self,
        first_day: int,
        last_day: int,
        centre: str | None = None,
        branch: str | None = None,
        by: DocumentKey | None = None,
    ) -> dict[Any, DocumentCounts]:
        """Documents finished in a period, by centre, service, local day or week; a week's key is its Monday's ordinal.

        By None there is one row, its key None.
        """
        return self._kept(
            "documents",
            _BY[by],
            (centre, first_day, last_day, branch, by),
            last_day,
            lambda connection: d.documents(connection, self._centres(centre), first_day, last_day, branch, by),
        )

    def agencies(self, first_day: int, last_day: int, centre: str | None = None) -> dict[str, AgencyCounts]:
        """Party ("centre" or an agency) to its part in the documents finished in a period."""
        return self._kept(
            "agencies",
            dict[str, AgencyCounts],
            (centre, first_day, last_day),
            last_day,
            lambda connection: d.agencies(connection, self._centres(centre), first_day, last_day),
        )

    def document(self, code: str) -> Found | None:
        """Any document ever, also one that the live state let go of. Not cached: it is one look into an index."""
        with self.engine.connect() as connection:
            return d.document(connection, code, self._among())

    def find_documents(self, prefix: str, limit: int = 20) -> list[Found]:
        """Documents whose code begins so, in capitals or not, in order of their codes. Not cached either."""
        with self.engine.connect() as connection:
            return d.find_documents(connection, prefix, limit, self._among())

    def documents_between(self, first_day: int, last_day: int, centre: str | None = None, *, limit: int) -> list[Found]:
        """Documents finished in a period whose acceptance is known: late ones first, those with most days first.

        Kept until the next event: an issue that comes later changes what is known of a document, not its day.
        """
        return self._kept(
            "documents_between",
            list[Found],
            (centre, first_day, last_day, limit),
            None,
            lambda c: d.documents_between(c, self.network, self._centres(centre), first_day, last_day, limit),
        )

    # what answers rest on

    def revisions(self) -> dict[str, tuple[int, int]]:
        """Centre to (newest stored position, newest position of a batch that changed a day before the newest)."""
        return {centre: (position, revised) for centre, (position, _, revised, _) in self._positions().items()}

    def held(self) -> dict[str, Held]:
        """Centre to what there is of it. Not cached: it is what tells an empty sum from one that is not known."""
        known = self._positions()
        with self.engine.connect() as connection:
            found = {}
            for centre in self._centres(None):
                _, day, _, version = known.get(centre, (0, 0, 0, t.ROLLUPS_VERSION))
                found[centre] = Held(version == t.ROLLUPS_VERSION, _first_day(connection, centre, self.network), day)
        return found

    def _positions(self) -> dict[str, tuple[int, int, int, int]]:
        """Centre to (position, newest day, revised, version of the rollups)."""
        c = t.POSITIONS.c
        with self.engine.connect() as connection:
            rows = connection.execute(select(c.centre, c.position, c.day, c.revised, c.rollups)).all()
        return {centre: (position, day, revised, version) for centre, position, day, revised, version in rows}

    def _rests_on(self, centres: list[str], last_day: int | None) -> list[tuple[int, bool, int]]:
        """What changes when an answer may: for each centre the version of its rollups, and a position. A window that
        ends before the centre's newest day changes only when the past does."""
        known = self._positions()
        found: list[tuple[int, bool, int]] = []
        for centre in centres:
            position, day, revised, version = known.get(centre, (0, 0, 0, 0))
            is_past = last_day is not None and last_day < day
            found.append((version, is_past, revised if is_past else position))
        return found

    def _centres(self, centre: str | None) -> list[str]:
        return [each.id for each in self.network.centres] if centre is None else [centre]

    def _among(self) -> list[str] | None:
        """Centres that a document is looked for in; None for all that ever were."""
        return None

    def _kept(
        self,
        name: str,
        kind: Any,
        asked: tuple[Any, ...],
        last_day: int | None,
        ask: Callable[[Connection], Answer],
    ) -> Answer:
        """The answer to a question. ``asked`` is what it was asked with, the centre first; ``last_day`` the last day
        that it looks at, None when any event may change it."""

        def make() -> bytes:
            with self.engine.connect() as connection:
                return msgspec.msgpack.encode(ask(connection))

        rests_on = self._rests_on(self._centres(asked[0]), last_day)
        key = blake2s(repr((asked, rests_on)).encode(), digest_size=16).hexdigest()
        try:
            return cast(Answer, msgspec.msgpack.decode(self._cached(name, key, make), type=kind))
        except msgspec.DecodeError:  # kept by another version of us
            return cast(Answer, msgspec.msgpack.decode(make(), type=kind))


def _first_day(connection: Connection, centre: str, network: Network) -> int | None:
    """The day on which its first ticket or document reached the stream, or of its first ticket, if tickets of days
    before were told then. Not of a document: one that was accepted long before and is still open is told at the
    start."""
    position = first_position(connection, centre)
    if position is None:
        return None
    tickets = t.BRANCH_DAY.c
    first = connection.execute(select(func.min(tickets.day)).where(tickets.centre == centre)).scalar()
    told = network.local.day(arrival(position))
    return told if first is None else min(told, first)

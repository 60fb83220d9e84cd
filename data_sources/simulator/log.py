"""What a simulated centre says: events planned by moment, put in order day by day, encoded as CloudEvents JSON."""

from functools import cache

from dashboard.calendars import DAY_S, LocalTime, utc

Line = tuple[int, int, str, str, str]
"""(time in ms of the epoch, order of planning, source, type, data as JSON)."""

DAY_MS = DAY_S * 1000


class Log:
    """The events that are planned and not yet told, each under its local day.

    A document's whole way is planned when it is accepted, so days far ahead fill early. Lines of one
    millisecond keep the order in which they were planned.
    """

    def __init__(self, local: LocalTime, pending: dict[int, list[Line]], planned: int) -> None:
        self._local = local
        self.pending = pending
        self.planned = planned
        """Lines planned so far: the next line's order."""

    def add(self, ms: int, source: str, kind: str, data: str) -> None:
        """Plan one event; ``ms`` is epoch milliseconds, ``data`` its JSON object."""
        self.planned += 1
        day = self._local.day(ms / 1000)
        lines = self.pending.get(day)
        if lines is None:
            lines = self.pending[day] = []
        lines.append((ms, self.planned, source, kind, data))

    def take(self, day: int) -> list[Line]:
        """All lines up to the end of a local day, in order of time; they are no longer pending."""
        lines = [line for each in sorted(self.pending) if each <= day for line in self.pending.pop(each)]
        lines.sort()
        return lines


def encode(lines: list[Line], prefix: str, number: int) -> list[tuple[int, bytes]]:
    """Lines as (epoch ms, CloudEvents JSON); their ids are the prefix and ``number + 1``, ``number + 2``, ..."""
    clock, days, told = _clock(), _days, []
    for number_, (ms, _, source, kind, data) in enumerate(lines, number + 1):
        second, part = divmod(ms, 1000)
        day, second = divmod(second, DAY_S)
        text = (
            f'{{"type":"{kind}","specversion":"1.0","id":"{prefix}{number_:08d}","source":"{source}",'
            f'"time":"{days(day)}T{clock[second]}.{part:03d}Z","data":{data}}}'
        )
        told.append((ms, text.encode()))
    return told


@cache
def _clock() -> tuple[str, ...]:
    # formatting the time of day would be a third of an event's cost
    return tuple(f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(DAY_S))


@cache
def _days(day: int) -> str:
    return utc(day * DAY_S).date().isoformat()

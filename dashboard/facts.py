"""What one fold adds to history's rollups: counts and sums that only ever add up.

All values are integers (milliseconds for time), so that sums are exact in any order and in any database.
A correction that arrives late subtracts what was said and adds what is true.
"""

from bisect import bisect_left
from typing import Final

from msgspec import Struct, field

BUCKET_S: Final = 300
"""Rollups are kept for each 5 minutes, and for each local day from the same numbers."""

WAIT_EDGES_S: Final = (
    15, 30, 60, 90, 120, 180, 240, 300, 420, 540, 720, 900, 1200, 1500, 1800, 2400, 3000, 3600, 4500, 5400, 7200,
    10800, 14400,
)  # fmt: skip
"""Upper edges of the histogram of waits, seconds, inclusive; the last bin is everything longer."""

TICKET_COLUMNS: Final = (
    "issued", "transferred_in", "transferred_out", "called", "served", "abandoned", "no_show",
    "waits", "wait_ms", "within", "abandoned_late", "services", "service_ms",
    *(f"w{number:02}" for number in range(len(WAIT_EDGES_S) + 1)),
)  # fmt: skip
OPERATOR_COLUMNS: Final = ("served", "busy_ms", "open_ms", "paused_ms")

_AT: Final = {name: index for index, name in enumerate(TICKET_COLUMNS)}
ISSUED, CALLED = _AT["issued"], _AT["called"]
TRANSFERRED_IN, TRANSFERRED_OUT = _AT["transferred_in"], _AT["transferred_out"]
SERVED, ABANDONED, NO_SHOW, ABANDONED_LATE = _AT["served"], _AT["abandoned"], _AT["no_show"], _AT["abandoned_late"]
_WAITS, _WAIT_MS, _WITHIN = _AT["waits"], _AT["wait_ms"], _AT["within"]
_SERVICES, _SERVICE_MS, _FIRST_BIN = _AT["services"], _AT["service_ms"], _AT["w00"]
OPERATOR_SERVED, BUSY_MS, OPEN_MS, PAUSED_MS = range(4)
_BLANK: Final = [0] * len(TICKET_COLUMNS)


class Facts(Struct):
    """Additive facts of one batch, ready to be added to the rollup tables."""

    tickets: dict[tuple[str, str, int], list[int]] = field(default_factory=dict)
    """(branch, service, bucket start) to TICKET_COLUMNS; bucket starts are epoch seconds, multiples of 300."""
    operators: dict[tuple[str, str, str, int], list[int]] = field(default_factory=dict)
    """(branch, operator, window, bucket start) to OPERATOR_COLUMNS."""
    counts: dict[tuple[str, int, str, str], int] = field(default_factory=dict)
    """(branch or "", local day, event type, key) to a count; the key is the service, agency, reason or score."""

    def ticket(self, branch: str, service: str, moment: float, column: int, by: int = 1) -> None:
        self._ticket_row(branch, service, moment)[column] += by

    def wait(self, branch: str, service: str, called: float, wait_s: float, norm_s: float, sign: int = 1) -> None:
        """A decided wait, in the bucket of its call."""
        row = self._ticket_row(branch, service, called)
        row[_WAITS] += sign
        row[_WAIT_MS] += sign * round(wait_s * 1000)
        row[_FIRST_BIN + bisect_left(WAIT_EDGES_S, wait_s)] += sign
        if wait_s <= norm_s:
            row[_WITHIN] += sign

    def service(self, branch: str, service: str, ended: float, duration_s: float, sign: int = 1) -> None:
        """A finished service, in the bucket of its end."""
        row = self._ticket_row(branch, service, ended)
        row[_SERVICES] += sign
        row[_SERVICE_MS] += sign * round(duration_s * 1000)

    def operator(self, branch: str, operator: str, window: str, moment: float, column: int, by: int = 1) -> None:
        self._operator_row(branch, operator, window, int(moment // BUCKET_S) * BUCKET_S)[column] += by

    def spend(
        self, branch: str, operator: str, window: str, since: float, until: float, column: int, sign: int = 1
    ) -> None:
        """Time of an operator, split over the buckets that it touches; the parts add up to the whole."""
        at_ms, end_ms = round(since * 1000), round(until * 1000)
        while at_ms < end_ms:
            bucket = at_ms // (BUCKET_S * 1000) * BUCKET_S
            part = min(end_ms, (bucket + BUCKET_S) * 1000) - at_ms
            self._operator_row(branch, operator, window, bucket)[column] += sign * part
            at_ms += part

    def count(self, branch: str, day: int, type_: str, key: str = "") -> None:
        at = (branch, day, type_, key)
        self.counts[at] = self.counts.get(at, 0) + 1

    def _ticket_row(self, branch: str, service: str, moment: float) -> list[int]:
        key = (branch, service, int(moment // BUCKET_S) * BUCKET_S)
        row = self.tickets.get(key)
        if row is None:
            row = self.tickets[key] = _BLANK.copy()
        return row

    def _operator_row(self, branch: str, operator: str, window: str, bucket: int) -> list[int]:
        key = (branch, operator, window, bucket)
        row = self.operators.get(key)
        if row is None:
            row = self.operators[key] = [0, 0, 0, 0]
        return row

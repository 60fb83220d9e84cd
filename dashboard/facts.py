"""What one fold adds to history's rollups: counts and sums that only ever add up.

All values are integers (milliseconds for time), so that sums are exact in any order and in any database.
A correction that arrives late subtracts what was said and adds what is true.
"""

from bisect import bisect_left
from typing import Final

from msgspec import Struct, field

from dashboard.calendars import LocalTime
from dashboard.network import Network
from dashboard.state import Application

BUCKET_S: Final = 300
"""A branch's rollup is kept for each 5 minutes; those of its services and operators for each local day."""

WAIT_EDGES_S: Final = (
    15, 30, 60, 90, 120, 180, 240, 300, 420, 540, 720, 900, 1200, 1500, 1800, 2400, 3000, 3600, 4500, 5400, 7200,
    10800, 14400,
)  # fmt: skip
"""Upper edges of the histogram of waits, seconds, inclusive; the last bin is everything longer."""

DAYS_EDGES: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20, 30, 45, 60, 90, 120, 180, 365)
"""Upper edges of the histogram of a document's days from acceptance to done, inclusive; the last bin is longer."""

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
BRANCH_COLUMNS: Final = (*TICKET_COLUMNS, "busy_ms", "open_ms", "paused_ms", "left_queue")
LEFT_QUEUE: Final = len(BRANCH_COLUMNS) - 1
OPERATOR_SERVED, BUSY_MS, OPEN_MS, PAUSED_MS = range(4)
_SPENT: Final = len(TICKET_COLUMNS) - BUSY_MS
"""Where an operator's column stands in a branch's row: ``column + _SPENT``."""

DOCUMENT_COLUMNS: Final = (
    "finished", "ready", "on_time", "late", "elapsed_ms", *(f"d{number:02}" for number in range(len(DAYS_EDGES) + 1)),
)  # fmt: skip
PARTY_COLUMNS: Final = ("documents", "used_ms", "over_ms", "late")
_FIRST_DAYS_BIN: Final = DOCUMENT_COLUMNS.index("d00")
_DAYS_EDGES_MS: Final = tuple(days * 86_400_000 for days in DAYS_EDGES)


class Told(Struct, frozen=True):
    """What one finished document says: made by :func:`dashboard.document_facts.told`."""

    branch: str
    service: str
    day: int
    """The local day on which it was done."""
    is_ready: bool
    is_late: bool
    elapsed_ms: int
    parties: tuple[tuple[str, int, int, int], ...]
    """(party, used_ms, over_ms, 1 when the delay is attributed to it) of each that held it."""


class Facts(Struct):
    """Additive facts of one batch, ready to be added to the rollup tables."""

    branches: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    """(branch, bucket start) to BRANCH_COLUMNS; bucket starts are epoch seconds, multiples of 300."""
    services: dict[tuple[str, str, int], list[int]] = field(default_factory=dict)
    """(branch, service, local day) to TICKET_COLUMNS."""
    operators: dict[tuple[str, str, str, int], list[int]] = field(default_factory=dict)
    """(branch, operator, window, local day) to OPERATOR_COLUMNS."""
    counts: dict[tuple[str, str, str, int], int] = field(default_factory=dict)
    """(branch or "", event type, key, local day) to a count; the key is the service, agency, reason or score."""
    documents: dict[tuple[str, str, int], list[int]] = field(default_factory=dict)
    """(branch or "", service, local day of done) to DOCUMENT_COLUMNS."""
    parties: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    """("centre" or agency, local day of done) to PARTY_COLUMNS."""
    applications: dict[str, tuple[Application, ...]] = field(default_factory=dict)
    """The documents that the batch touched, by code: the state's own records, and more than one of a document that the
    state let go of in between. What is kept of a document for ever is merged from them (documents_fold.merge)."""

    def first_day(self, local: LocalTime) -> int | None:
        """The earliest local day that anything is said of."""
        starts = [start for _, start in self.branches]
        days = [local.day(min(starts))] if starts else []
        for table in (self.services, self.operators, self.counts, self.documents, self.parties):
            days += [key[-1] for key in table]
        return min(days, default=None)


class At(Struct, gc=False):
    """Where and when the event that is being folded happened, and the facts that it adds to."""

    moment: float
    """Epoch seconds."""
    day: int
    """Local day, an ordinal."""
    branch: str
    """Branch id, or "" for the whole centre."""
    network: Network
    facts: Facts

    def elsewhere(self, branch: str) -> "At":
        """The same moment at another branch."""
        return At(self.moment, self.day, branch, self.network, self.facts)

    def ticket(self, service: str, moment: float, column: int, by: int = 1) -> None:
        """Count something of a ticket at ``moment``."""
        self._branch_row(moment)[column] += by
        self._service_row(service, moment)[column] += by

    def leave_queue(self, moment: float, by: int) -> None:
        """A ticket leaves the waiting line of its branch."""
        self._branch_row(moment)[LEFT_QUEUE] += by

    def wait(self, service: str, called: float, wait_s: float, sign: int = 1) -> None:
        """A decided wait, at the moment of its call."""
        milliseconds, place = sign * round(wait_s * 1000), _FIRST_BIN + bisect_left(WAIT_EDGES_S, wait_s)
        within = 0 if is_late(self, wait_s, called) else sign
        for row in (self._branch_row(called), self._service_row(service, called)):
            row[_WAITS] += sign
            row[_WAIT_MS] += milliseconds
            row[place] += sign
            row[_WITHIN] += within

    def service(self, service: str, ended: float, duration_s: float, sign: int = 1) -> None:
        """A finished service, at the moment of its end."""
        milliseconds = sign * round(duration_s * 1000)
        for row in (self._branch_row(ended), self._service_row(service, ended)):
            row[_SERVICES] += sign
            row[_SERVICE_MS] += milliseconds

    def operator(self, operator: str, window: str, moment: float, column: int, by: int = 1) -> None:
        self._operator_row(operator, window, moment)[column] += by

    def spend(self, operator: str, window: str, since: float, until: float, column: int, sign: int = 1) -> None:
        """Time of an operator: to the day it began on, and split over the branch's buckets that it touches."""
        at_ms, end_ms = round(since * 1000), round(until * 1000)
        if at_ms >= end_ms:
            return
        self._operator_row(operator, window, since)[column] += sign * (end_ms - at_ms)
        place, bucket_ms = column + _SPENT, BUCKET_S * 1000
        while at_ms < end_ms:
            following = at_ms - at_ms % bucket_ms + bucket_ms
            part = (end_ms if end_ms < following else following) - at_ms
            self._branch_row(at_ms / 1000)[place] += sign * part
            at_ms = following

    def count(self, type_: str, key: str = "") -> None:
        at, counts = (self.branch, type_, key, self.day), self.facts.counts
        counts[at] = counts.get(at, 0) + 1

    def document(self, told: Told, sign: int = 1) -> None:
        """A finished document, on the day that it was done."""
        row = self.facts.documents.setdefault((told.branch, told.service, told.day), [0] * len(DOCUMENT_COLUMNS))
        on_time = told.is_ready and not told.is_late
        for column, by in enumerate((1, told.is_ready, on_time, told.is_late, told.elapsed_ms)):
            row[column] += sign * by
        row[_FIRST_DAYS_BIN + bisect_left(_DAYS_EDGES_MS, told.elapsed_ms)] += sign
        for party, *values in told.parties:
            of_party = self.facts.parties.setdefault((party, told.day), [0] * len(PARTY_COLUMNS))
            for column, by in enumerate((1, *values)):
                of_party[column] += sign * by

    def touch(self, code: str, application: Application) -> None:
        """A document's record in the state is about to change."""
        touched = self.facts.applications.get(code, ())
        if not touched or touched[-1] is not application:
            self.facts.applications[code] = (*touched, application)

    def _day(self, moment: float) -> int:
        return self.day if moment == self.moment else self.network.local.day(moment)

    def _branch_row(self, moment: float) -> list[int]:
        key = (self.branch, int(moment // BUCKET_S) * BUCKET_S)
        row = self.facts.branches.get(key)
        if row is None:
            row = self.facts.branches[key] = [0] * len(BRANCH_COLUMNS)
        return row

    def _service_row(self, service: str, moment: float) -> list[int]:
        key = (self.branch, service, self._day(moment))
        row = self.facts.services.get(key)
        if row is None:
            row = self.facts.services[key] = [0] * len(TICKET_COLUMNS)
        return row

    def _operator_row(self, operator: str, window: str, moment: float) -> list[int]:
        key = (self.branch, operator, window, self._day(moment))
        row = self.facts.operators.get(key)
        if row is None:
            row = self.facts.operators[key] = [0, 0, 0, 0]
        return row


class Uncounted(At, gc=False):
    """Where and when, for a fold that only the state is wanted of: nothing is counted, in half the time."""

    def elsewhere(self, branch: str) -> At:
        return Uncounted(self.moment, self.day, branch, self.network, self.facts)

    def ticket(self, service: str, moment: float, column: int, by: int = 1) -> None:
        pass

    def leave_queue(self, moment: float, by: int) -> None:
        pass

    def wait(self, service: str, called: float, wait_s: float, sign: int = 1) -> None:
        pass

    def service(self, service: str, ended: float, duration_s: float, sign: int = 1) -> None:
        pass

    def operator(self, operator: str, window: str, moment: float, column: int, by: int = 1) -> None:
        pass

    def spend(self, operator: str, window: str, since: float, until: float, column: int, sign: int = 1) -> None:
        pass

    def count(self, type_: str, key: str = "") -> None:
        pass

    def document(self, told: Told, sign: int = 1) -> None:
        pass

    def touch(self, code: str, application: Application) -> None:
        pass


def is_late(at: At, wait_s: float, decided: float) -> bool:
    """Whether a wait was longer than the norm of the day on which it was decided."""
    network = at.network
    if network.changes.known.rows:  # seldom, and a day need not be looked up for nothing
        network = network.on(at.day if decided == at.moment else network.local.day(decided))
    return wait_s > network.norms.wait_s


NO_FACTS: Final = Facts()
"""What an uncounted fold carries; it stays empty."""

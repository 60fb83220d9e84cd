"""What the deadline metrics are computed from: the documents of a branch, a centre or the network at a moment."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from dashboard import deadlines
from dashboard.calendars import DAY_S
from dashboard.network import Network
from dashboard.state import Application, holder, is_ready

WEEK_S = 7 * DAY_S
MONTH_S = 30 * DAY_S


class DocumentSample(Struct):
    """Counts of documents; samples of several branches add up."""

    known: bool = False
    open: int = 0
    overdue: int = 0
    overdue_by: dict[str, int] = field(default_factory=dict)
    """Overdue documents by the party that the delay is attributed to ("centre" or an agency)."""
    oldest_due: int | None = None
    """Due day of the overdue document that was due first."""
    oldest_late: float | None = None
    """The first moment at which it was late."""
    today: int = 0
    at_risk: int = 0
    breached_7d: int = 0
    on_time_30d: int = 0
    decided_30d: int = 0
    """Finished or became late in the last 30 days."""
    with_agency: int = 0

    def add(self, other: DocumentSample) -> None:
        self.known |= other.known
        self.today = max(self.today, other.today)
        for name in ("open", "overdue", "at_risk", "breached_7d", "on_time_30d", "decided_30d", "with_agency"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for party, count in other.overdue_by.items():
            self.overdue_by[party] = self.overdue_by.get(party, 0) + count
        if other.oldest_due is not None and (self.oldest_due is None or other.oldest_due < self.oldest_due):
            self.oldest_due, self.oldest_late = other.oldest_due, other.oldest_late


def sample_documents(applications: Iterable[Application], network: Network, now: float) -> dict[str, DocumentSample]:
    """Documents at ``now`` by branch ("" for those accepted for the whole centre).

    Late once is late for ever, also when finished since; a rejection or withdrawal in time counts nowhere.
    """
    found: dict[str, DocumentSample] = {}
    today, month_ago, week_ago = network.local.day(now), now - MONTH_S, now - WEEK_S
    for each in applications:
        if each.accepted is None or each.accepted > now:
            continue
        sample = found.get(each.branch)
        if sample is None:
            sample = found[each.branch] = DocumentSample(today=today)
        done = each.done
        if done is None or done > now:
            _sample_open(each, sample, network, now)
        elif done >= each.late:
            sample.breached_7d += each.late > week_ago
            sample.decided_30d += done > month_ago
        elif done > month_ago and is_ready(each):
            sample.on_time_30d += 1
            sample.decided_30d += 1
    return found


def overdue_at(applications: Iterable[Application], moments: list[float]) -> list[int]:
    """How many documents were overdue at each of some moments: the trend needs no more than the count."""
    newest = max(moments)
    late = [
        (each.late, each.done)
        for each in applications
        if each.accepted is not None and each.late <= newest and (each.done is None or each.done >= each.late)
    ]
    return [sum(since <= now and (done is None or done > now) for since, done in late) for now in moments]


def _sample_open(each: Application, sample: DocumentSample, network: Network, now: float) -> None:
    sample.open += 1
    sample.with_agency += holder(each, now) is not None
    if now < each.late:
        sample.at_risk += now >= each.risk
        return
    assert each.accepted is not None
    sample.overdue += 1
    delay = deadlines.whose_delay(each.accepted, now, each.due, each.holds, network)
    sample.overdue_by[delay.party] = sample.overdue_by.get(delay.party, 0) + 1
    if sample.oldest_due is None or each.due < sample.oldest_due:
        sample.oldest_due, sample.oldest_late = each.due, each.late
    sample.breached_7d += each.late > now - WEEK_S
    sample.decided_30d += each.late > now - MONTH_S

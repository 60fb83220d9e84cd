"""The metrics: one row each, with the function that computes it. The definitions are design §4's.

A function takes a :class:`Sample` of any scope (branch, centre or network) and gives a number, or None for what
cannot be known. A docstring states the formula, the unit and the source. Adding a metric is a function and a row.
"""

from collections.abc import Callable
from math import floor
from typing import Any, Final, Literal

from msgspec import Struct

from dashboard.documents_sample import DocumentSample
from dashboard.queue_sample import LoadSample, QueueSample
from dashboard.staff_sample import LEAST_HISTORY_S, SHORT_SERVICE_S, YEAR_S, StaffSample

Number = int | float | None
Unit = Literal[
    "people", "seconds", "share", "windows", "staff", "documents", "days", "people per window", "flag", "map"
]


class Sample(Struct):
    """Everything the metrics of one scope at one moment are computed from."""

    now: float
    """The moment that queue and load are shown for: that of the last known picture while a centre is silent."""
    queue: QueueSample
    load: LoadSample
    staff: StaffSample
    documents: DocumentSample


def percentile(values: list[float], share: float) -> float | None:
    """Percentile by linear interpolation between order statistics; None of nothing.

    Source: Hyndman and Fan (1996), type 7, the default of NumPy and pandas.
    """
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def waiting(sample: Sample) -> Number:
    """People: tickets issued or transferred in, and neither called, abandoned nor transferred away. Design §4."""
    return len(sample.queue.waiting_since) if sample.queue.known else None


def longest_wait(sample: Sample) -> Number:
    """Seconds: ``now`` minus the issue (or transfer) of the oldest waiting ticket; None with none. Design §4."""
    since = sample.queue.waiting_since
    return sample.now - min(since) if since else None


def wait_p50(sample: Sample) -> Number:
    """Seconds: median wait of tickets first called in the last 60 minutes; a wait is issue or booked time,
    whichever is later, to first call. Design §4; percentile type 7."""
    return percentile(sample.queue.waits, 0.5)


def wait_p90(sample: Sample) -> Number:
    """Seconds: 90th percentile of the same waits as ``wait_p50``. Design §4; percentile type 7."""
    return percentile(sample.queue.waits, 0.9)


def within_norm(sample: Sample) -> Number:
    """Share: called within the norm today / (called today + abandoned or still waiting after longer than the norm).
    Design §4; the call centre literature calls it service level."""
    queue = sample.queue
    return ratio(queue.within, queue.decided + queue.abandoned_late + queue.waiting_late)


def abandonment(sample: Sample) -> Number:
    """Share: tickets abandoned today / tickets issued today. Design §4."""
    return ratio(sample.queue.abandoned, sample.queue.issued)


def issued_today(sample: Sample) -> Number:
    """People: tickets issued since local midnight (transfers are not issued again)."""
    return sample.queue.issued if sample.queue.known else None


def called_today(sample: Sample) -> Number:
    """People: tickets first called since local midnight."""
    return sample.queue.called if sample.queue.known else None


def abandoned_today(sample: Sample) -> Number:
    """People: tickets abandoned since local midnight, no-shows among them."""
    return sample.queue.abandoned if sample.queue.known else None


def windows_open(sample: Sample) -> Number:
    """Windows: those with an operator who is open and not paused."""
    return sample.load.windows_open if sample.load.known else None


def windows_total(sample: Sample) -> Number:
    """Windows by the network file."""
    return sample.load.windows_total


def serving(sample: Sample) -> Number:
    """Windows: those where a ticket is called and not yet finished."""
    return sample.load.serving if sample.queue.known else None


def occupancy(sample: Sample) -> Number:
    """Share: over the last 60 minutes, time of operators from call to finish (their overlaps once) / time their
    windows were open and not paused; None when none was open. Design §4; "agent occupancy" in queueing practice."""
    return ratio(sample.load.busy_s, sample.load.open_s)


def waiting_per_window(sample: Sample) -> Number:
    """People per window: waiting / open unpaused windows; None with none open (a warning says so when people wait)."""
    if not (sample.queue.known and sample.load.known):
        return None
    return ratio(len(sample.queue.waiting_since), sample.load.windows_open)


def turnover_12m(sample: Sample) -> Number:
    """Share a year: staff who left in the last 365 days / mean of the headcounts at the 13 month-boundaries of that
    period. With less history the same over what there is, annualised (``annualised`` says so); None under 30 days
    of it. Design §4."""
    staff = sample.staff
    span = min(YEAR_S, staff.now - staff.since)
    if not staff.known or not staff.boundaries or span < LEAST_HISTORY_S:
        return None
    mean = sum(staff.headcount(each) for each in staff.boundaries) / len(staff.boundaries)
    rate = ratio(len(staff.left_since(staff.now - YEAR_S)), mean)
    return None if rate is None else rate * YEAR_S / span


def headcount(sample: Sample) -> Number:
    """Staff employed now."""
    return sample.staff.headcount(sample.staff.now) if sample.staff.known else None


def posts(sample: Sample) -> Number:
    """Established posts: the newest ``staff.posts``, else the network file's."""
    return sample.staff.posts


def vacancies(sample: Sample) -> Number:
    """Posts minus headcount; negative when over-staffed."""
    count = headcount(sample)
    return None if count is None or sample.staff.posts is None else sample.staff.posts - count


def left_90d(sample: Sample) -> Number:
    """Staff who left in the last 90 days."""
    return len(sample.staff.left_since(sample.staff.now - 90 * 86_400)) if sample.staff.known else None


def left_12m(sample: Sample) -> Number:
    """Staff who left in the last 365 days: the count beside the rate."""
    return len(sample.staff.left_since(sample.staff.now - YEAR_S)) if sample.staff.known else None


def short_service_share(sample: Sample) -> Number:
    """Share: of the leavers of the last 365 days whose joining is known, those with under 183 days of service."""
    served = [each.served_s for each in sample.staff.left_since(sample.staff.now - YEAR_S) if each.served_s is not None]
    return ratio(sum(each < SHORT_SERVICE_S for each in served), len(served))


def annualised(sample: Sample) -> bool:
    """Whether the turnover rate stands on less than 365 days of history."""
    return sample.staff.known and sample.staff.now - sample.staff.since < YEAR_S


def leaving_reasons(sample: Sample) -> dict[str, int]:
    """Leavers of the last 365 days by reason."""
    found: dict[str, int] = {}
    for each in sample.staff.left_since(sample.staff.now - YEAR_S):
        found[each.reason] = found.get(each.reason, 0) + 1
    return found


def overdue(sample: Sample) -> Number:
    """Documents late now: the due day has ended, and neither ready, issued, rejected nor withdrawn. Design §4."""
    return sample.documents.overdue if sample.documents.known else None


def at_risk(sample: Sample) -> Number:
    """Documents not late with at most 2 working days left (``norms.at_risk_days``). Design §4."""
    return sample.documents.at_risk if sample.documents.known else None


def breached_7d(sample: Sample) -> Number:
    """Documents that became late in the last 7 days, finished since or not. Design §4."""
    return sample.documents.breached_7d if sample.documents.known else None


def on_time_30d(sample: Sample) -> Number:
    """Share: of documents finished or become late in the last 30 days, those ready by the due day; rejections and
    withdrawals in time are left out. Design §4."""
    return ratio(sample.documents.on_time_30d, sample.documents.decided_30d)


def oldest_overdue_days(sample: Sample) -> Number:
    """Days: today's date minus the due day of the overdue document that was due first; None with none overdue."""
    documents = sample.documents
    return None if documents.oldest_due is None else documents.today - documents.oldest_due


def with_agency(sample: Sample) -> Number:
    """Open documents that an agency holds now."""
    return sample.documents.with_agency if sample.documents.known else None


def open_documents(sample: Sample) -> Number:
    """Documents accepted and not finished."""
    return sample.documents.open if sample.documents.known else None


def overdue_by(sample: Sample) -> dict[str, int]:
    """Overdue documents by whose delay it is: the party with the most days beyond its allowance. Design §4."""
    return dict(sample.documents.overdue_by)


def ratio(part: float, whole: float) -> float | None:
    """A share, or None when there is nothing to be a share of."""
    return part / whole if whole else None


class Metric(Struct, frozen=True):
    """A row of the table: where the number stands in the snapshot, its unit, which way is worse, its function."""

    key: str
    """``group.member`` of the snapshot."""
    unit: Unit
    worse: Literal["above", "below"] | None
    of: Callable[[Sample], Any]

    @property
    def group(self) -> str:
        return self.key.partition(".")[0]

    @property
    def member(self) -> str:
        return self.key.partition(".")[2]


METRICS: Final = (
    Metric("queue.waiting", "people", "above", waiting),
    Metric("queue.longest_wait_s", "seconds", "above", longest_wait),
    Metric("queue.wait_p50_s", "seconds", "above", wait_p50),
    Metric("queue.wait_p90_s", "seconds", "above", wait_p90),
    Metric("queue.within_norm", "share", "below", within_norm),
    Metric("queue.abandonment", "share", "above", abandonment),
    Metric("queue.issued_today", "people", None, issued_today),
    Metric("queue.called_today", "people", None, called_today),
    Metric("queue.abandoned_today", "people", "above", abandoned_today),
    Metric("load.windows_open", "windows", None, windows_open),
    Metric("load.windows_total", "windows", None, windows_total),
    Metric("load.serving", "windows", None, serving),
    Metric("load.occupancy", "share", "above", occupancy),
    Metric("load.waiting_per_window", "people per window", "above", waiting_per_window),
    Metric("turnover.rate_12m", "share", "above", turnover_12m),
    Metric("turnover.headcount", "staff", None, headcount),
    Metric("turnover.posts", "staff", None, posts),
    Metric("turnover.left_90d", "staff", "above", left_90d),
    Metric("turnover.vacancies", "staff", "above", vacancies),
    Metric("turnover.left_12m", "staff", "above", left_12m),
    Metric("turnover.short_service_share", "share", "above", short_service_share),
    Metric("turnover.annualised", "flag", None, annualised),
    Metric("turnover.reasons", "map", None, leaving_reasons),
    Metric("sla.overdue", "documents", "above", overdue),
    Metric("sla.at_risk", "documents", "above", at_risk),
    Metric("sla.breached_7d", "documents", "above", breached_7d),
    Metric("sla.on_time_30d", "share", "below", on_time_30d),
    Metric("sla.oldest_overdue_days", "days", "above", oldest_overdue_days),
    Metric("sla.with_agency", "documents", None, with_agency),
    Metric("sla.open", "documents", None, open_documents),
    Metric("sla.overdue_by", "map", None, overdue_by),
)

GROUPS: Final = ("queue", "load", "turnover", "sla")
METRIC_BY_KEY: Final = {metric.key: metric for metric in METRICS}
_CELLS: Final = tuple((metric.group, metric.member, metric.of) for metric in METRICS)


def figures(sample: Sample) -> dict[str, dict[str, Any]]:
    """All metrics of a scope, by group and member, as the snapshot has them."""
    found: dict[str, dict[str, Any]] = {group: {} for group in GROUPS}
    for group, member, of in _CELLS:
        found[group][member] = of(sample)
    return found


def no_figures() -> dict[str, dict[str, Any]]:
    """The same shape with nothing known: a planned centre."""
    return {group: {each.member: None for each in METRICS if each.group == group} for group in GROUPS}

"""How a centre's numbers follow from those of its branches: sums, shares of sums, and staff that is counted once.

What was said of the whole centre and of no branch (staff, documents) is a unit of its own, so that the sums are right.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from msgspec import Struct

from dashboard.metrics import Sample, figures
from dashboard.network import Network
from dashboard.snapshot import branch_samples, centre_sample
from dashboard.state import CentreState

How = Literal["sum", "largest", "share", "once"]
"""``sum``: parts add up. ``largest``: the worst part. ``share``: a sum over a sum (:attr:`Unit.parts`). ``once``: parts
add up but for people who are in two parts and counted once in the whole (:attr:`Addition.twice`)."""

HOW: Final[Mapping[str, How]] = {
    "queue.waiting": "sum",
    "queue.longest_wait_s": "largest",
    "queue.within_norm": "share",
    "load.windows_open": "sum",
    "load.occupancy": "share",
    "load.waiting_per_window": "share",
    "turnover.headcount": "once",
    "turnover.left_12m": "once",
    "sla.overdue": "sum",
    "sla.at_risk": "sum",
    "sla.on_time_30d": "share",
}
"""By metric. A turnover rate is no share of sums, as mean headcounts are taken over each unit's own history: the
leavers and the staff that it is made of are shown to add up instead."""
WHOLE: Final = ""
"""The unit of what belongs to no branch."""


class Unit(Struct, frozen=True):
    id: str
    """A branch, or :data:`WHOLE`."""
    figures: Mapping[str, Mapping[str, Any]]
    """All metrics by group and member, as in the snapshot."""
    parts: Mapping[str, tuple[float, float]]
    """What a share is made of, by metric: numerator and denominator (tickets, seconds, people, windows, documents)."""

    def number(self, metric: str) -> Any:
        group, _, member = metric.partition(".")
        return self.figures[group][member]


class Addition(Struct, frozen=True):
    units: tuple[Unit, ...]
    """The branches, and :data:`WHOLE` where it has anything."""
    whole: Unit
    """The centre."""
    twice: Mapping[str, int]
    """By metric that counts people once: by how many the units' sum is more than the centre's."""


def addition(state: CentreState, network: Network, now: float) -> Addition:
    """A centre's units and their sum at ``now`` (epoch seconds): its numbers are those of the snapshot of then."""
    samples = branch_samples(state, network, now)
    whole = _unit(state.id, centre_sample(state, network, now, samples))
    units = tuple(_unit(id_, sample) for id_, sample in samples.items() if id_ != WHOLE or _has_anything(sample))
    return Addition(
        units, whole, {metric: _twice(metric, units, whole) for metric, how in HOW.items() if how == "once"}
    )


def add_up(metric: str, units: Iterable[Unit]) -> Any:
    """What the units come to by :data:`HOW`; None where no unit knows the number. People in two units count twice."""
    units = list(units)
    if HOW[metric] == "share":
        part, whole = (sum(each.parts[metric][place] for each in units) for place in (0, 1))
        return part / whole if whole else None
    known = [each.number(metric) for each in units if each.number(metric) is not None]
    if not known:
        return None
    return max(known) if HOW[metric] == "largest" else sum(known)


def _unit(id_: str, sample: Sample) -> Unit:
    queue, load, documents = sample.queue, sample.load, sample.documents
    decided = queue.decided + queue.abandoned_late + queue.waiting_late
    parts = {
        "queue.within_norm": (queue.within, decided),
        "load.occupancy": (load.busy_s, load.open_s),
        "load.waiting_per_window": (len(queue.waiting_since), load.windows_open),
        "sla.on_time_30d": (documents.on_time_30d, documents.decided_30d),
    }
    return Unit(id_, figures(sample), parts)


def _has_anything(sample: Sample) -> bool:
    """Whether anything was said of the centre and of none of its branches."""
    documents = sample.documents
    return sample.queue.known or sample.staff.known or bool(documents.open or documents.decided_30d)


def _twice(metric: str, units: Iterable[Unit], whole: Unit) -> int:
    return (add_up(metric, units) or 0) - (whole.number(metric) or 0)

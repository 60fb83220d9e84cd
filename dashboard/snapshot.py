"""The snapshot (docs/snapshot.md): the numbers of every branch, centre and the network at one moment, as plain data."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from dashboard.calendars import utc
from dashboard.documents_sample import DocumentSample, overdue_at, sample_documents
from dashboard.facts import BUCKET_S
from dashboard.freshness import freshness, is_planned, picture_at
from dashboard.metrics import Sample, figures, no_figures, occupancy, turnover_12m, waiting
from dashboard.network import Centre, Network
from dashboard.queue_sample import HOUR_S, LoadSample, QueueSample, sample_branch
from dashboard.recent import recent
from dashboard.staff_sample import StaffSample, month_boundaries, sample_staff
from dashboard.staff_scopes import branch_staff, centre_staff, network_staff, people
from dashboard.state import BranchState, CentreState

TREND_POINTS: Final = 25
"""Two hours, a point each 5 minutes, both ends in."""
_SILENT_BRANCH: Final = BranchState()


class Slow(Struct):
    """What of a centre moves by the day rather than by the minute, and takes most of the time: who looks at many
    moments one after the other may keep it for some minutes."""

    documents: dict[str, DocumentSample]
    """By branch, and "" for what was said of the whole centre alone."""
    branches: dict[str, StaffSample]
    centre: StaffSample


def centre_snapshot(state: CentreState, network: Network, now: float, slow: Slow | None = None) -> dict[str, Any]:
    """One centre at ``now``: freshness, the four groups of numbers, warnings, and the same for each branch."""
    centre = network.centre_by_id[state.id]
    fresh = freshness(state, centre, network, now)
    shown: dict[str, Any] = {
        "id": centre.id,
        "state": fresh,
        "as_of": None if state.heard is None else iso(min(state.heard, now)),
        "at": iso(now),
        "opens": centre.opens.isoformat() if fresh == "planned" and centre.opens else None,
    }
    if fresh == "planned":
        branches = [{"id": branch.id, **no_figures(), "warnings": []} for branch in centre.branches]
        return shown | no_figures() | {"warnings": [], "since": {}, "branches": branches}
    slow = slow or slow_samples(state, network, now)
    samples = branch_samples(state, network, now, slow)
    whole = centre_sample(state, network, now, samples, slow)
    named = [(branch.id, samples[branch.id]) for branch in centre.branches]
    return (
        shown
        | figures(whole)
        | {"warnings": _warnings(whole), "since": _since(whole)}
        | {"branches": [{"id": id_, **figures(each), "warnings": _warnings(each)} for id_, each in named]}
    )


def slow_samples(state: CentreState, network: Network, now: float) -> Slow:
    """Documents and staff at ``now``."""
    centre = network.centre_by_id[state.id]
    documents = sample_documents(state.applications.values(), network, now)
    known = state.documents_since is not None and state.documents_since <= now
    for unit in [*(each.id for each in centre.branches), ""]:
        documents.setdefault(unit, DocumentSample(today=network.local.day(now))).known = known
    if len(centre.branches) == 1:
        # what is said of the whole of a centre with one branch is said of the branch
        documents[centre.branches[0].id].add(documents[""])
        documents[""] = DocumentSample()
    staff = branch_staff(state, centre, network.local, now)
    return Slow(documents, staff, centre_staff(state, centre, network.local, now))


def branch_samples(state: CentreState, network: Network, now: float, slow: Slow | None = None) -> dict[str, Sample]:
    """Samples by branch id, and "" for what was said of the whole centre alone."""
    centre = network.centre_by_id[state.id]
    picture = picture_at(state, now)
    slow = slow or slow_samples(state, network, now)
    found: dict[str, Sample] = {}
    for unit, windows in [*((each.id, len(each.windows)) for each in centre.branches), ("", 0)]:
        queue, load = sample_branch(state.branches.get(unit, _SILENT_BRANCH), windows, network, picture)
        found[unit] = Sample(picture, queue, load, slow.branches[unit], slow.documents[unit])
    return found


def centre_sample(
    state: CentreState, network: Network, now: float, branches: Mapping[str, Sample], slow: Slow | None = None
) -> Sample:
    """The centre as a whole: queues, loads and documents added up; staff counted once over all its branches."""
    centre = network.centre_by_id[state.id]
    staff = slow.centre if slow else centre_staff(state, centre, network.local, now)
    return _add_up(branches.values(), staff, picture_at(state, now))


def network_totals(
    states: Mapping[str, CentreState], network: Network, now: float, slow: Mapping[str, Slow] | None = None
) -> dict[str, Any]:
    """The network as a whole, over the centres that operate; who moved between its centres has not left it.

    The queue and load of a centre that is silent or closed are not added: they are not known now.
    """
    operating = [c for c in network.centres if c.id in states and not is_planned(states[c.id], c, now)]
    samples: list[Sample] = []
    for centre in operating:
        state = states[centre.id]
        of_centre = slow[centre.id] if slow else slow_samples(state, network, now)
        branches = branch_samples(state, network, now, of_centre)
        whole = centre_sample(state, network, now, branches, of_centre)
        if freshness(state, centre, network, now) in ("silent", "closed"):
            whole.queue, whole.load = QueueSample(), LoadSample(windows_total=whole.load.windows_total)
        samples.append(whole)
    of_centres = [each.staff for each in samples]
    staff = network_staff([states[each.id] for each in operating], of_centres, network.local, now)
    return figures(_add_up(samples, staff, now)) | {
        "services": {"offered": _offered(states, network, now), "promised": len(network.services)},
    }


def _add_up(samples: Iterable[Sample], staff: StaffSample, now: float) -> Sample:
    """Samples whose queues are all shown for ``now``: a silent centre's is not added to the network's."""
    queue, load, documents = QueueSample(), LoadSample(), DocumentSample()
    for each in samples:
        queue.add(each.queue)
        load.add(each.load)
        documents.add(each.documents)
    if load.windows_open:
        load.stopped_since = None
    return Sample(now, queue, load, staff, documents)


def centre_trend(state: CentreState, network: Network, now: float) -> dict[str, list[float | None]]:
    """The last two hours of a centre's waiting, occupancy and overdue at each 5 minutes; 12 months of turnover."""
    centre = network.centre_by_id[state.id]
    trend: dict[str, list[float | None]] = {"queue": [], "load": [], "turnover": [], "sla": []}
    if is_planned(state, centre, now) or state.heard is None:
        return trend
    newest = now // BUCKET_S * BUCKET_S
    moments = [newest - step * BUCKET_S for step in range(TREND_POINTS - 1, -1, -1)]
    since = state.documents_since if state.documents_since is not None else float("inf")
    overdue = overdue_at(state.applications.values(), moments)
    trend["sla"] = [count if since <= at else None for count, at in zip(overdue, moments, strict=True)]
    branches = {unit: recent(each, moments[0] - HOUR_S) for unit, each in state.branches.items()}
    for moment in moments:
        queue, load = _queue_and_load(state, branches, centre, network, moment)
        sample = Sample(moment, queue, load, StaffSample(), DocumentSample())
        trend["queue"].append(waiting(sample))
        trend["load"].append(occupancy(sample))
    everybody = people(state)
    for moment in month_boundaries(now, network.local):
        staff = sample_staff(everybody, None, network.local, moment)
        trend["turnover"].append(turnover_12m(Sample(moment, QueueSample(), LoadSample(), staff, DocumentSample())))
    return trend


def _queue_and_load(
    state: CentreState, branches: Mapping[str, BranchState], centre: Centre, network: Network, moment: float
) -> tuple[QueueSample, LoadSample]:
    queue, load = QueueSample(), LoadSample()
    if picture_at(state, moment) < moment:
        return queue, load
    for branch in centre.branches:
        part = sample_branch(branches.get(branch.id, _SILENT_BRANCH), len(branch.windows), network, moment)
        queue.add(part[0])
        load.add(part[1])
    return queue, load


def _offered(states: Mapping[str, CentreState], network: Network, now: float) -> int:
    """Services that the centres last said they offer; before any did, what the network file says."""
    said = [state.offered[1] for state in states.values() if state.offered and state.offered[0] <= now]
    return len(set().union(*said)) if said else sum(service.offered for service in network.services)


def _warnings(sample: Sample) -> list[str]:
    people_wait = bool(sample.queue.waiting_since)
    return ["no_window_open"] if people_wait and sample.load.known and not sample.load.windows_open else []


def _since(sample: Sample) -> dict[str, str]:
    """Since when what is wrong has been so, for the lines in words."""
    found: dict[str, str] = {}
    if sample.queue.waiting_since:
        oldest = min(sample.queue.waiting_since)
        found["long_wait"] = iso(oldest)
        found["no_window_open"] = iso(max(oldest, sample.load.stopped_since or oldest))
    if sample.documents.oldest_late is not None:
        found["overdue"] = iso(sample.documents.oldest_late)
    return found


def iso(moment: float) -> str:
    """RFC 3339 in UTC, to the microsecond."""
    return utc(moment).isoformat().replace("+00:00", "Z")

"""Documents as rows: which are late or about to be, at which stage, who holds each and since when, whose delay it is.

The groups are the metrics' own (design §4): as many rows are ``late`` as ``sla.overdue`` says, ``soon`` as
``sla.at_risk`` says, ``breached`` as ``sla.breached_7d`` says.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, Literal, get_args

from msgspec import Struct, structs

from dashboard import deadlines
from dashboard.deadlines import CENTRE, Hold
from dashboard.documents_sample import WEEK_S
from dashboard.network import Network
from dashboard.state import Application, holder, is_ready

Group = Literal["late", "soon", "breached"]
GROUPS: Final[tuple[Group, ...]] = get_args(Group)
NUMBER_OF: Final[Mapping[Group, str]] = {"late": "sla.overdue", "soon": "sla.at_risk", "breached": "sla.breached_7d"}
"""The metric that counts each group."""

Stage = Literal["accepted", "agency", "returned", "ready", "issued", "rejected", "withdrawn"]
"""``accepted``: at the centre, sent nowhere yet; ``agency``: at one; ``returned``: back at the centre. The others are
off the clock (design §4)."""
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
OPEN_STAGES: Final[tuple[Stage, ...]] = ("accepted", "agency", "returned")
FINISHED: Final = "finished"
"""Who "holds" a document that is off the clock: nobody that could be late with it."""


class Paper(Struct, frozen=True, gc=False):
    """One document at a moment: open, or late within the last 7 days though it is finished by now."""

    centre: str
    branch: str
    """Empty for one accepted for the whole of a centre with several branches."""
    code: str
    service: str
    accepted: float
    due: int
    """Due day, a local ordinal."""
    late: float
    """The first moment at which it is late."""
    done: float | None
    stage: Stage
    holder: str
    """``centre``, an agency, or :data:`FINISHED`."""
    since: float
    """Since when the holder has it, or when it was finished."""
    groups: tuple[Group, ...]
    party: str | None
    """Whose delay it is, of one that is late."""


class Stay(Struct, frozen=True):
    """A party's hold of a document, from ``since`` to ``until``, epoch seconds; None while it lasts."""

    party: str
    since: float
    until: float | None


class Share(Struct, frozen=True):
    """What a party used of a document's time, in days, against what it is allowed."""

    party: str
    used: float
    allowed: float

    @property
    def beyond(self) -> float:
        return max(0.0, self.used - self.allowed)


class Wanted(Struct, frozen=True):
    """Which documents are asked for; None asks for all."""

    centre: str | None = None
    branch: str | None = None
    service: str | None = None
    stage: str | None = None
    holder: str | None = None

    def without(self, *names: str) -> "Wanted":
        return structs.replace(self, **dict.fromkeys(names))

    def holds(self, paper: Paper) -> bool:
        return (
            (self.centre is None or paper.centre == self.centre)
            and (self.branch is None or paper.branch == self.branch)
            and (self.service is None or paper.service == self.service)
            and (self.stage is None or paper.stage == self.stage)
            and (self.holder is None or paper.holder == self.holder)
        )


Tally = dict[Group, int]
"""Documents by group; a late one is in ``breached`` too for its first 7 days."""


def papers(centre: str, applications: Mapping[str, Application], network: Network, now: float) -> list[Paper]:
    """All open documents of a centre at ``now``, and those that became late in the last 7 days."""
    found = []
    branches = network.centre_by_id[centre].branches
    only = branches[0].id if len(branches) == 1 else ""  # what is said of the whole of such a centre is its branch's
    for code, each in applications.items():
        if each.accepted is None or each.accepted > now:
            continue
        groups = _groups(each, now)
        if groups or not _is_done(each, now):
            found.append(_paper(centre, only, code, each, groups, network, now))
    return found


def tallies(papers: Iterable[Paper], by: Callable[[Paper], str]) -> dict[str, Tally]:
    """Counts by group of each key; a key without any document in a group is left out."""
    found: dict[str, Tally] = {}
    for each in papers:
        if each.groups:
            tally = found.setdefault(by(each), dict.fromkeys(GROUPS, 0))
            for group in each.groups:
                tally[group] += 1
    return found


def oldest_first(papers: Iterable[Paper], group: Group) -> list[Paper]:
    """The documents of a group, the one that was due first first."""
    found = [each for each in papers if group in each.groups]
    return sorted(found, key=lambda each: (each.due, each.accepted, each.code))


def stage_of(application: Application, now: float) -> Stage:
    """How far a document is at ``now``, from the moments of its events."""
    if _is_done(application, now):
        return _end(application, now)
    if holder(application, now) is not None:
        return "agency"
    return "returned" if any(each.since <= now for each in application.holds) else "accepted"


def stays(application: Application, now: float) -> list[Stay]:
    """Who held a document from when until when, without gaps, from acceptance to ``now`` or to when it was done.

    The parties' times add up to what :func:`dashboard.deadlines.used_days` says. Empty when its acceptance is not
    known.
    """
    if application.accepted is None:
        return []
    end = _until(application, now)
    found: list[Stay] = []
    at = application.accepted
    for hold in sorted(application.holds, key=lambda each: each.since):
        since, until = max(at, hold.since), end if hold.until is None else min(hold.until, end)
        if since >= end or until <= since:
            continue
        if since > at:
            found.append(Stay(CENTRE, at, since))
        found.append(Stay(hold.agency, since, until))
        at = until
    if at < end or not found:
        found.append(Stay(CENTRE, at, end))
    if not _is_done(application, now):
        found[-1] = structs.replace(found[-1], until=None)
    return found


def shares(application: Application, network: Network, now: float) -> list[Share]:
    """Days that each party used and may use: the centre first, agencies in the order that they had it."""
    assert application.accepted is not None
    end = _until(application, now)
    used = deadlines.used_days(application.accepted, end, application.holds)
    allowed = deadlines.allowances(application.accepted, application.due, used, network)
    return [Share(party, days, allowed[party]) for party, days in used.items()]


def whose_delay(application: Application, network: Network, now: float) -> str | None:
    """The party that a document's delay is attributed to; None while it is not late, or was done in time."""
    assert application.accepted is not None
    end = _until(application, now)
    if end < application.late:
        return None
    return deadlines.whose_delay(application.accepted, end, application.due, application.holds, network).party


def known_at(application: Application, now: float) -> Application | None:
    """A document without what happened after ``now``; None when it had not been accepted by then."""
    if application.accepted is None or application.accepted > now:
        return None
    holds = [
        Hold(each.agency, each.since, each.until if each.until is not None and each.until <= now else None)
        for each in application.holds
        if each.since <= now
    ]
    moments = {name: _by(getattr(application, name), now) for name in ("ready", "issued", "stopped", "done")}
    stopped_as = application.stopped_as if moments["stopped"] is not None else ""
    return structs.replace(application, holds=holds, stopped_as=stopped_as, **moments)


def _until(application: Application, now: float) -> float:
    """When its clock stopped, or ``now``; events may say that it was done before it was accepted."""
    assert application.accepted is not None
    end = now if application.done is None else min(application.done, now)
    return max(end, application.accepted)


def _by(moment: float | None, now: float) -> float | None:
    return moment if moment is not None and moment <= now else None


def _is_done(application: Application, now: float) -> bool:
    return application.done is not None and application.done <= now


def _groups(each: Application, now: float) -> tuple[Group, ...]:
    """As :mod:`dashboard.documents_sample` counts them."""
    breached = now - WEEK_S < each.late <= now
    if _is_done(each, now):
        assert each.done is not None
        return ("breached",) if breached and each.done >= each.late else ()
    if now >= each.late:
        return ("late", "breached") if breached else ("late",)
    return ("soon",) if now >= each.risk else ()


def _paper(
    centre: str, only: str, code: str, each: Application, groups: tuple[Group, ...], network: Network, now: float
) -> Paper:
    assert each.accepted is not None
    done = _by(each.done, now)
    party, since = _held(each, now)
    return Paper(
        centre=centre,
        branch=each.branch or only,
        code=code,
        service=each.service,
        accepted=each.accepted,
        due=each.due,
        late=each.late,
        done=done,
        stage=stage_of(each, now),
        holder=FINISHED if done is not None else party,
        since=since if done is None else done,
        groups=groups,
        party=whose_delay(each, network, now) if "soon" not in groups and groups else None,
    )


def _held(each: Application, now: float) -> tuple[str, float]:
    """Who has an open document, and since when."""
    assert each.accepted is not None
    agency = holder(each, now)
    if agency is not None:
        return agency, max(hold.since for hold in each.holds if hold.agency == agency and hold.since <= now)
    back = [hold.until for hold in each.holds if hold.until is not None and hold.until <= now]
    return CENTRE, max([each.accepted, *back])


def _end(application: Application, now: float) -> Stage:
    if not is_ready(application):
        return "withdrawn" if application.stopped_as == "withdrawn" else "rejected"
    return "issued" if application.issued is not None and application.issued <= now else "ready"

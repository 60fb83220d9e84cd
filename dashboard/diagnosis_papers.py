"""Rules about documents. Each says in its docstring when it fires, and why its action would help."""

from collections.abc import Iterator, Sequence

from dashboard import deadlines
from dashboard.deadlines import CENTRE
from dashboard.evidence import Evidence, Finding, Kind, Mark
from dashboard.papers import Paper


def overdue_agency(evidence: Evidence) -> Iterator[Finding]:
    """Overdue documents are at an agency, some of them for longer than it is allowed; ``documents``, ``beyond`` (how
    many of them), ``oldest_days``, ``allowance_days``. Only the agency can act on them: call it."""
    for agency, late in _late_by_holder(evidence).items():
        beyond = sum(_is_beyond(evidence, each) for each in late)
        if agency != CENTRE and beyond:
            allowed = _allowance(evidence, agency)
            yield _of(evidence, "overdue_agency", late, agency, beyond=beyond, allowance_days=allowed)


def overdue_sent_late(evidence: Evidence) -> Iterator[Finding]:
    """Overdue documents are at an agency that has had none of them for longer than it is allowed: they were sent too
    late; ``documents``, ``oldest_days``. The delay is the centre's own: ask the agency to take them first."""
    for agency, late in _late_by_holder(evidence).items():
        if agency != CENTRE and not any(_is_beyond(evidence, each) for each in late):
            yield _of(evidence, "overdue_sent_late", late, agency)


def overdue_centre(evidence: Evidence) -> Iterator[Finding]:
    """Overdue documents lie at the centre itself; ``documents``, ``unsent`` (of them never sent anywhere),
    ``oldest_days``. Nobody else can finish them: finish or send them today."""
    late = _late_by_holder(evidence).get(CENTRE, [])
    if late:
        unsent = sum(each.stage == "accepted" for each in late)
        yield _of(evidence, "overdue_centre", late, "", unsent=unsent)


def due_unsent(evidence: Evidence) -> Iterator[Finding]:
    """Documents due within 2 working days have been sent nowhere, though documents of their services go to agencies;
    ``documents``, ``due`` (the first due day, a local ordinal). They will be late unless they go today."""
    soon = [each for each in evidence.papers if "soon" in each.groups and each.stage == "accepted"]
    found = [each for each in soon if each.service in _sent_services(evidence)] if soon else []
    if found:
        values = {"documents": len(found), "due": min(each.due for each in found)}
        yield Finding("due_unsent", "watch", values=values, weight=len(found))


def _sent_services(evidence: Evidence) -> set[str]:
    """Services of which at least one document was at an agency: a certificate that the centre prints never is."""
    return {each.service for each in evidence.applications.values() if each.holds}


def _late_by_holder(evidence: Evidence) -> dict[str, list[Paper]]:
    found: dict[str, list[Paper]] = {}
    for each in evidence.papers:
        if "late" in each.groups:
            found.setdefault(each.holder, []).append(each)
    return found


def _is_beyond(evidence: Evidence, paper: Paper) -> bool:
    """Whether a document's holder has used more days than it is allowed, all its stays together."""
    known = evidence.applications.get(paper.code)  # rows may be some seconds older than the state
    used = deadlines.used_days(paper.accepted, evidence.now, known.holds) if known else {}
    return used.get(paper.holder, 0.0) > _allowance(evidence, paper.holder)


def _allowance(evidence: Evidence, agency: str) -> float:
    known = evidence.network.agency_by_id.get(agency)
    return known.allowance_days if known else deadlines.DEFAULT_ALLOWANCE_DAYS


def _of(evidence: Evidence, kind: Kind, late: Sequence[Paper], agency: str, **values: float) -> Finding:
    """A finding about overdue documents, as bad as the centre's number of them."""
    mark: Mark = "act" if evidence.level.get("sla.overdue") == "act" else "watch"
    oldest = min(each.due for each in late)
    days = evidence.network.local.day(evidence.now) - oldest
    counted = {"documents": len(late), "oldest_days": days}
    since = min(each.late for each in late)
    return Finding(kind, mark, agency=agency, since=since, values=counted | values, weight=len(late))

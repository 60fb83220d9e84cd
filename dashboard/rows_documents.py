"""The documents behind the numbers of deadlines: counted as :mod:`dashboard.documents_sample` counts them."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from dashboard import deadlines
from dashboard import rows_base as base
from dashboard.documents_sample import MONTH_S, WEEK_S
from dashboard.network import Centre
from dashboard.rows_base import Behind, Column, Rows, Scope
from dashboard.state import Application, holder, is_ready


class DocumentRow(Struct):
    """One document as it is known at the moment shown; times in epoch seconds, days are local ordinals."""

    centre: str
    branch: str
    """Empty for one accepted for the whole of a centre with several branches."""
    document: str
    service: str
    accepted: float
    due: int
    late_since: float | None
    """The first moment at which it was late; None for one that is not late."""
    late_days: int | None
    """Of one that is late and open: days from the due day to today."""
    done: float | None
    stage: str
    """``centre`` or ``agency`` holds it; or how it ended: ready, issued, rejected, withdrawn."""
    holder: str
    """``centre`` or an agency; empty for one that is done."""
    since: float | None
    """Since when the holder has it."""
    used: dict[str, float]
    """Days by party, from acceptance to now or to when it was done."""
    delay: str
    """The party that the delay of a late document is attributed to."""
    over_days: float | None
    """Days of that party beyond its allowance."""
    is_open: bool
    is_at_risk: bool
    on_time: bool
    """Ready by the due day."""


def documents(scope: Scope, counts: Callable[[Application, float], bool]) -> Rows | None:
    """The documents of a place that a number counts; None while nothing is known of documents."""
    centres = base.operating(scope)
    if not any(each.documents_since is not None and each.documents_since <= scope.now for _, each in centres):
        return None
    return [
        _row(centre, code, each, each.accepted, scope)
        for centre, state in centres
        for code, each in state.applications.items()
        if each.accepted is not None and each.accepted <= scope.now
        if each.branch in base.units(centre, scope) and counts(each, scope.now)
    ]


def _row(centre: Centre, code: str, each: Application, accepted: float, scope: Scope) -> DocumentRow:
    now, network = scope.now, scope.network
    is_open = _is_open(each, now)
    done = None if is_open else each.done
    is_late = (now if done is None else done) >= each.late
    party, since = _holder(each, accepted, now) if is_open else ("", None)
    delay = deadlines.whose_delay(accepted, now if done is None else done, each.due, each.holds, network)
    only = centre.branches[0].id if len(centre.branches) == 1 else ""
    return DocumentRow(
        centre.id,
        each.branch or only,
        code,
        each.service,
        accepted,
        each.due,
        each.late if is_late else None,
        network.local.day(now) - each.due if is_late and is_open else None,
        done,
        ("centre" if party == deadlines.CENTRE else "agency") if is_open else _ended_as(each),
        party,
        since,
        {of: days for of, days in delay.used_days.items() if days > 0},
        delay.party if is_late else "",
        delay.excess_days if is_late else None,
        is_open,
        is_open and each.risk <= now < each.late,
        not is_open and not is_late and is_ready(each),
    )


def _is_open(each: Application, now: float) -> bool:
    return each.done is None or each.done > now


def _holder(each: Application, accepted: float, now: float) -> tuple[str, float]:
    """Who holds an open document, and since when."""
    agency = holder(each, now)
    if agency is not None:
        return agency, max(hold.since for hold in each.holds if hold.agency == agency and hold.since <= now)
    returns = [hold.until for hold in each.holds if hold.until is not None and hold.until <= now]
    return deadlines.CENTRE, max([*returns, accepted])


def _ended_as(each: Application) -> str:
    if is_ready(each):
        return "ready" if each.done == each.ready else "issued"
    return each.stopped_as


def _is_overdue(each: Application, now: float) -> bool:
    return _is_open(each, now) and now >= each.late


def _is_at_risk(each: Application, now: float) -> bool:
    return _is_open(each, now) and each.risk <= now < each.late


def _broke(each: Application, now: float, within_s: float) -> bool:
    """Whether it became late within so long, finished since or not."""
    until = now if _is_open(each, now) or each.done is None else each.done
    return until >= each.late > now - within_s


def _is_breached(each: Application, now: float) -> bool:
    return _broke(each, now, WEEK_S)


def _is_decided(each: Application, now: float) -> bool:
    """Finished, unless stopped in time, or become late, in the last 30 days."""
    if _is_open(each, now) or each.done is None:
        return _broke(each, now, MONTH_S)
    return each.done > now - MONTH_S and (each.done >= each.late or is_ready(each))


def _is_with_agency(each: Application, now: float) -> bool:
    return _is_open(each, now) and holder(each, now) is not None


def _those(counts: Callable[[Application, float], bool]) -> Callable[[Scope], Rows | None]:
    return lambda scope: documents(scope, counts)


def _known_or_none_at_all(counts: Callable[[Application, float], bool]) -> Callable[[Scope], Rows]:
    """For a number that is said of no rows too."""
    return lambda scope: documents(scope, counts) or []


_WHICH: Final = (Column("document", "document"), Column("centre", "centre"), Column("branch", "branch"))
_SERVICE, _ACCEPTED, _DUE = Column("service", "service"), Column("accepted", "moment"), Column("due", "day")
_HELD: Final = (Column("holder", "party"), Column("since", "moment"))
_LATE: Final = (Column("late_days", "count"), Column("delay", "party"), Column("over_days", "days"))
_USED: Final = Column("used", "parties")
_DONE: Final = (Column("stage", "word"), Column("done", "moment"))
_OVERDUE: Final = (*_WHICH, *_LATE, *_HELD, _SERVICE, _DUE, _ACCEPTED, _USED, Column("late_since", "moment"))
_OPEN: Final = (*_WHICH, _DUE, *_HELD, _SERVICE, _ACCEPTED, Column("late_days", "count"), _USED)
_BROKEN: Final = (*_WHICH, Column("late_since", "moment"), *_DONE, *_LATE[1:], _SERVICE, _DUE, _ACCEPTED, _USED)
_DECIDED: Final = (*_WHICH, Column("on_time", "flag"), *_DONE, _DUE, _SERVICE, _ACCEPTED, *_LATE[1:], _USED)

BEHIND: Final = (
    Behind("sla.overdue", _OVERDUE, _those(_is_overdue), base.count, ("due", "accepted")),
    Behind("sla.at_risk", _OPEN, _those(_is_at_risk), base.count, ("due", "accepted")),
    Behind("sla.breached_7d", _BROKEN, _those(_is_breached), base.count, ("late_since", "accepted")),
    Behind("sla.on_time_30d", _DECIDED, _those(_is_decided), base.share_of("on_time"), ("on_time", "due")),
    Behind(
        "sla.oldest_overdue_days",
        _OVERDUE,
        _those(_is_overdue),
        base.largest("late_days"),
        ("due", "accepted"),
    ),
    Behind("sla.with_agency", _OPEN, _those(_is_with_agency), base.count, ("due", "accepted")),
    Behind("sla.open", _OPEN, _those(_is_open), base.count, ("due", "accepted")),
    Behind(
        "sla.overdue_by",
        _OVERDUE,
        _known_or_none_at_all(_is_overdue),
        base.count_by("delay"),
        ("delay", "due"),
    ),
)

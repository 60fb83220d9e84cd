"""The tickets behind the numbers of the queue: each counts exactly as :mod:`dashboard.queue_sample` counts it."""

from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct

from dashboard import rows_base as base
from dashboard.network import Network
from dashboard.queue_sample import QueueSample, relevant, sample_ticket
from dashboard.rows_base import Behind, Column, Part, Scope
from dashboard.state import Ticket


class TicketRow(Struct):
    """One stay of a visitor in one queue, as it is known at the moment shown; times in epoch seconds."""

    centre: str
    branch: str
    ticket: str
    service: str
    priority: str
    came: str
    """``issued``, ``transferred``, or empty while neither was heard of."""
    issued: float | None
    """Issue, or transfer in."""
    called: float | None
    ended: float | None
    stage: str
    """``waiting``, ``at_window``, or how it ended: served, refused, incomplete, left, no_show, transferred; empty for
    one that the queue's reset took."""
    window: str
    operator: str
    waited_s: float | None
    """Of one that waits: seconds since it was issued."""
    wait_s: float | None
    """Seconds from issue or booked time to the call, to the leaving without a call, or to now."""
    is_late: bool
    """Waits longer than the norm."""
    in_hour: bool
    """First called in the last 60 minutes."""
    within: bool
    """Called today within the norm."""
    decided: bool
    """Its wait was decided today: called, or left or still waiting after longer than the norm."""
    issued_today: bool
    called_today: bool
    left_today: bool


def tickets(scope: Scope) -> list[TicketRow] | None:
    """Every ticket that any number of the queue may count; None while nothing is known of the queue."""
    known = [part for part in base.parts(scope) if part.is_known]
    return [row for part in known for row in part_tickets(part, scope.network)] if known else None


def part_tickets(part: Part, network: Network) -> Iterator[TicketRow]:
    """Those of one unit."""
    today = network.local.day(part.now)
    day_start, norm_s = network.local.day_start(today), network.on(today).norms.wait_s
    for queue in relevant(part.branch, network, part.now):
        for number, ticket in queue.tickets.items():
            adds = QueueSample()
            sample_ticket(ticket, adds, norm_s, day_start, part.now)
            yield _row(part, number.partition("\0")[0], ticket, adds)


def _row(part: Part, number: str, ticket: Ticket, adds: QueueSample) -> TicketRow:
    now, start = part.now, ticket.start
    called = ticket.called if ticket.called is not None and ticket.called <= now else None
    ended = ticket.ended if ticket.ended is not None and ticket.ended <= now else None
    at_window = called is not None and ticket.at_window is not None and ticket.at_window <= now
    return TicketRow(
        part.centre.id,
        part.unit,
        number,
        ticket.service,
        ticket.priority,
        "" if start is None else "transferred" if ticket.transferred else "issued",
        start,
        called,
        ended,
        _stage(ticket, called, ended, bool(adds.waiting_since)),
        ticket.window if at_window else "",
        ticket.operator if at_window else "",
        now - start if adds.waiting_since and start is not None else None,
        _wait(ticket, called, ended, now),
        bool(adds.waiting_late),
        bool(adds.waits),
        bool(adds.within),
        bool(adds.decided or adds.abandoned_late or adds.waiting_late),
        bool(adds.issued),
        bool(adds.called),
        bool(adds.abandoned),
    )


def _stage(ticket: Ticket, called: float | None, ended: float | None, waits: bool) -> str:
    if ended is not None:
        return ticket.outcome
    if called is not None:
        return "at_window"
    return "waiting" if waits else ""


def _wait(ticket: Ticket, called: float | None, ended: float | None, now: float) -> float | None:
    until = called if called is not None else ended if ended is not None else min(now, ticket.expires)
    return None if ticket.wait_from is None else max(0.0, until - ticket.wait_from)


_WHICH: Final = (Column("ticket", "ticket"), Column("centre", "centre"), Column("branch", "branch"))
_WHAT: Final = (Column("service", "service"), Column("priority", "word"))
_WHO: Final = (Column("window", "window"), Column("operator", "code"))
_ISSUED, _CALLED, _ENDED = Column("issued", "moment"), Column("called", "moment"), Column("ended", "moment")
_WAITED, _WAIT, _STAGE = Column("waited_s", "seconds"), Column("wait_s", "seconds"), Column("stage", "word")

_WAITING: Final = (*_WHICH, _WAITED, Column("is_late", "flag"), *_WHAT, _ISSUED, Column("came", "word"))
_CALLS: Final = (*_WHICH, _WAIT, *_WHAT, _ISSUED, _CALLED, *_WHO)
_DECIDED: Final = (*_WHICH, _WAIT, Column("within", "flag"), _STAGE, *_WHAT, _ISSUED, *_WHO)
_LEFT: Final = (*_WHICH, _WAIT, _STAGE, *_WHAT, _ISSUED, _CALLED, _ENDED)
_ABANDONMENT: Final = (*_WHICH, Column("left_today", "flag"), Column("issued_today", "flag"), *_LEFT[3:])
_DAY: Final = (*_WHICH, _ISSUED, _STAGE, _WAIT, *_WHAT, _CALLED, _ENDED, *_WHO)


def those(counts: Callable[[TicketRow], bool]) -> Callable[[Scope], list[TicketRow] | None]:
    """The tickets that a number counts."""

    def rows(scope: Scope) -> list[TicketRow] | None:
        found = tickets(scope)
        return None if found is None else [each for each in found if counts(each)]

    return rows


waiting: Final = those(lambda row: row.waited_s is not None)
_in_hour: Final = those(lambda row: row.in_hour)
_decided: Final = those(lambda row: row.decided)
_today: Final = those(lambda row: row.issued_today or row.left_today)
_issued: Final = those(lambda row: row.issued_today)
_called: Final = those(lambda row: row.called_today)
_left: Final = those(lambda row: row.left_today)

BEHIND: Final = (
    Behind("queue.waiting", _WAITING, waiting, base.count, ("-waited_s",)),
    Behind("queue.longest_wait_s", _WAITING, waiting, base.largest("waited_s"), ("-waited_s",)),
    Behind("queue.wait_p50_s", _CALLS, _in_hour, base.percentile_of("wait_s", 0.5), ("-wait_s",)),
    Behind("queue.wait_p90_s", _CALLS, _in_hour, base.percentile_of("wait_s", 0.9), ("-wait_s",)),
    Behind("queue.within_norm", _DECIDED, _decided, base.share_of("within"), ("within", "-wait_s")),
    Behind(
        "queue.abandonment",
        _ABANDONMENT,
        _today,
        base.sum_over_sum("left_today", "issued_today"),
        ("-left_today", "-wait_s"),
    ),
    Behind("queue.issued_today", _DAY, _issued, base.count, ("-issued",)),
    Behind("queue.called_today", _DAY, _called, base.count, ("-wait_s",)),
    Behind("queue.abandoned_today", _LEFT, _left, base.count, ("-wait_s",)),
)

"""Finding a ticket or a document by what stands on its paper: pure functions of live states."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal

from msgspec import Struct

from dashboard.network import Network
from dashboard.state import RETAIN_DAYS, Application, CentreState, Ticket

MOST: Final = 20
"""So many of each kind are given; who finds more must say more."""
_ALIKE: Final = str.maketrans("АВЕКМНОРСТУХІ", "ABEKMHOPCTYXI")
"""Cyrillic capitals that look like Latin ones: nobody sees on a ticket which of them stand there."""

TicketState = Literal["waiting", "at_window", "served", "refused", "incomplete", "left", "no_show", "transferred", ""]


_Found = tuple[str, str, str, Ticket]
"""Centre, branch, number, ticket."""


class FoundTicket(Struct, frozen=True):
    centre: str
    branch: str
    number: str
    service: str
    started: float | None
    """Issue, or transfer in, epoch seconds; None when it was never heard."""
    state: TicketState
    """How it stands; empty for one that was never called before the queue began anew."""


class FoundDocument(Struct, frozen=True):
    centre: str
    code: str
    application: Application


def spelt(text: str) -> str:
    """What is compared: without spaces around, in capitals, look-alike letters as one."""
    return text.strip().upper().translate(_ALIKE)


def tickets(states: Iterable[CentreState], wanted: str, now: float) -> list[FoundTicket]:
    """Tickets of the kept days with that number, the newest first; when there is none, those that begin so."""
    wanted = spelt(wanted)
    if not wanted:
        return []
    same: list[_Found] = []
    begin: list[_Found] = []
    for centre, branch, number, ticket in _tickets(states):
        said = spelt(number)
        if said.startswith(wanted) and _known(ticket, now):
            (same if said == wanted else begin).append((centre, branch, number, ticket))
    found = [
        FoundTicket(centre, branch, number, each.service, each.start, _state(each, now))
        for centre, branch, number, each in same or begin
    ]
    return sorted(found, key=lambda each: (-(each.started or 0.0), each.centre, each.branch, each.number))


def documents(states: Iterable[CentreState], wanted: str, now: float) -> list[FoundDocument]:
    """Documents that live states hold and whose code is that or begins so: the very one first, then by code."""
    wanted = spelt(wanted)
    if not wanted:
        return []
    found = [
        FoundDocument(state.id, code, each)
        for state in states
        for code, each in state.applications.items()
        if each.accepted is not None and each.accepted <= now and spelt(code).startswith(wanted)
    ]
    return in_order(found, wanted)


def in_order(found: Iterable[FoundDocument], wanted: str) -> list[FoundDocument]:
    """Each document once: the very one first, then by code."""
    once = {each.code: each for each in found}
    return sorted(once.values(), key=lambda each: (spelt(each.code) != spelt(wanted), each.code))


def since(network: Network, now: float) -> int:
    """The first local day whose tickets are kept."""
    return network.local.day(now) - RETAIN_DAYS


def _tickets(states: Iterable[CentreState]) -> Iterator[_Found]:
    for state in states:
        for branch, queue in state.branches.items():
            for day in queue.days.values():
                yield from _of_day(state.id, branch, day.tickets)


def _of_day(centre: str, branch: str, tickets: Mapping[str, Ticket]) -> Iterator[_Found]:
    for key, ticket in tickets.items():
        yield centre, branch, key.partition("\0")[0], ticket


def _known(ticket: Ticket, now: float) -> bool:
    moments = (ticket.start, ticket.called, ticket.ended)
    return any(each is not None and each <= now for each in moments)


def _state(ticket: Ticket, now: float) -> TicketState:
    if ticket.ended is not None and ticket.ended <= now:
        return ticket.outcome  # type: ignore[return-value]
    if ticket.called is not None and ticket.called <= now:
        return "at_window"
    return "waiting" if now < ticket.expires else ""

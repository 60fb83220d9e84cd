"""When a document is due, when it is late, and whose delay it is (design §4). Days are local ordinals."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from dashboard.calendars import DAY_S
from dashboard.network import Network

CENTRE: Final = "centre"
"""The party that is not an agency; a network file may not name an agency so."""
DEFAULT_DAYS: Final = 10
"""Calendar days, for a service that the network file does not list."""
DEFAULT_ALLOWANCE_DAYS: Final = 3.0
"""For an agency that the network file does not list."""


class Hold(Struct):
    """One stay of an application at an agency: ``[since, until)`` in epoch seconds, until None while there."""

    agency: str
    since: float
    until: float | None = None


class Delay(Struct, frozen=True):
    """Whose delay: the party with the most days beyond its allowance, and every party's days."""

    party: str
    excess_days: float
    used_days: dict[str, float]


def due_day(accepted: float, service: str, network: Network) -> int:
    """The last local day by which a document must be ready: the service's term after acceptance."""
    day = network.local.day(accepted)
    rule = network.service_by_id.get(service)
    if rule is None:
        return day + DEFAULT_DAYS
    if rule.count == "working":
        return network.calendar.add_working(day, rule.days)
    return day + rule.days


def late_from(due: int, network: Network) -> float:
    """The first moment after the due day ends."""
    return network.local.day_start(due + 1)


def risk_from(due: int, network: Network) -> float:
    """The first moment at which at most ``norms.at_risk_days`` working days are left in ``(today, due]``; the norm is
    that of ``network``: a document's is the one of the day of its acceptance (:meth:`Network.on`), as its term is."""
    return network.local.day_start(network.calendar.first_with_left(due, network.norms.at_risk_days))


def used_days(accepted: float, end: float, holds: list[Hold]) -> dict[str, float]:
    """Days (of 24 h) that each party held an application from acceptance to ``end``; they add up to the whole.

    Overlapping stays are the first agency's until it returns the document; one that begins after ``end`` is none.
    """
    used = {CENTRE: 0.0}
    at = accepted
    for hold in sorted(holds, key=lambda each: each.since):
        if hold.since > end:
            break
        since = max(at, min(hold.since, end))
        until = max(since, min(hold.until if hold.until is not None else end, end))
        used[CENTRE] += since - at
        used[hold.agency] = used.get(hold.agency, 0.0) + until - since
        at = until
    used[CENTRE] += max(0.0, end - at)
    return {party: seconds / DAY_S for party, seconds in used.items()}


def whose_delay(accepted: float, end: float, due: int, holds: list[Hold], network: Network) -> Delay:
    """Attribute a late application (design §4): the most days beyond the allowance; a tie is the centre's.

    Only a party that held it for some time can be late with it. The centre's own allowance is
    ``network.centre_allowance_days``, or else the term (due day's end less acceptance) less the allowances of the
    agencies that the application was at, at least 0.
    """
    used = used_days(accepted, end, holds)
    excess = excess_days(accepted, due, used, network)
    party = most_excess(excess)
    return Delay(party, excess[party], used)


def excess_days(accepted: float, due: int, used: dict[str, float], network: Network) -> dict[str, float]:
    """Days beyond the allowance (below 0: within) of each party that held an application for some time; the centre's
    where nobody did. ``used`` is what :func:`used_days` gives."""
    allowed = allowances(accepted, due, used, network)
    return {party: days - allowed[party] for party, days in used.items() if days > 0} or {CENTRE: -allowed[CENTRE]}


def most_excess(excess: dict[str, float]) -> str:
    """The party that a delay is attributed to."""
    return max(excess, key=lambda each: (excess[each], each == CENTRE))


def allowances(accepted: float, due: int, parties: Iterable[str], network: Network) -> dict[str, float]:
    """Days that each of the parties which an application was at may use; the centre's among them."""
    allowed = {party: _allowance(party, network) for party in parties if party != CENTRE}
    own = network.centre_allowance_days
    if own is None:
        term = (late_from(due, network) - accepted) / DAY_S
        own = max(0.0, term - sum(allowed.values()))
    return {CENTRE: own, **allowed}


def _allowance(agency: str, network: Network) -> float:
    known = network.agency_by_id.get(agency)
    return known.allowance_days if known else DEFAULT_ALLOWANCE_DAYS

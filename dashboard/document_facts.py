"""What a finished document adds to history's rollups: once for each document, on the day that it was done.

The definitions are those of :mod:`dashboard.documents_sample` (design §4): late once is late for ever, and a rejection
or withdrawal in time is neither on time nor late.
"""

from dashboard import deadlines
from dashboard.calendars import DAY_S
from dashboard.facts import Told
from dashboard.network import Network
from dashboard.state import Application, is_ready


def told(application: Application, network: Network) -> Told | None:
    """What a document says as it is known now; None while it is not done, or its acceptance was not heard."""
    accepted, done = application.accepted, application.done
    if accepted is None or done is None:
        return None
    return Told(
        application.branch,
        application.service,
        network.local.day(done),
        is_ready(application),
        done >= application.late,
        max(0, round((done - accepted) * 1000)),
        _parties(application, accepted, done, network),
    )


def _parties(
    application: Application, accepted: float, done: float, network: Network
) -> tuple[tuple[str, int, int, int], ...]:
    used = deadlines.used_days(accepted, done, application.holds)
    excess = deadlines.excess_days(accepted, application.due, used, network)
    late = deadlines.most_excess(excess) if done >= application.late else None
    return tuple(
        (party, _milliseconds(used[party]), _milliseconds(days) if days > 0 else 0, int(party == late))
        for party, days in excess.items()
    )


def _milliseconds(days: float) -> int:
    return round(days * DAY_S * 1000)

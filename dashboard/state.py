"""The live state of one centre: what the fold keeps and the metrics read. Plain data, times in epoch seconds.

A ticket, a shift and a document are each a record of *moments*, never of "current" values: what was true at
any moment of the last hours follows from them, and events of different tickets may come in any order.
"""

from typing import Final

from msgspec import Struct, field

from dashboard.deadlines import Hold

RETAIN_DAYS: Final = 8
"""Local days of tickets and shifts kept live; a stream keeps 7, so an agent may be away as long."""
MAX_DAYS: Final = 40
"""At most so many days are held when very old events come after new ones."""
QUEUE_RESET_S: Final = 4 * 3600
"""Queue systems start again each morning: at 04:00 local time nobody waits from the day before."""
RETAIN_DONE_S: Final = 40 * 86_400
"""How long a finished document stays live: the 30-day metrics and their trend need it."""


class Ticket(Struct, gc=False):
    """One stay of a visitor in one queue; a transfer begins another."""

    service: str = ""
    priority: str = "none"
    start: float | None = None
    """Issue, or transfer in; None while only later events of the ticket have come."""
    wait_from: float | None = None
    """The later of start and the booked time: from here the wait counts."""
    expires: float = 0.0
    """The queue's next reset: past it an undecided ticket no longer waits."""
    transferred: bool = False
    """Whether it came by transfer, not by issue."""
    called: float | None = None
    """First call."""
    at_window: float | None = None
    """Call by the operator who has it now; equals ``called`` unless another operator took it over."""
    window: str = ""
    operator: str = ""
    earlier: tuple[tuple[str, float, float], ...] = ()
    """(operator, since, until) of operators who had it before the one who has it now."""
    ended: float | None = None
    outcome: str = ""
    """served, refused, incomplete, left, no_show or transferred."""


class DayQueue(Struct):
    """The tickets of one branch and local day, by number; an older ticket of a number used again the same day
    is kept under the number, a NUL and a count."""

    ends: float
    last: float = 0.0
    """Newest moment of any of its tickets: past the next midnight where a branch works late."""
    tickets: dict[str, Ticket] = field(default_factory=dict)


class Change(Struct, gc=False):
    """An operator's change of state: opened, paused, resumed or closed; in force until the next, or ``expires``."""

    time: float
    kind: str
    window: str
    expires: float


class BranchState(Struct):
    days: dict[int, DayQueue] = field(default_factory=dict)
    operators: dict[str, list[Change]] = field(default_factory=dict)
    """Operator code to changes in order of time."""
    since: float | None = None
    """Time of the oldest queue event: before that the queue is unknown, not empty."""
    busy_till: dict[str, float] = field(default_factory=dict)
    """Operator code to the latest end of a service: one that begins later overlaps no other."""


class Spell(Struct, gc=False):
    """One employment at one unit (branch, or "" for the centre)."""

    unit: str
    joined: float | None = None
    left: float | None = None
    reason: str = ""


class Application(Struct, gc=False):
    """One document: its moments and its stays at agencies. Nothing but ``accepted`` need have come."""

    branch: str = ""
    service: str = ""
    accepted: float | None = None
    due: int = 0
    """Due day, a local ordinal."""
    risk: float = 0.0
    late: float = 0.0
    """First moments of being at risk and late."""
    ready: float | None = None
    issued: float | None = None
    stopped: float | None = None
    """Rejected or withdrawn."""
    stopped_as: str = ""
    done: float | None = None
    """When it left the clock: the earliest of ready, issued and stopped."""
    holds: list[Hold] = field(default_factory=list)


class Case(Struct, gc=False):
    """A complaint, directive or deficiency: when it came up, what it is about, when it was settled."""

    opened: float | None = None
    closed: float | None = None
    kind: str = ""
    branch: str = ""
    due: str = ""
    upheld: bool | None = None


class CentreState(Struct):
    id: str
    heard: float | None = None
    """Time of the newest event: the picture is as of then."""
    arrived: float | None = None
    """When the newest entry reached its stream, if its event was less than a day old by then: the feed speaks,
    though what it tells may be late."""
    day: int = 0
    """Newest local day that an event fell on: what is pruned follows from it, never from a clock."""
    branches: dict[str, BranchState] = field(default_factory=dict)
    staff: dict[str, list[Spell]] = field(default_factory=dict)
    posts: dict[str, tuple[float, int]] = field(default_factory=dict)
    """Unit to (time, established posts)."""
    applications: dict[str, Application] = field(default_factory=dict)
    documents_since: float | None = None
    """Time of the oldest document event: before that nothing is known of documents."""
    complaints: dict[str, Case] = field(default_factory=dict)
    directives: dict[str, Case] = field(default_factory=dict)
    deficiencies: dict[str, Case] = field(default_factory=dict)
    visits: dict[str, float] = field(default_factory=dict)
    openings: list[tuple[float, bool]] = field(default_factory=list)
    """(time, opened) in order of time: what centre.opened and centre.closed said."""
    offered: tuple[float, tuple[str, ...]] | None = None
    lag: tuple[float, float] | None = None
    """(time, seconds) of the newest heartbeat that carried a lag."""


def new_state(centre: str) -> CentreState:
    """The state of a centre that was never heard."""
    return CentreState(centre)


def is_ready(application: Application) -> bool:
    """Whether what took a document off the clock was being ready or issued, not a rejection or withdrawal."""
    return application.done is not None and application.done in (application.ready, application.issued)


def holder(application: Application, now: float) -> str | None:
    """The agency that holds a document at ``now``; None when the centre does."""
    held = [each for each in application.holds if each.since <= now and (each.until is None or each.until > now)]
    return max(held, key=lambda each: each.since).agency if held else None

"""What raises an alarm, whom it is told, and how often: rules as rows. :mod:`dashboard.alert_file` reads them."""

from typing import Final, Literal

from msgspec import Struct

from dashboard.network import Names
from dashboard.roles import ACCOUNT_ROLES

Scope = Literal["network", "centre", "branch"]
Severity = Literal["act", "watch"]
"""As the levels of a tile: ``act`` is told at any hour, ``watch`` waits through quiet hours."""

FRESHNESS: Final = "freshness"
"""Seconds since a centre was heard while it is silent, 0 while it is heard; of the network: the age of the snapshot."""
NO_WINDOW: Final = "no_window_open"
"""People who wait while no window is open, 0 while one is."""
SPECIAL: Final = (FRESHNESS, NO_WINDOW)
"""What a rule may look at beside the metrics of :mod:`dashboard.metrics`."""

ROLES: Final = ACCOUNT_ROLES
"""Who can be told; a director is told of the own centre."""


class Rule(Struct, frozen=True):
    """One row: fires when ``metric`` has been at or past ``threshold`` for ``for_s``; is over when it has been at or
    past ``clear`` for ``clear_s``. Between the two thresholds nothing changes (hysteresis)."""

    id: str
    names: Names
    metric: str
    """``group.member`` of the snapshot, or one of :data:`SPECIAL`."""
    scope: Scope
    worse: Literal["above", "below"]
    threshold: float
    clear: float
    for_s: float
    clear_s: float
    opening_hours: bool
    """Whether it counts in opening hours only; an alarm of such a rule is over when the doors close."""
    severity: Severity
    roles: tuple[str, ...]
    escalate_s: float | None
    """Unacknowledged for so long, ``escalate_roles`` are told too; None: never."""
    escalate_roles: tuple[str, ...]

    def is_bad(self, value: float) -> bool:
        return value >= self.threshold if self.worse == "above" else value <= self.threshold

    def is_good(self, value: float) -> bool:
        return value <= self.clear if self.worse == "above" else value >= self.clear


class Sending(Struct, frozen=True):
    """How alarms are told without a storm. The limits are of one role: what one person may get."""

    group_s: float = 30.0
    """What one centre raises within so long is one notice."""
    centre_per_hour: int = 4
    """Notices of one centre."""
    network_per_hour: int = 12
    """Notices of all centres, digests among them."""
    digest_s: float = 1800.0
    """What the limits held back goes in one digest, at most one in so long."""
    quiet: tuple[int, int] | None = None
    """Quiet hours, minutes after local midnight, from and until; they may go over midnight."""

    def is_quiet(self, minute: float) -> bool:
        """Whether a local minute of the day is in the quiet hours: their begin included, their end not."""
        if self.quiet is None:
            return False
        begin, end = self.quiet
        return begin <= minute < end if begin <= end else minute >= begin or minute < end


class Ruleset(Struct, frozen=True):
    rules: tuple[Rule, ...]
    sending: Sending = Sending()

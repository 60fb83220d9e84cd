"""What a network is: its centres, branches, windows, services, agencies, norms and thresholds.

Everything here is frozen and comes from one TOML file (:mod:`dashboard.network_file` reads it).
Ids are what events use in ``source`` and ``data``; names are for people, in three languages.
"""

from datetime import date
from functools import cached_property
from typing import Literal

from msgspec import Struct

from dashboard.calendars import LocalTime, WorkCalendar

Language = Literal["ru", "kk", "en"]
Level = Literal["ok", "watch", "act"]


class Names(Struct, frozen=True):
    """One thing's name in each language; ``en`` is the fallback for logs only."""

    ru: str
    kk: str
    en: str

    def get(self, language: str) -> str:
        return str(getattr(self, language))


class Shift(Struct, frozen=True):
    """Opening hours of one weekday, in minutes after local midnight; ``opens < closes <= 1440``."""

    opens: int
    closes: int


Hours = tuple[Shift | None, Shift | None, Shift | None, Shift | None, Shift | None, Shift | None, Shift | None]
"""Monday to Sunday; None is a day off."""


class Branch(Struct, frozen=True):
    id: str
    names: Names
    windows: tuple[str, ...]
    hours: Hours
    posts: int
    latitude: float
    longitude: float
    on_holidays: bool = False
    """Whether the branch also works on public holidays."""


class Centre(Struct, frozen=True):
    id: str
    names: Names
    kind: Literal["city", "rural"]
    planned: bool
    """True until a ``centre.opened`` event says that it works."""
    opens: date | None
    """The day that a planned centre is promised for."""
    assumption: bool
    """True where the place of a planned centre is our assumption; ``note`` says why."""
    note: str
    district: Names
    branches: tuple[Branch, ...]

    @property
    def posts(self) -> int:
        """Established posts by the file; a ``staff.posts`` event overrides it."""
        return sum(branch.posts for branch in self.branches)


class Service(Struct, frozen=True):
    id: str
    names: Names
    offered: bool
    """False for a service that is promised and not yet offered."""
    days: int
    """The deadline: so many days after the day of acceptance."""
    count: Literal["calendar", "working"]


class Agency(Struct, frozen=True):
    id: str
    names: Names
    allowance_days: float
    """Days an application may spend there before the agency is late with it."""


class Threshold(Struct, frozen=True):
    """One level rule. ``metric`` is ``group.member`` of the snapshot, for instance ``sla.overdue``.

    ``worse`` says which way is bad. A level is entered at its value and left only when the value is
    better than ``margin`` (a share of the entry value) short of it: hysteresis, so that a tile does not flicker.
    """

    metric: str
    watch: float
    act: float
    worse: Literal["above", "below"] = "above"
    margin: float = 0.1


class Norms(Struct, frozen=True):
    wait_s: float = 1200.0
    """The waiting norm (service level), seconds."""
    occupancy: float = 0.85
    turnover: float = 0.15
    overdue: int = 0
    at_risk_days: int = 2
    """At most this many working days left makes an open application "at risk"."""


class Network(Struct, frozen=True, dict=True):
    id: str
    names: Names
    time_zone: str
    """IANA name, or a fixed offset such as ``+03:30`` (the demo's)."""
    demo: bool
    norms: Norms
    thresholds: tuple[Threshold, ...]
    centres: tuple[Centre, ...]
    services: tuple[Service, ...]
    agencies: tuple[Agency, ...]
    working_week: tuple[int, ...] = (0, 1, 2, 3, 4)
    """Weekdays that count as working, Monday is 0."""
    holidays: str = "KZ"
    """Country code for the ``holidays`` package, or empty for none."""
    centre_allowance_days: float | None = None
    """Days of an application that are the centre's own; None: its term less its agencies' allowances."""

    @cached_property
    def local(self) -> LocalTime:
        return LocalTime(self.time_zone)

    @cached_property
    def calendar(self) -> WorkCalendar:
        return WorkCalendar(self.working_week, self.holidays)

    @cached_property
    def centre_by_id(self) -> dict[str, Centre]:
        return {centre.id: centre for centre in self.centres}

    @cached_property
    def service_by_id(self) -> dict[str, Service]:
        return {service.id: service for service in self.services}

    @cached_property
    def agency_by_id(self) -> dict[str, Agency]:
        return {agency.id: agency for agency in self.agencies}

    @cached_property
    def sources(self) -> dict[str, tuple[str, str]]:
        """CloudEvents ``source`` to (centre id, branch id); the branch is "" for a whole centre."""
        found = {f"/{centre.id}": (centre.id, "") for centre in self.centres}
        found |= {f"/{c.id}/{b.id}": (c.id, b.id) for c in self.centres for b in c.branches}
        return found

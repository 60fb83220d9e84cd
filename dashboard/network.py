"""What a network is: its centres, branches, windows, services, agencies, norms and thresholds.

Everything here is frozen and comes from one TOML file (:mod:`dashboard.network_file` reads it).
Ids are what events use in ``source`` and ``data``; names are for people, in three languages.
"""

from bisect import bisect_right
from datetime import date
from functools import cached_property
from typing import Literal

from msgspec import Struct, field, structs

from dashboard.calendars import LocalTime, WorkCalendar
from dashboard.norms import NormChange, NormChanges, Norms, Threshold, applied

__all__ = ["Norms", "Threshold"]

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
    changes: NormChanges = field(default_factory=NormChanges)
    """Of norms and thresholds. Shared by all copies of a network (``structs.replace``)."""
    written: tuple[Norms, tuple[Threshold, ...]] | None = None
    """The network file's norms and thresholds, in a network that :meth:`on` gave."""

    def on(self, day: int) -> "Network":
        """The network with the norms and thresholds that hold on a local day (an ordinal): the same object for all days
        between two changes, and this one when there are none."""
        version, starts, rows, _ = self.changes.known
        if not rows and self.written is None:
            return self
        place = version, bisect_right(starts, day)
        found = self._by_changes.get(place)
        if found is None:
            found = self._by_changes[place] = self._with(rows[: place[1]])
        return found

    @cached_property
    def _by_changes(self) -> "dict[tuple[int, int], Network]":
        return {}

    def _with(self, rows: tuple[NormChange, ...]) -> "Network":
        written = self.written or (self.norms, self.thresholds)
        norms, thresholds = applied(*written, rows)
        if (norms, thresholds) == (self.norms, self.thresholds):
            return self
        found = structs.replace(self, norms=norms, thresholds=thresholds, written=written)
        # what it shares with this one need not be looked up again: days, working days, the networks of other days
        for name in ("local", "calendar", "_by_changes"):
            found.__dict__[name] = getattr(self, name)
        return found

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


def norm_at(network: Network, moment: float) -> float:
    """The waiting norm, seconds, of the day of a moment: that on which a wait is decided, or of now while it lasts."""
    return network.on(network.local.day(moment)).norms.wait_s

"""What a page is drawn for: a network, a language, a theme and a moment."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Literal

from dashboard.i18n import Catalogue
from dashboard.network import Network
from dashboard.roles import OPEN, Viewer, may_open

Theme = Literal["auto", "day", "night"]
THEMES: Final = ("auto", "day", "night")
_DAY_HOURS: Final = range(7, 19)


@dataclass(frozen=True)
class View:
    """``now`` is epoch seconds, and ``network`` has the norms and thresholds of its day; ``build`` names the
    shipped assets, so that a page knows when it is out of date."""

    network: Network
    catalogue: Catalogue
    theme: Theme
    now: float
    build: str = ""
    viewer: Viewer = OPEN
    """Who looks: what is not theirs is no link. (Whether they get it is the server's to say, at the door.)"""

    def __post_init__(self) -> None:
        # also of the past: with the norms of the day that is shown
        object.__setattr__(self, "network", self.network.on(self.network.local.day(self.now)))

    def held_on(self, day: int) -> "View":
        """The same with the norms and thresholds of another local day, that which a number is of."""
        found = replace(self)
        object.__setattr__(found, "network", self.network.on(day))
        return found

    def may_open(self, page: str, centre: str | None = None) -> bool:
        """Whether the viewer may open a page of :data:`layouts.PAGES`, and there this centre in full."""
        return may_open(self.viewer, page, centre)

    @property
    def shown_theme(self) -> Literal["day", "night"]:
        """The theme on the screen: `auto` is day from 7 to 19 local time."""
        if self.theme != "auto":
            return self.theme
        return "day" if int(self.network.local.seconds_of_day(self.now) // 3600) in _DAY_HOURS else "night"

    def name(self, centre: str) -> str:
        """A centre's name, or its id when the network file does not know it."""
        found = self.network.centre_by_id.get(centre)
        return found.names.get(self.catalogue.language) if found else centre

    def branch_name(self, centre: str, branch: str) -> str:
        found = self.network.centre_by_id.get(centre)
        names = {each.id: each.names for each in found.branches} if found else {}
        return names[branch].get(self.catalogue.language) if branch in names else branch

    def agency_name(self, agency: str) -> str:
        found = self.network.agency_by_id.get(agency)
        return found.names.get(self.catalogue.language) if found else agency

    def when(self, text: str | None) -> str:
        """``HH:MM`` of an RFC 3339 time when it is today, else the day; a dash for None."""
        return "—" if text is None else self.when_at(epoch(text))

    def when_at(self, moment: float) -> str:
        """The same of epoch seconds."""
        local = self.network.local
        if local.day(moment) == local.day(self.now):
            return self.catalogue.time(moment, local)
        return self.catalogue.date(date.fromordinal(local.day(moment)))


def epoch(text: str) -> float:
    """Epoch seconds of an RFC 3339 time."""
    return datetime.fromisoformat(text).timestamp()

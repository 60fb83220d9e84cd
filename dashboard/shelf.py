"""The documents of all centres as rows, kept from one drawing of a page to the next."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from msgspec import Struct

from dashboard.network import Network
from dashboard.papers import Paper, papers
from dashboard.state import Application, CentreState

KEPT_S: Final = 60.0
"""A centre's rows are made again at least so often."""
_PLACES: Final = 1000


class Picture(Protocol):
    """What is needed of a moment (data_sources.moments.Moment)."""

    is_past: bool

    def centre(self, centre: str) -> Mapping[str, Any]: ...
    def state(self, centre: str) -> CentreState: ...
    def clock(self, centre: str) -> float: ...


class Kept(Struct, frozen=True):
    numbers: Any
    """The centre's numbers of documents, and its branches', when the rows were made."""
    at: float
    papers: list[Paper]


class Shelf:
    """Rows of every centre. A picture comes several times a second, and most of the time no document has moved.

    So a centre's rows are made again when one of its numbers of documents has changed, or its day, or after
    :data:`KEPT_S`: what is counted from them is always what the picture says.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._kept: dict[str, Kept] = {}
        self._place: dict[str, str] = {}

    def papers(self, picture: Picture) -> list[Paper]:
        """The open and the recently late documents of all centres that operate."""
        return [paper for centre in self._network.centres for paper in self._of(picture, centre.id)]

    def find(self, picture: Picture, code: str) -> tuple[str, Application] | None:
        """A document that a live state holds, and its centre."""
        known = self._place.get(code)
        centres = [each.id for each in self._network.centres]
        for centre in [known] if known in centres else centres:
            found = picture.state(str(centre)).applications.get(code)
            if found is not None:
                if len(self._place) >= _PLACES:
                    self._place.clear()
                self._place[code] = str(centre)
                return str(centre), found
        return None

    def _of(self, picture: Picture, centre: str) -> list[Paper]:
        shown = picture.centre(centre)
        if shown["state"] == "planned":
            return []
        numbers = [shown["sla"], *(branch["sla"] for branch in shown["branches"])]
        now, kept = picture.clock(centre), self._kept.get(centre)
        if kept is not None and not picture.is_past and self._is_same(kept, numbers, now):
            return kept.papers
        made = papers(centre, picture.state(centre).applications, self._network, now)
        if not picture.is_past:
            self._kept[centre] = Kept(numbers, now, made)
        return made

    def _is_same(self, kept: Kept, numbers: Any, now: float) -> bool:
        day = self._network.local.day
        return kept.numbers == numbers and 0 <= now - kept.at < KEPT_S and day(kept.at) == day(now)

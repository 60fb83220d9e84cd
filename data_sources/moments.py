"""Moments of the network: now, and any moment of the past, each a snapshot with the states that it was made of.

The snapshot says of each centre up to which stream position its numbers go; history has the events up to there. So a
page can list the tickets behind a number, and the list has as many rows as the number says.
"""

import re
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import msgspec

from dashboard.network import Network
from dashboard.state import CentreState
from data_sources.history import History
from data_sources.past import Past
from data_sources.states import NewestStates
from data_sources.stream import position_of

LOOKED_AT: Final = 3
"""Past moments whose states are kept when somebody asked for them."""

ENTRY: Final = re.compile(r"[0-9]{1,13}-[0-9]{1,5}")

FindState = Callable[[str, int], CentreState]
_decode_snapshot = msgspec.json.Decoder(dict[str, Any]).decode


class Moment:
    """The network at one moment. What it hands out is shared by all who look at that moment: read, never change."""

    def __init__(self, snapshot: dict[str, Any], find_state: FindState, *, is_past: bool) -> None:
        self.snapshot, self.is_past = snapshot, is_past
        self.at = _epoch(snapshot["at"])
        """Epoch seconds: the clock of the snapshot."""
        self.version = int(snapshot["version"])
        self._centres = {each["id"]: each for each in snapshot["centres"]}
        self._find_state = find_state
        self._states: dict[str, CentreState] = {}

    @property
    def wall(self) -> dict[str, Any]:
        """What the wall shows of it: all."""
        return self.snapshot

    def centre(self, centre: str) -> dict[str, Any]:
        """The snapshot's centre. ``KeyError`` for one that the network has not."""
        found: dict[str, Any] = self._centres[centre]
        return found

    def state(self, centre: str) -> CentreState:
        """The state folded exactly up to the position that the snapshot's centre shows."""
        if centre not in self._states:
            shown = self.centre(centre)["position"]
            self._states[centre] = self._find_state(centre, position_of(shown.encode()) if shown else 0)
        return self._states[centre]

    def clock(self, centre: str) -> float:
        """The ``now`` that the centre's numbers were computed for, epoch seconds."""
        return _epoch(self.centre(centre)["at"])


class Moments:
    """Moments from the published snapshot and from history. Safe with threads and with gevent's greenlets."""

    def __init__(
        self, history: History, network: Network, snapshot: Callable[[], bytes], clock: Callable[[], float]
    ) -> None:
        self._read, self._clock = snapshot, clock
        self._newest, self._past = NewestStates(history, network), Past(history, network)
        self._shown: tuple[bytes, Moment] | None = None
        self._looked_at: deque[Moment] = deque(maxlen=LOOKED_AT)

    def moment(self, at: float | None = None) -> Moment | None:
        """The network at ``at`` (epoch seconds), from the events that had arrived by then; what is still to come is
        not known, so for a moment that is not past, and for None, that of the newest published snapshot. None before
        there is one."""
        return self._now() if at is None or at >= self._clock() else self._then(at)

    def since(self) -> float | None:
        """When the first ticket or document reached its stream, epoch seconds; None before there is one."""
        return self._past.since()

    def state(self, centre: str, entry: str) -> CentreState:
        """A centre's state folded exactly up to a stream entry (``1795411798000-0``), or as far as history goes: what a
        snapshot showed, after it is gone. ``ValueError`` for what is no entry's id."""
        if not ENTRY.fullmatch(entry):
            raise ValueError(f"{entry!r} is no id of a stream entry")
        return self._newest.at(centre, position_of(entry.encode()))

    def _now(self) -> Moment | None:
        raw, shown = self._read(), self._shown
        if not raw:
            return None
        if shown is None or shown[0] != raw:
            shown = self._shown = raw, Moment(_decode_snapshot(raw), self._newest.at, is_past=False)
        return shown[1]

    def _then(self, at: float) -> Moment:
        picture = self._past.picture(at)
        for each in tuple(self._looked_at):
            if each.snapshot is picture:
                return each
        moment = Moment(picture, self._past.state, is_past=True)
        self._looked_at.append(moment)
        return moment


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()

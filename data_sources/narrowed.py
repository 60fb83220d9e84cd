"""Services as a viewer has them who is of one centre: nothing of another centre can be asked for through them.

What is not named here does not exist for such a viewer: a new service is refused until somebody says what of it is
theirs. Pages need not know: they are given these in the place of the whole.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import msgspec

from dashboard.alert_board import of_centre
from dashboard.narrow import narrow_network, narrow_picture, outline
from dashboard.network import Network
from dashboard.state import CentreState
from data_sources.alarms import AlarmDesk
from data_sources.kept_weeks import NarrowWeeks
from data_sources.live import LiveHub, alarms_frame, frame
from data_sources.moments import Moment, Moments
from data_sources.rollups import Rollups

if TYPE_CHECKING:
    from data_sources.services import Services

FRAMES: Final = 8
"""Frames of the stream kept outlined: viewers walk close together, and one that is far behind has its own made."""
MOMENTS: Final = 2
OPEN_TO_ALL: Final = frozenset(
    "settings clock files decks audit accounts sessions logins screens oidc secret telemetry".split()
)
"""Services that hold nothing of a centre, or are asked only for what the door has checked."""


class NotYoursError(LookupError):
    """Something of another centre was asked for."""


class NarrowServices:
    """Of one centre."""

    def __init__(self, whole: Services, centre: str) -> None:
        self._whole, self.centre = whole, centre
        self.network: Network = narrow_network(whole.network, centre)
        self.wall_network = whole.network
        self._moments: deque[tuple[Moment, NarrowMoment]] = deque(maxlen=MOMENTS)

    def __getattr__(self, name: str) -> Any:
        if name in OPEN_TO_ALL:
            return getattr(self._whole, name)
        raise AttributeError(f"services.{name} has not been made narrow: see data_sources/narrowed.py")

    @cached_property
    def live(self) -> NarrowLive:
        return NarrowLive(self._whole.live, self.centre)

    @cached_property
    def rollups(self) -> NarrowRollups:
        return NarrowRollups(self._whole.engine, self.network, self.cached)

    @cached_property
    def moments(self) -> NarrowMoments:
        return NarrowMoments(self._whole.moments, self.centre)

    @cached_property
    def weeks(self) -> NarrowWeeks:
        return NarrowWeeks(self._whole.weeks, self.centre)

    def snapshot(self) -> bytes:
        """As the wall shows it: other centres in outline."""
        return self.live.snapshot()

    def standing(self) -> bytes:
        """Alarms of the own centre."""
        return self.live.alarms()

    def moment(self, at: float | None = None) -> NarrowMoment | None:
        """Of a moment of the whole always the same object: pages keep what they drew of it."""
        whole = self._whole.moment(at)
        if whole is None:
            return None
        for each, narrow in tuple(self._moments):
            if each is whole:
                return narrow
        narrow = NarrowMoment(whole, self.network, self.centre)
        self._moments.append((whole, narrow))
        return narrow

    @cached_property
    def alarms(self) -> AlarmDesk:
        return AlarmDesk(self._whole.engine, self._whole.rules, self.centre)

    def feeds(self) -> list[dict[str, Any]]:
        return [each for each in self._whole.feeds() if each["id"] == self.centre]

    def cached(self, name: str, key: str, make: Callable[[], bytes]) -> bytes:
        return self._whole.cached(name, f"{self.centre}/{key}", make)


class NarrowMoment:
    """A moment of a network of one centre."""

    def __init__(self, whole: Moment, network: Network, centre: str) -> None:
        self._whole, self._network, self._centre = whole, network, centre
        self.is_past, self.at, self.version = whole.is_past, whole.at, whole.version

    @cached_property
    def snapshot(self) -> dict[str, Any]:
        return narrow_picture(self._whole.snapshot, self._network, self.state(self._centre), self.at)

    @cached_property
    def wall(self) -> dict[str, Any]:
        """What the wall shows: every centre, the others in outline."""
        return outline(self._whole.snapshot, self._centre)

    def centre(self, centre: str) -> dict[str, Any]:
        return self._whole.centre(self._own(centre))

    def state(self, centre: str) -> CentreState:
        return self._whole.state(self._own(centre))

    def clock(self, centre: str) -> float:
        return self._whole.clock(self._own(centre))

    def _own(self, centre: str) -> str:
        return _own(centre, self._centre)


class NarrowMoments:
    def __init__(self, whole: Moments, centre: str) -> None:
        self._whole, self._centre = whole, centre

    def since(self) -> float | None:
        return self._whole.since()

    def state(self, centre: str, entry: str) -> CentreState:
        return self._whole.state(_own(centre, self._centre), entry)


class NarrowRollups(Rollups):
    """Rollups of a network of one centre; a question about another one is refused."""

    def _centres(self, centre: str | None) -> list[str]:
        (own,) = self.network.centre_by_id
        return [own if centre is None else _own(centre, own)]

    def _among(self) -> list[str] | None:
        return list(self.network.centre_by_id)


class NarrowLive:
    """The live stream in outline: made once for each message, whoever follows."""

    def __init__(self, whole: LiveHub, centre: str) -> None:
        self._whole, self._centre = whole, centre
        self._lock = threading.Lock()
        self._frames: OrderedDict[bytes, bytes] = OrderedDict()
        self._shown: tuple[bytes, bytes] = b"", b""

    def reachable(self) -> bool:
        return self._whole.reachable()

    def snapshot(self) -> bytes:
        raw = self._whole.snapshot()
        with self._lock:
            if self._shown[0] != raw:
                self._shown = raw, self._outlined(raw) if raw else raw
            return self._shown[1]

    def alarms(self) -> bytes:
        raw = self._whole.alarms()
        return self._own_alarms(raw) if raw else raw

    def stream(self, have: int | None = None) -> Iterator[bytes]:
        for each in self._whole.stream(have):
            yield self._frame(each)

    def _frame(self, whole: bytes) -> bytes:
        kind, _, data = whole.partition(b"\ndata: ")
        name = kind.rpartition(b"event: ")[2].decode()
        if name == "ping":
            return whole
        with self._lock:
            if whole not in self._frames:
                self._frames[whole] = (
                    alarms_frame(self._own_alarms(data)) if name == "alarms" else frame(name, self._outlined(data))
                )
                if len(self._frames) > FRAMES:
                    self._frames.popitem(last=False)
            return self._frames[whole]

    def _outlined(self, raw: bytes) -> bytes:
        return msgspec.json.encode(outline(msgspec.json.decode(raw, type=dict[str, Any]), self._centre))

    def _own_alarms(self, raw: bytes) -> bytes:
        return msgspec.json.encode(of_centre(msgspec.json.decode(raw, type=dict[str, Any]), self._centre))


def _own(asked: str, own: str) -> str:
    if asked != own:
        raise NotYoursError(f"{asked} was asked for by a viewer of {own}")
    return asked

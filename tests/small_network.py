"""A small network for tests: two working centres, one planned, Monday to Friday 9 to 18, and makers of events."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from dashboard.events import EVENT_CLASSES, Event, rebuild
from dashboard.network import Agency, Branch, Centre, Names, Network, Norms, Service, Shift, Threshold

WEEK = (Shift(540, 1080),) * 5 + (None, None)
MONDAY_10 = datetime(2026, 11, 23, 5, 0, tzinfo=UTC).timestamp()
"""Monday 23 November 2026, 10:00 in Atyrau (UTC+5), epoch seconds."""
MINUTE = 60.0
DAY = 86_400.0


def names(text: str) -> Names:
    return Names(ru=text, kk=text, en=text)


def branch(id_: str, windows: int = 3) -> Branch:
    return Branch(id_, names(id_), tuple(str(n + 1) for n in range(windows)), WEEK, 5, 47.1, 51.9)


def centre(id_: str, *branches: Branch, planned: bool = False) -> Centre:
    opens = datetime(2026, 12, 15, tzinfo=UTC).date() if planned else None
    return Centre(id_, names(id_), "city", planned, opens, False, "", names("Атырау"), branches)


NETWORK = Network(
    id="test",
    names=names("Test"),
    time_zone="Asia/Atyrau",
    demo=False,
    norms=Norms(),
    thresholds=(
        Threshold("queue.longest_wait_s", 1200, 2400),
        Threshold("load.occupancy", 0.88, 0.96, margin=0.05),
        Threshold("turnover.rate_12m", 0.2, 0.35),
        Threshold("sla.overdue", 2, 5),
    ),
    centres=(
        centre("one", branch("main"), branch("hall")),
        centre("two", branch("main")),
        centre("three", branch("main"), planned=True),
    ),
    services=(
        Service("estate", names("Недвижимость"), True, 10, "calendar"),
        Service("idcard", names("Удостоверение"), True, 15, "working"),
    ),
    agencies=(Agency("cadastre", names("Кадастр"), 5.0), Agency("police", names("Полиция"), 7.0)),
)


class Maker:
    """Makes events of one source with ids of their own."""

    def __init__(self, source: str = "/one/main") -> None:
        self.source = source
        self.count = 0

    def __call__(self, type_: str, moment: float, **data: Any) -> Event:
        self.count += 1
        assert type_ in EVENT_CLASSES
        time = datetime.fromtimestamp(moment, UTC)
        return rebuild(type_, f"e{self.count:06}", self.source, time, msgspec.json.encode(data))

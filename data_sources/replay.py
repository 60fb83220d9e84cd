"""Replay of a real log: a file by a profile into a centre's stream (docs/replay.md)."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
import redis

from data_sources.replay_profile import Profile, ProfileError, load_profile
from data_sources.replay_rows import DAY_S, RANK, SHAPES, Made, Report, rows
from data_sources.stream import events_key

__all__ = ["Profile", "ProfileError", "Report", "load_profile", "make_events", "replay"]

PIPELINE: Final = 2000
_BY_SERVER: Final = 1 << 60
Timed = tuple[float, str, bytes]
_encode = msgspec.json.Encoder().encode


def make_events(
    path: Path, profile: Profile, *, until: Literal["now"] | None = None, now: float | None = None
) -> tuple[list[Timed], Report]:
    """All events of a file in time order, ``(epoch s, centre, CloudEvents JSON)``, and the report.

    ``until="now"`` moves all by a whole number of days, the last to before ``now`` (epoch s). Ids hang on the times of
    the file, not on the moved ones: another replay on another day gives the same ids. Raises ``OSError``.
    """
    report = Report()
    made = SHAPES[profile.shape](rows(path, profile, report), profile, report)
    made.sort(key=lambda each: (each.time, RANK.get(each.type, 99), each.key))
    shift = 0
    if until == "now" and made:
        if now is None:
            raise ValueError('until="now" needs now')
        shift = -ceil((made[-1].time - now) / DAY_S) * DAY_S
    report.events = len(made)
    return [(each.time + shift, profile.centre, _event(each, profile, shift)) for each in made], report


def _event(made: Made, profile: Profile, shift: int) -> bytes:
    data: dict[str, Any] = made.data
    if shift and "due" in data:
        due = date.fromisoformat(data["due"]) + timedelta(seconds=shift)
        data = {**data, "due": due.isoformat()}
    return _encode(
        {
            "specversion": "1.0",
            "id": f"{profile.id}-{round(made.time * 1000):013}-{RANK.get(made.type, 99):02}-{made.key}",
            "source": f"/{profile.centre}/{profile.branch}",
            "type": made.type,
            "time": datetime.fromtimestamp(made.time + shift, UTC).isoformat(),
            "data": data,
        }
    )


def replay(
    path: Path,
    profile: Profile,
    client: redis.Redis,
    *,
    speed: float | None = None,
    until: Literal["now"] | None = None,
    now: float | None = None,
    on_progress: Callable[[int, int], None] = lambda _done, _all: None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.time,
    outcomes: Callable[[], Mapping[str, Any]] | None = None,
) -> Report:
    """Add a file's events to its centre's stream; ``speed`` is a multiple of real time, None is at once.

    An entry's id is its event's time where the stream allows it. ``outcomes`` is asked at the end for ``accepted``,
    ``refused`` (by reason) and ``duplicates`` of the worker. Raises ``OSError``, ``redis.RedisError``.
    """
    events, report = make_events(path, profile, until=until, now=clock() if now is None else now)
    key = events_key(profile.centre)
    last = _last_ms(client, key)
    began = clock()
    size = PIPELINE if speed is None else 1
    for first in range(0, len(events), size):
        batch = events[first : first + size]
        if speed is not None:
            sleep(max(0.0, began + (batch[0][0] - events[0][0]) / speed - clock()))
        last = _add(client, key, batch, last)
        on_progress(first + len(batch), len(events))
    if outcomes is not None:
        found = outcomes()
        report.accepted, report.duplicates = found["accepted"], found["duplicates"]
        report.refused = dict(found["refused"])
    return report


def _last_ms(client: redis.Redis, key: str) -> int:
    newest: Any = client.xrevrange(key, count=1)
    return int(bytes(newest[0][0]).partition(b"-")[0]) if newest else -1


def _add(client: redis.Redis, key: str, batch: list[Timed], last: int) -> int:
    """Add a batch; gives the newest millisecond of the stream that is known to have an id of ours."""
    with client.pipeline(transaction=False) as pipeline:
        for moment, _centre, raw in batch:
            at = int(moment * 1000)
            # "ms-*" lets the server number the entries of one millisecond
            pipeline.xadd(key, {"event": raw}, id=f"{at}-*" if at >= last else "*")
            last = at if at >= last else _BY_SERVER  # after an id by the server's clock none of ours is sure to fit
        pipeline.execute()
    return last

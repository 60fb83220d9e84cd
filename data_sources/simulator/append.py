"""One simulated centre and its stream: what the stream has of it, and how the next events get in exactly once.

One script call appends a batch and notes how many events of the run the stream has, so the note is always true.
The centre's checkpoint (its state at a recent local midnight) lies beside it. Whoever comes next lives the days
since then again, the same byte for byte, and writes what is not yet noted.
"""

from collections import deque
from typing import Any, Final

import msgspec
import redis

from dashboard.network import Centre, Network
from data_sources.simulator.centre import Simulation
from data_sources.simulator.parameters import Parameters
from data_sources.simulator.state import Run
from data_sources.stream import events_key

BATCH: Final = 1000
"""Events a script call: about 2 ms of the server's time."""

APPEND: Final = """
local told = tonumber(redis.call('HGET', KEYS[2], 'told') or '0')
if told ~= tonumber(ARGV[1]) then
  return redis.error_reply('TOLD ' .. string.format('%.0f', told) .. ' events are written, not ' .. ARGV[1])
end
local live = ARGV[2] == 'live'
local last = 0
if not live and redis.call('EXISTS', KEYS[1]) == 1 then
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then last = tonumber(string.match(info[i + 1], '^%d+')) end
  end
end
for i = 3, #ARGV, 2 do
  if live then
    redis.call('XADD', KEYS[1], '*', 'event', ARGV[i + 1])
  else
    -- the event's own time, unless the stream is ahead of it already
    if tonumber(ARGV[i]) > last then last = tonumber(ARGV[i]) end
    redis.call('XADD', KEYS[1], string.format('%.0f-*', last), 'event', ARGV[i + 1])
  end
end
redis.call('HSET', KEYS[2], 'told', string.format('%.0f', told + (#ARGV - 2) / 2))
return redis.call('XLEN', KEYS[1])
"""


class ConflictError(RuntimeError):
    """Another simulator feeds the same stream."""


def simulator_key(centre: str) -> str:
    """A hash beside the stream: ``run``, ``told`` (events written) and ``checkpoint``."""
    return f"tendays:{{{centre}}}:simulator"


class CentreFeed:
    """One centre's simulation and how far its stream has it."""

    def __init__(self, client: Any, centre: Centre, network: Network, parameters: Parameters, run: Run) -> None:
        self._client, self.centre, self._network = client, centre, network
        self._append = client.register_script(APPEND)
        self._keys = [events_key(centre.id), simulator_key(centre.id)]
        told, checkpoint = client.hmget(self._keys[1], "told", "checkpoint")
        self.told = int(told or 0)
        self._simulation = Simulation(centre, network, parameters, run, checkpoint)
        self._skip = self.told - self._simulation.state.told
        self._waiting: deque[tuple[int, bytes]] = deque()
        client.hset(self._keys[1], "run", msgspec.json.encode(run))

    @property
    def day(self) -> int:
        """The local day that has not been lived yet."""
        return self._simulation.state.day

    def live_day(self, checkpoint: bool) -> None:
        """Live the next day; its events wait to be written, less those that the stream already has."""
        if checkpoint and self._skip <= 0:
            self._client.hset(self._keys[1], "checkpoint", self._simulation.checkpoint())
        events = self._simulation.next_day()
        self._waiting.extend(events[self._skip :] if self._skip > 0 else events)
        self._skip = max(0, self._skip - len(events))

    def due(self, now_ms: float) -> bool:
        """Whether an event waits whose time has come."""
        return bool(self._waiting) and self._waiting[0][0] <= now_ms

    def due_live(self, now_ms: float) -> bool:
        """The same, after living the days that have begun by now."""
        while not self._waiting and self._network.local.day_start(self.day) * 1000 <= now_ms:
            self.live_day(checkpoint=True)
        return self.due(now_ms)

    def lag_s(self, now_ms: float) -> float:
        return max(0.0, (now_ms - self._waiting[0][0]) / 1000) if self._waiting else 0.0

    def write(self, now_ms: float, live: bool) -> tuple[int, int]:
        """Append at most :data:`BATCH` of the events that are due; how many, and the stream's length.

        Raises :class:`ConflictError` when the stream has events of this run that this feed has not written.
        """
        batch: list[tuple[int, bytes]] = []
        for event in self._waiting:
            if event[0] > now_ms or len(batch) == BATCH:
                break
            batch.append(event)
        args: list[object] = [self.told, "live" if live else "history"]
        for event in batch:
            args += event
        try:
            length = self._append(keys=self._keys, args=args)
        except redis.ResponseError as error:
            if "TOLD" in str(error):
                raise ConflictError(f"{self.centre.id}: another simulator feeds this stream ({error})") from error
            raise
        for _ in batch:
            self._waiting.popleft()
        self.told += len(batch)
        return len(batch), int(length)

    def beat(self, id_: str, moment: float, lag_s: float) -> None:
        """Append a heartbeat. It is no event of the run: a run has the same events whoever watches."""
        when = self._network.local.to_datetime(moment).isoformat(timespec="milliseconds")
        event = {"type": "heartbeat", "specversion": "1.0", "id": id_, "source": f"/{self.centre.id}", "time": when}
        data = {"queue_system": "simulator", "lag_s": round(lag_s, 1)}
        self._client.xadd(self._keys[0], {"event": msgspec.json.encode(event | {"data": data})})

"""The simulation of one centre: a fold over local days, endless, the same for the same run.

Each day draws from random streams of its own (seed, centre and the day's number in the run), and what one day
leaves to the next is plain data (:class:`data_sources.simulator.state.State`). So history and live are one
sequence, it can be taken up from any day's checkpoint, and a demo looks much the same on whatever day it begins.
"""

from collections.abc import Iterator
from random import Random
from zlib import crc32

import msgspec

from dashboard.network import Centre, Network
from data_sources.simulator.documents import Desk
from data_sources.simulator.hall import Hall
from data_sources.simulator.log import Log, encode
from data_sources.simulator.oversight import Oversight
from data_sources.simulator.parameters import Parameters
from data_sources.simulator.people import Rotation, Staffing
from data_sources.simulator.place import Place
from data_sources.simulator.state import Run, State, pack, unpack


class Simulation:
    """One centre, day by day; :attr:`state` is between days."""

    def __init__(
        self, centre: Centre, network: Network, parameters: Parameters, run: Run, checkpoint: bytes | None = None
    ) -> None:
        """Begin ``run``, or go on from a checkpoint of it (``ValueError`` when it is another run's)."""
        self.state = unpack(checkpoint) if checkpoint else State(run, run.start)
        if self.state.run != run:
            raise ValueError(f"checkpoint of {centre.id} is of {self.state.run}, not of {run}")
        self.place = Place(centre, network, parameters, run)
        self._parameters, self._run = parameters, run
        founded = {each.id: each.posts for each in network.centres if not each.planned}
        staff = parameters.staff
        rotation = Rotation(run.seed, run.start, founded, staff.mobile, staff.mobile_days)
        self._staffing = Staffing(self.place, self.state, rotation)
        self._desk = Desk(self.place, self.state)
        self._oversight = Oversight(self.place, self.state)

    def checkpoint(self) -> bytes:
        """What :class:`Simulation` needs to go on from here."""
        return pack(self.state)

    def next_day(self) -> list[tuple[int, bytes]]:
        """Live the next local day: its events as (epoch ms, CloudEvents JSON), in order of time.

        The very first day also tells when the staff of a centre that already worked had joined: earlier times.
        """
        state, day = self.state, self.state.day
        log = Log(self.place.network.local, state.pending, state.planned)
        self._begin(log, day, self._rng(day, "begin"))
        if state.staff:
            self._staffing.pass_day(log, day, self._rng(day, "staff"))
        if day >= self.place.opening_day:
            self._receive(log, day, self._rng(day, "visitors"))
            self._oversight.pass_day(log, day, self._rng(day, "oversight"))
        told = encode(log.take(day), self._run.prefix, state.told)
        state.planned, state.told, state.day = log.planned, state.told + len(told), day + 1
        return told

    def _rng(self, day: int, part: str) -> Random:
        return Random(f"{self._run.seed}:{self.place.centre.id}:{day - self._run.start}:{part}")

    def _begin(self, log: Log, day: int, rng: Random) -> None:
        planned, start = self.place.centre.planned, self._run.start
        lead = self._parameters.staff.joins_before_opening_days
        if day == (max(start, self.place.opening_day - lead) if planned else start):
            self._staffing.establish(log, day, rng)
        if day == (self.place.opening_day if planned else start):
            self._oversight.offer(log, day, rng)
            if planned:
                self._oversight.open_centre(log)

    def _receive(self, log: Log, day: int, rng: Random) -> None:
        """The day's visitors: through the hall where tickets are simulated, else only their documents."""
        factor = rng.lognormvariate(0, self._parameters.arrivals.day_sigma)
        if day < self._run.tickets:
            self._desk.pass_day(log, day, factor, rng)
            return
        for index, team in enumerate(self.place.teams):
            hours = self.place.hours[index].of(day)
            if hours is None:
                continue
            hall = Hall(self.place, self._desk, log, index, *hours, rng)
            weekday = (day - 1) % 7
            hall.run(self._staffing.on_duty(index, day, rng), team.expected(weekday) * factor, weekday)


def run_of(network: Network, parameters: Parameters, seed: int, start: float, tickets_from: float) -> Run:
    """The run whose first day is that of ``start`` and whose tickets begin with the day of ``tickets_from``."""
    local = network.local
    return Run(seed, local.day(start), local.day(tickets_from), network.time_zone, fingerprint(network, parameters))


def fingerprint(network: Network, parameters: Parameters) -> str:
    """Eight hexadecimal digits that differ when the network's file or the parameters do. A change of norms changes
    nothing in what people do."""
    told = {name: getattr(network, name) for name in network.__struct_fields__ if name not in ("changes", "written")}
    return f"{crc32(msgspec.msgpack.encode([told, parameters])):08x}"


def simulate(
    centre: Centre,
    network: Network,
    parameters: Parameters,
    seed: int,
    start: float,
    until: float | None,
    tickets_from: float,
) -> Iterator[tuple[float, bytes]]:
    """Events of one centre as (epoch seconds, CloudEvents JSON bytes), in order of time; the same for the same seed.

    Begins with the local day of ``start`` (epoch seconds; what staff did before is told with its own, earlier
    time), has tickets from the local day of ``tickets_from``, and ends before ``until``, or never.
    """
    simulation = Simulation(centre, network, parameters, run_of(network, parameters, seed, start, tickets_from))
    while True:
        for ms, raw in simulation.next_day():
            if until is not None and ms >= until * 1000:
                return
            yield ms / 1000, raw
        if until is not None and network.local.day_start(simulation.state.day) >= until:
            return

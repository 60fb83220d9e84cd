"""What a simulated centre remembers from one local day to the next, and how it is kept: a checkpoint."""

import zlib

import msgspec
from msgspec import Struct, field

from data_sources.simulator.log import Line


class Employee(Struct, gc=False):
    code: str
    branch: int
    """Index of the branch in the centre."""
    joined: int
    """Local day, an ordinal."""
    speed: float
    """Service times are multiplied by it; 1 is the centre's average."""
    mobile: bool = False
    """Moves between centres by a plan of the network, see :class:`data_sources.simulator.people.Rotation`."""


class Run(Struct, frozen=True):
    """What makes one simulated history: the same run gives the same events, byte for byte."""

    seed: int
    start: int
    """First local day, an ordinal."""
    tickets: int
    """First local day with tickets."""
    zone: str
    """The network's time zone: its days are the days of the run."""
    made_of: str
    """Fingerprint of the network and the parameters: with others the same days would be lived differently."""

    @property
    def prefix(self) -> str:
        """What its event ids begin with; a run of another seed or first day has other ids."""
        return f"{self.seed}-{self.start}-"


class State(Struct):
    run: Run
    day: int
    """The local day that comes next."""
    told: int = 0
    """Events told so far: the number in the newest event's id."""
    planned: int = 0
    applications: int = 0
    complaints: int = 0
    employees: int = 0
    visits: int = 0
    deficiencies: int = 0
    directives: int = 0
    unrest: float = 0.0
    patience: float = 0.0
    """Leavers that the turnover has built up, and how many it takes until the next one goes."""
    staff: list[Employee] = field(default_factory=list)
    pending: dict[int, list[Line]] = field(default_factory=dict)
    """Local day to what is planned for it."""


def pack(state: State) -> bytes:
    """A checkpoint: the state as compressed MessagePack."""
    return zlib.compress(msgspec.msgpack.encode(state), 1)


def unpack(checkpoint: bytes) -> State:
    """The state of a checkpoint; ``ValueError`` when it is none, or of another version's shape."""
    try:
        return msgspec.msgpack.decode(zlib.decompress(checkpoint), type=State)
    except (zlib.error, msgspec.DecodeError) as error:
        raise ValueError(f"not a checkpoint of the simulator: {error}") from error

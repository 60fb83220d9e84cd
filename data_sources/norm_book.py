"""Changes of norms and thresholds in the database of history: making one, taking one back, and reading them again and
again, so that every process that runs has those that hold (docs/network.md)."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy import Column, Double, Engine, Integer, Table, Text, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from dashboard.network import Network
from dashboard.norm_checks import READ_EVERY_S, changed, check_day, check_why, earliest, refusal
from dashboard.norms import NormChange, Threshold
from data_sources.history_tables import METADATA

NORMS: Final = Table(
    "norms",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="from 1"),
    Column("first_day", Integer, nullable=False, comment="local day, an ordinal"),
    Column("made", Double, nullable=False),
    Column("who", Text, nullable=False, comment="a login, never a name"),
    Column("why", Text, nullable=False),
    Column("what", Text, nullable=False, comment="JSON: norms by name, thresholds as whole rules"),
    Column("takes_back", Integer, comment="number of the change that is not to come"),
)

log = structlog.get_logger()


class What(Struct):
    """The column ``what``."""

    norms: dict[str, int | float] = {}
    thresholds: tuple[Threshold, ...] = ()


_what = msgspec.json.Decoder(What).decode


class NormBook:
    """Puts what the table has into ``network.changes``, which all copies of the network share."""

    def __init__(self, engine: Engine, network: Network, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._network, self._clock = engine, network, clock
        self._read_at = float("-inf")

    def read(self) -> tuple[NormChange, ...]:
        """All rows, and the network has them."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(NORMS).order_by(NORMS.c.number)).all()
        self._network.changes.put(_change(row) for row in rows)
        self._read_at = self._clock()
        return self._network.changes.known.every

    def fresh(self) -> None:
        """Read again what was read longer than :data:`READ_EVERY_S` ago."""
        if abs(self._clock() - self._read_at) >= READ_EVERY_S:
            self.read()

    def fresh_or_old(self) -> None:
        """The same for who shows numbers: a database that is away leaves what was known, and the log says so."""
        try:
            self.fresh()
        except SQLAlchemyError as error:
            self._read_at = self._clock()
            log.warning("changes of norms cannot be read, the known ones go on", error=str(error))

    def earliest(self) -> int:
        """The first local day on which a change may begin now."""
        return earliest(self._network, self._clock())

    def make(self, said: Mapping[str, str], first_day: int | None, who: str, why: str) -> NormChange:
        """A change from a local day on, by None from the earliest; :class:`dashboard.norm_checks.NormError` for what
        cannot be. ``said`` is what :func:`dashboard.norm_checks.changed` takes."""
        number, day = self._next(), self.earliest() if first_day is None else first_day
        check_day(self._network, day, self._clock())
        norms, thresholds = changed(self._network.on(day), said)
        return self._add(NormChange(number, day, self._clock(), who, check_why(why), norms, thresholds))

    def take_back(self, number: int, who: str, why: str) -> NormChange:
        """That a change which is still to come does not come. ``NormError`` when there is none, or it is too late."""
        following = self._next()
        found = next((each for each in self._network.changes.known.rows if each.number == number), None)
        if found is None or found.first_day < self.earliest():
            raise refusal("norm_begun", "no change to come has this number", str(number), "a new change can follow it")
        return self._add(NormChange(following, found.first_day, self._clock(), who, check_why(why), takes_back=number))

    def _next(self) -> int:
        return max((each.number for each in self.read()), default=0) + 1

    def _add(self, change: NormChange) -> NormChange:
        row = msgspec.structs.asdict(change)
        row["what"] = msgspec.json.encode(What(row.pop("norms"), row.pop("thresholds"))).decode()
        while True:
            try:
                with self._engine.begin() as connection:
                    connection.execute(NORMS.insert().values(row))
                break
            except IntegrityError:
                if row["number"] == (following := self._next()):
                    raise
                row["number"] = following  # somebody else was quicker
        self.read()
        return msgspec.structs.replace(change, number=row["number"])


def _change(row: Any) -> NormChange:
    what = _what(row.what)
    said = (row.number, row.first_day, row.made, row.who, row.why, what.norms, what.thresholds, row.takes_back)
    return NormChange(*said)

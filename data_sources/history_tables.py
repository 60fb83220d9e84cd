"""The tables of history. Events are only ever added; rollups are kept in the same transaction (docs/history.md)."""

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

from dashboard.facts import BRANCH_COLUMNS, OPERATOR_COLUMNS, TICKET_COLUMNS

METADATA: Final = MetaData()

EVENTS: Final = Table(
    "events",
    METADATA,
    Column("centre", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("time", BigInteger, nullable=False, comment="microseconds since 1970, UTC"),
    Column("data", Text, nullable=False, comment="compact JSON"),
    UniqueConstraint("source", "id", name="uq_events_source_id"),
    sqlite_with_rowid=False,
)

POSITIONS: Final = Table(
    "positions",
    METADATA,
    Column("centre", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("fence", BigInteger, nullable=False, comment="the lease that may write; an older one may not"),
)

STATES: Final = Table(
    "states",
    METADATA,
    Column("centre", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("state", LargeBinary, nullable=False, comment="msgpack of dashboard.state.CentreState"),
)

MEMORY: Final = Table(
    "memory",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False, comment="what the publisher must remember over a restart"),
)

FEED_DAY: Final = Table(
    "feed_day",
    METADATA,
    Column("centre", Text, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False, comment="local day of arrival, ordinal"),
    Column("outcome", Text, primary_key=True, comment="accepted, duplicate, or the code of a refusal"),
    Column("n", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)


def _rollup(name: str, keys: tuple[str, ...], when: str, columns: tuple[str, ...]) -> Table:
    return Table(
        name,
        METADATA,
        Column("centre", Text, primary_key=True),
        *(Column(key, Text, primary_key=True) for key in keys),
        Column(when, BigInteger, primary_key=True, autoincrement=False),
        *(Column(column, BigInteger, nullable=False) for column in columns),
        sqlite_with_rowid=False,
    )


BRANCH_5M: Final = _rollup("branch_5m", ("branch",), "start", BRANCH_COLUMNS)
SERVICE_DAY: Final = _rollup("service_day", ("branch", "service"), "day", TICKET_COLUMNS)
OPERATOR_DAY: Final = _rollup("operator_day", ("branch", "operator", "window"), "day", OPERATOR_COLUMNS)
COUNT_DAY: Final = _rollup("count_day", ("branch", "type", "key"), "day", ("n",))
ROLLUPS: Final = (BRANCH_5M, SERVICE_DAY, OPERATOR_DAY, COUNT_DAY)

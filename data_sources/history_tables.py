"""The tables of history. Events are only ever added; rollups are kept in the same transaction (docs/history.md)."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TEXT as PG_TEXT

from dashboard.facts import BRANCH_COLUMNS, DOCUMENT_COLUMNS, OPERATOR_COLUMNS, PARTY_COLUMNS, TICKET_COLUMNS

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
    Column("day", BigInteger, nullable=False, server_default="0", comment="newest local day that an event fell on"),
    Column(
        "revised", BigInteger, nullable=False, server_default="0", comment="newest position that changed a past day"
    ),
    Column("rollups", BigInteger, nullable=False, server_default="0", comment="version of what is kept beside events"),
)

STATES: Final = Table(
    "states",
    METADATA,
    Column("centre", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("state", LargeBinary, nullable=False, comment="msgpack of dashboard.state.CentreState"),
)

CHECKPOINTS: Final = Table(
    "checkpoints",
    METADATA,
    Column("centre", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("state", LargeBinary, nullable=False, comment="zlib of msgpack of dashboard.state.CentreState"),
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


def _rollup(name: str, texts: str, whens: str, columns: tuple[str, ...], order: str) -> Table:
    """A table of sums: a centre, what is counted, when. ``order`` is how its rows lie: a centre's days one after the
    other, as they are asked for."""
    return Table(
        name,
        METADATA,
        Column("centre", Text, nullable=False),
        *(Column(key, Text, nullable=False) for key in texts.split()),
        *(Column(key, BigInteger, nullable=False) for key in whens.split()),
        *(Column(column, BigInteger, nullable=False) for column in columns),
        PrimaryKeyConstraint("centre", *order.split()),
        sqlite_with_rowid=False,
    )


BRANCH_5M: Final = _rollup("branch_5m", "branch", "start", BRANCH_COLUMNS, "start branch")
BRANCH_HOUR: Final = _rollup("branch_hour", "branch", "day hour", BRANCH_COLUMNS, "day branch hour")
BRANCH_DAY: Final = _rollup("branch_day", "branch", "day", BRANCH_COLUMNS, "day branch")
SERVICE_DAY: Final = _rollup("service_day", "branch service", "day", TICKET_COLUMNS, "day branch service")
SERVICE_WEEK: Final = _rollup("service_week", "branch service", "week", TICKET_COLUMNS, "week branch service")
OPERATOR_DAY: Final = _rollup(
    "operator_day", "branch operator window", "day", OPERATOR_COLUMNS, "day branch operator window"
)
COUNT_DAY: Final = _rollup("count_day", "branch type key", "day", ("n",), "type day branch key")
DOCUMENT_DAY: Final = _rollup("document_day", "branch service", "day", DOCUMENT_COLUMNS, "day branch service")
DOCUMENT_WEEK: Final = _rollup("document_week", "branch", "week", DOCUMENT_COLUMNS, "week branch")
PARTY_DAY: Final = _rollup("party_day", "party", "day", PARTY_COLUMNS, "day party")
PARTY_WEEK: Final = _rollup("party_week", "party", "week", PARTY_COLUMNS, "week party")
ROLLUPS: Final = (
    BRANCH_5M, BRANCH_HOUR, BRANCH_DAY, SERVICE_DAY, SERVICE_WEEK, OPERATOR_DAY, COUNT_DAY, DOCUMENT_DAY, DOCUMENT_WEEK,
    PARTY_DAY, PARTY_WEEK,
)  # fmt: skip

ROLLUPS_VERSION: Final = 4
"""Raised when what the fold says to the rollups, or what is kept of documents, changes: they are then made anew from
the events (data_sources/recompute.py)."""

DOCUMENTS: Final = Table(
    "documents",
    METADATA,
    Column("code", Text().with_variant(PG_TEXT(collation="C"), "postgresql"), primary_key=True),
    Column("centre", Text, primary_key=True),
    Column("branch", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("accepted", Double),
    Column("due", Integer, nullable=False, comment="local day, ordinal"),
    Column("risk", Double, nullable=False),
    Column("late", Double, nullable=False),
    Column("ready", Double),
    Column("issued", Double),
    Column("stopped", Double),
    Column("stopped_as", Text, nullable=False),
    Column("done", Double),
    Column("holds", Text, nullable=False, comment="JSON: [[agency, since, until], …]"),
    Index("ix_documents_done", "centre", "done", "late", "accepted", "code"),
    Index(
        "ix_documents_late",
        "centre",
        "done",
        "late",
        "accepted",
        "code",
        sqlite_where=text("done >= late"),
        postgresql_where=text("done >= late"),
    ),
    sqlite_with_rowid=False,
)
"""What is known of every document there ever was (dashboard.state.Application); moments are epoch seconds."""

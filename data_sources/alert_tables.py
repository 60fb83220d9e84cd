"""The tables of alarms and of what is sent about them (docs/alarms.md). Moments are epoch seconds."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, LargeBinary, Table, Text

from data_sources.history_tables import METADATA

ALARMS: Final = Table(
    "alarms",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("centre", Text, nullable=False),  # empty for the network
    Column("branch", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("state", Text, nullable=False),  # firing, acknowledged, recovering or resolved
    Column("began", Double, nullable=False),
    Column("fired", Double, nullable=False),
    Column("ended", Double),
    Column("why", Text, nullable=False),  # of its end: good, closed or withdrawn
    Column("value", Double),
    Column("worst", Double),
    Column("threshold", Double),
    Column("escalated", Boolean, nullable=False),
    Column("by", Text, nullable=False, comment="a login, never a name"),
    Column("until", Double),
    Column("note", Text, nullable=False),
    Index("ix_alarms_ended", "ended"),
)
ALARM_STEPS: Final = Table(
    "alarm_steps",
    METADATA,
    Column("alarm", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Double, nullable=False),
    Column("kind", Text, nullable=False),
    Column("value", Double),
    Column("by", Text, nullable=False),
    Column("note", Text, nullable=False),
)
ALARM_REQUESTS: Final = Table(
    "alarm_requests",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("alarm", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("until", Double),
    Column("note", Text, nullable=False),
    Column("asked", Double, nullable=False),
    Column("done", Double),
    Index("ix_alarm_requests_done", "done"),
)
"""Acknowledgements asked for by any process; the runner, the one writer of alarms, takes them on its next tick."""
ALARM_LEASE: Final = Table(
    "alarm_lease",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("fence", BigInteger, nullable=False),  # the runner that may write; an older one may not
    Column("until", Double, nullable=False),
)
DELIVERIES: Final = Table(
    "deliveries",
    METADATA,
    Column("key", Text, primary_key=True),  # the notice's key and the recipient's id
    Column("role", Text, nullable=False),
    Column("recipient", Text, nullable=False),  # id of the row of the recipients file, never its address
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("made", Double, nullable=False),
    Column("state", Text, nullable=False, comment="due, sent or failed"),
    Column("due", Double, nullable=False, comment="not before"),
    Column("tries", Integer, nullable=False),
    Column("fence", BigInteger, nullable=False),  # the claim that may say how it went
    Column("ended", Double),
    Column("files", Text, nullable=False, server_default=""),  # ids of deck_files, with spaces between
    Index("ix_deliveries_due", "state", "due"),
)
DELIVERY_TRIES: Final = Table(
    "delivery_tries",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("begun", Double, nullable=False),
    Column("ended", Double, comment="null: the sender died, or is at it"),
    Column("error", Text, nullable=False),
)
DECK_FILES: Final = Table(
    "deck_files",
    METADATA,
    Column("id", Text, primary_key=True),  # the digest of what is in it
    Column("name", Text, nullable=False),
    Column("mimetype", Text, nullable=False),
    Column("made", Double, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""What goes with a delivery, as it was when that was decided: every copy of it is the same."""
TABLES: Final = (ALARMS, ALARM_STEPS, ALARM_REQUESTS, ALARM_LEASE, DELIVERIES, DELIVERY_TRIES, DECK_FILES)

"""Alarms, what happened to them, and what is sent about them."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in "rule centre branch severity state".split()),
        sa.Column("began", sa.Double, nullable=False),
        sa.Column("fired", sa.Double, nullable=False),
        sa.Column("ended", sa.Double),
        sa.Column("why", sa.Text, nullable=False),
        *(sa.Column(name, sa.Double) for name in ("value", "worst", "threshold")),
        sa.Column("escalated", sa.Boolean, nullable=False),
        sa.Column("by", sa.Text, nullable=False, comment="a login, never a name"),
        sa.Column("until", sa.Double),
        sa.Column("note", sa.Text, nullable=False),
        sa.Index("ix_alarms_ended", "ended"),
    )
    op.create_table(
        "alarm_steps",
        sa.Column("alarm", sa.Text, primary_key=True),
        sa.Column("at", sa.Double, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("value", sa.Double),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_table(
        "alarm_requests",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("alarm", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("until", sa.Double),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("asked", sa.Double, nullable=False),
        sa.Column("done", sa.Double),
        sa.Index("ix_alarm_requests_done", "done"),
    )
    op.create_table(
        "alarm_lease",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("until", sa.Double, nullable=False),
    )
    op.create_table(
        "deliveries",
        sa.Column("key", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in "role recipient title body".split()),
        sa.Column("made", sa.Double, nullable=False),
        sa.Column("state", sa.Text, nullable=False, comment="due, sent or failed"),
        sa.Column("due", sa.Double, nullable=False, comment="not before"),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("ended", sa.Double),
        sa.Index("ix_deliveries_due", "state", "due"),
    )
    op.create_table(
        "delivery_tries",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("begun", sa.Double, nullable=False),
        sa.Column("ended", sa.Double, comment="null: the sender died, or is at it"),
        sa.Column("error", sa.Text, nullable=False),
    )

"""Events, positions, states and rollups."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# what the columns were on the day of this migration: later ones say what changed
TICKET = (
    "issued transferred_in transferred_out called served abandoned no_show waits wait_ms within abandoned_late "
    "services service_ms "
    "w00 w01 w02 w03 w04 w05 w06 w07 w08 w09 w10 w11 w12 w13 w14 w15 w16 w17 w18 w19 w20 w21 w22 w23"
).split()
OPERATOR = "served busy_ms open_ms paused_ms".split()


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("centre", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False, comment="microseconds since 1970, UTC"),
        sa.Column("data", sa.Text, nullable=False, comment="compact JSON"),
        sa.UniqueConstraint("source", "id", name="uq_events_source_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "positions",
        sa.Column("centre", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False, comment="the lease that may write; an older one may not"),
    )
    op.create_table(
        "states",
        sa.Column("centre", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False, comment="msgpack of dashboard.state.CentreState"),
    )
    op.create_table(
        "memory",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False, comment="what the publisher must remember over a restart"),
    )
    op.create_table(
        "feed_day",
        sa.Column("centre", sa.Text, primary_key=True),
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False, comment="local day of arrival, ordinal"),
        sa.Column("outcome", sa.Text, primary_key=True, comment="accepted, duplicate, or the code of a refusal"),
        sa.Column("n", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    for name, keys, when, columns in (
        ("branch_5m", ("branch",), "start", [*TICKET, *OPERATOR[1:]]),
        ("service_day", ("branch", "service"), "day", TICKET),
        ("operator_day", ("branch", "operator", "window"), "day", OPERATOR),
        ("count_day", ("branch", "type", "key"), "day", ["n"]),
    ):
        op.create_table(
            name,
            sa.Column("centre", sa.Text, primary_key=True),
            *(sa.Column(key, sa.Text, primary_key=True) for key in keys),
            sa.Column(when, sa.BigInteger, primary_key=True, autoincrement=False),
            *(sa.Column(column, sa.BigInteger, nullable=False) for column in columns),
            sqlite_with_rowid=False,
        )

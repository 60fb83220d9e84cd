"""Documents, their rollups, who left the waiting line, and how far the past has changed.

The rollup tables are made empty: a worker makes them anew from the events (positions.rollups is 0).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

# what the columns were on the day of this migration: later ones say what changed
TICKET = (
    "issued transferred_in transferred_out called served abandoned no_show waits wait_ms within abandoned_late "
    "services service_ms "
    "w00 w01 w02 w03 w04 w05 w06 w07 w08 w09 w10 w11 w12 w13 w14 w15 w16 w17 w18 w19 w20 w21 w22 w23"
).split()
OPERATOR = "served busy_ms open_ms paused_ms".split()
DOCUMENT = (
    "finished ready on_time late elapsed_ms "
    "d00 d01 d02 d03 d04 d05 d06 d07 d08 d09 d10 d11 d12 d13 d14 d15 d16 d17 d18 d19 d20 d21"
).split()
TABLES = (
    ("branch_5m", ["branch"], "start", [*TICKET, *OPERATOR[1:], "left_queue"], ["start", "branch"]),
    ("service_day", ["branch", "service"], "day", TICKET, ["day", "branch", "service"]),
    ("operator_day", ["branch", "operator", "window"], "day", OPERATOR, ["day", "branch", "operator", "window"]),
    ("count_day", ["branch", "type", "key"], "day", ["n"], ["type", "day", "branch", "key"]),
    ("document_day", ["branch", "service"], "day", DOCUMENT, ["day", "branch", "service"]),
    ("party_day", ["party"], "day", "documents used_ms over_ms late".split(), ["day", "party"]),
)


def upgrade() -> None:
    for name in ("branch_5m", "service_day", "operator_day", "count_day"):
        op.drop_table(name)
    for name, keys, when, columns, order in TABLES:
        op.create_table(
            name,
            sa.Column("centre", sa.Text, nullable=False),
            *(sa.Column(key, sa.Text, nullable=False) for key in keys),
            sa.Column(when, sa.BigInteger, nullable=False),
            *(sa.Column(column, sa.BigInteger, nullable=False) for column in columns),
            sa.PrimaryKeyConstraint("centre", *order),
            sqlite_with_rowid=False,
        )
    op.create_table(
        "documents",
        sa.Column("code", sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql"), primary_key=True),
        sa.Column("centre", sa.Text, primary_key=True),
        sa.Column("branch", sa.Text, nullable=False),
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("accepted", sa.Double),
        sa.Column("due", sa.Integer, nullable=False, comment="local day, ordinal"),
        sa.Column("risk", sa.Double, nullable=False),
        sa.Column("late", sa.Double, nullable=False),
        sa.Column("ready", sa.Double),
        sa.Column("issued", sa.Double),
        sa.Column("stopped", sa.Double),
        sa.Column("stopped_as", sa.Text, nullable=False),
        sa.Column("done", sa.Double),
        sa.Column("holds", sa.Text, nullable=False, comment="JSON: [[agency, since, until], …]"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_documents_done", "documents", ["centre", "done"])
    for name, comment in (
        ("day", "newest local day that an event fell on"),
        ("revised", "newest position that changed a past day"),
        ("rollups", "version of what is kept beside events"),
    ):
        op.add_column("positions", sa.Column(name, sa.BigInteger, nullable=False, server_default="0", comment=comment))

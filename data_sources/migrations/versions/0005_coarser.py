"""Coarser rollups: branches by hour and day, services by week. A worker fills them from the events."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

# what the columns were on the day of this migration: later ones say what changed
TICKET = (
    "issued transferred_in transferred_out called served abandoned no_show waits wait_ms within abandoned_late "
    "services service_ms "
    "w00 w01 w02 w03 w04 w05 w06 w07 w08 w09 w10 w11 w12 w13 w14 w15 w16 w17 w18 w19 w20 w21 w22 w23"
).split()
BRANCH = [*TICKET, "busy_ms", "open_ms", "paused_ms", "left_queue"]
TABLES = (
    ("branch_hour", ["branch"], ["day", "hour"], BRANCH, ["day", "branch", "hour"]),
    ("branch_day", ["branch"], ["day"], BRANCH, ["day", "branch"]),
    ("service_week", ["branch", "service"], ["week"], TICKET, ["week", "branch", "service"]),
)


def upgrade() -> None:
    for name, texts, whens, columns, order in TABLES:
        op.create_table(
            name,
            sa.Column("centre", sa.Text, nullable=False),
            *(sa.Column(key, sa.Text, nullable=False) for key in texts),
            *(sa.Column(key, sa.BigInteger, nullable=False) for key in whens),
            *(sa.Column(column, sa.BigInteger, nullable=False) for column in columns),
            sa.PrimaryKeyConstraint("centre", *order),
            sqlite_with_rowid=False,
        )
    op.execute("UPDATE positions SET rollups = 0")

"""Documents and parties by week, and late documents found by an index. A worker fills the tables from the events."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

# what the columns were on the day of this migration: later ones say what changed
DOCUMENT = (
    "finished ready on_time late elapsed_ms "
    "d00 d01 d02 d03 d04 d05 d06 d07 d08 d09 d10 d11 d12 d13 d14 d15 d16 d17 d18 d19 d20 d21"
).split()
TABLES = (
    ("document_week", "branch", DOCUMENT),
    ("party_week", "party", "documents used_ms over_ms late".split()),
)
COVERED = ["centre", "done", "late", "accepted", "code"]


def upgrade() -> None:
    for name, key, columns in TABLES:
        op.create_table(
            name,
            sa.Column("centre", sa.Text, nullable=False),
            sa.Column(key, sa.Text, nullable=False),
            sa.Column("week", sa.BigInteger, nullable=False),
            *(sa.Column(column, sa.BigInteger, nullable=False) for column in columns),
            sa.PrimaryKeyConstraint("centre", "week", key),
            sqlite_with_rowid=False,
        )
    op.drop_index("ix_documents_done", "documents")
    op.create_index("ix_documents_done", "documents", COVERED)
    late = sa.text("done >= late")
    op.create_index("ix_documents_late", "documents", COVERED, sqlite_where=late, postgresql_where=late)
    op.execute("UPDATE positions SET rollups = 0")

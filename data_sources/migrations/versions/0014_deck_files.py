"""Decks that are sent: the files of a delivery, kept until they have come."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("files", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "deck_files",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("mimetype", sa.Text, nullable=False),
        sa.Column("made", sa.Double, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )

"""Wall screens."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "screens",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False, unique=True, comment="SHA-256 of the token, hex"),
        sa.Column("code", sa.Text, unique=True, comment="while it waits to be confirmed"),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("made", sa.Double, nullable=False),
        sa.Column("paired", sa.Double),
        sa.Column("paired_by", sa.Text, nullable=False),
        sa.Column("seen", sa.Double),
        sa.Column("revoked", sa.Double),
    )

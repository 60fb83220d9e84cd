"""Accounts and their sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("login", sa.Text, nullable=False, unique=True, comment="in small letters"),
        sa.Column("name", sa.Text, nullable=False, comment="as it is shown: a position or a staff code"),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("centre", sa.Text, comment="of a role that is of one centre"),
        sa.Column("hash", sa.Text, nullable=False, comment="Argon2id"),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("disabled", sa.Double, comment="since when, epoch seconds"),
        sa.Column("made", sa.Double, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.Text, primary_key=True, comment="SHA-256 of the token, hex"),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("made", sa.Double, nullable=False),
        sa.Column("seen", sa.Double, nullable=False),
        sa.Column("revoked", sa.Double),
        sa.Index("sessions_account", "account"),
    )

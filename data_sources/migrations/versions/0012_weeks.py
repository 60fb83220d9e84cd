"""Weeks as meetings closed them; rows are only added."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

REFUSAL = "what was done with a week is only added to"
SQLITE = (
    f"CREATE TRIGGER weeks_no_update BEFORE UPDATE ON weeks BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER weeks_no_delete BEFORE DELETE ON weeks BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    # INSERT OR REPLACE removes a row without asking the trigger of DELETE
    "CREATE TRIGGER weeks_no_replace BEFORE INSERT ON weeks "
    "WHEN EXISTS (SELECT 1 FROM weeks WHERE week = NEW.week AND number = NEW.number) "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
)
POSTGRESQL = (
    f"CREATE FUNCTION weeks_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
    "CREATE TRIGGER weeks_no_change BEFORE UPDATE OR DELETE ON weeks FOR EACH ROW EXECUTE FUNCTION weeks_refuse()",
    "CREATE TRIGGER weeks_no_truncate BEFORE TRUNCATE ON weeks FOR EACH STATEMENT EXECUTE FUNCTION weeks_refuse()",
)


def upgrade() -> None:
    op.create_table(
        "weeks",
        sa.Column("week", sa.Text, primary_key=True, comment="2026-W47"),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False, comment="of the step, from 1"),
        sa.Column("step", sa.Text, nullable=False, comment="closed or reopened"),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("by", sa.Text, nullable=False, comment="a login, never a name"),
        sa.Column("reason", sa.Text, nullable=False, comment="of a reopening"),
        sa.Column("facts", sa.Text, comment="of a closing: JSON of dashboard.week.NetworkFacts"),
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)

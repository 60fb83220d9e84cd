"""Changes of norms and thresholds; rows are only added."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

REFUSAL = "changes of norms are only added to"
SQLITE = (
    f"CREATE TRIGGER norms_no_update BEFORE UPDATE ON norms BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER norms_no_delete BEFORE DELETE ON norms BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    # INSERT OR REPLACE removes a row without asking the trigger of DELETE
    "CREATE TRIGGER norms_no_replace BEFORE INSERT ON norms "
    "WHEN EXISTS (SELECT 1 FROM norms WHERE number = NEW.number) "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
)
POSTGRESQL = (
    f"CREATE FUNCTION norms_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
    "CREATE TRIGGER norms_no_change BEFORE UPDATE OR DELETE ON norms FOR EACH ROW EXECUTE FUNCTION norms_refuse()",
    "CREATE TRIGGER norms_no_truncate BEFORE TRUNCATE ON norms FOR EACH STATEMENT EXECUTE FUNCTION norms_refuse()",
)


def upgrade() -> None:
    op.create_table(
        "norms",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False, comment="from 1"),
        sa.Column("first_day", sa.Integer, nullable=False, comment="local day, an ordinal"),
        sa.Column("made", sa.Double, nullable=False),
        sa.Column("who", sa.Text, nullable=False, comment="a login, never a name"),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False, comment="JSON: norms by name, thresholds as whole rules"),
        sa.Column("takes_back", sa.Integer, comment="number of the change that is not to come"),
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)

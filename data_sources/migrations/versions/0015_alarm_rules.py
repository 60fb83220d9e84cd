"""Changes of alarm rules; rows are only added."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

TABLE = "alarm_rule_changes"
REFUSAL = "changes of rules are only added to"
SQLITE = (
    f"CREATE TRIGGER rule_changes_no_update BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER rule_changes_no_delete BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    # INSERT OR REPLACE removes a row without asking the trigger of DELETE
    f"CREATE TRIGGER rule_changes_no_replace BEFORE INSERT ON {TABLE} "
    f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE number = NEW.number) "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION rule_changes_refuse() RETURNS trigger LANGUAGE plpgsql "
    f"AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
    f"CREATE TRIGGER rule_changes_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
    "FOR EACH ROW EXECUTE FUNCTION rule_changes_refuse()",
    f"CREATE TRIGGER rule_changes_no_truncate BEFORE TRUNCATE ON {TABLE} "
    "FOR EACH STATEMENT EXECUTE FUNCTION rule_changes_refuse()",
)


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False, comment="from 1"),
        sa.Column("rule", sa.Text, nullable=False, comment="id of the rule"),
        sa.Column("made", sa.Double, nullable=False, comment="and in force from then on"),
        sa.Column("who", sa.Text, nullable=False, comment="a login, never a name"),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False, comment="add, set, off, on or file"),
        sa.Column("what", sa.Text, nullable=False, comment="of add and set: JSON, a [[rules]] table; else empty"),
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)

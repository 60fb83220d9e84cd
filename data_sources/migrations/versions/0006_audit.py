"""The audit log, whose rows the database itself will not change or remove."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

SQLITE = (
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END",
    # INSERT OR REPLACE removes a row without asking the trigger of DELETE
    "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit "
    "WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number) "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit log is only added to'; END $$",
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
)


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False, comment="microseconds since 1970, UTC"),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False, comment="login, screen, or console:<user>; empty for a visitor"),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False, comment="compact JSON object"),
        sa.Column("hash", sa.Text, nullable=False, comment="SHA-256 of the row before's hash and this row, hex"),
    )
    head = op.create_table(
        "audit_head",
        sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.bulk_insert(head, [{"one": 1, "number": 0, "hash": "0" * 64}])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)

"""Steps of an alarm by number: two people may take one on within one tick."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.rename_table("alarm_steps", "alarm_steps_before")
    op.create_table(
        "alarm_steps",
        sa.Column("alarm", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("value", sa.Double),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("alarm", "number", name="pk_alarm_steps"),
    )
    op.execute(
        "INSERT INTO alarm_steps SELECT alarm, ROW_NUMBER() OVER (PARTITION BY alarm ORDER BY at, kind), at, kind, "
        'value, "by", note FROM alarm_steps_before'
    )
    op.drop_table("alarm_steps_before")

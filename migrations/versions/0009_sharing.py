"""What many processes share: turns at hosts, and rows in quarantine.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "host_turns",
        sa.Column("host", sa.Text, primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("asked_at", TIME),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "setbacks",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("row_id", KEY, nullable=False),
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("last_at", TIME, nullable=False),
        sa.Column("quarantined_at", TIME),
    )
    op.create_index("ix_setbacks_row", "setbacks", ["kind", "row_id"], unique=True)
    op.create_index("ix_setbacks_quarantined_at", "setbacks", ["quarantined_at"])


def downgrade() -> None:
    op.drop_table("setbacks")
    op.drop_table("host_turns")

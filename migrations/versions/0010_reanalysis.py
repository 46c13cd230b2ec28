"""Stored articles that are to be understood again.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "reanalyses",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("since", TIME, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("topic", sa.Text),
        sa.Column("language", sa.Text),
        sa.Column("unread_by", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("cursor_at", TIME),
        sa.Column("cursor_id", KEY),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("finished_at", TIME),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("total", "marked", "skipped", "analysed", "unread", "matched", "withdrawn")
        ),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "renewals",
        sa.Column(
            "article_id", KEY, sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        ),
        sa.Column("reanalysis_id", KEY, sa.ForeignKey("reanalyses.id", ondelete="CASCADE"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("ix_renewals_reanalysis_id", "renewals", ["reanalysis_id"])


def downgrade() -> None:
    op.drop_table("renewals")
    op.drop_table("reanalyses")

"""Indexes for pruning, for the judgements of an article, and for stories that were merged.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MERGED = sa.text("merged_into IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_entries_last_seen_at", "entries", ["last_seen_at"])
    op.create_index("ix_labels_article_id", "labels", ["article_id"])
    op.create_index("ix_stories_merged_into", "stories", ["merged_into"], sqlite_where=MERGED, postgresql_where=MERGED)


def downgrade() -> None:
    op.drop_index("ix_stories_merged_into", "stories")
    op.drop_index("ix_labels_article_id", "labels")
    op.drop_index("ix_entries_last_seen_at", "entries")

"""An index of the feeds that are not well, so that counting them reads no others.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UNWELL = sa.text("(failures > 0 OR last_polled_at IS NULL OR last_status = 'outage')")


def upgrade() -> None:
    op.create_index("ix_feeds_unwell", "feeds", ["last_polled_at"], sqlite_where=UNWELL, postgresql_where=UNWELL)


def downgrade() -> None:
    op.drop_index("ix_feeds_unwell", "feeds")

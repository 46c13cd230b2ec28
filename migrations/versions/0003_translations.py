"""What an article says in English, beside its own words: the text that the model read, and who translated it.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = ("translated_title", "translated_text", "translation")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("articles", sa.Column(name, sa.Text()))


def downgrade() -> None:
    # Not in batch mode: that makes the table anew, and SQLite would lose the triggers of the full-text index with it.
    for name in reversed(COLUMNS):
        op.drop_column("articles", name)

"""Feedback: people's labels, candidates trained from them, and what candidates would have said.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
LIVE = sa.text("undone_at IS NULL")


def upgrade() -> None:
    _labels()
    _candidates()
    _shadow_scores()


def downgrade() -> None:
    for table in ("shadow_scores", "candidates", "labels"):
        op.drop_table(table)


def _labels() -> None:
    op.create_table(
        "labels",
        sa.Column("id", KEY, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("to_topic", sa.Text()),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("score", sa.Float()),
        sa.Column("matched", sa.Boolean(), nullable=False),
        sa.Column("labelled_at", TIME, nullable=False),
        sa.Column("undone_at", TIME),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_labels_article_id_articles", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["article_versions.id"], name="fk_labels_version_id_article_versions", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_labels"),
    )
    op.create_index("ix_labels_version_id", "labels", ["version_id"])
    op.create_index(
        "uq_labels_live",
        "labels",
        ["article_id", "topic", "person"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def _candidates() -> None:
    op.create_table(
        "candidates",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("replaces", sa.Text()),
        sa.Column("promoted_at", TIME),
        sa.Column("retired_at", TIME),
        sa.PrimaryKeyConstraint("name", name="pk_candidates"),
    )


def _shadow_scores() -> None:
    op.create_table(
        "shadow_scores",
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("candidate", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("match", sa.Boolean(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_shadow_scores_article_id_articles", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["candidate"], ["candidates.name"], name="fk_shadow_scores_candidate_candidates", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "candidate", "topic", name="pk_shadow_scores"),
    )
    op.create_index("ix_shadow_scores_candidate", "shadow_scores", ["candidate", "topic"])

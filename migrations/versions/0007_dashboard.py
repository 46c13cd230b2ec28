"""The dashboard: accounts, sessions, tokens, the audit log, saved views, snoozes, visits; indexes for its pages.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
NEW = "visits snoozes saved_views audit tokens sessions accounts".split()
WIDER = {
    "articles": ("ix_articles_feed_id", ["feed_id"], ["feed_id", "id"]),
    "shadow_scores": (
        "ix_shadow_scores_candidate",
        ["candidate", "topic"],
        ["candidate", "topic", "article_id"],
    ),
    "deliveries": ("ix_deliveries_edition_id", ["edition_id"], ["edition_id", "state"]),
}
MORE = {
    "entries": ("ix_entries_feed_id", ["feed_id", "first_seen_at", "id"]),
    "editions": ("ix_editions_period_start", ["period_start", "id"]),
    "deliveries": ("ix_deliveries_kind", ["kind", "state", "id"]),
}
PARTIAL = {
    "polls": ("ix_polls_failed", ["polled_at"], sa.text("outcome = 'failed'")),
    "entries": ("ix_entries_matched", ["feed_id", "first_seen_at", "backfill"], sa.text("state = 'matched'")),
}


def upgrade() -> None:
    _accounts()
    _sessions()
    _tokens()
    _audit()
    _kept()
    for table, (name, _, more) in WIDER.items():
        _index_anew(table, name, more)
    for table, (name, columns) in MORE.items():
        op.create_index(name, table, columns)
    for table, (name, columns, which) in PARTIAL.items():
        op.create_index(name, table, columns, sqlite_where=which, postgresql_where=which)


def _index_anew(table: str, name: str, columns: list[str]) -> None:
    op.drop_index(name, table)
    op.create_index(name, table, columns)


def downgrade() -> None:
    for table, (name, _, _) in PARTIAL.items():
        op.drop_index(name, table)
    for table, (name, _) in MORE.items():
        op.drop_index(name, table)
    for table, (name, columns, _) in WIDER.items():
        _index_anew(table, name, columns)
    for table in NEW:
        op.drop_table(table)


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("disabled_at", TIME),
        sa.Column("last_seen_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("name_key", name="uq_accounts_name_key"),
    )


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["account_id"], ["accounts.id"], name=f"fk_{table}_account_id_accounts", ondelete="CASCADE"
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        _of_account("sessions"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("secret_hash", name="uq_sessions_secret_hash"),
    )
    op.create_index("ix_sessions_account_id", "sessions", ["account_id"])
    op.create_index("ix_sessions_seen_at", "sessions", ["seen_at"])


def _tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", KEY, nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME),
        sa.Column("last_used_at", TIME),
        sa.Column("revoked_at", TIME),
        _of_account("tokens"),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        sa.UniqueConstraint("secret_hash", name="uq_tokens_secret_hash"),
    )
    op.create_index("ix_tokens_account_id", "tokens", ["account_id"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at", "id"])


def _kept() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", KEY, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("owner_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_views"),
        sa.UniqueConstraint("owner_key", "name_key", name="uq_saved_views_owner_key_name_key"),
    )
    op.create_table(
        "snoozes",
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_snoozes_article_id_articles", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_key", "article_id", name="pk_snoozes"),
    )
    op.create_index("ix_snoozes_article_id", "snoozes", ["article_id"])
    op.create_index("ix_snoozes_until", "snoozes", ["until"])
    op.create_table(
        "visits",
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("began_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("before_at", TIME),
        sa.PrimaryKeyConstraint("person_key", name="pk_visits"),
    )

"""Polling: rhythms, moved and gone feeds, windows, versions of entries, tombstones, hosts, revisits, subscriptions.

Revision ID: 0004
Revises: 0003
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
WANTED = sa.text("state <> 'ended'")

# Name, type, and the value of the rows that are there; None: may be empty.
COLUMNS: dict[str, tuple[tuple[str, sa.types.TypeEngine[Any], str | None], ...]] = {
    "feeds": (
        ("conditional", sa.Boolean(), "true"),
        ("whole_at", TIME, None),
        ("failing_since", TIME, None),
        ("moved_to", sa.Text(), "''"),
        ("moved_polls", sa.Integer(), "0"),
        ("moved_from", sa.Text(), "''"),
        ("moved_from_key", sa.Text(), None),
        ("moved_at", TIME, None),
        ("gone_at", TIME, None),
        ("rhythm", sa.Text(), "''"),
        ("pace", sa.Float(), "0"),
        ("least", sa.Float(), "0"),
        ("newest_at", TIME, None),
        ("last_changed_at", TIME, None),
        ("gap_at", TIME, None),
        ("gaps", sa.Integer(), "0"),
        ("wish", sa.Float(), None),
        ("skip_hours", sa.Text(), "''"),
        ("skip_days", sa.Text(), "''"),
        ("hub", sa.Text(), "''"),
        ("topic", sa.Text(), "''"),
        ("notes", sa.Text(), "''"),
    ),
    "polls": (("gap", sa.Boolean(), "false"), ("pushed", sa.Boolean(), "false")),
    "entries": (("date_quality", sa.Text(), "'given'"), ("backfill", sa.Boolean(), "false")),
    "articles": (("revisit_at", TIME, None), ("revisits", sa.Integer(), "0")),
    "matches": (("backfill", sa.Boolean(), "false"),),
}
INDEXES = (
    ("ix_feeds_moved_from_key", "feeds", ["moved_from_key"]),
    ("ix_articles_revisit_at", "articles", ["revisit_at"]),
)
TABLES = ("subscriptions", "hosts", "tombstones", "entry_versions", "feed_windows")


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for name, type_, value in columns:
            default = None if value is None else sa.text(value)
            op.add_column(table, sa.Column(name, type_, nullable=value is None, server_default=default))
    for name, table, keys in INDEXES:
        op.create_index(name, table, keys)
    op.execute(
        "UPDATE entries SET date_quality = CASE WHEN published_raw = '' THEN 'missing' ELSE 'unreadable' END "
        "WHERE published_at IS NULL"
    )
    _of_feeds()
    _of_entries()
    _of_hosts()
    _subscriptions()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    for name, table, _ in reversed(INDEXES):
        op.drop_index(name, table_name=table)
    # Not in batch mode: that makes a table anew, and SQLite would lose the triggers of the full-text index with it.
    for table, columns in reversed(COLUMNS.items()):
        for name, _, _ in reversed(columns):
            op.drop_column(table, name)


def _feed_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=f"fk_{table}_feed_id_feeds", ondelete="CASCADE")


def _of_feeds() -> None:
    op.create_table(
        "feed_windows",
        sa.Column("feed_id", KEY, nullable=False),
        sa.Column("window", sa.LargeBinary(), nullable=False),
        sa.Column("ghosts", sa.LargeBinary(), nullable=False),
        _feed_key("feed_windows"),
        sa.PrimaryKeyConstraint("feed_id", name="pk_feed_windows"),
    )


def _of_entries() -> None:
    op.create_table(
        "entry_versions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("entry_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name="fk_entry_versions_entry_id_entries", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_entry_versions"),
        sa.UniqueConstraint("entry_id", "number", name="uq_entry_versions_entry_id_number"),
    )
    op.create_table(
        "tombstones",
        sa.Column("feed_id", KEY, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        _feed_key("tombstones"),
        sa.PrimaryKeyConstraint("feed_id", "key", name="pk_tombstones"),
    )
    op.create_index("ix_tombstones_seen_at", "tombstones", ["seen_at"])


def _of_hosts() -> None:
    op.create_table(
        "hosts",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("held_until", TIME),
        sa.Column("robots", sa.Text()),
        sa.Column("robots_status", sa.Integer()),
        sa.Column("robots_at", TIME),
        sa.PrimaryKeyConstraint("host", name="pk_hosts"),
    )


def _subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("feed_id", KEY, nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requested_at", TIME),
        sa.Column("lease_until", TIME),
        sa.Column("renew_at", TIME),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("last_push_at", TIME),
        sa.Column("pushes", sa.Integer(), nullable=False),
        sa.Column("missed_at", TIME),
        sa.Column("claimed_by", sa.Text()),
        sa.Column("claimed_until", TIME),
        _feed_key("subscriptions"),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
        sa.UniqueConstraint("token", name="uq_subscriptions_token"),
    )
    op.create_index("ix_subscriptions_feed_id", "subscriptions", ["feed_id"])
    op.create_index("ix_subscriptions_renew_at", "subscriptions", ["renew_at"])
    op.create_index(
        "uq_subscriptions_wanted",
        "subscriptions",
        ["feed_id"],
        unique=True,
        sqlite_where=WANTED,
        postgresql_where=WANTED,
    )

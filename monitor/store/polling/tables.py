"""What polling keeps beside feeds and entries: former words, what was pruned, and what hosts ask for."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from monitor.store.columns import Key, SafeText, UtcDateTime
from monitor.store.tables import metadata

# Beside the feeds' rows and not in them: a poll that finds nothing writes the feed and not this.
feed_windows = Table(
    "feed_windows",
    metadata,
    Column("feed_id", Key, ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    # Hash and id of each entry of the last document, and sketches of those that left it lately: see ``store.window``.
    Column("window", LargeBinary, nullable=False),
    Column("ghosts", LargeBinary, nullable=False),
)

entry_versions = Table(
    "entry_versions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("entry_id", Key, ForeignKey("entries.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    # Until when the feed said so; the words of now are the entry's own.
    Column("until", UtcDateTime, nullable=False),
    Column("title", SafeText, nullable=False),
    Column("summary", SafeText, nullable=False),
    Column("content", SafeText, nullable=False),
    UniqueConstraint("entry_id", "number"),
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("feed_id", Key, ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    # When a document of the feed last held the entry that was pruned.
    Column("seen_at", UtcDateTime, nullable=False),
    Index("ix_tombstones_seen_at", "seen_at"),
)

hosts = Table(
    "hosts",
    metadata,
    Column("host", Text, primary_key=True),
    Column("held_until", UtcDateTime),
    Column("robots", SafeText),
    Column("robots_status", Integer),
    Column("robots_at", UtcDateTime),
)

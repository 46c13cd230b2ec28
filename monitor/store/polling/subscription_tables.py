"""The table of the WebSub subscriptions."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

from monitor.store.columns import Key, SafeText, UtcDateTime
from monitor.store.tables import metadata

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("feed_id", Key, ForeignKey("feeds.id", ondelete="CASCADE"), nullable=False),
    Column("hub", SafeText, nullable=False),
    Column("topic", SafeText, nullable=False),
    Column("token", Text, nullable=False, unique=True),
    Column("secret", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("requested_at", UtcDateTime),
    Column("lease_until", UtcDateTime),
    Column("renew_at", UtcDateTime),
    Column("failures", Integer, nullable=False),
    Column("last_error", SafeText),
    Column("last_push_at", UtcDateTime),
    Column("pushes", Integer, nullable=False),
    Column("missed_at", UtcDateTime),
    Column("claimed_by", Text),
    Column("claimed_until", UtcDateTime),
    Index("ix_subscriptions_feed_id", "feed_id"),
    Index("ix_subscriptions_renew_at", "renew_at"),
)
# One subscription per feed; those that have ended stay beside it until their leases are over.
Index(
    "uq_subscriptions_wanted",
    subscriptions.c.feed_id,
    unique=True,
    sqlite_where=text("state <> 'ended'"),
    postgresql_where=text("state <> 'ended'"),
)

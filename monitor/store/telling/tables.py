"""What is told to whom: saved searches, subscriptions, editions of the digest, the ledger of deliveries, alerts.

The ledger is what keeps promises: a row is written before anything is sent, and its key is unique, so a message is sent
once however many processes want to send it.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from monitor.store.columns import Key, SafeText, UtcDateTime
from monitor.store.tables import metadata

signing_keys = Table(
    "signing_keys",
    metadata,
    # What the key signs: unsubscribe, confirm.
    Column("name", Text, primary_key=True),
    Column("key", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

saved_searches = Table(
    "saved_searches",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", SafeText, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("search", SafeText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Key, primary_key=True),
    Column("recipient", SafeText, nullable=False),
    Column("recipient_key", Text, nullable=False),
    Column("cadence", Text, nullable=False),
    Column("zone", SafeText, nullable=False),
    Column("hour", Integer, nullable=False),
    Column("weekday", Integer, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("search", SafeText, nullable=False),
    Column("languages", JSON, nullable=False),
    # Topics, search and languages as one hash: a recipient may have several digests of one cadence.
    Column("selection_key", Text, nullable=False),
    # Everybody of one stream gets the same edition.
    Column("stream", Text, nullable=False),
    Column("skip_empty", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("confirmed_at", UtcDateTime),
    # Until when its last finished period reached; null before the first.
    Column("told_until", UtcDateTime),
    # When it last got a mail: a weekly sign of life for those who want no empty ones.
    Column("last_sent_at", UtcDateTime),
    UniqueConstraint("recipient_key", "cadence", "selection_key"),
    Index("ix_subscribers_stream", "stream", "state"),
    Index("ix_subscribers_state", "state", "id"),
)

editions = Table(
    "editions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("stream", Text, nullable=False),
    Column("period_start", UtcDateTime, nullable=False),
    Column("period_end", UtcDateTime, nullable=False),
    Column("covers_from", UtcDateTime, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("composed_at", UtcDateTime, nullable=False),
    # The digest as JSON and its rendering, each packed: they never change again.
    Column("digest", LargeBinary, nullable=False),
    Column("rendered", LargeBinary, nullable=False),
    # Keys of what it tells, packed: the stream's next editions leave them out.
    Column("told", LargeBinary, nullable=False),
    UniqueConstraint("stream", "period_start"),
    Index("ix_editions_period_end", "period_end"),
    Index("ix_editions_period_start", "period_start", "id"),
)

alert_rules = Table(
    "alert_rules",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", SafeText, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("triggers", JSON, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("search", SafeText, nullable=False),
    Column("languages", JSON, nullable=False),
    Column("threshold", Float, nullable=False),
    Column("channel", Text, nullable=False),
    Column("target", SafeText, nullable=False),
    Column("quiet_zone", SafeText),
    Column("quiet_start", Integer),
    Column("quiet_end", Integer),
    Column("group_seconds", Float, nullable=False),
    Column("hourly_limit", Integer, nullable=False),
    Column("snoozed_until", UtcDateTime),
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Key, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("target", SafeText, nullable=False),
    Column("ledger_key", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("message_id", SafeText, nullable=False),
    Column("subscriber_id", Key, ForeignKey("subscribers.id", ondelete="SET NULL")),
    Column("edition_id", Key, ForeignKey("editions.id", ondelete="SET NULL")),
    Column("rule_id", Key, ForeignKey("alert_rules.id", ondelete="SET NULL")),
    Column("period_start", UtcDateTime),
    Column("period_end", UtcDateTime),
    Column("subject", SafeText, nullable=False),
    # What has no edition: the message as JSON.
    Column("body", SafeText, nullable=False),
    Column("attempts", Integer, nullable=False),
    # Tries of which nobody knows whether they arrived: the process died between hand-over and commit.
    Column("doubtful", Integer, nullable=False),
    # Null when there is nothing left to do.
    Column("next_try_at", UtcDateTime),
    Column("give_up_at", UtcDateTime, nullable=False),
    Column("last_error", SafeText, nullable=False),
    Column("composed_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("claimed_by", Text),
    Column("claimed_until", UtcDateTime),
    Index("ix_deliveries_next_try_at", "next_try_at", "id"),
    Index("ix_deliveries_state", "state", "composed_at"),
    Index("ix_deliveries_subscriber_id", "subscriber_id", "period_start"),
    Index("ix_deliveries_edition_id", "edition_id", "state"),
    Index("ix_deliveries_kind", "kind", "state", "id"),
    Index("ix_deliveries_rule_id", "rule_id", "composed_at"),
)

alerts_told = Table(
    "alerts_told",
    metadata,
    Column("id", Key, primary_key=True),
    Column("rule_id", Key, ForeignKey("alert_rules.id", ondelete="CASCADE"), nullable=False),
    # Of what it was: a match, a change, a source.
    Column("key", Text, nullable=False),
    Column("story_id", Key),
    Column("at", UtcDateTime, nullable=False),
    Column("delivery_id", Key, ForeignKey("deliveries.id", ondelete="SET NULL")),
    UniqueConstraint("rule_id", "key"),
    Index("ix_alerts_told_story_id", "rule_id", "story_id"),
    Index("ix_alerts_told_at", "at"),
    Index("ix_alerts_told_delivery_id", "delivery_id"),
)

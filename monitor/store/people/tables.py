"""People who use the dashboard: accounts, sessions, tokens, what they changed, what they keep, when they came.

Secrets are not here: of a password there is its argon2 hash, of a session or token the SHA-256 of 256 random bits.
"""

from sqlalchemy import Column, ForeignKey, Index, Table, Text, UniqueConstraint

from monitor.store.columns import Key, SafeText, UtcDateTime
from monitor.store.tables import metadata


def _account() -> Column[int]:
    return Column("account_id", Key, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False)


accounts = Table(
    "accounts",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", SafeText, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    # Null for accounts that only tokens, proxies and providers open.
    Column("password_hash", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
    Column("last_seen_at", UtcDateTime),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("secret_hash", Text, nullable=False, unique=True),
    _account(),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Index("ix_sessions_account_id", "account_id"),
    Index("ix_sessions_seen_at", "seen_at"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Key, primary_key=True),
    Column("secret_hash", Text, nullable=False, unique=True),
    _account(),
    Column("name", SafeText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("last_used_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Index("ix_tokens_account_id", "account_id"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    # The name and not the account: people whom a proxy names have none, and the line outlives it.
    Column("person", SafeText, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", SafeText, nullable=False),
    Column("detail", SafeText, nullable=False),
    Index("ix_audit_at", "at", "id"),
)

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", Key, primary_key=True),
    Column("owner", SafeText, nullable=False),
    Column("owner_key", Text, nullable=False),
    Column("name", SafeText, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("path", SafeText, nullable=False),
    Column("query", SafeText, nullable=False),
    UniqueConstraint("owner_key", "name_key"),
)

snoozes = Table(
    "snoozes",
    metadata,
    Column("person_key", Text, primary_key=True),
    Column("article_id", Key, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
    Index("ix_snoozes_article_id", "article_id"),
    Index("ix_snoozes_until", "until"),
)

visits = Table(
    "visits",
    metadata,
    Column("person_key", Text, primary_key=True),
    # Both ends of the visit under way, and when the one before it ended: what is new since then is new to the person.
    Column("began_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("before_at", UtcDateTime),
)

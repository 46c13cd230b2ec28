"""Every table of the news, in order of flow.

Elsewhere: what polling keeps beside feeds and entries (``polling``), what was found in articles (``name_tables``,
``detail_tables``) and what they say together (``chronicle_tables``), what is told to whom (``telling``), ``feedback``,
``people``, what processes share (``shared_tables``), and what is understood again (``reanalysis_tables``).

A change here needs a migration; ``alembic check`` says when one is missing.

The full-text index is not here: it is an FTS5 table on SQLite and a generated ``tsvector`` column on Postgres,
made by the migrations and named by ``SEARCH``. No indexed column holds text of the outside world, only hashes of
it: Postgres refuses index rows above 2,700 bytes, and feeds have sent longer addresses.
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
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    func,
    text,
)

from monitor.store.columns import Key, SafeText, UtcDateTime

SEARCH = "articles_search"
"""FTS5 table on SQLite; prefix of its shadow tables and triggers."""
SEARCH_VECTOR = "search_vector"
"""Generated column of ``articles`` on Postgres."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _claim() -> tuple[Column[str], Column[object]]:
    """Who works on the row, and until when that is believed."""
    return Column("claimed_by", Text), Column("claimed_until", UtcDateTime)


UNWELL = text("(failures > 0 OR last_polled_at IS NULL OR last_status = 'outage')")
"""A feed that failed, was never polled, or was cut off with all others; queries say it as the index has it."""

feeds = Table(
    "feeds",
    metadata,
    Column("id", Key, primary_key=True),
    Column("url", SafeText, nullable=False),
    Column("url_key", Text, nullable=False, unique=True),
    Column("title", SafeText, nullable=False),
    Column("outlet", SafeText, nullable=False),
    Column("family", SafeText, nullable=False),
    Column("country", SafeText, nullable=False),
    Column("state_controlled", Boolean, nullable=False),
    Column("language", SafeText, nullable=False),
    Column("kind", SafeText, nullable=False),
    Column("homepage", SafeText, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("next_poll_at", UtcDateTime, nullable=False),
    Column("interval", Float, nullable=False),
    Column("etag", SafeText),
    Column("last_modified", SafeText),
    Column("body_hash", Text),
    Column("failures", Integer, nullable=False),
    Column("last_polled_at", UtcDateTime),
    Column("last_success_at", UtcDateTime),
    Column("last_new_at", UtcDateTime),
    Column("last_status", SafeText, nullable=False),
    Column("last_error", SafeText),
    Column("entries_seen", Integer, nullable=False),
    Column("guids_repeat", Boolean, nullable=False),
    Column("conditional", Boolean, nullable=False),
    Column("whole_at", UtcDateTime),
    Column("failing_since", UtcDateTime),
    Column("moved_to", SafeText, nullable=False),
    Column("moved_polls", Integer, nullable=False),
    Column("moved_from", SafeText, nullable=False),
    Column("moved_from_key", Text),
    Column("moved_at", UtcDateTime),
    Column("gone_at", UtcDateTime),
    Column("rhythm", Text, nullable=False),
    # What the feed asks of the budget, and the least interval that its publisher or hub leaves: ``polling.budget``.
    Column("pace", Float, nullable=False),
    Column("least", Float, nullable=False),
    Column("newest_at", UtcDateTime),
    Column("last_changed_at", UtcDateTime),
    Column("gap_at", UtcDateTime),
    Column("gaps", Integer, nullable=False),
    Column("wish", Float),
    Column("skip_hours", Text, nullable=False),
    Column("skip_days", Text, nullable=False),
    Column("hub", SafeText, nullable=False),
    Column("topic", SafeText, nullable=False),
    Column("notes", SafeText, nullable=False),
    *_claim(),
    Index("ix_feeds_due", "active", "next_poll_at"),
    Index("ix_feeds_moved_from_key", "moved_from_key"),
    Index("ix_feeds_unwell", "last_polled_at", sqlite_where=UNWELL, postgresql_where=UNWELL),
)

polls = Table(
    "polls",
    metadata,
    Column("id", Key, primary_key=True),
    Column("feed_id", Key, ForeignKey("feeds.id", ondelete="CASCADE"), nullable=False),
    Column("polled_at", UtcDateTime, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("http_status", Integer),
    Column("bytes_read", Key, nullable=False),
    Column("elapsed", Float, nullable=False),
    Column("error", SafeText),
    Column("new_entries", Integer, nullable=False),
    Column("changed_entries", Integer, nullable=False),
    Column("known_entries", Integer, nullable=False),
    # No entry in common with the document before: some may have been missed.
    Column("gap", Boolean, nullable=False),
    Column("pushed", Boolean, nullable=False),
    UniqueConstraint("feed_id", "polled_at"),
    Index("ix_polls_polled_at", "polled_at"),
    Index(
        "ix_polls_failed",
        "polled_at",
        sqlite_where=text("outcome = 'failed'"),
        postgresql_where=text("outcome = 'failed'"),
    ),
)

entries = Table(
    "entries",
    metadata,
    Column("id", Key, primary_key=True),
    Column("feed_id", Key, ForeignKey("feeds.id", ondelete="CASCADE"), nullable=False),
    Column("identity", Text, nullable=False),
    Column("url", SafeText, nullable=False),
    Column("url_key", Text),
    Column("guid", SafeText, nullable=False),
    Column("guid_key", Text),
    Column("title", SafeText, nullable=False),
    Column("summary", SafeText, nullable=False),
    Column("content", SafeText, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("authors", SafeText, nullable=False),
    Column("source", SafeText, nullable=False),
    Column("language", SafeText, nullable=False),
    Column("published_raw", SafeText, nullable=False),
    Column("published_at", UtcDateTime),
    Column("date_quality", Text, nullable=False),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("fresh_at", UtcDateTime, nullable=False),
    Column("changes", Integer, nullable=False),
    Column("backfill", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("state_at", UtcDateTime, nullable=False),
    Column("reason", SafeText, nullable=False),
    Column("reason_group", SafeText, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("retry_at", UtcDateTime),
    Column("gate_score", Float),
    Column("screened_at", UtcDateTime),
    Column("screen_reason", SafeText, nullable=False),
    Column("read_at", UtcDateTime),
    Column("page_kind", Text),
    Column("text_source", SafeText, nullable=False),
    Column("article_id", Key, ForeignKey("articles.id", ondelete="SET NULL")),
    *_claim(),
    UniqueConstraint("feed_id", "identity"),
    Index("ix_entries_url_key", "url_key", "feed_id"),
    Index("ix_entries_guid_key", "guid_key", "feed_id"),
    Index("ix_entries_work", "state", "fresh_at"),
    Index("ix_entries_funnel", "first_seen_at", "state", "reason_group"),
    Index("ix_entries_reason", "state", "reason_group"),
    Index("ix_entries_article_id", "article_id"),
    Index("ix_entries_feed_id", "feed_id", "first_seen_at", "id"),
    Index("ix_entries_last_seen_at", "last_seen_at"),
    Index(
        "ix_entries_matched",
        "feed_id",
        "first_seen_at",
        "backfill",
        sqlite_where=text("state = 'matched'"),
        postgresql_where=text("state = 'matched'"),
    ),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Key, primary_key=True),
    Column("url", SafeText, nullable=False),
    Column("url_key", Text, nullable=False, unique=True),
    Column("feed_id", Key, ForeignKey("feeds.id", ondelete="SET NULL")),
    Column("outlet", SafeText, nullable=False),
    Column("title", SafeText, nullable=False),
    Column("text", SafeText, nullable=False),
    Column("language", SafeText),
    Column("published_at", UtcDateTime),
    Column("fresh_at", UtcDateTime, nullable=False),
    Column("text_source", SafeText, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    # What the model read in place of the text, and the translator's name; the spans of the findings then count in it.
    Column("translated_title", SafeText),
    Column("translated_text", SafeText),
    Column("translation", SafeText),
    Column("pending", Boolean, nullable=False),
    # Its findings are not in the chronicle yet, or still in it although the match was withdrawn.
    Column("unwoven", Boolean, nullable=False, default=False),
    # When a matched article's page is looked at again for another version, and how often it was.
    Column("revisit_at", UtcDateTime),
    Column("revisits", Integer, nullable=False),
    *_claim(),
    Index("ix_articles_revisit_at", "revisit_at"),
    Index("ix_articles_work", "pending", "fresh_at"),
    Index("ix_articles_unwoven", "unwoven", "fresh_at"),
    Index("ix_articles_feed_id", "feed_id", "id"),
)

article_versions = Table(
    "article_versions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("article_id", Key, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("text_source", SafeText, nullable=False),
    # Null for the current version, whose title and text are the article's own.
    Column("title", SafeText),
    Column("text", SafeText),
    UniqueConstraint("article_id", "number"),
)

analyses = Table(
    "analyses",
    metadata,
    Column("id", Key, primary_key=True),
    Column("article_id", Key, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("version_id", Key, ForeignKey("article_versions.id", ondelete="CASCADE"), nullable=False),
    Column("model", SafeText, nullable=False),
    Column("language", SafeText),
    Column("scores", JSON, nullable=False),
    Column("thresholds", JSON, nullable=False),
    Column("embedding", LargeBinary, nullable=False),
    Column("analysed_at", UtcDateTime, nullable=False),
    UniqueConstraint("version_id", "model"),
    Index("ix_analyses_article_id", "article_id"),
)

matches = Table(
    "matches",
    metadata,
    Column("id", Key, primary_key=True),
    Column("article_id", Key, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("topic", Text, nullable=False),
    Column("analysis_id", Key, ForeignKey("analyses.id", ondelete="CASCADE"), nullable=False),
    Column("score", Float, nullable=False),
    Column("threshold", Float, nullable=False),
    Column("evidence", SafeText, nullable=False),
    Column("evidence_start", Integer),
    Column("evidence_end", Integer),
    Column("matched_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    # Set when a later text of the article is no longer about the topic; the row stays, so nothing matches twice.
    Column("withdrawn_at", UtcDateTime),
    # It came with the back catalogue of a new or revived feed: no alert is due.
    Column("backfill", Boolean, nullable=False),
    UniqueConstraint("article_id", "topic"),
    Index("ix_matches_matched_at", "matched_at", "id"),
    Index("ix_matches_topic", "topic", "matched_at", "id"),
    Index("ix_matches_analysis_id", "analysis_id"),
)

NOT_PENDING = func.coalesce(articles.c.pending, false()).is_(False)
"""Asked so that no index answers it: nearly all articles are not pending, and by its statistics SQLite takes the index
of those for as good as any other (a second for each look at a million, measured)."""

CLAIMED = (feeds, entries, articles)
"""Tables whose rows are claimed by a holder until a time."""

for _table in CLAIMED:
    Index(
        f"ix_{_table.name}_claimed_until",
        _table.c.claimed_until,
        sqlite_where=_table.c.claimed_until.is_not(None),
        postgresql_where=_table.c.claimed_until.is_not(None),
    )

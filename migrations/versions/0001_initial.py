"""The first schema: feeds, polls, entries, articles with versions, findings, leases, and the full-text index.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
CLAIMED = sa.text("claimed_until IS NOT NULL")
TABLES = "leases mentions entities matches analyses entries article_versions articles polls feeds".split()


def upgrade() -> None:
    _sources()
    _texts()
    _entries()
    _findings()
    _leases()
    if op.get_context().dialect.name == "sqlite":
        _search_sqlite()
    else:
        _search_postgres()


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP TABLE articles_search")
        for name in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER articles_search_{name}")
    for table in TABLES:
        op.drop_table(table)


def _sources() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", KEY, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("url_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("state_controlled", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("homepage", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("next_poll_at", TIME, nullable=False),
        sa.Column("interval", sa.Float(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("body_hash", sa.Text()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_polled_at", TIME),
        sa.Column("last_success_at", TIME),
        sa.Column("last_new_at", TIME),
        sa.Column("last_status", sa.Text(), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("entries_seen", sa.Integer(), nullable=False),
        sa.Column("guids_repeat", sa.Boolean(), nullable=False),
        sa.Column("claimed_by", sa.Text()),
        sa.Column("claimed_until", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
        sa.UniqueConstraint("url_key", name="uq_feeds_url_key"),
    )
    op.create_index(
        "ix_feeds_claimed_until", "feeds", ["claimed_until"], sqlite_where=CLAIMED, postgresql_where=CLAIMED
    )
    op.create_index("ix_feeds_due", "feeds", ["active", "next_poll_at"])
    op.create_table(
        "polls",
        sa.Column("id", KEY, nullable=False),
        sa.Column("feed_id", KEY, nullable=False),
        sa.Column("polled_at", TIME, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("http_status", sa.Integer()),
        sa.Column("bytes_read", KEY, nullable=False),
        sa.Column("elapsed", sa.Float(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("new_entries", sa.Integer(), nullable=False),
        sa.Column("changed_entries", sa.Integer(), nullable=False),
        sa.Column("known_entries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_polls_feed_id_feeds", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_polls"),
        sa.UniqueConstraint("feed_id", "polled_at", name="uq_polls_feed_id_polled_at"),
    )
    op.create_index("ix_polls_polled_at", "polls", ["polled_at"])


def _texts() -> None:
    op.create_table(
        "articles",
        sa.Column("id", KEY, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("url_key", sa.Text(), nullable=False),
        sa.Column("feed_id", KEY),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("published_at", TIME),
        sa.Column("fresh_at", TIME, nullable=False),
        sa.Column("text_source", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("claimed_by", sa.Text()),
        sa.Column("claimed_until", TIME),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_articles_feed_id_feeds", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.UniqueConstraint("url_key", name="uq_articles_url_key"),
    )
    op.create_index(
        "ix_articles_claimed_until", "articles", ["claimed_until"], sqlite_where=CLAIMED, postgresql_where=CLAIMED
    )
    op.create_index("ix_articles_feed_id", "articles", ["feed_id"])
    op.create_index("ix_articles_work", "articles", ["pending", "fresh_at"])
    op.create_table(
        "article_versions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("text_source", sa.Text(), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("text", sa.Text()),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_article_versions_article_id_articles", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_article_versions"),
        sa.UniqueConstraint("article_id", "number", name="uq_article_versions_article_id_number"),
    )


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("id", KEY, nullable=False),
        sa.Column("feed_id", KEY, nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("url_key", sa.Text()),
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("guid_key", sa.Text()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("published_raw", sa.Text(), nullable=False),
        sa.Column("published_at", TIME),
        sa.Column("first_seen_at", TIME, nullable=False),
        sa.Column("last_seen_at", TIME, nullable=False),
        sa.Column("fresh_at", TIME, nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_at", TIME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_group", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", TIME),
        sa.Column("gate_score", sa.Float()),
        sa.Column("screened_at", TIME),
        sa.Column("screen_reason", sa.Text(), nullable=False),
        sa.Column("read_at", TIME),
        sa.Column("page_kind", sa.Text()),
        sa.Column("text_source", sa.Text(), nullable=False),
        sa.Column("article_id", KEY),
        sa.Column("claimed_by", sa.Text()),
        sa.Column("claimed_until", TIME),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_entries_article_id_articles", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_entries_feed_id_feeds", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_entries"),
        sa.UniqueConstraint("feed_id", "identity", name="uq_entries_feed_id_identity"),
    )
    op.create_index("ix_entries_article_id", "entries", ["article_id"])
    op.create_index(
        "ix_entries_claimed_until", "entries", ["claimed_until"], sqlite_where=CLAIMED, postgresql_where=CLAIMED
    )
    op.create_index("ix_entries_funnel", "entries", ["first_seen_at", "state", "reason_group"])
    op.create_index("ix_entries_guid_key", "entries", ["guid_key", "feed_id"])
    op.create_index("ix_entries_reason", "entries", ["state", "reason_group"])
    op.create_index("ix_entries_url_key", "entries", ["url_key", "feed_id"])
    op.create_index("ix_entries_work", "entries", ["state", "fresh_at"])


def _findings() -> None:
    op.create_table(
        "analyses",
        sa.Column("id", KEY, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("thresholds", sa.JSON(), nullable=False),
        sa.Column("embedding", sa.LargeBinary(), nullable=False),
        sa.Column("analysed_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_analyses_article_id_articles", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["article_versions.id"], name="fk_analyses_version_id_article_versions", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_analyses"),
        sa.UniqueConstraint("version_id", "model", name="uq_analyses_version_id_model"),
    )
    op.create_index("ix_analyses_article_id", "analyses", ["article_id"])
    op.create_table(
        "matches",
        sa.Column("id", KEY, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("analysis_id", KEY, nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("evidence_start", sa.Integer()),
        sa.Column("evidence_end", sa.Integer()),
        sa.Column("matched_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("withdrawn_at", TIME),
        sa.ForeignKeyConstraint(
            ["analysis_id"], ["analyses.id"], name="fk_matches_analysis_id_analyses", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_matches_article_id_articles", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_matches"),
        sa.UniqueConstraint("article_id", "topic", name="uq_matches_article_id_topic"),
    )
    op.create_index("ix_matches_analysis_id", "matches", ["analysis_id"])
    op.create_index("ix_matches_matched_at", "matches", ["matched_at", "id"])
    op.create_index("ix_matches_topic", "matches", ["topic", "matched_at", "id"])
    op.create_table(
        "entities",
        sa.Column("id", KEY, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kb_id", sa.Text()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entities"),
        sa.UniqueConstraint("type", "key", name="uq_entities_type_key"),
    )
    op.create_index("ix_entities_kb_id", "entities", ["kb_id"])
    op.create_table(
        "mentions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("entity_id", KEY, nullable=False),
        sa.Column("start_offset", sa.Integer(), nullable=False),
        sa.Column("end_offset", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_mentions_article_id_articles", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entities.id"], name="fk_mentions_entity_id_entities", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_mentions"),
        sa.UniqueConstraint(
            "article_id",
            "entity_id",
            "start_offset",
            "end_offset",
            name="uq_mentions_article_id_entity_id_start_offset_end_offset",
        ),
    )
    op.create_index("ix_mentions_entity_id", "mentions", ["entity_id", "article_id"])


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("acquired_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )


def _search_sqlite() -> None:
    """FTS5 over the articles' own columns: the index keeps no second copy of the text; triggers keep it true."""
    op.execute(
        "CREATE VIRTUAL TABLE articles_search USING fts5("
        "title, text, content='articles', content_rowid='id', tokenize='unicode61 remove_diacritics 2')"
    )
    forget = (
        "INSERT INTO articles_search (articles_search, rowid, title, text) "
        "VALUES ('delete', old.id, old.title, old.text);"
    )
    learn = "INSERT INTO articles_search (rowid, title, text) VALUES (new.id, new.title, new.text);"
    for name, when, body in (
        ("insert", "AFTER INSERT", learn),
        ("delete", "AFTER DELETE", forget),
        ("update", "AFTER UPDATE OF title, text", forget + " " + learn),
    ):
        op.execute(f"CREATE TRIGGER articles_search_{name} {when} ON articles BEGIN {body} END")


def _search_postgres() -> None:
    """A generated vector over what FTS5 would see as words.

    Accents are split off (NFD) and dropped; marks that Postgres would read as parts of a path, host or compound
    become spaces; a giant text is cut to what a vector holds.
    """
    marks = "/.:@_-&#+=~"
    folded = "regexp_replace(normalize(left(title || ' ' || text, 200000), NFD), '[\\u0300-\\u036f]+', '', 'g')"
    words = f"translate({folded}, '{marks}', '{' ' * len(marks)}')"
    op.execute(
        "ALTER TABLE articles ADD COLUMN search_vector tsvector "
        f"GENERATED ALWAYS AS (to_tsvector('simple', {words})) STORED"
    )
    op.execute("CREATE INDEX ix_articles_search_vector ON articles USING gin (search_vector)")

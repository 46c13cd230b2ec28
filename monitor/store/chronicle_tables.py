"""What many articles say together: stories, statements, happenings, answers.

Every row here can be made anew from the articles' own (``detail_tables``). Only the holder of the lease ``chronicle``
writes them. Where an article is deleted its places stay empty until the chronicle has mended what it stood in.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from monitor.store.columns import Key, SafeText, UtcDateTime
from monitor.store.tables import metadata


def _of(table: str) -> Column[Any]:
    """The merged row that a part belongs to."""
    return Column(f"{table.removesuffix('s')}_id", Key, ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False)


def _article() -> Column[Any]:
    """The article that tells it; empty when the article was deleted."""
    return Column("article_id", Key, ForeignKey("articles.id", ondelete="SET NULL"))


stories = Table(
    "stories",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=False),
    Column("title", SafeText, nullable=False),
    Column("url", SafeText, nullable=False),
    Column("outlet", SafeText, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime, nullable=False),
    # Of those that are there now; 0 when the story went into another.
    Column("articles", Integer, nullable=False),
    Column("outlets", Integer, nullable=False),
    Column("origins", Integer, nullable=False),
    Column("state_origins", Integer, nullable=False),
    Column("evidence", SafeText, nullable=False),
    Column("merged_into", Key),
    Index("ix_stories_last_seen", "last_seen", "id"),
    Index(
        "ix_stories_merged_into",
        "merged_into",
        sqlite_where=text("merged_into IS NOT NULL"),
        postgresql_where=text("merged_into IS NOT NULL"),
    ),
)

story_topics = Table(
    "story_topics",
    metadata,
    Column("story_id", Key, ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("last_seen", UtcDateTime, nullable=False),
    Index("ix_story_topics_topic", "topic", "last_seen", "story_id"),
)

story_members = Table(
    "story_members",
    metadata,
    Column("id", Key, primary_key=True),
    _article(),
    Column("story_id", Key, ForeignKey("stories.id", ondelete="CASCADE"), nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    Column("backfill", Boolean, nullable=False),
    Column("origin", SafeText, nullable=False),
    Column("origin_kind", Text, nullable=False),
    Column("state_controlled", Boolean, nullable=False),
    Column("copy_of", Key),
    Column("credit_start", Integer),
    Column("credit_end", Integer),
    Column("credit", SafeText),
    Column("similarity", Float, nullable=False),
    Column("duplicate_of", Key),
    # What the story index keeps of the article: it is built up again from these.
    Column("imprint", LargeBinary, nullable=False),
    UniqueConstraint("article_id"),
    Index("ix_story_members_story_id", "story_id", "published_at"),
    Index("ix_story_members_published_at", "published_at", "id"),
)

story_changes = Table(
    "story_changes",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", Text, nullable=False),
    Column("story_id", Key, ForeignKey("stories.id", ondelete="CASCADE"), nullable=False),
    Column("other_id", Key, ForeignKey("stories.id", ondelete="CASCADE"), nullable=False),
    Column("moved", JSON, nullable=False),
    Index("ix_story_changes_story_id", "story_id", "at"),
    Index("ix_story_changes_other_id", "other_id", "at"),
)

statements = Table(
    "statements",
    metadata,
    Column("id", Key, primary_key=True),
    Column("speaker", SafeText, nullable=False),
    # A hash of the name, for the index.
    Column("speaker_key", Text, nullable=False),
    Column("speaker_id", SafeText),
    Column("kind", Text, nullable=False),
    Column("text", SafeText, nullable=False),
    Column("said_on", Date, nullable=False),
    Column("channel", SafeText),
    Column("about", JSON, nullable=False),
    Column("variants", JSON, nullable=False),
    Column("first_told", UtcDateTime, nullable=False),
    Column("articles", Integer, nullable=False),
    Column("origins", Integer, nullable=False),
    Index("ix_statements_said_on", "said_on", "id"),
    Index("ix_statements_speaker_key", "speaker_key", "said_on", "id"),
    Index("ix_statements_speaker_id", "speaker_id", "said_on", "id"),
    Index("ix_statements_first_told", "first_told"),
    sqlite_autoincrement=True,
)

statement_subjects = Table(
    "statement_subjects",
    metadata,
    Column("id", Key, primary_key=True),
    _of("statements"),
    Column("name_key", Text, nullable=False),
    Column("name", SafeText, nullable=False),
    Column("said_on", Date, nullable=False),
    Index("ix_statement_subjects_statement_id", "statement_id"),
    Index("ix_statement_subjects_name_key", "name_key", "said_on", "statement_id"),
)

statement_witnesses = Table(
    "statement_witnesses",
    metadata,
    Column("id", Key, primary_key=True),
    _of("statements"),
    _article(),
    Column("start_offset", Integer, nullable=False),
    Column("end_offset", Integer, nullable=False),
    Column("text", SafeText, nullable=False),
    Column("channel", SafeText),
    Index("ix_statement_witnesses_statement_id", "statement_id"),
    Index("ix_statement_witnesses_article_id", "article_id"),
)

happenings = Table(
    "happenings",
    metadata,
    Column("id", Key, primary_key=True),
    Column("type", SafeText, nullable=False),
    Column("participants", JSON, nullable=False),
    Column("when_from", Date),
    Column("when_to", Date),
    Column("certainty", Text, nullable=False),
    Column("place", SafeText),
    Column("status", SafeText, nullable=False),
    Column("first_told", UtcDateTime, nullable=False),
    Column("last_told", UtcDateTime, nullable=False),
    # The days of ``when``; those of the first report where nobody says when.
    Column("happens_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("articles", Integer, nullable=False),
    Column("origins", Integer, nullable=False),
    Index("ix_happenings_happens_on", "happens_on", "id"),
    Index("ix_happenings_status", "status", "happens_on", "id"),
    Index("ix_happenings_type", "type", "happens_on", "id"),
    Index("ix_happenings_last_told", "last_told", "first_told", "type"),
    sqlite_autoincrement=True,
)

happening_names = Table(
    "happening_names",
    metadata,
    Column("id", Key, primary_key=True),
    _of("happenings"),
    Column("name_key", Text, nullable=False),
    Column("name", SafeText, nullable=False),
    Column("happens_on", Date, nullable=False),
    Index("ix_happening_names_happening_id", "happening_id"),
    Index("ix_happening_names_name_key", "name_key", "happens_on", "happening_id"),
)

happening_reports = Table(
    "happening_reports",
    metadata,
    Column("id", Key, primary_key=True),
    _of("happenings"),
    _article(),
    # The row of ``article_events`` is the article's with this key.
    Column("event_key", Text, nullable=False),
    UniqueConstraint("article_id", "event_key"),
    Index("ix_happening_reports_happening_id", "happening_id"),
)

happening_changes = Table(
    "happening_changes",
    metadata,
    Column("id", Key, primary_key=True),
    _of("happenings"),
    # history: the steps it took; contradiction: what reports say against each other.
    Column("kind", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("field", Text, nullable=False),
    Column("before", SafeText, nullable=False),
    Column("after", SafeText, nullable=False),
    Column("article_id", Key, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("event_key", Text, nullable=False),
    Index("ix_happening_changes_happening_id", "happening_id"),
    Index("ix_happening_changes_article_id", "article_id"),
)

answers = Table(
    "answers",
    metadata,
    Column("id", Key, primary_key=True),
    Column("article_id", Key, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    # The row of ``reactions`` is the article's with this key.
    Column("reaction_key", Text, nullable=False),
    Column("side", SafeText, nullable=False),
    Column("side_key", Text, nullable=False),
    Column("told_at", UtcDateTime, nullable=False),
    Column("happening_id", Key, ForeignKey("happenings.id", ondelete="SET NULL")),
    Column("statement_id", Key, ForeignKey("statements.id", ondelete="SET NULL")),
    Column("item", SafeText),
    Column("donor", SafeText),
    Column("recipient", SafeText),
    Index("ix_answers_article_id", "article_id"),
    Index("ix_answers_told_at", "told_at", "id"),
    Index("ix_answers_side", "side_key", "told_at", "id"),
    Index("ix_answers_happening_id", "happening_id"),
    Index("ix_answers_statement_id", "statement_id"),
)

TORN = (story_members, statement_witnesses, happening_reports)
"""Tables whose rows outlive their article, so that what they stood in can be found and mended."""

for _table, _whole in zip(TORN, ("story_id", "statement_id", "happening_id"), strict=True):
    Index(
        f"ix_{_table.name}_torn",
        _table.c[_whole],
        sqlite_where=_table.c.article_id.is_(None),
        postgresql_where=_table.c.article_id.is_(None),
    )

CHRONICLE = (
    answers,
    happening_changes,
    happening_reports,
    happening_names,
    happenings,
    statement_witnesses,
    statement_subjects,
    statements,
    story_changes,
    story_members,
    story_topics,
    stories,
)
"""Every table of the chronicle, in an order in which they can be emptied."""

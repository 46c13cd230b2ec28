"""The tables of the feedback loop; they stand beside those of the news and never change them."""

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, Table, Text

from monitor.store.columns import Key, SafeText, UtcDateTime
from monitor.store.tables import metadata

labels = Table(
    "labels",
    metadata,
    Column("id", Key, primary_key=True),
    Column("article_id", Key, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    # The text that was judged: a later one may be about something else.
    Column("version_id", Key, ForeignKey("article_versions.id", ondelete="CASCADE"), nullable=False),
    Column("topic", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("to_topic", Text),
    Column("person", SafeText, nullable=False),
    Column("note", SafeText, nullable=False),
    Column("model", SafeText, nullable=False),
    Column("score", Float),
    Column("matched", Boolean, nullable=False),
    Column("labelled_at", UtcDateTime, nullable=False),
    Column("undone_at", UtcDateTime),
    Index("ix_labels_version_id", "version_id"),
    Index("ix_labels_article_id", "article_id"),
)
# One live label per article, topic and person; those that were taken back stay as they are.
Index(
    "uq_labels_live",
    labels.c.article_id,
    labels.c.topic,
    labels.c.person,
    unique=True,
    sqlite_where=labels.c.undone_at.is_(None),
    postgresql_where=labels.c.undone_at.is_(None),
)

candidates = Table(
    "candidates",
    metadata,
    Column("name", Text, primary_key=True),
    Column("folder", SafeText, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("parent", SafeText, nullable=False),
    Column("labels", Integer, nullable=False),
    Column("figures", JSON, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("replaces", Text),
    Column("promoted_at", UtcDateTime),
    Column("retired_at", UtcDateTime),
)

shadow_scores = Table(
    "shadow_scores",
    metadata,
    Column("article_id", Key, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("candidate", Text, ForeignKey("candidates.name", ondelete="CASCADE"), primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("score", Float, nullable=False),
    Column("match", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_shadow_scores_candidate", "candidate", "topic", "article_id"),
)

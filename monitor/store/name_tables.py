"""Whom and what articles name: each person, place, organisation and weapon once, and where it stands."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from monitor.store.columns import Key, SafeText
from monitor.store.tables import metadata

entities = Table(
    "entities",
    metadata,
    Column("id", Key, primary_key=True),
    Column("type", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("kb_id", SafeText),
    Column("name", SafeText, nullable=False),
    UniqueConstraint("type", "key"),
    Index("ix_entities_kb_id", "kb_id"),
)

mentions = Table(
    "mentions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("article_id", Key, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("entity_id", Key, ForeignKey("entities.id", ondelete="CASCADE"), nullable=False),
    Column("start_offset", Integer, nullable=False),
    Column("end_offset", Integer, nullable=False),
    Column("text", SafeText, nullable=False),
    UniqueConstraint("article_id", "entity_id", "start_offset", "end_offset"),
    Index("ix_mentions_entity_id", "entity_id", "article_id"),
)

"""Requests to understand stored articles again, and the articles that wait for it now."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from monitor.store.columns import Key, SafeText, UtcDateTime
from monitor.store.tables import metadata

reanalyses = Table(
    "reanalyses",
    metadata,
    Column("id", Key, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("topic", Text),
    Column("language", SafeText),
    Column("unread_by", SafeText),
    Column("state", Text, nullable=False),
    # The last article that was looked at: by when it was published and its id, downwards.
    Column("cursor_at", UtcDateTime),
    Column("cursor_id", Key),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("total", Integer, nullable=False),
    Column("marked", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("analysed", Integer, nullable=False),
    Column("unread", Integer, nullable=False),
    Column("matched", Integer, nullable=False),
    Column("withdrawn", Integer, nullable=False),
    # A few rows that every analysis of theirs updates: updates stay on their page.
    postgresql_with={"fillfactor": 50},
)

renewals = Table(
    "renewals",
    metadata,
    Column("article_id", Key, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("reanalysis_id", Key, ForeignKey("reanalyses.id", ondelete="CASCADE"), nullable=False),
    # When the article has another version since, that one is news.
    Column("version", Integer, nullable=False),
    Index("ix_renewals_reanalysis_id", "reanalysis_id"),
)

"""What was found in one article beside its matches: quotations, times, events, steps of aid, reactions.

Rows of one article are replaced together when another analysis of it is stored. Offsets count in the text that the
analysis read. Everything that many articles say together (``chronicle_tables``) can be made anew from these rows.
"""

from typing import Any

from sqlalchemy import JSON, Column, Date, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from monitor.store.columns import Key, SafeText
from monitor.store.tables import metadata


def _place() -> tuple[Column[Any], ...]:
    """Whose it is, which analysis found it, and where; ``number`` counts in the order in which it was found."""
    return (
        Column("id", Key, primary_key=True),
        Column("article_id", Key, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
        Column("analysis_id", Key, ForeignKey("analyses.id", ondelete="CASCADE"), nullable=False),
        Column("number", Integer, nullable=False),
        Column("start_offset", Integer, nullable=False),
        Column("end_offset", Integer, nullable=False),
        Column("text", SafeText, nullable=False),
    )


def _interval() -> tuple[Column[Any], ...]:
    """A closed interval of days; empty when it is not known."""
    return Column("when_from", Date), Column("when_to", Date), Column("certainty", Text)


quotes = Table(
    "quotes",
    metadata,
    *_place(),
    # direct: the words between the marks; reported: what somebody is said to have said, in the writer's words.
    Column("kind", Text, nullable=False),
    Column("speaker", SafeText),
    Column("speaker_id", SafeText),
    Column("channel", SafeText),
    Column("part_of", Integer, nullable=False),
    Column("cue_start", Integer),
    Column("cue_end", Integer),
    Column("cue", SafeText),
    Column("about", JSON, nullable=False),
    UniqueConstraint("article_id", "kind", "number"),
    Index("ix_quotes_analysis_id", "analysis_id"),
)

time_mentions = Table(
    "time_mentions",
    metadata,
    *_place(),
    *_interval(),
    Column("tense", Text, nullable=False),
    UniqueConstraint("article_id", "number"),
    Index("ix_time_mentions_analysis_id", "analysis_id"),
)

article_events = Table(
    "article_events",
    metadata,
    *_place(),
    # A hash of what the event says: by it a happening knows its reports.
    Column("key", Text, nullable=False),
    Column("type", SafeText, nullable=False),
    Column("participants", JSON, nullable=False),
    *_interval(),
    Column("place", SafeText),
    Column("status", SafeText, nullable=False),
    UniqueConstraint("article_id", "number"),
    Index("ix_article_events_key", "article_id", "key"),
    Index("ix_article_events_analysis_id", "analysis_id"),
)

aid_steps = Table(
    "aid_steps",
    metadata,
    *_place(),
    Column("item", SafeText, nullable=False),
    # A hash of the item's name, for the index.
    Column("item_key", Text, nullable=False),
    Column("donor", SafeText),
    Column("recipient", SafeText, nullable=False),
    Column("step", SafeText, nullable=False),
    Column("manner", SafeText, nullable=False),
    Column("said_by", SafeText),
    Column("firmness", SafeText, nullable=False),
    UniqueConstraint("article_id", "number"),
    Index("ix_aid_steps_item_key", "item_key", "article_id"),
    Index("ix_aid_steps_analysis_id", "analysis_id"),
)

reactions = Table(
    "reactions",
    metadata,
    *_place(),
    Column("key", Text, nullable=False),
    Column("said_by", SafeText, nullable=False),
    Column("said_by_id", SafeText),
    Column("kind", SafeText, nullable=False),
    Column("about", SafeText, nullable=False),
    # Where the article tells of what is answered.
    Column("answers_start", Integer),
    Column("answers_end", Integer),
    Column("answers_text", SafeText),
    UniqueConstraint("article_id", "number"),
    Index("ix_reactions_key", "article_id", "key"),
    Index("ix_reactions_analysis_id", "analysis_id"),
)

DETAILS = (quotes, time_mentions, article_events, aid_steps, reactions)
"""Every table of what was found in one article."""

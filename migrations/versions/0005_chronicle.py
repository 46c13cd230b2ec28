"""Understanding: what was found in articles, and what they say together.

Revision ID: 0005
Revises: 0004
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
TORN = sa.text("article_id IS NULL")

Columns = tuple[sa.Column[Any], ...]
NEW = (
    "answers happening_changes happening_reports happening_names happenings statement_witnesses statement_subjects "
    "statements story_changes story_members story_topics stories reactions aid_steps article_events time_mentions "
    "quotes"
).split()


def upgrade() -> None:
    op.add_column("articles", sa.Column("unwoven", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.create_index("ix_articles_unwoven", "articles", ["unwoven", "fresh_at"])
    # What matched before has its place in a story all the same.
    op.execute(
        "UPDATE articles SET unwoven = true "
        "WHERE id IN (SELECT article_id FROM matches WHERE matches.withdrawn_at IS NULL)"
    )
    _found()
    _stories()
    _statements()
    _happenings()
    _answers()


def downgrade() -> None:
    for table in NEW:
        op.drop_table(table)
    op.drop_index("ix_articles_unwoven", table_name="articles")
    # Not in batch mode: that makes the table anew, and SQLite would lose the triggers of the full-text index with it.
    op.drop_column("articles", "unwoven")


def _text(*names: str) -> Columns:
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in names)


def _maybe(type_: sa.types.TypeEngine[Any], *names: str) -> Columns:
    return tuple(sa.Column(name, type_) for name in names)


def _numbers(*names: str) -> Columns:
    return tuple(sa.Column(name, sa.Integer(), nullable=False) for name in names)


def _times(*names: str) -> Columns:
    return tuple(sa.Column(name, TIME, nullable=False) for name in names)


def _json(*names: str) -> Columns:
    return tuple(sa.Column(name, sa.JSON(), nullable=False) for name in names)


def _interval() -> Columns:
    return _maybe(sa.Date(), "when_from", "when_to") + _maybe(sa.Text(), "certainty")


def _id(table: str) -> tuple[Any, ...]:
    return sa.Column("id", KEY, nullable=False), sa.PrimaryKeyConstraint("id", name=f"pk_{table}")


def _key(table: str, column: str, referred: str, ondelete: str = "CASCADE") -> tuple[Any, ...]:
    name = f"fk_{table}_{column}_{referred}"
    return (
        sa.Column(column, KEY, nullable=ondelete == "SET NULL"),
        sa.ForeignKeyConstraint([column], [f"{referred}.id"], name=name, ondelete=ondelete),
    )


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def _index(table: str, *columns: str, name: str = "") -> None:
    op.create_index(f"ix_{table}_{name or columns[0]}", table, list(columns))


def _torn(table: str, whole: str) -> None:
    op.create_index(f"ix_{table}_torn", table, [whole], sqlite_where=TORN, postgresql_where=TORN)


def _found_table(table: str, *columns: sa.Column[Any], unique: tuple[str, ...] = ("article_id", "number")) -> None:
    op.create_table(
        table,
        *_id(table),
        *_key(table, "article_id", "articles"),
        *_key(table, "analysis_id", "analyses"),
        *_numbers("number", "start_offset", "end_offset"),
        *_text("text"),
        *columns,
        _unique(table, *unique),
    )
    _index(table, "analysis_id")


def _found() -> None:
    text, number = sa.Text(), sa.Integer()
    _found_table(
        "quotes",
        *_text("kind"),
        *_maybe(text, "speaker", "speaker_id", "channel"),
        *_numbers("part_of"),
        *_maybe(number, "cue_start", "cue_end"),
        *_maybe(text, "cue"),
        *_json("about"),
        unique=("article_id", "kind", "number"),
    )
    _found_table("time_mentions", *_interval(), *_text("tense"))
    _found_table(
        "article_events",
        *_text("key", "type"),
        *_json("participants"),
        *_interval(),
        *_maybe(text, "place"),
        *_text("status"),
    )
    _index("article_events", "article_id", "key", name="key")
    _found_table(
        "aid_steps",
        *_text("item", "item_key", "recipient", "step", "manner", "firmness"),
        *_maybe(text, "donor", "said_by"),
    )
    _index("aid_steps", "item_key", "article_id")
    _found_table(
        "reactions",
        *_text("key", "said_by", "kind", "about"),
        *_maybe(text, "said_by_id", "answers_text"),
        *_maybe(number, "answers_start", "answers_end"),
    )
    _index("reactions", "article_id", "key", name="key")


def _stories() -> None:
    op.create_table(
        "stories",
        *_id("stories"),
        *_text("title", "url", "outlet", "evidence"),
        *_times("first_seen", "last_seen"),
        *_numbers("articles", "outlets", "origins", "state_origins"),
        sa.Column("merged_into", KEY),
    )
    _index("stories", "last_seen", "id")
    op.create_table(
        "story_topics",
        *_key("story_topics", "story_id", "stories"),
        *_text("topic"),
        *_times("last_seen"),
        sa.PrimaryKeyConstraint("story_id", "topic", name="pk_story_topics"),
    )
    _index("story_topics", "topic", "last_seen", "story_id")
    op.create_table(
        "story_members",
        *_id("story_members"),
        *_key("story_members", "article_id", "articles", "SET NULL"),
        *_key("story_members", "story_id", "stories"),
        *_times("published_at"),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("backfill", "state_controlled")),
        *_text("origin", "origin_kind"),
        *_maybe(KEY, "copy_of", "duplicate_of"),
        *_maybe(sa.Integer(), "credit_start", "credit_end"),
        *_maybe(sa.Text(), "credit"),
        sa.Column("similarity", sa.Float(), nullable=False),
        sa.Column("imprint", sa.LargeBinary(), nullable=False),
        _unique("story_members", "article_id"),
    )
    _index("story_members", "story_id", "published_at")
    _index("story_members", "published_at", "id")
    _torn("story_members", "story_id")
    op.create_table(
        "story_changes",
        *_id("story_changes"),
        *_times("at"),
        *_text("kind"),
        *_key("story_changes", "story_id", "stories"),
        *_key("story_changes", "other_id", "stories"),
        *_json("moved"),
    )
    _index("story_changes", "story_id", "at")
    _index("story_changes", "other_id", "at")


def _statements() -> None:
    op.create_table(
        "statements",
        *_id("statements"),
        *_text("speaker", "speaker_key", "kind", "text"),
        *_maybe(sa.Text(), "speaker_id", "channel"),
        sa.Column("said_on", sa.Date(), nullable=False),
        *_json("about", "variants"),
        *_times("first_told"),
        *_numbers("articles", "origins"),
        sqlite_autoincrement=True,
    )
    _index("statements", "said_on", "id")
    _index("statements", "speaker_key", "said_on", "id")
    _index("statements", "speaker_id", "said_on", "id")
    _index("statements", "first_told")
    op.create_table(
        "statement_subjects",
        *_id("statement_subjects"),
        *_key("statement_subjects", "statement_id", "statements"),
        *_text("name_key", "name"),
        sa.Column("said_on", sa.Date(), nullable=False),
    )
    _index("statement_subjects", "statement_id")
    _index("statement_subjects", "name_key", "said_on", "statement_id")
    op.create_table(
        "statement_witnesses",
        *_id("statement_witnesses"),
        *_key("statement_witnesses", "statement_id", "statements"),
        *_key("statement_witnesses", "article_id", "articles", "SET NULL"),
        *_numbers("start_offset", "end_offset"),
        *_text("text"),
        *_maybe(sa.Text(), "channel"),
    )
    _index("statement_witnesses", "statement_id")
    _index("statement_witnesses", "article_id")
    _torn("statement_witnesses", "statement_id")


def _happenings() -> None:
    op.create_table(
        "happenings",
        *_id("happenings"),
        *_text("type", "certainty", "status"),
        *_json("participants"),
        *_maybe(sa.Date(), "when_from", "when_to"),
        *_maybe(sa.Text(), "place"),
        *_times("first_told", "last_told"),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("happens_on", "ends_on")),
        *_numbers("articles", "origins"),
        sqlite_autoincrement=True,
    )
    _index("happenings", "happens_on", "id")
    _index("happenings", "status", "happens_on", "id")
    _index("happenings", "type", "happens_on", "id")
    _index("happenings", "last_told", "first_told", "type")
    op.create_table(
        "happening_names",
        *_id("happening_names"),
        *_key("happening_names", "happening_id", "happenings"),
        *_text("name_key", "name"),
        sa.Column("happens_on", sa.Date(), nullable=False),
    )
    _index("happening_names", "happening_id")
    _index("happening_names", "name_key", "happens_on", "happening_id")
    op.create_table(
        "happening_reports",
        *_id("happening_reports"),
        *_key("happening_reports", "happening_id", "happenings"),
        *_key("happening_reports", "article_id", "articles", "SET NULL"),
        *_text("event_key"),
        _unique("happening_reports", "article_id", "event_key"),
    )
    _index("happening_reports", "happening_id")
    _torn("happening_reports", "happening_id")
    op.create_table(
        "happening_changes",
        *_id("happening_changes"),
        *_key("happening_changes", "happening_id", "happenings"),
        *_text("kind", "field", "before", "after", "event_key"),
        *_numbers("number"),
        *_times("at"),
        *_key("happening_changes", "article_id", "articles"),
    )
    _index("happening_changes", "happening_id")
    _index("happening_changes", "article_id")


def _answers() -> None:
    op.create_table(
        "answers",
        *_id("answers"),
        *_key("answers", "article_id", "articles"),
        *_text("reaction_key", "side", "side_key"),
        *_times("told_at"),
        *_key("answers", "happening_id", "happenings", "SET NULL"),
        *_key("answers", "statement_id", "statements", "SET NULL"),
        *_maybe(sa.Text(), "item", "donor", "recipient"),
    )
    _index("answers", "article_id")
    _index("answers", "told_at", "id")
    _index("answers", "side_key", "told_at", "id", name="side")
    _index("answers", "happening_id")
    _index("answers", "statement_id")

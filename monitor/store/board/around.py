"""What stands around an event or a statement: whose word it is, the stories that tell of it, and reactions to it."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, and_, func, select

from monitor.records.board.timeline import Reply, StoryMention, Voice
from monitor.records.chronicle import Origin, Source
from monitor.store.chronicle import tellers
from monitor.store.chronicle_tables import answers, stories, story_members
from monitor.store.detail_tables import reactions

MOST = 50
"""Reactions at most, the latest told."""
_STORIES = 20


def replies(
    connection: Connection, *, happening_id: int | None = None, statement_id: int | None = None
) -> tuple[Reply, ...]:
    """Reactions to an event or a statement, the latest told first."""
    what = answers.c.happening_id == happening_id if statement_id is None else answers.c.statement_id == statement_id
    row_of = and_(reactions.c.article_id == answers.c.article_id, reactions.c.key == answers.c.reaction_key)
    columns = (answers.c.article_id, answers.c.side, reactions.c.said_by, reactions.c.kind, reactions.c.text)
    query = select(*columns).join(reactions, row_of).where(what)
    rows = connection.execute(query.order_by(answers.c.told_at.desc(), answers.c.id.desc()).limit(MOST)).all()
    sources = tellers.of(connection, {row.article_id for row in rows})
    return tuple(
        Reply(by=row.said_by, kind=row.kind, side=row.side, evidence=row.text, source=sources[row.article_id][0])
        for row in rows
        if row.article_id in sources
    )


def voices(told: Iterable[tuple[Source, Origin]]) -> tuple[Voice, ...]:
    """The origins of what is told, those of most articles first."""
    articles: dict[str, set[int]] = {}
    origins: dict[str, Origin] = {}
    for source, origin in told:
        articles.setdefault(origin.key, set()).add(source.article_id)
        origins[origin.key] = origin
    order = sorted(articles, key=lambda key: (-len(articles[key]), key))
    return tuple(
        Voice(
            key=key,
            kind=origins[key].kind,
            state_controlled=origins[key].state_controlled,
            articles=len(articles[key]),
        )
        for key in order
    )


def stories_of(connection: Connection, article_ids: Collection[int]) -> tuple[StoryMention, ...]:
    """The stories of these articles, those of most of them first."""
    count = func.count().label("count")
    query = (
        select(stories.c.id, stories.c.title, count)
        .join(story_members, story_members.c.story_id == stories.c.id)
        .where(story_members.c.article_id.in_(sorted(article_ids)))
        .group_by(stories.c.id, stories.c.title)
        .order_by(count.desc(), stories.c.id.desc())
        .limit(_STORIES)
    )
    return tuple(StoryMention(id=id_, title=title, articles=number) for id_, title, number in connection.execute(query))

"""Stories with fresh articles, and the sentence of one of these that shows what each is about."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, or_, select

from monitor.records.telling.digests import StoryNews
from monitor.store.chronicle import storylines, tellers
from monitor.store.chronicle_tables import stories, story_members
from monitor.store.facts.scope import LIVE, Scope
from monitor.store.tables import articles, feeds, matches

MOST = 200
"""Stories at most: those with the most independent origins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Voice:
    """What a match of a fresh article shows."""

    article_id: int
    evidence: str
    rank: tuple[object, ...]
    """The best first: with words to show, of no state, at first hand, the surest."""


def lately(connection: Connection, scope: Scope, *, since: datetime) -> tuple[StoryNews, ...]:
    """Stories with fresh articles, the most independent origins first.

    New are those of which nothing was known before ``since``. One that was told goes on with what came since then.
    """
    voices = _voices(connection, scope)
    for id_ in _told(connection, scope) & voices.keys():
        later = [voice for voice in voices[id_] if scope.fresh[voice.article_id] >= since]
        if later:
            voices[id_] = later
        else:
            del voices[id_]
    found = storylines.of(connection, _most(connection, voices))
    ids = [story.id for story in found]
    best = {id_: min(voices[id_], key=lambda voice: voice.rank) for id_ in ids}
    told_by = tellers.of(connection, {voice.article_id for voice in best.values()})
    old = _old(connection, ids, since)
    news = tuple(
        StoryNews(
            story=story,
            source=told_by[best[story.id].article_id][0],
            evidence=best[story.id].evidence,
            is_new=story.id not in old,
            fresh=len({voice.article_id for voice in voices[story.id]}),
        )
        for story in found
    )
    return news if scope.is_whole else tuple(map(_as_cited, news))


def _voices(connection: Connection, scope: Scope) -> dict[int, list[_Voice]]:
    """What fresh articles show, by their story."""
    columns = (
        *(story_members.c.story_id, story_members.c.article_id, story_members.c.copy_of),
        *(story_members.c.state_controlled, feeds.c.state_controlled),
        *(matches.c.evidence, matches.c.score, matches.c.matched_at),
    )
    query = (
        select(*columns)
        .select_from(story_members)
        .join(matches, matches.c.article_id == story_members.c.article_id)
        .join(articles, articles.c.id == story_members.c.article_id)
        .outerjoin(feeds, feeds.c.id == articles.c.feed_id)
        .where(*LIVE)
    )
    if scope.selection.topics:
        query = query.where(matches.c.topic.in_(scope.selection.topics))
    found: defaultdict[int, list[_Voice]] = defaultdict(list)
    for ids in tellers.chunks(scope.fresh):
        for row in connection.execute(query.where(story_members.c.article_id.in_(ids))):
            story_id, article_id, copy_of, of_state, outlet_of_state, evidence, score, at = row
            state = bool(of_state or outlet_of_state)
            rank = (not evidence, state, copy_of is not None, -score, at, article_id)
            found[story_id].append(_Voice(article_id=article_id, evidence=evidence, rank=rank))
    return found


def _told(connection: Connection, scope: Scope) -> set[int]:
    """Ids of stories that were told, and of those that they went into since."""
    told = {int(key.removeprefix("story:")) for key in scope.told if key.startswith("story:")}
    return told | merged(connection, told)


def merged(connection: Connection, ids: Collection[int]) -> set[int]:
    """Ids of the stories that these went into."""
    query = select(stories.c.merged_into).where(stories.c.merged_into.is_not(None))
    return {into for chunk in tellers.chunks(ids) for into in connection.scalars(query.where(stories.c.id.in_(chunk)))}


def _most(connection: Connection, ids: Iterable[int]) -> list[int]:
    rank = select(stories.c.id, stories.c.origins, stories.c.last_seen)
    found = [row for chunk in tellers.chunks(ids) for row in connection.execute(rank.where(stories.c.id.in_(chunk)))]
    return [row.id for row in sorted(found, key=lambda row: (-row.origins, -row.last_seen.timestamp(), row.id))[:MOST]]


def _old(connection: Connection, ids: Collection[int], since: datetime) -> set[int]:
    """Ids of those of which something was known before then; what a back catalogue brought counts by its date."""
    before = or_(
        matches.c.backfill.is_(False) & (matches.c.matched_at < since),
        matches.c.backfill & (story_members.c.published_at < since),
    )
    query = (
        select(story_members.c.story_id)
        .join(matches, matches.c.article_id == story_members.c.article_id)
        .where(matches.c.withdrawn_at.is_(None), before)
        .distinct()
    )
    return {
        id_
        for chunk in tellers.chunks(ids)
        for id_ in connection.scalars(query.where(story_members.c.story_id.in_(chunk)))
    }


def _as_cited(news: StoryNews) -> StoryNews:
    """The story under the title of the article that is cited: its own may be of one that was not asked for."""
    source = news.source
    story = replace(news.story, title=source.title, url=source.url, outlet=source.outlet, evidence=news.evidence)
    return replace(news, story=story)

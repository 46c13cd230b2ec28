"""Stories: who is in them, what became of them, and the one line that lists show of each."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, tuple_, update

from monitor.records.chronicle import Origin, Source, Story, StoryChange, StoryMember
from monitor.records.stories import StoredMember
from monitor.records.weaving import StoryPage
from monitor.store.chronicle import tellers
from monitor.store.chronicle_tables import stories, story_changes, story_members, story_topics
from monitor.store.tables import articles, matches
from monitor.stories.origins import count

MOST_MEMBERS = 1000
"""Articles that a story's page holds at most, the newest."""
MERGED = "merged"

_COUNTS = ("articles", "outlets", "origins", "state_origins")
_SHOWN = ("id", "title", "url", "outlet", "first_seen", "last_seen", *_COUNTS)


def join(connection: Connection, source: Source, member: StoryMember, imprint: bytes) -> set[int]:
    """Put an article into a story; the stories whose line changes with it."""
    _open(connection, [member.story_id], source)
    ours = story_members.c.article_id == source.article_id
    before = connection.scalar(select(story_members.c.story_id).where(ours))
    values = _member_values(source, member) | {"imprint": imprint}
    if before is None:
        connection.execute(insert(story_members), values)
        return {member.story_id}
    connection.execute(update(story_members).where(ours), values)
    return {member.story_id, before}


def leave(connection: Connection, article_id: int) -> set[int]:
    """Take an article out of its story; the stories whose line changes with it."""
    ours = story_members.c.article_id == article_id
    before = set(connection.scalars(select(story_members.c.story_id).where(ours)))
    connection.execute(delete(story_members).where(ours))
    return before


def change(connection: Connection, changes: Iterable[StoryChange], source: Source) -> set[int]:
    """Move articles from story to story and write it down; the stories whose line changes with it."""
    touched: set[int] = set()
    for each in changes:
        _open(connection, [each.story_id, each.other_id], source)
        for ids in tellers.chunks(each.moved):
            moved = story_members.c.article_id.in_(ids)
            connection.execute(update(story_members).where(moved).values(story_id=each.other_id))
        if each.kind == MERGED:
            # Some members may have left the index's memory, but not the story.
            rest = story_members.c.story_id == each.story_id
            connection.execute(update(story_members).where(rest).values(story_id=each.other_id))
            into = {"merged_into": each.other_id}
            connection.execute(update(stories).where(stories.c.merged_into == each.story_id).values(into))
            connection.execute(update(stories).where(stories.c.id == each.story_id).values(into))
        connection.execute(insert(story_changes).values(_change_values(each)))
        touched |= {each.story_id, each.other_id}
    return touched


def revise(connection: Connection, article_ids: Sequence[int], origin: Origin) -> set[int]:
    """Set the origin of articles that turn out to be its report; the stories whose line changes with it."""
    if not article_ids:
        return set()
    ours = story_members.c.article_id.in_(article_ids)
    values = {"origin": origin.key, "origin_kind": origin.kind, "state_controlled": origin.state_controlled}
    connection.execute(update(story_members).where(ours).values(values))
    return set(connection.scalars(select(story_members.c.story_id).where(ours)))


def stored(connection: Connection, since: datetime, after: int, limit: int) -> tuple[tuple[int, StoredMember], ...]:
    """What the story index is built up again from, in the order in which it came, with the number of each row."""
    columns = ("article_id", "story_id", "imprint", "similarity", "duplicate_of")
    there = (story_members.c.id > after, story_members.c.published_at >= since, story_members.c.article_id.is_not(None))
    query = select(story_members.c.id, *(story_members.c[name] for name in columns)).where(*there)
    rows = connection.execute(query.order_by(story_members.c.id).limit(limit))
    return tuple((row.id, StoredMember(**{name: getattr(row, name) for name in columns})) for row in rows)


def mend(connection: Connection, limit: int) -> set[int]:
    """Take out members whose articles were deleted; the stories whose line changes with it."""
    gone = story_members.c.article_id.is_(None)
    found = set(connection.scalars(select(story_members.c.story_id).where(gone).distinct().limit(limit)))
    if found:
        connection.execute(delete(story_members).where(gone, story_members.c.story_id.in_(found)))
    return found


def renew(connection: Connection, ids: Iterable[int]) -> None:
    """Say anew what lists show of the stories, from who is in them now."""
    for story_id in sorted(ids):
        connection.execute(delete(story_topics).where(story_topics.c.story_id == story_id))
        ours = tellers.select_tellers().where(story_members.c.story_id == story_id)
        told = [tellers.teller(row) for row in connection.execute(ours.order_by(articles.c.fresh_at, articles.c.id))]
        counts = _counts(told)
        line = _line(connection, story_id, told) if told else {}
        connection.execute(update(stories).where(stories.c.id == story_id).values(counts | line))
        if told:
            _write_topics(connection, story_id, told[-1][0].published)


def _open(connection: Connection, ids: Sequence[int], source: Source) -> None:
    """Make the stories' rows where there are none; what they say is put in when their members are known."""
    known = set(connection.scalars(select(stories.c.id).where(stories.c.id.in_(ids))))
    line = {
        "title": source.title,
        "url": source.url,
        "outlet": source.outlet,
        "first_seen": source.published,
        "last_seen": source.published,
        "evidence": "",
    } | dict.fromkeys(_COUNTS, 0)
    new = [{"id": story_id} | line for story_id in sorted(set(ids) - known)]
    if new:
        connection.execute(insert(stories), new)


def _member_values(source: Source, member: StoryMember) -> dict[str, Any]:
    origin = member.origin
    return {
        "article_id": source.article_id,
        "story_id": member.story_id,
        "published_at": source.published,
        "backfill": source.backfill,
        "origin": origin.key,
        "origin_kind": origin.kind,
        "state_controlled": origin.state_controlled,
        "copy_of": origin.copy_of,
        "credit_start": origin.evidence.start if origin.evidence else None,
        "credit_end": origin.evidence.end if origin.evidence else None,
        "credit": origin.evidence.text if origin.evidence else None,
        "similarity": member.similarity,
        "duplicate_of": member.duplicate_of,
    }


def _change_values(change: StoryChange) -> dict[str, Any]:
    return {
        "at": change.at,
        "kind": change.kind,
        "story_id": change.story_id,
        "other_id": change.other_id,
        "moved": list(change.moved),
    }


def _counts(told: Sequence[tellers.Teller]) -> dict[str, int]:
    outlets, origins, state_origins = count(told)
    return {"articles": len(told), "outlets": outlets, "origins": origins, "state_origins": state_origins}


def _line(connection: Connection, story_id: int, told: Sequence[tellers.Teller]) -> dict[str, Any]:
    shown = headline(told)
    matched = (story_members.c.story_id == story_id, matches.c.withdrawn_at.is_(None))
    best = (
        select(matches.c.evidence)
        .join(story_members, story_members.c.article_id == matches.c.article_id)
        .where(*matched)
        .order_by(matches.c.score.desc(), matches.c.id)
        .limit(1)
    )
    return {
        "title": shown.title,
        "url": shown.url,
        "outlet": shown.outlet,
        "first_seen": told[0][0].published,
        "last_seen": told[-1][0].published,
        "evidence": connection.scalar(best) or "",
    }


def headline(told: Sequence[tuple[Source, Origin]]) -> Source:
    """The article that stands for a story: the earliest of the origin that most follow, where no state controls it.

    ``told`` is in order of time. An agency's own article comes before those that only print it.
    """
    free = [pair for pair in told if not pair[1].state_controlled] or list(told)
    followers = Counter(origin.key for _, origin in free)
    largest = max(followers, key=lambda key: followers[key])
    ours = [pair for pair in free if pair[1].key == largest]
    first_hand = [source for source, origin in ours if origin.copy_of is None]
    return first_hand[0] if first_hand else ours[0][0]


def _write_topics(connection: Connection, story_id: int, last_seen: datetime) -> None:
    topics = (
        select(matches.c.topic)
        .join(story_members, story_members.c.article_id == matches.c.article_id)
        .where(story_members.c.story_id == story_id, matches.c.withdrawn_at.is_(None))
        .distinct()
    )
    rows = [
        {"story_id": story_id, "topic": topic, "last_seen": last_seen} for topic in sorted(connection.scalars(topics))
    ]
    if rows:
        connection.execute(insert(story_topics), rows)


def last(connection: Connection) -> int:
    """The highest number of a story so far."""
    return connection.scalar(select(func.max(stories.c.id))) or 0


def listed(
    connection: Connection, *, since: datetime | None, topic: str | None, limit: int, before: int | None
) -> tuple[Story, ...]:
    """Stories that somebody tells, the latest told first."""
    query, seen = select(stories), stories.c.last_seen
    if topic is not None:
        query, seen = query.join(story_topics, story_topics.c.story_id == stories.c.id), story_topics.c.last_seen
        query = query.where(story_topics.c.topic == topic)
    id_ = stories.c.id if topic is None else story_topics.c.story_id
    query = query.where(stories.c.articles > 0)
    if since is not None:
        query = query.where(seen >= since)
    if before is not None:
        last = stories.alias("last")
        place = select(last.c.last_seen).where(last.c.id == before).scalar_subquery()
        query = query.where(tuple_(seen, id_) < tuple_(place, before))
    rows = connection.execute(query.order_by(seen.desc(), id_.desc()).limit(limit)).all()
    return _stories(connection, rows)


def of(connection: Connection, ids: Sequence[int]) -> tuple[Story, ...]:
    """Stories by their ids, in that order; one that is not there is left out."""
    found = {row.id: row for row in connection.execute(select(stories).where(stories.c.id.in_(ids)))}
    return _stories(connection, [found[id_] for id_ in ids if id_ in found])


def page(connection: Connection, story_id: int) -> StoryPage | None:
    """A story with all that is in it; one that went into another is shown as that other."""
    row = connection.execute(select(stories).where(stories.c.id == story_id)).first()
    if row is not None and row.merged_into is not None:
        row = connection.execute(select(stories).where(stories.c.id == row.merged_into)).first()
    if row is None:
        return None
    ours = tellers.select_tellers().where(story_members.c.story_id == row.id)
    newest = connection.execute(
        ours.order_by(story_members.c.published_at.desc(), story_members.c.id.desc()).limit(MOST_MEMBERS)
    )
    found = newest.all()[::-1]
    (story,) = _stories(connection, [row])
    return StoryPage(
        story=story,
        members=tuple(member(each) for each in found),
        sources=tuple(tellers.teller(each)[0] for each in found),
        changes=_changes(connection, row.id),
    )


def member(row: Row[Any]) -> StoryMember:
    """A row of ``tellers.select_tellers``."""
    return StoryMember(
        story_id=row.story_id,
        article_id=row.article_id,
        origin=tellers.teller(row)[1],
        similarity=row.similarity,
        duplicate_of=row.duplicate_of,
    )


def _changes(connection: Connection, story_id: int) -> tuple[StoryChange, ...]:
    query = select(story_changes).where((story_changes.c.story_id == story_id) | (story_changes.c.other_id == story_id))
    return tuple(
        StoryChange(at=row.at, kind=row.kind, story_id=row.story_id, other_id=row.other_id, moved=tuple(row.moved))
        for row in connection.execute(query.order_by(story_changes.c.at, story_changes.c.id))
    )


def _stories(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[Story, ...]:
    if not rows:
        return ()
    topics: dict[int, tuple[str, ...]] = {}
    query = select(story_topics).where(story_topics.c.story_id.in_([row.id for row in rows]))
    for row in connection.execute(query.order_by(story_topics.c.topic)):
        topics[row.story_id] = (*topics.get(row.story_id, ()), row.topic)
    return tuple(
        Story(topics=topics.get(row.id, ()), evidence=row.evidence, **{name: getattr(row, name) for name in _SHOWN})
        for row in rows
    )

"""The articles of a story: by origin, the copies under what they repeat, and how many there were when."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from monitor.records.board.story import Covered, Evidence, Member, OriginGroup, Strand
from monitor.records.chronicle import Origin, Story
from monitor.store.chronicle import tellers
from monitor.store.chronicle_tables import story_members
from monitor.store.tables import articles, matches

MOST = 200
"""Articles of a story that are shown, the newest."""
COUNTED = 2000
"""Articles of a story that are counted by hour or day, the newest."""
HOURS = timedelta(days=3)
"""A story that was told for no longer is counted by the hour."""

Found = tuple[Member, Origin]


def newest(connection: Connection, story_id: int) -> tuple[Found, ...]:
    """The newest articles of the story that are still about something, the oldest of them first."""
    query = tellers.select_tellers().add_columns(articles.c.version).where(story_members.c.story_id == story_id)
    order = (story_members.c.published_at.desc(), story_members.c.id.desc())
    rows = connection.execute(query.order_by(*order).limit(MOST)).all()[::-1]
    live = _evidence(connection, [row.article_id for row in rows])
    found = []
    for row in rows:
        source, origin = tellers.teller(row)
        if source.article_id in live:
            member = Member(
                source=source,
                versions=row.version,
                evidence=live[source.article_id],
                credit=origin.evidence.text if origin.evidence else "",
                copy_of=row.copy_of or row.duplicate_of,
            )
            found.append((member, origin))
    return tuple(found)


def _evidence(connection: Connection, ids: Sequence[int]) -> Mapping[int, tuple[Evidence, ...]]:
    """The live matches of each article, the surest first."""
    columns = (matches.c.article_id, matches.c.topic, matches.c.score, matches.c.evidence)
    query = select(*columns).where(matches.c.article_id.in_(ids), matches.c.withdrawn_at.is_(None))
    found: defaultdict[int, tuple[Evidence, ...]] = defaultdict(tuple)
    for article_id, topic, score, text in connection.execute(query.order_by(matches.c.score.desc(), matches.c.topic)):
        found[article_id] += (Evidence(topic=topic, score=score, text=text),)
    return found


def grouped(told: Sequence[Found]) -> tuple[OriginGroup, ...]:
    """By origin, the first to tell it first."""
    groups: defaultdict[str, list[Member]] = defaultdict(list)
    origins: dict[str, Origin] = {}
    state: Counter[str] = Counter()
    for member, origin in told:
        groups[origin.key].append(member)
        origins.setdefault(origin.key, origin)
        state[origin.key] += origin.state_controlled
    return tuple(
        OriginGroup(
            key=key,
            kind=origins[key].kind,
            name=key.partition(":")[2] or key,
            state_controlled=state[key] > 0,
            first_seen=group[0].source.published,
            articles=len(group),
            strands=_strands(group),
        )
        for key, group in groups.items()
    )


def _strands(group: Sequence[Member]) -> tuple[Strand, ...]:
    """Each article that repeats none of the group, with those that repeat it at first or second hand."""
    by_id = {member.source.article_id: member for member in group}
    copies: defaultdict[int, list[Member]] = defaultdict(list)
    for member in group:
        copies[_root(member, by_id)].append(member)
    return tuple(
        Strand(
            original=by_id[root],
            copies=tuple(member for member in strand if member.source.article_id != root),
        )
        for root, strand in copies.items()
    )


def _root(member: Member, by_id: Mapping[int, Member]) -> int:
    seen: set[int] = set()
    while member.copy_of in by_id and member.copy_of not in seen and member.copy_of is not None:
        seen.add(member.source.article_id)
        member = by_id[member.copy_of]
    # In a ring of articles that repeat each other the first one stands for all.
    return min(seen | {member.source.article_id}) if member.copy_of in seen else member.source.article_id


def coverage(
    connection: Connection, story: Story, told: Sequence[Found]
) -> tuple[tuple[Covered, ...], str, datetime | None]:
    """Articles by hour or day and kind of origin; which of the two; and from when on, if not from the beginning."""
    by = "hour" if story.last_seen - story.first_seen <= HOURS else "day"
    moments = [(m.source.published, o.kind, o.state_controlled or m.source.state_controlled) for m, o in told]
    since = None
    if len(told) >= MOST:
        columns = (story_members.c.published_at, story_members.c.origin_kind, story_members.c.state_controlled)
        query = select(*columns).where(story_members.c.story_id == story.id)
        newest = connection.execute(query.order_by(story_members.c.published_at.desc()).limit(COUNTED))
        moments = [(row.published_at, row.origin_kind, row.state_controlled) for row in newest]
        since = moments[-1][0] if len(moments) == COUNTED else None
    return _counted(moments, by), by, since


def _counted(moments: Iterable[tuple[datetime, str, bool]], by: str) -> tuple[Covered, ...]:
    counts: Counter[tuple[datetime, str]] = Counter()
    for at, kind, of_state in moments:
        start = at.replace(minute=0, second=0, microsecond=0)
        counts[start if by == "hour" else start.replace(hour=0), "state" if of_state else kind] += 1
    return tuple(Covered(at=at, kind=kind, articles=number) for (at, kind), number in sorted(counts.items()))

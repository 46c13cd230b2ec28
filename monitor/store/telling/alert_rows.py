"""Alert rules and what they have told: rows to records and back."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Text, and_, case, cast, exists, func, select

from monitor.records.telling.alerts import AlertRule, News, QuietHours, Trigger
from monitor.records.telling.messages import Channel
from monitor.records.telling.subscribers import Selection
from monitor.store.chronicle import tellers
from monitor.store.chronicle_tables import stories, story_members
from monitor.store.columns import Key
from monitor.store.facts.stories import merged
from monitor.store.tables import matches
from monitor.store.telling.tables import alert_rules, alerts_told
from monitor.store.upsert import upsert

_SAME = ("id", "name", "target", "created_at", "threshold", "group_seconds", "hourly_limit", "snoozed_until")
_TOLD_AS = "match:"


def rule_of(row: Row[Any]) -> AlertRule:
    """A row of ``alert_rules``."""
    quiet = row.quiet_zone and QuietHours(zone=row.quiet_zone, start=row.quiet_start, end=row.quiet_end)
    return AlertRule(
        triggers=tuple(map(Trigger, row.triggers)),
        selection=Selection(topics=tuple(row.topics), search=row.search, languages=tuple(row.languages)),
        channel=Channel(row.channel),
        quiet=quiet or None,
        is_active=row.active,
        **{name: getattr(row, name) for name in _SAME},
    )


def values_of(rule: AlertRule) -> dict[str, Any]:
    """Column values of a rule, but for its id and the key of its name."""
    return {
        "name": rule.name,
        "triggers": [trigger.value for trigger in rule.triggers],
        "topics": list(rule.selection.topics),
        "search": rule.selection.search,
        "languages": list(rule.selection.languages),
        "threshold": rule.threshold,
        "channel": rule.channel.value,
        "target": rule.target,
        "quiet_zone": rule.quiet.zone if rule.quiet else None,
        "quiet_start": rule.quiet.start if rule.quiet else None,
        "quiet_end": rule.quiet.end if rule.quiet else None,
        "group_seconds": rule.group_seconds,
        "hourly_limit": rule.hourly_limit,
        "snoozed_until": rule.snoozed_until,
        "active": rule.is_active,
        "created_at": rule.created_at,
    }


def exists_rule(connection: Connection, rule_id: int) -> bool:
    """Whether the rule is still there."""
    return connection.scalar(select(alert_rules.c.id).where(alert_rules.c.id == rule_id)) is not None


def tell(
    connection: Connection, rule_id: int, news: Sequence[News], now: datetime, *, delivery_id: int | None = None
) -> int:
    """Note what the rule tells; the number of what it had not told before."""
    nameless = (each.article_id for each in news if each.story_id is None and each.article_id is not None)
    story_of = stories_of(connection, nameless)
    values = [
        {
            "rule_id": rule_id,
            "key": each.key,
            "story_id": each.story_id or story_of.get(each.article_id or 0),
            "at": now,
            "delivery_id": delivery_id,
        }
        # In one order for everybody: two processes must not wait for each other in a circle.
        for each in sorted(news, key=lambda each: each.key)
    ]
    statement = upsert(connection, alerts_told).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return connection.execute(statement, values).rowcount


def told_keys(connection: Connection, rule_id: int, keys: Iterable[str]) -> set[str]:
    """Those of the keys that the rule has told."""
    wanted = sorted(keys)
    query = select(alerts_told.c.key).where(alerts_told.c.rule_id == rule_id)
    return {
        key
        for start in range(0, len(wanted), tellers.BATCH)
        for key in connection.scalars(query.where(alerts_told.c.key.in_(wanted[start : start + tellers.BATCH])))
    }


def is_told(rule_id: int) -> ColumnElement[bool]:
    """Whether the rule has told a row of ``matches``."""
    return exists().where(alerts_told.c.rule_id == rule_id, alerts_told.c.key == _TOLD_AS + cast(matches.c.id, Text))


def told_dark(connection: Connection, rule_id: int) -> frozenset[str]:
    """Keys of the dark sources that the rule has told of."""
    query = select(alerts_told.c.key).where(alerts_told.c.rule_id == rule_id, alerts_told.c.key.like("dark:%"))
    return frozenset(connection.scalars(query))


def told_stories(connection: Connection, rule_id: int, story_ids: Collection[int]) -> frozenset[int]:
    """Those of the stories that the rule has told of, in whatever article, or under a number that they had before.

    An article may be told before it is in a story; it counts for the one that it is in now.
    """
    found: set[int] = set()
    by_member = (
        select(story_members.c.story_id)
        .join(matches, matches.c.article_id == story_members.c.article_id)
        .where(is_told(rule_id))
        .distinct()
    )
    for ids in tellers.chunks(story_ids):
        found |= set(connection.scalars(by_member.where(story_members.c.story_id.in_(ids))))
    told = select(alerts_told.c.story_id).where(alerts_told.c.rule_id == rule_id, alerts_told.c.story_id.is_not(None))
    numbers = set(connection.scalars(told.distinct())) if story_ids else set()
    return frozenset((found | numbers | merged(connection, numbers)) & set(story_ids))


def is_of_living_story(since: datetime) -> ColumnElement[bool]:
    """Whether what a row of ``alerts_told`` told belongs to a story that somebody has told of since then."""
    named = exists().where(stories.c.id == alerts_told.c.story_id, stories.c.last_seen >= since)
    article = and_(story_members.c.article_id == matches.c.article_id, stories.c.id == story_members.c.story_id)
    # The number out of the key and not a key out of the number, for which matches have no index.
    number = cast(func.substr(alerts_told.c.key, len(_TOLD_AS) + 1), Key)
    told = case((alerts_told.c.key.startswith(_TOLD_AS), number))
    matched = exists().where(matches.c.id == told, article, stories.c.last_seen >= since)
    return named | matched


def stories_of(connection: Connection, article_ids: Iterable[int]) -> dict[int, int]:
    """The story of each of the articles that is in one."""
    query = select(story_members.c.article_id, story_members.c.story_id)
    return {
        article_id: story_id
        for ids in tellers.chunks(article_ids)
        for article_id, story_id in connection.execute(query.where(story_members.c.article_id.in_(ids)))
    }

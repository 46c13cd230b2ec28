"""What came up lately for one alert rule.

The moments are those at which we knew, also of changes: an alert says what has just come in, however old its date.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from monitor.records.chronicle import Change
from monitor.records.findings import Match
from monitor.records.telling.alerts import AlertRule, Candidates, Trigger
from monitor.store import naming
from monitor.store.facts import news
from monitor.store.facts.scope import LIVE, Scope, fits, fresh
from monitor.store.facts.shared import Shared
from monitor.store.findings import match_of, select_matches
from monitor.store.tables import matches
from monitor.store.telling import alert_rows as rows
from monitor.store.telling.tables import deliveries

MOST = 500
"""Matches looked at together, the oldest first: those after them come when these are told."""
HELD_BACK = timedelta(days=7)
"""How long a snoozed rule may have waited."""

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_SOON = timedelta(microseconds=1)
_OF_THE_CHRONICLE = frozenset(Trigger) - {Trigger.MATCH, Trigger.DARK}


def candidates(
    connection: Connection, rule: AlertRule, shared: Shared, *, now: datetime, lookback: timedelta
) -> Candidates:
    """What the rule has to look at now."""
    since = max(rule.created_at, now - _reach(rule, now, lookback))
    found = _matches(connection, rule, since, now) if Trigger.MATCH in rule.triggers else ()
    story_of = rows.stories_of(connection, {match.article_id for match in found})
    return Candidates(
        rule=rule,
        matches=tuple((match, story_of.get(match.article_id)) for match in found),
        changes=_changes(connection, rule, shared, since, now) if _OF_THE_CHRONICLE & set(rule.triggers) else (),
        told_stories=rows.told_stories(connection, rule.id, set(story_of.values())),
        sent_lately=_sent(connection, rule, now - _HOUR),
        told=rows.told_dark(connection, rule.id) if Trigger.DARK in rule.triggers else frozenset(),
    )


def _reach(rule: AlertRule, now: datetime, lookback: timedelta) -> timedelta:
    """How far back it looks: nothing is kept of what it held back, so that must be found again."""
    reach = lookback + timedelta(seconds=rule.group_seconds)
    if rule.quiet is not None:
        reach += _DAY
    if rule.snoozed_until is not None and rule.snoozed_until > now - reach:
        reach += HELD_BACK
    return reach


def _matches(connection: Connection, rule: AlertRule, since: datetime, now: datetime) -> tuple[Match, ...]:
    """Matches that fit and reach the threshold, and that it has not told, the oldest first."""
    between = (matches.c.matched_at >= since, matches.c.matched_at <= now)
    query = select_matches().where(*LIVE, *between, matches.c.score >= rule.threshold, ~rows.is_told(rule.id))
    if rule.selection.topics:
        query = query.where(matches.c.topic.in_(rule.selection.topics))
    query = query.where(*fits(connection, rule.selection, now, matches.c.article_id))
    oldest = (matches.c.matched_at, matches.c.id)
    found = connection.execute(query.order_by(None).order_by(*oldest).limit(MOST)).all()
    names = naming.names(connection, {row.article_id for row in found})
    return tuple(match_of(row, names[row.article_id]) for row in found)


def _changes(
    connection: Connection, rule: AlertRule, shared: Shared, since: datetime, now: datetime
) -> tuple[Change, ...]:
    """Changes that it has not told, dated by when we knew of them; silences stand by their own day."""
    until = now + _SOON
    known = fresh(connection, rule.selection, since=since, until=until, now=now)
    silences = Trigger.SILENCE in rule.triggers
    if not (known or silences):
        return ()
    scope = Scope(selection=rule.selection, since=since, until=until, now=now, fresh=known)
    found = news.find(connection, scope, shared, silences=silences).changes
    told = rows.told_keys(connection, rule.id, {f"change:{change.key}" for change in found})
    return tuple(_as_known(change, scope) for change in found if f"change:{change.key}" not in told)


def _as_known(change: Change, scope: Scope) -> Change:
    at = None if change.source is None else scope.fresh.get(change.source.article_id)
    return change if at is None or change.kind == news.SILENCE else replace(change, at=at)


def _sent(connection: Connection, rule: AlertRule, since: datetime) -> tuple[datetime, ...]:
    here = (deliveries.c.rule_id == rule.id, deliveries.c.composed_at > since, deliveries.c.kind == "alert")
    return tuple(connection.scalars(select(deliveries.c.composed_at).where(*here).order_by(deliveries.c.composed_at)))

"""What may set a rule off: matches, changes of the chronicle and dark sources as news, each with a stable key. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from monitor.chronicle.keys import key
from monitor.chronicle.sides import LEADERS, fold
from monitor.records.chronicle import Change, Source
from monitor.records.findings import Match
from monitor.records.telling.alerts import AlertRule, Candidates, News, Trigger
from monitor.records.telling.digests import DarkFeed

# Kinds of changes, as the chronicle names them.
OF_KIND: Mapping[str, Trigger] = {
    "new event": Trigger.EVENT,
    "event status": Trigger.STATUS,
    "event date": Trigger.STATUS,
    "ladder": Trigger.LADDER,
    "first statement": Trigger.LEADER,
    "answer": Trigger.ANSWER,
    "silence": Trigger.SILENCE,
}
SAMPLE = "sample"
"""The key of what is told only to see whether it arrives."""


def looks_at_sources(rule: AlertRule) -> bool:
    """Whether the rule wants to know which sources are dark."""
    return Trigger.DARK in rule.triggers


def sample(rule: AlertRule, *, now: datetime) -> News:
    """What ``monitor alerts test`` tells."""
    return News(
        key=SAMPLE,
        trigger=rule.triggers[0] if rule.triggers else Trigger.MATCH,
        at=now,
        title=f"Test of the alert “{rule.name}”",
        evidence="If you read this, its messages arrive. Nothing has happened.",
    )


def news(
    candidates: Candidates, dark: Sequence[DarkFeed] = (), *, now: datetime, leaders: frozenset[str] = LEADERS
) -> tuple[News, ...]:
    """What came up for the rule of ``candidates``, the oldest first, each thing once.

    Left out is what the rule does not look at, what is below its threshold, older than the rule, back-filled, or only
    to come (a day that lies ahead of ``now``). ``leaders`` are folded names: whose first words and silences count.
    """
    rule = candidates.rule
    stories = {match.article_id: story for match, story in candidates.matches}
    found = [
        *(_of_match(match, story) for match, story in candidates.matches if match.score >= rule.threshold),
        *_of_changes(candidates.changes, stories, leaders),
        # A source that we did not ask has not gone dark: after a machine has slept, that would be all of them.
        *(_of_dark(feed, rule) for feed in dark if feed.state != "unreached"),
    ]
    once = {each.key: each for each in found if each.trigger in rule.triggers and rule.created_at <= each.at <= now}
    return tuple(sorted(once.values(), key=lambda each: (each.at, each.key)))


def _of_match(match: Match, story: int | None) -> News:
    return News(
        key=f"match:{match.id}",
        trigger=Trigger.MATCH,
        at=match.matched_at,
        title=match.title,
        evidence=match.evidence,
        url=match.url,
        outlet=_outlet(match.outlet, state_controlled=match.state_controlled, translator=match.evidence_by),
        story_id=story,
        score=match.score,
        article_id=match.article_id,
        names=match.entities,
    )


def _of_changes(
    changes: Iterable[Change], stories: Mapping[int, int | None], leaders: frozenset[str]
) -> Iterable[News]:
    for change in changes:
        trigger = OF_KIND.get(change.kind)
        backfill = change.source is not None and change.source.backfill
        if trigger is not None and not backfill and _counts(change, leaders):
            yield _of_change(change, trigger, change.source, stories)


def _counts(change: Change, leaders: frozenset[str]) -> bool:
    """Whether it is about a leader, where only leaders count."""
    of_one = change.kind == "first statement" or (change.kind == "silence" and change.source is None)
    return not of_one or (bool(change.names) and fold(change.names[0]) in leaders)


def _of_change(change: Change, trigger: Trigger, source: Source | None, stories: Mapping[int, int | None]) -> News:
    return News(
        key=f"change:{change.key}",
        trigger=trigger,
        at=change.at,
        title=change.what,
        evidence=change.evidence,
        url=source.url if source else "",
        outlet=_outlet(source.outlet, state_controlled=source.state_controlled) if source else "",
        story_id=stories.get(source.article_id) if source else None,
        article_id=source.article_id if source else None,
        names=change.names,
    )


def _of_dark(feed: DarkFeed, rule: AlertRule) -> News:
    """A source that was dark before the rule was made is dark now all the same: it is told as of the rule's making."""
    return News(
        key=f"dark:{key(feed.title, feed.since or feed.state)}",
        trigger=Trigger.DARK,
        at=max(feed.since or rule.created_at, rule.created_at),
        title=f"{feed.title}: {feed.state}",
        evidence=feed.detail,
        outlet=feed.title,
    )


def _outlet(name: str, *, state_controlled: bool, translator: str = "") -> str:
    """The outlet with what a reader must know of the words that are quoted from it."""
    known = ["state-controlled"] if state_controlled else []
    if translator:
        known.append(f"translated by {translator}")
    return f"{name} ({', '.join(known)})" if known else name

"""What a rule does about what came up: one message now, or none yet; and what is no news to it. Pure.

A look makes one message at most, with everything that is due: what came up together, in quiet hours, while the rule was
snoozed, over the hourly limit, or while the program was down, comes together. Nothing is written down of what waits: it
is found again, and so a crash loses nothing and a match that was withdrawn meanwhile is not told.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from monitor.alerts import gathering, quiet
from monitor.records.telling.alerts import AlertRule, Candidates, Group, News, Plan, Trigger
from monitor.records.telling.digests import DarkFeed

STALE = timedelta(days=7)
"""Older things are no news any more, whatever held them back. Sources that are still dark never are."""
_HOUR = timedelta(hours=1)

# The most important first.
_RANKS = {
    trigger: rank
    for rank, trigger in enumerate(
        (
            Trigger.STATUS,
            Trigger.LADDER,
            Trigger.EVENT,
            Trigger.LEADER,
            Trigger.SILENCE,
            Trigger.ANSWER,
            Trigger.MATCH,
            Trigger.DARK,
        )
    )
}


def plan(candidates: Candidates, *, dark: Sequence[DarkFeed] = (), now: datetime) -> Plan:
    """What the rule of ``candidates`` does now about all that came up for it."""
    return due(
        candidates.rule,
        gathering.news(candidates, dark, now=now),
        told_stories=candidates.told_stories,
        sent_lately=candidates.sent_lately,
        told=candidates.told,
        now=now,
    )


def due(
    rule: AlertRule,
    news: Sequence[News],
    *,
    told_stories: Collection[int] = frozenset(),
    sent_lately: Sequence[datetime] = (),
    now: datetime,
    told: Collection[str] = frozenset(),
) -> Plan:
    """What the rule does now about ``news``.

    ``told_stories`` and ``told`` are stories and keys that it has told already, ``sent_lately`` says when its messages
    of the last hour were composed.
    """
    if not rule.is_active:
        return Plan()
    muted, rest = _sifted([each for each in news if each.key not in told], told_stories, now)
    if not rest:
        return Plan(muted=muted)
    opens = _opens(rule, rest, sent_lately, now)
    if now < opens:
        return Plan(muted=muted, waiting=tuple(rest), again_at=opens)
    told_now, repeats = _once_a_story(rest)
    group = Group(news=tuple(sorted(told_now, key=_importance)))
    return Plan(groups=(group,), muted=(*muted, *repeats))


def ledger_key(rule: AlertRule, news: Iterable[News]) -> str:
    """The ledger's name for the message in which the rule tells this news, in whatever order it is given.

    Fit for the left side of a Message-ID (RFC 5322, dot-atom).
    """
    keys = json.dumps(sorted({each.key for each in news}))
    return f"alert.{rule.id}.{hashlib.blake2b(keys.encode(), digest_size=16).hexdigest()}"


def _sifted(
    news: Iterable[News], told_stories: Collection[int], now: datetime
) -> tuple[tuple[News, ...], tuple[News, ...]]:
    """What is no news to the rule, whenever it is told; and the rest."""
    muted: list[News] = []
    rest: list[News] = []
    for each in news:
        stale = each.trigger is not Trigger.DARK and each.at < now - STALE
        repeats = each.trigger is Trigger.MATCH and each.story_id in told_stories
        (muted if stale or repeats else rest).append(each)
    return tuple(muted), tuple(rest)


def _once_a_story(news: Sequence[News]) -> tuple[tuple[News, ...], tuple[News, ...]]:
    """What is told, and the matches that repeat a story or an article of it.

    Changes are always told; a match of the very article that such a line is about says nothing more. Only when the
    message is made: until then the first match of a story may be withdrawn, and another has to stand in for it.
    """
    changes = [each for each in news if each.trigger is not Trigger.MATCH]
    articles = {each.article_id for each in changes} - {None}
    stories = {each.story_id for each in changes} - {None}
    chosen, repeats = list(changes), []
    for each in sorted((each for each in news if each.trigger is Trigger.MATCH), key=_first):
        if each.article_id in articles or each.story_id in stories:
            repeats.append(each)
            continue
        chosen.append(each)
        articles |= {each.article_id} - {None}
        stories |= {each.story_id} - {None}
    return tuple(chosen), tuple(repeats)


def _first(match: News) -> tuple[object, ...]:
    return (match.at, -(match.score or 0.0), match.key)


def _importance(news: News) -> tuple[object, ...]:
    return (_RANKS[news.trigger], -(news.score or 0.0), -news.at.timestamp(), news.key)


def _opens(rule: AlertRule, news: Sequence[News], sent_lately: Sequence[datetime], now: datetime) -> datetime:
    """When the next message may be made: not snoozed, the group complete, below the limit, and no quiet hour then."""
    # After a jump of the clock times may lie ahead: what was sent "later" was sent just now.
    sent = sorted(min(at, now) for at in sent_lately if at > now - _HOUR)
    bounds = [now, _grouped(rule, news, sent, now), _below_limit(rule, sent, now)]
    if rule.snoozed_until is not None:
        bounds.append(rule.snoozed_until)
    return quiet.end(rule.quiet, max(bounds))


def _grouped(rule: AlertRule, news: Sequence[News], sent: Sequence[datetime], now: datetime) -> datetime:
    """The end of the window that the first news opens. A window also follows each message, of an hour at most."""
    window = timedelta(seconds=rule.group_seconds)
    first = min(each.at for each in news)
    # What lies ahead after a jump of the clock opens no window: it would move with the clock.
    ends = [first + window] if first <= now else []
    return max(ends + [at + min(window, _HOUR) for at in sent[-1:]], default=now)


def _below_limit(rule: AlertRule, sent: Sequence[datetime], now: datetime) -> datetime:
    """When so many messages lie more than an hour back that another one may go."""
    limit = max(rule.hourly_limit, 1)
    return now if len(sent) < limit else sent[len(sent) - limit] + _HOUR

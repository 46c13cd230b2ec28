"""Look at what came up and raise the alerts that are due: into the same ledger as everything else that leaves."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from monitor import alerts
from monitor.errors import ConfigError
from monitor.jobs.services import Done
from monitor.jobs.telling.deliver import HAND_OVERS
from monitor.jobs.telling.desk import Desk
from monitor.records.telling.alerts import AlertRule, Candidates, News
from monitor.records.telling.messages import Channel, Delivery, NewDelivery
from monitor.text import digest as hashed

log = structlog.get_logger()
LOOKBACK = timedelta(hours=2)
"""What came up longer ago than this is for the digest, not for an alarm: the machine was down meanwhile."""
LOOK_ANYWAY = timedelta(seconds=20)


def alert_round(desk: Desk) -> Done:
    """Judge the active rules, if anything may have come up since the last look. False when nothing was raised."""
    counts: Counter[str] = Counter()
    now = desk.clock()
    rules = desk.store.alerts.listed(active=True)
    if not rules or not _may_have_news(desk, now):
        return Done()
    found, wrong = _candidates(desk, rules, now)
    for candidates in found:
        if desk.stopping.is_set():
            break
        counts["alerts_raised"] += _judge(desk, candidates, now)
    if wrong:
        raise wrong[0]
    return Done(counts=dict(counts))


def _candidates(
    desk: Desk, rules: Sequence[AlertRule], now: datetime
) -> tuple[Sequence[Candidates], Sequence[ConfigError]]:
    """What each rule looks at, all read together; a rule whose search cannot be read any more holds up no other."""
    try:
        return desk.store.alerts.candidates_of(rules, now=now, lookback=LOOKBACK), ()
    except ConfigError:
        found, wrong = [], []
        for rule in rules:
            try:
                found.append(desk.store.alerts.candidates(rule, now=now, lookback=LOOKBACK))
            except ConfigError as error:
                log.error("alert_rule_not_judged", rule=rule.name, error=str(error))
                wrong.append(error)
        return found, wrong


def _may_have_news(desk: Desk, now: datetime) -> bool:
    """Whether to look: one cheap query, and a look now and then whatever it says (rules also wait for their time)."""
    mark = desk.store.alerts.newest(now)
    if any(seen == mark and timedelta(0) <= now - at < LOOK_ANYWAY for seen, at in desk.looked):
        return False
    desk.looked[:] = [(mark, now)]
    return True


def sample_round(desk: Desk, rule: AlertRule) -> Delivery:
    """Send a sample message where the rule sends, at once; what became of it."""
    now = desk.clock()
    real = _delivery(desk, rule, (alerts.sample(rule, now=now),), None, now)
    key = f"test.{real.ledger_key}.{now.isoformat()}"
    delivery = replace(real, kind="test", ledger_key=key, message_id=f"<{hashed(key.encode())}@{desk.mail_domain}>")
    desk.store.deliveries.enter([delivery], now=now)
    while HAND_OVERS[rule.channel](desk):
        pass
    return desk.store.deliveries.by_key(key)


def _judge(desk: Desk, candidates: Candidates, now: datetime) -> int:
    rule = candidates.rule
    dark = desk.sources(now).dark if alerts.looks_at_sources(rule) else ()
    plan = alerts.plan(candidates, dark=dark, now=now)
    if plan.muted:
        desk.store.alerts.mute(rule, plan.muted, now=now)
    raised = 0
    for group in plan.groups:
        delivery = _delivery(desk, rule, group.news, group.not_before, now)
        if desk.store.alerts.record(rule, group.news, delivery, now=now):
            raised += 1
            log.info("alert_raised", rule=rule.name, news=len(group.news), not_before=group.not_before)
    return raised


def _delivery(
    desk: Desk, rule: AlertRule, news: tuple[News, ...], not_before: datetime | None, now: datetime
) -> NewDelivery:
    key = alerts.ledger_key(rule, news)
    message_id = f"<{key}@{desk.mail_domain}>"
    subject, body = _words(desk, rule, news, message_id)
    return NewDelivery(
        kind="alert",
        channel=rule.channel,
        target=rule.target,
        ledger_key=key,
        message_id=message_id,
        give_up_at=now + desk.give_up,
        rule_id=rule.id,
        subject=subject,
        body=json.dumps(body, ensure_ascii=False),
        not_before=not_before,
    )


def _words(desk: Desk, rule: AlertRule, news: tuple[News, ...], message_id: str) -> tuple[str, dict[str, object]]:
    if rule.channel is Channel.EMAIL:
        subject, text, html = alerts.mail(rule, news, dashboard_url=desk.dashboard_url)
        return subject, {"text": text, "html": html}
    notice = alerts.notice(rule, news, id=message_id.strip("<>"), dashboard_url=desk.dashboard_url)
    return notice.title, {"text": notice.text, "data": notice.data}

"""The aid ladder: the weapons whose decision moved, then where the others stand that were told of lately. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.chronicle import phrases
from monitor.chronicle.climbing import BACK, HEIGHT
from monitor.digest.gathering import News
from monitor.digest.sections import Section, cited, fit, of_state
from monitor.records.chronicle import LadderStep, Rung
from monitor.records.telling.digests import LadderLine

MOST = 10
LATELY = timedelta(days=30)
_MOST_TRAIL, _NAME = 30, 200
_DENIAL = "denial"


def ladder(rungs: Sequence[Rung], news: Sequence[News], *, until: datetime) -> Section[LadderLine]:
    """Rungs that moved, as the news has them, then those with any activity in the days before ``until``."""
    moved = [(each.rung, each) for each in news if each.rung is not None]
    known = {_key(rung) for rung, _ in moved}
    others = [rung for rung in rungs if _key(rung) not in known and _last(rung) >= until - LATELY and rung.history]
    others.sort(key=lambda rung: (-rung.since.timestamp(), rung.item, rung.donor or "", rung.recipient))
    lines = [_line(rung, each) for rung, each in moved if rung.history] + [_line(rung, None) for rung in others]
    return Section(
        lines=tuple(lines[:MOST]),
        left=max(0, len(lines) - MOST),
        told=frozenset(key for _, each in moved[:MOST] for key in each.keys),
    )


def _key(rung: Rung) -> tuple[str | None, ...]:
    return (rung.item, rung.donor, rung.recipient)


def _last(rung: Rung) -> datetime:
    return max((step.source.published for step in (*rung.history, *rung.regressions)), default=rung.since)


def _line(rung: Rung, news: News | None) -> LadderLine:
    before, moved = move(rung, news)
    step = _cited_step(rung, news)
    return LadderLine(
        item=fit(rung.item.strip() or "unnamed weapon", _NAME),
        donor=fit(rung.donor, _NAME) if rung.donor else None,
        recipient=fit(rung.recipient, _NAME),
        step=phrases.step(rung.step),
        before=phrases.step(before),
        moved=moved,
        firmness=rung.firmness,
        by=fit(step.step.by, _NAME) if step.step.by else None,
        since=rung.since,
        evidence=cited(step.step.evidence.text, step.source, state_only=news is not None and news.state_only),
        trail=tuple((each.source.published, phrases.step(each.step.step)) for each in rung.history[-_MOST_TRAIL:]),
        origins=rung.origins,
    )


def _cited_step(rung: Rung, news: News | None) -> LadderStep:
    """The report to cite: the one that moved it last, of no state if there is one."""
    fresh = [] if news is None else _fresh(rung, news)
    current = fresh or [step for step in rung.history if step.step.step == rung.step] or list(rung.history)
    return max(
        current,
        key=lambda step: (not of_state(step.source, step.origin), step.source.published, step.source.article_id),
    )


def _fresh(rung: Rung, news: News) -> list[LadderStep]:
    """The steps that are the news, the oldest first."""
    articles = {change.source.article_id for change in news.changes if change.source}
    steps = (step for step in (*rung.history, *rung.regressions) if step.source.article_id in articles)
    return sorted(steps, key=lambda step: (step.source.published, step.source.article_id))


def move(rung: Rung, news: News | None) -> tuple[str, str]:
    """The rung before the period's news, and which way it went: ``up``, ``down``, ``new`` or nowhere."""
    if news is None:
        return "", ""
    fresh = _fresh(rung, news)
    if not fresh:
        return "", ""
    if fresh[0].step.firmness == _DENIAL:
        before = fresh[0].step.step
    else:
        earlier = [
            step for step in rung.history if step not in fresh and step.source.published <= fresh[0].source.published
        ]
        before = earlier[-1].step.step if earlier else ""
    if not before:
        return "", "new"
    if before == rung.step:
        return "", ""
    return before, "down" if _height(rung.step) < _height(before) else "up"


def _height(step: str) -> int:
    """Refused and paused lie below every rung."""
    return 0 if step in BACK else HEIGHT.get(step, 0)

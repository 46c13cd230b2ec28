"""Rules and news for the tests of alerts, complete but for what the test is about. All of it is invented."""

from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.records.chronicle import Change, Source
from monitor.records.findings import Match
from monitor.records.telling.alerts import AlertRule, News, QuietHours, Trigger
from monitor.records.telling.messages import Channel
from monitor.records.telling.subscribers import Selection

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
NIGHT = QuietHours(zone="Europe/Kyiv", start=22, end=7)


def rule(**fields: Any) -> AlertRule:
    given: dict[str, Any] = {
        "id": 7,
        "name": "Talks",
        "triggers": tuple(Trigger),
        "selection": Selection(),
        "channel": Channel.WEBHOOK,
        "target": "https://hooks.example/x",
        "created_at": NOW - timedelta(days=30),
    }
    return AlertRule(**given | fields)


def match(n: int = 1, *, at: datetime = NOW, **fields: Any) -> Match:
    given: dict[str, Any] = {
        "topic": "talks",
        "score": 0.9,
        "threshold": 0.5,
        "evidence": "The two will meet in Budapest.",
        "title": f"Story {n}",
        "url": f"https://news.example/{n}",
        "outlet": "The News",
        "country": "GB",
        "state_controlled": False,
        "published": at,
        "matched_at": at,
    }
    return Match(id=n, article_id=100 + n, **given | fields)


def source(n: int = 1, **fields: Any) -> Source:
    given: dict[str, Any] = {
        "article_id": 100 + n,
        "url": f"https://news.example/{n}",
        "title": f"Story {n}",
        "outlet": "The News",
        "published": NOW,
    }
    return Source(**given | fields)


def change(kind: str, n: int = 1, *, at: datetime = NOW, told: Source | None = None, **fields: Any) -> Change:
    given: dict[str, Any] = {
        "what": f"{kind} {n}",
        "names": ("Donald Trump",),
        "evidence": "So it was said.",
        "key": f"{kind}-{n}",
    }
    return Change(at=at, kind=kind, source=told or source(n), **given | fields)


def news(n: int = 1, trigger: Trigger = Trigger.MATCH, *, at: datetime = NOW, **fields: Any) -> News:
    given: dict[str, Any] = {
        "title": f"Story {n}",
        "evidence": f"What story {n} says.",
        "url": f"https://news.example/{n}",
        "outlet": "The News",
        "score": 0.9 if trigger is Trigger.MATCH else None,
        "article_id": 100 + n,
    }
    return News(key=f"{trigger.value}:{n}", trigger=trigger, at=at, **given | fields)

"""Subscriptions, editions and deliveries for tests, complete but for what the test is about."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from monitor.records.chronicle import Source
from monitor.records.telling.digests import (
    CalendarLine,
    Cited,
    Coverage,
    DarkFeed,
    DayCount,
    Digest,
    LadderLine,
    Picture,
    Rendered,
    SaidLine,
    StoryLine,
)
from monitor.records.telling.messages import Channel, Delivery, NewDelivery, Outcome, Reply
from monitor.records.telling.subscribers import Added, Cadence, Period, Schedule, Selection, Subscriber
from monitor.store import Store

NOW = datetime(2026, 11, 20, 6, 5, tzinfo=UTC)
LEASE = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
TODAY = Period(start=datetime(2026, 11, 19, 6, tzinfo=UTC), end=datetime(2026, 11, 20, 6, tzinfo=UTC))
YESTERDAY = Period(start=TODAY.start - DAY, end=TODAY.start)
DAILY = Schedule(cadence=Cadence.DAILY, zone="Europe/Kyiv", hour=8)
ALL = Selection()
ACCEPTED = Outcome(reply=Reply.ACCEPTED)
REFUSED = Outcome(reply=Reply.REFUSED, detail="550 no such user")
POSTPONED = Outcome(reply=Reply.POSTPONED, detail="451 try again later")


def add(store: Store, recipient: str = "ann@reader.example", **given: Any) -> tuple[Subscriber, Added]:
    usual: dict[str, Any] = {
        "recipient_key": recipient.lower(),
        "stream": "daily",
        "schedule": DAILY,
        "selection": ALL,
        "now": YESTERDAY.start,
    }
    return store.subscribers.add(recipient, **usual | given)


def subscribed(store: Store, recipient: str = "ann@reader.example", **given: Any) -> Subscriber:
    return add(store, recipient, **given)[0]


def source(n: int = 1) -> Source:
    published = TODAY.start + timedelta(hours=n)
    return Source(article_id=n, url=f"https://n.example/{n}", title=f"Ünïcode “{n}”", outlet="N", published=published)


def cited(n: int = 1) -> Cited:
    return Cited(text=f"They will meet on day {n}.", source=source(n), is_quote=True)


def digest(stream: str = "daily", period: Period = TODAY, **given: Any) -> Digest:
    usual: dict[str, Any] = {"covers_from": period.start, "missed": 0, "headline": "A meeting is planned"}
    return Digest(stream=stream, schedule=DAILY, selection=ALL, period=period, **usual | given)


def full_digest() -> Digest:
    """One with something in every field."""
    when = (date(2026, 11, 24), date(2026, 11, 25))
    return digest(
        lead=(cited(), Cited(text="Nobody answered.", source=None)),
        calendar=(
            CalendarLine(
                happening_id=4, what="Meeting", status="planned", when=when, is_certain=True, turn="", evidence=cited(2)
            ),
        ),
        said=(
            SaidLine(
                statement_id=9, speaker="A", text="Yes.", is_direct=True, said_on=when[0], channel=None,
                about=("peace",), source=source(3),
            ),
        ),
        ladder=(
            LadderLine(
                item="ATACMS", donor=None, recipient="Ukraine", step="approved", before="asked", moved="up",
                firmness="official", by=None, since=TODAY.start, evidence=cited(4), trail=((TODAY.start, "asked"),),
            ),
        ),
        stories=(
            StoryLine(
                story_id=1, title="T", url="https://n.example/1", outlet="N", outlets=2, origins=1, state_origins=0,
                topics=("talks",), evidence=cited(5),
            ),
        ),
        volume=(DayCount(day=when[0], topic="talks", count=3),),
        coverage=Coverage(
            seen=212, matched=18, feeds=40, dark=(DarkFeed(title="F", state="silent", since=None),), unread=1
        ),
        more=(("stories", 7),),
        told=("happening:4", "statement:9"),
    )  # fmt: skip


def rendered(subject: str = "A meeting is planned") -> Rendered:
    png = b"\x89PNG\r\n\x1a\n\x00\xff" + bytes(range(256))
    return Rendered(
        subject=subject, html="<p>Привіт</p>", text="Привіт\n", pictures=(Picture(name="v", alt="V", png=png),)
    )


def edition(store: Store, stream: str = "daily", period: Period = TODAY, **given: Any) -> int:
    return store.editions.add(digest(stream, period, **given), rendered(), now=period.end + MINUTE)[0]


def new(key: str = "k1", **given: Any) -> NewDelivery:
    usual: dict[str, Any] = {
        "kind": "digest",
        "channel": Channel.EMAIL,
        "target": f"{key}@reader.example",
        "ledger_key": key,
        "message_id": f"<{key}@monitor.example>",
        "give_up_at": NOW + 3 * DAY,
        "subject": "A meeting is planned",
        "body": '{"text": "x"}',
    }
    return NewDelivery(**usual | given)


def enter(store: Store, *keys: str, now: datetime = NOW, **given: Any) -> None:
    assert store.deliveries.enter([new(key, **given) for key in keys or ("k1",)], now=now) == len(keys or ("k1",))


def claim(store: Store, holder: str = "a", *, now: datetime = NOW, **given: Any) -> tuple[Delivery, ...]:
    usual: dict[str, Any] = {"limit": 50, "lease": LEASE}
    return store.deliveries.claim(now=now, holder=holder, **usual | given)


def begun(store: Store, holder: str = "a", *, now: datetime = NOW) -> Delivery:
    """The one delivery that waits, its hand-over under way."""
    (delivery,) = claim(store, holder, now=now)
    assert store.deliveries.begin(delivery.id, holder=holder, now=now)
    return delivery


def state_of(store: Store, number: int) -> str:
    found = store.deliveries.get(number)
    assert found is not None
    return found.state.value

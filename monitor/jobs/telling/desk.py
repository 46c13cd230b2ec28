"""What telling needs: the parts, as wired, and the policies, as plain values."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from monitor.records.telling.digests import DarkFeed, Digest, Picture
from monitor.records.telling.messages import Mail, Notice, Outcome
from monitor.store import Store


class SendsMails(Protocol):
    """A mailer, or the outbox folder in its place."""

    def send(self, mails: Iterable[Mail]) -> Iterator[tuple[Mail, Outcome]]:
        """Take one mail after the other, and say what came of it before the next is taken."""
        ...


class PostsNotices(Protocol):
    """Webhooks, or chats."""

    def send(self, notice: Notice, target: str) -> Outcome:
        """Hand one notice over; a refusal is a value."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """How the sources are: what a digest says about what it could not see."""

    active: int
    dark: tuple[DarkFeed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that telling may use."""

    store: Store
    mails: SendsMails
    urgent: SendsMails
    """For alerts and confirmations: a connection of their own, so that they do not queue behind a morning's digests."""
    webhooks: PostsNotices
    chats: PostsNotices
    sources: Callable[[datetime], Sources]
    pictures: Callable[[Digest], tuple[Picture, ...]]
    holder: str
    clock: Callable[[], datetime]
    dice: Callable[[], float]
    """A number in [-1, 1], for jitter."""
    sender: str
    """Whom mails are from."""
    mail_domain: str
    """Right-hand side of Message-IDs."""
    public_url: str = ""
    """Where the pages behind mail links lie: unsubscribe, confirm."""
    dashboard_url: str = ""
    """Where whoever wants to know more is led; without a slash at its end."""
    templates: Path | None = None
    patience: timedelta = timedelta(minutes=15)
    """How long a digest waits for articles of its period that are still being read."""
    give_up: timedelta = timedelta(days=3)
    """How long a message is tried."""
    operator: str = ""
    batch: int = 50
    """Deliveries in one claim."""
    lease: timedelta = timedelta(minutes=10)
    stopping: threading.Event = field(default_factory=threading.Event)
    finished: dict[str, datetime] = field(default_factory=dict)
    """Stream to the end of the period for which all its subscribers are in the ledger: spares asking again."""

    looked: list[tuple[object, datetime]] = field(default_factory=list)
    """Mark and time of the last look for alerts; empty before the first."""

    def notifiers(self) -> Mapping[str, PostsNotices]:
        """What takes notices, by channel."""
        return {"webhook": self.webhooks, "apprise": self.chats}

"""What the messages page shows: editions of the digest, the ledger, subscriptions, alert rules."""

from dataclasses import dataclass
from datetime import datetime

from monitor.records.telling.digests import EditionHead


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """One message, without what is secret in its address."""

    id: int
    kind: str
    channel: str
    target: str
    state: str
    subject: str
    attempts: int
    doubtful: int
    composed_at: datetime
    sent_at: datetime | None
    next_try_at: datetime | None
    last_error: str
    edition_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionLine:
    """Who gets which digest."""

    id: int
    recipient: str
    cadence: str
    hour: int
    zone: str
    topics: tuple[str, ...]
    search: str
    state: str
    last_sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """An alert rule."""

    name: str
    triggers: tuple[str, ...]
    search: str
    channel: str
    target: str
    is_active: bool
    snoozed_until: datetime | None
    sent: int
    """Messages of the last seven days."""
    last_at: datetime | None
    """When it told something last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionLine:
    """One edition: for whom, of when, and what became of its messages."""

    id: int
    stream: str
    cadence: str
    """Empty, as all of the schedule, when nobody gets the stream any more."""
    hour: int | None
    zone: str
    topics: tuple[str, ...]
    search: str
    start: datetime
    end: datetime
    covers_from: datetime
    missed: int
    composed_at: datetime
    subject: str
    counts: tuple[tuple[str, int], ...]
    """(state, messages)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Messages that have not left yet."""

    count: int
    oldest: datetime | None
    """When the oldest was composed."""
    in_vain: int
    """Those that were tried already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """What an alert rule has told."""

    messages: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesView:
    """Digests and alerts."""

    deliveries: tuple[DeliveryLine, ...]
    next: int | None
    editions: tuple[EditionLine, ...]
    editions_next: str | None
    subscriptions: tuple[SubscriptionLine, ...]
    subscriptions_more: bool
    rules: tuple[RuleLine, ...]
    counts: tuple[tuple[str, int], ...]
    """(state, messages of the last thirty days; those that wait whenever they were composed)."""
    waiting: Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionView:
    """One edition as it was sent, in plain text."""

    head: EditionHead
    subject: str
    text: str

"""Who is told what, when, and how often."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Cadence(StrEnum):
    """How often a digest comes."""

    HOURLY = "hourly"
    DAILY = "daily"
    WEEKDAYS = "weekdays"
    """Monday to Friday; Monday's covers the weekend."""
    WEEKLY = "weekly"


class SubscriberState(StrEnum):
    """Where a subscription stands."""

    PENDING = "pending"
    """Waits for the recipient to confirm it (double opt-in)."""
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"
    """Unsubscribed or removed; the row stays, so that the ledger and the wish not to be written to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When periods end: at ``hour`` o'clock on the recipient's wall (hourly ones at each full hour)."""

    cadence: Cadence = Cadence.DAILY
    zone: str = "UTC"
    """IANA name."""
    hour: int = 6
    """0 to 23."""
    weekday: int = 0
    """Of weekly ones: 0 is Monday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which matches count."""

    topics: tuple[str, ...] = ()
    """Any of these; all when empty."""
    search: str = ""
    """A query in the search language (``monitor.query``); every match when empty."""
    languages: tuple[str, ...] = ()
    """ISO 639-1 codes of the articles; all when empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A subscription to the digest."""

    id: int
    recipient: str
    schedule: Schedule
    selection: Selection
    state: SubscriberState
    created_at: datetime
    since: datetime
    """Periods that ended before this are not sent: when it was confirmed or resumed."""
    skip_empty: bool = False
    """Send nothing for a period without news, but a sign of life once a week."""
    confirmed_at: datetime | None = None
    recipient_key: str = ""
    """The address in the form in which two of them are compared."""
    told_until: datetime | None = None
    """Until when it is in the ledger."""
    last_sent_at: datetime | None = None


class Added(StrEnum):
    """What came of adding a subscription."""

    NEW = "new"
    REVIVED = "revived"
    """It was there, ended, paused or not yet confirmed, and begins anew."""
    CHANGED = "changed"
    """It was there with another hour, zone or wish about empty digests."""
    KNOWN = "known"
    """It was there, just so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of time that one digest answers for, ``start <= t < end`` in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Everybody who gets the same digest: one schedule and one selection."""

    key: str
    """Stable: ``digest.periods.stream_key`` makes it."""
    schedule: Schedule
    selection: Selection
    since: datetime
    """The earliest moment from which any of its subscribers is to be written to."""
    subscribers: int = field(default=0, compare=False)

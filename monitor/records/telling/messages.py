"""Messages on their way out, and what became of them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.records.telling.digests import Picture
from monitor.records.telling.subscribers import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail to one recipient."""

    to: str
    subject: str
    text: str
    html: str = ""
    pictures: tuple[Picture, ...] = ()
    message_id: str
    """With the angle brackets. The same for every try, so that a mail client shows what came twice once."""
    date: datetime
    unsubscribe: str = ""
    """Address that ends the subscription by one POST (RFC 8058); empty for mails that nobody subscribed to."""
    kind: str = "digest"
    """Goes into ``X-Monitor-Kind``: digest, alert, confirmation, notice, test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A short message for a webhook or a chat (Apprise)."""

    id: str
    """The delivery's: a receiver that gets it twice knows it by this."""
    title: str
    text: str
    """Plain words with addresses, a line for each thing told."""
    data: dict[str, object] = field(default_factory=dict)
    """The same for machines: what a webhook sends as JSON."""


class Reply(StrEnum):
    """What came of handing a message over."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """For good: another try would be refused too."""
    POSTPONED = "postponed"
    """Not now: try again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A hand-over's end, as a value: a refused recipient is no error of the program."""

    reply: Reply
    detail: str = ""
    """What the other side said, or what went wrong; one line, no secrets."""
    retry_after: float | None = None
    """Seconds that the other side asked to wait."""
    doubtful: bool = False
    """Postponed, though it may have arrived: all of it was handed over, and no answer came."""


class DeliveryState(StrEnum):
    """Where a delivery stands in the ledger."""

    COMPOSED = "composed"
    """Frozen; waits for its turn or its next try."""
    SENDING = "sending"
    """Being handed over. Found so after a crash, nobody knows whether it arrived: it is sent again, and counted."""
    SENT = "sent"
    FAILED = "failed"
    """Refused for good, or tried for days in vain."""
    SKIPPED = "skipped"
    """Nothing to tell, and the subscriber wants no empty digests; or they left before it was sent."""


class Channel(StrEnum):
    """How a message leaves."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    APPRISE = "apprise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A line of the ledger: one message to one place, once."""

    id: int
    kind: str
    """digest, alert, confirmation, notice or test."""
    channel: Channel
    target: str
    """Mail address or URL. May hold a secret (a webhook's token): shown only with its secrets starred out."""
    ledger_key: str
    """Unique: what makes this message this one, such as recipient, cadence and start of the period."""
    state: DeliveryState
    message_id: str
    composed_at: datetime
    subscriber_id: int | None = None
    edition_id: int | None = None
    rule_id: int | None = None
    period: Period | None = None
    subject: str = ""
    body: str = ""
    """What has no edition: the message as JSON."""
    attempts: int = 0
    doubtful: int = 0
    """Tries of which nobody knows whether they arrived."""
    next_try_at: datetime | None = None
    give_up_at: datetime | None = None
    last_error: str = ""
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """Messages that should have left long ago, or have failed lately; notices to the operator do not count."""

    count: int = 0
    oldest: datetime | None = None
    """When the oldest was composed."""
    errors: tuple[str, ...] = ()
    """What the tries said, the most frequent first; each once, without the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """A delivery on its way into the ledger; where the key is there already, nothing is written."""

    kind: str
    channel: Channel
    target: str
    ledger_key: str
    message_id: str
    give_up_at: datetime
    subscriber_id: int | None = None
    edition_id: int | None = None
    rule_id: int | None = None
    period: Period | None = None
    subject: str = ""
    body: str = ""
    not_before: datetime | None = None
    """Quiet hours, grouping: the first try is made then."""
    state: DeliveryState = DeliveryState.COMPOSED

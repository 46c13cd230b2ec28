"""Records of WebSub: what has become of asking a feed's hub for pushes."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class SubscriptionState(StrEnum):
    """Where a subscription stands."""

    REQUESTED = "requested"
    """To be asked for, or asked for and not yet confirmed by the hub."""
    VERIFIED = "verified"
    DENIED = "denied"
    """The hub said that it will not have us."""
    FAILED = "failed"
    """The hub is down or refused the last request; pushes of an earlier lease may still come."""
    ENDED = "ended"
    """Not wanted any more; the hub is told, and the row goes when its lease is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A feed's subscription at a hub."""

    id: int
    feed_id: int
    hub: str
    topic: str
    token: str = field(repr=False)
    """Last part of the callback's path. Who knows it may talk to us in the hub's name, so it is never logged."""
    secret: str = field(repr=False)
    """Key of the signatures; known to the hub only."""
    state: SubscriptionState
    requested_at: datetime | None = None
    """When the hub was asked last; None before the first time."""
    lease_until: datetime | None = None
    """Until when the hub pushes; None when it never agreed."""
    renew_at: datetime | None = None
    """When to ask the hub again (of an ended one: to end it); None for never."""
    failures: int = 0
    """Requests since the hub last confirmed one."""
    last_error: str | None = None
    last_push_at: datetime | None = None
    pushes: int = 0
    missed_at: datetime | None = None
    """When a poll last found news that no push had brought."""

"""Records of a feed's past, for people."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPoll:
    """One poll as it was recorded."""

    polled_at: datetime
    outcome: str
    """``new``, ``same``, ``unchanged``, ``failed``, ``outage`` or ``put off``."""
    http_status: int | None
    bytes_read: int
    elapsed: float
    error: str | None
    new_entries: int
    changed_entries: int
    known_entries: int
    gap: bool
    """The document had nothing in common with the one before."""
    pushed: bool

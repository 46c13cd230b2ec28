"""What a person may set about polling. Pure."""

from dataclasses import dataclass

from monitor.polling.rhythm import HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPolicy:
    """Bounds of the interval in seconds, and what all feeds share."""

    floor: float = 300.0
    ceiling: float = 6 * HOUR
    start: float = 900.0
    """For a feed not known yet."""
    budget: float = 48.0
    """Polls a feed and day, on average over all feeds."""
    scale: float = 0.5
    """By what all intervals are multiplied; ``scaled`` finds the one that keeps the budget. At 1 a feed with one item
    an hour is polled every hour."""
    backoff: float = 6 * HOUR
    """The longest interval that failures alone lead to."""
    backup: float = 3 * HOUR
    """For a feed that a hub pushes: polls that only make sure."""

"""One number, shared by all feeds, that makes them spend what was granted: the scale of their intervals. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.polling.policy import PollPolicy
from monitor.polling.rhythm import DAY, HOUR

# Halvings of the scale's logarithm; the search ends earlier, at half a thousandth.
ROUNDS, CLOSE = 60, 1.0005


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one feed asks of the budget."""

    pace: float
    """``monitor.polling.expectation.pace`` of its rhythm: one number, worth keeping beside it."""
    least: float = 0.0
    """Seconds between two polls that are kept whatever the scale: a publisher's wish, a push, a backoff."""


def scaled(claims: Iterable[Claim], policy: PollPolicy) -> float:
    """Return the ``PollPolicy.scale`` at which the claims together take ``policy.budget`` polls a feed and day.

    Feeds held back by their floor or by what their server asks leave their share to the others. When even the
    shortest or the longest intervals miss the budget, it is the nearest scale.
    """
    feeds = _bounded(claims, policy)
    if not feeds:
        return DAY / HOUR / policy.budget
    low = policy.floor / HOUR * min(pace for pace, _, _ in feeds)
    high = max(low, policy.ceiling / HOUR * max(pace for pace, _, _ in feeds))
    target = policy.budget * len(feeds)
    for _ in range(ROUNDS):
        if high / low < CLOSE:
            break
        scale = (low * high) ** 0.5
        low, high = (scale, high) if _spent(feeds, scale) > target else (low, scale)
    return float((low * high) ** 0.5)


def polls_a_day(claims: Iterable[Claim], policy: PollPolicy) -> float:
    """Return how many polls a feed and day ``policy.scale`` costs: the other way round, for people who ask."""
    feeds = _bounded(claims, policy)
    return _spent(feeds, policy.scale) / len(feeds) if feeds else 0.0


Bounded = tuple[float, float, float]
"""A feed's polls a day at scale 1, at most and at least."""


def _bounded(claims: Iterable[Claim], policy: PollPolicy) -> list[Bounded]:
    return [
        (claim.pace, DAY / max(policy.floor, claim.least), DAY / max(policy.ceiling, claim.least)) for claim in claims
    ]


def _spent(feeds: Sequence[Bounded], scale: float) -> float:
    return sum(max(fewest, min(most, DAY / HOUR * pace / scale)) for pace, most, fewest in feeds)

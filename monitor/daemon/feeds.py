"""How all feeds are, for /health and the metrics."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.pipeline.polling import health_facts
from monitor.polling.health import STATES, judge
from monitor.records.feeds import Feed

NAMED = 5
"""Feeds named in /health; `monitor feeds list` has them all."""
_WELL = frozenset({"ok", "new", "moved"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsHealth:
    """Numbers of feeds by state, none left out, and the worst ones in words."""

    counts: Mapping[str, int] = field(default_factory=dict)
    worst: tuple[str, ...] = ()

    @property
    def is_trouble(self) -> bool:
        """Whether a person should look: half of the feeds that were polled do not bring what they should."""
        new = self.counts.get("new", 0)
        well = sum(self.counts.get(state, 0) for state in _WELL) - new
        ill = sum(self.counts.values()) - well - new
        return ill > 0 and ill >= well

    def told(self) -> str:
        """In one line."""
        listed = ", ".join(f"{number} {state}" for state, number in self.counts.items() if number) or "none"
        return f"{listed}: {'; '.join(self.worst)}" if self.worst else listed


def judged(feeds: Iterable[Feed], *, now: datetime) -> FeedsHealth:
    """Judge every feed."""
    found = [(feed, judge(health_facts(feed), now=now)) for feed in feeds]
    counts = Counter(health.state for _, health in found)
    ill = [(feed, health) for feed, health in found if health.state not in _WELL]
    ill.sort(key=lambda pair: (STATES.index(pair[1].state), pair[1].since or now))
    worst = [f"{feed.spec.title or feed.spec.url} {health.state}: {health.detail}" for feed, health in ill[:NAMED]]
    return FeedsHealth(counts={state: counts[state] for state in STATES}, worst=tuple(worst))

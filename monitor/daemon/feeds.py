"""How all feeds are, for /health and the metrics."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.pipeline.verdicts import Verdicts
from monitor.polling.health import STATES

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


def judged(verdicts: Verdicts, *, now: datetime) -> FeedsHealth:
    """Judge every feed."""
    found = verdicts.look(now)
    counts = Counter(verdict.state for verdict in found)
    ill = [verdict for verdict in found if verdict.state not in _WELL]
    worst = sorted(ill, key=lambda verdict: (STATES.index(verdict.state), verdict.since or now))[:NAMED]
    told = verdicts.told((verdict.line.id for verdict in worst), now)
    words = [told[verdict.line.id] for verdict in worst if verdict.line.id in told]
    return FeedsHealth(
        counts={state: counts[state] for state in STATES},
        worst=tuple(f"{feed.spec.title or feed.spec.url} {health.state}: {health.detail}" for feed, health in words),
    )

"""The table of turns at hosts, as one process uses it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.records.feeds import HostTurn
from monitor.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTurns:
    """Turns taken for ``holder``."""

    store: Store
    holder: str

    def take(self, hosts: Collection[str], *, now: datetime, ttl: timedelta) -> Mapping[str, HostTurn]:
        """Take or keep these turns; what another process has is left out. Raises StoreError."""
        return self.store.turns.take(hosts, self.holder, now=now, ttl=ttl)

    def give_back(self, turns: Mapping[str, HostTurn], *, now: datetime) -> None:
        """Let others ask these hosts. Raises StoreError."""
        self.store.turns.give_back(turns, self.holder, now=now)

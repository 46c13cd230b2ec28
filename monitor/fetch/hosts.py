"""Manners towards one host: a few requests at once, and a gap between their starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio

_LANES_KEPT = 2048


@dataclass(slots=True)
class _Lane:
    limiter: anyio.CapacityLimiter
    gate: anyio.Lock = field(default_factory=anyio.Lock)
    next_start: float = 0.0
    users: int = 0


class HostTurns:
    """Hands out turns: so many per host with a gap between starts, so many over all. Lives in the event loop."""

    def __init__(self, *, concurrency: int, host_concurrency: int, gap: float) -> None:
        self._slots = anyio.CapacityLimiter(concurrency)
        self._host_concurrency = host_concurrency
        self._gap = gap
        self._lanes: dict[str, _Lane] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn at ``host`` and hold it."""
        lane = self._lanes.setdefault(host, _Lane(anyio.CapacityLimiter(self._host_concurrency)))
        lane.users += 1
        try:
            async with lane.limiter:
                await self._start(lane)
                try:
                    yield
                finally:
                    self._slots.release()
        finally:
            lane.users -= 1
            self._forget_idle()

    async def _start(self, lane: _Lane) -> None:
        """Take one of the slots over all, once the host's gap has passed; starts of one host queue up here."""
        async with lane.gate:
            await anyio.sleep(max(0.0, lane.next_start - anyio.current_time()))
            await self._slots.acquire()
            lane.next_start = anyio.current_time() + self._gap

    def _forget_idle(self) -> None:
        if len(self._lanes) > _LANES_KEPT:
            now = anyio.current_time()
            self._lanes = {host: lane for host, lane in self._lanes.items() if lane.users or lane.next_start > now}

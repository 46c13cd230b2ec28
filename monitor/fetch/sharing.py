"""One process at a time asks a host: turns from a table that many processes share, taken in batches and given back.

Within a process ``hosts`` keeps the limits of a host; a turn from here makes them hold among all processes.
"""

import asyncio
import functools
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from monitor.errors import MonitorError
from monitor.fetch.holds import Holds
from monitor.fetch.hosts import HostTurns
from monitor.records.feeds import HostTurn

TURN_KEPT = timedelta(seconds=60)
"""How long a turn lasts when its holder dies; longer than a request."""
PATIENCE = 20.0
"""Seconds that a request waits for a host which another process asks."""
AT_ONCE = 2
"""Hosts whose turns are taken, for each request that may be under way: what waits here is not kept from others."""
_RENEWED = TURN_KEPT.total_seconds() / 3
_LINGER = 1.0
"""Seconds that an idle host is kept: a round's next request, or a redirect, may go there."""
_TOGETHER = 0.005
_AGAIN = 0.25
_MOST = 500
"""Hosts in one statement."""
_Found = TypeVar("_Found")


class SharesTurns(Protocol):
    """The table of turns. Blocking; raises a MonitorError when it cannot be reached."""

    def take(self, hosts: Collection[str], *, now: datetime, ttl: timedelta) -> Mapping[str, HostTurn]:
        """Take or keep these turns; what another process has is left out."""
        ...

    def give_back(self, turns: Mapping[str, HostTurn], *, now: datetime) -> None:
        """Let others ask these hosts, with when each was asked last and until when it wants to be left alone."""
        ...


@dataclass(slots=True)
class _Share:
    """A host that somebody here asks, or wants to."""

    users: int = 0
    idle_since: float = 0.0
    until: float = 0.0
    """By ``time.monotonic``; in the past where the turn is not ours."""
    tried_at: float = 0.0
    refused_at: float = 0.0
    """When it was first not to be had, by ``time.monotonic``; 0 where that has not been so."""
    waiting: set["asyncio.Future[bool]"] = field(default_factory=set)

    @property
    def is_ours(self) -> bool:
        return self.until > time.monotonic()


class Sharing:
    """Lives in the event loop of one fetcher."""

    def __init__(
        self, table: SharesTurns, turns: HostTurns, holds: Holds, *, concurrency: int, patience: float = PATIENCE
    ) -> None:
        self._table = table
        self._turns = turns
        self._holds = holds
        self._most = AT_ONCE * concurrency
        self._patience = patience
        self._shares: dict[str, _Share] = {}
        self._asking = ThreadPoolExecutor(1, "host turns")
        self._keeper: asyncio.Task[None] | None = None
        self._news: asyncio.Event | None = None

    @contextmanager
    def use(self, host: str) -> Iterator[None]:
        """Keep the host's turn, once it is ours, for as long as this lasts."""
        share = self._shares.setdefault(host, _Share())
        share.users += 1
        try:
            yield
        finally:
            share.users -= 1
            share.idle_since = time.monotonic()
            if not share.users and self._news is not None:
                # There is room for another host.
                self._news.set()

    def has(self, host: str) -> bool:
        """Whether the host's turn is ours now."""
        return self._shares[host].is_ours

    async def come(self, host: str) -> bool:
        """Wait until the host's turn is ours; False when another process has it for too long."""
        share = self._shares[host]
        if share.is_ours:
            return True
        self._wake()
        coming: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        share.waiting.add(coming)
        try:
            return await coming
        finally:
            share.waiting.discard(coming)

    async def close(self) -> None:
        """Give every turn back."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
        # All of them: a turn may be taken just now that nobody here has heard of.
        await self._give_back(self._shares)
        self._asking.shutdown(wait=False)

    def _wake(self) -> None:
        # One that a bug ended is made anew: all would wait for it.
        if self._keeper is None or self._keeper.done():
            self._news = asyncio.Event()
            self._keeper = asyncio.get_running_loop().create_task(self._keep())
        assert self._news is not None
        self._news.set()

    async def _keep(self) -> None:
        """Take what is wanted, renew what is in use, give back what is idle; until closed."""
        assert self._news is not None
        while True:
            wanted = [host for host, share in self._shares.items() if share.waiting]
            with suppress(TimeoutError):
                async with asyncio.timeout(_AGAIN if wanted else _LINGER):
                    await self._news.wait()
                # What is asked for in the same moment goes in one statement.
                await asyncio.sleep(_TOGETHER)
            self._news.clear()
            await self._take()
            await self._give_back(self._idle())

    async def _take(self) -> None:
        hosts = self._wanted()
        for start in range(0, len(hosts), _MOST):
            wanted = hosts[start : start + _MOST]
            before = time.monotonic()
            take = functools.partial(self._table.take, wanted, now=datetime.now(UTC), ttl=TURN_KEPT)
            found: Mapping[str, HostTurn] = {}
            # Failing that, who waits goes on waiting; what is not renewed is lost at its end.
            with suppress(MonitorError):
                found = await self._in_thread(take)
            for host in wanted:
                if host in found:
                    self._granted(host, found[host], before)
                else:
                    self._refused(host, before)

    def _wanted(self) -> list[str]:
        """Hosts to keep, and as many more as there is room for, those first that were tried the longest ago."""
        now = time.monotonic()
        ours = {host: share for host, share in self._shares.items() if share.users and share.is_ours}
        kept = [host for host, share in ours.items() if share.until < now + TURN_KEPT.total_seconds() - _RENEWED]
        more = [host for host, share in self._shares.items() if share.waiting and host not in ours]
        more = sorted(more, key=lambda host: self._shares[host].tried_at)[: max(0, self._most - len(ours))]
        for host in more:
            self._shares[host].tried_at = now
        return kept + more

    def _refused(self, host: str, at: float) -> None:
        share = self._shares[host]
        share.refused_at = share.refused_at or at
        if at - share.refused_at > self._patience:
            share.refused_at = 0.0
            self._answer(share, came=False)

    def _granted(self, host: str, turn: HostTurn, before: float) -> None:
        share = self._shares[host]
        if not share.is_ours:
            now = datetime.now(UTC)
            if turn.asked_at is not None:
                self._turns.asked_elsewhere(host, (now - turn.asked_at).total_seconds())
            if turn.held_until is not None:
                self._holds.learn(host, turn.held_until)
        # Ours ends before the table's: another process's clock may be fast.
        share.until = before + TURN_KEPT.total_seconds() * 0.9
        share.refused_at = 0.0
        self._answer(share, came=True)

    def _answer(self, share: _Share, *, came: bool) -> None:
        for coming in share.waiting:
            if not coming.done():
                coming.set_result(came)

    def _idle(self) -> list[str]:
        """Hosts that nobody here has asked for a while; they are forgotten."""
        late = time.monotonic() - _LINGER
        idle = [host for host, share in self._shares.items() if not share.users and share.idle_since < late]
        return [host for host in idle if self._shares.pop(host).is_ours]

    async def _give_back(self, hosts: Collection[str]) -> None:
        if not hosts:
            return
        now = datetime.now(UTC)
        held = self._holds.current(now)
        turns = {host: HostTurn(asked_at=self._asked_at(host, now), held_until=held.get(host)) for host in hosts}
        with suppress(MonitorError):
            # Failing that, they end by themselves.
            await self._in_thread(functools.partial(self._table.give_back, turns, now=now))

    def _asked_at(self, host: str, now: datetime) -> datetime | None:
        ago = self._turns.asked_ago(host)
        return None if ago is None else now - timedelta(seconds=ago)

    async def _in_thread(self, call: Callable[[], _Found]) -> _Found:
        # Begun is done: what was given back is no more known here, and would be kept from others else.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._asking, call))

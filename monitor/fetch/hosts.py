"""Manners towards one host: a few requests at once, and a gap between their starts. Lives in the event loop."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field

import httpx

_LANES_KEPT = 2048
_LONGEST_GAP = 60.0
# The loop's timers count in milliseconds, and may ring a little early.
_TICK = 0.001
_USUAL_PORTS = frozenset({None, 80, 443})


def host_key(url: httpx.URL) -> str:
    """The host that limits and holds count for: its name without ``www.``, with a port only when that is unusual.

    The plain and the safe port, and the two spellings of a name, are one site; another port is another service.
    """
    name = url.raw_host.decode("ascii").lower().rstrip(".")
    name = name.removeprefix("www.") or name
    return name if url.port in _USUAL_PORTS else f"{name}:{url.port}"


@dataclass(slots=True)
class _Lane:
    running: int = 0
    connecting: int = 0
    """Turns begun whose request is not sent yet; the next would else come too close behind it."""
    last_start: float = float("-inf")
    waiting: deque["Turn"] = field(default_factory=deque)
    alarm: asyncio.TimerHandle | None = None
    queued: bool = False
    """Whether it stands in the queue for one of the slots over all."""


@dataclass(slots=True, eq=False)
class Turn:
    """Leave to ask a host, or a place in the queue for it."""

    lane: _Lane
    gap: float
    at_once: bool
    begun: "asyncio.Future[None]"
    connecting: bool = False


class HostTurns:
    """Hands out turns: so many per host with a gap between starts, so many over all.

    A turn that is free is given without waiting, timers or tasks: most hosts are asked once in many minutes.
    """

    def __init__(self, *, concurrency: int, host_concurrency: int, gap: float) -> None:
        self._free = concurrency
        self._host_concurrency = host_concurrency
        self._gap = gap
        self._lanes: dict[str, _Lane] = {}
        self._ready: deque[_Lane] = deque()

    async def take(self, host: str, *, gap: float = 0.0, at_once: bool = False) -> Turn:
        """Wait for a turn at ``host``, at least ``gap`` seconds after its last start; to be given back by ``give``.

        ``at_once`` is for what the host itself has asked for: no gap, and no waiting until one of the slots is free.
        """
        lane = self._lanes.setdefault(host, _Lane())
        gap = 0.0 if at_once else max(gap, self._gap)
        turn = Turn(lane, gap, at_once, asyncio.get_running_loop().create_future())
        lane.waiting.append(turn)
        self._advance(lane)
        if turn.begun.done():
            return turn
        try:
            await turn.begun
        except asyncio.CancelledError:
            if turn in lane.waiting:
                lane.waiting.remove(turn)
                self._advance(lane)
            else:
                self.give(turn)
            raise
        return turn

    def sent(self, turn: Turn) -> None:
        """Count the gap from here: between the turn and the first byte, a connection had to be made."""
        turn.lane.last_start = time.monotonic()
        if turn.connecting:
            turn.connecting = False
            turn.lane.connecting -= 1
            self._advance(turn.lane)

    def give(self, turn: Turn) -> None:
        """Give a turn back."""
        lane = turn.lane
        lane.running -= 1
        lane.connecting -= turn.connecting
        self._free += 1
        # Others first, so that a host with many requests does not keep the slot.
        while self._free > 0 and self._ready:
            waiting = self._ready.popleft()
            waiting.queued = False
            self._advance(waiting)
        self._advance(lane)
        if len(self._lanes) > _LANES_KEPT:
            self._forget_idle()

    def asked_elsewhere(self, host: str, ago: float) -> None:
        """Count the gap from a request that another process sent so many seconds ago."""
        lane = self._lanes.setdefault(host, _Lane())
        lane.last_start = max(lane.last_start, time.monotonic() - max(ago, 0.0))

    def asked_ago(self, host: str) -> float | None:
        """Seconds since a request to ``host`` was sent last; None when none was, as far as is remembered."""
        lane = self._lanes.get(host)
        return None if lane is None or lane.last_start < 0 else time.monotonic() - lane.last_start

    def wanted(self, host: str) -> bool:
        """Whether somebody has or waits for a turn at ``host``."""
        lane = self._lanes.get(host)
        return lane is not None and (lane.running > 0 or bool(lane.waiting))

    def _advance(self, lane: _Lane) -> None:
        """Start whoever may start at this host now; see to it that the next one is thought of in time."""
        while lane.waiting and lane.running < self._host_concurrency and not (lane.queued or lane.connecting):
            left = lane.last_start + lane.waiting[0].gap - time.monotonic()
            if left > 0:
                if lane.alarm is None:
                    lane.alarm = asyncio.get_running_loop().call_later(max(left, _TICK), self._ring, lane)
                return
            if self._free <= 0 and not lane.waiting[0].at_once:
                lane.queued = True
                self._ready.append(lane)
                return
            self._start(lane)

    def _start(self, lane: _Lane) -> None:
        self._free -= 1
        lane.running += 1
        lane.last_start = time.monotonic()
        turn = lane.waiting.popleft()
        turn.connecting = turn.gap > 0
        lane.connecting += turn.connecting
        turn.begun.set_result(None)

    def _ring(self, lane: _Lane) -> None:
        lane.alarm = None
        self._advance(lane)

    def _forget_idle(self) -> None:
        now = time.monotonic()
        self._lanes = {
            host: lane
            for host, lane in self._lanes.items()
            if lane.running or lane.waiting or lane.last_start + max(self._gap, _LONGEST_GAP) > now
        }

"""The monitor's own commands under a wound clock: ``python -m proof.bounded_house CLOCK DAYS COMMAND …``.

Everything is as ``monitor COMMAND`` has it, but for the time: the clock is the wound one, and what is measured by it in
seconds or minutes is wound up as well: leases and the patience with a round to DAYS, the timer of housekeeping.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, cast

from monitor import cli, wiring
from monitor.daemon import lease, service
from monitor.fetch import client, exchange, robots, sharing
from monitor.jobs import weaving
from monitor.jobs.services import Services
from monitor.worker import presence, queues
from proof.bounded_clock import WoundClock
from proof.bounded_leash import end_with_parent

TICKS = {"revisit": 5.0, "upkeep": 10.0, "prune": 10.0, "compose": 5.0, "watch": 60.0}
"""Seconds between the ticks of jobs that are for hours and days."""


def wind_up(clock: WoundClock, held: timedelta) -> None:
    """Put the wound clock in place of the real one."""

    class Wound(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return clock.now()

    for module in (client, exchange, robots, sharing):
        vars(module)["datetime"] = Wound
    wired = wiring.services

    @contextmanager
    def wound(*arguments: Any, **named: Any) -> Iterator[Services]:
        with wired(*arguments, **named, clock=clock.now) as services:
            yield replace(services, sizes=replace(services.sizes, lease=held, patience=held))

    wiring.services = wound
    wiring.utc_now = clock.now
    lease.TTL = presence.TTL = weaving.LEASE_KEPT = held
    for ticks in (service.TICKS, queues.TICKS):
        cast(dict[str, float], ticks).update(TICKS)


if __name__ == "__main__":
    end_with_parent()
    wind_up(WoundClock(Path(sys.argv[1])), timedelta(days=float(sys.argv[2])))
    sys.argv = ["monitor", *sys.argv[3:]]
    cli.main()

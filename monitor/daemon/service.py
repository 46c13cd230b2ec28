"""The daemon: APScheduler ticks wake the runner; next poll times and all pending work live in the tables."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.schedulers.background import BackgroundScheduler

from monitor.daemon import judging, lease
from monitor.daemon.callback import CallbackServer
from monitor.daemon.clockwatch import ClockWatch
from monitor.daemon.feeds import FeedsHealth, judged
from monitor.daemon.health import Health, HealthServer
from monitor.daemon.letterbox import Letterbox
from monitor.daemon.metrics import Metrics
from monitor.daemon.pulse import Pulse
from monitor.daemon.resting import Resting
from monitor.daemon.runner import Runner, Runs
from monitor.daemon.watchdog import Watchdog
from monitor.errors import ConfigError, HungError, MonitorError
from monitor.jobs.push import push
from monitor.jobs.services import Services
from monitor.jobs.telling.watch import OVERDUE
from monitor.pipeline.verdicts import Verdicts
from monitor.records.feeds import FeedCounts
from monitor.records.findings import Match
from monitor.records.telling.messages import Overdue

log = structlog.get_logger()
# Seconds between wake-ups of each job. A job that finds nothing costs one indexed query.
TICKS = {
    "poll": 2.0,
    "screen": 3.0,
    "read": 3.0,
    "analyse": 3.0,
    "backfill": 10.0,
    "chronicle": 3.0,
    "revisit": 30.0,
    "subscribe": 30.0,
    "upkeep": 300.0,
    "prune": 300.0,
    "compose": 20.0,
    "deliver": 5.0,
    "alert": 2.0,
    "urgent": 2.0,
    "webhook": 2.0,
    "chat": 2.0,
    "watch": 300.0,
}
LEASE_TICK = 10.0
LOOK_TICK = 2.0
FEEDS_TICK = 30.0
# Beyond the time that draining takes.
GRACE = 10.0
# Least time to give back what is held, however long the rounds under way took to end.
GIVE_BACK_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a look at the store saw, for /health and the live view."""

    at: datetime
    entries: dict[str, int]
    feeds: dict[str, int]
    matches: tuple[Match, ...]
    totals: dict[str, int]
    failures: tuple[str, ...] = ()
    """Latest errors of failing feeds, a few."""


class Daemon:
    """Runs until told to stop. Use as a context manager: entering takes the lease, leaving gives everything back."""

    def __init__(
        self,
        services: Services,
        *,
        health_host: str,
        health_port: int,
        drain_seconds: float,
        callback: tuple[str, int] | None = None,
        letterbox: tuple[str, int] | None = None,
        runner: Runs | None = None,
        ticks: Mapping[str, float] = TICKS,
        stuck_after: float = judging.STUCK_AFTER,
    ) -> None:
        self._services = services
        self._store = services.store
        self._drain = drain_seconds
        self._health_address = (health_host, health_port)
        self._callback_address = callback
        self._letterbox_address = letterbox
        self.metrics = Metrics()
        self.runner: Runs = runner or Runner(services, self.metrics)
        self._ticks = ticks
        self._stuck_after = stuck_after
        self._pulse = Pulse(ticks, self.metrics.late)
        self._watchdog = Watchdog(self._hangs, self.stop, grace=drain_seconds + GRACE)
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._scheduler.add_listener(lambda _: self.metrics.missed(), EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
        self._snapshot: Snapshot | None = None
        self._looked_at = time.monotonic()
        self._look_at_store = Resting(self._snap)
        self._store_error = ""
        self._write_error = ""
        self._schema_trouble = ""
        self.lease_lost = False
        """Set when another daemon has taken this one's place."""
        self.health_server: HealthServer | None = None
        self.callback_server: CallbackServer | None = None
        """Where hubs push; None without a public address for it."""
        self.letterbox: Letterbox | None = None
        """The pages behind the links in mails; None without a public address for them."""
        self._overdue = Overdue()
        self._quarantined = 0
        self._feeds_health: FeedsHealth = FeedsHealth()
        self._verdicts = Verdicts(self._store.feeds)

    def __enter__(self) -> "Daemon":
        lease.take(self._store, self._services.holder, now=self._services.clock())
        try:
            self.health_server = HealthServer(*self._health_address, self.health, self.metrics)
            self.callback_server = self._open_callback()
            self.letterbox = self._open_letterbox()
            self._look()
            self._look_at_feeds()
            self.runner.start()
        except BaseException:
            self._close_servers()
            lease.give_back(self._store, self._services.holder)
            raise
        self._watchdog.start()
        self._schedule()
        log.info("started", holder=self._services.holder, health=self.health_server.address)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        ends = time.monotonic() + self._drain
        self._scheduler.shutdown(wait=False)
        for server in (self.callback_server, self.letterbox):
            if server is not None:
                server.close()
        self.callback_server = self.letterbox = None
        drained = self.runner.drain(max(0.0, ends - time.monotonic()))
        self._give_back(max(GIVE_BACK_SECONDS, ends - time.monotonic()))
        self._close_servers()
        self._watchdog.close()
        log.info("stopped", drained=drained)

    @property
    def stopping(self) -> threading.Event:
        """Set when the daemon is to end."""
        return self._services.stopping

    def stop(self) -> None:
        """Ask for the end; rounds under way finish their item and write it."""
        self._services.stopping.set()

    def raise_if_ousted(self) -> None:
        """Raise HungError when something hung, ConfigError when another daemon has taken this one's place."""
        if self._watchdog.hung:
            raise HungError(f"{self._watchdog.hung}; this process has ended. Start it again: nothing is lost.")
        if self.lease_lost:
            raise ConfigError(f"another daemon has taken over the database {self._store.name}; this one has stopped.")

    def snapshot(self) -> Snapshot | None:
        """Return the latest look at the store, a few seconds old, more where it takes long; None before the first."""
        return self._snapshot

    def health(self) -> Health:
        """Judge every part from what is known in memory."""
        services = self._services
        parts = {
            "database": judging.database_part(self._store_error or self._write_error, self._schema_trouble),
            "timer": judging.timer_part(self._silent()),
            "lease": judging.lease_part(is_lost=self.lease_lost),
            "jobs": judging.jobs_part(self.runner, self._stuck_after, quarantined=self._quarantined),
            "network": judging.network_part(services.weather.since),
            "feeds": judging.feeds_part(self._feeds_health),
            "messages": judging.messages_part(self._overdue),
            "model": judging.model_part(services.model_problem(), services.reader.model),
        }
        return Health(parts=parts)

    def _open_callback(self) -> CallbackServer | None:
        if self._callback_address is None:
            return None
        services = self._services
        return CallbackServer(
            *self._callback_address,
            subscriptions=services.store.subscriptions,
            take=lambda feed_id, document: push(services, feed_id, document),
            clock=services.clock,
            dice=services.dice,
        )

    def _open_letterbox(self) -> Letterbox | None:
        if self._letterbox_address is None:
            return None
        return Letterbox(*self._letterbox_address, store=self._store, clock=self._services.clock)

    def _close_servers(self) -> None:
        for server in (self.callback_server, self.letterbox, self.health_server):
            if server is not None:
                server.close()

    def _schedule(self) -> None:
        for job, seconds in self._ticks.items():
            self._scheduler.add_job(self._tick, "interval", args=[job], seconds=seconds, id=job)
            self.runner.submit(job)
        self._scheduler.add_job(self._keep_lease, "interval", seconds=LEASE_TICK, id="lease")
        self._scheduler.add_job(self._look, "interval", seconds=LOOK_TICK, id="look")
        self._scheduler.add_job(Resting(self._look_at_feeds), "interval", seconds=FEEDS_TICK, id="feeds")
        self._pulse.start()
        self._scheduler.start()
        ClockWatch(self._scheduler, self.stopping).start()

    def _tick(self, job: str) -> None:
        self._pulse.beat(job)
        self.runner.submit(job)

    def _silent(self) -> float:
        """Seconds since the last tick or the last look, whichever is the older."""
        return max(time.monotonic() - self._looked_at, self._pulse.silent())

    def _hangs(self) -> str:
        """What hangs so badly that only another process helps; empty when nothing does."""
        if self.stopping.is_set():
            return ""
        if (silent := self._pulse.silent()) > judging.STALLED_AFTER + judging.ENDED_AFTER:
            return f"the timer has not ticked for {silent:.0f} s"
        return judging.hangs(self.runner, self._stuck_after)

    def _keep_lease(self) -> None:
        """Renew the lease; the one regular write, so it also tells whether the database takes any."""
        if self.stopping.is_set():
            # A tick that comes late must not take again what was given back.
            return
        try:
            kept = lease.keep(self._store, self._services.holder, now=self._services.clock())
        except MonitorError as error:
            self._write_error = str(error)
            log.error("lease_not_renewed", error=str(error))
            return
        self._write_error = ""
        if not kept:
            self.lease_lost = True
            log.error("lease_lost", holder=self._services.holder, what_now="stopping; another daemon has taken over")
            self.stop()

    def _look(self) -> None:
        """Look at the store for /health, /metrics and the live view: one query set for all who ask."""
        self._looked_at = time.monotonic()
        self._look_at_store()

    def _snap(self) -> bool:
        try:
            entries = {row.state.value: row.count for row in self._store.entries.by_state()}
            health = _by_health(self._store.feeds.counts(now=self._services.clock()))
            self._snapshot = Snapshot(
                at=self._services.clock(),
                entries=entries,
                feeds={name: number for name, number in health.items() if number},
                matches=self._store.findings.last_matches(8),
                totals=self.metrics.totals(),
                failures=self._store.feeds.last_errors(3),
            )
        except MonitorError as error:
            self._store_error = str(error)
            log.error("store_does_not_answer", error=str(error))
            return False
        self._store_error = ""
        self.metrics.stored(entries)
        self.metrics.killed(self._services.killed())
        return True

    def _look_at_feeds(self) -> bool:
        """Judge every feed, now and then: it looks at all rows. And see what is stuck, waits, is in quarantine."""
        now = self._services.clock()
        try:
            self._schema_trouble = self._store.upkeep.schema_trouble()
            self._feeds_health = judged(self._verdicts, now=now)
            self._overdue = self._store.deliveries.overdue(now=now, after=OVERDUE)
            self._quarantined = self._store.setbacks.quarantined()
            backlog = self._store.upkeep.backlogs(now=now)
        except MonitorError as error:
            log.error("feeds_not_judged", error=str(error))
            return False
        self.metrics.feeds(self._feeds_health.counts)
        self.metrics.backlog(backlog, quarantined=self._quarantined, now=now)
        return True

    def _give_back(self, seconds: float) -> None:
        """Give back what is held; a database that does not answer must not hold up the end."""
        thread = threading.Thread(target=self._try_to_give_back, name="give back", daemon=True)
        thread.start()
        thread.join(seconds)
        if thread.is_alive():
            log.warning("claims_left_to_expire", error=f"the database did not answer within {seconds:.1f} s")

    def _try_to_give_back(self) -> None:
        try:
            lease.give_back(self._store, self._services.holder)
        except MonitorError as error:
            log.warning("claims_left_to_expire", error=str(error))


def _by_health(counts: FeedCounts) -> dict[str, int]:
    fine = counts.active - counts.failing - counts.never_polled - counts.unreached
    unwell = {"failing": counts.failing, "no network": counts.unreached, "never polled": counts.never_polled}
    return {"ok": fine} | unwell

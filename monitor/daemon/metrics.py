"""Counters for Prometheus and for the live view; the only door to prometheus_client."""

import threading
from collections import Counter as Tally
from collections.abc import Iterable, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

from monitor.records.upkeep import Backlog

LAG_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
JOB_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """What the daemon counts. Safe to use from several threads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._work = Counter("monitor_work", "Units of work done, by kind.", ["kind"], registry=self.registry)
        self._jobs = Counter("monitor_jobs", "Rounds of jobs, by outcome.", ["job", "outcome"], registry=self.registry)
        self._seconds = Histogram(
            "monitor_job_seconds", "Length of a round of a job.", ["job"], registry=self.registry, buckets=JOB_SECONDS
        )
        self._lag = Histogram(
            "monitor_scheduler_lag_seconds",
            "How much later than due the timer's ticks come.",
            registry=self.registry,
            buckets=LAG_SECONDS,
        )
        self._killed = Counter(
            "monitor_processes_killed",
            "Processes that hung or broke at their work and were replaced.",
            ["process"],
            registry=self.registry,
        )
        self._missed = Counter("monitor_ticks_missed", "Timer ticks that came too late.", registry=self.registry)
        self._entries = Gauge(
            "monitor_entries", "Entries in each state of the funnel.", ["state"], registry=self.registry
        )
        self._feeds = Gauge("monitor_feeds", "Feeds by health.", ["health"], registry=self.registry)
        self._waiting = Gauge(
            "monitor_backlog", "Rows that wait for a stage, counted up to 10,000.", ["stage"], registry=self.registry
        )
        self._waited = Gauge(
            "monitor_backlog_age_seconds",
            "How long the oldest row has waited for a stage; what more workers are started by.",
            ["stage"],
            registry=self.registry,
        )
        self._quarantined = Gauge(
            "monitor_quarantined", "Rows that broke too many rounds and are left alone.", registry=self.registry
        )
        self._seen_killed: Mapping[str, int] = {}
        self._totals: Tally[str] = Tally()
        self._lock = threading.Lock()

    def did(self, job: str, counts: dict[str, int], seconds: float) -> None:
        """Note a round that ended well."""
        self._jobs.labels(job, "done").inc()
        self._seconds.labels(job).observe(seconds)
        for kind, number in counts.items():
            self._work.labels(kind).inc(number)
        with self._lock:
            self._totals.update(counts)

    def failed(self, job: str, outcome: str) -> None:
        """Note a round that ended in an error: ``transient`` or ``bug``."""
        self._jobs.labels(job, outcome).inc()

    def missed(self) -> None:
        """Note a timer tick that was missed."""
        self._missed.inc()

    def late(self, seconds: float) -> None:
        """Note how much later than due a tick came."""
        self._lag.observe(seconds)

    def killed(self, totals: Mapping[str, int]) -> None:
        """Set how many processes of each kind had to be replaced since the start."""
        with self._lock:
            for process, total in totals.items():
                self._killed.labels(process).inc(max(0, total - self._seen_killed.get(process, 0)))
            self._seen_killed = dict(totals)

    def stored(self, entries: dict[str, int]) -> None:
        """Set the gauges to what the store holds."""
        for state, number in entries.items():
            self._entries.labels(state).set(number)

    def feeds(self, counts: Mapping[str, int]) -> None:
        """Set the number of feeds in each state of health."""
        for health, number in counts.items():
            self._feeds.labels(health).set(number)

    def backlog(self, found: Iterable[Backlog], *, quarantined: int, now: datetime) -> None:
        """Set what waits for each stage, and what is in quarantine."""
        for each in found:
            self._waiting.labels(each.stage).set(each.waiting)
            age = 0.0 if each.oldest is None else max(0.0, (now - each.oldest).total_seconds())
            self._waited.labels(each.stage).set(age)
        self._quarantined.set(quarantined)

    def totals(self) -> dict[str, int]:
        """Return the work done since the start, by kind."""
        with self._lock:
            return dict(self._totals)

    def page(self) -> bytes:
        """Return the text that Prometheus reads."""
        return generate_latest(self.registry)

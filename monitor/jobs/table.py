"""Every job by name: what a runner may be asked for."""

from collections.abc import Callable, Mapping

import structlog

from monitor.jobs.analyse import analyse
from monitor.jobs.backfill import backfill
from monitor.jobs.chronicle import chronicle
from monitor.jobs.poll import poll
from monitor.jobs.read import read, screen
from monitor.jobs.revisit import revisit
from monitor.jobs.services import Done, Services
from monitor.jobs.subscribe import subscribe
from monitor.jobs.telling.alert import alert_round
from monitor.jobs.telling.compose import compose_round
from monitor.jobs.telling.deliver import chat_round, deliver_round, urgent_round, webhook_round
from monitor.jobs.telling.desk import Desk
from monitor.jobs.telling.watch import watch_round
from monitor.jobs.upkeep import prune, upkeep

log = structlog.get_logger()
MOST_SETBACKS = 3
"""As often as a row may break a round that it was alone in."""
Job = Callable[[Services], Done]


def _at_desk(round_: Callable[[Desk], Done]) -> Job:
    """A round of telling as a job; nothing to do where nothing is told."""
    return lambda services: Done() if services.desk is None else round_(services.desk)


JOBS: Mapping[str, Job] = {
    "poll": poll,
    "screen": screen,
    "read": read,
    "analyse": analyse,
    "backfill": backfill,
    "chronicle": chronicle,
    "revisit": revisit,
    "subscribe": lambda services: subscribe(services, callback=services.websub_callback),
    "upkeep": upkeep,
    "prune": prune,
    "compose": _at_desk(compose_round),
    "deliver": _at_desk(deliver_round),
    "alert": _at_desk(alert_round),
    "urgent": _at_desk(urgent_round),
    "webhook": _at_desk(webhook_round),
    "chat": _at_desk(chat_round),
    "watch": _at_desk(watch_round),
}


def give_back(services: Services, job: str) -> None:
    """Free what a failed round of ``job`` has left claimed, so that it need not wait for the end of the lease."""
    if job == "poll":
        services.store.feeds.release(services.holder)
    elif job in {"screen", "read"}:
        services.store.entries.release(services.holder)
    elif job == "subscribe":
        services.store.subscriptions.release(services.holder)
    elif job in {"analyse", "chronicle", "revisit"}:
        services.store.findings.release(services.holder)
    elif job in {"deliver", "urgent", "webhook", "chat"} and services.desk is not None:
        services.store.deliveries.release(services.desk.holder)


def set_back(services: Services, job: str, error: str) -> None:
    """Note that the row which a round of ``job`` has claimed broke it; after ``MOST_SETBACKS`` nobody takes it."""
    shut_in = services.store.setbacks.note(job, services.holder, error, now=services.clock(), most=MOST_SETBACKS)
    for each in shut_in:
        log.error(
            "quarantined", kind=each.kind, row=each.row_id, job=job, error=each.error,
            what_now="`monitor jobs list` shows it, `monitor jobs retry` lets it out",
        )  # fmt: skip

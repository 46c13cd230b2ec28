"""The dead man's switch: when a digest should have left long ago and has not, the operator is told."""

from datetime import timedelta

import structlog

from monitor.jobs.services import Done
from monitor.jobs.telling import invite
from monitor.jobs.telling.desk import Desk

log = structlog.get_logger()
OVERDUE = timedelta(hours=1)
"""Unsent for so long after it was composed, a message is in trouble."""
NAMED = 5


def watch_round(desk: Desk) -> Done:
    """Tell the operator, once a day, of messages that are stuck or have failed. Never asks to be run again at once."""
    now = desk.clock()
    stuck = desk.store.deliveries.overdue(now=now, after=OVERDUE)
    if not stuck.count:
        return Done()
    log.error("deliveries_overdue", count=stuck.count, oldest=stuck.oldest, why=stuck.errors[:1])
    if desk.operator:
        reasons = "\n".join(f"- {error}" for error in stuck.errors[:NAMED]) or "- no try was made"
        text = (
            f"{stuck.count} messages wait or have failed, the oldest since {stuck.oldest:%d %B %H:%M} UTC.\n\n"
            f"What the tries said:\n{reasons}\n\nSee them with: monitor digest status\n"
        )
        about = f"overdue {now:%Y-%m-%d}"
        notice = invite.trouble(desk, f"{stuck.count} messages could not be sent", text, about=about, now=now)
        desk.store.deliveries.enter([notice], now=now)
    return Done()

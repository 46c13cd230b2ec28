"""When a message that was not taken is tried again. Pure."""

from datetime import datetime, timedelta

from monitor.records.telling.messages import Outcome, Reply

FIRST = timedelta(minutes=1)
LONGEST = timedelta(hours=4)
JITTER = 0.2


def retry_at(outcome: Outcome, *, attempts: int, now: datetime, give_up_at: datetime, jitter: float) -> datetime | None:
    """The time of the next try, for ``attempts`` made; None when there is none.

    Twice as long each time, from a minute to four hours, a fifth more or less so that a thousand mails do not come back
    together; never before the other side's own wish. What would be tried after ``give_up_at`` has failed.
    """
    if outcome.reply is not Reply.POSTPONED:
        return None
    wait: timedelta = min(LONGEST, FIRST * (1 << min(attempts - 1, 16))) * (1 + JITTER * jitter)
    if outcome.retry_after is not None:
        wait = max(wait, timedelta(seconds=min(outcome.retry_after, 86_400.0)))
    again = now + wait
    if again <= give_up_at:
        return again
    # One last try at the end of its time, unless that has been made.
    return give_up_at if now < give_up_at - FIRST else None

"""From publication in a feed that is due to the match that everybody can see."""

import time
from collections.abc import Sequence

from sqlalchemy import text

from benchmarks.endtoend_programs import Outlets, engine_of, running, until
from monitor.store import Store
from monitor.wiring import utc_now

PUBLICATIONS = 40
_SETTINGS = {"MONITOR_POLL_START": "86400", "MONITOR_POLL_FLOOR": "3600", "MONITOR_POLL_CEILING": "86400"}
"""The only polls are those that are made due."""
_PENDING = "select count(*) from entries where state in ('new', 'to_read', 'to_analyse')"


def latencies(url: str, outlets: Outlets, commands: Sequence[Sequence[str]]) -> list[float]:
    """Seconds of each publication whose article matches, one after the other."""
    feeds = outlets.feeds()
    with Store.open(url, create=True) as store:
        store.feeds.sync(feeds, now=utc_now())
    engine = engine_of(url)

    def count(query: str) -> int:
        with engine.connect() as connection:
            return int(connection.scalar(text(query)) or 0)

    taken: list[float] = []
    with running(url, commands, _SETTINGS) as programs:
        until(lambda: not count("select count(*) from feeds where last_success_at is null"), programs)
        until(lambda: count("select count(*) from entries") > 0 and not count(_PENDING), programs)
        for number in range(PUBLICATIONS):
            outlet = number % len(feeds)
            matches, done = count("select count(*) from matches"), count("select count(*) from entries")
            outlets.more(outlet)
            published = time.monotonic()
            with engine.begin() as connection:
                due = text("update feeds set next_poll_at = :now where url = :url")
                connection.execute(due, {"now": _stored(url), "url": feeds[outlet].url})
            until(lambda before=done: count("select count(*) from entries") > before, programs)  # type: ignore[misc]
            while count("select count(*) from matches") == matches and count(_PENDING):
                time.sleep(0.01)
            # What was read to the end and does not match is no latency.
            if count("select count(*) from matches") > matches:
                taken.append(time.monotonic() - published)
            # Not in step with the timer.
            time.sleep(0.37 * (1 + number % 5))
    engine.dispose()
    return taken


def _stored(url: str) -> object:
    """The present moment as the database keeps times."""
    now = utc_now()
    return now.replace(tzinfo=None).isoformat(sep=" ") if url.startswith("sqlite") else now

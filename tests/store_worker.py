"""A daemon in miniature, to be killed: ``python -m tests.store_worker URL`` works until nothing is left to do."""

import sys
import time
from datetime import UTC, datetime, timedelta

from monitor.records.articles import EntryState
from monitor.store import Store
from tests.store_builders import article, entity, findings, item, read, screened, spec, update

FEEDS = 4
STORIES = 12
LEASE = timedelta(seconds=0.3)


def served(feed: int) -> list[int]:
    """Numbers of the stories that a feed brings: neighbours share half of theirs."""
    return list(range(feed * STORIES // 2, feed * STORIES // 2 + STORIES))


def now() -> datetime:
    return datetime.now(UTC)


def step(store: Store, holder: str) -> bool:
    """One round of everything; False when nothing was left to do."""
    busy = False
    for feed in store.feeds.claim_due(now=now(), limit=2, holder=holder, lease=LEASE):
        document = [item(n) for n in served(feed.id - 1)]
        store.feeds.record_polls([update(feed, *document, at=now(), next_poll_at=now() + timedelta(days=1))])
        busy = True
    for entry in store.entries.claim(EntryState.NEW, now=now(), limit=5, holder=holder, lease=LEASE):
        store.entries.record_screen([screened(entry.id)], now=now())
        busy = True
    for entry in store.entries.claim(EntryState.TO_READ, now=now(), limit=5, holder=holder, lease=LEASE):
        store.entries.record_read([read(entry.id, article(entry.title.removeprefix("Story ")))], now=now())
        busy = True
    for stored in store.findings.claim(now=now(), limit=5, holder=holder, lease=LEASE):
        store.findings.record(stored, findings(0.9, 0.1, entity("Trump", "Q22686")), now=now())
        busy = True
    return busy


def main(url: str) -> None:
    with Store.open(url) as store:
        store.feeds.sync([spec(f"https://{n}.example/rss") for n in range(FEEDS)], now=now())
        print("ready", flush=True)
        idle = 0
        while idle < 2:
            if step(store, f"worker-{time.monotonic_ns()}"):
                idle = 0
            else:
                idle += 1
                time.sleep(LEASE.total_seconds())


if __name__ == "__main__":
    main(sys.argv[1])

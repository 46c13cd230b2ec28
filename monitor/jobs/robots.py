"""The robots.txt files that the fetcher has learnt, kept over a restart: sites are asked once a day, not per start."""

from datetime import datetime, timedelta

from monitor.fetch.robots import KEPT, RobotsFile, remember
from monitor.jobs.services import Services
from monitor.records.feeds import RobotsRow
from monitor.store import Store


def stored_robots(store: Store, *, now: datetime) -> dict[str, RobotsFile]:
    """What an earlier process learnt and what still holds."""
    return {
        row.site: RobotsFile(fetched_at=row.fetched_at, status=row.status, text=row.text)
        for row in store.hosts.robots(since=now - KEPT)
    }


def keep_robots(services: Services) -> None:
    """Store what was learnt in the last rounds; what is stored already costs nothing."""
    since = services.clock() - timedelta(minutes=10)
    # A copy in one step of the interpreter: the fetcher's thread may write meanwhile.
    found = services.robots.copy()
    rows = [
        RobotsRow(site=site, fetched_at=file.fetched_at, status=file.status, text=file.text)
        for site, file in found.items()
        if file.fetched_at >= since and services.pace.robots_stored.get(site) != file.fetched_at
    ]
    services.store.hosts.keep_robots(rows)
    stored = services.pace.robots_stored
    stored.update({row.site: row.fetched_at for row in rows})
    # What the fetcher has forgotten need not be known either.
    for site in [site for site in stored.copy() if site not in found]:
        stored.pop(site, None)


def learn_robots(services: Services) -> None:
    """Take over what other processes have learnt in the last minutes, so that a site is asked once by all of them."""
    for row in services.store.hosts.robots(since=services.clock() - timedelta(minutes=2)):
        known = services.robots.get(row.site)
        if known is None or known.fetched_at < row.fetched_at:
            file = RobotsFile(fetched_at=row.fetched_at, status=row.status, text=row.text)
            remember(services.robots, row.site, file)
            services.pace.robots_stored[row.site] = row.fetched_at

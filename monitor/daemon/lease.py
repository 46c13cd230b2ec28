"""One daemon per database: a lease in the table, renewed while we live, taken over from a dead local process."""

import os
from datetime import datetime, timedelta

from monitor.errors import ConfigError
from monitor.records.upkeep import DAEMON
from monitor.store import Store
from monitor.store.chronicle.writing import LEASE as CHRONICLE

NAME = DAEMON
TTL = timedelta(seconds=30)


def take(store: Store, holder: str, *, now: datetime) -> None:
    """Take the lease; raises ConfigError when another daemon lives."""
    if store.leases.acquire(NAME, holder, now=now, ttl=TTL):
        return
    other = store.leases.holder(NAME)
    if other is not None and _dead(other.holder, holder):
        give_back(store, other.holder)
        if store.leases.acquire(NAME, holder, now=now, ttl=TTL):
            return
    who = f"{other.holder} holds it until {other.expires_at:%H:%M:%S} UTC" if other else "another process was faster"
    raise ConfigError(
        f"another daemon works on this database: {who}. Stop that one first; if it is gone, its lease ends by itself "
        f"within {TTL.total_seconds():.0f} s."
    )


def keep(store: Store, holder: str, *, now: datetime) -> bool:
    """Renew the lease; False when another has it. Raises StoreError when the database does not take it."""
    # After a sleep of the machine the sweep may have dropped our own lease as expired: then nobody has it.
    return store.leases.renew(NAME, holder, now=now, ttl=TTL) or store.leases.acquire(NAME, holder, now=now, ttl=TTL)


def give_back(store: Store, holder: str) -> None:
    """Give back the feeds, entries and articles that ``holder`` has claimed, the chronicle and the lease itself.

    Messages and subscriptions come back when their claims end.
    """
    store.feeds.release(holder)
    store.entries.release(holder)
    store.findings.release(holder)
    store.leases.release(CHRONICLE, holder)
    store.leases.release(NAME, holder)


def _dead(other: str, mine: str) -> bool:
    """Tell whether the other holder was a process of this machine that is no more."""
    host, pid, _ = other.rsplit(":", 2)
    my_host, my_pid, _ = mine.rsplit(":", 2)
    if host != my_host:
        return False
    if pid == my_pid:
        # A restarted container: same host name, same process id, another life.
        return other != mine
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, ValueError):
        return False
    return False

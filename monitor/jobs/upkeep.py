"""Housekeeping: give back claims of processes that died, drop what is over: polls, sessions, unmatched entries."""

from datetime import timedelta

from monitor.jobs.services import Done, Services

KEEP_POLLS = timedelta(days=30)
FORGET_HOSTS = timedelta(days=2)
MOST_BATCHES = 20


def upkeep(services: Services) -> Done:
    """Sweep and prune once."""
    now = services.clock()
    swept = services.store.upkeep.sweep(now=now)
    pruned = services.store.upkeep.prune(now=now, polls_older_than=KEEP_POLLS)
    services.store.alerts.prune(now=now)
    services.store.sessions.prune(now=now)
    services.store.snoozes.prune(now=now)
    services.store.hosts.forget(before=now - FORGET_HOSTS)
    services.store.turns.forget(now=now)
    services.store.setbacks.forget(now=now)
    return Done(counts={"swept": swept, "pruned_polls": pruned, "pruned_entries": _prune_entries(services)})


def _prune_entries(services: Services) -> int:
    """Prune in small transactions; what is left over waits for the next time."""
    if services.keep_entries is None:
        return 0
    pruned = 0
    for _ in range(MOST_BATCHES):
        now = services.clock()
        batch = services.store.upkeep.prune_entries(now=now, unseen_for=services.keep_entries)
        pruned += batch
        if not batch or services.stopping.is_set():
            break
    return pruned

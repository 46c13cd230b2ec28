"""Housekeeping: give back claims of processes that died, drop what is over: polls, sessions; old unmatched entries."""

from datetime import timedelta

from monitor.jobs.services import Done, Services

KEEP_POLLS = timedelta(days=30)
FORGET_HOSTS = timedelta(days=2)
MOST_BATCHES = 20


def upkeep(services: Services) -> Done:
    """Sweep once."""
    now = services.clock()
    swept = services.store.upkeep.sweep(now=now)
    pruned = services.store.upkeep.prune(now=now, polls_older_than=KEEP_POLLS)
    services.store.alerts.prune(now=now)
    services.store.sessions.prune(now=now)
    services.store.snoozes.prune(now=now)
    services.store.hosts.forget(before=now - FORGET_HOSTS)
    services.store.turns.forget(now=now)
    services.store.setbacks.forget(now=now)
    return Done(counts={"swept": swept, "pruned_polls": pruned})


def prune(services: Services) -> Done:
    """Take old entries without a match away, in small transactions; a round that took some is followed by another."""
    if services.keep_entries is None:
        return Done()
    pruned = 0
    for _ in range(MOST_BATCHES):
        now = services.clock()
        batch = services.store.upkeep.prune_entries(now=now, unseen_for=services.keep_entries)
        pruned += batch
        if not batch or services.stopping.is_set():
            break
    return Done(counts={"pruned_entries": pruned})

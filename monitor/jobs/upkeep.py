"""Housekeeping: give back claims of processes that died, drop old poll records."""

from datetime import timedelta

from monitor.jobs.services import Done, Services

KEEP_POLLS = timedelta(days=30)


def upkeep(services: Services) -> Done:
    """Sweep and prune once."""
    now = services.clock()
    swept = services.store.upkeep.sweep(now=now)
    pruned = services.store.upkeep.prune(now=now, polls_older_than=KEEP_POLLS)
    return Done(counts={"swept": swept, "pruned_polls": pruned})

"""Hand stored articles to the model again, a batch at a time, while little that is fresh waits."""

from dataclasses import asdict

from monitor.jobs.services import Done, Services

BATCH = 200
"""Articles that wait for another look at once: what is fresh overtakes them, but in the chronicle it stands behind."""
FEW = 50
"""More fresh rows than these before the gate, the model or the chronicle, and nothing is handed over."""


def backfill(services: Services) -> Done:
    """Mark the next articles of the request whose turn it is; `analyse` takes them when nothing fresher is there."""
    step = services.store.reanalyses.advance(now=services.clock(), batch=BATCH, few=FEW)
    return Done(counts={f"reanalysis_{name}": number for name, number in asdict(step).items() if number})

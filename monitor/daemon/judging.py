"""What is known in memory as parts of /health: of rounds, which a worker has too, and of the rest of a daemon."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from monitor.daemon.feeds import FeedsHealth
from monitor.daemon.health import BROKEN, DEGRADED, OK, Part
from monitor.records.telling.messages import Overdue

# No round takes this long but one that hangs: health tells, and a little later the process ends.
STUCK_AFTER = 900.0
ENDED_AFTER = 60.0
# A job that has failed for so long does no work any more.
FAILING_AFTER = 60.0
# The timer ticks every few seconds.
STALLED_AFTER = 60.0


class Judged(Protocol):
    """What is judged of rounds."""

    last_error: dict[str, str]
    failing_since: dict[str, float]

    def under_way(self) -> Mapping[str, float]:
        """Return the seconds that each round under way has lasted, by job."""
        ...


def hangs(rounds: Judged, stuck_after: float) -> str:
    """The rounds that hang so badly that only another process helps; empty when none does."""
    stuck = _stuck(rounds, stuck_after + ENDED_AFTER)
    return f"a round hangs: {stuck}" if stuck else ""


def jobs_part(rounds: Judged, stuck_after: float, *, quarantined: int = 0) -> Part:
    """How the jobs are; the worst that is true of them."""
    if stuck := _stuck(rounds, stuck_after):
        return Part(status=BROKEN, detail=f"hangs in one round: {stuck}; the program ends, to be started again")
    # Copies: the rounds' own threads write meanwhile.
    errors, failing = rounds.last_error.copy(), rounds.failing_since.copy()
    if errors:
        listed = "; ".join(f"{job}: {error}" for job, error in sorted(errors.items()))
        longest = time.monotonic() - min(failing.values(), default=time.monotonic())
        return Part(status=BROKEN if longest > FAILING_AFTER else DEGRADED, detail=listed)
    if quarantined:
        return Part(status=DEGRADED, detail=f"{quarantined} rows are in quarantine: see `monitor jobs list`")
    return Part(status=OK, detail="no failing job")


def database_part(problem: str, schema_trouble: str) -> Part:
    """How the database is: it does not answer or takes no writes, or another version has migrated it under us."""
    if problem:
        return Part(status=BROKEN, detail=problem)
    if schema_trouble:
        # What only adds does no harm.
        return Part(status=DEGRADED, detail=schema_trouble)
    return Part(status=OK, detail="answers")


def timer_part(silent: float) -> Part:
    """How the timer is that has been silent for so many seconds."""
    if silent > STALLED_AFTER:
        return Part(status=BROKEN, detail=f"no tick for {silent:.0f} s")
    return Part(status=OK, detail=f"ticked {silent:.1f} s ago")


def lease_part(*, is_lost: bool) -> Part:
    """Whether this daemon is still the one that works on the database."""
    return Part(status=BROKEN, detail="lost to another daemon") if is_lost else Part(status=OK, detail="held")


def model_part(problem: str, model: str) -> Part:
    """Which model works, and why it is another than the one wanted."""
    detail = model or "loaded by the workers"
    return Part(status=DEGRADED, detail=problem) if problem else Part(status=OK, detail=detail)


def network_part(outage_since: datetime | None) -> Part:
    """Whether most hosts fail together: then it is our own network."""
    if outage_since is None:
        return Part(status=OK, detail="hosts answer")
    since = f"{outage_since:%Y-%m-%d %H:%M} UTC"
    detail = f"most hosts fail together since {since}: is this machine connected? No feed is charged"
    return Part(status=DEGRADED, detail=detail)


def messages_part(stuck: Overdue) -> Part:
    """Whether messages wait that should have left long ago."""
    if not stuck.count:
        return Part(status=OK, detail="none is stuck")
    why = f" ({stuck.errors[0]})" if stuck.errors else ""
    detail = f"{stuck.count} should have left long ago{why}: see `monitor digest status`"
    return Part(status=DEGRADED, detail=detail)


def feeds_part(found: FeedsHealth) -> Part:
    """How the feeds are, taken together."""
    return Part(status=DEGRADED if found.is_trouble else OK, detail=found.told())


def _stuck(rounds: Judged, longest: float) -> str:
    lasted = sorted(rounds.under_way().items())
    return ", ".join(f"{job} for {seconds:.0f} s" for job, seconds in lasted if seconds > longest)

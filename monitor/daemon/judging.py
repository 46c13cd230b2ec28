"""What rounds of jobs say about the health of a daemon or worker, and when they hang for good."""

import time
from collections.abc import Mapping
from typing import Protocol

from monitor.daemon.health import BROKEN, DEGRADED, OK, Part

# No round takes this long but one that hangs: health tells, and a little later the process ends.
STUCK_AFTER = 900.0
ENDED_AFTER = 60.0
# A job that has failed for so long does no work any more.
FAILING_AFTER = 60.0


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


def _stuck(rounds: Judged, longest: float) -> str:
    lasted = sorted(rounds.under_way().items())
    return ", ".join(f"{job} for {seconds:.0f} s" for job, seconds in lasted if seconds > longest)

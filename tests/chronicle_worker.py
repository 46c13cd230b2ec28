"""A process that weaves, to be killed: ``python -m tests.chronicle_worker URL`` works until nothing is left to do."""

import sys
import time
from datetime import UTC, datetime, timedelta
from typing import cast

from monitor.jobs import weaving
from monitor.jobs.services import Sizes
from monitor.jobs.table import JOBS
from monitor.store import Store
from tests.test_jobs_chronicle import Clock, Desk

LEASE = timedelta(seconds=0.3)


class Now:
    """The present moment."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


def main(url: str) -> None:
    weaving.LEASE_KEPT = LEASE
    with Store.open(url) as store:
        desk = Desk(store, f"worker-{time.monotonic_ns()}", cast(Clock, Now()))
        desk.services = desk.resized(Sizes(articles=3, lease=LEASE))
        print("ready", flush=True)
        while store.chronicle.is_waiting():
            if not JOBS["chronicle"](desk.services):
                time.sleep(LEASE.total_seconds() / 3)


if __name__ == "__main__":
    main(sys.argv[1])

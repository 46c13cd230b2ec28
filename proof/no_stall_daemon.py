"""The daemon with one job that hangs: ``python -m proof.no_stall_daemon DATABASE (sleeps|holds)``; ends by itself."""

import re
import sys
import threading
from contextlib import ExitStack

from monitor import wiring
from monitor.config import Settings
from monitor.daemon import judging, service, watchdog
from monitor.daemon.runner import Runner
from monitor.errors import HungError
from monitor.jobs.services import Done, Services
from monitor.jobs.table import JOBS

STUCK_AFTER, ENDED_AFTER, FROZEN_AFTER = 5.0, 5.0, 20.0
"""In place of a quarter of an hour, a minute and five minutes."""


def _sleeps(_: Services) -> Done:
    threading.Event().wait()
    return Done()


def _holds(_: Services) -> Done:
    """Never let the interpreter's lock go: the regular expression engine does not."""
    re.match(r"(a|aa)+$", "a" * 200 + "b")
    return Done()


def main(database: str, way: str) -> int:
    """Run until the watchdog ends it; the exit status says how."""
    judging.ENDED_AFTER, watchdog.FROZEN_AFTER = ENDED_AFTER, FROZEN_AFTER
    settings = Settings(database_url=database, catalogue=False)
    stopping = threading.Event()
    with ExitStack() as stack:
        store = wiring.open_store(settings)
        stack.callback(store.close)
        services = stack.enter_context(
            wiring.services(settings, store, holder=wiring.holder_name(), stopping=stopping, reads=False)
        )
        daemon = service.Daemon(
            services, health_host="127.0.0.1", health_port=0, drain_seconds=2.0, stuck_after=STUCK_AFTER
        )
        daemon.runner = Runner(
            services, daemon.metrics, jobs={**JOBS, "revisit": _sleeps if way == "sleeps" else _holds}
        )
        # What holds the interpreter may leave no moment for a word afterwards.
        print("ready", flush=True)
        stack.enter_context(daemon)
        assert daemon.health_server is not None
        print(daemon.health_server.address, flush=True)
        daemon.stopping.wait()
    try:
        daemon.raise_if_ousted()
    except HungError as error:
        print(error, file=sys.stderr, flush=True)
        return error.status
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""``monitor daemon``: the timer alone; what is due goes into the queue in Postgres, for ``monitor worker``."""

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings


@click.command("daemon")
@click.option("--for", "seconds", type=click.FloatRange(0), help="Stop by itself after so many seconds.")
@click.pass_obj
def command(settings: "Settings", seconds: float | None) -> None:
    """Wake the workers when something is due, until Ctrl-C or SIGTERM. One per database; needs Postgres.

    It polls nothing itself: start at least one `monitor worker` beside it, here or on another machine.
    `monitor run` is all of it in one process.
    """
    from monitor import wiring
    from monitor.cli.serving import settled, until_told
    from monitor.daemon.service import Daemon
    from monitor.worker import schema
    from monitor.worker.connection import require_postgres
    from monitor.worker.nudges import Nudges
    from monitor.worker.queues import TICKS

    require_postgres(settings.database_url)
    stopping = threading.Event()
    with ExitStack() as stack:
        store = settled(settings, stack, stopping)
        schema.require(settings.database_url)
        services = stack.enter_context(
            wiring.services(settings, store, holder=wiring.holder_name(), stopping=stopping, shared=True, reads=False)
        )
        daemon = stack.enter_context(
            Daemon(
                services,
                health_host=settings.health_host,
                health_port=settings.health_port,
                drain_seconds=settings.drain_seconds,
                callback=(settings.websub_host, settings.websub_port) if settings.websub_callback else None,
                letterbox=(settings.public_host, settings.public_port) if settings.public_url else None,
                runner=Nudges(settings.database_url),
                ticks=TICKS,
            )
        )
        until_told(stopping, seconds)
    daemon.raise_if_ousted()

"""``monitor worker``: rounds of jobs from the queue in Postgres, beside other workers."""

import os
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings


@click.command("worker")
@click.option("--queues", default="poll,read,analyse,tell", show_default=True, help="What it is there for.")
@click.option(
    "--concurrency", type=click.IntRange(1, 256), default=4, show_default=True, help="Rounds of jobs side by side."
)
@click.option("--health-port", type=click.IntRange(0, 65535), default=0, help="Of /health and /metrics; 0: a free one.")
@click.option("--for", "seconds", type=click.FloatRange(0), help="Stop by itself after so many seconds.")
@click.pass_obj
def command(settings: "Settings", queues: str, concurrency: int, health_port: int, seconds: float | None) -> None:
    r"""Poll, read, classify and tell what `monitor daemon` says is due, until Ctrl-C or SIGTERM; needs Postgres.

    Start as many as you like, on as many machines: no feed is polled twice, no host is asked by two at a time, no
    mail goes out twice. One that dies loses nothing: the others take over within a minute.

    \b
    monitor worker --queues poll,read --concurrency 16    waits for the network: many rounds
    monitor worker --queues analyse --concurrency 2       computes: as many as cores
    """
    from monitor import wiring
    from monitor.cli.serving import settled, until_told
    from monitor.daemon.watchdog import HUNG
    from monitor.worker import schema
    from monitor.worker.connection import require_postgres
    from monitor.worker.nudges import Nudges
    from monitor.worker.queues import chosen
    from monitor.worker.service import Worker

    require_postgres(settings.database_url)
    served = chosen(queues)
    stopping = threading.Event()
    with ExitStack() as stack:
        store = settled(settings, stack, stopping)
        schema.require(settings.database_url)
        nudges = Nudges(settings.database_url, most=2 + concurrency // 4)
        stack.callback(nudges.close)
        services = stack.enter_context(
            wiring.services(
                settings,
                store,
                holder=wiring.holder_name(),
                stopping=stopping,
                shared=True,
                reads="analyse" in served,
                spread=nudges.submit,
            )
        )
        worker = stack.enter_context(
            Worker(
                services,
                settings.database_url,
                nudges,
                queues=served,
                concurrency=concurrency,
                drain_seconds=settings.drain_seconds,
                health_host=settings.health_host,
                health_port=health_port,
            )
        )
        threading.Thread(target=until_told, args=(stopping, seconds), daemon=True).start()
        drained = worker.run()
    if worker.hung or not drained:
        # A thread that hangs would hold up the end of the program; what it had is given back. What hung and ended after
        # all is told by the status as well, or nobody would start it again.
        os._exit(HUNG if worker.hung else 0)

"""``monitor dashboard``: the pages, served from this database until told to stop; and beside a daemon that we start."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings

_ARENA_MAX = -8
"""mallopt(3): how many heaps there may be."""


@click.command("dashboard")
@click.option("--host", help="Where to listen, in place of the setting dashboard_host.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port in place of dashboard_port; 0 picks a free one.")
@click.option("--open", "in_browser", is_flag=True, help="Open the first page in a browser.")
@click.option("--until-stdin-closes", is_flag=True, hidden=True, help="End with the process that holds our stdin.")
@click.pass_obj
def command(
    settings: "Settings", host: str | None, port: int | None, in_browser: bool, until_stdin_closes: bool
) -> None:
    """Serve the dashboard until Ctrl-C or SIGTERM. It reads what the daemon writes; either runs without the other.

    On this machine alone nobody needs an account. For others to reach it, make one:
    monitor accounts add NAME --role admin.
    """
    from monitor import weights, wiring
    from monitor.daemon import logs
    from monitor.dashboard.server import Listening, serve

    wanted = Listening(
        host=settings.dashboard_host if host is None else host,
        port=settings.dashboard_port if port is None else port,
        names=settings.dashboard_names,
        proxies=settings.dashboard_proxies,
        proxy_user=settings.dashboard_proxy_user,
        proxy_role=settings.dashboard_proxy_role,
    )
    logs.configure(settings.log_level, settings.log_format)
    _keep_one_heap()
    if until_stdin_closes:
        threading.Thread(target=_end_with_stdin, daemon=True).start()

    def ready(url: str) -> None:
        click.echo(f"The dashboard is at {url} (Ctrl-C stops it).", file=sys.stderr)
        if in_browser:
            click.launch(url)

    with wiring.open_store(settings) as store:
        serve(store, wanted, clock=wiring.utc_now, ready=ready, card=lambda: weights.card(settings))


@contextmanager
def beside(settings: "Settings", port: int | None = None) -> Iterator[None]:
    """A dashboard in a process of its own, on the same database, for as long as the block lasts.

    It has our environment. A line that we hold open tells it when we are gone, however we end.
    """
    command = [sys.executable, "-m", "monitor", "dashboard", "--until-stdin-closes"]
    if port is not None:
        command += ["--port", str(port)]
    environment = os.environ | {
        "MONITOR_DATABASE_URL": settings.database_url,
        "MONITOR_CATALOGUE": str(settings.catalogue).lower(),
        "MONITOR_LOG_LEVEL": "warning",
    }
    # A group of its own: Ctrl-C is for us, and closing the line then ends it.
    process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, start_new_session=True)  # noqa: S603 -- our own module
    try:
        yield
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _keep_one_heap() -> None:
    """Have threads share the C library's heap: glibc gives each its own, and none takes what another has let go."""
    # Other C libraries have no such knob, and need none.
    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def _end_with_stdin() -> None:
    # Not through sys.stdin: at the end the interpreter would wait for its lock, which this thread holds.
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)

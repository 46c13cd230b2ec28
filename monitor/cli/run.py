"""``monitor run``: the daemon in the foreground, with a live view on a terminal and log lines elsewhere."""

import os
import signal
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.daemon.service import Daemon

# Seconds to wait for the rest of the feeds when the first ones have failed.
PATIENCE = 20.0
LOG_FILE = Path("var/monitor.log")


@click.command("run")
@click.option("--live/--no-live", default=None, help="Live view; on by default on a terminal.")
@click.option("--for", "seconds", type=click.FloatRange(0), help="Stop by itself after so many seconds.")
@click.option("--dashboard/--no-dashboard", default=False, show_default=True, help="Serve the dashboard as well.")
@click.pass_obj
def command(settings: "Settings", live: bool | None, seconds: float | None, dashboard: bool) -> None:
    """Poll feeds, read pages, classify, store; until Ctrl-C or SIGTERM.

    The first start makes the database and fills it with the bundled feed catalogue.
    """
    run(settings, live=live, seconds=seconds, dashboard=dashboard)


def run(
    settings: "Settings", *, live: bool | None, seconds: float | None, banner: str = "", dashboard: bool = False
) -> None:
    """Run the daemon with these settings until told to stop; gives everything back on the way out."""
    from monitor import wiring
    from monitor.daemon.service import Daemon

    show = sys.stdout.isatty() if live is None else live
    _log(settings, to_file=show)
    # Until the daemon holds something there is nothing to give back. As process 1 of a container a program without a
    # handler would not even hear the signal.
    signal.signal(signal.SIGTERM, lambda number, _: os._exit(128 + number))
    wiring.take_short_turns()
    stopping = threading.Event()
    with ExitStack() as stack:
        store = wiring.open_store(settings)
        stack.callback(store.close)
        if dashboard:
            from monitor.cli.dashboard import beside

            stack.enter_context(beside(settings))
        services = stack.enter_context(wiring.services(settings, store, holder=wiring.holder_name(), stopping=stopping))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        daemon = stack.enter_context(
            Daemon(
                services,
                health_host=settings.health_host,
                health_port=settings.health_port,
                drain_seconds=settings.drain_seconds,
                callback=(settings.websub_host, settings.websub_port) if settings.websub_callback else None,
                letterbox=(settings.public_host, settings.public_port) if settings.public_url else None,
            )
        )
        ends = None if seconds is None else time.monotonic() + seconds
        if show:
            from monitor.cli.live import watch

            watch(daemon, settings.database_url, ends=ends, banner=banner)
        else:
            _wait(daemon, ends)
    daemon.raise_if_ousted()


def _wait(daemon: "Daemon", ends: float | None) -> None:
    """Sleep until the end; say once, plainly, when no feed answers at all."""
    told, started = False, time.monotonic()
    while not daemon.stopping.wait(1.0) and (ends is None or time.monotonic() < ends):
        if not told and (problem := silence(daemon, time.monotonic() - started)):
            click.echo(problem, err=True)
            told = True


def silence(daemon: "Daemon", running: float) -> str:
    """Return what to tell a person when feeds were polled and none has ever answered; empty otherwise."""
    seen = daemon.snapshot()
    failed = seen.feeds.get("failing", 0) + seen.feeds.get("no network", 0) if seen else 0
    if seen is None or not failed or seen.feeds.get("ok"):
        return ""
    if seen.feeds.get("never polled") and running < PATIENCE:
        return ""
    reasons = "; ".join(seen.failures[:1]) or "no reason given"
    return (
        f"No feed answered: {failed} tried, all failed (for example: {reasons}). "
        "Is this machine connected to the internet? Polling goes on by itself. "
        "`make demo` (or `monitor demo`) shows the program without internet."
    )


def _log(settings: "Settings", *, to_file: bool) -> None:
    """Beside the live view the log goes to a file, or the two would write over each other."""
    from monitor.daemon import logs
    from monitor.errors import ConfigError

    try:
        if to_file:
            LOG_FILE.parent.mkdir(exist_ok=True)
        logs.configure(settings.log_level, settings.log_format, LOG_FILE if to_file else None)
    except OSError as error:
        raise ConfigError(
            f"cannot write the log {LOG_FILE.absolute()}: {error.strerror}. "
            "Start in a folder you may write, or with --no-live, which logs to stderr."
        ) from error

"""``monitor demo``: the daemon against the bundled newsroom, without internet."""

from collections.abc import Iterable
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.newsroom import speed_option

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.feeds import FeedSpec
    from monitor.replay.server import Newsroom

DATABASE = Path("var/demo.sqlite3")
# The moment of the week that the newsroom had reached when it was last stopped.
CLOCK = Path("var/demo.clock")
BANNER = (
    "DEMO: invented outlets and invented words on this machine only; nothing here is news. "
    "{browser}In another terminal: .venv/bin/monitor --db {database} matches"
)
NEWSROOM_SETTINGS = {
    "catalogue": False,
    "allow_private_hosts": ("127.0.0.0/8",),
    "host_gap": 0.05,
    "poll_floor": 10.0,
    "poll_start": 10.0,
    "poll_ceiling": 30.0,
    "request_deadline": 5.0,
    "read_retry": 5.0,
    "read_attempts": 2,
    "max_age_days": 36500.0,
    # Nothing of the demo is for anybody outside.
    "public_url": "",
    "smtp_host": "",
    "operator": "",
}


@click.command("demo")
@click.option(
    "--port",
    default=8799,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="Port of the newsroom; entries keep their addresses by it.",
)
@speed_option
@click.option("--live/--no-live", default=None, help="Live view; on by default on a terminal.")
@click.option("--for", "seconds", type=click.FloatRange(0), help="Stop by itself after so many seconds.")
@click.option("--fresh", is_flag=True, help="Begin the week anew with an empty demo database.")
@click.option("--dashboard/--no-dashboard", default=True, show_default=True, help="Serve the dashboard as well.")
@click.pass_context
def command(
    ctx: click.Context, port: int, speed: float, live: bool | None, seconds: float | None, fresh: bool, dashboard: bool
) -> None:
    """Play the bundled newsroom's week and watch it. Stopping and starting again goes on where it was.

    The demo has a database of its own, var/demo.sqlite3, whatever the settings say; --db before `demo` names another.
    """
    from monitor import wiring
    from monitor.cli.run import run
    from monitor.replay.server import demo_newsroom

    settings: Settings = ctx.obj
    named = ctx.parent.params.get("database_url") if ctx.parent else None
    if fresh and named:
        raise click.UsageError(f"--fresh empties {DATABASE} only; leave it out, or do not name another database.")
    database = named or f"sqlite:///{DATABASE}"
    health_port = 0 if settings.health_port == 8787 else settings.health_port
    chosen = settings.model_copy(update={**NEWSROOM_SETTINGS, "database_url": database, "health_port": health_port})
    resumed = {} if fresh or named else _resumed()
    with demo_newsroom(port=port, speed=speed, **resumed) as (newsroom, specs):
        wiring.make_folder(database)
        if fresh:
            _remove(database)
        _prepare(database, specs)
        click.echo(
            f"The newsroom is at {newsroom.base_url} (invented news, {speed:g} times real time). "
            f"It is {newsroom.now():%A %d %B, %H:%M} there.",
            err=True,
        )
        try:
            port_known = dashboard and chosen.dashboard_port
            browser = f"In a browser: http://127.0.0.1:{chosen.dashboard_port}. " if port_known else ""
            banner = BANNER.format(browser=browser, database=database)
            run(chosen, live=live, seconds=seconds, banner=banner, dashboard=dashboard)
        finally:
            _remember(newsroom, named)


def _prepare(database: str, specs: Iterable["FeedSpec"]) -> None:
    """Put the newsroom's feeds into its database, unless a daemon works there or it holds other feeds."""
    from monitor import wiring
    from monitor.daemon import lease
    from monitor.errors import ConfigError
    from monitor.store import Store

    ours = {spec.url for spec in specs}
    with closing(Store.open(database, create=True)) as store:
        # One of the newsroom's feeds moves to another address in the course of the week.
        strangers = [feed.spec.url for feed in store.feeds.all() if not ours & {feed.spec.url, feed.moved_from}]
        if strangers:
            raise ConfigError(
                f"the database {store.name} holds {len(strangers)} other feeds (for example {strangers[0]}). "
                "The demo must not poll those: name an empty database, or begin anew with `monitor demo --fresh`."
            )
        holder = wiring.holder_name()
        lease.take(store, holder, now=wiring.utc_now())
        store.feeds.sync(specs, now=wiring.utc_now())
        lease.give_back(store, holder)


def _remove(database: str) -> None:
    """Delete the demo's database, unless a daemon works on it."""
    from monitor import wiring
    from monitor.daemon import lease
    from monitor.errors import SchemaError
    from monitor.store import Store

    if not DATABASE.exists():
        return
    # One that another version of the program made has no daemon of ours.
    with suppress(SchemaError), closing(Store.open(database, create=True)) as store:
        lease.take(store, wiring.holder_name(), now=wiring.utc_now())
    for suffix in ("", "-wal", "-shm"):
        Path(f"{DATABASE}{suffix}").unlink(missing_ok=True)
    CLOCK.unlink(missing_ok=True)


def _resumed() -> dict[str, timedelta]:
    """How far the week had come, as an argument for the newsroom; empty for the usual start."""
    from monitor.replay.week import load

    try:
        reached = datetime.fromisoformat(CLOCK.read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return {}
    week = load()
    if not DATABASE.exists() or reached.tzinfo is None or not week.start <= reached <= week.end:
        return {}
    return {"backlog": reached - week.start}


def _remember(newsroom: "Newsroom", named: str | None) -> None:
    if named is None and DATABASE.exists():
        CLOCK.write_text(min(newsroom.now(), newsroom.week.end).isoformat(), encoding="utf-8")

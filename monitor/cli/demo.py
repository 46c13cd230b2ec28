"""``monitor demo``: the daemon against the bundled newsroom, without internet."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings

DATABASE = "var/demo.sqlite3"
BANNER = (
    "DEMO: invented outlets and invented words on this machine only; nothing here is news. "
    "In another terminal: monitor --db sqlite:///var/demo.sqlite3 matches"
)


@click.command("demo")
@click.option(
    "--port", default=8799, show_default=True, help="Port of the newsroom; entries keep their addresses by it."
)
@click.option("--speed", default=600.0, show_default=True, help="Seconds of the week per second.")
@click.option("--live/--no-live", default=None, help="Live view; on by default on a terminal.")
@click.option("--for", "seconds", type=float, help="Stop by itself after so many seconds.")
@click.option("--fresh", is_flag=True, help="Begin with an empty demo database.")
@click.pass_obj
def command(
    settings: "Settings", port: int, speed: float, live: bool | None, seconds: float | None, fresh: bool
) -> None:
    """Play the bundled newsroom's week and watch it. Stopping and starting again loses nothing."""
    from monitor import wiring
    from monitor.cli.run import run
    from monitor.replay.server import demo_newsroom

    database = os.environ.get("MONITOR_DATABASE_URL", f"sqlite:///{DATABASE}")
    if settings.database_url != type(settings).model_fields["database_url"].default:
        database = settings.database_url
    if fresh:
        if database != f"sqlite:///{DATABASE}":
            raise click.UsageError(f"--fresh empties {DATABASE} only; leave it out, or do not name another database.")
        for suffix in ("", "-wal", "-shm"):
            Path(DATABASE + suffix).unlink(missing_ok=True)
    with demo_newsroom(port=port, speed=speed) as (newsroom, specs):
        chosen = settings.model_copy(
            update={
                "database_url": database,
                "catalogue": False,
                "allow_private_hosts": ("127.0.0.0/8",),
                "health_port": 0 if settings.health_port == 8787 else settings.health_port,
                "host_gap": 0.05,
                "poll_floor": 10.0,
                "poll_start": 10.0,
                "poll_ceiling": 30.0,
                "request_deadline": 5.0,
                "read_retry": 5.0,
                "read_attempts": 2,
                "max_age_days": 36500.0,
            }
        )
        wiring.sync_feeds(chosen, specs)
        click.echo(f"The newsroom is at {newsroom.base_url} (invented news, {speed:g} times real time).", err=True)
        run(chosen, live=live, seconds=seconds, banner=BANNER)

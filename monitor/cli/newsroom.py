"""``monitor newsroom``: serve the bundled week of invented news on this machine."""

import math
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

import click


def _moment(_context: click.Context, _parameter: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no time. Write for example 2025-10-16T12:00Z.") from None
    return (at.replace(tzinfo=UTC) if at.tzinfo is None else at).astimezone(UTC)


def _number(_context: click.Context, _parameter: click.Parameter, value: float) -> float:
    # A range lets "not a number" through: it is neither below nor above.
    if math.isnan(value):
        raise click.BadParameter("nan is no number. Write for example 600.", param_hint="--speed")
    return value


speed_option = click.option(
    "--speed",
    default=600.0,
    show_default=True,
    type=click.FloatRange(0.001, 1e6),
    callback=_number,
    help="Seconds of the week per second.",
)


@click.command("newsroom")
@click.option(
    "--port",
    default=8799,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port on this machine; 0 takes a free one.",
)
@speed_option
@click.option("--start", callback=_moment, help="The week's moment to start at (UTC); its beginning when not given.")
@click.option("--opml", type=click.Path(path_type=Path, dir_okay=False), help="Also write the feeds to this OPML file.")
def command(port: int, speed: float, start: datetime | None, opml: Path | None) -> None:
    """Serve the bundled newsroom until Ctrl-C: invented outlets, invented words, nothing of it is news."""
    from monitor.errors import ConfigError
    from monitor.replay.clock import Clock
    from monitor.replay.server import Newsroom, catalogue
    from monitor.replay.week import load
    from monitor.sources import opml as outlines

    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    week = load()
    with Newsroom(week, clock=Clock(start or week.start, speed=speed), port=port) as newsroom:
        specs = catalogue(newsroom)
        if opml is not None:
            try:
                opml.write_bytes(outlines.write(specs, title="The newsroom (invented)"))
            except OSError as error:
                raise ConfigError(f"{opml} cannot be written: {error.strerror}. Choose another place.") from error
        click.echo("INVENTED NEWS: these outlets do not exist and nothing they say is news.")
        click.echo(
            f"It is {newsroom.now():%A %d %B %Y, %H:%M} UTC at {newsroom.base_url}/, {speed:g} times real time.\n"
        )
        for spec in specs:
            click.echo(f"  {spec.url:<56} {spec.title} ({spec.country})")
        click.echo(_advice(opml))
        stopping.wait()
    click.echo("The newsroom is closed.")


def _advice(opml: Path | None) -> str:
    file = opml or Path("newsroom.opml")
    first = "" if opml else f"Start it again with --opml {file} to have the feeds in a file.\n"
    return (
        "\nTo point a monitor at it, in another terminal, with a database of its own:\n"
        "  export MONITOR_ALLOW_PRIVATE_HOSTS='[\"127.0.0.0/8\"]' MONITOR_MAX_AGE_DAYS=36500 MONITOR_CATALOGUE=false\n"
        f"  monitor --db sqlite:///newsroom.sqlite3 feeds import {file}\n"
        "  monitor --db sqlite:///newsroom.sqlite3 run\n"
        f"{first}Ctrl-C closes the newsroom."
    )

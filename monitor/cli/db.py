"""``monitor db``: upgrade, back up, restore, move, check and measure the database."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli import move
from monitor.errors import ConfigError

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.store import Store


@click.group("db")
def command() -> None:
    """Upgrade, back up, restore, move or check the database."""


command.add_command(move.command)


@command.command()
@click.pass_obj
def upgrade(settings: "Settings") -> None:
    """Make the tables, or bring them to this program's schema; all of it happens, or nothing."""
    from monitor.store import schema
    from monitor.store.engine import Database

    database = Database(settings.database_url)
    try:
        before, after = schema.upgrade(database)
    finally:
        database.close()
    if before == after:
        click.echo(f"{database.name} has schema {after} already.")
    else:
        click.echo(f"{database.name}: schema {before or 'none'} -> {after}.")
    if database.dialect == "postgresql":
        from monitor.worker import schema as queue

        had, has = queue.upgrade(settings.database_url)
        if had != has:
            click.echo(f"{database.name}: queue {had or 'none'} -> {has}.")


@command.command()
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(settings: "Settings", path: Path) -> None:
    """Write a whole copy to PATH while the program may go on running; also of a database that is to be upgraded."""
    with _open(settings, older=True) as store:
        store.upkeep.backup(path)
        click.echo(f"{store.name} is copied to {path} ({path.stat().st_size / 1e6:.1f} MB).")


@command.command()
@click.argument("role")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, in place of asking.")
@click.pass_obj
def reader(settings: "Settings", role: str, password_stdin: bool) -> None:
    """Make a ROLE of Postgres that may read the report views and nothing else: for Grafana, Metabase, Superset."""
    given = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
    password = given or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with _open(settings) as store:
        store.upkeep.grant_reader(role, password)
        click.echo(f"{role} may read the views report_... of {store.name}, and nothing else.")


@command.command()
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Also replace a database that holds feeds.")
@click.pass_obj
def restore(settings: "Settings", path: Path, force: bool) -> None:
    """Replace everything in the database by the backup at PATH."""
    with _open(settings, create=True, older=True) as store:
        for lease in store.leases.live(now=datetime.now(UTC)):
            raise ConfigError(
                f"{lease.holder} works on {store.name} (lease {lease.name!r} until {lease.expires_at:%H:%M:%S} UTC). "
                "Stop it first, or wait for its lease to end."
            )
        store.upkeep.restore(path, force=force)
        name = store.name
    click.echo(f"{name} is as it was in {path}. Run `monitor db upgrade` if the backup is of an older version.")


@command.command()
@click.pass_obj
def check(settings: "Settings") -> None:
    """Look for damage, missing tables and rows that point nowhere; exit status 1 when there is any."""
    with _open(settings) as store:
        problems = store.upkeep.check()
        name = store.name
    for problem in problems:
        click.echo(problem)
    if problems:
        click.echo(f"{name}: {len(problems)} problems. Keep a copy of it, then see docs/database.md.", err=True)
        sys.exit(1)
    click.echo(f"{name} is sound.")


@command.command()
@click.pass_obj
def rechronicle(settings: "Settings") -> None:
    """Make stories, statements, events and answers anew from what was found in articles.

    A running daemon takes the work over; nothing is lost when this is stopped, the rest waits for the daemon.
    """
    from monitor import wiring
    from monitor.jobs.chronicle import rechronicle as make_anew

    with _open(settings) as store:
        waiting, woven = make_anew(store, holder=wiring.holder_name(), clock=wiring.utc_now)
    left = "" if woven >= waiting else f"; {waiting - woven} are left to the daemon at work"
    click.echo(f"{waiting} articles wait for the chronicle, {woven} were woven in{left}.")


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.pass_obj
def stats(settings: "Settings", as_json: bool) -> None:
    """Rows per table and the size on disk."""
    from monitor.cli import show

    with _open(settings) as store:
        found = store.upkeep.stats()
    if as_json:
        show.as_json([found])
        return
    show.as_table(("table", "rows"), [(table.name, table.rows) for table in found.tables])
    click.echo(f"{found.name}: schema {found.revision}, {found.bytes / 1e6:.1f} MB", err=True)


def _open(settings: "Settings", *, create: bool = False, older: bool = False) -> "Store":
    from monitor.store import Store

    return Store.open(settings.database_url, create=create, older=older)

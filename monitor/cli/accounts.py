"""``monitor accounts``: who may use the dashboard, with which role; and keys for programs."""

import getpass
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings

ROLES = click.Choice(["reader", "analyst", "admin"])
_password_option = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input, in place of asking for it."
)


@click.group("accounts")
def command() -> None:
    """Who may use the dashboard. With the first account, everybody must sign in, also on this machine."""


@command.command("add")
@click.argument("name")
@click.option("--role", type=ROLES, default="reader", show_default=True, help="What the account may do.")
@click.option("--no-password", is_flag=True, help="Only tokens and proxies open it.")
@_password_option
@click.pass_obj
def add(settings: "Settings", name: str, role: str, no_password: bool, password_stdin: bool) -> None:
    """Make the account NAME. The password is asked for; it never stands on the command line."""
    from monitor.records.accounts import Role
    from monitor.store import Store
    from monitor.wiring import utc_now

    password = None if no_password else _password(password_stdin)
    with Store.open(settings.database_url) as store:
        account = store.accounts.add(name, Role(role), password, by=_person(), now=utc_now())
    click.echo(f"{account.name} may sign in as {account.role.value}.")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.pass_obj
def list_(settings: "Settings", as_json: bool) -> None:
    """Show every account."""
    from monitor.cli import show
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        found = store.accounts.listed()
    if as_json:
        show.as_json(found)
        return
    columns = ("name", "role", "password", "made (UTC)", "last seen (UTC)", "disabled (UTC)")
    show.as_table(
        columns,
        [
            (each.name, each.role.value, "yes" if each.has_password else "no", each.created_at, each.last_seen_at,
             each.disabled_at)
            for each in found
        ],
    )  # fmt: skip


@command.command("role")
@click.argument("name")
@click.argument("role", type=ROLES)
@click.pass_obj
def role_(settings: "Settings", name: str, role: str) -> None:
    """Give the account NAME another role."""
    from monitor.records.accounts import Role
    from monitor.store import Store
    from monitor.wiring import utc_now

    with Store.open(settings.database_url) as store:
        account = store.accounts.set_role(name, Role(role), by=_person(), now=utc_now())
    click.echo(f"{account.name} is {account.role.value} now.")


@command.command("password")
@click.argument("name")
@_password_option
@click.pass_obj
def password_(settings: "Settings", name: str, password_stdin: bool) -> None:
    """Give the account NAME another password; its sessions end."""
    from monitor.store import Store
    from monitor.wiring import utc_now

    password = _password(password_stdin)
    with Store.open(settings.database_url) as store:
        account = store.accounts.set_password(name, password, by=_person(), now=utc_now())
    click.echo(f"{account.name} has a new password; who was signed in must sign in again.")


@command.command("disable")
@click.argument("name")
@click.pass_obj
def disable(settings: "Settings", name: str) -> None:
    """Let nobody in with the account NAME any more: sessions end, tokens are revoked."""
    from monitor.store import Store
    from monitor.wiring import utc_now

    with Store.open(settings.database_url) as store:
        account = store.accounts.disable(name, by=_person(), now=utc_now())
    click.echo(f"{account.name} lets nobody in any more. `monitor accounts enable` takes that back.")


@command.command("enable")
@click.argument("name")
@click.pass_obj
def enable(settings: "Settings", name: str) -> None:
    """Let people in with the account NAME again. Its tokens stay revoked."""
    from monitor.store import Store
    from monitor.wiring import utc_now

    with Store.open(settings.database_url) as store:
        account = store.accounts.enable(name, by=_person(), now=utc_now())
    click.echo(f"{account.name} may sign in again.")


@command.group("token")
def token() -> None:
    """Keys for programs, sent as `Authorization: Bearer tm_…`."""


@token.command("add")
@click.argument("account")
@click.argument("name")
@click.option("--days", type=click.IntRange(1, 3650), help="Days that it works; without it, until it is revoked.")
@click.pass_obj
def token_add(settings: "Settings", account: str, name: str, days: int | None) -> None:
    """Make a token for an account, NAME saying what it is for. It is shown this once."""
    from monitor.store import Store
    from monitor.wiring import utc_now

    now = utc_now()
    expires = None if days is None else now + timedelta(days=days)
    with Store.open(settings.database_url) as store:
        made, secret = store.tokens.add(account, name, expires_at=expires, by=_person(), now=now)
    click.echo(secret)
    click.echo(f"Token {made.id} of {made.account}. It is not shown again.", err=True)


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.pass_obj
def token_list(settings: "Settings", as_json: bool) -> None:
    """Show every token, without its secret."""
    from monitor.cli import show
    from monitor.store import Store
    from monitor.wiring import utc_now

    with Store.open(settings.database_url) as store:
        found = store.tokens.listed()
    if as_json:
        show.as_json(found)
        return
    now = utc_now()
    columns = ("number", "account", "for", "state", "made (UTC)", "last used (UTC)", "ends (UTC)")
    rows = [
        (each.id, each.account, each.name, _state(each.revoked_at, each.expires_at, now), each.created_at,
         each.last_used_at, each.expires_at)
        for each in found
    ]  # fmt: skip
    show.as_table(columns, rows)


@token.command("revoke")
@click.argument("number", type=click.IntRange(min=1))
@click.pass_obj
def token_revoke(settings: "Settings", number: int) -> None:
    """Take the token with that NUMBER back (`monitor accounts token list`)."""
    from monitor.store import Store
    from monitor.wiring import utc_now

    with Store.open(settings.database_url) as store:
        store.tokens.revoke(number, by=_person(), now=utc_now())
    click.echo(f"Token {number} opens nothing any more.")


def _state(revoked: datetime | None, expires: datetime | None, now: datetime) -> str:
    if revoked is not None:
        return "revoked"
    return "expired" if expires is not None and expires <= now else "works"


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


def _person() -> str:
    """Who makes the change, for the audit log: the system's name for who runs the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"

"""``monitor dashboard``: the pages, served from this database until told to stop."""

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings


@click.command("dashboard")
@click.option("--host", help="Where to listen, in place of the setting dashboard_host.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port in place of dashboard_port; 0 picks a free one.")
@click.option("--open", "in_browser", is_flag=True, help="Open the first page in a browser.")
@click.pass_obj
def command(settings: "Settings", host: str | None, port: int | None, in_browser: bool) -> None:
    """Serve the dashboard until Ctrl-C or SIGTERM. It reads what the daemon writes; either runs without the other.

    On this machine alone nobody needs an account. For others to reach it, make one:
    monitor accounts add NAME --role admin.
    """
    from monitor import wiring
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

    def ready(url: str) -> None:
        click.echo(f"The dashboard is at {url} (Ctrl-C stops it).", file=sys.stderr)
        if in_browser:
            click.launch(url)

    with wiring.open_store(settings) as store:
        serve(store, wanted, clock=wiring.utc_now, ready=ready)

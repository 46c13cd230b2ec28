"""``monitor feeds discover``: what feeds a site offers."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.feeds import Document


@click.command("discover")
@click.argument("url_or_file")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per feed, in an array.")
@click.pass_obj
def discover(settings: "Settings", url_or_file: str, as_json: bool) -> None:
    """Show the feeds that the web page URL_OR_FILE offers. Exit status 1 when there are none."""
    from monitor.sources import discovery

    found = discovery.discover(_document(settings, url_or_file))
    if as_json:
        click.echo(json.dumps([asdict(spec) for spec in found], indent=2, ensure_ascii=False))
    else:
        for spec in found:
            click.echo(f"{spec.url}  {spec.title}".rstrip())
    if not found:
        click.echo(f"{url_or_file}: no feeds are linked there", err=True)
        sys.exit(1)


def _document(settings: "Settings", url_or_file: str) -> "Document":
    from monitor import urls
    from monitor.cli.feeds.asking import fetched
    from monitor.errors import ConfigError
    from monitor.records.feeds import Document

    if urls.is_web(url_or_file):
        return fetched(settings, url_or_file)
    try:
        body = Path(url_or_file).read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot read {url_or_file}: {error.strerror}. Give a path or a full address.") from error
    return Document(key=url_or_file, url=url_or_file, final_url=url_or_file, status=200, body=body)

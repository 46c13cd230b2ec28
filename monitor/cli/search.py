"""``monitor search``: full text over the stored articles."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings


# An unknown option is a word to leave out: monitor search missiles -drones
@click.command("search", context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="Articles at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.pass_obj
def command(settings: "Settings", words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find articles that hold all the WORDS, the newest first.

    '"a phrase"' (with the double quotes kept from the shell) looks for words in a row, -WORD leaves articles out.
    Case and accents do not count.
    """
    from monitor.cli import show
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        hits = store.search.search(" ".join(words), limit=limit)
    if as_json:
        show.as_json(hits)
        return
    if not hits:
        click.echo("monitor: no stored article holds these words.", err=True)
        return
    show.as_table(
        ("published", "outlet", "topics", "title", "where", "address"),
        [(hit.published, hit.outlet, " ".join(hit.topics), hit.title, hit.snippet, hit.url) for hit in hits],
    )

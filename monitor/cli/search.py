"""``monitor search``: what a search finds among the stored articles."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.query import Query
    from monitor.store import Store


# An unknown option is a word to leave out: monitor search missiles -drones. -h would make -hostages a cry for help.
@click.command("search", context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.option("--saved", help="A saved search by its name, and the WORDS besides.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="Articles at most.")
@click.option("--before", type=int, help="Go on after this article: the number of the last hit of the page before.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.pass_obj
def command(
    settings: "Settings", words: tuple[str, ...], *, saved: str | None, limit: int, before: int | None, as_json: bool
) -> None:
    r"""Find articles that hold all the WORDS, the newest first. Case and accents do not count.

    \b
    monitor search missiles -drones             all words, and not the one with a minus
    monitor search '"missile aid" OR toma*'     a phrase, either, the beginning of a word
    monitor search said:Putin about:Tomahawk    what somebody said about something
    monitor search who:Rubio date:7d -is:state  named in it, published lately, no state outlets

    Further fields: topic: outlet: country: lang:. Keep double quotes, parentheses and * from the shell with single
    quotes. docs/search.md has the whole language.
    """
    from monitor.cli import show
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        hits = store.search.search(_query(store, " ".join(words), saved), limit=limit, before=before)
    if as_json:
        show.as_json(hits)
        return
    if not hits:
        click.echo("monitor: no stored article fits this search.", err=True)
        return
    show.as_table(
        ("id", "published", "outlet", "topics", "title", "where", "address"),
        [(hit.article_id, hit.published, hit.outlet, " ".join(hit.topics), hit.title, hit.snippet, hit.url)
         for hit in hits],
    )  # fmt: skip


def _query(store: "Store", words: str, saved: str | None) -> "Query":
    from monitor.query import parse
    from monitor.query.nodes import And, Query, joined
    from monitor.understand import searching

    if saved is None:
        if not words.strip():
            raise click.UsageError("nothing to look for. Give WORDS, or --saved with a name.")
        return searching.read(words)
    kept = parse(store.searches.get(saved).search)
    if not words.strip():
        return kept
    return Query(joined(And, [kept.root, searching.read(words).root]))

"""``monitor export``: what was found, for other programs: feeds, a calendar, tables."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from monitor.cli.telling import choices
from monitor.cli.times import Since
from monitor.jobs.telling import exporting

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.telling.publishing import PublishedFeed

WHAT = exporting.WHAT
FORMATS = (*exporting.FEEDS, *exporting.CALENDAR, *exporting.STREAMS, "parquet")
FEED_ITEMS = exporting.FEED_ITEMS

# Endings of files -> format, where --format does not say it.
_ENDINGS = {f".{form}": form for form in FORMATS} | {".xml": "rss", ".ndjson": "jsonl"}


@click.command("export")
@click.argument("what", type=click.Choice(WHAT))
@click.option("--format", "form", type=click.Choice(FORMATS), help="Else by the file's ending; without a file, csv.")
@choices.selection_options
@click.option("--since", type=Since(), help="Only from then on: 2026-11-20, 36h, 7d ...")
@click.option("--until", type=Since(), help="Only until then.")
@click.option("--limit", type=click.IntRange(min=1), help=f"At most so many (else: feeds {FEED_ITEMS}, others all).")
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="File; else standard output.")
@click.option("--title", default="", help="Title of the feed or calendar.")
@click.option("--address", default="", help="Where the feed will lie on the web; it then names its own address.")
@click.pass_obj
def command(
    settings: "Settings",
    *,
    what: str,
    form: str | None,
    topics: tuple[str, ...],
    search: str,
    saved: str | None,
    languages: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    limit: int | None,
    output: Path | None,
    title: str,
    address: str,
) -> None:
    """Write WHAT was found as a feed, a calendar or a table, the newest first.

    matches and ladder go by when they were matched or published, stories by when they were last told, statements and
    events by their days. ics is for events. A file is replaced only when it is whole.
    """
    from monitor.cli.export_file import Progress, written
    from monitor.store import Store

    chosen = _format(what, form, output)
    selection = choices.selection(settings, topics=topics, search=search, saved=saved, languages=languages)
    most = FEED_ITEMS if limit is None and chosen in exporting.FEEDS else limit
    with Store.open(settings.database_url) as store:
        found = exporting.found(
            store.publishing, what, selection, since=since, until=until, limit=most, now=datetime.now(UTC)
        )
        feed = exporting.feed_of(settings.dashboard_url, what, selection, title=title, address=address)
        with written(output) as target, Progress(found.total, shown=output is not None) as progress:
            _write(chosen, what, progress.counted(found), feed, topics, target)
    if not found.total:
        click.echo(f"monitor: no {what} in the store yet, or none that fit the options.", err=True)
    elif output is not None:
        click.echo(f"monitor: {progress.done} {what} written to {output}.", err=True)


def _format(what: str, form: str | None, output: Path | None) -> str:
    """The format asked for, or that of the file's name."""
    by_name = _ENDINGS.get(output.suffix.lower()) if output is not None else "csv"
    chosen = form or by_name
    if chosen is None:
        raise click.UsageError(
            f"The ending of {output} says no format. Add --format with one of: {', '.join(FORMATS)}."
        )
    if chosen == "ics" and what != "events":
        raise click.UsageError(f"ics is a calendar, for events; {what} have no days. Write: monitor export events.")
    if chosen == "parquet" and output is None and sys.stdout.isatty():
        raise click.UsageError("Parquet is no text for a terminal. Add --output FILE.")
    return chosen


def _write(
    form: str, what: str, records: Iterator[Any], feed: "PublishedFeed", topics: tuple[str, ...], target: BinaryIO
) -> None:
    if form in exporting.FEEDS:
        target.write(exporting.as_feed(form, what, records, feed, now=datetime.now(UTC)))
    elif form == "ics":
        target.write(exporting.as_calendar(records, feed))
    elif form == "parquet":
        from monitor.publish import tables
        from monitor.publish.columns import TABLES, rows

        tables.parquet(TABLES[what], rows(what, records, topics=topics), target)
    else:
        for piece in exporting.as_table(form, what, records, topics):
            target.write(piece)

"""``monitor stories``: one line per story, or one story whole: who has it from whom."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.times import Since
from monitor.records.findings import TOPICS

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.chronicle import Story
    from monitor.records.weaving import StoryPage


@click.command("stories")
@click.argument("number", required=False, type=int)
@click.option("--topic", type=click.Choice(TOPICS), help="Only stories of this topic.")
@click.option("--since", type=Since(), help="Only stories with an article since: 2026-11-20, 36h, 7d ...")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="Stories at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.pass_obj
def command(
    settings: "Settings", number: int | None, topic: str | None, since: datetime | None, limit: int, as_json: bool
) -> None:
    """List stories, the latest first: one line each, with how many outlets and how many independent origins it has.

    With a NUMBER: the articles of that story, who has it from whom, and merges and splits. Exit status 1 for a number
    that is no story's.
    """
    from monitor.cli import show
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        if number is not None:
            _one(store.chronicle.story(number), number, as_json=as_json)
            return
        found = store.chronicle.stories(since=since, topic=topic, limit=limit)
    if as_json:
        show.as_json(found)
    elif not found:
        click.echo("monitor: no story in the store yet, or none that fits the options.", err=True)
    elif sys.stdout.isatty():
        for story in found:
            _show(story)
    else:
        _table(found)


def _one(page: "StoryPage | None", number: int, *, as_json: bool) -> None:
    from monitor.cli import show
    from monitor.cli.chronicle import told

    if page is None:
        click.echo(f"monitor: no story has the number {number}. `monitor stories` lists them.", err=True)
        sys.exit(1)
    if as_json:
        show.as_json([page])
        return
    _show(page.story)
    show.as_table(
        ("published (UTC)", "outlet", "origin", "repeats", "title", "address"),
        [
            (source.published, told.by(source), member.origin.key, member.duplicate_of, source.title, source.url)
            for member, source in zip(page.members, page.sources, strict=True)
        ],
    )
    for change in page.changes:
        click.echo(f"{change.at:%Y-%m-%d %H:%M} {change.kind}: {change.story_id} and {change.other_id}")


def _table(found: "tuple[Story, ...]") -> None:
    from monitor.cli import show

    show.as_table(
        ("id", "last (UTC)", "topics", "outlets", "origins", "state origins", "title", "outlet", "evidence", "address"),
        [
            (
                story.id,
                story.last_seen,
                " ".join(story.topics),
                story.outlets,
                story.origins,
                story.state_origins,
                story.title,
                story.outlet,
                story.evidence,
                story.url,
            )
            for story in found
        ],
    )


def _show(story: "Story") -> None:
    from monitor.cli.chronicle import told
    from monitor.text import one_line

    head = click.style(one_line(story.title), bold=True)
    click.echo(f"{told.dim(f'{story.id:>5}')} {head}  {told.story_support(story)}")
    click.echo(told.dim(f"      {one_line(story.outlet)}, {story.last_seen:%d %b %H:%M} UTC · {story.url}"))

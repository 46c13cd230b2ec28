"""``monitor status``: what is in the store and how the sources are, at a glance."""

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def command(settings: "Settings", as_json: bool) -> None:
    """Show the model in use, feeds by health, entries by state and why they were dropped, languages, last matches."""
    from monitor.cli.model.inventory import in_use
    from monitor.cli.reanalyse import progress
    from monitor.store import Store
    from monitor.wiring import utc_now

    store = Store.open(settings.database_url)
    try:
        feeds, funnel = asdict(store.feeds.counts(now=utc_now())), store.entries.funnel()
        languages = store.entries.by_language()
        matches = store.findings.last_matches(5)
        reanalyses = store.reanalyses.listed(open_only=True)
    finally:
        store.close()
    used, problem = in_use(settings)
    if as_json:
        rows = [{"state": row.state.value, "reason": row.reason, "count": row.count} for row in funnel]
        last = [{"topic": match.topic, "title": match.title, "url": match.url} for match in matches]
        told = [asdict(row) | {"route": _route(settings, row.language)} for row in languages]
        whole = {"model": {"in_use": used, "problem": problem}, "feeds": feeds, "funnel": rows, "languages": told}
        again = [
            {"id": each.id, "state": each.state, "analysed": each.analysed, "total": each.total} for each in reanalyses
        ]
        click.echo(json.dumps(whole | {"reanalyses": again, "matches": last}, indent=2))
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    trouble = f"  [red]{escape(problem)}[/red]" if problem else ""
    console.print(f"[bold]Model[/bold]   {escape(used)}{trouble}", highlight=False, soft_wrap=True)
    console.print(
        "[bold]Feeds[/bold]   "
        + (", ".join(f"{n} {health.replace('_', ' ')}" for health, n in feeds.items()) or "none yet")
    )
    for each in reversed(reanalyses):
        console.print(f"[bold]Reanalysis {each.id}[/bold]   {each.state}, {progress(each)}", highlight=False)
    table = Table("state", "reason", "entries", title="The funnel", title_justify="left", box=None)
    for row in funnel:
        table.add_row(row.state.value, escape(_plain(row.reason)), str(row.count))
    console.print(table)
    table = Table(
        "language", "route", "seen", "routed", "skipped", "matched", title="Languages", title_justify="left", box=None
    )
    for language in languages:
        numbers = (language.seen, language.routed, language.skipped, language.matched)
        table.add_row(language.language, _route(settings, language.language), *map(str, numbers))
    console.print(table)
    for match in matches:
        # Titles and outlets are the outside world's words: a bracket in them is no markup.
        words = f"{escape(match.title)}  [dim]{escape(match.outlet)}[/dim]"
        console.print(f"{match.topic:12} {match.score:.2f}  {words}", highlight=False)


def _plain(reason: str) -> str:
    """A kind of reason without the places where its numbers stood."""
    return re.sub(r" N [<≥] N", "", reason)


def _route(settings: "Settings", language: str) -> str:
    """What the settings of now do with a language; empty while it is not told."""
    if language == "en":
        return "read"
    if language == "?":
        return ""
    chosen = settings.languages.get(language)
    return chosen.route if chosen else "skip"

"""``monitor versions``: what an entry and its article said over time, and which words changed."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.records.versions import PieceKind

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.versions import ArticleHistory, ArticleVersion, EntryHistory, EntryVersion, History, Piece

_STYLES = {PieceKind.SAME: "", PieceKind.REMOVED: "red strike", PieceKind.ADDED: "green", PieceKind.FOLDED: "dim"}
_MARKS = {PieceKind.SAME: "{}", PieceKind.REMOVED: "[-{}-]", PieceKind.ADDED: "{{+{}+}}", PieceKind.FOLDED: "{}"}
_INDENT = 4
_Words = tuple[tuple[str, str], ...]
"""Name and text of each part of a version."""


@click.command("versions")
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; differences are lists of kind and text.")
@click.pass_obj
def command(settings: "Settings", url: str, as_json: bool) -> None:
    """Show every wording that an entry had, and its article's text. URL is its address; its guid or number will do.

    Words that went are red and struck through, words that came are green; in a pipe they are [-gone-] and {+new+}.
    Exit status 1 when no feed ever brought it.
    """
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        history = store.versions.of(int(url) if url.isascii() and url.isdigit() else url)
    if as_json:
        click.echo(json.dumps(_as_json(history), ensure_ascii=False, indent=2))
    else:
        _print(history)
    if not history.entries and not history.articles:
        click.echo(
            f"monitor: {url} is unknown: no feed brought an entry with that address, guid or number. "
            "`monitor search` looks in the articles' words.",
            err=True,
        )
        sys.exit(1)


def entry_words(version: "EntryVersion") -> _Words:
    """An entry's words as a person reads them: no markup, and no content that only repeats the summary."""
    from monitor.extract.feedtext import fragment_text
    from monitor.text import one_line

    summary, content = fragment_text(version.summary), fragment_text(version.content)
    parts = (("title", one_line(version.title)), ("summary", summary), ("content", content))
    return tuple((name, words) for name, words in parts if name != "content" or words != summary)


def article_words(version: "ArticleVersion") -> _Words:
    """An article's words without what a terminal would take for commands."""
    from monitor.text import clean, one_line

    return (("title", one_line(version.title)), ("text", clean(version.text)))


def changes(before: _Words, after: _Words) -> dict[str, "tuple[Piece, ...]"]:
    """The differences of each part that differs."""
    from monitor.differences import pieces

    old, new = dict(before), dict(after)
    found = {name: pieces(old.get(name, ""), new.get(name, "")) for name in dict.fromkeys((*old, *new))}
    return {name: parts for name, parts in found.items() if any(part.kind is not PieceKind.SAME for part in parts)}


def _print(history: "History") -> None:
    for article in history.articles:
        _print_article(article)
    for entry in history.entries:
        _print_entry(entry)
    if (history.entries or history.articles) and not history.changed:
        click.echo("Nothing has changed since it was first seen.")


def _print_article(article: "ArticleHistory") -> None:
    count = len(article.versions)
    _heading(f"Article {article.article_id}", article.outlet, article.url, count, "its text")
    before: _Words | None = None
    for version in article.versions:
        words = article_words(version)
        now = ", the text of now" if version.current and count > 1 else ""
        click.echo(f"  {_minute(version.seen_at)}  version {version.number}, from {version.text_source}{now}")
        _print_words(before, words)
        before = words
    click.echo()


def _print_entry(entry: "EntryHistory") -> None:
    _heading(f"Entry {entry.entry_id}", entry.outlet, entry.url, entry.changes + 1, "its words in the feed")
    before: _Words | None = None
    for version in entry.versions:
        words = entry_words(version)
        if entry.lost and version.until is None:
            click.echo(f"  {entry.lost} versions in between were not kept: it changes again and again")
        now = ", the words of now" if version.until is None and entry.changes else ""
        click.echo(f"  {_minute(version.since)}  version {version.number}{now}")
        _print_words(before, words)
        before = words
    click.echo()


def _heading(what: str, outlet: str, url: str, count: int, of: str) -> None:
    from monitor.text import one_line

    times = f"{count} versions" if count > 1 else "one version"
    click.echo(click.style(f"{what}, {one_line(outlet) or 'outlet unknown'}: {times} of {of}", bold=True))
    click.echo(f"  {one_line(url)}")


def _print_words(before: _Words | None, words: _Words) -> None:
    from monitor.differences import folded

    if before is None:
        told = ", ".join(f"{name} of {len(text):,} characters" for name, text in words[1:] if text)
        _indented([(words[0][1] or "(no title)", ""), (f"\n{told}" if told else "", "dim")])
        return
    found = changes(before, words)
    if not found:
        _indented([("only markup or white space changed", "dim")])
    for name, parts in found.items():
        label = click.style(f"{name}:", dim=True)
        click.echo(f"{' ' * _INDENT}{label}")
        _indented(list(_rendered(folded(parts))))


def _rendered(parts: "Sequence[Piece]") -> Iterator[tuple[str, str]]:
    """Pieces with their styles. White space before a piece stays outside of its marks."""
    plain = not sys.stdout.isatty()
    before: PieceKind | None = None
    for part in parts:
        words = part.text.lstrip()
        space = part.text[: len(part.text) - len(words)]
        # What replaces the first words of a paragraph stands beside them, not in a paragraph of its own.
        yield (" " if "\n" in space and part.kind is PieceKind.ADDED and before is PieceKind.REMOVED else space), ""
        before = part.kind
        if part.kind is PieceKind.FOLDED:
            words = f"[… {len(words.split()):,} words unchanged …]"
        yield (_MARKS[part.kind].format(words) if plain and words else words), _STYLES[part.kind]


def _indented(spans: "list[tuple[str, str]]") -> None:
    if not sys.stdout.isatty():
        lines = "".join(words for words, _ in spans).splitlines()
        click.echo("\n".join(" " * _INDENT + line if line else "" for line in lines))
        return
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    Console(highlight=False).print(Padding(Text.assemble(*spans), (0, 0, 0, _INDENT)))


def _minute(when: "datetime | None") -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC" if when else "at a time not kept"


def _as_json(history: "History") -> dict[str, object]:
    entries = [
        asdict(entry)
        | {"lost": entry.lost, "versions": [*_told(map(asdict, entry.versions), map(entry_words, entry.versions))]}
        for entry in history.entries
    ]
    articles = [
        asdict(article) | {"versions": [*_told(map(asdict, article.versions), map(article_words, article.versions))]}
        for article in history.articles
    ]
    return {"entries": entries, "articles": articles}


def _told(versions: Iterable[dict[str, Any]], words: Iterable[_Words]) -> Iterator[dict[str, object]]:
    """Versions ready for JSON, each with what differs from the one before."""
    before: _Words | None = None
    for version, now in zip(versions, words, strict=True):
        found = {} if before is None else changes(before, now)
        before = now
        told = {name: [[str(part.kind), part.text] for part in parts] for name, parts in found.items()}
        times = {name: value.isoformat() for name, value in version.items() if isinstance(value, datetime)}
        yield version | times | {"changes": told}

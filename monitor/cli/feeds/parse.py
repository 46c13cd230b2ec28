"""``monitor feeds parse``: any number of feed files and addresses to JSON lines, each in a killable process."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.errors import DocumentError
    from monitor.records.feeds import Document, FeedEntry, FetchResult, ParsedFeed

_PROGRESS_FROM = 20


@click.command("parse")
@click.argument("inputs", nargs=-1, required=True, metavar="PATH_OR_URL...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line and input.")
@click.pass_obj
def parse(settings: "Settings", inputs: tuple[str, ...], as_json: bool) -> None:
    """Parse feeds. PATH_OR_URL is a file (also .gz), a folder (all files in it) or an address.

    Files come first, in the order given; addresses follow as they answer. A bad one never stops the rest; exit
    status 1 when nothing could be parsed.
    """
    from monitor import urls
    from monitor.sources.pool import ParserPool

    paths = list(_files(name for name in inputs if not urls.is_web(name)))
    addresses = [name for name in inputs if urls.is_web(name)]
    now = datetime.now(UTC)
    good = 0
    with ParserPool(deadline=settings.parse_deadline) as pool:
        for name, document in _with_progress(_documents(settings, paths, addresses), len(paths) + len(addresses)):
            result = document if isinstance(document, Exception) else pool.parse(document, now=now)
            good += not isinstance(result, Exception)
            click.echo(json.dumps(_row(name, result), ensure_ascii=False) if as_json else _line(name, result))
    if not good:
        sys.exit(1)


def _files(names: Iterable[str]) -> Iterator[Path]:
    """The paths, with folders replaced by the files in them; hidden files are passed over."""
    for name in names:
        path = Path(name)
        if path.is_dir():
            yield from sorted(found for found in path.rglob("*") if found.is_file() and found.name[0] != ".")
        else:
            yield path


def _documents(
    settings: "Settings", paths: list[Path], addresses: list[str]
) -> "Iterator[tuple[str, Document | DocumentError]]":
    for path in paths:
        yield str(path), _read(path, settings.max_feed_bytes)
    if not addresses:
        return
    from monitor import wiring
    from monitor.fetch import Fetcher
    from monitor.records.feeds import FetchRequest

    requests = [FetchRequest(key=name, url=name, max_bytes=settings.max_feed_bytes) for name in addresses]
    with Fetcher(wiring.fetch_limits(settings)) as fetcher:
        for result in fetcher.fetch(requests):
            yield result.key, _whole(result)


def _whole(result: "FetchResult") -> "Document | DocumentError":
    from monitor.errors import ParseError
    from monitor.records.feeds import NotModified

    if isinstance(result, NotModified):
        return ParseError(f"{result.url}: the server sent nothing and says that nothing has changed. Try again later.")
    return result


def _read(path: Path, max_bytes: int) -> "Document | DocumentError":
    """The file as a document; its path is its address."""
    from monitor.errors import ParseError
    from monitor.fetch.decoding import GZIP_MAGIC, DecodingError, gunzip
    from monitor.records.feeds import Document

    try:
        with path.open("rb") as stream:
            body = stream.read(max_bytes + 1)
        if len(body) <= max_bytes and body.startswith(GZIP_MAGIC):
            body = gunzip(body, max_bytes=max_bytes)
    except OSError as error:
        return ParseError(f"{path}: cannot be read ({error.strerror}). Check the path and its rights.")
    except DecodingError as error:
        return ParseError(f"{path}: {error}. Get the file again.")
    if len(body) > max_bytes:
        return ParseError(f"{path}: larger than {max_bytes} bytes. Raise the setting max_feed_bytes if it is meant.")
    return Document(key=str(path), url=str(path), final_url=str(path), status=200, body=body)


def _with_progress(
    documents: "Iterator[tuple[str, Document | DocumentError]]", total: int
) -> "Iterable[tuple[str, Document | DocumentError]]":
    """The documents, with a bar on stderr when there are many and someone is looking."""
    if total <= _PROGRESS_FROM or not sys.stderr.isatty():
        return documents
    from rich.console import Console
    from rich.progress import track

    return track(documents, total=total, description="parsing", console=Console(stderr=True))


def _row(name: str, result: "ParsedFeed | DocumentError") -> dict[str, object]:
    if isinstance(result, Exception):
        return {"input": name, "error": str(result)}
    return {
        "input": name,
        "encoding": result.encoding,
        "kind": result.kind,
        "title": result.title,
        "entries": [_entry(entry) for entry in result.entries],
    }


def _entry(entry: "FeedEntry") -> dict[str, object]:
    return {
        "guid": entry.guid,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content": entry.content,
        "published": _time(entry.published),
        "updated": _time(entry.updated),
        "authors": list(entry.authors),
    }


def _time(when: "datetime | None") -> str | None:
    return when.isoformat() if when else None


def _line(name: str, result: "ParsedFeed | DocumentError") -> str:
    if isinstance(result, Exception):
        return f"{name}: {click.style('error', fg='red')}: {result}"
    return f"{name}: {result.kind}, {result.encoding}, {len(result.entries)} entries, {result.title}"

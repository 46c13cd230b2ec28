"""``monitor extract``: take the article out of pages, local or fetched."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.articles import Page
    from monitor.records.feeds import Document, FetchResult

_PAGE_SUFFIXES = frozenset({".html", ".htm", ".xhtml", ".shtml", ".php", ".asp", ".aspx", ".jsp"})
_MAX_FILE = 64_000_000
_MANY = 20
_CHUNK = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one input: a page, or an error in words."""

    source: str
    page: "Page | None" = None
    error: str = ""


@click.command("extract")
@click.argument("sources", metavar="PATH_OR_URL...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line and page.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes for local files.")
@click.pass_obj
def command(settings: "Settings", sources: tuple[str, ...], as_json: bool, jobs: int) -> None:
    """Take the article out of pages. PATH_OR_URL is a file (also .gz), a folder of pages, or an address.

    Local files are read without any network. One bad input never stops the rest; the exit status is 1 when any failed.
    """
    from monitor.urls import is_web

    inputs = list(chain.from_iterable([source] if is_web(source) else _files(source) for source in sources))
    failed = False
    with ExitStack() as stack:
        outcomes = _shown_progress(_outcomes(inputs, settings, jobs, stack), len(inputs), stack)
        for outcome in outcomes:
            failed = failed or outcome.page is None
            _print_json(outcome) if as_json else _print_text(outcome)
    sys.exit(1 if failed else 0)


def _files(source: str) -> list[str]:
    """The path itself, or the pages in the folder in the order of their names."""
    if not Path(source).is_dir():
        return [source]
    paths = (Path(folder, name) for folder, _, names in os.walk(source) for name in names)
    pages = [path for path in paths if _named_page(path)]
    return sorted(map(str, pages)) or [source]


def _named_page(path: Path) -> bool:
    name = path.with_suffix("") if path.suffix == ".gz" else path
    return name.suffix.lower() in _PAGE_SUFFIXES


def _outcomes(inputs: list[str], settings: "Settings", jobs: int, stack: ExitStack) -> Iterator[Outcome]:
    """An outcome for each input, in their order."""
    from monitor.urls import is_web

    files = _files_read([source for source in inputs if not is_web(source)], jobs, stack)
    urls = _urls_read([source for source in inputs if is_web(source)], settings, stack)
    for source in inputs:
        yield next(urls if is_web(source) else files)


def _files_read(paths: list[str], jobs: int, stack: ExitStack) -> Iterator[Outcome]:
    if min(jobs, len(paths)) < 2:
        return map(read_file, paths)
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # Fresh processes: a fork would copy the locks of whatever threads run here.
    pool = stack.enter_context(ProcessPoolExecutor(min(jobs, len(paths)), mp_context=get_context("spawn")))
    return pool.map(read_file, paths, chunksize=_CHUNK)


def read_file(path: str) -> Outcome:
    """The page in the file at ``path``."""
    from monitor.fetch.decoding import GZIP_MAGIC, DecodingError, gunzip
    from monitor.records.feeds import Document

    name = os.fsencode(path).decode("utf-8", "replace")
    try:
        if Path(path).exists() and not Path(path).is_file():
            return Outcome(source=name, error=f"{name}: not a file, and no folder with pages in it.")
        with Path(path).open("rb") as stream:
            body = stream.read(_MAX_FILE)
        if body.startswith(GZIP_MAGIC):
            body = gunzip(body, max_bytes=_MAX_FILE)
    except OSError as error:
        return Outcome(source=name, error=f"{name}: cannot be read: {error.strerror}. Check the path and its rights.")
    except (DecodingError, ValueError) as error:
        return Outcome(source=name, error=f"{name}: cannot be read: {error}. Unpack it and look at it.")
    return _extracted(name, Document(key=name, url="", final_url="", status=200, body=body))


def _urls_read(urls: list[str], settings: "Settings", stack: ExitStack) -> Iterator[Outcome]:
    """Fetched side by side, handed over in order."""
    if not urls:
        return
    from monitor import wiring
    from monitor.fetch import Fetcher
    from monitor.records.feeds import FetchRequest

    fetcher = stack.enter_context(Fetcher(wiring.fetch_limits(settings)))
    results = fetcher.fetch(
        FetchRequest(key=str(number), url=url, max_bytes=settings.max_page_bytes) for number, url in enumerate(urls)
    )
    early: dict[str, FetchResult] = {}
    for number, url in enumerate(urls):
        while str(number) not in early:
            result = next(results)
            early[result.key] = result
        yield _answered(url, early.pop(str(number)))


def _answered(url: str, result: "FetchResult") -> Outcome:
    from monitor.records.feeds import Document

    if isinstance(result, Document):
        return _extracted(url, result)
    return Outcome(source=url, error=str(result))


def _extracted(source: str, document: "Document") -> Outcome:
    from monitor.errors import ExtractError
    from monitor.extract.pages import extract

    try:
        return Outcome(source=source, page=extract(document))
    except ExtractError as error:
        return Outcome(source=source, error=str(error))


def _shown_progress(outcomes: Iterator[Outcome], total: int, stack: ExitStack) -> Iterator[Outcome]:
    """The outcomes, counted on stderr when a person waits for many and stdout goes elsewhere."""
    if total <= _MANY or not sys.stderr.isatty() or sys.stdout.isatty():
        return outcomes
    from rich.console import Console
    from rich.progress import Progress

    progress = stack.enter_context(Progress(console=Console(stderr=True), transient=True))
    return iter(progress.track(outcomes, total=total, description="Extracting"))


def _print_json(outcome: Outcome) -> None:
    page = outcome.page
    if page is None:
        line: dict[str, Any] = {"url": outcome.source, "error": outcome.error}
    else:
        line = {
            "url": page.url or outcome.source,
            "title": page.title,
            "text": page.text,
            "published": page.published.isoformat() if page.published else None,
            "authors": list(page.authors),
            "language": page.language,
            "kind": str(page.kind),
            "reason": page.reason,
            "source": outcome.source,
        }
    click.echo(json.dumps(line, ensure_ascii=False))


def _print_text(outcome: Outcome) -> None:
    page = outcome.page
    if page is None:
        click.echo(f"monitor: {outcome.error}", err=True)
        return
    published = f"{page.published:%Y-%m-%d %H:%M} UTC" if page.published else "no date"
    facts = [published, ", ".join(page.authors) or "no author", page.language or "language unknown"]
    kind = f"{page.kind} ({page.reason})" if page.reason else str(page.kind)
    click.echo(click.style(page.title or "(no title)", bold=True))
    click.echo(page.url or outcome.source)
    click.echo(click.style(" · ".join([*facts, kind]), dim=True))
    click.echo(f"\n{page.text}\n" if page.text else "\n(no text)\n")

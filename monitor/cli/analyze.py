"""``monitor analyze``: documents in, one JSON object per document out, in the shape of the analysis contract."""

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.articles import Article
    from monitor.records.feeds import Document
    from monitor.records.findings import Findings, Span, Unread

CHUNK = 64
# As much of one text as is looked at, in characters: what `extract` gives of a page at most.
LONGEST_TEXT = 300_000
STDIN = "-"
# What is told of an article beside topics and entities, as the contract and the findings name it.
EXTRACTED = ("quotes", "reports", "times", "events", "aid", "reactions")


@click.command("analyze")
@click.argument("sources", nargs=-1)
@click.option(
    "--jsonl", is_flag=True, help="Sources hold one JSON object per line: id, title, text, published, url, source."
)
@click.option("--indent", is_flag=True, help="Print objects over several lines, for reading.")
@click.pass_context
def command(ctx: click.Context, sources: tuple[str, ...], jsonl: bool, indent: bool) -> None:
    """Classify documents and find who and what they name, who said what, what happened or is planned, and aid steps.

    SOURCES are web addresses, HTML or text files (the first line of a text is its title), JSON lines files (.jsonl),
    or - for stdin, which is also what is read when none is given. One JSON object per document goes to stdout. A
    document takes the route of its language (setting languages); one without a route matches nothing and says why. A
    bad document is told on stderr and does not stop the rest; the exit status is then 1.
    """
    from monitor import weights

    settings: Settings = ctx.obj
    failures: list[str] = []
    reader = weights.routes(weights.with_all_cores(settings) if jsonl else settings, every_article=True)
    try:
        articles = _articles(settings, sources or (STDIN,), jsonl, failures)
        while chunk := list(islice(articles, CHUNK)):
            for article, found in zip(chunk, reader.understand(chunk), strict=True):
                row = _as_json(article, found, reader.model)
                click.echo(json.dumps(row, ensure_ascii=False, indent=2 if indent else None))
    finally:
        reader.close()
    if failures:
        ctx.exit(1)


def _articles(settings: "Settings", sources: tuple[str, ...], jsonl: bool, failures: list[str]) -> Iterator["Article"]:
    from monitor.errors import ConfigError, DocumentError

    for source in sources:
        try:
            if jsonl or source.endswith((".jsonl", ".ndjson")):
                yield from _lines(source, failures)
            else:
                yield _one(settings, source)
        except OSError as error:
            _told(
                failures,
                f"{source}: {error.strerror or error}. Give a web address, or the path of a file you may read.",
            )
        except UnicodeDecodeError:
            _told(failures, f"{source}: neither UTF-8 text nor HTML. Give an HTML page, a text file or JSON lines.")
        except (DocumentError, ConfigError) as error:
            _told(failures, str(error) if source in str(error) else f"{source}: {error}")


def _lines(source: str, failures: list[str]) -> Iterator["Article"]:
    with nullcontext(sys.stdin.buffer) if source == STDIN else Path(source).open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                yield from_row(json.loads(line), number)
            except (ValueError, TypeError, RecursionError) as error:
                _told(failures, f"{source}, line {number}: {error}. Expected an object with id, title and text.")


def from_row(row: Any, number: int) -> "Article":
    """Make an article of one input line; raises ValueError or TypeError for what is no such object."""
    from monitor.extract.language import language_of
    from monitor.records.articles import Article

    if not isinstance(row, dict):
        raise TypeError(f"this is a JSON {type(row).__name__}")
    title, text = row.get("title") or "", row.get("text") or ""
    if not isinstance(title, str) or not isinstance(text, str):
        raise TypeError("title and text must be strings")
    published = row.get("published")
    return Article(
        id=_whole(str(row.get("id", number))),
        title=_whole(title),
        text=_whole(text[:LONGEST_TEXT]),
        url=_whole(str(row.get("url") or "")),
        published=datetime.fromisoformat(published) if published else None,
        source=str(row.get("source") or ""),
        language=language_of(f"{title}. {text[:2000]}"),
    )


def _whole(text: str) -> str:
    """``text`` with half characters (lone surrogates, which JSON can spell) replaced, so that offsets stay."""
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)


def _one(settings: "Settings", source: str) -> "Article":
    """Read one document: fetched, from a file, or from stdin."""
    from monitor.records.articles import Article
    from monitor.urls import is_web

    document = _fetched(settings, source) if is_web(source) else _local(source)
    if b"<" not in document.body[:2000]:
        title, _, text = document.body.decode("utf-8-sig").strip().partition("\n")
        article = Article(id=source, title=title.strip()[:LONGEST_TEXT], text=text.strip()[:LONGEST_TEXT])
        return replace(article, language=_language(article))
    from monitor.extract.pages import extract

    page = extract(document)
    return Article(
        id=source, title=page.title, text=page.text, url=page.url, published=page.published, language=page.language
    )


def _fetched(settings: "Settings", address: str) -> "Document":
    from monitor import wiring
    from monitor.errors import FetchError
    from monitor.fetch import Fetcher
    from monitor.records.feeds import Document, FetchRequest

    with Fetcher(wiring.fetch_limits(settings)) as fetcher:
        result = fetcher.get(FetchRequest(key=address, url=address, max_bytes=settings.max_page_bytes))
    if isinstance(result, FetchError):
        raise result
    if not isinstance(result, Document):
        raise FetchError("the server answered 304 without being asked", key=address, url=address, kind="status")
    return result


def _local(source: str) -> "Document":
    from monitor.records.feeds import Document

    body = sys.stdin.buffer.read() if source == STDIN else Path(source).read_bytes()
    return Document(key=source, url=source, final_url=source, status=200, body=body)


def _language(article: "Article") -> str | None:
    from monitor.extract.language import language_of

    return language_of(article.document[:2000])


def _told(failures: list[str], message: str) -> None:
    failures.append(message)
    click.echo(f"monitor: {message}", err=True)


def _as_json(article: "Article", found: "Findings | Unread", model: str) -> dict[str, Any]:
    from monitor.records.findings import Unread

    if isinstance(found, Unread):
        return _findings_as_json(article, _nothing(article, model)) | {"skipped": found.reason}
    return _findings_as_json(article, found)


def _nothing(article: "Article", model: str) -> "Findings":
    """Findings about a text that was not read: no match, and no knowledge."""
    from monitor.records.findings import TOPICS, Findings, Topic

    topics = tuple(Topic(name=name, score=0.0, threshold=1.0, match=False) for name in TOPICS)
    return Findings(article_id=article.id, language=article.language, model=model, topics=topics, entities=())


def _findings_as_json(article: "Article", findings: "Findings") -> dict[str, Any]:
    return {
        "id": article.id,
        "language": findings.language,
        "model": findings.model,
        "match": findings.match,
        "topics": {
            topic.name: {"score": topic.score, "match": topic.match, "evidence": _span(topic.evidence)}
            for topic in findings.topics
        },
        "entities": [
            {
                "name": entity.name,
                "type": entity.type,
                "id": entity.id,
                "mentions": [_span(mention) for mention in entity.mentions],
            }
            for entity in findings.entities
        ],
        **{name: [_plain(found) for found in getattr(findings, name)] for name in EXTRACTED},
        "spans_in": findings.spans_in,
        "translation": asdict(findings.translation) if findings.translation else None,
    }


def _span(span: "Span | None") -> dict[str, Any] | None:
    return None if span is None else {"start": span.start, "end": span.end, "text": span.text}


def _plain(found: Any) -> dict[str, Any]:
    """A record as JSON takes it: days in ISO form, spans as objects."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(found), default=str))
    return plain

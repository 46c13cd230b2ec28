"""Pages to articles beside other extractors: CPU time and quality on the real pages of a public benchmark, in one run.

Ours does the whole of ``monitor extract``: characters, text, title, time, authors, language and kind. The others give
the text alone, of characters that were decoded for them.
"""

import gzip
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from benchmarks.figures import cells, ratios, row, table
from benchmarks.material import Scale
from monitor.extract.pages import extract
from monitor.records.feeds import Document

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "pages" / "article_extraction"
MISSING = f"skipped: {FOLDER.parent.name}/{FOLDER.name} is not beside the checkout"
SHINGLE = 4
Read = Callable[[str, bytes], str]
"""The text of the page at an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One page with its true text."""

    url: str
    body: bytes
    truth: str


def run(scale: Scale) -> list[str]:
    if not FOLDER.exists():
        return [MISSING]
    pages = samples()
    readers, absent = _readers()
    quality = {name: _quality(read, pages) for name, read in readers.items()}
    times: dict[str, list[float]] = {name: [] for name in readers}
    for _ in range(scale.rounds):
        # All take turns page by page, so that what else the machine does slows them alike.
        for name, spent in _round(readers, pages).items():
            times[name].append(spent)
    ours, first, *_ = readers
    lines = [f"{len(pages)} pages; {scale.rounds} rounds; F1 over runs of {SHINGLE} words, mean over pages.", ""]
    lines += table("CPU ms a page", [row(name, spent, 2) for name, spent in times.items()])
    lines += [row(f"ratio: ours to {first}", ratios(times[ours], times[first]), 3), ""]
    lines += table("text", [cells(name, found, 4) for name, found in quality.items()], ("precision", "recall", "F1"))
    return [*lines, "", *([f"Not installed, so not measured: {', '.join(absent)}."] if absent else [])]


def samples() -> list[Sample]:
    """Return the pages with their texts, in the order of their names."""
    truths = json.loads((FOLDER / "ground-truth.json").read_text(encoding="utf-8"))
    return [
        Sample(
            url=truth["url"],
            body=gzip.decompress((FOLDER / "html" / f"{name}.html.gz").read_bytes()),
            truth=truth["articleBody"],
        )
        for name, truth in sorted(truths.items())
    ]


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Count the runs of words, as the benchmark's own evaluation does."""
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1)))


def score(text: str, truth: str) -> tuple[float, float, float]:
    """Return precision, recall and F1."""
    got, true = shingles(text), shingles(truth)
    both = (got & true).total()
    return both / got.total(), both / true.total(), 2 * both / (got.total() + true.total())


def _quality(read: Read, pages: list[Sample]) -> tuple[float, float, float]:
    # The first call of each loads what it needs, outside of the rounds.
    scores = [score(read(page.url, page.body), page.truth) for page in pages]
    precision, recall, both = (statistics.fmean(column) for column in zip(*scores, strict=True))
    return precision, recall, both


def _round(readers: dict[str, Read], pages: list[Sample]) -> dict[str, float]:
    spent = dict.fromkeys(readers, 0.0)
    for page in pages:
        for name, read in readers.items():
            started = time.process_time()
            read(page.url, page.body)
            spent[name] += time.process_time() - started
    return {name: 1_000 * seconds / len(pages) for name, seconds in spent.items()}


def _readers() -> tuple[dict[str, Read], list[str]]:
    """Return ours, then the others that are installed, and the names of those that are not."""
    peers: dict[str, tuple[str, Read]] = {
        "trafilatura, fast": ("trafilatura", _trafilatura(fast=True)),
        "trafilatura": ("trafilatura", _trafilatura(fast=False)),
        "readability-lxml": ("readability", _readability),
        "newspaper4k": ("newspaper", _newspaper),
        "resiliparse": ("resiliparse", _resiliparse),
    }
    there = {name: read for name, (module, read) in peers.items() if find_spec(module)}
    return {"talks-monitor, everything": _ours, **there}, [name for name in peers if name not in there]


def _ours(url: str, body: bytes) -> str:
    return extract(Document(key=url, url=url, final_url=url, status=200, body=body)).text


def _trafilatura(*, fast: bool) -> Read:
    def read(url: str, body: bytes) -> str:
        import trafilatura

        text = body.decode("utf-8", "replace")
        return trafilatura.extract(text, url=url, include_comments=False, fast=fast) or ""

    return read


def _readability(url: str, body: bytes) -> str:
    from lxml import html

    readable = import_module("readability").Document(body.decode("utf-8", "replace"), url=url)
    return str(html.fromstring(readable.summary(html_partial=True)).text_content())


def _newspaper(url: str, body: bytes) -> str:
    article = import_module("newspaper").Article(url, language="en", fetch_images=False)
    article.download(input_html=body.decode("utf-8", "replace"))
    article.parse()
    return str(article.text)


def _resiliparse(_url: str, body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    extracted = import_module("resiliparse.extract.html2text").extract_plain_text
    return str(extracted(text, main_content=True, alt_texts=False, links=False))

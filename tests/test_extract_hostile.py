"""Pages that want to hang, fill or break the reader: bounded time and memory, and no error but ExtractError."""

import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ExtractError
from monitor.extract import furniture
from monitor.extract.feedtext import fragment_text
from monitor.extract.walls import open_text
from tests.extractpages import BODY, page_of

STORY = "".join(f"<p>{line}</p>" for line in BODY).encode()
WORDS = b"some more words are said here about talks "
SECONDS = 2.0
# A shared machine may take its time; the bound that is promised holds on an idle core.
PATIENCE = 3.0
BOMBS: dict[str, Callable[[], bytes]] = {
    "ten megabytes of text": lambda: STORY + b"<p>" + WORDS * 250_000,
    "a million tags": lambda: b"<i>x</i>" * 500_000 + STORY,
    "a million closing tags": lambda: b"</div>" * 1_000_000 + STORY,
    "boxes in boxes": lambda: b"<div>" * 200_000 + STORY,
    "boxes with text in boxes": lambda: b"".join(b"<div>" + WORDS * 3 for _ in range(5_000)),
    "paragraphs in paragraphs": lambda: b"<span><p>" * 8_000 + WORDS * 200,
    "links in links": lambda: b"<p>" + b"<a href=x><b>word " * 10_000,
    "quotes in quotes": lambda: b"<blockquote>" * 1_000 + STORY * 20,
    "lists in lists": lambda: b"<ul><li>" * 5_000 + STORY,
    "different attributes": lambda: b"<p " + b" ".join(b"a%d=1" % number for number in range(300_000)) + b">" + STORY,
    "different attributes without values": lambda: (
        b"<p " + b" ".join(b"%x" % n for n in range(100_000, 140_000)) + b">"
    ),
    "attributes behind brackets in quotes": lambda: (
        b"<p " + b"".join(b'a%x=">"' % n for n in range(200_000)) + b">" + STORY
    ),
    "one huge attribute": lambda: b'<div class="' + b"ad-" * 2_000_000 + b'">' + STORY + b"</div>",
    "line breaks": lambda: b"<p>" + b"word<br>" * 300_000,
    "NUL bytes": lambda: b"\0".join([STORY] * 20) + b"\0" * 1_000_000,
    "open comments": lambda: b"<!--" * 500_000 + STORY,
    "open scripts": lambda: b"<script>" * 300_000 + STORY,
    "open tags": lambda: b"<a " * 500_000 + STORY,
    "meta elements": lambda: b"<meta property='og:title' content='x'>" * 100_000 + STORY,
    "times": lambda: b"<time datetime='2026-08-17'></time>" * 100_000 + STORY,
    "titles": lambda: b"<title>" + b"word | " * 500_000 + b"</title>" + STORY,
    "headings": lambda: b"<h1>" + b"word - " * 300_000 + b"</h1>" + STORY,
    "microdata": lambda: b"<div itemscope itemtype='http://schema.org/Person' itemprop='author'>" * 20_000 + STORY,
    "JSON in JSON": lambda: b"<script type='application/ld+json'>" + b"[" * 500_000 + b"</script>" + STORY,
    "JSON-LD nodes": lambda: (
        b'<script type="application/ld+json">[' + b'{"@type":"NewsArticle"},' * 60_000 + b"{}]</script>"
    ),
    "declarations": lambda: b"<?xml ?>" * 500_000 + STORY,
    "entities": lambda: b"<p>" + b"&amp;lt;" * 500_000,
    "table cells": lambda: b"<table>" + b"<tr><td>a<td>b" * 100_000,
    "a canonical address": lambda: b"<link rel=canonical href='" + b"../" * 500_000 + b"'>" + STORY,
    "Cyrillic in no charset": lambda: b"<p>" + "слово ".encode("cp1251") * 500_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_hostile_page_takes_bounded_time(name: str) -> None:
    body = b"<html><body>" + BOMBS[name]()
    page_of(b"<html><body>" + STORY)
    started = time.process_time()
    with suppress(ExtractError):
        assert len(page_of(body).text) <= 300_000
    assert time.process_time() - started < SECONDS * PATIENCE


@pytest.mark.parametrize("name", ["a million tags", "one huge attribute"])
def test_a_hostile_page_takes_bounded_memory(name: str) -> None:
    body = BOMBS[name]()
    tracemalloc.start()
    try:
        with suppress(ExtractError):
            page_of(body)
        assert tracemalloc.get_traced_memory()[1] < 120_000_000
    finally:
        tracemalloc.stop()


def test_a_script_in_every_field_leaves_no_script_behind() -> None:
    bad = "&lt;script&gt;x()&lt;/script&gt;"
    page = page_of(
        f"<html><head><title>Talks {bad}</title><meta property='og:title' content='Talks {bad}'>"
        f"<meta name='author' content='Ada {bad}'><link rel=canonical href='javascript:x()'>"
        f"<meta name='date' content='{bad}'></head><body><article>".encode()
        + STORY
        + b"<script>x()</script></article>"
    )
    assert "script" not in page.title
    assert page.url.startswith("https://news.example/")
    assert str(page.published).startswith("2026-08-17"), "the day in the address"
    assert "x()" not in page.text


HALVES = [
    "a",
    " ",
    "\n",
    "read more ",
    "©",
    "photo: ",
    "subscribe to ",
    "<",
    "&",
    "| ",
    "- ",
    "follow us ",
    "getty ",
    ".",
]


@settings(deadline=None, max_examples=15)
@given(st.lists(st.sampled_from(HALVES), min_size=1, max_size=4), st.integers(1, 2_000))
def test_no_text_makes_the_rules_about_lines_slow(pieces: list[str], times: int) -> None:
    text = "".join(pieces) * times
    started = time.process_time()
    furniture.without_lines(text)
    open_text(text[:6_000])
    fragment_text(text)
    assert time.process_time() - started < SECONDS


TAGS = "p div article main section span a b br blockquote ul li table tr td h2 form aside script title figure".split()


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(st.sampled_from(TAGS), st.booleans(), st.sampled_from(["", "class=ad", "hidden"])), max_size=80)
)
def test_any_nesting_of_tags_gives_a_page_or_an_extract_error(steps: list[tuple[str, bool, str]]) -> None:
    pieces = [f"<{tag} {given}>{BODY[0]}" if opens else f"{BODY[1]}</{tag}>" for tag, opens, given in steps]
    with suppress(ExtractError):
        assert "\n\n\n" not in page_of(f"<html><body>{''.join(pieces)}".encode()).text

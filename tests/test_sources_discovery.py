import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.records.feeds import Document
from monitor.sources.discovery import discover

PAGE = "https://news.example/world/index.html"
SHARED = Path(os.environ.get("MONITOR_SHARED_DATA", "../shared/data")) / "feeds/feedvalidator/feedfinder-tests"


def found(body: bytes | str, url: str = PAGE) -> list[str]:
    raw = body.encode() if isinstance(body, str) else body
    return [spec.url for spec in discover(Document(key="", url=url, final_url=url, status=200, body=raw))]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/rss">', ["https://news.example/rss"]),
        ("<LINK REL=ALTERNATE TYPE=Application/Atom+XML HREF=feed.atom>", ["https://news.example/world/feed.atom"]),
        (
            '<link rel="home Alternate" type=" application/rss+xml; charset=utf-8 " href=" /rss ">',
            ["https://news.example/rss"],
        ),
        (
            '<base href="https://cdn.example/x/"><link rel=alternate type=application/rss+xml href=rss>',
            ["https://cdn.example/x/rss"],
        ),
        ('<link rel="alternate" type="application/feed+json" href="/feed.json">', ["https://news.example/feed.json"]),
        (
            '<link rel="alternate" type="application/rss+xml" href="feed://news.example/rss">',
            ["http://news.example/rss"],
        ),
        (
            '<link rel="alternate" type="application/rss+xml" href="feed:https://news.example/rss">',
            ["https://news.example/rss"],
        ),
        ('<link rel="alternate" type="text/html" hreflang="es" href="/es">', []),
        ('<link rel="stylesheet alternate" type="application/rss+xml" href="/rss">', []),
        ('<link rel="alternate" type="application/json" href="/wp-json/posts/1">', []),
        ('<link rel="alternate" type="application/rss+xml" href="javascript:x()">', []),
        ('<!-- <link rel="alternate" type="application/rss+xml" href="/old"> -->', []),
    ],
)
def test_declared_alternates_are_found_by_their_type(head: str, expected: list[str]) -> None:
    assert found(f"<html><head>{head}</head><body></body></html>") == expected


def test_each_feed_is_named_once_and_comments_come_last() -> None:
    link = '<link rel="alternate" type="application/rss+xml" title="{}" href="{}">'
    page = "".join(
        link.format(*pair) for pair in (("Comments", "/comments/feed"), ("All", "/feed"), ("Again", "/feed#top"))
    )
    specs = discover(Document(key="", url=PAGE, final_url=PAGE, status=200, body=page.encode()))
    assert [(spec.title, spec.url) for spec in specs] == [
        ("All", "https://news.example/feed"),
        ("Comments", "https://news.example/comments/feed"),
    ]
    assert specs[0].homepage == PAGE


def test_without_a_declared_feed_links_that_look_like_feeds_count() -> None:
    page = """<a href="/rss/world.xml">World</a> <a href="/about.html">About</a> <a href="/feed/">Feed</a>
    <a href="https://other.example/index.rdf">RDF</a> <a href="/rss.html">About our feeds</a> <a href="/free">x</a>
    <a href="mailto:rss@news.example">mail</a> <a href="/feedback">Tell us</a>"""
    assert found(page) == [
        "https://news.example/rss/world.xml",
        "https://news.example/feed/",
        "https://other.example/index.rdf",
    ]
    assert found("<link rel=alternate type=application/rss+xml href=/declared>" + page) == [
        "https://news.example/declared"
    ]


def test_a_page_in_utf16_is_read() -> None:
    assert found('<html><link rel="alternate" type="application/rss+xml" href="/rss">'.encode("utf-16")) == [
        "https://news.example/rss"
    ]


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"<a href='{text}'><link href='/rss' {text}>"))
def test_no_page_breaks_discovery(body: bytes | str) -> None:
    raw = body.encode("utf-8", "replace") if isinstance(body, str) else body
    assert all(url.startswith(("http://", "https://")) for url in found(raw))


@pytest.mark.shared
def test_every_page_of_the_autodiscovery_suite_leads_to_its_one_feed() -> None:
    if not SHARED.is_dir():
        pytest.skip(f"needs the discovery test pages in {SHARED}")
    archive = "https://web.archive.org/web/20110926231958/"
    missed = []
    for page in sorted(SHARED.glob("html4-*.html")):
        feeds = found(page.read_bytes(), f"http://diveintomark.org/tests/client/autodiscovery/{page.name}")
        names = [url.removeprefix(archive) for url in feeds]
        # A page passes when exactly one feed is found and that feed links back to the page.
        inner = "ragingplatypus" if names and "ragingplatypus" in names[0] else ""
        target = SHARED / inner / names[0].rpartition("/")[2] if len(names) == 1 else SHARED / "none"
        if not target.is_file() or page.name not in target.read_text(encoding="utf-8"):
            missed.append((page.name, feeds))
    assert missed == []

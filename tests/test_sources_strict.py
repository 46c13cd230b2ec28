"""The quick parser against feedparser: where it answers, the two say the same, word for word."""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ParseError
from monitor.records.feeds import Document, ParsedFeed
from monitor.sources import strict, tolerant
from monitor.sources.raw import Declined, RawFeed, finished
from monitor.sources.source import Source, open_source

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
URL = "https://news.example/feeds/rss.xml"
SHARED = Path(__file__).parents[2] / "shared" / "data" / "feeds"
SPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "atom": "http://www.w3.org/2005/Atom",
    "own": "https://news.example/ns#",
}
DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in SPACES.items())


def opened(body: str | bytes) -> Source:
    raw = body.encode() if isinstance(body, str) else body
    return open_source(Document(key="", url=URL, final_url=URL, status=200, body=raw, content_language="en"))


def told(raw: RawFeed, source: Source) -> ParsedFeed:
    """The feed without the hashes, which each parser makes in its own way."""
    feed = finished(raw, source, now=NOW, known_hashes=())
    return replace(feed, hashes=(), entries=tuple(replace(entry, hash="") for entry in feed.entries))


def quick(source: Source) -> ParsedFeed | None:
    try:
        return told(strict.read(source), source)
    except Declined:
        return None


def rss(channel: str, *items: str) -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0" {DECLARED}><channel>{channel}{inner}</channel></rss>'


def atom(head: str, *entries: str) -> str:
    spaces = DECLARED.replace("xmlns:atom", "xmlns")
    return f"<feed {spaces}>{head}{''.join(f'<entry>{entry}</entry>' for entry in entries)}</feed>"


def rdf(channel: str, *items: str) -> str:
    inner = "".join(f"<item rdf:about='https://news.example/{n}'>{item}</item>" for n, item in enumerate(items))
    spaces = f'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" {DECLARED}'
    return f"<rdf:RDF {spaces}><channel>{channel}</channel>{inner}</rdf:RDF>"


TEXTS = st.sampled_from(
    [
        "",
        " ",
        "Leaders meet",
        "  two\n lines ",
        "R&D",
        "a < b > c",
        "<p>They <b>met</b>.</p>",
        "<p>Open",
        "&amp;#8217;s",
        "&nbsp;x",
        "&unknown; x",
        "</map>",
        "Зеленський обговорив",
        "ÐÐµÐ»",
        "\x93quoted\x94",
        "caf\u00e9",
        "https://news.example/a/1?b=1&c=2",
        "https://news.example/a/1?b=1&copy;=2",
        "http:////news.example/x",
        "/a/relative",
        "urn:uuid:1",
        "Mon, 23 Nov 2026 09:30:00 +0200",
        "2026-11-23T09:30:00Z",
        "23 Nov 26",
        "yesterday",
        "1795426200",
        "ann@news.example (Ann Writer)",
        "Ann Writer <ann@news.example>",
        "(ann@news.example)",
        "60",
        "daily",
        "de_AT",
    ]
) | st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["type", "isPermaLink", "rel", "href", "url", "xml:lang", "lang", "own:type", "term", "own:x"]),
    st.sampled_from(
        ["html", "text", "text/html", "xhtml", "false", "true", "alternate", "self", "hub", "via", "uk", "", URL, "/x"]
    ),
    max_size=2,
)
LEAVES = st.sampled_from(
    "title link description guid pubDate author category comments source enclosure image language ttl summary content "
    "id updated published issued modified created name email uri rights subtitle generator managingEditor hour "
    "content:encoded dc:title dc:description dc:creator dc:date dc:language dc:subject dcterms:modified "
    "dcterms:issued media:title media:description media:thumbnail media:content media:credit itunes:author "
    "itunes:summary itunes:subtitle itunes:image feedburner:origLink sy:updatePeriod sy:updateFrequency "
    "slash:comments atom:link atom:updated own:title own:date date authors fullitem body".split()
)
OUTER = st.sampled_from("media:group media:content author contributor own:group image textInput skipHours".split())


@st.composite
def elements(draw: st.DrawFn, inside: bool = False) -> str:
    some = draw(ATTRIBUTES) if draw(st.integers(0, 3)) == 0 else {}
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in some.items())
    if not inside and draw(st.integers(0, 9)) == 0:
        name = draw(OUTER)
        return f"<{name}{attributes}>{''.join(draw(st.lists(elements(inside=True), max_size=3)))}</{name}>"
    name, text = draw(LEAVES), draw(TEXTS)
    style = draw(st.integers(0, 3))
    if style == 0 and "]]>" not in text:
        return f"<{name}{attributes}><![CDATA[{text}]]></{name}>"
    if style == 1:
        return f"<{name}{attributes}/>"
    return f"<{name}{attributes}>{escape(text)}{'<!-- note -->' if style == 2 else ''}</{name}>"


PARTS = st.lists(elements(), max_size=9).map("".join)


@settings(max_examples=250, deadline=None)
@given(st.sampled_from([rss, atom, rdf]), PARTS, st.lists(PARTS, max_size=3))
def test_generated_feeds_give_the_same_answer_both_ways(shape: type, head: str, items: list[str]) -> None:
    source = opened(shape(head, *items))
    answer = quick(source)
    if answer is not None:
        assert answer == told(tolerant.read(source), source)


WORDPRESS = rss(
    "<title>News &amp; views</title><atom:link href='https://news.example/feed/' rel='self'/>"
    "<atom:link rel='hub' href='https://hub.example/'/><link>https://news.example</link><description>d</description>"
    "<language>en-US</language><sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>"
    "<ttl>20</ttl><image><url>/i.png</url><title>Logo</title><link>https://news.example/logo</link></image>"
    "<site xmlns='com-wordpress:feed-additions:1'>123</site><skipHours><hour>0</hour><hour>24</hour><hour>5</hour>"
    "</skipHours><skipDays><day>Sunday</day><day>monday</day></skipDays>",
    "<title>Leaders &amp;#8217;meet</title><link>https://news.example/1?a=1&amp;b=2</link>"
    "<dc:creator><![CDATA[Ann Writer]]></dc:creator><pubDate>Mon, 23 Nov 2026 09:30:00 +0000</pubDate>"
    "<category><![CDATA[World]]></category><guid isPermaLink='false'>https://news.example/?p=1</guid>"
    "<description><![CDATA[<p>They <b>met</b>.</p>]]></description>"
    "<content:encoded><![CDATA[<p>Long <a href='/b'>text</a></p><svg xmlns='http://www.w3.org/2000/svg'/>]]>"
    "</content:encoded><slash:comments>5</slash:comments>"
    "<media:content url='https://news.example/i.jpg'><media:title>Picture</media:title></media:content>",
)
PODCAST = rss(
    "<title>Talks</title><itunes:author>Ann</itunes:author><itunes:owner><itunes:name>Bo</itunes:name>"
    "<itunes:email>bo@news.example</itunes:email></itunes:owner><itunes:summary>About talks</itunes:summary>",
    "<title>One</title><itunes:title>Other</itunes:title><description>&lt;p&gt;First&lt;/p&gt;</description>"
    "<itunes:summary>Second &amp;amp; longer than the first</itunes:summary><guid>https://news.example/1</guid>"
    "<enclosure url='https://news.example/1.mp3' length='1' type='audio/mpeg'/><itunes:author>Ann</itunes:author>",
)
VIDEOS = atom(
    "<id>yt:channel:1</id><title>Videos</title><link rel='self' href='https://news.example/feed'/>"
    "<link rel='alternate' href='https://news.example/'/><author><name>Ann</name><uri>https://news.example/</uri></author>",
    "<id>yt:video:1</id><title>One</title><link rel='alternate' href='https://news.example/1'/><author><name>Ann</name>"
    "</author><published>2026-11-23T09:30:00+00:00</published><updated>2026-11-23T10:30:00.5+00:00</updated>"
    "<media:group><media:title>Other</media:title><media:description>About one</media:description>"
    "<media:community><media:starRating count='5'/></media:community></media:group>",
)
JEKYLL = atom(
    "<title type='html'>Blog</title><link href='https://news.example/' rel='alternate' type='text/html' /><id>i</id>",
    *(
        f"<title type='html'>One</title><link href='/{n}' rel='alternate' title='One'/><id>https://news.example/{n}</id>"
        f"<content type='html' xml:base='https://news.example/{n}/'>&lt;a href='x'&gt;x&lt;/a&gt;</content>"
        "<author><name>Ann</name><email>ann@news.example</email></author><summary type='html'>S</summary>"
        for n in range(3)
    ),
)
RDF = rdf(
    "<title>News</title><link>https://news.example/</link><items><rdf:Seq><rdf:li resource='x'/></rdf:Seq></items>"
    "<dc:language>de</dc:language>",
    "<title>One</title><link>https://news.example/1</link><dc:date>2026-11-23T09:30:00+02:00</dc:date>"
    "<dc:creator>ann@news.example (Ann Writer)</dc:creator><description>Words</description>",
    "<title>Two</title>",
)


@pytest.mark.parametrize(
    "body", [WORDPRESS, PODCAST, VIDEOS, JEKYLL, RDF], ids=["rss", "podcast", "video", "atom", "rdf"]
)
def test_the_usual_kinds_of_feed_go_the_quick_way_and_say_what_feedparser_says(body: str) -> None:
    source = opened(body)
    answer = quick(source)
    assert answer is not None
    assert answer == told(tolerant.read(source), source)
    assert answer.entries[0].title in {"Leaders ’meet", "One"}


def test_what_the_feed_says_about_itself_is_read() -> None:
    feed = quick(opened(WORDPRESS))
    assert feed is not None
    assert (feed.title, feed.homepage, feed.language, feed.ttl) == (
        "News & views",
        "https://news.example",
        "en-us",
        1800,
    )
    assert (feed.hub, feed.topic) == ("https://hub.example/", "https://news.example/feed/")
    assert (feed.skip_hours, feed.skip_days) == ((0, 5), (0, 6))


@pytest.mark.parametrize(
    "body",
    [
        WORDPRESS[:-20],
        WORDPRESS.replace("&amp;b=2", "&b=2"),
        WORDPRESS.replace("<rss", "<!DOCTYPE rss><rss", 1),
        WORDPRESS.replace("<title>Leaders", "<title><b>x</b>Leaders"),
        WORDPRESS.replace("<rss ", "<rss xmlns:dc='http://purl.org/dc/terms/' ", 1).replace(DECLARED, "", 1),
        WORDPRESS.replace("<item>", "<item><x>" + "<y>" * 300 + "</y>" * 300 + "</x>", 1),
        WORDPRESS.replace("<item>", "<item " + " ".join(f"a{n}='1'" for n in range(200)) + ">", 1),
        VIDEOS.replace("<title>One", "<title type='xhtml'>One"),
        VIDEOS.replace("<title>One", "<author>ann@news.example (Ann)</author><title>One"),
        WORDPRESS.replace("<hour>24", "words<hour>24"),
        "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><title>Old</title></feed>",
        "<rss version='2.0'><channel><title>a</title></channel><channel/></rss>",
    ],
    ids=[
        "cut",
        "ampersand",
        "doctype",
        "markup",
        "prefix",
        "deep",
        "attributes",
        "xhtml",
        "person",
        "hours",
        "atom03",
        "channels",
    ],
)
def test_whatever_is_unusual_is_left_to_feedparser(body: str) -> None:
    assert quick(opened(body)) is None


def corpus(*folders: str) -> Iterator[tuple[str, bytes]]:
    for folder in folders:
        for path in sorted((SHARED / folder).rglob("*")):
            if path.suffix in {".xml", ".rdf", ".rss", ".atom", ".gz"} and path.is_file():
                raw = path.read_bytes()
                yield str(path), gzip.decompress(raw) if path.suffix == ".gz" else raw


def compared(*folders: str) -> tuple[int, int, list[str]]:
    """How many feeds there are, how many go the quick way, and those of them about which the parsers disagree."""
    feeds, quickly, differing = 0, 0, []
    for name, body in corpus(*folders):
        try:
            source = opened(body)
        except ParseError:
            continue
        if source.root in {"rss", "rdf", "feed"}:
            feeds += 1
            answer = quick(source)
            quickly += answer is not None
            if answer is not None and answer != told(tolerant.read(source), source):
                differing.append(name)
    return feeds, quickly, differing


@pytest.mark.shared
def test_nearly_all_real_feeds_go_the_quick_way_and_none_differs() -> None:
    if not SHARED.is_dir():
        pytest.skip(f"needs the feeds in {SHARED}")
    feeds, quickly, differing = compared("fastfeedparser", "outlets")
    assert differing == []
    assert quickly > 0.95 * feeds


@pytest.mark.shared
def test_no_test_feed_of_two_suites_gets_another_answer() -> None:
    if not SHARED.is_dir():
        pytest.skip(f"needs the feeds in {SHARED}")
    assert compared("feedparser", "feedvalidator")[2] == []

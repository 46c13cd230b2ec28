import contextlib
import json
import time
from datetime import UTC, datetime
from pathlib import Path

import nh3
import pytest
from feedparser.datetimes import _parse_date
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import text
from monitor.errors import ParseError
from monitor.records.feeds import Document, FeedEntry, ParsedFeed
from monitor.sources import parse
from monitor.sources.charset import decode, without_forbidden
from monitor.sources.dates import from_feed, from_struct, from_text
from monitor.sources.markup import clean_html, one_line, plain

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
URL = "https://news.example/feeds/rss.xml"


def document(body: bytes | str, **values: str) -> Document:
    raw = body.encode() if isinstance(body, str) else body
    return Document(key="k", url=URL, final_url=URL, status=200, body=raw, **values)  # type: ignore[arg-type]


def feed(body: bytes | str, **values: str) -> ParsedFeed:
    return parse(document(body, **values), now=NOW)


def rss(item: str, channel: str = "", prolog: str = "") -> str:
    spaces = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:atom="http://www.w3.org/2005/Atom"'
    )
    return (
        f'{prolog}<rss version="2.0" {spaces}><channel><title>News</title>{channel}<item>{item}</item></channel></rss>'
    )


def entry(item: str) -> FeedEntry:
    (only,) = feed(rss(item)).entries
    return only


RSS = rss(
    "<guid isPermaLink='false'>id-1</guid><title>Leaders &amp;amp; envoys</title><link>/a/1</link>"
    "<description>&lt;p&gt;They &lt;b&gt;met&lt;/b&gt;.&lt;script&gt;x()&lt;/script&gt;&lt;/p&gt;</description>"
    "<content:encoded><![CDATA[<p>Long <a href='/b'>text</a> <img src='i.png' onerror='x()'></p>]]></content:encoded>"
    "<pubDate>Mon, 23 Nov 2026 09:30:00 +0200</pubDate><dc:creator>Ann Writer</dc:creator>"
    "<source url='https://wire.example/rss'>The Wire</source>",
    "<link>https://news.example/</link><language>en-GB</language><ttl>30</ttl>"
    "<atom:link rel='hub' href='https://hub.example/'/>",
)
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>News</title><link href="https://news.example/"/>
<entry><id>id-1</id><title type="html">Leaders &amp;amp;amp; envoys</title><link href="/a/1"/>
<summary type="html">&lt;p&gt;They &lt;b&gt;met&lt;/b&gt;.&lt;script&gt;x()&lt;/script&gt;&lt;/p&gt;</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Long <a href="/b">text</a></p></div></content>
<published>2026-11-23T09:30:00+02:00</published><updated>2026-11-23T10:00:00Z</updated>
<author><name>Ann Writer</name></author></entry></feed>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "News", "home_page_url": "https://news.example/",
"language": "en", "items": [{"id": "id-1", "url": "/a/1", "title": "Leaders & envoys", "summary": "They met.",
"content_html": "<p>Long <a href='/b'>text</a></p>", "date_published": "2026-11-23T09:30:00+02:00",
"authors": [{"name": "Ann Writer"}]}]}"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>News</title><link>https://news.example/</link></channel>
<item rdf:about="id-1"><title>Leaders &amp; envoys</title><link>/a/1</link><dc:creator>Ann Writer</dc:creator>
<dc:date>2026-11-23T09:30:00+02:00</dc:date></item></rdf:RDF>"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://news.example/a/1</loc><news:news>
<news:publication><news:name>News</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2026-11-23T09:30:00+02:00</news:publication_date>
<news:title>Leaders &amp; envoys</news:title></news:news></url></urlset>"""


@pytest.mark.parametrize(
    ("body", "kind"), [(RSS, "rss20"), (ATOM, "atom10"), (JSON, "json11"), (RDF, "rss10"), (SITEMAP, "sitemap")]
)
def test_every_kind_of_feed_gives_the_same_entry(body: str, kind: str) -> None:
    parsed = feed(body)
    (only,) = parsed.entries
    assert (parsed.kind, parsed.title, parsed.encoding) == (kind, "News", "utf-8")
    assert only.title == "Leaders & envoys"
    assert only.url == "https://news.example/a/1"
    assert only.published == datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
    assert only.published_raw
    assert kind == "sitemap" or (only.guid, only.authors) == ("id-1", ("Ann Writer",))


def test_rss_gives_all_that_the_record_holds() -> None:
    parsed = feed(RSS)
    (only,) = parsed.entries
    assert (parsed.homepage, parsed.language, parsed.ttl, parsed.hub) == (
        "https://news.example/",
        "en-gb",
        1800.0,
        "https://hub.example/",
    )
    assert only.source == "The Wire"
    assert only.summary == "<p>They <b>met</b>.</p>"
    assert 'href="https://news.example/b"' in only.content
    assert 'src="https://news.example/feeds/i.png"' in only.content
    assert "onerror" not in only.content
    assert parsed.notes == ()


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Zelensky&amp;#8217;s plan", "Zelensky’s plan"),
        ("&lt;b&gt;Breaking&lt;/b&gt;: talks", "Breaking: talks"),
        ("&amp;lt;b&amp;gt;Breaking&amp;lt;/b&amp;gt;", "Breaking"),
        ("<![CDATA[Trump &amp; Putin]]>", "Trump & Putin"),
        ("R&amp;D: 3 &lt; 4 &gt; 2", "R&D: 3 < 4 > 2"),
        ("  two\n lines ", "two lines"),
        ("a<![CDATA[<br/>]]>b", "a b"),
        ("x<![CDATA[<script>alert(1)</script>]]>y", "xy"),
        ("&amp;#xD800;surrogate", "\ufffdsurrogate"),
        ("", ""),
    ],
)
def test_titles_are_one_line_of_plain_text(title: str, expected: str) -> None:
    assert entry(f"<title>{title}</title><link>/a</link>").title == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Mon, 23 Nov 2026 09:30:00 GMT", datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        ("23 Nov 2026 04:30 EST", datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        ("2026-11-23T12:30:00+03:00", datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        ("2026-11-23 09:30:00", datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        ("2026-11-23T15:00:00+0530", datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        ("Mon, 23 Nov 26 09:30 GMT", datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        ("Monday, 23 November 2026 09:30:00 UT", datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        ("Nov 23 2026 09:30:00 GMT", datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 04:30:00 Etc/GMT-05:00", datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        ("Mon Nov 23 09:30:00 2026", datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        ("20261123T09:30:00Z", datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        ("2026-W48-1", datetime(2026, 11, 23, tzinfo=UTC)),
        ("2026-11", datetime(2026, 11, 1, tzinfo=UTC)),
        ("1795426200", datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        ("yesterday", None),
        ("Fri, 31 Dec 9999 23:59:59 -0100", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("Mon, 01 Jan 0001 00:00:00 +0000", None),
        ("Sat, 31 Dec 2016 23:59:60 GMT", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2017-01-01T05:44:60+05:45", datetime(2017, 1, 1, tzinfo=UTC)),
        ("Sun, 30 Mar 2025 04:30:00 EEST", datetime(2025, 3, 30, 1, 30, tzinfo=UTC)),
        ("Sun, 30 Mar 2025 01:59:59 CET", datetime(2025, 3, 30, 0, 59, 59, tzinfo=UTC)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("9999-99-99", None),
    ],
)
def test_a_date_is_utc_or_nothing_and_what_was_written_is_kept(written: str, expected: datetime | None) -> None:
    found = entry(f"<title>a</title><pubDate>{written}</pubDate>")
    assert (found.published_raw, found.published) == (written, expected)


def test_an_unreadable_date_gives_way_to_a_readable_one() -> None:
    found = entry("<pubDate>yesterday</pubDate><dc:date>2026-11-23T09:30:00Z</dc:date>")
    assert found.published == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    assert found.published_raw == "2026-11-23T09:30:00Z"


@given(st.text(max_size=40) | st.datetimes().map(str) | st.integers().map(str))
def test_no_text_breaks_the_date_reader(raw: str) -> None:
    when = from_text(raw)
    assert when is None or (when.tzinfo is UTC and when.year >= 1990)


@given(
    st.integers(631_300_000, 7_258_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.sampled_from(["GMT", "UTC", "Z", "+0000", "-0500", "+0545", "+1400"]),
    st.sampled_from(["%a, %d %b %Y %H:%M:%S ", "%A, %d %b %Y %H:%M:%S ", "%d %b %Y %H:%M ", "%Y-%m-%dT%H:%M:%S"]),
)
def test_the_usual_dates_are_read_as_feedparser_reads_them(when: datetime, zone: str, form: str) -> None:
    if "T" in form:
        zone = f"{zone[:3]}:{zone[3:]}" if zone[0] in "+-" else "Z"
    raw = when.strftime(form) + zone
    assert from_feed(raw) == from_struct(_parse_date(raw))


def test_ids_stay_as_the_feed_wrote_them_even_when_they_look_like_links() -> None:
    found = entry("<guid>a/relative/one</guid><title>t</title>")
    assert found.guid == "a/relative/one"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "urn:uuid:1", "mailto:a@b.example", ""])
def test_a_link_that_leads_elsewhere_is_dropped(link: str) -> None:
    assert entry(f"<title>t</title><link>{link}</link>").url == ""


def test_content_location_is_the_base_only_on_the_same_host() -> None:
    item = rss("<title>t</title><link>1</link>")
    assert feed(item, content_location="/other/").entries[0].url == "https://news.example/other/1"
    assert feed(item, content_location="http://internal/x/").entries[0].url == "https://news.example/feeds/1"


def test_without_any_base_a_relative_link_stays_relative() -> None:
    local = Document(
        key="k", url="a/file.xml", final_url="a/file.xml", status=200, body=rss("<link>/1</link>").encode()
    )
    assert parse(local, now=NOW).entries[0].url == "/1"


def test_the_feed_doctor_is_told_what_is_wrong() -> None:
    item = "<guid>same</guid><title>t</title><pubDate>Mon, 23 Nov 2099 09:30:00 GMT</pubDate>"
    notes = " ".join(feed(rss(item + "</item><item>" + item)).notes)
    assert "1 entries repeat the id" in notes
    assert "2 entries are dated in the future" in notes
    assert "2 entries have no link" in notes


def test_a_broken_feed_is_read_as_far_as_it_goes() -> None:
    parsed = feed(rss("<title>a & b</title><link>/1</link>")[:-20])
    assert parsed.entries[0].title == "a & b"
    assert any("not well-formed" in note for note in parsed.notes)


@pytest.mark.parametrize("before", ["\n\n  ", "\ufeff", "<br />\n<b>Warning</b>: no index in /x.php on line 1<br />\n"])
def test_what_stands_before_the_feed_is_skipped(before: str) -> None:
    assert len(feed(before + '<?xml version="1.0"?>' + RSS).entries) == 1


def test_nul_bytes_do_not_end_the_feed() -> None:
    parsed = feed(rss("<title>a\x00b</title><link>/1</link>"))
    assert parsed.entries[0].title == "ab"
    assert any("control characters" in note for note in parsed.notes)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("<a>" * 20_000 + "</a>" * 20_000, "nested 2000"),
        ("<item " + " ".join(f'b{number}="1"' for number in range(5_000)) + "/>", "attributes"),
        ("<item " * 60_000, "never end"),
    ],
)
def test_what_would_keep_feedparser_busy_for_minutes_is_refused_at_once(body: str, says: str) -> None:
    # kurtmckee/feedparser#263 and its like: the time grows with the square of the size.
    with pytest.raises(ParseError, match=says):
        feed(f"<rss version='2.0'><channel>{body}</channel></rss>")


def test_texts_and_entries_are_cut_at_their_limits() -> None:
    big = entry(f"<title>{'t ' * 5_000_000}</title><description>{'&lt;b&gt;s ' * 90_000}</description>")
    assert len(big.title) <= 2_000
    assert 1_000 < len(big.summary) <= 20_000
    many = feed(rss("<title>t</title>" + "</item><item><title>t</title>" * 2_100))
    assert len(many.entries) == 2_000
    assert any("2101 entries" in note for note in many.notes)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "PNG"),
        (bytes(range(256)) * 10, "binary"),
        (b"<!doctype html><html><head><title>Hello</title></head><body>x</body></html>", 'web page titled "Hello"'),
        (b'{"items": [], "status": "ok"}', "JSON of another kind"),
        (b'{"version": "https://jsonfeed.org/version/1"', "broken JSON"),
        (b"[" * 100_000, "broken JSON"),
        (b"[1, 2]", "JSON list"),
        (b"just some words", "text without"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"<opml version='2.0'><head/><body/></opml>", "OPML"),
        (b"<Error><Code>AccessDenied</Code></Error>", "error report"),
        (b"<sitemapindex><sitemap><loc>https://a.example/</loc></sitemap></sitemapindex>", "index of sitemaps"),
        (b"<urlset><url><loc>https://a.example/</loc></url></urlset>", "without news"),
    ],
)
def test_what_is_no_feed_is_called_by_its_name(body: bytes, says: str) -> None:
    with pytest.raises(ParseError) as caught:
        feed(body)
    assert says in str(caught.value)
    assert URL in str(caught.value)


def test_an_empty_feed_is_a_feed() -> None:
    assert feed("<rss version='2.0'><channel><title>Quiet</title></channel></rss>").entries == ()


BOMB = (
    '<!DOCTYPE r [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY % y SYSTEM "http://127.0.0.1:1/">]>'


@pytest.mark.parametrize(("prolog", "name"), [(BOMB, "c"), (OUTSIDE, "x")])
def test_entities_do_not_expand_into_bombs_or_files(prolog: str, name: str) -> None:
    host = Path("/etc/hostname").read_text().strip() if Path("/etc/hostname").exists() else "unknown"
    parsed = feed(rss(f"<title>x&{name};y</title><description>&{name};</description>", prolog=prolog))
    (only,) = parsed.entries
    assert "lollol" not in only.title + only.summary
    assert host not in only.title + only.summary
    sitemap = SITEMAP.replace("Leaders", f"&{name};")
    assert "lollol" not in feed(prolog.replace(" r ", " urlset ") + sitemap).entries[0].title


TEMPLATES = [RSS, ATOM, JSON, RDF, SITEMAP, rss("<title>t</title>", prolog=BOMB)]
PIECES = [
    "<",
    ">",
    "&",
    "]]>",
    "<![CDATA[",
    "\x00",
    '"',
    "<item>",
    "</channel>",
    "<?xml",
    "&#x0;",
    "é",
    "{",
    "}",
    "null",
    "[]",
]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(TEMPLATES),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), st.sampled_from(PIECES) | st.text(max_size=4)), max_size=5),
    st.sampled_from(["utf-8", "utf-16", "windows-1251"]),
)
def test_only_a_parse_error_escapes_from_mangled_feeds(
    template: str, edits: list[tuple[float, int, str]], encoding: str
) -> None:
    for place, cut, piece in edits:
        start = int(place * len(template))
        template = template[:start] + piece + template[start + cut :]
    try:
        parsed = feed(template.encode(encoding, "replace"))
    except ParseError:
        return
    for found in parsed.entries:
        (found.title + found.summary + found.content + found.guid + found.url).encode()
        assert "\n" not in found.title
        assert "<script" not in (found.summary + found.content).lower()


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=400)
    | st.recursive(st.none() | st.text(), lambda inner: st.lists(inner)).map(repr).map(str.encode)
)
def test_only_a_parse_error_escapes_from_any_bytes(body: bytes) -> None:
    with contextlib.suppress(ParseError):
        assert feed(body).kind


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "url", "id"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["title", "items", "hubs", "language", "home_page_url", "feed_url"]), json_values),
    st.dictionaries(
        st.sampled_from(["id", "url", "title", "summary", "content_html", "content_text", "date_published", "authors"]),
        json_values,
    ),
)
def test_a_json_feed_with_values_of_any_type_is_read(outer: dict[str, object], item: dict[str, object]) -> None:
    parsed = feed(json.dumps({"items": [item], **outer, "version": "https://jsonfeed.org/version/1"}))
    assert all(isinstance(found.guid, str) for found in parsed.entries)


@given(st.text(max_size=40))
def test_the_quick_look_at_a_line_finds_what_the_slow_one_does(value: str) -> None:
    assert one_line(value) == text.one_line(without_forbidden(value))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=60))
def test_words_without_markup_are_spared_the_sanitiser_and_come_out_the_same(value: str) -> None:
    value = without_forbidden(value)
    # A text of nothing but spaces, no-break ones among them, is none.
    wanted = nh3.clean(value).strip() if value.strip() else ""
    assert clean_html(value, kind="text/html", base=URL, limit=1000) == wanted


@given(st.text(max_size=200))
def test_plain_text_is_one_line_and_within_its_limit(value: str) -> None:
    assert "\n" not in plain(value)
    assert len(plain(value, 20)) <= 20
    plain(value).encode()


@given(st.text(max_size=300), st.sampled_from(["text/html", "text/plain", ""]), st.sampled_from(["", URL]))
def test_cleaned_html_is_safe_and_within_its_limit(value: str, kind: str, base: str) -> None:
    cleaned = clean_html(value, kind=kind, base=base, limit=100)
    assert len(cleaned) <= 100
    assert "<script" not in cleaned.lower()


RUSSIAN = "Зеленский встретился с представителями союзников, сообщили в четверг. Переговоры продолжатся в Стамбуле"
UKRAINIAN = "Зеленський обговорив із президентом Туреччини підготовку зустрічі; Єрмак повідомив про її дату"
# extractus/feed-extractor#123, commafeed#681: Cyrillic feeds that other readers show as question marks or noise.
CASES = [
    ("windows-1251", "windows-1251", ""),
    ("windows-1251", "", ""),
    ("windows-1251", "iso-8859-1", ""),
    ("windows-1251", "utf-8", "utf-8"),
    ("windows-1251", "koi8-r", ""),
    ("windows-1251", "", "koi8-r"),
    ("koi8-u", "koi8-r", ""),
    ("koi8-u", "windows-1251", ""),
    ("koi8-u", "", ""),
    ("utf-8", "windows-1251", "windows-1251"),
    ("utf-8", "", "iso-8859-1"),
    ("utf-8-sig", "windows-1251", ""),
    ("utf-16", "utf-16", ""),
    ("utf-16", "utf-8", ""),
    ("utf-16-le", "utf-16", ""),
    ("utf-32", "", ""),
]


@pytest.mark.parametrize("words", [RUSSIAN, UKRAINIAN])
@pytest.mark.parametrize(("real", "xml", "http"), CASES)
def test_cyrillic_is_read_whatever_is_declared(words: str, real: str, xml: str, http: str) -> None:
    prolog = f'<?xml version="1.0" encoding="{xml}"?>' if xml else '<?xml version="1.0"?>'
    body = rss(f"<title>{words}</title><link>/1</link>", prolog=prolog).encode(real)
    parsed = feed(body, content_type="application/rss+xml" + (f"; charset={http}" if http else ""))
    assert parsed.entries[0].title == words


@pytest.mark.parametrize(
    ("words", "real", "declared", "name"),
    [
        ("Le président a été reçu à l’Élysée", "windows-1252", "iso-8859-1", "iso-8859-1"),
        ("Le président a été reçu à l’Élysée", "windows-1252", "utf-8", "windows-1252"),
        ("Café", "iso-8859-1", "", "windows-1252"),
        ("Żółte źdźbła wręczą w Łodzi", "iso-8859-2", "iso-8859-2", "iso-8859-2"),
        ("中国外交部发言人表示", "gb18030", "gb2312", "gb2312"),
        ("日本の首相は会談した", "shift_jis", "shift_jis", "shift_jis"),
        ("plain words", "ascii", "iso-8859-1", "iso-8859-1"),
        ("plain words", "ascii", "utf-16", "utf-8"),
        ("plain words", "ascii", "nonsense", "utf-8"),
        ("日本の首相は会談した", "iso-2022-jp", "iso-2022-jp", "iso-2022-jp"),
        ("Переговоры", "utf-7", "utf-7", "utf-7"),
    ],
)
def test_other_scripts_keep_their_declared_encoding_when_it_reads_well(
    words: str, real: str, declared: str, name: str
) -> None:
    prolog = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    parsed = feed(rss(f"<title>{words}</title>", prolog=prolog).encode(real))
    assert (parsed.entries[0].title, parsed.encoding) == (words, name)


def test_a_few_broken_bytes_do_not_turn_utf8_into_something_else() -> None:
    body = rss(f"<title>{RUSSIAN}</title>").encode() + b"\x93"
    parsed = feed(body)
    assert (parsed.encoding, parsed.entries[0].title) == ("utf-8", RUSSIAN)
    assert any("not valid UTF-8" in note for note in parsed.notes)


@given(st.binary(max_size=200), st.text(max_size=30))
def test_decoding_never_fails_and_gives_text_that_can_be_stored(body: bytes, content_type: str) -> None:
    found = decode(body, content_type)
    found.text.encode()
    assert "\x00" not in found.text


def test_namespaces_without_number_are_refused_quickly() -> None:
    begun = time.process_time()
    many = " ".join(f"xmlns:a{number}='u'" for number in range(100_000))
    for root in ("rss", "urlset"):
        with pytest.raises(ParseError, match="more than 20000 namespaces"):
            feed(f"<{root} {many}></{root}>")
    assert time.process_time() - begun < 2.0


def test_a_page_of_open_titles_is_told_quickly() -> None:
    begun = time.process_time()
    with pytest.raises(ParseError, match='a web page titled "x", not a feed'):
        feed("<html><title>x" + "<title>" * 200_000)
    assert time.process_time() - begun < 2.0


def test_a_long_word_in_no_charset_takes_no_time() -> None:
    begun = time.process_time()
    decode(b"<rss>\xff " + b"a" * 400_000)
    assert time.process_time() - begun < 2.0

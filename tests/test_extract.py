"""The extract room: pages and feed entries in, article text and kind out."""

import gzip
import json
import os
import re
import time
from collections import Counter
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.errors import ExtractError
from monitor.extract.charset import decode
from monitor.extract.dates import date_in_path, read_date
from monitor.extract.feedtext import fragment_text, from_feed
from monitor.extract.language import language_of
from monitor.extract.pages import extract
from monitor.records.articles import Entry, EntryState, Page, PageKind
from monitor.records.feeds import Document

SHARED = Path(os.environ.get("MONITOR_SHARED_DATA", "../shared/data"))
URL = "https://news.example/world/2026/08/17/envoys-meet"
SENTENCES = (
    "Envoys of the three governments met in Geneva on Monday to prepare a second round of talks.",
    "The delegations spoke for four hours about prisoners, grain and the line of contact, officials said.",
    "A spokesman told reporters that no date had been set for a meeting of the presidents.",
    "Allies of Kyiv asked for air defence missiles before the winter, and two promised an answer within days.",
    "Moscow said that deliveries of longer range weapons would change nothing at the table.",
)
STORY = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
LATER = "".join(f"<p>Later that week, as before: {sentence}</p>" for sentence in SENTENCES)
NEWS = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Envoys meet in Geneva",
    "datePublished": "2026-08-17T12:30:00+03:00",
    "author": [{"@type": "Person", "name": "Ada Reporter"}, {"@type": "Person", "name": "Ben Writer-Smith"}],
}


def html(body: str, *, title: str = "Envoys meet in Geneva", head: str = "", ld: object = None) -> bytes:
    stated = f'<script type="application/ld+json">{json.dumps(ld)}</script>' if ld else ""
    return f"<!doctype html><html><head><title>{title}</title>{head}{stated}</head><body>{body}</body></html>".encode()


def page_of(body: bytes, *, url: str = URL, content_type: str = "", status: int = 200) -> Page:
    return extract(
        Document(key="k", url=url, final_url=url, status=status, body=body, content_type=content_type),
    )


def entry(**fields: str) -> Entry:
    return Entry(
        id=1,
        feed_id=1,
        guid="g",
        url=URL,
        title=fields.get("title", "Envoys meet"),
        summary=fields.get("summary", ""),
        content=fields.get("content", ""),
        published_raw="",
        published=None,
        first_seen=datetime(2026, 8, 17, tzinfo=UTC),
        state=EntryState.NEW,
    )


def test_an_article_comes_with_title_time_authors_language_and_address() -> None:
    head = '<link rel="canonical" href="/world/envoys-meet"><meta property="og:site_name" content="News Example">'
    page = page_of(
        html(f"<nav><a href='/'>Home</a></nav><article><h1>Envoys</h1>{STORY}</article>", head=head, ld=NEWS)
    )
    assert page.kind is PageKind.ARTICLE
    assert page.reason == ""
    assert all(sentence in page.text for sentence in SENTENCES)
    assert "Home" not in page.text
    assert page.title == "Envoys meet in Geneva"
    assert page.published == datetime(2026, 8, 17, 9, 30, tzinfo=UTC)
    assert page.authors == ("Ada Reporter", "Ben Writer-Smith")
    assert page.language == "en"
    assert page.url == "https://news.example/world/envoys-meet"


def test_the_title_is_not_repeated_as_the_first_line_of_the_text() -> None:
    page = page_of(html(f"<article><h1>Envoys meet in Geneva</h1>{STORY}</article>"))
    assert page.text.startswith(SENTENCES[0])


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ('<meta property="og:title" content="Talks end &amp; begin | News Example">', "Talks end & begin"),
        ('<meta property="og:title" content="A deal - or not?">', "A deal - or not?"),
        ('<meta name="twitter:title" content="Talks end">', "Talks end"),
        ("", "Envoys meet in Geneva"),
    ],
)
def test_the_site_name_is_taken_off_the_title_and_nothing_else(head: str, title: str) -> None:
    assert page_of(html(f"<article>{STORY}</article>", head=head)).title == title


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2026-08-17T09:30:00Z">',
        '<meta name="pubdate" content="Mon, 17 Aug 2026 09:30:00 GMT">',
        '<meta name="date" content="August 17, 2026, 05:30 AM EDT">',
        '<script type="application/ld+json">{"broken", "datePublished": "2026-08-17T09:30Z"}</script>',
    ],
)
def test_published_is_read_from_what_pages_state(head: str) -> None:
    assert page_of(html(f"<article>{STORY}</article>", head=head)).published == datetime(2026, 8, 17, 9, 30, tzinfo=UTC)


def test_published_falls_back_to_the_address_and_else_is_none() -> None:
    body = html(f"<article>{STORY}</article>")
    assert page_of(body).published == datetime(2026, 8, 17, tzinfo=UTC)
    assert page_of(body, url="https://news.example/envoys").published is None


@given(st.text(max_size=60))
@example("99999999999999")
@example("0001-01-01T00:00:00")
@example("2026-02-30")
def test_any_date_text_gives_aware_utc_or_none(text: str) -> None:
    for found in (read_date(text), date_in_path(f"/{text}")):
        assert found is None or found.utcoffset() is not None
        assert found is None or 1989 <= found.year <= 2101


@given(st.integers(min_value=662_688_000, max_value=4_070_908_800), st.timezones())
def test_iso_times_come_back_as_the_same_instant(seconds: int, zone: tzinfo) -> None:
    moment = datetime.fromtimestamp(seconds, zone)
    assert read_date(moment.isoformat()) == datetime.fromisoformat(moment.isoformat())


RUSSIAN = "Представители трёх правительств встретились в Женеве, чтобы подготовить второй раунд переговоров. " * 4


@pytest.mark.parametrize(
    ("head", "charset", "content_type"),
    [
        ('<meta charset="windows-1251">', "windows-1251", "text/html"),
        ("", "windows-1251", "text/html; charset=windows-1251"),
        ('<meta charset="windows-1251">', "windows-1251", "text/html; charset=ISO-8859-1"),
        ("", "windows-1251", "text/html; charset=ISO-8859-1"),
        ("", "koi8-r", "text/html; charset=koi8-r"),
        ('<meta charset="windows-1251">', "utf-8", "text/html; charset=windows-1251"),
        ("", "utf-8-sig", ""),
        ("", "utf-16", ""),
        ("", "utf-8", ""),
    ],
)
def test_cyrillic_pages_are_read_right_whatever_is_said_of_them(head: str, charset: str, content_type: str) -> None:
    body = html(f"<article><p>{RUSSIAN}</p></article>", title="Переговоры", head=head).decode().encode(charset)
    page = page_of(body, content_type=content_type)
    assert page.text == RUSSIAN.strip()
    assert page.language == "ru"


def test_western_text_under_a_western_name_is_read_with_the_windows_page() -> None:
    text = "Le président a dit « déjà » devant les délégués réunis à Genève – pour 10 €"
    assert decode(text.encode("cp1252"), "text/html; charset=iso-8859-1") == text


def test_one_stray_byte_does_not_change_the_encoding_of_a_page() -> None:
    body = RUSSIAN.encode() + b"\xff"
    assert decode(body, "text/html; charset=utf-8") == RUSSIAN + "\ufffd"


@given(st.binary(max_size=300), st.text(max_size=40))
def test_decoding_never_fails(body: bytes, content_type: str) -> None:
    assert isinstance(decode(body, content_type), str)


WALLS = {
    "bot check": html("<h1>news.example</h1><p>Checking your browser before you go on.</p>", title="Just a moment..."),
    "bot check by its text": html(
        "<noscript>Please enable JavaScript and cookies to continue</noscript>", title="News"
    ),
    "human check": html("<p>Verify you are human by completing the action below.</p>", title="news.example"),
    "status page": html("<h1>Oops</h1><p>Try the search.</p>", title="404 Not Found"),
    "status page by its text": html("<p>Sorry, the page you requested could not be found.</p>", title="News Example"),
    "consent page": html(
        "<p>We value your privacy.</p><p>We and our 842 partners store and process data on your device.</p>"
        "<p>You can accept all cookies or manage your consent.</p><button>Accept all</button>",
        title="News Example",
    ),
    "consent page by its title": html(
        "<p>We use cookies.</p>" + "<p>Pick one of the ways.</p>", title="Cookie settings"
    ),
    "log-in page": html(
        '<form><input name="u"><input type="password"></form><p>Welcome back.</p>', title="News Example"
    ),
    "paywall": html(
        f"<article><p>{SENTENCES[0]}</p><p>Subscribe to continue reading.</p></article>",
        ld=NEWS | {"isAccessibleForFree": False},
    ),
}


@pytest.mark.parametrize("name", WALLS)
def test_walls_are_told_from_articles_and_named(name: str) -> None:
    page = page_of(WALLS[name])
    assert page.kind is PageKind.WALL
    assert page.reason.startswith(("bot check", "status page", "consent page", "log-in page", "paywall"))


def test_an_error_status_is_a_wall_whatever_the_text() -> None:
    page = page_of(html(f"<article>{STORY}</article>", ld=NEWS), status=503)
    assert page.kind is PageKind.WALL
    assert "503" in page.reason


def test_an_address_of_a_consent_host_is_a_wall() -> None:
    assert page_of(html(f"<div>{STORY}</div>"), url="https://consent.news.example/v2/collect").kind is PageKind.WALL


@pytest.mark.parametrize(
    "body",
    [
        html(f"<article>{STORY}<p>Cookie banners ask for consent; two vendors were fined.</p></article>", ld=NEWS),
        html(f"<article>{STORY}<p>Please verify you are human, the site said.</p></article>", title="Access denied?"),
        html(f"<article>{STORY}{LATER}<p>Subscribe to continue reading our best work.</p></article>"),
        html("<article><p>Putin and Trump will speak by telephone on Tuesday, the Kremlin said on Monday.</p></article>"
             "<div class='banner'>We use cookies. Accept all.</div>", ld=NEWS),
        html(f"<article>{STORY}</article><div><p>We use cookies; our partners process your data.</p></div>"),
    ],
)  # fmt: skip
def test_articles_that_speak_of_walls_or_stand_beside_one_stay_articles(body: bytes) -> None:
    page = page_of(body)
    assert (page.kind, page.reason) == (PageKind.ARTICLE, "")


def updates(count: int) -> str:
    return "".join(
        f"<div><time datetime='2026-08-17T{hour:02}:00Z'>{hour}:00</time><h3>Hour {hour}</h3>{STORY}</div>"
        for hour in range(count)
    )


def test_a_live_blog_is_known_by_its_type_and_gives_the_text_of_its_updates() -> None:
    stated = [{"@type": "BlogPosting", "headline": f"At {hour}", "articleBody": SENTENCES[hour]} for hour in range(5)]
    page = page_of(html("<div id='app'></div>", ld={"@type": "LiveBlogPosting", "liveBlogUpdate": stated}))
    assert page.kind is PageKind.LIVE_BLOG
    assert page.reason.startswith("live blog")
    assert all(f"At {hour}\n{SENTENCES[hour]}" in page.text for hour in range(5))


def test_a_live_blog_without_a_type_needs_two_signs() -> None:
    body = html(f"<main class='live-blog'>{updates(8)}</main>", title="Talks: live updates")
    assert page_of(body).kind is PageKind.LIVE_BLOG
    assert page_of(html(f"<article>{STORY}</article>", title="What the live updates left out")).kind is PageKind.ARTICLE


INDEX = "".join(
    f"<div><h3><a href='/a{number}'>Headline number {number} about the talks in Geneva</a></h3>"
    f"<p>Teaser number {number} says in one line what happened there on Monday.</p></div>"
    for number in range(12)
)
NO_ARTICLES = {
    "front page": (html(f"<div>{STORY}</div>"), "https://news.example/"),
    "list of links": (html(f"<main>{INDEX}</main>"), "https://news.example/world"),
    "section or search page": (html(f"<main>{INDEX}</main>"), "https://news.example/search?q=talks"),
    "section page": (html(f"<main>{INDEX}</main>", ld={"@type": "CollectionPage"}), "https://news.example/x"),
    "video page": (html("<video></video><p>Watch the delegations arrive, in two minutes.</p>" + STORY[:300]),
                   "https://news.example/video/1"),
    "photo gallery": (html("<p>Nine pictures of the week.</p>" + STORY[:400]), "https://news.example/gallery/1"),
    "very short text": (html("<p>Read on.</p>"), URL),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_ARTICLES)
def test_pages_that_are_no_article_are_named(name: str) -> None:
    body, url = NO_ARTICLES[name]
    page = page_of(body, url=url)
    assert page.kind is PageKind.NOT_AN_ARTICLE
    assert page.reason.startswith(name)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "PNG"),
        (bytes(range(256)) * 20, "binary"),
        (b'{"a": [1, 2]}', "JSON"),
        (b"<?xml version='1.0'?><rss version='2.0'><channel/></rss>", "feed"),
        (b"just words", "plain text"),
        (b"<!-- <p> -->", "HTML"),
    ],
)
def test_bytes_that_are_no_page_are_an_error_that_says_what_and_which(body: bytes, said: str) -> None:
    with pytest.raises(ExtractError, match=said) as caught:
        page_of(body)
    assert URL in str(caught.value)


SCRAPS = [
    *"<p> </p> <div> <article> </ <script> <!-- --> &#55296; <br> <title> <ul><li> ]]> <b><i> <h1> <table><td>".split(),
    "<div class='",
    "'>",
    "<a href=x>",
    "<time datetime=x>",
    "\0",
    "\ufffe",
    "\U0001f600",
    "text of talks. ",
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"\\ud800"}</script>',
]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(SCRAPS), max_size=60))
def test_only_extract_error_escapes_and_texts_can_be_written_down(pieces: list[str]) -> None:
    try:
        page = page_of(f"<html><body>{''.join(pieces)}".encode("utf-8", "replace"))
    except ExtractError:
        return
    f"{page.title}{page.text}{page.authors}".encode()
    assert "\0" not in page.text


BOMBS = {
    "nested divs": b"<div>" * 100_000 + STORY.encode(),
    "attributes": b"<p " + b" ".join(b"a%d=1" % number for number in range(300_000)) + b">" + STORY.encode(),
    "spans in one paragraph": b"<p>" + b"<span>word</span> " * 200_000,
    "paragraphs": b"<article>" + b"<p>some more words are said here " * 100_000,
    "declarations": b"<?xml ?>" * 500_000 + b"<p>",
    "JSON-LD": b"<script type='application/ld+json'>" + b"[" * 400_000 + b"</script><p>" + STORY.encode(),
}


@pytest.mark.parametrize("name", BOMBS)
def test_hostile_pages_take_bounded_time(name: str) -> None:
    started = time.process_time()
    try:
        page = page_of(b"<html><body>" + BOMBS[name])
    except ExtractError:
        page = None
    assert time.process_time() - started < 8
    assert page is None or len(page.text) <= 300_000


def test_a_canonical_link_to_another_site_or_to_the_front_page_is_not_believed() -> None:
    for link in ("https://other.example/a", "/", "javascript:void(0)"):
        head = f'<link rel="canonical" href="{link}">'
        assert page_of(html(f"<article>{STORY}</article>", head=head)).url == URL


def test_a_feed_entry_gives_its_content_before_its_summary() -> None:
    page = from_feed(entry(content=f"<div>{STORY}</div>", summary="Short."))
    assert page.text == "\n".join(SENTENCES)
    assert (page.kind, page.reason, page.language) == (PageKind.ARTICLE, "feed content", "en")
    assert from_feed(entry(summary="Short.")).reason == "feed summary"
    assert from_feed(entry(content="Cut…", summary=STORY)).reason == "feed summary"
    assert from_feed(entry()).text == ""


def test_feed_text_loses_markup_and_what_feed_software_hangs_on() -> None:
    summary = (
        "<p>Talks &amp; missiles<br>go on.</p><script>x()</script>"
        '<p>The post <a href="x">Talks</a> appeared first on <a href="y">News Example</a>.</p>'
    )
    assert fragment_text(summary) == "Talks & missiles\ngo on."
    assert fragment_text("Envoys met in Geneva. [&#8230;] Read more") == "Envoys met in Geneva."
    assert fragment_text("5 < 6 and no markup") == "5 < 6 and no markup"


@given(st.text(max_size=200))
def test_feed_text_never_fails(fragment: str) -> None:
    assert "\0" not in fragment_text(fragment)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Zelensky to Meet With Trump at Mar-a-Lago", "en"),
        ("US announces $2.1 billion package for Ukraine", "en"),
        ("Зеленський зустрівся з Трампом у Вашингтоні", "uk"),
        ("Росія атакувала Київ дронами та ракетами", "uk"),
        ("Переговоры в Стамбуле завершились без результата", "ru"),
        ("Зеленский встретился с представителями союзников", "ru"),
        ("Путін", "uk"),
        ("Ракети ATACMS для України", "uk"),
        ("Саміт у Женеві", "uk"),
        ("Визит посла в Вашингтон", "ru"),
        ("Выборы и объезд", "ru"),
        ("Путин", None),
        ("В Кремле ответили Трампу", None),
        ("Прэзідэнт сустрэўся з паслом", "be"),
        ("Правителството подаде оставка", None),
        ("Der Bundeskanzler sagte am Montag, dass die Gespräche fortgesetzt werden", "de"),
        ("中国外交部发言人周五表示", "zh"),
        ("Putin", None),
        ("Trump, Putin, Zelensky", None),
        ("2026 10:30 --- !!!", None),
        ("", None),
    ],
)
def test_languages_are_told_and_names_alone_are_not(text: str, language: str | None) -> None:
    assert language_of(text) == language


def shared(path: str) -> Path:
    if not (SHARED / path).exists():
        pytest.skip(f"{SHARED / path} is missing: this extra test needs the development data beside the checkout")
    return SHARED / path


@pytest.mark.shared
def test_english_headlines_are_not_called_another_language() -> None:
    lines = shared("articles/train.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    texts = [row["title"] for row in rows] + [f"{row['title']}\n{row['text'][:400]}" for row in rows]
    wrong = [text for text in texts if language_of(text) not in {"en", None}]
    assert len(wrong) < 0.005 * len(texts)


def f1(text: str, truth: str) -> float:
    def shingles(words: list[str]) -> Counter[tuple[str, ...]]:
        return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)))

    got, true = shingles(re.findall(r"\w+", text)), shingles(re.findall(r"\w+", truth))
    return 2 * (got & true).total() / (got.total() + true.total())


@pytest.mark.shared
@pytest.mark.slow
def test_real_pages_reach_the_published_quality_and_are_called_articles() -> None:
    folder = shared("pages/article_extraction")
    truths = json.loads((folder / "ground-truth.json").read_text("utf-8"))
    scores, kinds = [], Counter[PageKind]()
    for name, truth in truths.items():
        page = page_of(gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes()), url=truth["url"])
        scores.append(f1(page.text, truth["articleBody"]))
        kinds[page.kind] += 1
    assert sum(scores) / len(scores) >= 0.955
    assert len(scores) - kinds[PageKind.ARTICLE] <= 2

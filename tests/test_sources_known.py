"""Entries that are known by their hash, ids that repeat, and when a publisher wants no visit."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.records.feeds import Document, ParsedFeed
from monitor.sources import parse, skips

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
URL = "https://news.example/feeds/rss.xml"
SPACES = 'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:thr="http://purl.org/syndication/thread/1.0"'


def feed(body: str | bytes, known: tuple[str, ...] = ()) -> ParsedFeed:
    raw = body.encode() if isinstance(body, str) else body
    return parse(Document(key="", url=URL, final_url=URL, status=200, body=raw), now=NOW, known=known)


def item(number: int, more: str = "") -> str:
    link = f"https://news.example/{number}"
    return f"<item><guid>{link}</guid><title>Talks {number}</title><link>{link}</link>{more}</item>"


def rss(*items: str, channel: str = "") -> str:
    return f"<rss version='2.0' {SPACES}><channel><title>News</title>{channel}{''.join(items)}</channel></rss>"


def broken(body: str) -> str:
    """The same feed with an ampersand that only feedparser forgives."""
    return body.replace("<title>News", "<title>News & views")


def rdf(*items: str) -> str:
    links = "".join(re.findall(r"<link>.*?</link>", "".join(items)))
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        f"{SPACES}><channel><title>News</title><items>{links.replace('link', 'x')}</items></channel>"
        f"{''.join(items)}</rdf:RDF>"
    )


def atom(*items: str) -> str:
    entries = "".join(items).replace("item>", "entry>").replace("guid>", "id>")
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {SPACES}><title>News</title>{entries}</feed>'


def prefixed(*items: str) -> str:
    """Atom with a prefix on every element: its text does not show where entries end in the usual way."""
    body = re.sub(r"<(/?)(\w+)>", r"<\1a:\2>", atom(*items))
    return body.replace("<feed xmlns=", "<a:feed xmlns:a=").replace("</feed>", "</a:feed>")


def jsonfeed(*items: str) -> str:
    rows = [{"id": words, "url": words.split("<guid>")[1].split("<")[0], "title": words} for words in items]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": rows})


def sitemap(*items: str) -> str:
    news = "".join(
        f"<url><loc>{words.split('<guid>')[1].split('<')[0]}</loc><n:news><n:title>x{len(words)}</n:title></n:news></url>"
        for words in items
    )
    space = "http://www.google.com/schemas/sitemap-news/0.9"
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="{space}">{news}</urlset>'


SHAPES = [rss, lambda *items: broken(rss(*items)), rdf, atom, prefixed, jsonfeed, sitemap]
NAMES = ["rss", "broken", "rdf", "atom", "prefixed", "json", "sitemap"]


@pytest.mark.parametrize("shape", SHAPES, ids=NAMES)
def test_only_what_is_new_comes_back_and_every_hash_stays_as_it_was(shape: type) -> None:
    before = feed(shape(item(2), item(1)))
    assert [entry.hash for entry in before.entries] == list(before.hashes)
    assert all(re.fullmatch("[0-9a-f]{16}", name) for name in before.hashes)
    assert len(set(before.hashes)) == 2
    after = feed(shape(item(3), item(2), item(1)), known=before.hashes)
    assert after.hashes[1:] == before.hashes
    assert [entry.url for entry in after.entries] == ["https://news.example/3"]
    assert after.entries[0].hash == after.hashes[0]
    assert feed(shape(item(2), item(1)), known=before.hashes).entries == ()


@pytest.mark.parametrize("shape", SHAPES, ids=NAMES)
def test_an_entry_whose_words_changed_is_new_again(shape: type) -> None:
    before = feed(shape(item(2), item(1)))
    after = feed(shape(item(2), item(1, "<description>Words</description>")), known=before.hashes)
    assert [entry.url for entry in after.entries] == ["https://news.example/1"]


@pytest.mark.parametrize("shape", SHAPES[:4], ids=NAMES[:4])
@pytest.mark.parametrize(
    "counter",
    [
        "<slash:comments>{}</slash:comments>",
        "<thr:total>{}</thr:total>",
        '<link rel="replies" href="https://news.example/r" thr:count="{}"/>',
    ],
)
def test_a_counter_of_comments_does_not_make_an_entry_new(shape: type, counter: str) -> None:
    before = feed(shape(item(1, counter.format(5))))
    assert feed(shape(item(1, counter.format(6))), known=before.hashes).entries == ()


def test_a_part_of_the_channel_that_changes_makes_no_entry_new() -> None:
    before = feed(rss(item(1), channel="<lastBuildDate>Mon, 23 Nov 2026 09:30:00 GMT</lastBuildDate>"))
    assert feed(rss(item(1), channel="<lastBuildDate>later</lastBuildDate>"), known=before.hashes).entries == ()


def test_words_that_look_like_the_end_of_an_entry_shift_no_hash() -> None:
    trap = item(1, "<description><![CDATA[</item><item>]]></description>")
    before = feed(rss(trap, item(2)))
    assert len(set(before.hashes)) == 2
    after = feed(rss(trap, item(3), item(2)), known=before.hashes)
    assert [entry.url for entry in after.entries] == ["https://news.example/3"]


@pytest.mark.parametrize("shape", SHAPES[:2], ids=NAMES[:2])
def test_one_id_for_different_pages_is_seen_also_when_all_entries_are_known(shape: type) -> None:
    # miniflux/v2#4197: ten items under one id became one.
    same = [item(number).replace(f"<guid>https://news.example/{number}", "<guid>same") for number in range(3)]
    first = feed(shape(*same))
    assert len(first.entries) == 3
    assert first.guids_repeat
    assert feed(shape(*same), known=first.hashes).guids_repeat


@pytest.mark.parametrize("other", ["https://news.example/1?utm_source=rss", "http://www.news.example/1/", "/1"])
def test_one_page_under_two_spellings_of_its_address_is_no_repeat(other: str) -> None:
    again = item(1).replace("<link>https://news.example/1", f"<link>{other}")
    assert not feed(rss(item(1), again)).guids_repeat


def test_front_pages_and_missing_links_are_told_apart_by_their_titles() -> None:
    def bare(title: str) -> str:
        return f"<item><guid isPermaLink='false'>same</guid><title>{title}</title><link>https://news.example/</link></item>"

    assert not feed(rss(bare("One"), bare("One"))).guids_repeat
    assert feed(rss(bare("One"), bare("Two"))).guids_repeat


def test_a_json_feed_names_its_hub_and_topic() -> None:
    found = feed(
        '{"version": "https://jsonfeed.org/version/1.1", "items": [], "feed_url": "https://news.example/feed.json", '
        '"hubs": [{"type": "WebSub", "url": "https://hub.example/"}]}'
    )
    assert (found.hub, found.topic) == ("https://hub.example/", "https://news.example/feed.json")


def test_the_notes_are_those_of_the_entries_that_came_back() -> None:
    before = feed(rss(item(1), item(2)))
    assert before.notes == ("2 entries have no readable date",)
    assert feed(rss(item(1), item(2)), known=before.hashes[1:]).notes == ("1 entries have no readable date",)


SKIPS = (
    "<skipHours><hour>23</hour><hour> 7 </hour><hour>24</hour><hour>25</hour><hour>noon</hour></skipHours>"
    "<skipDays><day>Saturday</day><day>SUNDAY</day><day>Caturday</day></skipDays>"
)


@pytest.mark.parametrize("mend", [str, broken], ids=["quick", "broken"])
def test_hours_and_days_without_visits_are_read_both_ways(mend: type) -> None:
    found = feed(mend(rss(item(1, "<skipDays><day>Monday</day></skipDays>"), channel=SKIPS)))
    assert (found.skip_hours, found.skip_days) == ((0, 7, 23), (5, 6))


@given(st.text(alphabet="<>/skipHourDay 1![CDATA]-\n", max_size=200))
def test_no_text_breaks_the_search_for_hours(text: str) -> None:
    found_hours, found_days = skips.found("<skipHours>" + text)
    assert all(0 <= hour < 24 for hour in found_hours)
    assert all(0 <= day < 7 for day in found_days)


@pytest.mark.parametrize("mend", [str, broken], ids=["quick", "broken"])
def test_an_entry_may_name_its_own_language(mend: type) -> None:
    language = "<language xmlns='http://purl.org/dc/elements/1.1/'>uk_UA</language>"
    (entry,) = feed(mend(rss(item(1, language), channel="<language>en</language>"))).entries
    assert entry.language == "uk-ua"


def test_leaving_out_known_entries_changes_nothing_else() -> None:
    whole = feed(rss(item(1), item(2), item(3)))
    part = feed(rss(item(1), item(2), item(3)), known=whole.hashes[:2])
    assert replace(part, entries=(), notes=()) == replace(whole, entries=(), notes=())
    assert part.entries == whole.entries[2:]

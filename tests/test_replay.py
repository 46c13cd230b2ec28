"""The bundled newsroom: its written week, its documents, and each bad manner of its server."""

import gzip
import json
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET
from calendar import timegm
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import httpx
import lxml.html
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import monitor.replay
from monitor.cli import cli
from monitor.errors import ConfigError
from monitor.replay import feeds, pages
from monitor.replay.clock import Clock
from monitor.replay.server import Newsroom, catalogue, demo_newsroom
from monitor.replay.week import Entry, Outlet, Version, Week, load

FOLDER = Path(monitor.replay.__file__).parent / "week"
HOUR = timedelta(hours=1)
WEDNESDAY = datetime(2025, 10, 15, tzinfo=UTC)
Written = Callable[..., Week]


@pytest.fixture(scope="module")
def week() -> Week:
    return load()


@pytest.fixture
def newsroom(week: Week) -> Iterator[Newsroom]:
    """Open, with the whole week out and time standing still."""
    with Newsroom(week, clock=Clock(week.end)) as opened:
        yield opened


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=10, trust_env=False) as opened:
        yield opened


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Loads a week of the bundled outlets and the given rows."""

    def write(*rows: dict[str, Any] | str) -> Week:
        for name in ("outlets.toml", "script.toml"):
            (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        (tmp_path / "rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
        return load(tmp_path)

    return write


def row(number: int = 1, outlet: str = "brightwater-wire", **changes: Any) -> dict[str, Any]:
    return {
        "id": f"{outlet}-{number}",
        "outlet": outlet,
        "at": (WEDNESDAY + number * HOUR).isoformat(),
        "title": f"Piece {number}",
        "summary": "What it says.",
        "author": "Ada Writer",
        "body": ["First paragraph.", "Second paragraph."],
        "kind": "article",
        "story": "story",
        "copy_of": None,
        "talks": 0,
        "missile_aid": 0,
        "edits": [],
        "flags": [],
    } | changes


def outlet_of(week: Week, name: str) -> Outlet:
    return next(outlet for outlet in week.outlets if outlet.id == name)


def feed_of(newsroom: Newsroom, name: str) -> str:
    return feeds.feed_url(newsroom.base_of(name), outlet_of(newsroom.week, name))


def read_feed(client: httpx.Client, url: str) -> Any:
    answer = client.get(url).raise_for_status()
    return feedparser.parse(answer.content, response_headers=dict(answer.headers))


def text_of(page: bytes | str) -> str:
    tree = lxml.html.fromstring(page)
    for element in tree.xpath("//script"):
        element.drop_tree()
    return " ".join(str(tree.text_content()).split())


# The week's content ----------------------------------------------------------------------------------------------


def test_the_bundled_week_is_large_and_names_nothing_that_is_not_there(week: Week) -> None:
    texts = [file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.jsonl"))]
    rows = [json.loads(line) for text in texts for line in text.rstrip("\n").split("\n")]
    ids, outlets = {row["id"] for row in rows}, {outlet.id for outlet in week.outlets}
    assert len(rows) == len(ids) == len(week.entries) >= 250
    assert len(outlets) == len(week.outlets) >= 12
    assert {row["outlet"] for row in rows} == outlets
    assert {row["copy_of"] for row in rows} - {None} <= ids
    assert all(week.start <= datetime.fromisoformat(row["at"]) <= week.end for row in rows)
    assert len({(entry.outlet, entry.slug) for entry in week.entries}) == len(week.entries)


def test_each_quirk_and_flag_of_the_server_is_used_by_the_week(week: Week) -> None:
    quirks = {quirk for outlet in week.outlets for quirk in outlet.quirks}
    assert quirks >= {"etag", "gzip", "last_modified", "windows-1251", "no_validators", "full_content", "moved"}
    assert quirks >= {"rate_limited", "undated", "repeat_guid", "broken_xml", "consent_wall", "no_titles"}
    flags = {flag for entry in week.entries for flag in entry.flags}
    assert flags == {"undated", "repeat_guid", "consent_wall", "timeout", "html_title"}


def test_no_wire_copy_comes_out_before_its_original(week: Week) -> None:
    by_id = {entry.id: entry for entry in week.entries}
    assert all(by_id[entry.copy_of].at < entry.at for entry in week.entries if entry.copy_of)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (['{"id": '], "rows.jsonl, line 1"),
        ([row(), {"id": "x"}], "rows.jsonl, line 2"),
        ([row(at="2025-10-15T08:00:00")], "not in UTC"),
        ([row(at="Wednesday")], "Wednesday"),
        ([row(), row()], "brightwater-wire-1 is there 2 times"),
        ([row(outlet="elsewhere")], "unknown outlet elsewhere"),
        ([row(copy_of="nothing")], "unknown entry nothing"),
        ([row(kind="rumour")], "unknown kind or flag rumour"),
        ([row(flags=["upside_down"])], "upside_down"),
        ([row(talks=3)], "grade"),
        ([row(edits=[{"at": "2025-10-14T00:00:00Z", "note": "early"}])], "is not after what it edits"),
    ],
)
def test_a_wrong_week_is_refused_with_the_place_of_the_fault(
    written: Written, rows: list[dict[str, Any]], words: str
) -> None:
    with pytest.raises(ConfigError, match=re.escape(words)):
        written(*rows)


def test_a_folder_without_a_week_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=re.escape(str(tmp_path))):
        load(tmp_path)


def test_an_outlet_with_an_unknown_quirk_is_refused(tmp_path: Path) -> None:
    (tmp_path / "script.toml").write_bytes((FOLDER / "script.toml").read_bytes())
    outlets = (FOLDER / "outlets.toml").read_text(encoding="utf-8")
    (tmp_path / "outlets.toml").write_text(outlets.replace('"rate_limited"', '"sulks"'), encoding="utf-8")
    with pytest.raises(ConfigError, match="bosporus-post has the unknown format or quirk sulks"):
        load(tmp_path)


def test_an_edit_changes_what_it_names_and_a_retraction_its_summary_too(written: Written) -> None:
    edits = [
        {"at": "2025-10-15T05:00:00Z", "title": "Piece one", "note": "update"},
        {"at": "2025-10-15T06:00:00Z", "title": "RETRACTED", "body": ["Withdrawn."], "note": "retraction: wrong"},
    ]
    (entry,) = written(row(edits=edits)).entries
    first, second, third = (entry.version(WEDNESDAY + hour * HOUR) for hour in (0, 5, 7))
    assert (first.title, first.summary, len(first.body)) == ("Piece 1", "What it says.", 2)
    assert (second.title, second.summary, second.body) == ("Piece one", "What it says.", first.body)
    assert (third.title, third.summary, third.body) == ("RETRACTED", "Withdrawn.", ("Withdrawn.",))


# Time ------------------------------------------------------------------------------------------------------------


def test_the_clock_runs_at_its_speed_from_its_start() -> None:
    ticks = iter([100.0, 100.0, 102.5])
    clock = Clock(WEDNESDAY, speed=600, ticks=lambda: next(ticks))
    assert clock.now() == WEDNESDAY
    assert clock.now() == WEDNESDAY + timedelta(minutes=25)


def test_a_clock_without_speed_moves_only_when_it_is_told() -> None:
    clock = Clock(WEDNESDAY)
    assert clock.now() == WEDNESDAY
    assert clock.advance(HOUR) == clock.now() == WEDNESDAY + HOUR


def test_a_backlog_is_how_much_of_the_week_is_out_at_the_start(week: Week) -> None:
    newsroom = Newsroom(week, backlog=timedelta(days=2), speed=0)
    assert newsroom.now() == week.start + timedelta(days=2) == WEDNESDAY


def test_time_brings_entries_into_the_feed_and_makes_their_pages(written: Written, client: httpx.Client) -> None:
    week = written(row(1), row(2))
    first, second = week.entries
    with Newsroom(week, clock=Clock(first.at)) as newsroom:
        url = feed_of(newsroom, "brightwater-wire")
        assert [entry.title for entry in read_feed(client, url).entries] == ["Piece 1"]
        assert client.get(newsroom.url_of(first)).status_code == 200
        assert client.get(newsroom.url_of(second)).status_code == 404
        newsroom.clock.advance(HOUR)
        assert [entry.title for entry in read_feed(client, url).entries] == ["Piece 2", "Piece 1"]
        assert client.get(newsroom.url_of(second)).status_code == 200


def test_a_feed_holds_the_newest_forty(written: Written, client: httpx.Client) -> None:
    week = written(*(row(number) for number in range(1, 46)))
    with Newsroom(week, clock=Clock(week.end)) as newsroom:
        titles = [entry.title for entry in read_feed(client, feed_of(newsroom, "brightwater-wire")).entries]
    assert titles == [f"Piece {number}" for number in range(45, 5, -1)]


@pytest.mark.parametrize("outlet", ["brightwater-wire", "dnipro-courier"])
def test_an_edit_reaches_feed_and_page_with_new_validators(written: Written, client: httpx.Client, outlet: str) -> None:
    edit = {"at": "2025-10-15T05:00:00Z", "title": "Piece mended", "body": ["New words."], "note": "correction: typo"}
    week = written(row(outlet=outlet, edits=[edit]))
    with Newsroom(week, clock=Clock(WEDNESDAY + HOUR)) as newsroom:
        url, page = feed_of(newsroom, outlet), newsroom.url_of(week.entries[0])
        before = client.get(url), client.get(page), read_feed(client, url).entries[0]
        newsroom.clock.advance(4 * HOUR)
        after = client.get(url), client.get(page), read_feed(client, url).entries[0]
    assert all(old.headers["ETag"] != new.headers["ETag"] for old, new in zip(before[:2], after[:2], strict=True))
    assert (before[2].id, before[2].link, before[2].published) == (after[2].id, after[2].link, after[2].published)
    assert (after[2].title, after[2].updated_parsed[3]) == ("Piece mended", 5)
    assert "New words." in after[1].text
    assert "First paragraph." not in after[1].text
    assert "has been corrected" in after[1].text
    assert re.search(r'modified_time" content="2025-10-15T0[568]:00:00', after[1].text)


# Documents -------------------------------------------------------------------------------------------------------


def test_every_feed_is_whole_and_holds_what_is_published(newsroom: Newsroom, client: httpx.Client, week: Week) -> None:
    for outlet in week.outlets:
        published = week.published(outlet.id, week.end)[: feeds.NEWEST]
        links = [newsroom.url_of(entry) for entry in published]
        answer = client.get(feed_of(newsroom, outlet.id))
        assert answer.status_code == 200
        if outlet.format == "jsonfeed":
            assert [item["url"] for item in answer.json()["items"]] == links
            continue
        parsed = feedparser.parse(answer.content, response_headers=dict(answer.headers))
        assert not parsed.bozo, (outlet.id, parsed.get("bozo_exception"))
        assert [entry.link for entry in parsed.entries] == links
        given = [item.get("published_parsed") for item in parsed.entries]
        dated = [entry.at for entry, date in zip(published, given, strict=True) if date]
        shown = [datetime.fromtimestamp(timegm(date), UTC) for date in given if date]
        assert dated == shown


def test_every_page_is_an_article_with_all_its_words(newsroom: Newsroom, client: httpx.Client, week: Week) -> None:
    for entry in week.entries:
        if entry.flags & {"timeout", "consent_wall"}:
            continue
        answer = client.get(newsroom.url_of(entry))
        if answer.status_code == 429:
            answer = client.get(newsroom.url_of(entry))
        version, text = entry.version(week.end), text_of(answer.content)
        assert answer.status_code == 200
        assert version.headline in text
        for paragraph in version.body:
            # The time that begins a piece of a live blog stands apart from its text.
            words = paragraph.split()[4 if entry.kind == "liveblog" else 0 :]
            assert " ".join(words) in text, (entry.id, paragraph)
        tree = lxml.html.fromstring(answer.content)
        (data,) = (json.loads(script.text) for script in tree.xpath("//script[@type='application/ld+json']"))
        assert datetime.fromisoformat(data["datePublished"]) == entry.at
        assert data["headline"] == version.headline == tree.xpath("//meta[@property='og:title']/@content")[0]
        assert tree.xpath("//link[@rel='canonical']/@href") == [newsroom.url_of(entry)]


def test_outlets_use_at_least_five_layouts(newsroom: Newsroom, client: httpx.Client, week: Week) -> None:
    bodies = set()
    for outlet in week.outlets:
        entry = next(entry for entry in week.entries if entry.outlet == outlet.id and not entry.flags)
        answer = client.get(newsroom.url_of(entry))
        tree = lxml.html.fromstring(answer.content)
        bodies.add(
            tuple(element.tag for element in tree.iter() if element.tag not in {"a", "p", "li", "br", "span"})[:30]
        )
    assert len(bodies) >= 5


def test_a_live_blog_lists_its_updates_with_their_times(newsroom: Newsroom, client: httpx.Client, week: Week) -> None:
    blogs = [entry for entry in week.entries if entry.kind == "liveblog"]
    assert blogs
    for entry in blogs:
        tree = lxml.html.fromstring(client.get(newsroom.url_of(entry)).content)
        (data,) = (json.loads(script.text) for script in tree.xpath("//script[@type='application/ld+json']"))
        assert data["@type"] == "LiveBlogPosting"
        assert len(data["liveBlogUpdate"]) == len(entry.version(week.end).body)
        assert all(re.match(r"\d+:\d\d", update["headline"]) for update in data["liveBlogUpdate"])


readable = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1).map(str.strip)


@given(
    title=readable.filter(bool),
    body=readable.filter(bool),
    name=st.sampled_from(["rss", "atom"]),
    cyrillic=st.booleans(),
)
def test_whatever_is_written_comes_out_of_feed_and_page_unharmed(
    week: Week, title: str, body: str, name: str, cyrillic: bool
) -> None:
    example = next(outlet for outlet in week.outlets if outlet.format == name)
    if cyrillic:
        example = outlet_of(week, "volga-state-news")
    version = Version(at=WEDNESDAY, title=title, summary=body, body=(body,))
    entry = Entry(
        id="x",
        outlet=example.id,
        author=title,
        kind="article",
        story="s",
        copy_of=None,
        talks=0,
        missile_aid=0,
        flags=frozenset(),
        versions=(version,),
    )
    root = ET.fromstring(feeds.feed_document(example, [entry], base="http://127.0.0.1:1", now=WEDNESDAY))
    texts = {element.text for element in root.iter()}
    assert {title, body} <= texts
    page = pages.article_page(entry, pages.Place(outlet=example, base="http://127.0.0.1:1", earlier=[entry]), WEDNESDAY)
    tree = lxml.html.fromstring(page.decode(example.encoding))
    assert tree.xpath("//meta[@property='og:description']/@content") == [body]
    assert body in tree.text_content()


# Manners ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["brightwater-wire", "dnipro-courier", "capitol-pulse", "kanto-evening-press"])
def test_an_etag_sent_back_gets_304_without_a_body(newsroom: Newsroom, client: httpx.Client, name: str) -> None:
    url = feed_of(newsroom, name)
    first = client.get(url)
    assert "Last-Modified" not in first.headers
    for tag in (first.headers["ETag"], f'"other", W/{first.headers["ETag"]}'):
        again = client.get(url, headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert client.get(url, headers={"If-None-Match": '"other"'}).status_code == 200
    assert newsroom.statuses(httpx.URL(url).path) == [200, 304, 304, 200]


def test_a_page_sent_back_with_its_etag_gets_304(newsroom: Newsroom, client: httpx.Client, week: Week) -> None:
    url = newsroom.url_of(week.published("dnipro-courier", week.end)[0])
    assert client.get(url, headers={"If-None-Match": client.get(url).headers["ETag"]}).status_code == 304


def test_a_date_sent_back_gets_304_until_something_is_new(written: Written, client: httpx.Client) -> None:
    week = written(row(1, "potomac-ledger"), row(2, "potomac-ledger"))
    with Newsroom(week, clock=Clock(week.entries[0].at)) as newsroom:
        url = feed_of(newsroom, "potomac-ledger")
        first = client.get(url)
        assert "ETag" not in first.headers
        known = {"If-Modified-Since": first.headers["Last-Modified"]}
        assert client.get(url, headers=known).status_code == 304
        assert client.get(url, headers={"If-Modified-Since": "yesterday"}).status_code == 200
        newsroom.clock.advance(HOUR)
        assert client.get(url, headers=known).status_code == 200


def test_an_outlet_without_validators_always_sends_everything(newsroom: Newsroom, client: httpx.Client) -> None:
    url = feed_of(newsroom, "nevsky-independent")
    answer = client.get(url, headers={"If-None-Match": "*", "If-Modified-Since": "Sun, 19 Oct 2025 23:59:00 GMT"})
    assert answer.status_code == 200
    assert not {"etag", "last-modified"} & {name.lower() for name in answer.headers}


def test_gzip_is_used_only_for_those_who_take_it(newsroom: Newsroom, client: httpx.Client) -> None:
    url = feed_of(newsroom, "potomac-ledger")
    with client.stream("GET", url, headers={"Accept-Encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    plain = client.get(url, headers={"Accept-Encoding": "identity"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed) == plain.content


def test_windows_1251_is_declared_and_what_it_lacks_becomes_a_reference(written: Written, client: httpx.Client) -> None:
    week = written(row(outlet="volga-state-news", title="Встреча 日本", author="Служба новостей"))
    with Newsroom(week, clock=Clock(week.end)) as newsroom:
        feed, page = client.get(feed_of(newsroom, "volga-state-news")), client.get(newsroom.url_of(week.entries[0]))
    for answer in (feed, page):
        assert answer.headers["Content-Type"].endswith("charset=windows-1251")
        assert "Встреча &#26085;&#26412;".encode("windows-1251") in answer.content
    assert b"encoding='windows-1251'" in feed.content
    assert b"charset=windows-1251" in page.content
    parsed = feedparser.parse(feed.content, response_headers=dict(feed.headers))
    assert (parsed.entries[0].title, parsed.entries[0].author) == ("Встреча 日本", "Служба новостей")


def test_full_content_is_in_the_feed_of_the_outlet_that_gives_it(newsroom: Newsroom, client: httpx.Client) -> None:
    entries = read_feed(client, feed_of(newsroom, "nevsky-independent")).entries
    assert all(entry.content[0].value.count("<p>") >= 1 for entry in entries)
    assert len(entries[0].content[0].value) > len(entries[0].summary)


def test_a_moved_feed_is_listed_at_its_old_address_which_leads_to_the_new(
    newsroom: Newsroom, client: httpx.Client
) -> None:
    listed = next(spec.url for spec in catalogue(newsroom) if spec.outlet == "Rhine Tribune")
    answer = client.get(listed)
    assert (answer.status_code, answer.headers["Location"]) == (301, feed_of(newsroom, "rhine-tribune"))
    assert read_feed(client, answer.headers["Location"]).entries


def test_every_fourth_request_is_refused_for_five_seconds_and_never_two_in_a_row(
    newsroom: Newsroom, client: httpx.Client
) -> None:
    answers = [client.get(feed_of(newsroom, "bosporus-post")) for _ in range(9)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429] * 2 + [200]
    assert answers[3].headers["Retry-After"] == "5"


def test_undated_entries_have_no_date_or_one_that_says_nothing(newsroom: Newsroom, client: httpx.Client) -> None:
    week = newsroom.week
    undated = {newsroom.url_of(entry) for entry in week.entries if "undated" in entry.flags}
    entries = read_feed(client, feed_of(newsroom, "gulf-meridian")).entries
    assert {entry.link for entry in entries if not entry.get("published_parsed")} == undated
    assert [entry.published for entry in entries if entry.link in undated and "published" in entry] == [
        "late on Tuesday evening"
    ]


def test_repeated_guids_are_repeated_and_all_others_are_not(newsroom: Newsroom, client: httpx.Client) -> None:
    flagged = {newsroom.url_of(entry) for entry in newsroom.week.entries if "repeat_guid" in entry.flags}
    entries = read_feed(client, feed_of(newsroom, "deccan-observer")).entries
    assert len(flagged) > 1
    assert {entry.id for entry in entries if entry.link in flagged} == {"deccan-observer-latest"}
    assert len({entry.id for entry in entries}) == len(entries) - len(flagged) + 1


def test_every_third_feed_is_broken_in_turn_by_a_stray_ampersand_and_a_cut(
    newsroom: Newsroom, client: httpx.Client
) -> None:
    answers = [client.get(feed_of(newsroom, "harbour-daily")) for _ in range(6)]
    parsed = [feedparser.parse(answer.content, response_headers=dict(answer.headers)) for answer in answers]
    assert [bool(feed.bozo) for feed in parsed] == [False, False, True] * 2
    assert {"ETag" in answer.headers for answer in (answers[2], answers[5])} == {False}
    broken = sorted((answers[2].content, answers[5].content), key=len)
    assert len(broken[0]) == len(answers[0].content) // 2
    assert b" & more" in broken[1]


def test_a_consent_wall_stands_before_flagged_pages(newsroom: Newsroom, client: httpx.Client) -> None:
    walled = [entry for entry in newsroom.week.entries if "consent_wall" in entry.flags]
    assert walled
    for entry in walled:
        answer = client.get(newsroom.url_of(entry))
        assert answer.status_code == 200
        assert "Accept all" in answer.text
        assert entry.version(newsroom.now()).body[0][:30] not in text_of(answer.content)


def test_a_page_that_times_out_says_nothing_and_is_let_go_with_the_newsroom(week: Week) -> None:
    entry = next(entry for entry in week.entries if "timeout" in entry.flags)
    newsroom = Newsroom(week, clock=Clock(week.end)).start()
    url = newsroom.url_of(entry)
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(url, timeout=0.3, trust_env=False)
    ends: list[str] = []

    def ask() -> None:
        with pytest.raises(httpx.RemoteProtocolError) as caught:
            httpx.get(url, timeout=20, trust_env=False)
        ends.append(str(caught.value))

    waiting = threading.Thread(target=ask)
    waiting.start()
    while newsroom.count(httpx.URL(url).path) < 2:
        time.sleep(0.01)
    newsroom.stop()
    waiting.join(5)
    assert len(ends) == 1
    assert {asked.status for asked in newsroom.requests} == {0}


def test_posts_have_no_titles_and_their_words_in_the_description(newsroom: Newsroom, client: httpx.Client) -> None:
    entries = read_feed(client, feed_of(newsroom, "leaders-posts")).entries
    written = newsroom.week.published("leaders-posts", newsroom.now())
    assert len(entries) == len(written) > 0
    for entry, source in zip(entries, written, strict=True):
        assert "title" not in entry
        assert source.version(newsroom.now()).body[0] in text_of(entry.summary)


def test_markup_in_titles_is_in_the_feed_and_not_on_the_page(newsroom: Newsroom, client: httpx.Client) -> None:
    flagged = [entry for entry in newsroom.week.entries if "html_title" in entry.flags]
    assert flagged
    for entry in flagged:
        root = ET.fromstring(client.get(feed_of(newsroom, entry.outlet)).content)
        assert entry.versions[0].title in {element.text for element in root.iter("title")}
        (headline,) = lxml.html.fromstring(client.get(newsroom.url_of(entry)).content).xpath("//h1")
        assert not re.search("[<>]|&amp;", headline.text_content())


# The server ------------------------------------------------------------------------------------------------------


def test_outlets_have_addresses_of_their_own_or_share_one(week: Week, client: httpx.Client) -> None:
    for own, count in ((True, len(week.outlets)), (False, 1)):
        with Newsroom(week, clock=Clock(week.end), address_per_outlet=own) as newsroom:
            hosts = {httpx.URL(newsroom.base_of(outlet.id)).host for outlet in week.outlets}
            assert len(hosts) == count if sys.platform == "linux" else hosts
            assert all(host.startswith("127.") for host in hosts)
            client.get(feed_of(newsroom, "dnipro-courier"))
            assert {asked.address for asked in newsroom.requests} <= hosts


def test_the_catalogue_says_all_about_each_outlet(newsroom: Newsroom, client: httpx.Client) -> None:
    specs = catalogue(newsroom)
    assert len({spec.url for spec in specs}) == len(newsroom.week.outlets)
    volga = next(spec for spec in specs if spec.outlet == "Volga State News")
    assert (volga.country, volga.state_controlled, volga.family) == ("RU", True, "Volga State Broadcasting")
    assert client.get(volga.homepage).status_code == 200


def test_the_front_pages_lead_to_every_feed(newsroom: Newsroom, client: httpx.Client) -> None:
    links = lxml.html.fromstring(client.get(newsroom.base_url).content).xpath("//a/@href")
    for outlet in newsroom.week.outlets:
        assert feed_of(newsroom, outlet.id) in links
        home = lxml.html.fromstring(client.get(feeds.home_url(newsroom.base_of(outlet.id), outlet)).content)
        assert home.xpath("//link[@rel='alternate']/@href") == [feed_of(newsroom, outlet.id)]


def test_the_truth_is_told_for_every_entry(newsroom: Newsroom, client: httpx.Client) -> None:
    truth = client.get(f"{newsroom.base_url}/_truth.json").json()
    told = {row["url"]: (row["talks"], row["missile_aid"], row["kind"]) for row in truth["entries"]}
    assert told == {
        newsroom.url_of(entry): (entry.talks, entry.missile_aid, entry.kind) for entry in newsroom.week.entries
    }
    assert all(row["published"] for row in truth["entries"])


@pytest.mark.parametrize(
    "path", ["/nothing", "/brightwater-wire/nothing", "/brightwater-wire/rss.xml", "/dnipro-courier"]
)
def test_what_is_not_there_is_not_found(newsroom: Newsroom, client: httpx.Client, path: str) -> None:
    assert client.get(newsroom.base_url + path).status_code == 404
    assert newsroom.count(path) == 1


def test_a_query_does_not_change_the_page_and_head_has_no_body(newsroom: Newsroom, client: httpx.Client) -> None:
    url = newsroom.url_of(newsroom.week.entries[0])
    assert client.get(url + "?utm_source=rss").content == client.get(url).content
    head = client.head(url)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["Content-Length"]) == len(client.get(url).content)
    assert client.get(newsroom.base_url + "/_picture.svg").headers["Content-Type"] == "image/svg+xml"


def test_a_client_that_breaks_off_is_no_error(
    newsroom: Newsroom, client: httpx.Client, capfd: pytest.CaptureFixture[str]
) -> None:
    port = httpx.URL(newsroom.base_url).port
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", port or 0)) as connection:
            connection.sendall(b"GET / HT")
            time.sleep(0.05)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    time.sleep(0.1)
    assert client.get(newsroom.base_url).status_code == 200
    assert capfd.readouterr() == ("", "")


def test_a_port_in_use_is_told_with_what_to_do(newsroom: Newsroom, week: Week) -> None:
    port = httpx.URL(newsroom.base_url).port
    assert port is not None
    with pytest.raises(ConfigError, match=f"port {port}.*another with --port"):
        Newsroom(week, port=port).start()


def test_a_newsroom_opens_again_on_its_port(week: Week, client: httpx.Client) -> None:
    with Newsroom(week) as newsroom:
        port = httpx.URL(newsroom.base_url).port
        assert client.get(newsroom.base_url).status_code == 200
    assert port is not None
    with demo_newsroom(port=port, speed=0) as (again, specs):
        assert client.get(again.base_url).status_code == 200
        assert again.now() == datetime(2025, 10, 16, 12, tzinfo=UTC)
        assert len(specs) == len(week.outlets)


def test_the_command_serves_until_it_is_interrupted(tmp_path: Path, client: httpx.Client) -> None:
    arguments = ["newsroom", "--port", "0", "--start", "2025-10-16T12:00Z", "--opml", "feeds.opml"]
    process = subprocess.Popen(
        [sys.executable, "-c", "from monitor.cli import main; main()", *arguments],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines: list[str] = []
    while not lines or not lines[-1].startswith("Ctrl-C"):
        lines.append(process.stdout.readline())
        assert lines[-1], lines
    shown = "".join(lines)
    front = re.search(r"http://127\.0\.0\.1:\d+/", shown)
    assert front is not None
    assert "INVENTED NEWS" in shown
    assert "Thursday 16 October 2025" in client.get(front[0]).text
    assert all(
        client.get(url, follow_redirects=True).status_code == 200
        for url in re.findall(r'xmlUrl="([^"]+)"', (tmp_path / "feeds.opml").read_text())
    )
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "closed" in rest


def test_a_start_that_is_no_time_is_refused_with_an_example() -> None:
    outcome = CliRunner().invoke(cli, ["newsroom", "--start", "Thursday"])
    assert outcome.exit_code == 2
    assert "2025-10-16T12:00Z" in outcome.output

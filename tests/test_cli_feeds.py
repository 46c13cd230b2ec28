"""The list of feeds: adding, removing, importing, exporting, discovering, parsing."""

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.errors import ConfigError, FetchError, ParseError
from tests.feeds_command import done, listed, run, settings_file
from tests.misbehaving import FEED, MisbehavingServer

SHARED = Path(os.environ.get("MONITOR_SHARED_DATA", "../shared/data")) / "feeds"


@pytest.fixture(scope="module")
def server() -> Iterator[MisbehavingServer]:
    with MisbehavingServer() as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return settings_file(tmp_path)


def test_a_feed_is_added_after_one_request_with_what_it_says_of_itself(
    settings: Path, server: MisbehavingServer
) -> None:
    before = server.count("/feed")
    done(settings, "add", server.url("/feed"), "--outlet", "Misbehaving", "--country", "UA", "--state-controlled")
    # One GET and nothing else: neither a second one nor a robots.txt (miniflux/v2#2128 asked twice).
    assert server.count("/feed") == before + 1
    assert server.count("/robots.txt") == 0
    (row,) = listed(settings)
    assert (row["title"], row["outlet"], row["homepage"]) == (
        "Misbehaving News",
        "Misbehaving",
        "https://news.example/",
    )
    assert (row["country"], row["state_controlled"]) == ("UA", True)
    # What was asked is the first poll: nobody asks again at once. Its one item is from last year.
    assert (row["health"], row["entries"], row["last_status"]) == ("stale", 1, "new")
    assert row["next_poll"] > row["last_poll"]
    assert "Misbehaving News" in done(settings, "list")


def test_a_moved_feed_is_added_under_its_new_address(settings: Path, server: MisbehavingServer) -> None:
    counted = {path: server.count(path) for path in ("/moved", "/moved-again", "/feed")}
    done(settings, "add", server.url("/moved"))
    assert {path: server.count(path) - before for path, before in counted.items()} == dict.fromkeys(counted, 1)
    assert [row["url"] for row in listed(settings)] == [server.url("/feed")]


def test_adding_a_page_tells_which_feeds_it_offers_and_adds_nothing(settings: Path, server: MisbehavingServer) -> None:
    result = run(settings, "add", server.url("/page"))
    assert isinstance(result.exception, ParseError)
    assert "web page" in str(result.exception)
    assert server.url("/feed") in str(result.exception)
    assert listed(settings) == []


def test_adding_what_does_not_answer_adds_nothing_unless_told(settings: Path, server: MisbehavingServer) -> None:
    result = run(settings, "add", server.url("/410"))
    assert isinstance(result.exception, FetchError)
    assert listed(settings) == []
    done(settings, "add", server.url("/410"), "--no-check")
    assert len(listed(settings)) == 1


def test_adding_twice_or_no_address_is_a_mistake(settings: Path, server: MisbehavingServer) -> None:
    done(settings, "add", server.url("/feed"))
    assert isinstance(run(settings, "add", server.url("/feed")).exception, ConfigError)
    assert isinstance(run(settings, "add", "news.example/rss").exception, ConfigError)


def test_a_feed_is_removed_by_number_or_address(settings: Path) -> None:
    for number in (1, 2):
        done(settings, "add", f"https://news.example/{number}", "--no-check")
    first = listed(settings)[0]
    done(settings, "remove", str(first["id"]))
    done(settings, "remove", "https://news.example/2")
    assert listed(settings) == []
    assert isinstance(run(settings, "remove", "https://news.example/none").exception, ConfigError)


def test_what_is_exported_can_be_imported_elsewhere(settings: Path, tmp_path: Path) -> None:
    done(settings, "add", "https://news.example/rss", "--no-check", "--outlet", "News", "--family", "A & B")
    file = tmp_path / "feeds.opml"
    done(settings, "export", str(file))
    assert done(settings, "export", "-").encode() == file.read_bytes()
    other = tmp_path / "other.toml"
    other.write_text(f'database_url = "sqlite:///{tmp_path}/other.sqlite3"\ncatalogue = false\n')
    assert "added 1 feeds" in done(other, "import", str(file))
    (row,) = listed(other)
    assert (row["outlet"], row["family"]) == ("News", "A & B")


def test_importing_keeps_what_is_there_brings_back_what_was_removed_and_reports_bad_outlines(
    settings: Path, tmp_path: Path
) -> None:
    done(settings, "add", "https://news.example/1", "--no-check", "--outlet", "Kept")
    done(settings, "add", "https://news.example/2", "--no-check")
    done(settings, "remove", "https://news.example/2")
    file = tmp_path / "in.opml"
    outlines = "".join(f'<outline type="rss" text="t" xmlUrl="https://news.example/{number}"/>' for number in (1, 2, 3))
    file.write_text(f'<opml version="2.0"><body><outline type="rss" xmlUrl="nowhere"/>{outlines}</body></opml>')
    result = run(settings, "import", str(file))
    assert result.exit_code == 0
    assert "added 2 feeds, 1 were there, 1 outlines had problems" in result.stdout
    assert "nowhere" in result.stderr
    assert {row["url"]: row["outlet"] for row in listed(settings)} == {
        "https://news.example/1": "Kept",
        "https://news.example/2": "",
        "https://news.example/3": "",
    }


def test_a_file_that_is_missing_or_no_opml_is_named(settings: Path, tmp_path: Path) -> None:
    assert isinstance(run(settings, "import", str(tmp_path / "none.opml")).exception, ConfigError)
    (tmp_path / "page.html").write_text("<html></html>")
    assert isinstance(run(settings, "import", str(tmp_path / "page.html")).exception, ParseError)


def test_discover_works_on_addresses_and_files(settings: Path, server: MisbehavingServer, tmp_path: Path) -> None:
    assert server.url("/feed") in done(settings, "discover", server.url("/page"))
    page = tmp_path / "page.html"
    page.write_text('<link rel="alternate" type="application/rss+xml" title="All" href="https://news.example/rss">')
    (spec,) = json.loads(done(settings, "discover", str(page), "--json"))
    assert (spec["url"], spec["title"]) == ("https://news.example/rss", "All")
    page.write_text("<p>nothing</p>")
    assert run(settings, "discover", str(page)).exit_code == 1


def test_parse_gives_a_line_for_every_input_and_no_bad_one_stops_the_rest(
    settings: Path, server: MisbehavingServer, tmp_path: Path
) -> None:
    folder = tmp_path / "feeds"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.xml").write_bytes(FEED)
    (folder / "b.xml.gz").write_bytes(gzip.compress(FEED))
    (folder / "c.bin").write_bytes(bytes(range(256)))
    (folder / "d.xml").write_bytes(b"")
    (folder / "deep" / "e.xml").write_bytes(b"<rss>" + b"x" * 1_000_001)
    (folder / "deep" / "f.gz").write_bytes(gzip.compress(bytes(50_000_000)))
    output = done(
        settings, "parse", "--json", str(folder), str(tmp_path / "none"), server.url("/feed"), server.url("/410")
    )
    rows = {row["input"]: row for row in map(json.loads, output.splitlines())}
    assert len(rows) == 9
    good = {name for name, row in rows.items() if "error" not in row}
    assert good == {str(folder / "a.xml"), str(folder / "b.xml.gz"), server.url("/feed")}
    row = rows[str(folder / "a.xml")]
    assert (row["encoding"], row["kind"], row["title"]) == ("utf-8", "rss20", "Misbehaving News")
    assert row["entries"] == [
        {
            "guid": "a1",
            "url": "https://news.example/a1",
            "title": "Leaders meet",
            "summary": "They met.",
            "content": "",
            "published": "2026-08-17T10:00:00+00:00",
            "updated": None,
            "authors": [],
        }
    ]


def test_parse_fails_only_when_nothing_could_be_parsed(settings: Path, tmp_path: Path) -> None:
    (tmp_path / "x.xml").write_bytes(b"words")
    assert run(settings, "parse", str(tmp_path / "x.xml")).exit_code == 1


@pytest.mark.shared
@pytest.mark.slow
def test_every_real_and_odd_feed_we_have_is_parsed_or_refused_within_its_time(tmp_path: Path) -> None:
    if not SHARED.is_dir():
        pytest.skip(f"needs the feeds in {SHARED}")
    settings = tmp_path / "default.toml"
    settings.touch()
    rows = [json.loads(line) for line in done(settings, "parse", "--json", str(SHARED)).splitlines()]
    errors = [row["error"] for row in rows if "error" in row]
    assert not [error for error in errors if "crashed" in error or "not parsed within" in error]
    real = [row for row in rows if "benchmark_data" in row["input"] or row["input"].endswith("-ae2.xml")]
    assert len(real) > 100
    # One of them is so broken that no reader finds its entries.
    assert sum(not row.get("entries") for row in real) <= 1

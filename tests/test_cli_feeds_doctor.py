"""The feed doctor: one screen, at most three requests, a verdict, and what to do."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.feeds.answer_facts import TAKEN_OVER_AFTER
from monitor.errors import ConfigError, FetchError
from monitor.store.polling.feed_state import MOVED_AFTER
from tests.feed_site import FeedSite
from tests.feeds_command import done, run, settings_file
from tests.misbehaving import FEED


@pytest.fixture(scope="module")
def site() -> Iterator[FeedSite]:
    with FeedSite() as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return settings_file(tmp_path)


def doctor(settings: Path, url: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run(settings, "check", url, "--json").stdout)
    return told


def asked(site: FeedSite, since: int) -> list[str]:
    return [each.path for each in site.asked[since:]]


def test_a_password_in_an_address_is_refused_and_shown_to_nobody(settings: Path) -> None:
    address = "https://me:kanarek@news.example/feed"
    assert "not usable" in run(settings, "check", address).output
    for told in (run(settings, "check", address), run(settings, "check", address, "--json")):
        assert "kanarek" not in told.output
        assert "news.example/feed" in told.output


def test_a_good_feed_is_told_on_one_screen_with_three_requests_and_a_verdict(settings: Path, site: FeedSite) -> None:
    since = len(site.asked)
    output = done(settings, "check", site.url("/good"))
    assert asked(site, since) == ["/good", "/good", "/robots.txt"]
    lines = output.splitlines()
    assert len(lines) <= 30
    assert lines[-1].split() == ["verdict", "ok"]
    assert "\x1b" not in output
    for words in (
        "200, 3,",
        "ETag, and they work: the second request got 304",
        "none: neither headers nor feed ask for a pause",
        "utf-8: as declared",
        "rss20, “The Made-up News”, https://news.example/, language en",
        "12: 0 with full content, 12 with a summary alone",
        "12 different of 12, on 127.0.0.1",
        "/robots.txt says that its pages may be read",
        " min old",
        "entries a day, by their dates; a poll every",
    ):
        assert words in output, words


def test_the_doctor_stores_nothing(settings: Path, site: FeedSite, tmp_path: Path) -> None:
    done(settings, "check", site.url("/good"))
    assert not (tmp_path / "store.sqlite3").exists()


@pytest.mark.parametrize(
    ("path", "doubt"),
    [
        ("/moved", "it has moved to"),
        ("/bad-dates", "dates: 1 missing, 1 unreadable, 1 in the future"),
        ("/same-dates", "dates: all the same"),
        ("/same-guids", "it repeats ids"),
        ("/no-links", "3 entries without a link"),
        ("/google", "links lead through news.google.com"),
        ("/old", "nothing new for 15 days"),
        ("/cp1251", "declared as iso-8859-1, read as windows-1251"),
        ("/none", "it has no entries now"),
        ("/german", "its language, de, is not read: see docs/languages.md"),
        ("/private-pages", "does not let its pages be read"),
    ],
)
def test_each_fault_of_a_feed_that_works_is_a_doubt(settings: Path, site: FeedSite, path: str, doubt: str) -> None:
    result = run(settings, "check", site.url(path))
    assert result.exit_code == 0
    verdict = result.stdout.splitlines()[-1]
    assert verdict.startswith("verdict    works, with doubts: ")
    assert doubt in verdict


def test_a_move_for_good_is_told_with_what_the_program_will_do_and_one_for_now_too(
    settings: Path, site: FeedSite
) -> None:
    output = done(settings, "check", site.url("/moved"))
    assert f"redirect   301, for good, to {site.url('/good')}" in output
    assert "takes the new address over after 3 polls" in output
    elsewhere = done(settings, "check", site.url("/elsewhere"))
    assert f"redirect   302, for now, to {site.url('/good')}" in elsewhere
    assert "the address is kept" in elsewhere
    assert TAKEN_OVER_AFTER == MOVED_AFTER == 3


def test_wishes_are_told_with_what_becomes_of_them(settings: Path, site: FeedSite) -> None:
    told = doctor(settings, site.url("/wishes"))
    facts = told["facts"]
    assert (facts["fresh_for"], facts["ttl"], facts["skip_hours"]) == (600, 3600, [0, 1, 2])
    (wishes,) = (line["text"] for line in told["lines"] if line["name"] == "wishes")
    assert "fresh for 10 min; the feed asks for 60 min between polls; no polls at 0-2 h UTC" in wishes
    assert "so the next poll would wait" in wishes
    assert facts["hub"] == "https://hub.example/"


def test_validators_that_do_not_work_are_told(settings: Path, site: FeedSite) -> None:
    assert doctor(settings, site.url("/good"))["facts"]["validators_work"] is True
    assert doctor(settings, site.url("/changing"))["facts"]["validators_work"] is False
    assert doctor(settings, site.url("/plain"))["facts"]["validators_work"] is None


def test_the_line_of_robots_txt_that_refuses_is_told(settings: Path, site: FeedSite) -> None:
    assert "does not allow it (Disallow: /private/)" in done(settings, "check", site.url("/private-pages"))


def test_a_site_that_asks_to_be_left_alone_is_not_asked_again(settings: Path, site: FeedSite) -> None:
    since = len(site.asked)
    result = run(settings, "check", site.url("/429"))
    assert (result.exit_code, asked(site, since)) == (1, ["/429"])
    assert "asked to wait 120 s" in result.stdout


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/challenge", "A bot check stands in front of it, which a program cannot pass. `monitor feeds discover http"),
        ("/403-challenge", "The server refuses this program"),
        ("/410", "The server says that it is gone for good. `monitor feeds discover http"),
        ("/nothing", "The server has no feed to give there. `monitor feeds discover http"),
        ("/closed", "See the answer above"),
        ("/reset", "See the answer above"),
        ("/page", "It is a page that offers feeds: check http"),
        ("/empty", "There is no feed at this address"),
        ("/always-304", "See the answer above"),
    ],
)
def test_what_is_no_usable_feed_is_told_with_what_to_do_and_status_1(
    settings: Path, site: FeedSite, path: str, words: str
) -> None:
    result = run(settings, "check", site.url(path))
    assert result.exit_code == 1
    assert not isinstance(result.exception, FetchError)
    verdict = result.stdout.splitlines()[-1]
    assert verdict.startswith("verdict    not usable. ")
    assert words in verdict
    told = doctor(settings, site.url(path))
    assert (told["verdict"], told["text"]) == ("unusable", verdict.partition(" ")[2].strip())


def test_where_nobody_answers_the_own_connection_is_named_too(settings: Path) -> None:
    result = run(settings, "check", "http://127.0.0.1:1/rss")
    assert result.exit_code == 1
    assert "Check the spelling and your own connection" in result.stdout


def test_what_is_no_address_is_a_mistake_before_any_request(settings: Path) -> None:
    assert isinstance(run(settings, "check", "news.example/rss").exception, ConfigError)


def test_a_feed_s_words_send_nothing_to_the_terminal(settings: Path, site: FeedSite) -> None:
    site.serve("/evil", FEED.replace(b"Misbehaving News", b"<![CDATA[\x1b]0;owned\x07News]]>"))
    assert "\x1b" not in run(settings, "check", site.url("/evil")).stdout

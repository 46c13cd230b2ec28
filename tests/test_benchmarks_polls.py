"""The made-up feeds of the polling benchmark, and its server; no figure is taken here."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.polls import Wanted
from benchmarks.polls_clients import cpu_seconds, peak_megabytes
from benchmarks.polls_content import ENTRIES, document
from benchmarks.polls_server import SECURE, Feeds, address
from monitor.records.feeds import Document, ParsedFeed
from monitor.sources import parse

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def parsed(number: int, version: int) -> ParsedFeed:
    url = f"http://{address(number)}/feed/{number}"
    body = document(number, version, NOW - timedelta(hours=2))
    return parse(Document(key="", url=url, final_url=url, status=200, body=body), now=NOW)


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4])
def test_a_version_of_a_feed_has_one_entry_that_the_one_before_has_not(number: int) -> None:
    old, new = parsed(number, 0), parsed(number, 1)
    assert len(old.hashes) == len(new.hashes) == len(set(old.hashes)) == ENTRIES
    assert new.hashes[1:] == old.hashes[:-1]
    assert new.hashes[0] not in old.hashes


def test_the_same_feed_is_made_in_every_run_and_no_two_are_alike() -> None:
    assert document(1, 0, NOW) == document(1, 0, NOW)
    assert not set(parsed(1, 0).hashes) & set(parsed(4, 0).hashes)


def test_every_feed_has_an_address_of_its_own() -> None:
    assert len({address(number) for number in range(1000)}) == 1000


def test_the_server_says_not_modified_only_to_who_has_the_present_version() -> None:
    async def asked() -> list[bytes]:
        feeds = Feeds(2)
        feeds.show(0, validators=True)
        first = feeds.answer(b"GET /feed/1 HTTP/1.1")
        again = feeds.answer(b'GET /feed/1 HTTP/1.1\r\nIf-None-Match: "1-0"')
        feeds.show(1, validators=True)
        changed = feeds.answer(b'GET /feed/1 HTTP/1.1\r\nIf-None-Match: "1-0"')
        feeds.show(1, validators=False)
        bare = feeds.answer(b'GET /feed/1 HTTP/1.1\r\nIf-None-Match: "1-1"')
        return [first, again, changed, bare]

    first, again, changed, bare = asyncio.run(asked())
    assert first.startswith(b"HTTP/1.1 200")
    assert b'ETag: "1-0"' in first
    assert again.startswith(b"HTTP/1.1 304")
    assert changed.startswith(b"HTTP/1.1 200")
    assert b'ETag: "1-1"' in changed
    assert bare.startswith(b"HTTP/1.1 200")
    assert b"ETag" not in bare


def test_peers_get_no_more_feeds_than_asked_for_and_https_no_more_than_its_certificate_names() -> None:
    wanted = Wanted(feeds=1000, peer_feeds=200, secure=900)
    assert [wanted.number(client, secure=False) for client in ("ours", "reader", "loop")] == [1000, 200, 200]
    assert wanted.number("ours", secure=True) < SECURE


def test_a_process_knows_what_it_has_taken() -> None:
    before = cpu_seconds()
    sum(range(3_000_000))
    assert cpu_seconds() > before
    assert peak_megabytes() > 5

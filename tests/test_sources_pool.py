import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ParseError, TransientError
from monitor.processes import frames
from monitor.records.feeds import Document, FeedEntry, ParsedFeed
from monitor.sources import parse, wire
from monitor.sources.pool import ParserPool

pytestmark = pytest.mark.alone

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FEED = """<rss version="2.0"><channel><title>Новости</title><item><guid>1</guid><title>Leaders meet</title>
<link>https://news.example/1</link><pubDate>Mon, 23 Nov 2026 09:30:00 GMT</pubDate><author>a@b.example (Ann)</author>
</item></channel></rss>""".encode()


def document(body: bytes) -> Document:
    url = "https://news.example/rss"
    return Document(key="k", url=url, final_url=url, status=200, body=body, content_type="text/xml")


def children() -> set[int]:
    """The processes that this one has started."""
    lists = (task / "children" for task in Path("/proc/self/task").iterdir())
    return {int(pid) for found in lists if found.exists() for pid in found.read_text().split()}


@pytest.fixture(scope="module")
def pool() -> Iterator[ParserPool]:
    with ParserPool(deadline=20) as running:
        yield running


def test_a_feed_comes_back_from_the_process_as_it_was_parsed(pool: ParserPool) -> None:
    assert pool.parse(document(FEED), now=NOW) == parse(document(FEED), now=NOW)


def test_what_is_no_feed_comes_back_as_a_value(pool: ParserPool) -> None:
    result = pool.parse(document(b"<html><title>Hello</title></html>"), now=NOW)
    assert isinstance(result, ParseError)
    assert "web page" in str(result)


def test_many_threads_may_share_the_pool(pool: ParserPool) -> None:
    results: list[ParsedFeed | ParseError] = []
    threads = [threading.Thread(target=lambda: results.append(pool.parse(document(FEED), now=NOW))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8
    assert all(isinstance(result, ParsedFeed) for result in results)


def test_a_document_that_takes_too_long_is_given_up_and_the_next_is_parsed() -> None:
    # Ampersands by the million: the kind of input that takes a forgiving parser minutes.
    endless = b"<rss version='2.0'><channel><item><title>" + b"&" * 2_000_000
    with ParserPool(deadline=0.5) as pool:
        pool.parse(document(FEED), now=NOW)
        started = time.monotonic()
        result = pool.parse(document(endless), now=NOW)
        assert isinstance(result, ParseError)
        assert "0.5 s" in str(result)
        assert time.monotonic() - started < 3
        assert isinstance(pool.parse(document(FEED), now=NOW), ParsedFeed)


def test_a_process_that_stops_listening_is_given_up_too() -> None:
    with ParserPool(deadline=0.5) as pool:
        before = children()
        pool.parse(document(FEED), now=NOW)
        (worker,) = children() - before
        os.kill(worker, signal.SIGSTOP)
        started = time.monotonic()
        # More than a pipe holds, so that already the question cannot be put.
        result = pool.parse(document(FEED + b" " * 5_000_000), now=NOW)
        assert isinstance(result, ParseError)
        assert "0.5 s" in str(result)
        assert time.monotonic() - started < 3
        assert isinstance(pool.parse(document(FEED), now=NOW), ParsedFeed)


def test_entries_that_are_known_stay_in_the_process(pool: ParserPool) -> None:
    whole = pool.parse(document(FEED), now=NOW)
    assert isinstance(whole, ParsedFeed)
    again = pool.parse(document(FEED), now=NOW, known=frozenset(whole.hashes))
    assert isinstance(again, ParsedFeed)
    assert (again.entries, again.hashes, again.title) == ((), whole.hashes, "Новости")


WORDS = st.text(max_size=20)
TIMES = st.none() | st.datetimes(timezones=st.just(UTC))
ENTRIES = st.builds(
    FeedEntry, guid=WORDS, title=WORDS, content=WORDS, published=TIMES, updated=TIMES, authors=st.tuples(WORDS)
)
FEEDS = st.builds(
    ParsedFeed,
    kind=WORDS,
    encoding=WORDS,
    ttl=st.none() | st.floats(0, 1e9),
    skip_hours=st.tuples(st.integers(0, 23)),
    entries=st.lists(ENTRIES, max_size=3).map(tuple),
    hashes=st.lists(WORDS, max_size=3).map(tuple),
    guids_repeat=st.booleans(),
    notes=st.tuples(WORDS),
)


@given(FEEDS)
def test_what_is_sent_over_the_wire_arrives_as_it_was(feed: ParsedFeed) -> None:
    stream = io.BytesIO(frames.packed(wire.from_feed(feed)))
    frame = frames.read(stream)
    assert frame is not None
    assert wire.feed(frame[0]) == feed


def test_a_document_that_needs_too_much_memory_is_refused_and_the_next_is_parsed() -> None:
    hungry = b"<rss version='2.0'><channel>" + b"<item><title>t</title></item>" * 250_000 + b"</channel></rss>"
    with ParserPool(deadline=60, memory_bytes=160 << 20) as pool:
        result = pool.parse(document(hungry), now=NOW)
        assert isinstance(result, ParseError)
        assert "memory" in str(result) or "crashed" in str(result)
        assert isinstance(pool.parse(document(FEED), now=NOW), ParsedFeed)


def test_a_process_that_dies_costs_nothing_but_a_new_one() -> None:
    with ParserPool() as pool:
        before = children()
        pool.parse(document(FEED), now=NOW)
        (worker,) = children() - before
        os.kill(worker, signal.SIGKILL)
        results = [pool.parse(document(FEED), now=NOW) for _ in range(2)]
        assert isinstance(results[-1], ParsedFeed)
        assert children() - before != {worker}
    assert children() - before == set()


def test_interrupting_the_program_does_not_interrupt_the_parser(pool: ParserPool) -> None:
    pool.parse(document(FEED), now=NOW)
    for worker in children():
        os.kill(worker, signal.SIGINT)
    assert isinstance(pool.parse(document(FEED), now=NOW), ParsedFeed)


def test_a_closed_pool_says_so_and_leaves_no_process() -> None:
    before = children()
    pool = ParserPool()
    pool.parse(document(FEED), now=NOW)
    pool.close()
    assert children() == before
    with pytest.raises(TransientError):
        pool.parse(document(FEED), now=NOW)


def test_the_parser_process_loads_no_model() -> None:
    code = "import sys, monitor.sources.worker; print('torch' in sys.modules, 'transformers' in sys.modules)"
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert output.split() == ["False", "False"]

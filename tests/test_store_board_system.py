"""The reads of the system page: the funnel by windows and whole days, queues, what is stored, what went wrong."""

from datetime import datetime, timedelta

import pytest

from monitor.dashboard.pages.system import stages
from monitor.records.articles import EntryState
from monitor.records.board.system import Dropped, Stage
from monitor.records.telling.messages import Outcome, Reply
from monitor.store import Store
from monitor.store.board.troubles import folded
from monitor.store.schema import HEAD
from tests import ledger_builders as ledger
from tests.store_builders import NOW, add_feed, item, matched, poll, read, screened, to_read

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
MIDNIGHT = NOW.replace(hour=0)
LONG_AGO = NOW - 40 * DAY


def seen(store: Store, *moments: datetime) -> list[int]:
    """An entry first seen at each of these moments; their ids."""
    feed = store.feeds.by_url("https://news.example/rss") or add_feed(store)
    return [poll(store, feed, item(f"{at:%d%H%M%S%f}"), at=at).new_entry_ids[0] for at in sorted(moments)]


def counted(store: Store, since: datetime, now: datetime = NOW) -> int:
    return sum(each.count for each in store.board.system.dropped(since, now=now))


def test_nothing_was_dropped_where_nothing_was_seen(store: Store) -> None:
    assert store.board.system.dropped(LONG_AGO, now=NOW) == ()
    assert [queue.waiting for queue in store.board.system.queues()] == [0, 0, 0, 0]
    assert store.board.system.model() == ""
    assert store.board.troubles.since(LONG_AGO) == ()


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (NOW - 30 * DAY, 7),
        (NOW - 2 * DAY, 6),
        (NOW - DAY, 4),
        (MIDNIGHT, 3),
        (MIDNIGHT - timedelta(microseconds=1), 4),
        (NOW - HOUR, 2),
        (NOW, 1),
        (NOW + HOUR, 0),
    ],
)
def test_windows_hold_what_was_first_seen_in_them_to_the_moment(store: Store, since: datetime, expected: int) -> None:
    just_before = MIDNIGHT - timedelta(microseconds=1)
    seen(store, NOW, NOW - HOUR, MIDNIGHT, just_before, NOW - 2 * DAY, MIDNIGHT - DAY, NOW - 20 * DAY)
    assert counted(store, since) == expected
    assert counted(store, since) == expected


def test_a_whole_day_is_remembered_and_counted_anew_after_a_while(store: Store) -> None:
    (entry_id,) = seen(store, NOW - 3 * DAY)
    since = NOW - 7 * DAY
    assert store.board.system.dropped(since, now=NOW) == (Dropped(state="new", reason="", count=1),)
    store.entries.record_screen([screened(entry_id, EntryState.RULED_OUT, reason="gate 0.01 < 0.02")], now=NOW)
    states = [
        store.board.system.dropped(since, now=NOW + minutes * MINUTE)[0].state for minutes in (0, 1, 2, 3, 4, 5, 6)
    ]
    assert states[0] == "new"
    assert states[-1] == "ruled_out"


def test_what_was_seen_today_is_always_counted_anew(store: Store) -> None:
    (entry_id,) = seen(store, NOW - HOUR)
    store.board.system.dropped(NOW - 7 * DAY, now=NOW)
    store.entries.record_screen([screened(entry_id, EntryState.RULED_OUT, reason="gate 0.01 < 0.02")], now=NOW)
    (line,) = store.board.system.dropped(NOW - 7 * DAY, now=NOW)
    assert line == Dropped(state="ruled_out", reason="gate N < N", count=1)


def test_queues_tell_how_many_wait_and_since_when(store: Store) -> None:
    first, second = seen(store, NOW - HOUR, NOW)
    to_read(store, second)
    queues = {queue.stage: queue for queue in store.board.system.queues()}
    assert (queues["screen"].waiting, queues["read"].waiting, queues["analyse"].waiting) == (1, 1, 0)
    assert queues["screen"].oldest is not None
    assert not queues["screen"].more
    assert first != second


def test_the_model_in_use_is_the_one_that_made_the_newest_analysis(store: Store) -> None:
    matched(store, 1)
    assert store.board.system.model() == "minilm@0123456789ab"


def test_what_is_stored_is_told_with_its_schema(store: Store) -> None:
    matched(store, 1)
    revision, size, tables = store.board.system.stored()
    rows = {table.name: table.rows for table in tables}
    assert (revision, rows["entries"], rows["articles"]) == (HEAD, 1, 1)
    assert size > 0
    assert all(table.bytes is None or table.bytes > 0 for table in tables)


def test_failures_in_the_same_words_are_counted_together(store: Store) -> None:
    feed = add_feed(store, title="First")
    other = add_feed(store, "https://other.example/rss", title="Other")
    for minute, who, error in (
        (1, feed, "https://news.example/rss: HTTP 503"),
        (2, other, "https://other.example/rss: HTTP 503"),
        (3, feed, "https://news.example/rss: no answer within 30 s"),
    ):
        poll(store, who, at=NOW + minute * MINUTE, outcome="failed", error=error)
    poll(store, feed, at=NOW - 3 * DAY, outcome="failed", error="long ago")
    first, second = store.board.troubles.since(NOW - DAY)
    assert (first.where, first.what, first.count, first.example) == ("poll", "HTTP 503", 2, "Other")
    assert first.last_at == NOW + 2 * MINUTE
    assert (second.what, second.count) == ("no answer within N s", 1)


def test_pages_that_cannot_be_read_are_among_the_failures(store: Store) -> None:
    (entry_id,) = seen(store, NOW)
    to_read(store, entry_id)
    ended = read(entry_id, None, state=EntryState.FAILED, reason="HTTP 404")
    store.entries.record_read([ended], now=NOW)
    (found,) = store.board.troubles.since(NOW - HOUR)
    assert (found.where, found.what, found.count, found.last_at) == ("page", "HTTP 404", 1, NOW)


def test_messages_that_failed_are_told_without_their_recipient(store: Store) -> None:
    ledger.enter(store, "k1", "k2")
    for delivery in ledger.claim(store):
        assert store.deliveries.begin(delivery.id, holder="a", now=ledger.NOW)
        refused = Outcome(reply=Reply.REFUSED, detail=f"550 {delivery.target} is unknown")
        store.deliveries.finish(delivery.id, holder="a", outcome=refused, now=ledger.NOW)
    (found,) = store.board.troubles.since(ledger.NOW - HOUR)
    assert (found.where, found.what, found.count) == ("message", "N the recipient is unknown", 2)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("https://a.example/rss?x=1: HTTP 500", "HTTP 500"),
        (
            "cannot resolve feeds.example (https://feeds.example/a), tried 3 times",
            "cannot resolve feeds.example (…), tried N times",
        ),
        ("550 nobody@reader.example is unknown", "N … is unknown"),
        ("", ""),
    ],
)
def test_words_are_folded_to_what_cases_share(error: str, words: str) -> None:
    assert folded(error) == words


def lines(**counts: int) -> list[Dropped]:
    return [Dropped(state=state, reason="", count=count) for state, count in counts.items()]


def test_each_stage_of_the_funnel_is_what_the_one_before_did_not_lose() -> None:
    found = stages(
        [
            *lines(new=5, ruled_out=50, to_read=4, failed=3, to_analyse=2, unmatched=20, matched=10),
            Dropped(state="skipped", reason="language: fr", count=5),
            Dropped(state="skipped", reason="a wall", count=1),
        ]
    )
    assert [(stage.name, stage.count, stage.waiting) for stage in found] == [
        ("seen", 100, 5),
        ("passed the gate", 40, 4),
        ("read", 32, 2),
        ("analysed", 30, 0),
        ("matched", 10, 0),
    ]
    assert [sum(each.count for each in stage.lost) for stage in found] == [55, 4, 0, 20, 0]


def test_a_funnel_of_nothing_is_empty_at_every_stage() -> None:
    assert {stage.count for stage in stages([])} == {0}
    assert all(isinstance(stage, Stage) for stage in stages([]))

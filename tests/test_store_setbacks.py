"""Rows that break rounds: counted once for each claim, put in quarantine, kept there from every job, and let out."""

import zlib
from datetime import timedelta

from monitor.records.articles import EntryState
from monitor.records.upkeep import Setback
from monitor.store import Store
from monitor.store.setbacks import KEPT, QUARANTINE
from tests.store_builders import (
    LEASE,
    MINUTE,
    NOW,
    add_feed,
    findings,
    item,
    matched,
    pending_article,
    poll,
    read,
    screened,
    to_read,
    update,
)
from tests.store_builders import article as text

MONTHS = timedelta(days=300)


def entry(store: Store, n: int | str = 1) -> int:
    feed = store.feeds.by_url("https://news.example/rss") or add_feed(store)
    at = NOW + timedelta(milliseconds=zlib.crc32(str(n).encode()) % 60_000)
    (entry_id,) = poll(store, feed, item(n), at=at).new_entry_ids
    return entry_id


def claim(store: Store, holder: str, *, limit: int = 1, after: timedelta = timedelta()) -> list[int]:
    now = NOW + after
    return [e.id for e in store.entries.claim(EntryState.NEW, now=now, limit=limit, holder=holder, lease=LEASE)]


def note(store: Store, holder: str, *, most: int = 3, after: timedelta = timedelta()) -> tuple[Setback, ...]:
    return store.setbacks.note("screen", holder, "ValueError: odd", now=NOW + after, most=most)


def test_what_a_holder_has_claimed_is_counted_and_nothing_else(store: Store) -> None:
    for n in range(3):
        entry(store, n)
    mine = claim(store, "a:1#0")
    claim(store, "a:1#1")
    assert note(store, "a:1#0") == ()
    (setback,) = store.setbacks.listed()
    assert (setback.kind, setback.row_id, setback.job, setback.count) == ("entry", mine[0], "screen", 1)
    assert (setback.error, setback.last_at, setback.quarantined_at) == ("ValueError: odd", NOW, None)
    assert store.setbacks.quarantined() == 0


def test_a_job_that_claims_no_such_rows_has_no_setbacks(store: Store) -> None:
    entry(store)
    claim(store, "a")
    assert store.setbacks.note("deliver", "a", "ValueError", now=NOW, most=1) == ()
    assert store.setbacks.note("poll", "a", "ValueError", now=NOW, most=1) == ()
    assert store.setbacks.listed() == ()


def test_a_row_that_stays_claimed_is_not_counted_for_what_breaks_after_it(store: Store) -> None:
    entry(store, 1)
    entry(store, 2)
    for _ in range(2):
        claim(store, "a#screen")
        note(store, "a#screen")
    note(store, "a#screen")
    assert [setback.count for setback in store.setbacks.listed()] == [1, 1]
    # Claimed anew it counts anew, and what is counted goes back with the rest of its holder's.
    assert store.entries.release("a") == 2
    claim(store, "a#screen", limit=2)
    note(store, "a#screen")
    assert [setback.count for setback in store.setbacks.listed()] == [2, 2]


def test_with_the_last_of_so_many_it_goes_in_quarantine(store: Store) -> None:
    row = entry(store)
    for turn in range(3):
        after = turn * 2 * LEASE
        assert claim(store, "a", after=after) == [row]
        shut_in = note(store, "a", after=after)
        assert len(shut_in) == (turn == 2)
    assert (shut_in[0].row_id, shut_in[0].count) == (row, 3)
    (setback,) = store.setbacks.listed(quarantined=True)
    assert setback.quarantined_at == NOW + 4 * LEASE
    assert store.setbacks.quarantined() == 1
    assert store.setbacks.listed(quarantined=False) == ()
    assert claim(store, "a", after=MONTHS) == []
    assert note(store, "a", after=MONTHS) == ()


def test_a_holder_whose_name_begins_alike_is_another(store: Store) -> None:
    others = ("a:1", "a:1#1", "a:12#0", "a", "a_1#0", "%")
    for n in range(7):
        entry(store, n)
    (mine,) = claim(store, "a:1#0")
    theirs = {other: claim(store, other) for other in others}
    note(store, "a:1#0")
    assert [setback.row_id for setback in store.setbacks.listed()] == [mine]
    assert store.entries.release("a:1#0") == 1
    for other in ("%", "a_1#0", "a:12#0", "a:1#1"):
        assert [setback.row_id for setback in note(store, other, most=1)] == theirs[other]


def test_of_a_whole_process_the_rows_of_all_its_threads_count(store: Store) -> None:
    for n in range(4):
        entry(store, n)
    rows = claim(store, "a:1") + claim(store, "a:1#0") + claim(store, "a:1#chronicle")
    claim(store, "a:12")
    note(store, "a:1")
    assert sorted(setback.row_id for setback in store.setbacks.listed()) == sorted(rows)
    assert store.entries.release("a:1") == 3
    assert store.entries.release("a:12") == 1


def test_what_the_claim_is_over_for_is_not_counted(store: Store) -> None:
    entry(store)
    claim(store, "a")
    note(store, "a", after=LEASE)
    assert store.setbacks.listed() == ()


def test_no_job_takes_a_row_in_quarantine(store: Store) -> None:
    feed = add_feed(store)
    new, wanted = poll(store, feed, item("new"), item("wanted")).new_entry_ids
    to_read(store, wanted)
    pending = pending_article(store, "pending")
    unwoven = matched(store, "unwoven")
    feeds = [("feed", each.id) for each in store.feeds.all()]
    for kind, row in (
        *feeds, ("entry", new), ("entry", wanted), ("article", pending.article_id), ("article", unwoven.article_id),
    ):  # fmt: skip
        assert store.setbacks.quarantine(kind, row, "odd", now=NOW)
    # Neither the sweep nor a holder's end nor the end of what they had frees it.
    store.upkeep.sweep(now=NOW + MONTHS)
    for holder in ("test", "a", ""):
        released = (
            store.feeds.release(holder),
            store.entries.release(holder),
            store.findings.release(holder),
            store.revisits.release(holder),
        )
        assert released == (0, 0, 0, 0)
    given = {"now": NOW + MONTHS, "limit": 10, "holder": "b", "lease": LEASE}
    assert store.feeds.claim_due(**given) == ()  # type: ignore[arg-type]
    assert store.entries.claim(EntryState.NEW, **given) == ()  # type: ignore[arg-type]
    assert store.entries.claim(EntryState.TO_READ, **given) == ()  # type: ignore[arg-type]
    assert store.findings.claim(**given) == ()  # type: ignore[arg-type]
    assert store.chronicle.claim(**given) == ()  # type: ignore[arg-type]
    assert store.revisits.claim(**given) == ()  # type: ignore[arg-type]
    assert store.setbacks.retry() == 5
    assert len(store.feeds.claim_due(**given)) == 1  # type: ignore[arg-type]
    assert len(store.entries.claim(EntryState.NEW, **given)) == 1  # type: ignore[arg-type]
    assert len(store.entries.claim(EntryState.TO_READ, **given)) == 1  # type: ignore[arg-type]
    assert len(store.findings.claim(**given)) == 1  # type: ignore[arg-type]
    assert len(store.chronicle.claim(**given)) == 1  # type: ignore[arg-type]


def test_retry_frees_the_ones_named_as_if_nothing_had_happened(store: Store) -> None:
    rows = [entry(store, n) for n in range(3)]
    claim(store, "a", limit=3)
    note(store, "a", most=1)
    first, second, _ = sorted(store.setbacks.listed(), key=lambda setback: setback.row_id)
    assert store.setbacks.retry([first.id, 999]) == 1
    assert store.setbacks.retry([first.id]) == 0
    assert store.setbacks.retry([]) == 0
    assert claim(store, "b") == [rows[0]]
    assert note(store, "b") == (), "counted from the beginning"
    assert store.setbacks.retry([second.id]) == 1
    assert store.setbacks.retry() == 1
    assert claim(store, "c", limit=3) == rows[:0:-1]


def test_retry_leaves_alone_what_is_only_counted(store: Store) -> None:
    entry(store)
    claim(store, "a")
    note(store, "a")
    (setback,) = store.setbacks.listed()
    assert store.setbacks.retry() == 0
    assert store.setbacks.retry([setback.id]) == 0
    assert store.setbacks.listed() == (setback,)


def test_by_hand_there_is_no_counting_and_a_row_that_is_not_there_is_told(store: Store) -> None:
    row = entry(store)
    assert not store.setbacks.quarantine("entry", row + 1, "why", now=NOW)
    assert not store.setbacks.quarantine("article", row, "why", now=NOW)
    assert store.setbacks.quarantine("entry", row, "it is \x00 odd", now=NOW)
    assert store.setbacks.quarantine("entry", row, "still odd", now=NOW + MINUTE)
    (setback,) = store.setbacks.listed()
    assert (setback.job, setback.error, setback.quarantined_at) == ("by hand", "still odd", NOW + MINUTE)


def test_an_error_may_say_anything_at_any_length(store: Store) -> None:
    entry(store)
    claim(store, "a")
    store.setbacks.note("screen", "a", "odd \x00\ud800" + "x" * 100_000, now=NOW, most=3)
    (setback,) = store.setbacks.listed()
    assert setback.error.startswith("odd \ufffd\ufffdx")
    assert len(setback.error) == 2000


def test_what_is_in_quarantine_is_listed_first_then_the_latest(store: Store) -> None:
    rows = [entry(store, n) for n in range(3)]
    for turn, row in enumerate(reversed(rows)):
        assert claim(store, f"{turn}") == [row]
        note(store, f"{turn}", after=turn * MINUTE)
    store.setbacks.quarantine("entry", rows[2], "odd", now=NOW)
    assert [setback.row_id for setback in store.setbacks.listed()] == [rows[2], rows[0], rows[1]]
    assert len(store.setbacks.listed(limit=2)) == 2


def test_notes_of_rows_that_got_through_are_forgotten_and_quarantine_is_not(store: Store) -> None:
    rows = [entry(store, n) for n in range(2)]
    claim(store, "a", limit=2)
    note(store, "a")
    store.setbacks.quarantine("entry", rows[1], "odd", now=NOW)
    assert store.setbacks.forget(now=NOW + KEPT) == 0
    assert store.setbacks.forget(now=NOW + KEPT + MINUTE) == 1
    assert [setback.row_id for setback in store.setbacks.listed()] == [rows[1]]


def test_a_note_goes_with_its_row(store: Store) -> None:
    feed = add_feed(store)
    row = entry(store)
    store.setbacks.quarantine("entry", row, "odd", now=NOW)
    store.setbacks.quarantine("feed", feed.id, "odd", now=NOW)
    assert store.setbacks.forget(now=NOW) == 0
    store.feeds.remove(feed.id, purge=True)
    assert store.setbacks.forget(now=NOW) == 2
    assert store.setbacks.quarantined() == 0


def test_what_its_last_round_or_a_push_frees_is_shut_in_again(store: Store) -> None:
    row = entry(store)
    (feed,) = store.feeds.all()
    (pending,) = [pending_article(store, "pending")]
    claim(store, "a")
    for kind, row_id in (("entry", row), ("feed", feed.id), ("article", pending.article_id)):
        store.setbacks.quarantine(kind, row_id, "odd", now=NOW)
    # The rounds that had them at that time end well.
    store.entries.record_screen([screened(row)], now=NOW)
    store.entries.record_read([read(row, text("new words"))], now=NOW)
    store.feeds.record_polls([update(feed)])
    store.findings.record(pending, findings(), now=NOW)
    store.setbacks.forget(now=NOW)
    assert store.feeds.claim_due(now=NOW + MONTHS, limit=9, holder="b", lease=LEASE) == ()
    assert store.chronicle.claim(now=NOW, limit=9, holder="b", lease=LEASE) == ()
    assert store.setbacks.retry() == 3
    assert len(store.feeds.claim_due(now=NOW + MONTHS, limit=9, holder="b", lease=LEASE)) == 1
    assert [each.source.article_id for each in store.chronicle.claim(now=NOW, limit=9, holder="b", lease=LEASE)] == [
        pending.article_id
    ]


def test_nobody_is_called_quarantine(store: Store) -> None:
    row = entry(store)
    store.setbacks.quarantine("entry", row, "odd", now=NOW)
    assert note(store, "a", after=MINUTE) == ()
    assert store.entries.release(QUARANTINE.removesuffix("e")) == 0

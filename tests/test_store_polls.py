"""Recording polls: which entries are new, known or changed, and what becomes of the feed's state."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.records.articles import EntryState
from monitor.records.feeds import FeedEntry
from monitor.store import Store
from monitor.store.keys import REVISITS
from tests.store_builders import LEASE, MINUTE, NOW, add_feed, item, matched, poll, screened, states, update


def titles(store: Store) -> list[str]:
    claimed = store.entries.claim(EntryState.NEW, now=NOW + timedelta(days=1), limit=99, holder="t", lease=LEASE)
    store.entries.release("t")
    return sorted(entry.title for entry in claimed)


def test_new_entries_come_back_in_the_order_of_the_document(store: Store) -> None:
    outcome = poll(store, add_feed(store), item(1), item(2), item(3))
    found = [store.entries.get(entry_id) for entry_id in outcome.new_entry_ids]
    assert [entry.title for entry in found if entry] == ["Story 1", "Story 2", "Story 3"]
    assert outcome.feed.entries_seen == 3
    assert outcome.feed.last_status == "new"


def test_everything_a_feed_says_of_an_entry_is_kept(store: Store) -> None:
    full = item(1, content="<p>c</p>", authors=("A", "B"), language="en", source="Wire", published_raw="yesterday")
    (entry_id,) = poll(store, add_feed(store), full).new_entry_ids
    entry = store.entries.get(entry_id)
    assert entry is not None
    assert (entry.guid, entry.url, entry.summary, entry.content) == (full.guid, full.url, full.summary, "<p>c</p>")
    assert (entry.published, entry.published_raw, entry.first_seen) == (full.published, "yesterday", NOW)
    assert (entry.state, entry.outlet, entry.language) == (EntryState.NEW, "The News", "en")


def test_the_same_poll_recorded_twice_changes_nothing(store: Store) -> None:
    feed = add_feed(store)
    (once,) = store.feeds.record_polls([update(feed, item(1), outcome="failed")])
    (again,) = store.feeds.record_polls([update(feed, item(1), item(2), outcome="failed")])
    assert again.new_entry_ids == again.changed_entry_ids == ()
    assert again.feed == once.feed
    assert once.feed.failures == 1


def test_known_entries_are_neither_new_nor_changed(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1), item(2))
    later = poll(store, feed, item(2), item(3), at=NOW + MINUTE)
    assert len(later.new_entry_ids) == 1
    assert later.changed_entry_ids == ()
    same = poll(store, feed, item(2), item(3), at=NOW + 2 * MINUTE)
    assert (same.new_entry_ids, same.feed.last_status, same.feed.last_new_at) == ((), "same", NOW + MINUTE)


def test_tracking_parameters_and_a_new_guid_do_not_make_a_new_entry(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1))
    moved = item(1, guid="other", url="http://www.news.example/story/1?utm_source=rss&utm_medium=feed")
    assert poll(store, feed, moved, at=NOW + MINUTE).new_entry_ids == ()


def test_a_new_address_under_a_known_guid_is_the_same_entry(store: Store) -> None:
    feed = add_feed(store)
    (entry_id,) = poll(store, feed, item(1)).new_entry_ids
    renamed = item(1, url="https://news.example/story/1-trump-calls", title="Trump calls")
    outcome = poll(store, feed, renamed, at=NOW + MINUTE)
    assert (outcome.new_entry_ids, outcome.changed_entry_ids) == ((), (entry_id,))
    entry = store.entries.get(entry_id)
    assert entry is not None
    assert (entry.url, entry.title) == (renamed.url, "Trump calls")
    assert poll(store, feed, renamed, at=NOW + 2 * MINUTE).changed_entry_ids == ()


def test_the_old_address_may_later_name_an_entry_of_its_own(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1))
    renamed = item(1, url="https://news.example/story/1-b")
    poll(store, feed, renamed, at=NOW + MINUTE)
    reused = item(1, guid="another", title="Quite another story")
    assert len(poll(store, feed, renamed, reused, at=NOW + 2 * MINUTE).new_entry_ids) == 1


def test_a_guid_that_moved_to_another_story_does_not_swallow_it(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1))
    document = item(1, guid="fresh"), item("b", guid="guid-1", title="Story 1")
    assert len(poll(store, feed, *document, at=NOW + MINUTE).new_entry_ids) == 1


def test_slot_numbers_for_guids_do_not_swallow_later_stories(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1, guid="slot-1"), item(2, guid="slot-2"))
    later = NOW + timedelta(hours=2)
    fresh = item(3, guid="slot-1", published=later), item(4, guid="slot-2", published=later)
    assert len(poll(store, feed, *fresh, at=later).new_entry_ids) == 2


def test_a_guid_repeated_for_different_pages_is_ignored_from_then_on(store: Store) -> None:
    feed = add_feed(store)
    assert len(poll(store, feed, *(item(n, guid="same") for n in range(5))).new_entry_ids) == 5
    # One item alone would look harmless: the feed's habit is remembered.
    later = item(9, guid="same", published=item(1).published)
    assert len(poll(store, feed, later, at=NOW + MINUTE).new_entry_ids) == 1


def test_changed_words_update_the_entry_and_send_it_back_to_the_gate(store: Store) -> None:
    feed = add_feed(store)
    (entry_id,) = poll(store, feed, item(1)).new_entry_ids
    store.entries.record_screen([screened(entry_id, EntryState.RULED_OUT, reason="gate 0.01 < 0.05")], now=NOW)
    outcome = poll(store, feed, item(1, summary="<p>Now about missiles</p>"), at=NOW + MINUTE)
    assert (outcome.new_entry_ids, outcome.changed_entry_ids) == ((), (entry_id,))
    entry = store.entries.get(entry_id)
    assert entry is not None
    assert (entry.state, entry.summary, entry.reason) == (EntryState.NEW, "<p>Now about missiles</p>", "")


def test_changed_words_of_a_matched_entry_send_it_to_be_read_again(store: Store) -> None:
    matched(store, 1)
    (feed,) = store.feeds.all()
    poll(store, feed, item(1, title="Story 1, corrected"), at=NOW + 30 * MINUTE)
    assert states(store) == {EntryState.TO_READ: 1}
    assert len(store.findings.last_matches(9)) == 1


def test_an_entry_that_changes_for_ever_is_not_looked_at_for_ever(store: Store) -> None:
    feed = add_feed(store)
    (entry_id,) = poll(store, feed, item(1)).new_entry_ids
    seen = []
    for n in range(REVISITS + 2):
        store.entries.record_screen([screened(entry_id, EntryState.RULED_OUT)], now=NOW)
        poll(store, feed, item(1, summary=f"{n} comments"), at=NOW + (n + 1) * MINUTE)
        seen.append(states(store))
    assert seen[REVISITS - 1] == {EntryState.NEW: 1}
    assert seen[REVISITS:] == [{EntryState.RULED_OUT: 1}] * 2


def test_two_feeds_with_one_address_have_an_entry_each(store: Store) -> None:
    a, b = add_feed(store), add_feed(store, "https://b.example/rss")
    assert len(poll(store, a, item(1)).new_entry_ids) == len(poll(store, b, item(1)).new_entry_ids) == 1


def test_a_failed_poll_keeps_validators_counts_failures_and_says_why(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1), etag='"e1"', last_modified="Fri", body_hash="h1")
    first = poll(store, feed, at=NOW + MINUTE, outcome="failed", error="HTTP 503", http_status=503).feed
    second = poll(store, feed, at=NOW + 2 * MINUTE, outcome="failed", error="timed out", http_status=None).feed
    assert (first.failures, second.failures, second.last_error) == (1, 2, "timed out")
    assert (second.etag, second.last_modified, second.body_hash) == ('"e1"', "Fri", "h1")
    assert (second.last_success_at, second.last_polled_at) == (NOW, NOW + 2 * MINUTE)
    good = poll(store, feed, at=NOW + 3 * MINUTE, outcome="unchanged", http_status=304).feed
    assert (good.failures, good.last_error, good.etag, good.last_success_at) == (0, None, '"e1"', NOW + 3 * MINUTE)


def test_a_body_without_validators_forgets_the_old_ones(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1), etag='"e1"')
    assert poll(store, feed, item(2), at=NOW + MINUTE).feed.etag is None


def test_recording_a_poll_ends_the_claim_and_sets_the_next(store: Store) -> None:
    add_feed(store)
    (feed,) = store.feeds.claim_due(now=NOW, limit=1, holder="a", lease=LEASE)
    after = poll(store, feed, next_poll_at=NOW + MINUTE, interval=60.0).feed
    assert (after.next_poll_at, after.interval) == (NOW + MINUTE, 60.0)
    assert store.feeds.claim_due(now=NOW + MINUTE, limit=1, holder="b", lease=LEASE)


def test_a_feed_takes_the_title_it_gives_itself_only_when_it_has_none(store: Store) -> None:
    named, nameless = add_feed(store), add_feed(store, "https://b.example/rss", title="")
    assert poll(store, named, title="Own").feed.spec.title == "News"
    assert poll(store, nameless, title="Own").feed.spec.title == "Own"


def test_a_feed_purged_while_it_was_polled_costs_the_others_of_its_batch_nothing(store: Store) -> None:
    feed, other = add_feed(store), add_feed(store, "https://b.example/rss")
    store.feeds.remove(feed.id, purge=True)
    (outcome,) = store.feeds.record_polls([update(feed, item(1)), update(other, item(2))])
    assert (outcome.feed.id, len(outcome.new_entry_ids)) == (other.id, 1)


def test_an_address_of_ten_thousand_characters_is_kept(store: Store) -> None:
    feed = add_feed(store)
    long = item(1, url="https://news.example/" + "x" * 10_000, guid="g" * 10_000, title="t" * 10_000)
    assert len(poll(store, feed, long).new_entry_ids) == 1
    assert poll(store, feed, long, at=NOW + MINUTE).new_entry_ids == ()


ENTRIES = st.lists(
    st.builds(
        FeedEntry,
        guid=st.sampled_from(["", "a", "b", "c"]),
        url=st.sampled_from(
            ["", "https://n.example/", "https://n.example/1", "http://n.example/2?utm_source=x", "\ud800"]
        ),
        title=st.text(st.characters(codec=None), max_size=5),
        published=st.sampled_from([None, NOW, NOW - MINUTE, NOW.replace(year=9999)]),
    ),
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=ENTRIES)
def test_a_document_polled_again_brings_nothing_new(store: Store, document: list[FeedEntry]) -> None:
    feed = store.feeds.by_url("https://news.example/rss") or add_feed(store)
    store.feeds.remove(feed.id, purge=True)
    feed = add_feed(store)
    first = poll(store, feed, *document)
    again = poll(store, feed, *document, at=NOW + MINUTE)
    assert again.new_entry_ids == again.changed_entry_ids == ()
    assert len(titles(store)) == len(first.new_entry_ids)

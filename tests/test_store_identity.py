"""One article is one entry, whatever its feed calls it; what left a feed is known when it comes back."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from monitor.records.articles import EntryState
from monitor.records.feeds import FeedEntry
from monitor.store import Store
from monitor.store.polling.tables import entry_versions, feed_windows
from monitor.store.polling.window import ghost, pack, pack_ghosts, same_story, unpack, unpack_ghosts
from monitor.store.tables import entries, matches
from tests.store_builders import (
    MINUTE,
    NOW,
    add_feed,
    article,
    findings,
    item,
    matched,
    poll,
    read,
    screened,
    states,
    to_read,
    update,
)

DAY = timedelta(days=1)
REPORT = (
    "The delegation arrived late in the evening and went straight to the residence, where the talks began behind "
    "closed doors. A spokesman said that nothing had been agreed, that the list of items was long, and that both "
    "sides would meet again in the morning. Outside, some dozens of people waited in the rain with flags and candles, "
    "and a few of them sang until the police asked them to go home."
)


def words_of(store: Store, entry_id: int) -> list[str]:
    with store._database.read() as connection:
        query = select(entry_versions.c.title).where(entry_versions.c.entry_id == entry_id)
        return list(connection.scalars(query.order_by(entry_versions.c.number)))


def test_an_article_with_new_title_address_and_guid_is_an_edit_when_its_words_are_the_same(store: Store) -> None:
    # miniflux/v2#797, #2358, #3120; feedbin/support#416: one article came back as new up to twenty times.
    feed = add_feed(store)
    first, other = item(1, summary=REPORT), item(2)
    (entry_id, _) = poll(store, feed, first, other).new_entry_ids
    renamed = item("1-b", title="Talks begin behind closed doors", summary=REPORT.replace("some dozens", "dozens"))
    outcome = poll(store, feed, renamed, other, at=NOW + MINUTE)
    assert (outcome.new_entry_ids, outcome.changed_entry_ids) == ((), (entry_id,))
    assert words_of(store, entry_id) == ["Story 1"]


def test_it_is_still_known_when_it_was_away_for_a_while(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1, summary=REPORT), item(2))
    poll(store, feed, item(2), at=NOW + MINUTE)
    poll(store, feed, item(2), item(3), at=NOW + 2 * MINUTE)
    assert poll(store, feed, item("x", summary=REPORT), item(3), at=NOW + 3 * MINUTE).new_entry_ids == ()


def test_two_items_of_one_document_are_two_entries_however_alike(store: Store) -> None:
    feed = add_feed(store)
    assert len(poll(store, feed, item(1, summary=REPORT), item(2, summary=REPORT)).new_entry_ids) == 2
    later = poll(
        store, feed, item(1, summary=REPORT), item(3, summary=REPORT), item(2, summary=REPORT), at=NOW + MINUTE
    )
    assert len(later.new_entry_ids) == 1


def test_the_same_words_days_later_are_another_article(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1, summary=REPORT))
    weekly = item(2, summary=REPORT, published=NOW + timedelta(days=7))
    assert len(poll(store, feed, weekly, at=NOW + timedelta(days=7)).new_entry_ids) == 1


def test_short_texts_are_the_same_only_with_the_same_long_title(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1, title="Leaders to meet on Friday", summary=""), item(2, title="Live", summary=""))
    again = item(3, title="Leaders to meet on Friday", summary=""), item(4, title="Live", summary="")
    assert len(poll(store, feed, *again, at=NOW + MINUTE).new_entry_ids) == 1


def test_an_edit_is_a_version_and_never_a_second_match(store: Store) -> None:
    # taranis-ai#120: a corrected typo made a new item.
    stored = matched(store, 1)
    (feed,) = store.feeds.all()
    outcome = poll(store, feed, item(1, title="Story 1, corrected"), at=NOW + 30 * MINUTE)
    (entry_id,) = outcome.changed_entry_ids
    assert outcome.new_entry_ids == ()
    store.entries.record_read([read(entry_id, article(1, text="Trump and Putin met in Alaska."))], now=NOW + DAY)
    (again,) = store.findings.claim(now=NOW + DAY, limit=9, holder="t", lease=MINUTE)
    store.findings.record(again, findings(0.95), now=NOW + DAY)
    (match,) = store.findings.last_matches(9)
    assert (again.article_id, match.matched_at) == (stored.article_id, NOW)
    assert words_of(store, entry_id) == ["Story 1"]


def test_a_counter_that_changes_for_ever_keeps_few_versions(store: Store) -> None:
    feed = add_feed(store)
    (entry_id,) = poll(store, feed, item(1)).new_entry_ids
    for n in range(1, 31):
        poll(store, feed, item(1, summary=f"{n} comments"), at=NOW + n * MINUTE)
    assert len(words_of(store, entry_id)) == 20


def test_an_unchanged_document_writes_no_entry(store: Store) -> None:
    feed = add_feed(store)
    document = [item(n) for n in range(5)]
    poll(store, feed, *document)
    with store._database.read() as connection:
        before = connection.execute(select(entries)).all()
    poll(store, feed, *document, at=NOW + MINUTE)
    with store._database.read() as connection:
        assert connection.execute(select(entries)).all() == before


def test_an_entry_was_last_seen_with_the_last_document_that_held_it(store: Store) -> None:
    feed = add_feed(store)
    (entry_id, _) = poll(store, feed, item(1), item(2)).new_entry_ids
    poll(store, feed, item(1), item(2), at=NOW + MINUTE)
    (_, seen, *_) = store.entries.why(entry_id)
    assert "in the feed until 2026-11-20 12:01 UTC (2 polls)" in seen.detail
    poll(store, feed, item(2), at=NOW + 2 * MINUTE)
    poll(store, feed, item(2), at=NOW + 3 * MINUTE)
    (_, seen, *_) = store.entries.why(entry_id)
    assert "in the feed until 2026-11-20 12:01 UTC (2 polls)" in seen.detail


def test_a_damaged_window_only_costs_a_look_at_every_entry(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1), item(2))
    with store._database.write() as connection:
        connection.execute(feed_windows.update().values(window=b"broken", ghosts=b"broken"))
    assert poll(store, feed, item(1), item(2), at=NOW + MINUTE).new_entry_ids == ()


def test_polls_without_a_common_entry_are_flagged(store: Store) -> None:
    feed = add_feed(store)
    assert not poll(store, feed, item(1), item(2)).gap
    assert not poll(store, feed, item(2), item(3), at=NOW + MINUTE).gap
    assert not poll(store, feed, item(3, title="Edited"), item(4), at=NOW + 2 * MINUTE).gap
    outcome = poll(store, feed, item(5), item(6), at=NOW + 3 * MINUTE)
    assert outcome.gap
    assert (outcome.feed.gaps, outcome.feed.gap_at) == (1, NOW + 3 * MINUTE)


def test_a_document_that_was_empty_once_is_no_gap(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1))
    assert not poll(store, feed, at=NOW + MINUTE).gap
    assert not poll(store, feed, item(2), at=NOW + 2 * MINUTE).gap


def test_what_a_new_feed_brings_first_is_no_news(store: Store) -> None:
    # Feeder#660, rss2email PR#182, matrix-hookshot#768: adding a feed floods alerts.
    feed = add_feed(store)
    (old,) = poll(store, feed, item(1)).new_entry_ids
    (new,) = poll(store, feed, item(1), item(2), at=NOW + MINUTE).new_entry_ids
    found = {entry_id: store.entries.get(entry_id) for entry_id in (old, new)}
    assert [entry.backfill for entry in found.values() if entry] == [True, False]
    for entry_id, number in ((old, 1), (new, 2)):
        to_read(store, entry_id)
        store.entries.record_read([read(entry_id, article(number))], now=NOW + MINUTE)
    for stored in store.findings.claim(now=NOW + MINUTE, limit=9, holder="t", lease=MINUTE):
        store.findings.record(stored, findings(0.9), now=NOW + MINUTE)
    with store._database.read() as connection:
        assert list(connection.scalars(select(matches.c.backfill).order_by(matches.c.article_id))) == [True, False]


def test_a_feed_that_was_dead_for_a_day_is_as_good_as_new(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1))
    poll(store, feed, at=NOW + MINUTE, outcome="failed", error="503")
    (soon,) = poll(store, feed, item(1), item(2), at=NOW + 5 * MINUTE).new_entry_ids
    poll(store, feed, at=NOW + 6 * MINUTE, outcome="failed", error="503")
    (late,) = poll(store, feed, item(3), at=NOW + 2 * DAY).new_entry_ids
    found = [store.entries.get(entry_id) for entry_id in (soon, late)]
    assert [entry.backfill for entry in found if entry] == [False, True]


def test_a_removed_feed_that_is_added_again_brings_no_news_first(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1))
    store.feeds.remove(feed.id)
    again = store.feeds.add(feed.spec, now=NOW + DAY)
    (entry_id,) = poll(store, again, item(1), item(2), at=NOW + DAY).new_entry_ids
    entry = store.entries.get(entry_id)
    assert entry is not None
    assert entry.backfill


def test_our_own_absence_makes_no_back_catalogue(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1))
    (entry_id,) = poll(store, feed, item(1), item(2), at=NOW + 5 * DAY).new_entry_ids
    entry = store.entries.get(entry_id)
    assert entry is not None
    assert not entry.backfill


def test_a_push_adds_to_what_is_known_and_forgets_nothing(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1), item(2), etag='"e"', body_hash="b")
    after = poll(store, feed, item(3), at=NOW + MINUTE, pushed=True)
    assert (len(after.new_entry_ids), after.gap, after.feed.etag) == (1, False, '"e"')
    again = poll(store, feed, item(3), item(1), item(2), at=NOW + 2 * MINUTE)
    assert (again.new_entry_ids, again.changed_entry_ids, again.feed.gaps) == ((), (), 0)


def test_a_date_to_come_is_kept_as_first_seen(store: Store) -> None:
    # worldmonitor#517: a date that was taken for now made old stories new on every poll.
    feed = add_feed(store)
    ahead = {"published_raw": "Fri, 01 Jan 2038 00:00:00 GMT", "date_quality": "future"}
    (entry_id,) = poll(store, feed, item(1, published=NOW, **ahead)).new_entry_ids
    poll(store, feed, item(1, published=NOW + MINUTE, title="Edited", **ahead), at=NOW + MINUTE)
    entry = store.entries.get(entry_id)
    assert entry is not None
    assert (entry.published, entry.date_quality, entry.title) == (NOW, "future", "Edited")


@pytest.mark.parametrize("polls", [1, 2])
def test_an_address_is_taken_over_only_after_several_polls(store: Store, polls: int) -> None:
    # feedbin#579, NetNewsWire#953; Vienna#1546: a maintenance page overwrote the feed's address.
    feed = add_feed(store)
    new = "https://news.example/new"
    for n in range(polls):
        outcome = poll(store, feed, item(1), at=NOW + n * MINUTE, moved_to=new)
    assert (outcome.feed.spec.url, outcome.feed.moved_to, outcome.feed.moved_polls) == (feed.spec.url, new, polls)
    broken = poll(store, feed, at=NOW + DAY, outcome="failed", error="not a feed")
    assert broken.feed.spec.url == feed.spec.url
    for n in range(3 - polls):
        outcome = poll(store, feed, item(1), at=NOW + DAY + (n + 1) * MINUTE, moved_to=new)
    assert (outcome.feed.spec.url, outcome.feed.moved_from, outcome.feed.moved_to) == (new, feed.spec.url, "")
    assert [store.feeds.by_url(url) for url in (new, feed.spec.url)] == [outcome.feed, outcome.feed]
    assert store.feeds.sync([feed.spec], now=NOW) == 0
    assert store.feeds.get(feed.id) == outcome.feed


def test_a_redirect_that_ends_begins_to_count_anew(store: Store) -> None:
    feed = add_feed(store)
    for n, target in enumerate(("/new", "/new", "", "/new", "/new")):
        moved = f"https://news.example{target}" if target else ""
        outcome = poll(store, feed, item(1), at=NOW + n * MINUTE, moved_to=moved)
    assert (outcome.feed.spec.url, outcome.feed.moved_polls) == (feed.spec.url, 2)


def test_an_address_that_another_feed_has_is_not_taken_over(store: Store) -> None:
    feed, other = add_feed(store), add_feed(store, "https://news.example/new")
    for n in range(5):
        outcome = poll(store, feed, item(1), at=NOW + n * MINUTE, moved_to=other.spec.url)
    assert outcome.feed.spec.url == feed.spec.url


def test_a_feed_that_is_gone_is_not_polled_any_more(store: Store) -> None:
    feed = add_feed(store)
    outcome = poll(store, feed, outcome="failed", error="410 Gone", http_status=410, gone=True)
    assert outcome.feed.gone_at == NOW
    assert store.feeds.claim_due(now=NOW + 99 * DAY, limit=9, holder="t", lease=MINUTE) == ()
    back = store.feeds.add(feed.spec, now=NOW + DAY)
    assert (back.id, back.gone_at) == (feed.id, None)
    assert len(store.feeds.claim_due(now=NOW + DAY, limit=9, holder="t", lease=MINUTE)) == 1


def test_an_outage_of_our_own_is_charged_to_no_feed(store: Store) -> None:
    # miniflux/v2#1893: a provider's DNS outage stopped every feed.
    feed = add_feed(store)
    poll(store, feed, item(1))
    after = poll(store, feed, at=NOW + MINUTE, outcome="outage", error="no network").feed
    assert (after.failures, after.failing_since, after.last_error, after.last_status) == (
        0,
        None,
        "no network",
        "outage",
    )


def test_a_batch_is_stored_whole_or_not_at_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    feeds = [add_feed(store, f"https://{name}.example/rss") for name in "abc"]
    from monitor.store.polling import polls

    def broken(*_: object) -> None:
        raise RuntimeError("the process died here")

    with monkeypatch.context() as patched:
        patched.setattr(polls, "_record_rows", broken)
        with pytest.raises(RuntimeError):
            store.feeds.record_polls([update(feed, item(1)) for feed in feeds])
    assert states(store) == {}
    assert len(store.feeds.record_polls([update(feed, item(1)) for feed in feeds])) == 3
    assert states(store) == {EntryState.NEW: 3}


def test_screened_entries_stay_where_they_are_when_nothing_changed(store: Store) -> None:
    feed = add_feed(store)
    (entry_id,) = poll(store, feed, item(1)).new_entry_ids
    store.entries.record_screen([screened(entry_id, EntryState.RULED_OUT)], now=NOW)
    poll(store, feed, item(1), item(2), at=NOW + MINUTE)
    assert states(store) == {EntryState.RULED_OUT: 1, EntryState.NEW: 1}


@given(st.dictionaries(st.binary(min_size=8, max_size=8).map(bytes.hex), st.integers(0, 2**62), max_size=40))
def test_a_window_reads_back_as_written(pairs: dict[str, int]) -> None:
    assert unpack(pack(pairs.items())) == pairs


@given(st.lists(st.tuples(st.integers(1, 2**62), st.text(max_size=40), st.text(max_size=600)), max_size=60))
def test_ghosts_read_back_as_written(rows: list[tuple[int, str, str]]) -> None:
    ghosts = [ghost(*row) for row in rows]
    assert unpack_ghosts(pack_ghosts(ghosts)) == ghosts[:40]


@settings(max_examples=50)
@given(st.integers(0, len(REPORT.split()) - 1))
def test_one_word_more_or_less_makes_no_other_story(at: int) -> None:
    words = REPORT.split()
    edited = " ".join(words[:at] + words[at + 1 :])
    known = {7: ghost(7, "Old title", REPORT)}
    assert same_story(ghost(0, "New title", edited), known) == 7
    assert same_story(ghost(0, "New title", " ".join(reversed(words))), known) is None


DOCUMENTS = st.lists(
    st.lists(st.sampled_from([item(n, summary=f"{REPORT} {n} {word}") for n in range(6) for word in "ab"]), max_size=5),
    min_size=1,
    max_size=6,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents=DOCUMENTS)
def test_whatever_order_documents_come_in_every_address_is_stored_once(
    store: Store, documents: list[list[FeedEntry]]
) -> None:
    known = store.feeds.by_url("https://news.example/rss")
    if known is not None:
        store.feeds.remove(known.id, purge=True)
    feed = add_feed(store)
    new = [
        n
        for at, document in enumerate(documents)
        for n in poll(store, feed, *document, at=NOW + at * MINUTE).new_entry_ids
    ]
    assert len(new) <= len({entry.url for document in documents for entry in document})
    last = poll(store, feed, *documents[-1], at=NOW + DAY)
    assert last.new_entry_ids == last.changed_entry_ids == ()

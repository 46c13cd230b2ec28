"""The reads of the sources pages: what feeds brought, and one feed's rhythm, polls, entries, matches and versions."""

from datetime import timedelta

from monitor.records.board.sources import FeedYield, HourCount, PollHour, SourceFacts
from monitor.records.feedback import Verdict
from monitor.store import Store
from tests.feedback_builders import label
from tests.store_builders import NOW, add_feed, article, findings, item, matched, pending_article, poll, read

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def facts(store: Store, feed_id: int = 1) -> SourceFacts:
    return store.board.sources.facts(feed_id, person="anna", now=NOW)


def news(store: Store) -> int:
    """A feed whose back catalogue was brought long ago."""
    feed = add_feed(store)
    poll(store, feed, item("old"), at=NOW - 20 * DAY)
    return feed.id


def test_a_feed_that_brought_nothing_has_no_yield_and_empty_facts(store: Store) -> None:
    add_feed(store)
    assert store.board.sources.yields(NOW) == {}
    found = facts(store)
    assert (found.hours, found.polls, found.poll_hours, found.entries, found.matches, found.changed) == ((),) * 6


def test_entries_matches_and_judgements_are_counted_by_feed(store: Store) -> None:
    feed_id = news(store)
    other = add_feed(store, "https://other.example/rss")
    for n in (1, 2):
        matched(store, n)
    unmatched = pending_article(store, 3)
    store.findings.record(unmatched, findings(0.1, 0.1), now=NOW)
    label(store, 1, Verdict.KEEP)
    label(store, 2, Verdict.REJECT)
    label(store, unmatched.article_id, Verdict.KEEP, topic="talks")
    whole = FeedYield(new=3, matched_new=2, matches=2, kept=1, rejected=1)
    assert store.board.sources.yields(NOW) == {feed_id: whole}
    assert store.board.sources.yields(NOW, of=[feed_id]) == {feed_id: whole}
    assert store.board.sources.yields(NOW, of=[other.id]) == {}


def test_windows_end_and_a_back_catalogue_is_no_match_of_late(store: Store) -> None:
    matched(store, 1)
    assert store.board.sources.yields(NOW)[1] == FeedYield(new=1)
    assert store.board.sources.yields(NOW + 8 * DAY) == {}


def test_a_label_that_was_taken_back_does_not_count(store: Store) -> None:
    news(store)
    matched(store, 1)
    store.labels.undo(label(store, 1).id, now=NOW)
    assert store.board.sources.yields(NOW)[1].kept == 0


def test_the_rhythm_counts_hours_of_publication(store: Store) -> None:
    feed_id = news(store)
    at = NOW - HOUR
    feed = store.feeds.get(feed_id)
    assert feed is not None
    poll(store, feed, item(1, published=at), item(2, published=at), item(3, published=None), at=NOW)
    assert facts(store).hours == (
        HourCount(weekday=at.weekday(), hour=at.hour, entries=3),
        HourCount(weekday=NOW.weekday(), hour=NOW.hour, entries=1),
    )
    assert facts(store).counted == 4


def test_a_catalogue_without_dates_says_nothing_of_the_rhythm(store: Store) -> None:
    poll(store, add_feed(store), item(1, published=None), item(2, published=NOW - 40 * DAY))
    assert facts(store).hours == ()
    assert len(facts(store).entries) == 2


def test_polls_are_counted_by_hour_and_the_last_are_told_with_their_errors(store: Store) -> None:
    feed = add_feed(store)
    begin = NOW.replace(minute=0)
    poll(store, feed, item(1), at=begin)
    poll(store, feed, at=begin + 5 * timedelta(minutes=1), outcome="failed", http_status=500, error="HTTP 500")
    poll(store, feed, at=begin + 9 * timedelta(minutes=1), outcome="put off")
    poll(store, feed, at=begin - 15 * DAY, outcome="unchanged")
    poll(store, feed, at=begin - HOUR, outcome="unchanged")
    found = facts(store)
    assert found.poll_hours == (
        PollHour(at=begin, brought=1, failed=1, put_off=1),
        PollHour(at=begin - HOUR, same=1),
    )
    assert [(each.outcome, each.error) for each in found.polls][:2] == [("put off", None), ("failed", "HTTP 500")]
    assert len(found.polls) == 5


def test_the_latest_entries_come_first_with_what_became_of_them(store: Store) -> None:
    matched(store, 1)
    feed = store.feeds.get(1)
    assert feed is not None
    poll(store, feed, item(2), at=NOW + HOUR)
    found = store.board.sources.facts(1, person="anna", now=NOW + HOUR)
    assert [(each.title, each.state, each.article_id) for each in found.entries] == [
        ("Story 2", "new", None),
        ("Story 1", "matched", 1),
    ]
    assert [row.article_id for row in found.matches] == [1]


def test_articles_that_changed_afterwards_are_told_with_their_versions(store: Store) -> None:
    matched(store, 1)
    matched(store, 2)
    feed = store.feeds.get(1)
    assert feed is not None
    later = NOW + HOUR
    (entry_id,) = poll(store, feed, item(1, summary="Other words"), at=later).changed_entry_ids
    store.entries.record_read([read(entry_id, article(1, "Quite another text of the story."))], now=later)
    (changed,) = facts(store).changed
    assert (changed.article_id, changed.title, changed.versions, changed.changed_at) == (1, "Story 1", 2, later)


def test_a_feed_sees_nothing_of_another(store: Store) -> None:
    matched(store, 1)
    other = add_feed(store, "https://other.example/rss")
    found = facts(store, other.id)
    assert (found.entries, found.matches, found.polls, found.hours) == ((), (), (), ())

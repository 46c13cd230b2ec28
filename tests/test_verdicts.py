"""How all feeds are: only those are read and judged again of which something is new, and nothing is overlooked."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from monitor.pipeline.polling import health_facts
from monitor.pipeline.verdicts import Verdicts
from monitor.polling.health import judge
from monitor.records.feeds import Feed, FeedLine
from monitor.store import Store
from tests.store_builders import NOW, add_feed, item, poll, update

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Reads:
    """The feeds of a store; says which were read whole."""

    def __init__(self, store: Store) -> None:
        self._feeds = store.feeds
        self.whole: list[int] = []

    def lines(self) -> tuple[FeedLine, ...]:
        return self._feeds.lines()

    def some(self, ids: Iterable[int]) -> tuple[Feed, ...]:
        wanted = sorted(ids)
        self.whole += wanted
        return self._feeds.some(wanted)


@pytest.fixture
def feeds(store: Store) -> list[Feed]:
    added = [add_feed(store, f"https://paper{n}.example/rss", title=f"Paper {n}") for n in range(3)]
    for feed in added:
        poll(store, feed, item(f"of {feed.id}"), at=NOW, next_poll_at=NOW + DAY)
    return added


def test_what_has_not_changed_is_not_read_again(store: Store, feeds: list[Feed]) -> None:
    reads = Reads(store)
    verdicts = Verdicts(reads)
    assert [verdict.state for verdict in verdicts.look(NOW)] == ["ok"] * 3
    assert reads.whole == [feed.id for feed in feeds]
    store.feeds.record_polls([update(feeds[1], at=NOW + HOUR, outcome="failed", error="no address")])
    found = verdicts.look(NOW + HOUR)
    assert [verdict.state for verdict in found] == ["ok", "failing", "ok"]
    assert reads.whole == [*(feed.id for feed in feeds), feeds[1].id]
    assert [verdict.line.title for verdict in found] == ["Paper 0", "Paper 1", "Paper 2"]


def test_time_alone_makes_a_feed_late_and_silent(store: Store, feeds: list[Feed]) -> None:
    verdicts = Verdicts(store.feeds)
    for hours in (0, 13, 24, 47, 49, 24 * 70):
        now = NOW + hours * HOUR
        expected = [judge(health_facts(feed), now=now) for feed in store.feeds.all()]
        assert [(each.state, each.since) for each in verdicts.look(now)] == [
            (each.state, each.since) for each in expected
        ]


def test_a_clock_that_is_set_back_is_not_answered_from_its_future(store: Store, feeds: list[Feed]) -> None:
    verdicts = Verdicts(store.feeds)
    assert {verdict.state for verdict in verdicts.look(NOW + 90 * DAY)} == {"unreached"}
    assert {verdict.state for verdict in verdicts.look(NOW)} == {"ok"}


def test_what_a_person_changes_shows_at_once(store: Store, feeds: list[Feed]) -> None:
    verdicts = Verdicts(store.feeds)
    verdicts.look(NOW)
    store.feed_changes.say(feeds[0].id, now=NOW, title="Another name", url="https://elsewhere.example/rss")
    store.feeds.remove(feeds[2].id)
    found = verdicts.look(NOW)
    assert [(verdict.line.title, verdict.line.url) for verdict in found] == [
        ("Another name", "https://elsewhere.example/rss"),
        ("Paper 1", "https://paper1.example/rss"),
    ]


def test_a_feed_that_is_purged_between_two_reads_is_left_out(store: Store, feeds: list[Feed]) -> None:
    class Purges(Reads):
        def some(self, ids: Iterable[int]) -> tuple[Feed, ...]:
            store.feeds.remove(feeds[0].id, purge=True)
            return super().some(ids)

    assert [verdict.line.id for verdict in Verdicts(Purges(store)).look(NOW)] == [feed.id for feed in feeds[1:]]


def test_the_words_are_those_of_now(store: Store, feeds: list[Feed]) -> None:
    verdicts = Verdicts(store.feeds)
    verdicts.look(NOW)
    feed, health = verdicts.told([feeds[0].id, 77], NOW + HOUR)[feeds[0].id]
    assert (feed.spec.title, health.detail) == ("Paper 0", "newest item 2 h old")

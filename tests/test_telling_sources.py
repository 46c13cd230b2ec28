"""Which sources are dark: what overview, digests and alerts are told of them."""

from datetime import timedelta

from monitor.jobs.telling.sources import sources
from monitor.store import Store
from tests.store_builders import NOW, add_feed, item, poll


def test_a_feed_whose_first_items_are_old_is_dark_once_it_was_listened_to(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1, published=NOW - timedelta(days=400)), at=NOW)
    assert sources(store)(NOW + timedelta(minutes=5)).dark == ()
    later = NOW + timedelta(hours=2)
    poll(store, feed, item(1, published=NOW - timedelta(days=400)), at=later)
    assert [(dark.state, dark.title) for dark in sources(store)(later).dark] == [("stale", feed.spec.title)]

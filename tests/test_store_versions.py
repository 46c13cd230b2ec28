"""Versions: every wording that a feed or a page had is kept and can be read again."""

from datetime import timedelta

from monitor.records.versions import History
from monitor.store import Store
from monitor.store.polling.changes import KEPT_VERSIONS
from monitor.store.versions import Versions
from tests.store_builders import MINUTE, NOW, add_feed, article, item, matched, poll, read

URL = "https://news.example/story/1"


def of(store: Store, what: str | int) -> History:
    return Versions(store._database).of(what)


def test_the_words_of_an_entry_are_told_in_the_order_in_which_its_feed_gave_them(store: Store) -> None:
    feed = add_feed(store)
    (entry_id,) = poll(store, feed, item(1, title="Leaders may meet")).new_entry_ids
    poll(store, feed, item(1, title="Leaders will meet"), at=NOW + MINUTE)
    poll(store, feed, item(1, title="Leaders meet", summary="<p>They met.</p>"), at=NOW + 3 * MINUTE)
    (entry,) = of(store, entry_id).entries
    assert [(version.number, version.title) for version in entry.versions] == [
        (1, "Leaders may meet"),
        (2, "Leaders will meet"),
        (3, "Leaders meet"),
    ]
    assert [(version.since, version.until) for version in entry.versions] == [
        (NOW, NOW + MINUTE),
        (NOW + MINUTE, NOW + 3 * MINUTE),
        (NOW + 3 * MINUTE, None),
    ]
    assert (entry.versions[-1].summary, entry.changes, entry.lost, entry.outlet) == (
        "<p>They met.</p>",
        2,
        0,
        "The News",
    )


def test_an_entry_that_never_changed_has_one_version_and_the_history_says_so(store: Store) -> None:
    poll(store, add_feed(store), item(1))
    found = of(store, URL)
    assert [len(entry.versions) for entry in found.entries] == [1]
    assert not found.changed


def test_an_entry_that_changes_for_ever_says_how_many_versions_were_not_kept(store: Store) -> None:
    feed = add_feed(store)
    times = KEPT_VERSIONS + 3
    for n in range(times + 1):
        poll(store, feed, item(1, summary=f"{n} comments"), at=NOW + n * MINUTE)
    (entry,) = of(store, URL).entries
    assert (entry.changes, len(entry.versions), entry.lost) == (times, KEPT_VERSIONS + 1, 3)
    assert (entry.versions[-1].summary, entry.versions[-1].since) == (f"{times} comments", None)


def test_the_texts_of_an_article_are_told_with_their_time_and_source(store: Store) -> None:
    matched(store, 1, text="Trump and Putin met in Budapest.")
    (feed,) = store.feeds.all()
    later = NOW + timedelta(hours=1)
    poll(store, feed, item(1, title="Corrected"), at=later)
    store.entries.record_read([read(1, article(1, text="Trump and Putin will meet in Budapest."))], now=later)
    found = of(store, f"{URL}?utm_source=mail")
    assert found.changed
    (history,) = found.articles
    assert [(version.number, version.text, version.current) for version in history.versions] == [
        (1, "Trump and Putin met in Budapest.", False),
        (2, "Trump and Putin will meet in Budapest.", True),
    ]
    assert [version.seen_at for version in history.versions] == [NOW, later]
    assert {version.text_source for version in history.versions} == {"page"}


def test_a_page_is_found_by_guid_and_through_every_feed_that_brought_it(store: Store) -> None:
    poll(store, add_feed(store), item(1))
    poll(store, add_feed(store, "https://b.example/rss", outlet="B"), item(1, guid="b-1"))
    assert [entry.outlet for entry in of(store, URL).entries] == ["The News", "B"]
    assert [entry.outlet for entry in of(store, "b-1").entries] == ["B"]


def test_what_no_feed_brought_has_no_history(store: Store) -> None:
    for unknown in ("https://news.example/none", "", 99):
        assert of(store, unknown) == History()

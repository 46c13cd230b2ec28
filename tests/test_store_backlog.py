"""How much waits for each stage and since when, without looking at more than is needed."""

from datetime import datetime, timedelta

from sqlalchemy import insert

from monitor.records.articles import EntryState
from monitor.records.upkeep import Backlog
from monitor.store import Store
from monitor.store.backlog import COUNTED, backlogs
from monitor.store.tables import entries
from tests.store_builders import LEASE, MINUTE, NOW, add_feed, item, matched, pending_article, poll, screened, to_read

STAGES = ("poll", "screen", "read", "analyse", "chronicle")


def waiting(store: Store, *, now: datetime = NOW) -> dict[str, tuple[int, datetime | None]]:
    return {each.stage: (each.waiting, each.oldest) for each in store.upkeep.backlogs(now=now)}


def test_an_empty_store_has_nothing_waiting_anywhere(store: Store) -> None:
    assert waiting(store) == dict.fromkeys(STAGES, (0, None))
    assert all(isinstance(each, Backlog) for each in store.upkeep.backlogs(now=NOW))


def test_feeds_wait_from_when_they_are_due(store: Store) -> None:
    due, polled, idle = (add_feed(store, f"https://{name}.example/rss") for name in ("due", "polled", "idle"))
    poll(store, polled, at=NOW)
    store.feeds.remove(idle.id)
    assert waiting(store)["poll"] == (1, due.next_poll_at)
    assert waiting(store, now=NOW + 16 * MINUTE)["poll"] == (2, due.next_poll_at)


def test_entries_wait_for_the_gate_then_for_reading(store: Store) -> None:
    feed = add_feed(store)
    first, second = poll(store, feed, item(1), item(2), at=NOW).new_entry_ids
    assert waiting(store)["screen"] == (2, NOW)
    store.entries.record_screen([screened(first)], now=NOW + MINUTE)
    found = waiting(store, now=NOW + 2 * MINUTE)
    assert (found["screen"], found["read"]) == ((1, NOW), (1, NOW + MINUTE))
    store.entries.record_screen([screened(second, EntryState.SKIPPED)], now=NOW + MINUTE)
    assert waiting(store)["screen"] == (0, None)


def test_what_is_tried_again_later_does_not_wait_until_then(store: Store) -> None:
    (entry_id,) = poll(store, add_feed(store), item(1)).new_entry_ids
    to_read(store, entry_id)
    with store._database.write() as connection:
        connection.execute(entries.update().values(retry_at=NOW + 5 * MINUTE))
    assert waiting(store, now=NOW + 4 * MINUTE)["read"] == (0, None)
    assert waiting(store, now=NOW + 5 * MINUTE)["read"] == (1, NOW)


def test_articles_wait_for_the_model_then_for_the_chronicle(store: Store) -> None:
    pending_article(store, 1)
    assert waiting(store)["analyse"] == (1, NOW)
    assert waiting(store)["chronicle"] == (0, None)
    matched(store, 2)
    found = waiting(store)
    assert (found["analyse"], found["chronicle"]) == ((1, NOW), (1, NOW))


def test_what_somebody_works_on_still_waits_and_what_is_in_quarantine_does_not(store: Store) -> None:
    stored = pending_article(store, 1)
    feed = store.feeds.all()[0]
    (entry_id,) = poll(store, feed, item("new")).new_entry_ids
    late = NOW + timedelta(hours=1)
    assert store.feeds.claim_due(now=late, limit=1, holder="a", lease=LEASE)
    found = waiting(store, now=late)
    assert [found[stage][0] for stage in STAGES] == [1, 1, 0, 1, 0]
    for kind, row_id in (("feed", feed.id), ("entry", entry_id), ("article", stored.article_id)):
        assert store.setbacks.quarantine(kind, row_id, "why", now=late)
    assert waiting(store, now=late) == dict.fromkeys(STAGES, (0, None))


def test_a_backlog_is_counted_up_to_a_bound(store: Store) -> None:
    (entry_id,) = poll(store, add_feed(store), item(1)).new_entry_ids
    with store._database.write() as connection:
        row = dict(connection.execute(entries.select()).mappings().one())
        connection.execute(
            insert(entries),
            [row | {"id": entry_id + n, "identity": f"{n}"} for n in range(1, COUNTED + 10)],
        )
    (screen,) = [each for each in backlogs(store._database, now=NOW) if each.stage == "screen"]
    assert (screen.waiting, screen.oldest) == (COUNTED, NOW)

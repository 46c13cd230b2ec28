"""The reads of the messages page: the ledger by state and kind, what waits, editions, and what rules have told."""

from datetime import timedelta

import pytest

from monitor.errors import QueryError
from monitor.records.board.messages import Fired, Waiting
from monitor.records.telling.messages import DeliveryState
from monitor.store import Store
from tests.ledger_builders import (
    ACCEPTED,
    DAY,
    MINUTE,
    NOW,
    POSTPONED,
    TODAY,
    YESTERDAY,
    begun,
    digest,
    enter,
    new,
    rendered,
    subscribed,
)
from tests.telling_builders import add_rule


def keys(store: Store, **asked: object) -> list[str]:
    found = store.board.messages.deliveries(**({"limit": 10} | asked))  # type: ignore[arg-type]
    return [delivery.ledger_key for delivery in found]


def sent(store: Store, key: str, **given: object) -> None:
    enter(store, key, **given)  # type: ignore[arg-type]
    delivery = begun(store)
    store.deliveries.finish(delivery.id, holder="a", outcome=ACCEPTED, now=NOW)


def test_an_empty_ledger_shows_nothing(store: Store) -> None:
    board = store.board.messages
    assert board.deliveries(limit=10) == ()
    assert board.deliveries(limit=10, kind="alert", state=DeliveryState.SENT) == ()
    assert (board.counts(NOW), board.waiting(), board.fired(NOW)) == ((), Waiting(count=0, oldest=None, in_vain=0), {})
    assert board.editions(limit=5) == ((), None)


def test_messages_are_found_by_state_and_kind_the_newest_first(store: Store) -> None:
    sent(store, "a", kind="digest")
    sent(store, "b", kind="alert")
    enter(store, "c", kind="alert")
    enter(store, "d", kind="digest")
    assert keys(store) == ["d", "c", "b", "a"]
    assert keys(store, kind="alert") == ["c", "b"]
    assert keys(store, state=DeliveryState.SENT) == ["b", "a"]
    assert keys(store, state=DeliveryState.COMPOSED, kind="digest") == ["d"]
    assert keys(store, kind="test") == []


@pytest.mark.parametrize("asked", [{}, {"kind": "digest"}, {"state": DeliveryState.COMPOSED}])
def test_pages_of_messages_follow_each_other(store: Store, asked: dict[str, object]) -> None:
    enter(store, *"abcde")
    found: list[str] = []
    before = None
    for _ in range(3):
        page = store.board.messages.deliveries(limit=2, before=before, **asked)  # type: ignore[arg-type]
        found += [delivery.ledger_key for delivery in page]
        before = page[-1].id
    assert found == list("edcba")


def test_old_messages_leave_the_counts_but_what_waits_stays(store: Store) -> None:
    sent(store, "a")
    enter(store, "b")
    assert store.board.messages.counts(NOW - DAY) == (("composed", 1), ("sent", 1))
    assert store.board.messages.counts(NOW + MINUTE) == (("composed", 1),)


def test_what_waits_is_told_with_its_age_and_whether_it_was_tried(store: Store) -> None:
    enter(store, "a", now=NOW - DAY)
    delivery = begun(store)
    retry = NOW + timedelta(hours=1)
    store.deliveries.finish(delivery.id, holder="a", outcome=POSTPONED, now=NOW, retry_at=retry)
    enter(store, "b")
    sent_one = Waiting(count=2, oldest=NOW - DAY, in_vain=1)
    assert store.board.messages.waiting() == sent_one


def test_rules_are_told_with_what_they_have_sent_lately_and_when_last(store: Store) -> None:
    told, quiet = add_rule(store, "desk"), add_rule(store, "quiet")
    for key, at in (("a", NOW - 10 * DAY), ("b", NOW - DAY), ("c", NOW)):
        store.deliveries.enter([new(key, kind="alert", rule_id=told.id)], now=at)
    assert store.board.messages.fired(NOW - 2 * DAY) == {
        told.id: Fired(messages=2, last_at=NOW),
        quiet.id: Fired(messages=0, last_at=None),
    }


def test_editions_are_told_with_their_readers_and_messages(store: Store) -> None:
    subscribed(store)
    first, _ = store.editions.add(digest(period=YESTERDAY), rendered(), now=NOW)
    second, _ = store.editions.add(digest(period=TODAY), rendered(), now=NOW)
    sent(store, "a", edition_id=second, subject="They will meet")
    enter(store, "b", "c", edition_id=second, subject="They will meet")
    (line, older), following = store.board.messages.editions(limit=5)
    assert following is None
    assert (line.id, line.start, line.end, line.subject) == (second, TODAY.start, TODAY.end, "They will meet")
    assert line.counts == (("composed", 2), ("sent", 1))
    assert (line.cadence, line.hour, line.zone) == ("daily", 8, "Europe/Kyiv")
    assert (older.id, older.subject, older.counts) == (first, "", ())


def test_an_edition_whose_readers_are_gone_has_no_schedule(store: Store) -> None:
    store.editions.add(digest(), rendered(), now=NOW)
    ((line,), _) = store.board.messages.editions(limit=5)
    assert (line.cadence, line.hour, line.topics) == ("", None, ())


def test_pages_of_editions_follow_each_other(store: Store) -> None:
    for stream in "abc":
        for period in (YESTERDAY, TODAY):
            store.editions.add(digest(stream, period), rendered(), now=NOW)
    whole, _ = store.board.messages.editions(limit=10)
    found: list[int] = []
    after = None
    for _ in range(3):
        page, after = store.board.messages.editions(limit=2, after=after)
        found += [line.id for line in page]
    assert after is None
    assert found == [line.id for line in whole]
    assert len(found) == 6


def test_a_place_that_is_none_is_refused(store: Store) -> None:
    with pytest.raises(QueryError, match="no place in this list"):
        store.board.messages.editions(limit=2, after="yesterday")

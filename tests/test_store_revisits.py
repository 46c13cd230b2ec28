"""Matched articles are looked at again one, six and twenty-four hours later."""

from datetime import timedelta

from monitor.records.articles import ReadResult, StoredArticle
from monitor.store import Store
from tests.store_builders import LEASE, NOW, article, findings, matched, pending_article, read

HOUR = timedelta(hours=1)


def due(store: Store, hours: float) -> tuple[StoredArticle, ...]:
    return store.revisits.claim(now=NOW + hours * HOUR, limit=9, holder="t", lease=LEASE)


def looked(store: Store, stored: StoredArticle, result: ReadResult | None, hours: float) -> int:
    return store.revisits.record([(stored, result)], now=NOW + hours * HOUR)


def test_a_matched_article_is_due_after_one_six_and_twenty_four_hours(store: Store) -> None:
    matched(store, 1)
    found = []
    for quarter in range(1, 120):
        for stored in due(store, quarter / 4):
            found.append(quarter / 4)
            looked(store, stored, None, quarter / 4)
    assert found == [1, 6, 24]


def test_an_unmatched_article_is_not_looked_at_again(store: Store) -> None:
    store.findings.record(pending_article(store, 1), findings(0.1), now=NOW)
    assert due(store, 99) == ()


def test_other_words_are_a_version_that_the_model_reads_and_no_new_match(store: Store) -> None:
    matched(store, 1)
    (stored,) = due(store, 1)
    assert looked(store, stored, read(0, article(1, text="Trump and Putin will meet in Budapest after all.")), 1) == 1
    (again,) = store.findings.claim(now=NOW + HOUR, limit=9, holder="t", lease=LEASE)
    store.findings.record(again, findings(0.8), now=NOW + HOUR)
    assert [match.matched_at for match in store.findings.last_matches(9)] == [NOW]
    assert len(due(store, 6)) == 1


def test_the_same_words_or_a_poorer_text_change_nothing(store: Store) -> None:
    matched(store, 1)
    (stored,) = due(store, 1)
    assert looked(store, stored, read(0, article(1)), 1) == 0
    (stored,) = due(store, 6)
    assert looked(store, stored, read(0, article(1, text="Teaser."), text_source="feed summary"), 6) == 0


def test_looks_that_a_stopped_program_missed_are_made_up_for_once(store: Store) -> None:
    matched(store, 1)
    (stored,) = due(store, 100)
    assert looked(store, stored, None, 100) == 0
    assert due(store, 200) == ()


def test_a_look_recorded_twice_counts_once(store: Store) -> None:
    matched(store, 1)
    (stored,) = due(store, 1)
    looked(store, stored, None, 1)
    looked(store, stored, None, 1)
    assert len(due(store, 6)) == 1


def test_a_claimed_article_is_nobody_elses_and_can_be_given_back(store: Store) -> None:
    matched(store, 1)
    assert len(due(store, 1)) == 1
    assert due(store, 1) == ()
    assert store.revisits.release("t") == 1
    assert len(due(store, 1)) == 1

"""Analyses, matches, entities and mentions, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import numpy as np
import pytest
from sqlalchemy import event

from monitor.errors import MonitorError
from monitor.records.articles import EntryState
from monitor.store import Store
from tests.store_builders import (
    LEASE,
    MINUTE,
    NOW,
    add_feed,
    article,
    entity,
    findings,
    item,
    matched,
    pending_article,
    poll,
    read,
    states,
    to_read,
)

TRUMP = entity("Donald Trump", "Q22686", (0, 5), (20, 25))
BUDAPEST = entity("Budapest", None, (30, 38), type_="place")


def rows(store: Store) -> dict[str, int]:
    return {table.name: table.rows for table in store.upkeep.stats().tables}


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(store._database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(store._database.engine, "before_cursor_execute", note)


def test_a_match_carries_everything_a_list_shows(store: Store) -> None:
    add_feed(store, outlet="TASS", country="RU", state_controlled=True)
    matched(store, 1, BUDAPEST, TRUMP, at=NOW + MINUTE)
    (match,) = store.findings.matches()
    assert (match.topic, match.score, match.threshold) == ("talks", 0.9, 0.5)
    assert (match.title, match.url) == ("Story 1", "https://news.example/story/1")
    assert (match.outlet, match.country, match.state_controlled) == ("TASS", "RU", True)
    assert (match.published, match.matched_at) == (NOW - timedelta(hours=1), NOW + MINUTE)
    assert match.evidence == "Trump and Putin met in Budapest."
    assert match.entities == ("Donald Trump", "Budapest")


def test_recording_the_same_findings_twice_changes_nothing(store: Store) -> None:
    stored = matched(store, 1, TRUMP, BUDAPEST)
    before = (rows(store), store.findings.matches(), states(store))
    store.findings.record(stored, findings(0.9, 0.1, TRUMP, BUDAPEST), now=NOW)
    assert (rows(store), store.findings.matches(), states(store)) == before
    assert before[0]["mentions"] == 3


def test_an_unmatched_article_keeps_its_scores_and_mentions_but_is_no_match(store: Store) -> None:
    stored = pending_article(store)
    store.findings.record(stored, findings(0.12, 0.03, TRUMP), now=NOW)
    assert store.findings.matches() == ()
    assert states(store) == {EntryState.UNMATCHED: 1}
    assert (rows(store)["analyses"], rows(store)["mentions"]) == (1, 2)
    entry = store.entries.get(1)
    assert entry is not None
    assert entry.reason == "talks 0.12 < 0.50, missile_aid 0.03 < 0.50"


def test_a_match_that_a_later_text_no_longer_earns_is_withdrawn_and_may_come_back(store: Store) -> None:
    stored = matched(store, 1)
    (first,) = store.findings.matches()
    store.findings.record(stored, findings(0.2), now=NOW + MINUTE)
    assert store.findings.matches() == ()
    assert store.search.search("Budapest")[0].topics == ()
    assert states(store) == {EntryState.UNMATCHED: 1}
    store.findings.record(stored, findings(0.7), now=NOW + 2 * MINUTE)
    (again,) = store.findings.matches()
    assert (again.id, again.matched_at, again.score) == (first.id, first.matched_at, 0.7)


def test_findings_about_a_replaced_version_are_dropped(store: Store) -> None:
    stale = pending_article(store)
    poll(store, add_feed(store, "https://b.example/rss"), item(1))
    to_read(store, 2)
    store.entries.record_read([read(2, article(1, text="Quite another text."))], now=NOW)
    store.findings.record(stale, findings(0.9), now=NOW)
    assert store.findings.matches() == ()
    assert states(store) == {EntryState.TO_ANALYSE: 2}
    (current,) = store.findings.claim(now=NOW, limit=9, holder="b", lease=LEASE)
    assert current.version_id != stale.version_id


def test_findings_about_an_article_that_was_purged_are_dropped(store: Store) -> None:
    stored = pending_article(store)
    store.feeds.remove(1, purge=True)
    store.findings.record(stored, findings(0.9), now=NOW)
    assert rows(store)["analyses"] == 0


def test_waiting_articles_are_claimed_once_until_the_lease_ends(store: Store) -> None:
    pending_article(store)
    assert store.findings.claim(now=NOW, limit=9, holder="b", lease=LEASE) == ()
    assert len(store.findings.claim(now=NOW + LEASE, limit=9, holder="b", lease=LEASE)) == 1
    assert store.findings.release("b") == 1
    assert len(store.findings.claim(now=NOW, limit=9, holder="c", lease=LEASE)) == 1


def test_one_person_in_two_articles_is_one_entity(store: Store) -> None:
    matched(store, 1, TRUMP, entity("Joe Doe", None))
    matched(store, 2, entity("Trump", "Q22686"), entity("JOE DOÉ", None))
    assert (rows(store)["entities"], rows(store)["mentions"]) == (2, 5)
    assert store.findings.matches()[0].entities == ("Donald Trump", "Joe Doe")


def test_one_name_under_two_types_is_two_entities(store: Store) -> None:
    matched(store, 1, entity("Patriot", None, type_="weapon"), entity("Patriot", None, type_="organisation"))
    assert rows(store)["entities"] == 2


def test_pages_of_matches_join_without_gap_or_overlap(store: Store) -> None:
    for n in range(7):
        matched(store, n, at=NOW + (n // 2) * MINUTE)
    seen: list[int] = []
    before = None
    while page := store.findings.matches(limit=2, before=before):
        seen += [match.id for match in page]
        before = page[-1].id
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 7


def test_matches_are_filtered_by_topic_and_time(store: Store) -> None:
    matched(store, 1, at=NOW)
    store.findings.record(pending_article(store, 2), findings(0.1, 0.8), now=NOW + MINUTE)
    assert [match.topic for match in store.findings.matches()] == ["missile_aid", "talks"]
    assert [match.topic for match in store.findings.matches(topic="talks")] == ["talks"]
    assert [match.topic for match in store.findings.matches(since=NOW + MINUTE)] == ["missile_aid"]
    assert len(store.findings.last_matches(1)) == 1


def test_a_vector_is_kept_as_half_floats(store: Store) -> None:
    from sqlalchemy import select

    from monitor.store.tables import analyses

    stored = pending_article(store)
    store.findings.record(stored, findings(0.9, 0.1, embedding=(0.5, -1.0, 0.1)), now=NOW)
    with store._database.read() as connection:
        row = connection.execute(select(analyses)).one()
    assert np.allclose(np.frombuffer(row.embedding, "<f2"), [0.5, -1.0, 0.1], atol=1e-3)
    assert row.scores == {"talks": 0.9, "missile_aid": 0.1}
    assert row.thresholds == {"talks": 0.5, "missile_aid": 0.5}


def test_workers_that_meet_the_same_entities_at_once_make_each_once(store: Store) -> None:
    found = [entity(f"Person {n}", None) for n in range(12)]
    waiting = [pending_article(store, n) for n in range(6)]

    def work(n: int) -> None:
        store.findings.record(waiting[n], findings(0.9, 0.1, *(found if n % 2 else found[::-1])), now=NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(6)))
    assert (rows(store)["entities"], rows(store)["mentions"], rows(store)["matches"]) == (12, 72, 6)


def test_a_round_is_written_whole_or_not_at_all(store: Store) -> None:
    """What is wrong with one row takes back the others of its round, which is then taken one by one."""
    first, second = pending_article(store, 1), pending_article(store, 2)
    found = findings(0.9, 0.1, TRUMP, BUDAPEST)
    wrong = replace(found, model=None)  # type: ignore[arg-type]
    with pytest.raises(MonitorError):
        store.findings.record_all([(first, found), (second, wrong)], now=NOW)
    assert store.findings.matches() == ()
    assert rows(store)["mentions"] == 0
    store.findings.record_all([(second, found), (first, found)], now=NOW)
    assert {match.article_id for match in store.findings.matches()} == {first.article_id, second.article_id}
    assert rows(store)["mentions"] == 6


def test_a_round_of_articles_takes_the_statements_of_one(store: Store) -> None:
    waiting = [pending_article(store, n) for n in range(7)]
    found = findings(0.9, 0.1, TRUMP, BUDAPEST)
    with statements(store) as of_one:
        store.findings.record(waiting[0], found, now=NOW)
    with statements(store) as of_six:
        store.findings.record_all([(stored, found) for stored in waiting[1:]], now=NOW)
    assert len(of_six) <= len(of_one)
    assert len(store.findings.matches()) == 7


def test_what_was_never_read_has_nothing_deleted(store: Store) -> None:
    stored = pending_article(store)
    with statements(store) as sent:
        store.findings.record(stored, findings(0.9, 0.1, TRUMP), now=NOW)
    assert not [statement for statement in sent if statement.startswith("DELETE")]


def test_a_round_holds_new_articles_beside_some_that_were_read_before(store: Store) -> None:
    known = matched(store, 1, TRUMP)
    fresh = pending_article(store, 2)
    round_ = [(fresh, findings(0.9, 0.8, BUDAPEST)), (known, findings(0.1, 0.7, BUDAPEST))]
    store.findings.record_all(round_, now=NOW + MINUTE)
    found = {(match.article_id, match.topic): match.entities for match in store.findings.matches()}
    assert found == {
        (known.article_id, "missile_aid"): ("Budapest",),
        (fresh.article_id, "talks"): ("Budapest",),
        (fresh.article_id, "missile_aid"): ("Budapest",),
    }
    assert (rows(store)["matches"], rows(store)["mentions"]) == (4, 2)


def test_of_two_findings_about_one_article_in_a_round_the_last_counts(store: Store) -> None:
    stored = pending_article(store)
    store.findings.record_all([(stored, findings(0.9, 0.1, TRUMP)), (stored, findings(0.2, 0.1))], now=NOW)
    assert (states(store), rows(store)["mentions"]) == ({EntryState.UNMATCHED: 1}, 0)


def test_workers_whose_claims_overlap_write_an_article_once(store: Store) -> None:
    stored = pending_article(store)
    start = Barrier(4)

    def work(n: int) -> None:
        start.wait()
        store.findings.record(stored, findings(0.9, 0.1, TRUMP, BUDAPEST), now=NOW + n * MINUTE)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert (rows(store)["analyses"], rows(store)["matches"], rows(store)["mentions"]) == (1, 1, 3)

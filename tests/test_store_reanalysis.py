"""Stored articles that are understood again: the walk, what comes first, and that it is no news to anybody."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete
from sqlalchemy import event as events
from sqlalchemy import update as change

from monitor.errors import ConfigError
from monitor.records.articles import EntryState, StoredArticle
from monitor.records.feedback import Judgement, Verdict
from monitor.records.findings import Findings
from monitor.records.reanalysis import Advance, Reanalysis, ReanalysisState, Wanted
from monitor.store import Store
from monitor.store.reanalysis_tables import renewals
from monitor.store.tables import articles
from tests.store_builders import (
    LEASE,
    MINUTE,
    NOW,
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
from tests.telling_builders import DAY, HOUR, WEEK, add_rule, arrive, at, facts, nothing, one_of_each, weave

EVER = Wanted(since=NOW - 100 * DAY, until=NOW + 100 * DAY)
LATER = NOW + 30 * DAY


def ask(store: Store, wanted: Wanted = EVER) -> Reanalysis:
    return store.reanalyses.request(wanted, total=store.reanalyses.count(wanted), now=NOW)


def step(store: Store, *, batch: int = 100, few: int = 50) -> Advance:
    return store.reanalyses.advance(now=LATER, batch=batch, few=few)


def claim(store: Store, limit: int = 10) -> tuple[StoredArticle, ...]:
    return store.findings.claim(now=LATER, limit=limit, holder="test", lease=LEASE)


def again(store: Store, found: Findings | None = None) -> None:
    """Everything that is asked for is understood again."""
    while step(store):
        for stored in claim(store, 1000):
            store.findings.record(stored, found or findings(model="new@1"), now=LATER)


def one(store: Store) -> Reanalysis:
    (found,) = store.reanalyses.listed()
    return found


def dated(store: Store, n: int, days_ago: float, *, language: str = "en", talks: float = 0.9) -> StoredArticle:
    """An article of so long ago, understood then."""
    stored = pending_article(store, n, published=NOW - days_ago * DAY, language=language)
    store.findings.record(stored, replace(findings(talks), language=language), now=NOW)
    weave(store)
    return stored


@contextmanager
def dying_at(store: Store, words: str) -> Iterator[None]:
    """The process dies before it writes a statement with these words."""

    def die(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if words in statement:
            raise KeyboardInterrupt

    engine: Engine = store._database.engine
    events.listen(engine, "before_cursor_execute", die)
    try:
        with pytest.raises(KeyboardInterrupt):
            yield
    finally:
        events.remove(engine, "before_cursor_execute", die)


def test_the_range_is_walked_from_its_newest_article_a_batch_at_a_time(store: Store) -> None:
    ids = [dated(store, n, n).article_id for n in range(1, 6)]
    ask(store, replace(EVER, since=NOW - 4.5 * DAY, until=NOW - 1.5 * DAY))
    seen = []
    while done := step(store, batch=2):
        assert done.looked_at <= 2
        for stored in claim(store):
            assert stored.again
            seen.append(stored.article_id)
            store.findings.record(stored, findings(model="new@1"), now=LATER)
        if done.finished:
            break
    assert seen == ids[1:4]
    found = one(store)
    assert (found.state, found.total, found.marked, found.analysed) == (ReanalysisState.DONE, 3, 3, 3)
    assert found.finished_at == LATER
    assert found.reached == NOW - 4 * DAY


def test_articles_of_one_moment_are_all_walked_over(store: Store) -> None:
    for n in range(5):
        dated(store, n, 1)
    ask(store)
    seen: list[int] = []
    while step(store, batch=2).marked:
        for stored in claim(store):
            seen.append(stored.article_id)
            store.findings.record(stored, findings(), now=LATER)
        weave(store)
    assert sorted(seen, reverse=True) == seen
    assert len(set(seen)) == len(seen) == 5


def test_what_is_fresh_goes_first_however_old_and_in_a_round_of_its_own(store: Store) -> None:
    old = dated(store, 1, 1)
    ask(store)
    step(store)
    fresh = _arrived(store, "fresh", published=NOW - 50 * DAY)
    (first,) = claim(store)
    assert (first.article_id, first.again) == (fresh, False)
    (second,) = claim(store)
    assert (second.article_id, second.again) == (old.article_id, True)


def _arrived(store: Store, n: str, **fields: Any) -> int:
    """An article that waits for the model; its id."""
    feed = store.feeds.by_url("https://news.example/rss")
    assert feed is not None
    (entry_id,) = poll(store, feed, item(n), at=NOW + HOUR).new_entry_ids
    to_read(store, entry_id)
    store.entries.record_read([read(entry_id, article(n, **fields))], now=NOW + HOUR)
    entry = store.entries.get(entry_id)
    assert entry is not None
    assert entry.article_id is not None
    return entry.article_id


def test_nothing_is_marked_while_fresh_work_waits_anywhere(store: Store) -> None:
    dated(store, 1, 1)
    ask(store)
    feed = store.feeds.by_url("https://news.example/rss")
    assert feed is not None
    (entry_id,) = poll(store, feed, item("x"), at=NOW + HOUR).new_entry_ids
    assert step(store, few=0) == Advance()
    to_read(store, entry_id)
    store.entries.record_read([read(entry_id, article("x"))], now=NOW)
    assert step(store, few=0) == Advance()
    (stored,) = claim(store)
    store.findings.record(stored, findings(), now=NOW)
    # Now it waits for the chronicle.
    assert step(store, few=0) == Advance()
    weave(store)
    assert step(store, few=0).marked == 2


def test_the_next_batch_comes_when_half_of_this_one_is_understood(store: Store) -> None:
    for n in range(6):
        dated(store, n, n + 1)
    ask(store)
    assert step(store, batch=4).marked == 4
    assert step(store, batch=4) == Advance()
    first, second = claim(store, 2)
    store.findings.record(first, findings(), now=LATER)
    assert step(store, batch=4) == Advance()
    store.findings.record(second, findings(), now=LATER)
    assert step(store, batch=4).marked == 2


@pytest.mark.parametrize("words", ["INSERT INTO renewals", "UPDATE articles", "UPDATE reanalyses"])
def test_a_step_that_is_cut_off_repeats_nothing_and_loses_nothing(store: Store, words: str) -> None:
    for n in range(3):
        dated(store, n, n + 1)
    ask(store)
    with dying_at(store, words):
        step(store, batch=2)
    assert claim(store) == ()
    assert (one(store).marked, one(store).reached) == (0, None)
    assert step(store, batch=2).marked == 2
    assert len(claim(store)) == 2


def test_an_analysis_that_is_cut_off_is_counted_once(store: Store) -> None:
    dated(store, 1, 1)
    ask(store)
    step(store)
    (stored,) = claim(store)
    with dying_at(store, "UPDATE reanalyses"):
        store.findings.record(stored, findings(0.1), now=LATER)
    (same,) = store.findings.claim(now=LATER + 2 * LEASE, limit=9, holder="next", lease=LEASE)
    assert same == stored
    for _ in range(2):
        store.findings.record(same, findings(0.1), now=LATER)
    assert (one(store).analysed, one(store).withdrawn) == (1, 1)


def test_matches_keep_their_place_and_judgements_stay(store: Store) -> None:
    stored = matched(store, 1, entity("Donald Trump", "Q22686"))
    weave(store)
    (before,) = store.findings.matches()
    judgement = Judgement(article=stored.article_id, topic="talks", verdict=Verdict.KEEP, person="Ann")
    labels = store.labels.add(judgement, now=NOW)
    ask(store)
    again(store, findings(0.7, 0.8, entity("Joe", None), model="new@1"))
    new, kept = sorted(store.findings.matches(), key=lambda match: match.topic)
    assert (kept.id, kept.matched_at, kept.score) == (before.id, before.matched_at, 0.7)
    assert kept.entities == ("Joe",)
    assert new.topic == "missile_aid"
    assert new.matched_at == NOW
    assert store.labels.live() == labels
    assert states(store) == {EntryState.MATCHED: 1}
    assert (one(store).matched, one(store).withdrawn) == (1, 0)
    assert store.chronicle.is_waiting()


def test_what_matches_no_more_is_withdrawn_and_comes_out_of_the_chronicle(store: Store) -> None:
    dated(store, 1, 1)
    ask(store)
    again(store, findings(0.1, model="new@1"))
    assert store.findings.matches() == ()
    assert states(store) == {EntryState.UNMATCHED: 1}
    assert len(store.chronicle.stories()) == 1
    weave(store)
    assert store.chronicle.stories() == ()


def test_an_old_article_that_matches_only_now_alerts_nobody_and_is_in_no_digest(store: Store) -> None:
    rule = add_rule(store)
    arrive(store, 1, replace(nothing(), topics=findings(0.1).topics), when=at(0, 9))
    arrive(store, 2, when=at(0, 9.1))
    withdrawn = arrive(store, 3, when=at(0, 9.2))
    store.findings.record(withdrawn, replace(nothing(), topics=findings(0.1).topics), now=at(0, 9.5))
    weave(store)
    ask(store)
    # So soon that whatever counts by its match's moment would still be told.
    while store.reanalyses.advance(now=at(0, 10), batch=100, few=50):
        for stored in store.findings.claim(now=at(0, 10), limit=10, holder="test", lease=LEASE):
            store.findings.record(stored, one_of_each(), now=at(0, 10))
    weave(store)
    assert len(store.findings.matches()) == 3
    assert one(store).matched == 2
    candidates = store.alerts.candidates(rule, now=at(0, 10.5), lookback=2 * HOUR)
    assert [match.title for match, _ in candidates.matches] == ["Story 2"]
    told = facts(store, WEEK, WEEK + DAY)
    assert {news.source.title for news in told.stories} == {"Story 2"}
    assert sum(news.fresh for news in told.stories) == 1
    assert {change.source.title for change in told.changes if change.source} <= {"Story 2"}


def test_an_article_of_last_week_that_says_more_to_the_new_model_changes_no_digest_and_no_alert(store: Store) -> None:
    rule = add_rule(store)
    arrive(store, 1, when=at(0, 9))
    weave(store)
    ask(store)
    while store.reanalyses.advance(now=at(5), batch=100, few=50):
        for stored in store.findings.claim(now=at(5), limit=10, holder="test", lease=LEASE):
            store.findings.record(stored, one_of_each(), now=at(5))
    weave(store)
    candidates = store.alerts.candidates(rule, now=at(5, 7), lookback=2 * HOUR)
    assert (candidates.matches, candidates.changes) == ((), ())
    told = facts(store, at(4), at(6))
    assert (told.changes, told.statements, told.stories) == ((), (), ())
    assert len(store.chronicle.statements()) == 1


def test_a_text_that_changed_meanwhile_is_news(store: Store) -> None:
    stored = dated(store, 1, 0.1, talks=0.1)
    ask(store)
    step(store)
    feed = store.feeds.by_url("https://news.example/rss")
    assert feed is not None
    (entry_id,) = poll(store, feed, item(1, title="Another headline"), at=NOW + HOUR).changed_entry_ids
    to_read(store, entry_id)
    store.entries.record_read([read(entry_id, article(1, text="Another text about something else."))], now=NOW + HOUR)
    (fresh,) = claim(store)
    assert (fresh.article_id, fresh.again) == (stored.article_id, False)
    store.findings.record(fresh, findings(0.9), now=NOW + 2 * HOUR)
    (match,) = store.findings.matches()
    assert match.matched_at == NOW + 2 * HOUR
    weave(store)
    assert step(store).finished == 1


def test_a_page_of_long_ago_is_not_asked_for_again(store: Store) -> None:
    dated(store, 1, 90, talks=0.1)
    ask(store)
    again(store)
    assert store.revisits.claim(now=LATER + 90 * DAY, limit=10, holder="test", lease=LEASE) == ()


def test_what_cannot_be_read_now_stays_as_it_was(store: Store) -> None:
    matched(store, 1, entity("Donald Trump", "Q22686"))
    weave(store)
    before = store.findings.matches()
    ask(store)
    step(store)
    (stored,) = claim(store)
    store.findings.skip(stored, "translation: too slow", now=LATER)
    assert store.findings.matches() == before
    assert states(store) == {EntryState.MATCHED: 1}
    assert step(store).finished == 1
    assert (one(store).unread, one(store).analysed) == (1, 0)


def test_what_could_not_be_read_before_gets_its_findings(store: Store) -> None:
    store.findings.skip(pending_article(store), "language: uk has no route", now=NOW)
    assert states(store) == {EntryState.SKIPPED: 1}
    ask(store)
    step(store)
    assert states(store) == {EntryState.TO_ANALYSE: 1}
    (stored,) = claim(store)
    store.findings.record(stored, findings(), now=LATER)
    assert states(store) == {EntryState.MATCHED: 1}


def test_articles_without_text_and_in_quarantine_are_passed_over_and_counted(store: Store) -> None:
    empty, stuck, fine = (dated(store, n, n + 1) for n in range(3))
    with store._database.write() as connection:
        connection.execute(change(articles).where(articles.c.id == empty.article_id).values(text=""))
    store.setbacks.quarantine("article", stuck.article_id, "it breaks", now=NOW)
    ask(store)
    done = step(store)
    assert (done.looked_at, done.marked, done.skipped) == (3, 1, 2)
    (stored,) = claim(store)
    assert stored.article_id == fine.article_id


def test_what_breaks_the_model_or_is_pruned_holds_up_no_request(store: Store) -> None:
    broken, pruned = dated(store, 1, 1), dated(store, 2, 2)
    ask(store)
    assert step(store).marked == 2
    store.setbacks.quarantine("article", broken.article_id, "it breaks", now=NOW)
    assert step(store) == Advance()
    with store._database.write() as connection:
        connection.execute(delete(articles).where(articles.c.id == pruned.article_id))
    assert step(store).finished == 1
    with store._database.read() as connection:
        assert [row.article_id for row in connection.execute(renewals.select())] == [broken.article_id]


def test_only_what_was_asked_for_is_taken(store: Store) -> None:
    english = dated(store, 1, 1)
    ukrainian = dated(store, 2, 2, language="uk")
    off_topic = dated(store, 3, 3, talks=0.1)
    count = store.reanalyses.count
    assert count(EVER) == 3
    for wanted, found in (
        (replace(EVER, language="uk"), [ukrainian]),
        (replace(EVER, topic="talks"), [english, ukrainian]),
        (replace(EVER, until=NOW - 2.5 * DAY), [off_topic]),
        (replace(EVER, unread_by="new@1"), [english, ukrainian, off_topic]),
        (replace(EVER, unread_by="minilm@0123456789ab"), []),
    ):
        assert count(wanted) == len(found)
        ask(store, wanted)
        done = step(store)
        assert (done.looked_at > 0, done.marked) == (True, len(found))
        while stored := claim(store):
            assert {each.article_id for each in stored} <= {each.article_id for each in found}
            for each in stored:
                given = findings(0.1 if each.article_id == off_topic.article_id else 0.9)
                store.findings.record(each, replace(given, language=each.article.language), now=LATER)
        weave(store)
        assert step(store).finished == 1


def test_a_model_that_has_read_an_earlier_text_only_has_the_current_one_to_read(store: Store) -> None:
    dated(store, 1, 1)
    wanted = replace(EVER, unread_by="new@1")
    ask(store, wanted)
    again(store)
    assert store.reanalyses.count(wanted) == 0
    feed = store.feeds.by_url("https://news.example/rss")
    assert feed is not None
    (entry_id,) = poll(store, feed, item(1, title="Another headline"), at=NOW + HOUR).changed_entry_ids
    to_read(store, entry_id)
    store.entries.record_read([read(entry_id, article(1, text="Another text about something else."))], now=NOW + HOUR)
    (stored,) = claim(store)
    store.findings.record(stored, findings(), now=LATER)
    assert store.reanalyses.count(wanted) == 1


def test_requests_take_turns(store: Store) -> None:
    dated(store, 1, 1)
    first, second = ask(store), ask(store)
    assert step(store).marked == 1
    assert [each.state for each in store.reanalyses.listed()] == [ReanalysisState.WAITING, ReanalysisState.RUNNING]
    assert step(store) == Advance()
    (stored,) = claim(store)
    store.findings.record(stored, findings(), now=LATER)
    weave(store)
    assert step(store).finished == 1
    assert step(store).marked == 1
    assert [each.id for each in store.reanalyses.listed(open_only=True)] == [second.id]
    assert first.id < second.id


def test_a_stopped_request_goes_on_where_it_was(store: Store) -> None:
    ids = [dated(store, n, n + 1).article_id for n in range(3)]
    asked = ask(store)
    assert step(store, batch=2).marked == 2
    assert store.reanalyses.stop(asked.id).state is ReanalysisState.STOPPED
    assert [each.article_id for each in claim(store)] == ids[:2]
    for stored in store.findings.claim(now=LATER + 2 * LEASE, limit=9, holder="next", lease=LEASE):
        store.findings.record(stored, findings(), now=LATER)
    weave(store)
    assert step(store) == Advance()
    assert store.reanalyses.resume(asked.id).state is ReanalysisState.WAITING
    assert step(store).marked == 1
    assert store.reanalyses.resume(asked.id).state is ReanalysisState.RUNNING
    assert [each.article_id for each in claim(store)] == ids[2:]


def test_what_is_not_there_or_done_cannot_be_stopped(store: Store) -> None:
    with pytest.raises(ConfigError, match="there is no reanalysis 7"):
        store.reanalyses.stop(7)
    asked = ask(store)
    assert step(store).finished == 1
    for turn in (store.reanalyses.stop, store.reanalyses.resume):
        with pytest.raises(ConfigError, match="is done"):
            turn(asked.id)


def test_an_article_published_while_it_runs_is_left_to_the_usual_way(store: Store) -> None:
    dated(store, 1, 1)
    ask(store)
    step(store)
    _arrived(store, "fresh", published=NOW - MINUTE - timedelta(days=3))
    assert [each.again for each in claim(store)] == [False]
    assert [each.again for each in claim(store)] == [True]


def test_many_may_understand_while_the_next_batch_is_marked(store: Store) -> None:
    for n in range(16):
        dated(store, n, n + 1, talks=0.1)
    ask(store)

    def work(number: int) -> int:
        done = 0
        while one(store).state is not ReanalysisState.DONE:
            store.reanalyses.advance(now=LATER, batch=4, few=50)
            for stored in store.findings.claim(now=LATER, limit=2, holder=f"h{number}", lease=LEASE):
                store.findings.record(stored, findings(0.1, 0.9), now=LATER)
                done += 1
        return done

    with ThreadPoolExecutor(3) as threads:
        assert sum(threads.map(work, range(3))) == 16
    found = one(store)
    assert (found.marked, found.analysed, found.matched) == (16, 16, 16)
    assert len({match.article_id for match in store.findings.matches(limit=100)}) == 16

"""Labels in the store: what is kept, what takes its place, what is refused, and what they say together."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from monitor.errors import ConfigError, StoreError
from monitor.records.articles import EntryState
from monitor.records.feedback import Label, Verdict
from monitor.records.findings import TOPICS
from monitor.store import Store
from monitor.store.feedback.judgements import grades, other_topic
from monitor.store.feedback.tables import labels
from tests.feedback_builders import judgement, label
from tests.store_builders import (
    LEASE,
    MINUTE,
    NOW,
    add_feed,
    article,
    findings,
    item,
    matched,
    pending_article,
    poll,
    read,
    screened,
)


def rows(store: Store) -> int:
    with store._database.read() as connection:
        return connection.scalar(select(func.count()).select_from(labels)) or 0


def test_a_label_keeps_what_the_model_said_at_that_time(store: Store) -> None:
    matched(store, 1)
    found = label(store, 1, note=" plainly so ")
    assert (found.topic, found.verdict, found.person, found.note) == ("talks", Verdict.KEEP, "anna", "plainly so")
    assert (found.model, found.score, found.matched) == ("minilm@0123456789ab", 0.9, True)
    assert (found.labelled_at, found.undone_at, found.title) == (NOW, None, "Story 1")


def test_a_keep_on_a_topic_that_did_not_match_is_a_miss(store: Store) -> None:
    matched(store, 1)
    found = label(store, 1, topic="missile_aid")
    assert (found.score, found.matched) == (0.1, False)


def test_without_a_topic_every_match_is_meant(store: Store) -> None:
    store.findings.record(pending_article(store, 1), findings(0.9, 0.8), now=NOW)
    found = store.labels.add(judgement(1, Verdict.REJECT), now=NOW)
    assert [each.topic for each in found] == ["talks", "missile_aid"]


def test_an_article_that_waits_for_the_model_can_be_judged(store: Store) -> None:
    pending_article(store, 1)
    found = label(store, 1, topic="talks")
    assert (found.model, found.score, found.matched) == ("", None, False)


def test_a_person_s_new_judgement_takes_the_place_of_the_old_one_which_stays_on_record(store: Store) -> None:
    matched(store, 1)
    label(store, 1)
    other = label(store, 1, person="ben")
    new = label(store, 1, Verdict.REJECT, now=NOW + MINUTE)
    assert set(store.labels.live()) == {new, other}
    assert rows(store) == 3


def test_two_who_judge_at_once_under_one_name_leave_one_live_label(store: Store) -> None:
    matched(store, 1)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: label(store, 1), range(8)))
    assert (len(store.labels.live()), rows(store)) == (1, 8)


def test_the_database_itself_refuses_a_second_live_label(store: Store) -> None:
    matched(store, 1)
    label(store, 1)
    with store._database.read() as connection:
        row = dict(connection.execute(select(labels)).one()._mapping) | {"id": 2}
    with pytest.raises(StoreError), store._database.write() as connection:
        connection.execute(labels.insert().values(row))


def test_undoing_ends_a_label_once(store: Store) -> None:
    matched(store, 1)
    found = label(store, 1)
    assert store.labels.undo(found.id, now=NOW + MINUTE).undone_at == NOW + MINUTE
    assert store.labels.live() == ()
    with pytest.raises(ConfigError, match=rf"label {found.id} on article 1 ended on 2026-11-20 12:01"):
        store.labels.undo(found.id, now=NOW)
    with pytest.raises(ConfigError, match=r"no label 77\. `monitor label --list`"):
        store.labels.undo(77, now=NOW)


@pytest.mark.parametrize(
    "address",
    [
        "https://news.example/story/1",
        "https://news.example/story/1?utm_source=feed",
        "guid-1",
        "https://news.example/feed/1",
    ],
)
def test_an_article_is_found_by_its_own_address_and_by_what_feeds_call_it(store: Store, address: str) -> None:
    feed = add_feed(store)
    (entry,) = poll(store, feed, item(1, url="https://news.example/feed/1")).new_entry_ids
    store.entries.record_screen([screened(entry)], now=NOW)
    store.entries.record_read([read(entry, article(1))], now=NOW)
    assert label(store, address, topic="talks").article_id == 1


def test_a_label_is_about_the_text_that_was_judged_also_when_a_later_one_comes(store: Store) -> None:
    matched(store, 1, text="Trump and Putin met in Budapest.")
    label(store, 1)
    (entry,) = poll(store, add_feed(store, "https://other.example/rss"), item(1)).new_entry_ids
    store.entries.record_screen([screened(entry)], now=NOW)
    store.entries.record_read([read(entry, article(1, "Bread is dear in Ljubljana."))], now=NOW)
    (stored,) = store.findings.claim(now=NOW, limit=9, holder="test", lease=LEASE)
    store.findings.record(stored, findings(0.1, 0.1), now=NOW)
    label(store, 1, Verdict.REJECT, person="ben", topic="talks")
    old, new = store.labels.judged()
    assert (old.article.text, old.grades) == ("Trump and Putin met in Budapest.", (("talks", 2),))
    assert (new.article.text, new.grades) == ("Bread is dear in Ljubljana.", (("talks", 0),))


def test_what_was_taken_back_is_not_learnt_from(store: Store) -> None:
    matched(store, 1)
    store.labels.undo(label(store, 1).id, now=NOW)
    assert store.labels.judged() == ()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"article": 77}, r"no article 77: .*article_id"),
        ({"article": 10**30}, r"no article 1000"),
        ({"article": "https://nowhere.example/"}, r"'https://nowhere\.example/': no feed brought it.*monitor search"),
        ({"article": ""}, r"no stored article has the address ''"),
        ({"article": 2}, r"article 2 \(“Story 2”\) matches no topic.*keep --topic talks"),
        ({"topic": "sport"}, r"'sport' is no topic\. Use one of talks, missile_aid"),
        ({"person": "  "}, r"name of the person.*--by"),
        ({"person": "x" * 101}, r"1 to 100 characters"),
        (
            {"verdict": Verdict.WRONG_TOPIC, "to_topic": "talks"},
            r"article 1 .*talks cannot be the wrong topic for talks",
        ),
        (
            {"verdict": Verdict.WRONG_TOPIC, "article": 3},
            r"article 3 .*matches talks and missile_aid: say with --topic",
        ),
    ],
)
def test_a_judgement_that_does_not_fit_is_told_with_which_why_and_what_to_do(
    store: Store, fields: dict[str, Any], words: str
) -> None:
    matched(store, 1)
    store.findings.record(pending_article(store, 2), findings(0.1, 0.1), now=NOW)
    store.findings.record(pending_article(store, 3), findings(0.9, 0.9), now=NOW)
    with pytest.raises(ConfigError, match=words):
        store.labels.add(judgement(**{"article": 1} | fields), now=NOW)
    assert rows(store) == 0


def test_an_entry_that_was_never_read_has_no_text_to_judge(store: Store) -> None:
    (entry,) = poll(store, add_feed(store), item(1)).new_entry_ids
    ruled_out = screened(entry, EntryState.RULED_OUT, reason="gate 0.01 < 0.02")
    store.entries.record_screen([ruled_out], now=NOW)
    with pytest.raises(
        ConfigError, match=r"entry 1 .*no text to judge: ruled out: gate 0\.01 < 0\.02.*`monitor why 1`"
    ):
        label(store, "https://news.example/story/1")


def test_the_wrong_topic_says_no_to_one_and_yes_to_the_other(store: Store) -> None:
    matched(store, 1)
    found = label(store, 1, Verdict.WRONG_TOPIC)
    assert (found.topic, found.to_topic) == ("talks", "missile_aid")
    assert store.labels.judged()[0].grades == (("missile_aid", 2), ("talks", 0))


PEOPLE = st.sampled_from(["anna", "ben", "cora"])


@st.composite
def said(draw: st.DrawFn) -> Label:
    topic, verdict = draw(st.sampled_from(TOPICS)), draw(st.sampled_from(list(Verdict)))
    return Label(
        id=draw(st.integers(1, 10**6)),
        article_id=1,
        topic=topic,
        verdict=verdict,
        to_topic=other_topic(topic) if verdict is Verdict.WRONG_TOPIC else None,
        person=draw(PEOPLE),
        note="",
        model="",
        score=None,
        matched=False,
        labelled_at=NOW + timedelta(minutes=draw(st.integers(0, 50))),
        undone_at=draw(st.none() | st.just(NOW)),
    )


many = st.lists(said(), max_size=12, unique_by=lambda each: each.id)


@given(many)
def test_every_judged_topic_is_agreed_or_disputed_and_never_both(found: list[Label]) -> None:
    agreed, disputed = grades(found)
    live = [each for each in found if each.undone_at is None]
    spoken = {topic for each in live for topic in (each.topic, each.to_topic) if topic}
    assert {topic for topic, _ in agreed} | set(disputed) == spoken
    assert not {topic for topic, _ in agreed} & set(disputed)
    assert {grade for _, grade in agreed} <= {0, 2}


@given(many, st.randoms())
def test_the_order_in_which_labels_are_read_does_not_count(found: list[Label], dice: Any) -> None:
    mixed = dice.sample(found, len(found))
    assert grades(mixed) == grades(found)


@given(many)
def test_one_person_alone_is_never_disputed_and_the_last_word_counts(found: list[Label]) -> None:
    alone = [each for each in found if each.person == "anna" and each.undone_at is None]
    agreed, disputed = grades(alone)
    assert disputed == ()
    if alone:
        last = max(alone, key=lambda each: (each.labelled_at, each.id))
        assert dict(agreed)[last.topic] == (2 if last.verdict is Verdict.KEEP else 0)


def test_the_majority_decides_and_a_tie_is_a_dispute(store: Store) -> None:
    matched(store, 1)
    label(store, 1, person="anna")
    label(store, 1, Verdict.REJECT, person="ben")
    assert (store.labels.judged()[0].grades, store.labels.judged()[0].disputed) == ((), ("talks",))
    label(store, 1, Verdict.REJECT, person="cora")
    assert (store.labels.judged()[0].grades, store.labels.judged()[0].labels) == ((("talks", 0),), 3)

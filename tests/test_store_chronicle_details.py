"""What was found in one article: rows beside its matches, and the wait for the chronicle, on both databases."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from monitor.records.articles import GLOSS, Translation
from monitor.records.findings import Findings
from monitor.store import Store
from monitor.store.columns import storable
from monitor.store.detail_tables import DETAILS
from monitor.store.details import event_key, reaction_key
from monitor.store.tables import articles
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
    to_read,
)
from tests.woven_builders import (
    DAY,
    HOLDER,
    PUTIN,
    claimed,
    event,
    found,
    hold,
    quote,
    reaction,
    record,
    report,
    span,
    step,
    told,
    when,
    woven,
)

WHOLE = ("quotes", "reports", "times", "events", "aid", "reactions", "entities", "topics", "language", "model")


def rows(store: Store) -> dict[str, int]:
    sizes = {table.name: table.rows for table in store.upkeep.stats().tables}
    return {table.name: sizes[table.name] for table in DETAILS}


def back(store: Store) -> Findings:
    (waiting,) = claimed(store)
    store.findings.release(HOLDER)
    return waiting.findings


def test_what_was_found_comes_back_as_it_was(store: Store) -> None:
    trump = entity("Donald Trump", "Q22686", (0, 5), (20, 25))
    given = told(
        trump,
        entity("Budapest", None, (30, 38), type_="place"),
        events=(event(), event("A call.", 50, type="call", when=None, where=None, participants=())),
        quotes=(quote(), quote("No", 70, speaker=None, speaker_id=None, channel=None, cue=None, about=())),
        reports=(report(cue=span("said"), about=(PUTIN, "Kyiv")),),
        aid=(step(), step("No.", 90, donor=None, by=PUTIN, firmness="denial", manner="debated", step="refused")),
        reactions=(reaction(), reaction("No.", 90, by_id=None, answers=span("the plan", 80))),
    )
    found(store, 1, given)
    here = back(store)
    assert [getattr(here, name) for name in WHOLE[:-3]] == [getattr(given, name) for name in WHOLE[:-3]]
    assert (here.language, here.model, here.embedding) == ("en", given.model, given.embedding)
    assert [(topic.name, topic.match) for topic in here.topics] == [("talks", True)]
    assert here.topics[0].evidence == given.topics[0].evidence


def test_a_second_analysis_takes_the_place_of_the_first(store: Store) -> None:
    stored = found(store)
    assert rows(store) == {"quotes": 3, "time_mentions": 1, "article_events": 1, "aid_steps": 1, "reactions": 1}
    other = told(quotes=(), reports=(), times=(), aid=(), reactions=(), events=(event(status="held"),))
    store.findings.record(stored, other, now=NOW)
    assert rows(store) == {"quotes": 0, "time_mentions": 0, "article_events": 1, "aid_steps": 0, "reactions": 0}
    assert back(store).events == other.events


def test_an_article_without_a_match_keeps_nothing_and_does_not_wait(store: Store) -> None:
    stored = pending_article(store)
    store.findings.record(stored, replace(told(), topics=findings(0.2).topics), now=NOW)
    assert sum(rows(store).values()) == 0
    assert not store.chronicle.is_waiting()


def test_events_that_say_the_same_in_the_same_place_are_one(store: Store) -> None:
    found(store, 1, told(events=(event(), event()), reactions=(reaction(), reaction())))
    assert (rows(store)["article_events"], rows(store)["reactions"]) == (1, 1)


def test_matched_articles_wait_the_oldest_published_first(store: Store) -> None:
    for n, hours in ((1, 1), (2, 9), (3, 5)):
        found(store, n, published=NOW - timedelta(hours=hours))
    assert store.chronicle.is_waiting()
    assert [waiting.article.title for waiting in claimed(store, limit=2)] == ["Story 2", "Story 3"]
    assert [waiting.article.title for waiting in claimed(store)] == ["Story 1"]
    assert claimed(store) == ()
    assert len(claimed(store, now=NOW + LEASE)) == 3


def test_an_article_whose_new_text_waits_for_the_model_does_not_wait_for_the_chronicle(store: Store) -> None:
    found(store)
    poll(store, add_feed(store, "https://b.example/rss"), item(1))
    to_read(store, 2)
    store.entries.record_read([read(2, article(1, text="Quite another text."))], now=NOW)
    assert not store.chronicle.is_waiting()
    assert claimed(store) == ()


def test_an_article_that_comes_in_and_no_longer_matches_waits_to_be_taken_out(store: Store) -> None:
    stored = found(store)
    hold(store)
    (waiting,) = claimed(store)
    record(store, woven(waiting))
    assert not store.chronicle.is_waiting()
    store.findings.record(stored, findings(0.2), now=NOW + MINUTE)
    (again,) = claimed(store)
    assert (waiting.withdrawn, again.withdrawn) == (False, True)
    assert again.findings.events == ()


def test_a_match_withdrawn_before_it_was_woven_in_leaves_nothing_to_do(store: Store) -> None:
    stored = found(store)
    store.findings.record(stored, findings(0.2), now=NOW + MINUTE)
    assert claimed(store) == ()


def test_a_source_says_where_the_article_stands(store: Store) -> None:
    add_feed(store, outlet="TASS", family="", country="RU", state_controlled=True)
    found(store, 1, published=None)
    (waiting,) = claimed(store)
    source = waiting.source
    assert (source.outlet, source.family, source.country, source.state_controlled) == ("TASS", "TASS", "RU", True)
    assert (source.title, source.url) == ("Story 1", "https://news.example/story/1")
    assert source.published == NOW - timedelta(hours=1)
    assert not source.backfill or store.findings.matches()[0].article_id == source.article_id


def test_an_article_is_given_as_its_spans_count(store: Store) -> None:
    machine = Translation(title="In English", text="They met.", by="opus@0123456789ab")
    gloss = replace(machine, by=GLOSS)
    found(store, 1, replace(told(), translation=machine, language="uk"), language="uk")
    found(store, 2, replace(told(), translation=gloss, language="uk"), language="uk")
    texts = {waiting.article.id: (waiting.article.title, waiting.article.language) for waiting in claimed(store)}
    assert texts == {"1": ("In English", "en"), "2": ("Story 2", "uk")}


def test_articles_matched_without_details_go_into_stories_all_the_same(store: Store) -> None:
    matched(store, 1)
    (waiting,) = claimed(store)
    assert (waiting.findings.quotes, waiting.findings.embedding, waiting.withdrawn) == ((), (), False)


def test_what_a_purged_feed_brought_is_gone(store: Store) -> None:
    found(store)
    store.feeds.remove(1, purge=True)
    assert sum(rows(store).values()) == 0
    with store._database.read() as connection:
        assert connection.execute(select(articles)).first() is None


TEXTS = st.text(max_size=40)
NAMES = st.none() | TEXTS
NUMBERS = count(1)


@given(
    words=st.lists(TEXTS, min_size=1, max_size=3),
    name=NAMES,
    about=st.lists(TEXTS, max_size=3).map(tuple),
    days=st.integers(0, 400),
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_found_is_stored_and_comes_back(
    store: Store, words: list[str], name: str | None, about: tuple[str, ...], days: int
) -> None:
    given_ = told(
        quotes=tuple(quote(text, 9, speaker=name, channel=name, about=about) for text in words),
        events=(event(words[0], participants=about, where=name, when=when(DAY + timedelta(days=days))),),
        aid=(step(words[0], item=words[-1], by=name),),
        reactions=(reaction(words[0], about=words[-1]),),
    )
    found(store, next(NUMBERS), given_)
    (waiting,) = claimed(store)
    here = waiting.findings
    assert [each.text for each in here.quotes] == [storable(text) for text in words]
    assert [each.about for each in here.quotes] == [about] * len(words)
    assert here.events[0] == replace(
        given_.events[0], where=None if name is None else storable(name), evidence=here.events[0].evidence
    )
    assert event_key(here.events[0]) == event_key(given_.events[0])
    assert reaction_key(here.reactions[0]) == reaction_key(given_.reactions[0])

"""What is published, read from both databases: once each, the newest first, and only what fits."""

from datetime import timedelta

import pytest

from monitor.records.telling.subscribers import Selection
from monitor.store import Store, published, publishing
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
    poll,
    read,
    to_read,
)
from tests.woven_builders import (
    DAY,
    claimed,
    event,
    found,
    hold,
    origin,
    quote,
    record,
    report,
    step,
    told,
    whole,
    woven,
)

HERE = Selection(search="Budapest")
ELSEWHERE = Selection(search="Reykjavik")


def chronicled(store: Store) -> None:
    """One article with one of everything."""
    found(store, 1, told(quotes=(quote(),), reports=(report(),), events=(event(),), aid=(step(),)))
    hold(store)
    for waiting in claimed(store):
        record(store, whole(waiting))


def test_an_article_is_published_once_whatever_it_matches(store: Store) -> None:
    stored = matched(store, 1, entity("Donald Trump", "Q22686"))
    store.findings.record(stored, findings(0.9, 0.8, entity("Donald Trump", "Q22686")), now=NOW + MINUTE)
    found_ = store.publishing.matches(now=NOW)
    assert found_.total == 1
    (told_,) = found_
    assert (told_.topics, told_.entities) == (("missile_aid", "talks"), ("Donald Trump",))
    assert [mark.score for mark in told_.marks] == [0.8, 0.9]
    assert (told_.title, told_.url, told_.outlet, told_.country) == (
        "Story 1", "https://news.example/story/1", "The News", "UA"
    )  # fmt: skip
    assert told_.evidence == "Trump and Putin met in Budapest."
    assert told_.id.startswith("urn:uuid:")


def test_the_newest_match_comes_first_and_pages_make_no_difference(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(5):
        matched(store, n, at=NOW + n * MINUTE)
    whole_ = [each.title for each in store.publishing.matches(now=NOW)]
    assert whole_ == ["Story 4", "Story 3", "Story 2", "Story 1", "Story 0"]
    monkeypatch.setattr(publishing, "_PIECE", 2)
    assert [each.title for each in store.publishing.matches(now=NOW)] == whole_
    assert [each.title for each in store.publishing.matches(now=NOW, limit=3)] == whole_[:3]
    between = store.publishing.matches(now=NOW, since=NOW + MINUTE, until=NOW + 3 * MINUTE)
    assert [each.title for each in between] == ["Story 2", "Story 1"]


def test_what_was_withdrawn_is_not_published_even_while_it_is_read(store: Store) -> None:
    stored = matched(store, 1)
    begun = store.publishing.matches(now=NOW)
    store.findings.record(stored, findings(0.1, 0.1), now=NOW + MINUTE)
    assert (begun.total, list(begun)) == (1, [])
    assert store.publishing.matches(now=NOW).total == 0


def test_an_article_says_who_wrote_it_and_keeps_its_id_when_it_is_rewritten(store: Store) -> None:
    for name, text in (("one", "Trump and Putin met in Budapest."), ("two", "Trump and Putin met in Budapest twice.")):
        feed = add_feed(store, f"https://{name}.example/rss")
        (entry_id,) = poll(store, feed, item(1, authors=("A. Writer", "B. Writer"))).new_entry_ids
        to_read(store, entry_id)
        at = NOW + (text.endswith("twice.")) * MINUTE
        store.entries.record_read([read(entry_id, article(1, text), text_source="page")], now=at)
        (stored,) = store.findings.claim(now=NOW, limit=1, holder="test", lease=LEASE)
        store.findings.record(stored, findings(), now=at)
        (told_,) = store.publishing.matches(now=NOW)
        assert told_.authors == ("A. Writer", "B. Writer")
        if name == "one":
            first = told_
            assert first.updated == first.published
    assert told_.id == first.id
    assert told_.updated == NOW + MINUTE


def test_only_what_fits_the_selection_is_published(store: Store) -> None:
    matched(store, 1)
    matched(store, 2, text="Somewhere else they spoke of Reykjavik.")
    assert [each.title for each in store.publishing.matches(HERE, now=NOW)] == ["Story 1"]
    assert [each.title for each in store.publishing.matches(ELSEWHERE, now=NOW)] == ["Story 2"]
    assert list(store.publishing.matches(Selection(topics=("missile_aid",)), now=NOW)) == []
    assert store.publishing.matches(Selection(languages=("en",)), now=NOW).total == 2


def test_stories_statements_events_and_steps_are_those_of_articles_that_fit(store: Store) -> None:
    chronicled(store)
    out = store.publishing
    for listed in (out.stories, out.statements, out.happenings, out.steps):
        assert listed(now=NOW).total == 1
        assert listed(HERE, now=NOW).total == 1
        assert listed(ELSEWHERE, now=NOW).total == 0
    ((story, urn),) = out.stories(HERE, now=NOW)
    assert (story.title, story.topics, urn.partition(":")[0]) == ("Story 1", ("talks",), "urn")
    assert [said.text for said in out.statements(now=NOW)] == ["We will meet soon"]
    assert [happening.where for happening in out.happenings(now=NOW)] == ["Budapest"]
    assert [told_.step.item for told_ in out.steps(now=NOW)] == ["Tomahawk"]


def test_they_are_cut_by_their_own_times(store: Store) -> None:
    chronicled(store)
    published_, day = store.publishing, timedelta(days=1)
    for listed in (published_.statements, published_.happenings):
        assert (
            listed(now=NOW, since=DAY, until=DAY).total,
            listed(now=NOW, since=DAY + day).total,
            listed(now=NOW, until=DAY - day).total,
        ) == (
            1,
            0,
            0,
        )
    for listed_by_time in (published_.stories, published_.steps):
        assert listed_by_time(now=NOW, since=NOW - day, until=NOW + day).total == 1
        assert listed_by_time(now=NOW, since=NOW + day).total == listed_by_time(now=NOW, until=NOW - day).total == 0


def test_a_story_is_named_after_the_article_that_opened_it(store: Store) -> None:
    """The chronicle may be made anew, and then gives the story's number to another."""
    found(store, 1)
    found(store, 2)
    hold(store)
    for waiting in claimed(store):
        record(store, woven(waiting, story_id=1, by=origin("The News")))
    ((_, before),) = store.publishing.stories(now=NOW)
    store.chronicle.rebuild()
    hold(store)
    (one, two) = sorted(claimed(store), key=lambda waiting: waiting.source.article_id)
    record(store, woven(one, story_id=3, by=origin("The News")))
    record(store, woven(two, story_id=1, by=origin("The News")))
    names = {story.id: urn for story, urn in store.publishing.stories(now=NOW)}
    assert before in names.values()
    assert len(set(names.values())) == 2


def test_a_deleted_story_is_left_out(store: Store) -> None:
    chronicled(store)
    begun = store.publishing.stories(now=NOW)
    store.chronicle.rebuild()
    assert list(begun) == []
    with store._database.read() as connection:
        assert published.steps_of(connection, [99]) == []


def test_topics_are_those_that_still_match(store: Store) -> None:
    stored = matched(store, 1)
    store.findings.record(stored, findings(0.1, 0.9), now=NOW + MINUTE)
    (told_,) = store.publishing.matches(now=NOW)
    assert told_.topics == ("missile_aid",)


def test_by_topic_an_article_stands_where_it_matched_that_topic(store: Store) -> None:
    both = matched(store, 1)
    matched(store, 2, at=NOW + MINUTE)
    store.findings.record(both, findings(0.9, 0.9), now=NOW + 2 * MINUTE)
    assert [each.title for each in store.publishing.matches(now=NOW)] == ["Story 1", "Story 2"]
    talks = Selection(topics=("talks",))
    assert [each.title for each in store.publishing.matches(talks, now=NOW)] == ["Story 2", "Story 1"]

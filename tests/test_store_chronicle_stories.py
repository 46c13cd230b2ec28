"""Stories: members, merges, splits, and the one line of each, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.records.chronicle import Origin, Source, StoryChange
from monitor.records.stories import StoredMember
from monitor.records.weaving import Waiting
from monitor.store import Store
from monitor.store.chronicle.storylines import headline
from tests.store_builders import NOW, findings
from tests.woven_builders import claimed, found, hold, hours, member, origin, record, told, woven

WIRE = Origin(key="agency:reuters", kind="agency")
STATE = Origin(key="agency:tass", kind="agency", state_controlled=True)


def arrive(
    store: Store, n: int, story_id: int, by: Origin | None = None, *, ago: float = 0.0, **fields: object
) -> Waiting:
    found(store, n, published=hours(ago or 10 - n))
    (one,) = claimed(store)
    record(store, woven(one, story_id, by, **fields))
    return one


def change(kind: str, story_id: int, other_id: int, *moved: int) -> StoryChange:
    return StoryChange(at=NOW, kind=kind, story_id=story_id, other_id=other_id, moved=moved)


def test_a_story_is_one_line_with_its_outlets_and_origins(store: Store) -> None:
    hold(store)
    arrive(store, 1, 1, origin("first"))
    arrive(store, 2, 1, WIRE)
    arrive(store, 3, 1, replace(WIRE, copy_of=2))
    arrive(store, 4, 1, STATE)
    (story,) = store.chronicle.stories()
    assert (story.id, story.articles, story.outlets, story.origins, story.state_origins) == (1, 4, 1, 2, 1)
    assert (story.title, story.outlet, story.url) == ("Story 2", "The News", "https://news.example/story/2")
    assert (story.first_seen, story.last_seen) == (hours(9), hours(6))
    assert (story.topics, story.evidence) == (("talks",), "Trump and Putin met in Budapest.")


def test_stories_are_listed_the_latest_told_first(store: Store) -> None:
    hold(store)
    for n in (1, 2, 3):
        arrive(store, n, n)
    arrive(store, 4, 1)
    given = replace(told(), topics=findings(0.1, 0.9).topics)
    found(store, 5, given, published=hours(20))
    (one,) = claimed(store)
    record(store, woven(one, 4))
    listed = store.chronicle.stories
    assert [story.id for story in listed()] == [1, 3, 2, 4]
    assert [story.id for story in listed(topic="talks")] == [1, 3, 2]
    assert [story.id for story in listed(topic="missile_aid")] == [4]
    assert [story.id for story in listed(since=hours(7.5))] == [1, 3]
    assert [story.id for story in listed(limit=2)] == [1, 3]
    assert [story.id for story in listed(limit=2, before=3)] == [2, 4]
    assert [story.id for story in listed(topic="talks", before=3)] == [2]


def test_a_merge_moves_the_articles_and_the_old_number_still_leads_to_the_story(store: Store) -> None:
    hold(store)
    first, second = arrive(store, 1, 1), arrive(store, 2, 2)
    merge = change("merged", 2, 1, second.source.article_id)
    third = arrive(store, 3, 1, story_changes=(merge,))
    (story,) = store.chronicle.stories()
    assert (story.id, story.articles) == (1, 3)
    page = store.chronicle.story(2)
    assert page is not None
    assert page.story == story
    assert [each.article_id for each in page.members] == [each.source.article_id for each in (first, second, third)]
    assert [source.title for source in page.sources] == ["Story 1", "Story 2", "Story 3"]
    assert page.changes == (merge,)
    assert store.chronicle.last_story() == 2


def test_a_chain_of_merges_leads_to_the_last(store: Store) -> None:
    hold(store)
    ids = {n: arrive(store, n, n).source.article_id for n in (1, 2, 3)}
    arrive(store, 4, 2, story_changes=(change("merged", 3, 2, ids[3]),))
    arrive(store, 5, 1, story_changes=(change("merged", 2, 1, ids[2], ids[3]),))
    for number in (1, 2, 3):
        page = store.chronicle.story(number)
        assert page is not None
        assert (page.story.id, page.story.articles) == (1, 5)


def test_a_split_makes_a_story_with_a_number_of_its_own(store: Store) -> None:
    hold(store)
    ids = {n: arrive(store, n, 1).source.article_id for n in (1, 2, 3)}
    split = change("split", 1, 2, ids[2], ids[3])
    arrive(store, 4, 1, story_changes=(split,))
    assert [(story.id, story.articles, story.title) for story in store.chronicle.stories()] == [
        (1, 2, "Story 1"),
        (2, 2, "Story 2"),
    ]
    page = store.chronicle.story(2)
    assert page is not None
    assert page.changes == (split,)


def test_a_story_that_its_only_article_left_is_listed_no_more(store: Store) -> None:
    hold(store)
    arrive(store, 1, 1)
    stored = found(store, 2)
    (two,) = claimed(store)
    record(store, woven(two, 2))
    store.findings.record(stored, told(), now=NOW)
    (again,) = claimed(store)
    record(store, woven(again, 1))
    assert [(story.id, story.articles) for story in store.chronicle.stories()] == [(1, 2)]
    assert store.chronicle.story(9) is None


def test_members_come_back_for_the_index_in_the_order_in_which_they_came(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(store)
    arrive(store, 1, 1, ago=5)
    two = arrive(store, 2, 2, ago=50)
    three = arrive(store, 3, 1, ago=1, imprint=b"\x00\xff")
    monkeypatch.setattr("monitor.store.chronicle.store.MEMBERS_READ", 2)
    assert [each.article_id for each in store.chronicle.members(since=hours(60))] == [1, 2, 3]
    assert [each.article_id for each in store.chronicle.members(since=hours(40))] == [1, 3]
    (last,) = store.chronicle.members(since=hours(2))
    assert last == StoredMember(article_id=three.source.article_id, story_id=1, imprint=b"\x00\xff")
    assert two.source.article_id == 2


def told_by(outlet: str, at: float, by: Origin) -> tuple[Source, Origin]:
    source = Source(article_id=int(at * 10), url="", title=outlet, outlet=outlet, published=hours(10 - at))
    return source, by


def test_the_origin_that_most_follow_stands_for_the_story() -> None:
    lone, wire = told_by("Lone", 1, origin("lone")), told_by("Reuters", 3, WIRE)
    copy = told_by("Copier", 2, replace(WIRE, copy_of=30))
    assert headline([lone, copy, wire]).outlet == "Reuters"
    assert headline([lone, copy]).outlet == "Lone"
    assert headline([copy]).outlet == "Copier"


def test_a_state_s_word_stands_for_a_story_only_where_there_is_no_other() -> None:
    state = [told_by("TASS", n, STATE) for n in (1, 2, 3)]
    assert headline([*state, told_by("Lone", 4, origin("lone"))]).outlet == "Lone"
    assert headline(state).outlet == "TASS"


def test_a_member_keeps_what_is_known_of_its_origin(store: Store) -> None:
    from monitor.records.findings import Span

    hold(store)
    credit = Span(start=10, end=19, text="(Reuters)")
    by = Origin(key="agency:reuters", kind="agency", copy_of=7, evidence=credit)
    found(store, 1)
    (one,) = claimed(store)
    given = member(one, 3, by, similarity=0.5, duplicate_of=7)
    record(store, woven(one, 3, member=given))
    page = store.chronicle.story(3)
    assert page is not None
    assert page.members == (given,)
    assert page.sources == (one.source,)
    assert page.story.last_seen - page.story.first_seen == timedelta(0)

"""The story pages' reads: the list with its filters and searches, and one story with all that is known of it."""

from dataclasses import replace
from datetime import datetime

import pytest

from monitor.errors import QueryError
from monitor.records.board.story import StoriesView, StoryView
from monitor.records.chronicle import Origin, StoryChange
from monitor.store import Store
from monitor.store.board import members, narrowing, searched, story, storyparts
from tests.store_builders import article, entity, findings, read
from tests.telling_builders import arrive, at, meeting, nothing, one_of_each, outlet, weave
from tests.woven_builders import TRUMP, claimed, hold, origin, record, woven

NOW = at(8)
URL = "https://news.example/1"


def put(
    store: Store,
    n: int,
    story_id: int,
    *,
    when: datetime,
    by: str = "news",
    whose: Origin | None = None,
    given: object = None,
    changes: tuple[StoryChange, ...] = (),
    **fields: object,
) -> int:
    """An article that is put into a story; its number."""
    hold(store)
    arrive(store, n, nothing() if given is None else given, when=when, by=by, **fields)  # type: ignore[arg-type]
    (one,) = claimed(store)
    record(store, woven(one, story_id, whose or origin(by), story_changes=changes))
    return one.source.article_id


def page(store: Store, **wanted: object) -> StoriesView:
    return store.board.story.page(now=NOW, **wanted)  # type: ignore[arg-type]


def one(store: Store, story_id: int = 1, **wanted: int) -> StoryView:
    found = store.board.story.story(story_id, now=NOW, **wanted)
    assert found is not None
    return found


def ids(view: StoriesView) -> list[int]:
    return [each.id for each in view.stories]


def three_stories(store: Store) -> None:
    put(store, 1, 1, when=at(0, 9), text="The missiles are under consideration.")
    put(store, 2, 2, when=at(1, 9), text="A summit is being prepared in Budapest.")
    put(store, 3, 2, when=at(1, 10), by="wire", text="More on the summit in Budapest.")
    put(store, 4, 3, when=at(2, 9), by="wire", text="Missiles again, says the ministry.")


def test_stories_come_with_the_newest_told_first(store: Store) -> None:
    assert page(store) == StoriesView(stories=(), next=None, nothing_yet=True)
    three_stories(store)
    assert ids(page(store)) == [3, 2, 1]
    assert ids(page(store, origins=2)) == [2]
    assert ids(page(store, since=at(1), until=at(2))) == [2]
    assert ids(page(store, topic="talks")) == [3, 2, 1]
    nothing_fits = page(store, topic="missile_aid")
    assert (nothing_fits.stories, nothing_fits.nothing_yet) == ((), False)


def test_a_search_finds_the_stories_of_the_articles_that_it_finds(store: Store) -> None:
    three_stories(store)
    assert ids(page(store, search="missiles")) == [3, 1]
    assert ids(page(store, search="missiles -ministry")) == [1]
    assert ids(page(store, search="missiles outlet:wire")) == [3]
    assert ids(page(store, search="outlet:wire")) == [3, 2]
    assert ids(page(store, search="summit", origins=2, topic="talks")) == [2]
    assert ids(page(store, search="missiles", until=at(1))) == [1]
    assert page(store, search="nowhere") == StoriesView(stories=(), next=None)
    with pytest.raises(QueryError):
        page(store, search="(missiles")


def test_what_was_withdrawn_is_found_by_no_search(store: Store) -> None:
    hold(store)
    stored = arrive(store, 1, nothing(), when=at(0, 9), text="The missiles are under consideration.")
    record(store, woven(claimed(store)[0], 1))
    assert ids(page(store, search="missiles")) == [1]
    store.findings.record(stored, findings(0.1), now=at(0, 12))
    assert ids(page(store, search="missiles")) == []
    assert one(store).groups == ()


@pytest.mark.parametrize("wanted", [{}, {"topic": "talks"}, {"search": "matters"}])
def test_pages_follow_each_other_without_a_gap(store: Store, wanted: dict[str, str]) -> None:
    for n in range(7):
        put(store, n, 10 + n, when=at(n // 2, 9), by=f"outlet{n}")
    found: list[int] = []
    after = None
    for _ in range(4):
        view = page(store, limit=2, after=after, **wanted)
        found += ids(view)
        after = view.next
    assert after is None
    assert found == [16, 15, 14, 13, 12, 11, 10]


def test_stories_of_many_origins_are_looked_for_bit_by_bit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    three_stories(store)
    monkeypatch.setattr(story, "LOOKED", 1)
    view = page(store, origins=2)
    assert (ids(view), view.next is None) == ([], False)
    view = page(store, origins=2, after=view.next)
    assert ids(view) == [2]
    assert ids(page(store, origins=2, after=view.next)) == []


@pytest.mark.parametrize(
    ("limit", "search"), [("FOUND", "missiles"), ("LOOKED", "missiles"), ("MEMBERS", "outlet:wire")]
)
def test_a_search_that_finds_too_much_says_so(
    store: Store, monkeypatch: pytest.MonkeyPatch, limit: str, search: str
) -> None:
    three_stories(store)
    monkeypatch.setattr(searched, limit, 1)
    monkeypatch.setattr(narrowing, "FEW", 0 if limit == "MEMBERS" else 9)
    view = page(store, search=search)
    # Postgres asks its index for all at once.
    whole = limit == "LOOKED" and store._database.dialect != "sqlite"
    assert (ids(view), view.cut) == (([3, 1], False) if whole else ([3], True))


def test_a_story_is_told_by_origin_with_the_copies_under_what_they_repeat(store: Store) -> None:
    outlet(store, "state", state_controlled=True)
    agency = Origin(key="agency:Brightwater", kind="agency")
    first = put(store, 1, 1, when=at(0, 9), by="wire", whose=agency)
    put(store, 2, 1, when=at(0, 10), by="paper", whose=replace(agency, copy_of=first))
    put(store, 3, 1, when=at(0, 11), by="paper", whose=agency)
    put(store, 4, 1, when=at(0, 12), by="state", whose=Origin(key="outlet:state", kind="outlet", state_controlled=True))
    view = one(store)
    told = [
        (group.key, group.state_controlled, [(s.original.source.outlet, len(s.copies)) for s in group.strands])
        for group in view.groups
    ]
    assert told == [
        ("agency:Brightwater", False, [("wire", 1), ("paper", 0)]),
        ("outlet:state", True, [("state", 0)]),
    ]
    group = view.groups[0]
    assert (group.name, group.articles, group.first_seen) == ("Brightwater", 3, at(0, 9))
    assert group.strands[0].original.evidence[0].topic == "talks"
    assert [(covered.at, covered.kind) for covered in view.coverage] == [
        (at(0, 9), "agency"),
        (at(0, 10), "agency"),
        (at(0, 11), "agency"),
        (at(0, 12), "state"),
    ]
    assert (view.coverage_by, view.coverage_from, view.members_left_out) == ("hour", None, 0)


def test_articles_that_repeat_each_other_in_a_ring_are_one_strand(store: Store) -> None:
    whose = origin("paper")
    first = put(store, 1, 1, when=at(0, 9), by="paper", whose=whose)
    second = put(store, 2, 1, when=at(0, 10), by="paper", whose=replace(whose, copy_of=first))
    put(store, 3, 1, when=at(0, 11), by="paper", whose=replace(whose, copy_of=second))
    with store._database.write() as connection:
        connection.exec_driver_sql(f"UPDATE story_members SET copy_of = {second} WHERE article_id = {first}")
    (strand,) = one(store).groups[0].strands
    assert (strand.original.source.article_id, len(strand.copies)) == (first, 2)


def test_a_long_story_is_counted_by_the_day_and_shows_the_newest(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(5):
        put(store, n, 1, when=at(n, 9))
    assert [(each.at.day, each.articles) for each in one(store).coverage] == [(16 + n, 1) for n in range(5)]
    monkeypatch.setattr(members, "MOST", 2)
    view = one(store)
    assert (view.coverage_by, view.members_left_out, len(view.coverage)) == ("day", 3, 5)
    assert [strand.original.source.published for strand in view.groups[0].strands] == [at(3, 9), at(4, 9)]
    monkeypatch.setattr(members, "COUNTED", 3)
    view = one(store)
    assert (len(view.coverage), view.coverage_from) == (3, at(2, 9))


def test_a_story_has_its_events_statements_steps_and_names(store: Store) -> None:
    trump = entity(TRUMP, "Q22686", (0, 5), (7, 9))
    budapest = entity("Budapest", None, (10, 18), type_="place")
    arrive(store, 1, replace(one_of_each(), entities=(trump, budapest)), when=at(0, 10))
    arrive(store, 2, nothing(events=(meeting(),), entities=(budapest,)), when=at(0, 11), by="wire")
    weave(store)
    view = one(store, page(store).stories[-1].id)
    assert [event.type for event in view.events] == ["meeting"]
    assert [line.text for line in view.statements] == ["Number 0: we shall send Tomahawk missiles"]
    assert [(step.item, step.step, step.articles) for step in view.steps] == [("Tomahawk", "considered", 1)]
    assert [(name.name, name.type, name.id, name.articles) for name in view.entities] == [
        ("Budapest", "place", None, 2),
        (TRUMP, "person", "Q22686", 1),
    ]


def test_a_merged_story_is_shown_as_the_one_it_went_into(store: Store) -> None:
    for n, number in ((1, 1), (2, 2)):
        put(store, n, number, when=at(0, 9 + n))
    merged = StoryChange(at=at(1, 10), kind="merged", story_id=2, other_id=3, moved=(2,))
    put(store, 3, 3, when=at(1, 10), changes=(merged,))
    view = one(store, 2)
    assert (view.asked, view.story.id) == (2, 3)
    (turn,) = view.turns
    assert (turn.kind, turn.story_id, turn.other_id, turn.moved) == ("merged", 2, 3, 1)
    assert store.board.story.story(99, now=NOW) is None
    assert ids(page(store)) == [3, 1]


def test_what_became_of_an_article_is_compared_word_by_word(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    hold(store)
    stored = arrive(store, 1, nothing(), when=at(0, 9), text="The ministry said it would wait.")
    record(store, woven(claimed(store)[0], 1))
    for number, text in enumerate(("The ministry said it would not wait.", "The ministry said nothing at all.")):
        later = article(1, url=URL, text=text, published=at(0, 9))
        assert store.revisits.record([(stored, read(0, later))], now=at(0, 11 + number)) == 1
    view = one(store, edits_of=stored.article_id)
    assert view.edits is not None
    assert view.groups[0].strands[0].original.versions == 3
    first = view.edits.edits[-1]
    assert [(piece.kind.value, piece.text) for piece in first.text if piece.kind.value != "same"] == [("added", " not")]
    assert [edit.number for edit in view.edits.edits] == [3, 2]
    monkeypatch.setattr(storyparts, "EDITS", 1)
    monkeypatch.setattr(storyparts, "LONGEST", 20)
    view = one(store, edits_of=stored.article_id)
    assert view.edits is not None
    assert (len(view.edits.edits), view.edits.edits_left_out, view.edits.shortened) == (1, 1, True)
    assert one(store, edits_of=stored.article_id + 1).edits is None

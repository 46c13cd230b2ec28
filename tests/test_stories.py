"""Origins on a written set of wire copies, and the story index: same answer again, rebuilt, bounded, merged."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.records.articles import Article
from monitor.records.chronicle import Origin, Source
from monitor.records.stories import Arrival, StoredMember
from monitor.stories.index import StoryIndex
from monitor.stories.measure import b_cubed, pairs
from monitor.stories.origins import count, origin_of
from monitor.stories.policy import Policy

START = datetime(2025, 10, 13, 8, tzinfo=UTC)
COPIES = Path(__file__).parent / "data" / "wire_copies.jsonl"
Rows = Sequence[dict[str, Any]]


def by_event() -> list[Rows]:
    events: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in COPIES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        events[row["event"]].append(row)
    return list(events.values())


def origins(rows: Rows) -> list[Origin]:
    """Each article's origin, in the order given; what a later article reveals of earlier ones counts."""
    index, found = StoryIndex(), dict[int, Origin]()
    for number, row in enumerate(rows, 1):
        source = Source(
            article_id=number,
            url=f"https://outlet-{number}.example/story",
            title=row["title"],
            outlet=row["outlet"] or row["agency"],
            published=START + timedelta(minutes=10 * number),
        )
        article = Article(id=str(number), title=row["title"], text=row["text"])
        placed = index.place(
            Arrival(article_id=number, title=article.title, text=article.text, published=source.published)
        )
        traced = origin_of(source, article, placed.repeats, dict(found))
        found[number] = traced.origin
        for earlier in traced.revised:
            mine = [repeat for repeat in placed.repeats if repeat.article_id == earlier]
            assert mine
            found[earlier] = traced.origin
    return [found[number] for number in sorted(found)]


def test_copies_of_one_wire_text_are_one_origin_and_independent_pieces_keep_theirs() -> None:
    copies = joined = pieces = apart = 0
    for rows in by_event():
        keys = [origin.key for origin in origins(rows)]
        wire = next(key for key, row in zip(keys, rows, strict=True) if row["kind"] == "wire")
        of_copies = [key for key, row in zip(keys, rows, strict=True) if row["kind"] == "copy"]
        alone = [key for key, row in zip(keys, rows, strict=True) if row["kind"] == "independent"]
        copies, joined = copies + len(of_copies), joined + of_copies.count(wire)
        pieces, apart = pieces + len(alone), apart + sum(keys.count(key) == 1 for key in alone)
    assert (copies >= 100, pieces) == (True, 60)
    assert joined >= 0.95 * copies
    assert apart >= 0.95 * pieces


def test_a_wire_that_comes_after_its_copies_still_owns_them() -> None:
    for rows in by_event():
        late = [row for row in rows if row["kind"] == "copy" and row["credit"] == "dateline"][:1]
        (wire,) = [row for row in rows if row["kind"] == "wire"]
        keys = {origin.key for origin in origins([*late, wire])}
        assert len(keys) == 1, wire["event"]


def test_a_story_counts_outlets_and_origins_and_a_state_s_apart() -> None:
    def member(number: int, outlet: str, key: str, *, state: bool = False) -> tuple[Source, Origin]:
        source = Source(article_id=number, url="", title="", outlet=outlet, published=START)
        return source, Origin(key=key, kind="agency", state_controlled=state)

    members = [
        member(1, "Harbour Lantern", "agency:reuters"),
        member(2, "Midland Echo", "agency:reuters"),
        member(3, "Volga State News", "agency:tass", state=True),
    ]
    assert count(members) == (3, 1, 1)


def arrivals(rows: Rows) -> list[Arrival]:
    return [
        Arrival(article_id=n, title=row["title"], text=row["text"], published=START + timedelta(minutes=n))
        for n, row in enumerate(rows, 1)
    ]


def test_words_alone_tell_stories_apart_when_no_model_gives_embeddings() -> None:
    rows = [row for event in by_event() for row in event if row["kind"] != "independent"]
    index = StoryIndex()
    found = [index.place(arrival).story_id for arrival in arrivals(rows)]
    assert b_cubed(found, [row["event"] for row in rows]).f1 > 0.9


def test_an_article_placed_again_stays_where_it_is_and_changes_nothing() -> None:
    rows = arrivals([row for event in by_event()[:4] for row in event])
    index = StoryIndex()
    first = [index.place(arrival) for arrival in rows]
    stories = index.stories
    again = [index.place(arrival) for arrival in rows]
    assert [placed.duplicate_of for placed in again] == [placed.duplicate_of for placed in first]
    assert all(not placed.changes for placed in again)
    assert (index.articles, index.stories) == (len(rows), stories)


def test_an_index_built_up_from_what_was_stored_goes_on_as_the_old_one_would() -> None:
    rows = arrivals([row for event in by_event() for row in event])
    half = len(rows) // 2
    old = StoryIndex()
    placed = [old.place(arrival) for arrival in rows[:half]]
    now = {each.article_id: old.place(arrival) for each, arrival in zip(placed, rows, strict=False)}
    stored = [
        StoredMember(
            article_id=each.article_id,
            story_id=now[each.article_id].story_id,
            similarity=each.similarity,
            duplicate_of=each.duplicate_of,
            imprint=each.imprint,
        )
        for each in placed
    ]
    new = StoryIndex()
    assert new.restore(stored) == ()
    for arrival in rows[half:]:
        mine, theirs = new.place(arrival), old.place(arrival)
        assert (mine.story_id, mine.duplicate_of) == (theirs.story_id, theirs.duplicate_of)


def test_an_imprint_that_cannot_be_read_is_named_so_that_the_article_is_placed_anew() -> None:
    broken = StoredMember(article_id=7, story_id=3, similarity=1.0, duplicate_of=None, imprint=b"\x00rubbish")
    index = StoryIndex()
    assert index.restore([broken]) == (7,)
    (other,) = arrivals(by_event()[0][:1])
    assert index.place(other).story_id > 3


def test_the_window_holds_no_more_than_its_capacity() -> None:
    index = StoryIndex(Policy(capacity=20))
    for arrival in arrivals([row for event in by_event() for row in event]):
        index.place(arrival)
    assert index.articles == 20


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=300)), min_size=1, max_size=12))
def test_any_text_is_placed_and_two_runs_agree(texts: list[tuple[str, str]]) -> None:
    def told() -> list[tuple[int, int | None]]:
        index = StoryIndex()
        rows = [
            Arrival(article_id=n, title=title, text=text, published=START) for n, (title, text) in enumerate(texts, 1)
        ]
        return [(placed.story_id, placed.duplicate_of) for placed in map(index.place, rows)]

    assert told() == told()


@pytest.mark.parametrize(
    ("found", "right", "f1"), [([1, 1, 2], ["a", "a", "b"], 1.0), ([1, 1, 1], ["a", "b", "c"], 0.5), ([], [], 0.0)]
)
def test_b_cubed_is_what_its_paper_says(found: list[int], right: list[str], f1: float) -> None:
    assert b_cubed(found, right).f1 == pytest.approx(f1)


def test_pairs_that_nobody_wanted_and_nobody_found_are_right() -> None:
    assert pairs([1, 2], ["a", "b"]).f1 == 1.0
    assert pairs([1, 1], ["a", "b"]).f1 == 0.0

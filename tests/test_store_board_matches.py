"""The list of matches: what its filters find, its pages, its order, and what it says of each article."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.errors import QueryError
from monitor.records.board.matches import MatchesView, MatchFilter
from monitor.records.feedback import Verdict
from monitor.records.findings import Topic
from monitor.store import Store
from monitor.store.board import narrowing, walks
from tests.feedback_builders import label
from tests.store_builders import entity
from tests.telling_builders import arrive, at, nothing, outlet, weave

NOW = at(8)


def scored(talks: float = 0.9, aid: float = 0.1, **fields: Any) -> Any:
    topics = tuple(
        Topic(name=name, score=score, threshold=0.5, match=score >= 0.5, evidence=None)
        for name, score in (("talks", talks), ("missile_aid", aid))
    )
    return replace(nothing(**fields), topics=topics)


def page(store: Store, *, after: str | None = None, limit: int = 40, now: Any = NOW, **asked: Any) -> MatchesView:
    return store.board.matches.page(MatchFilter(**asked), person="Ann", now=now, after=after, limit=limit)


def ids(view: MatchesView) -> list[int]:
    return [row.article_id for row in view.rows]


def all_ids(store: Store, *, limit: int, **asked: Any) -> list[int]:
    """Of every page, until there is none left."""
    found: list[int] = []
    after = None
    for _ in range(50):
        view = page(store, after=after, limit=limit, **asked)
        found += ids(view)
        after = view.next
        if after is None:
            return found
    raise AssertionError("the pages have no end")


def filled(store: Store, number: int = 9) -> list[int]:
    """So many articles, an hour apart, by three outlets; every third is about aid too. The newest first."""
    outlet(store, "paper0", country="UA")
    outlet(store, "paper1", country="RU", state_controlled=True)
    outlet(store, "paper2", country="US")
    stored = [
        arrive(
            store,
            n,
            scored(0.5 + n / 100, 0.9 if n % 3 == 0 else 0.1, entities=(entity(f"Person {n % 2}", f"Q{n % 2 + 1}"),)),
            when=at(n / 24),
            by=f"paper{n % 3}",
            text=f"The envoys spoke of {'grain' if n % 2 else 'ceasefire lines'} for hours.",
        ).article_id
        for n in range(number)
    ]
    return stored[::-1]


def test_an_empty_store_is_told_from_a_filter_that_nothing_fits(store: Store) -> None:
    assert page(store).is_empty
    filled(store, 1)
    view = page(store, search="unheard")
    assert (view.rows, view.next, view.is_empty) == ((), None, False)


def test_an_article_stands_once_in_the_list_whatever_it_matches(store: Store) -> None:
    newest = filled(store)
    view = page(store)
    assert ids(view) == newest
    assert [mark.topic for mark in view.rows[-1].marks] == ["missile_aid", "talks"]


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ({"topic": "missile_aid"}, [6, 3, 0]),
        ({"topic": "talks", "minimum": 0.555}, [8, 7, 6]),
        ({"search": "grain"}, [7, 5, 3, 1]),
        ({"search": '"ceasefire lines"', "topic": "missile_aid"}, [6, 0]),
        ({"search": "envoys NOT grain"}, [8, 6, 4, 2, 0]),
        ({"search": "outlet:paper1"}, [7, 4, 1]),
        ({"search": "country:US grain"}, [5]),
        ({"search": "is:state"}, [7, 4, 1]),
        ({"search": "NOT is:state grain"}, [5, 3]),
        ({"search": "who:Q1"}, [8, 6, 4, 2, 0]),
        ({"search": "who:Q2 outlet:paper0"}, [3]),
        ({"search": "date:..2026-11-16"}, [8, 7, 6, 5, 4, 3, 2, 1, 0]),
        ({"search": "date:2026-11-17..2026-11-18"}, []),
        ({"search": "grain date:2026-11-16"}, [7, 5, 3, 1]),
        ({"search": "grain OR outlet:paper0"}, [7, 6, 5, 3, 1, 0]),
        ({"search": 'envoys NOT "of grain"'}, [8, 6, 4, 2, 0]),
        ({"search": '"spoke of" cease* who:Q1', "topic": "missile_aid"}, [6, 0]),
        ({"search": '"of spoke"'}, []),
        ({"search": "NOT grain"}, [8, 6, 4, 2, 0]),
    ],
)
def test_every_filter_finds_what_fits_and_nothing_else(store: Store, asked: Any, numbers: list[int]) -> None:
    newest = filled(store)
    weave(store)
    wanted = [newest[8 - n] for n in numbers]
    assert ids(page(store, **asked)) == wanted
    assert all_ids(store, limit=2, **asked) == wanted


@pytest.mark.parametrize("asked", [{}, {"topic": "talks"}, {"search": "envoys"}, {"search": "date:..2026-11-17"}])
def test_what_one_look_does_not_reach_stands_on_a_later_page(
    store: Store, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walks, "LOOKED", 2)
    monkeypatch.setattr(walks, "HITS", 2)
    monkeypatch.setattr(narrowing, "PROBED", 1)
    newest = filled(store)
    weave(store)
    assert all_ids(store, limit=5, **asked) == newest
    assert all_ids(store, limit=5, minimum=0.535, **{"topic": "talks"} | asked) == newest[:5]


@pytest.mark.parametrize("probed", [1, 10_000])
def test_words_in_a_row_are_found_bit_by_bit(store: Store, probed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("LOOKED", "FAR", "HITS"):
        monkeypatch.setattr(walks, limit, 2)
    monkeypatch.setattr(narrowing, "PROBED", probed)
    newest = filled(store)
    assert all_ids(store, limit=3, search='"spoke of grain"') == newest[1::2]
    assert all_ids(store, limit=3, search='"grain of"') == []


@pytest.mark.parametrize("most", [1, 4, 5])
@pytest.mark.parametrize("order", ["newest", "score"])
def test_rare_words_are_found_whether_their_hits_end_or_not(
    store: Store, most: int, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrowing, "HITS", most)
    newest = filled(store)
    label(store, newest[1], Verdict.KEEP, person="Ann", topic="talks")
    assert all_ids(store, limit=2, order=order, search="grain", topic="talks") == newest[1::2]
    assert all_ids(store, limit=2, order=order, search="grain", judged="keep") == newest[1:2]
    assert all_ids(store, limit=2, order=order, search="grain", minimum=2) == []


def test_the_surest_come_first_where_that_is_asked_for(store: Store) -> None:
    newest = filled(store)
    aid, rest = [newest[2], newest[5], newest[8]], [each for n, each in enumerate(newest) if n not in {2, 5, 8}]
    assert all_ids(store, limit=4, order="score") == [*aid, *rest]
    assert all_ids(store, limit=4, order="score", topic="talks") == newest


def test_labels_say_what_was_judged_and_by_whom(store: Store) -> None:
    newest = filled(store, 3)
    label(store, newest[0], Verdict.KEEP, person="Ann", topic="talks")
    label(store, newest[1], Verdict.REJECT, person="Ben", topic="talks")
    assert ids(page(store, judged="keep")) == newest[:1]
    assert ids(page(store, judged="reject")) == newest[1:2]
    assert ids(page(store, judged="no")) == newest[2:]
    assert [said.person for said in page(store).rows[1].labels] == ["Ben"]


def test_what_a_person_put_off_is_hidden_from_them_alone_and_for_a_time(store: Store) -> None:
    newest = filled(store, 2)
    store.snoozes.set("Ann", newest[0], until=NOW + timedelta(hours=1), now=NOW)
    assert ids(page(store)) == newest[1:]
    assert ids(page(store, snoozed=True)) == newest
    assert ids(page(store, now=NOW + timedelta(hours=2))) == newest
    assert ids(store.board.matches.page(MatchFilter(), person="Ben", now=NOW)) == newest


def test_a_story_lists_its_own_articles(store: Store) -> None:
    newest = filled(store, 4)
    weave(store)
    row = page(store).rows[0]
    assert row.story_id is not None
    found = ids(page(store, story=row.story_id))
    assert newest[0] in found
    assert {each.story_id for each in page(store, story=row.story_id).rows} == {row.story_id}
    assert ids(page(store, story=10**18)) == []


def test_facets_count_what_the_newest_articles_are(store: Store) -> None:
    filled(store)
    view = page(store)
    assert view.facets is not None
    assert view.facets.looked == 9
    assert view.facets.topics == (("talks", 9), ("missile_aid", 3))
    assert view.facets.outlets == (("paper0", 3), ("paper1", 3), ("paper2", 3))
    assert view.facets.countries == (("RU", 3), ("UA", 3), ("US", 3))
    assert page(store, limit=2, after=page(store, limit=2).next).facets is None


def test_facets_count_more_than_stands_on_the_page(store: Store) -> None:
    filled(store)
    view = page(store, limit=2)
    assert view.facets is not None
    assert (len(view.rows), view.facets.looked) == (2, 9)


@pytest.mark.parametrize("after", ["", "x", "1", "1-", "9" * 50])
def test_a_cursor_that_is_none_is_refused(store: Store, after: str) -> None:
    filled(store, 2)
    with pytest.raises(QueryError):
        page(store, after=after)


def test_an_article_page_tells_everything_of_a_matched_article_and_of_one_that_is_none(store: Store) -> None:
    (article_id,) = filled(store, 1)
    weave(store)
    view = store.board.article.page(article_id, person="Ann", now=NOW)
    assert view is not None
    assert [(topic, score) for topic, score, _ in view.scores] == [("missile_aid", 0.9), ("talks", 0.5)]
    assert view.row.article_id == article_id
    assert [each.name for each in view.entities] == ["Person 0"]
    assert view.story is not None
    assert view.steps
    assert [version.number for version in view.versions] == [1]
    assert store.board.article.page(10**30, person="Ann", now=NOW) is None

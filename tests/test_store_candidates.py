"""A candidate's life in the store, and what it would have said."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.errors import ConfigError
from monitor.records.feedback import Figures, ShadowScore, Tally, Verdict
from monitor.store import Store
from tests.feedback_builders import candidate, judgement
from tests.store_builders import MINUTE, NOW, matched

LATER = NOW + MINUTE
PAGE = (Path(__file__).resolve().parents[1] / "docs" / "feedback.md").read_text()
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, flags=re.DOTALL)


def states(store: Store) -> dict[str, str]:
    return {each.name: each.state.value for each in store.candidates.all()}


def test_a_candidate_comes_back_as_it_was_registered(store: Store) -> None:
    store.candidates.add(candidate("first"))
    assert store.candidates.get("first") == candidate("first")
    assert store.candidates.get("none") is None


def test_a_name_is_given_once(store: Store) -> None:
    store.candidates.add(candidate("first"))
    with pytest.raises(ConfigError, match=r"'first' already.*--out"):
        store.candidates.add(candidate("first"))


def test_a_promotion_retires_the_one_before_and_keeps_the_figures_it_was_decided_by(store: Store) -> None:
    for at, name in enumerate(("first", "second")):
        store.candidates.add(candidate(name, NOW + at * MINUTE))
    store.candidates.promote("first", Figures(), replaces=None, now=NOW)
    figures = Figures(frozen_set="x@1", frozen=(Tally(name="match", n=2, about=1, said=1, right=1),))
    store.candidates.promote("second", figures, replaces="first", now=LATER)
    assert states(store) == {"second": "live", "first": "retired"}
    second, first = store.candidates.all()
    assert (second.figures, second.replaces, second.promoted_at) == (figures, "first", LATER)
    assert (first.retired_at, first.promoted_at) == (LATER, NOW)


def test_going_back_makes_the_one_before_live_again_down_to_the_shipped_one(store: Store) -> None:
    for name in ("first", "second"):
        store.candidates.add(candidate(name))
    store.candidates.promote("first", Figures(), replaces=None, now=NOW)
    store.candidates.promote("second", Figures(), replaces="first", now=NOW)
    store.candidates.go_back("first", now=LATER)
    assert states(store) == {"first": "live", "second": "retired"}
    first = store.candidates.get("first")
    assert first is not None
    assert (first.promoted_at, first.retired_at, first.replaces) == (NOW, None, None)
    store.candidates.go_back(None, now=LATER)
    assert set(states(store).values()) == {"retired"}


def test_doing_it_twice_changes_nothing(store: Store) -> None:
    store.candidates.add(candidate("first"))
    store.candidates.promote("first", Figures(), replaces=None, now=NOW)
    before = store.candidates.all()
    store.candidates.promote("first", Figures(), replaces=None, now=NOW)
    store.candidates.go_back("first", now=LATER)
    assert store.candidates.all() == before


def test_the_newest_candidate_that_is_not_older_than_the_live_model_is_shadowed(store: Store) -> None:
    assert store.candidates.shadowed() is None
    for at, name in enumerate(("old", "live", "new", "newest")):
        store.candidates.add(candidate(name, NOW + at * MINUTE))
    store.candidates.promote("live", Figures(), replaces=None, now=NOW)
    assert getattr(store.candidates.shadowed(), "name", "") == "newest"
    store.candidates.promote("newest", Figures(), replaces="live", now=NOW)
    assert store.candidates.shadowed() is None


def test_shadow_scores_are_written_once_per_article_and_topic_and_matches_stay(store: Store) -> None:
    matched(store, 1)
    store.candidates.add(candidate("first"))
    before = store.findings.matches()
    for score in (0.3, 0.25):
        said = ShadowScore(article_id=1, candidate="first", topic="talks", score=score, match=False)
        assert store.candidates.record_shadow([said], now=NOW) == 1
    assert store.candidates.record_shadow([], now=NOW) == 0
    assert [each.score for each in store.candidates.shadow_scores("first")] == [0.25]
    assert store.findings.matches() == before


def test_recent_articles_are_the_newest_of_the_days_asked_for(store: Store) -> None:
    for number in (1, 2, 3):
        matched(store, number, published=NOW - timedelta(days=number))
    found = store.candidates.recent_articles(since=NOW - timedelta(days=2), limit=10)
    assert [row.article.title for row in found] == ["Story 1", "Story 2"]
    assert len(store.candidates.recent_articles(since=NOW - timedelta(days=9), limit=1)) == 1


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_of_the_docs_finds_what_it_is_for(store: Store, query: str) -> None:
    matched(store, 1)
    store.labels.add(judgement(1, Verdict.REJECT), now=NOW)
    store.candidates.add(candidate("first"))
    said = ShadowScore(article_id=1, candidate="first", topic="talks", score=0.3, match=False)
    store.candidates.record_shadow([said], now=NOW)
    with store._database.read() as connection:
        assert len(connection.execute(text(query)).all()) == 1


def test_every_command_of_the_loop_is_in_the_docs() -> None:
    commands = ("label", "model train", "model list", "model shadow", "model promote", "model rollback")
    assert [name for name in commands if f"    monitor {name}" not in PAGE] == []

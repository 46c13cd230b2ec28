"""Two models beside each other: counting, falling behind, parting."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.jobs import weighing
from monitor.records.articles import Article
from monitor.records.feedback import FrozenArticle, JudgedArticle, Tally
from monitor.records.findings import TOPICS, Findings
from tests.store_builders import article, findings


def frozen(*grades: int) -> FrozenArticle:
    return FrozenArticle(article=article(1), grades=grades)


def tally(**fields: Any) -> Tally:
    given: dict[str, Any] = {"name": "talks", "n": 100, "about": 10, "said": 10, "right": 9}
    return Tally(**given | fields)


def test_decisions_are_counted_against_grades_and_ambiguous_ones_left_out() -> None:
    graded = [frozen(2, 0), frozen(0, 2), frozen(1, 0), frozen(0, 0), frozen(2, 1)]
    said = [findings(0.9, 0.1), findings(0.8, 0.2), findings(0.9, 0.9), findings(0.1, 0.1), findings(0.1, 0.9)]
    talks, aid, match = weighing.tallies(graded, said)
    assert talks == Tally(name="talks", n=4, about=2, said=2, right=1)
    assert aid == Tally(name="missile_aid", n=4, about=1, said=1, right=0)
    assert match == Tally(name="match", n=4, about=3, said=3, right=3)


def test_a_tie_is_no_fall() -> None:
    assert weighing.falls([tally()], [tally()]) == ()


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ({"right": 8, "said": 8}, ["recall of talks falls from 9 to 8 of 10"]),
        ({"said": 11}, ["precision of talks falls from 9 of 10 to 9 of 11"]),
        ({"right": 8, "said": 10}, ["precision of talks falls from 9 of 10 to 8 of 10", "recall of talks"]),
        ({"right": 0, "said": 0}, ["recall of talks falls from 9 to 0 of 10"]),
    ],
)
def test_what_falls_is_told_with_its_counts(after: dict[str, int], words: list[str]) -> None:
    told = weighing.falls([tally()], [tally(**after)])
    assert len(told) == len(words)
    assert all(line.startswith(word) for line, word in zip(told, words, strict=True))


def test_a_model_that_said_nothing_can_only_get_better() -> None:
    assert weighing.falls([tally(said=0, right=0)], [tally(said=50, right=1)]) == ()


def test_tallies_of_different_articles_are_not_compared() -> None:
    with pytest.raises(ValueError, match="different articles"):
        weighing.falls([tally()], [tally(n=99)])


@st.composite
def counted(draw: st.DrawFn) -> Tally:
    right = draw(st.integers(0, 10))
    return tally(right=right, said=right + draw(st.integers(0, 30)))


@given(counted(), counted())
def test_what_is_let_in_has_no_smaller_share_anywhere(before: Tally, after: Tally) -> None:
    told = weighing.falls([before], [after])
    recall = after.right / after.about >= before.right / before.about
    precision = not before.said or not after.said or after.right / after.said >= before.right / before.said - 1e-12
    assert (told == ()) is (recall and precision)


@given(counted(), counted(), counted())
def test_no_chain_of_promotions_leads_to_a_model_that_misses_more(first: Tally, second: Tally, third: Tally) -> None:
    if not weighing.falls([first], [second]) and not weighing.falls([second], [third]):
        assert third.right >= first.right


def test_judgements_are_counted_per_article_and_topic() -> None:
    judged = [
        JudgedArticle(article=article(1), grades=(("talks", 2), ("missile_aid", 0))),
        JudgedArticle(article=article(2), grades=(("talks", 0),)),
        JudgedArticle(article=article(3), grades=(), disputed=("talks",)),
    ]
    said = [findings(0.9, 0.9), findings(0.1, 0.9), findings(0.9, 0.9)]
    assert (weighing.judgements(judged), weighing.right(judged, said)) == (3, 2)


def test_shifts_and_disagreements_of_a_small_case_worked_out_by_hand() -> None:
    articles: Sequence[Article] = [article(1), article(2), article(3)]
    live: Sequence[Findings] = [findings(0.9, 0.1), findings(0.6, 0.1), findings(0.2, 0.1)]
    other: Sequence[Findings] = [findings(0.8, 0.1), findings(0.4, 0.1), findings(0.9, 0.1)]
    talks, aid = weighing.shifts(live, other)
    assert (talks.topic, talks.n, talks.both, talks.neither, talks.only_live, talks.only_candidate) == (
        "talks", 3, 1, 0, 1, 1,
    )  # fmt: skip
    assert (talks.mean, talks.mean_absolute, talks.largest) == pytest.approx((0.4 / 3, 1 / 3, 0.7), abs=1e-6)
    assert (aid.neither, aid.largest) == (3, 0.0)
    first, second = weighing.disagreements(articles, live, other, {("2", "talks"): 0})
    assert (first.article_id, first.candidate_matches, first.person) == ("3", True, None)
    assert (second.article_id, second.candidate_matches, second.person) == ("2", False, 0)


def test_nothing_beside_nothing_is_nought() -> None:
    assert [(row.topic, row.n, row.mean) for row in weighing.shifts([], [])] == [(topic, 0, 0.0) for topic in TOPICS]

"""The reads of the classifier page: how scores lie, what people kept, what thresholds and candidates would change."""

from datetime import timedelta

import pytest

from monitor.records.board.classifier import JudgedBin, ThresholdLine
from monitor.records.feedback import ShadowScore, Verdict
from monitor.store import Store
from monitor.store.board import classifier, shadow
from tests.feedback_builders import candidate, label
from tests.store_builders import NOW, findings, pending_article

MODEL = "minilm@0123456789ab"


def scored(store: Store, *scores: float, first: int = 1, model: str = MODEL) -> list[int]:
    """Articles with such scores of the talks; their ids."""
    found = []
    for n, score in enumerate(scores, first):
        stored = pending_article(store, n)
        store.findings.record(stored, findings(score, 0.02, model=model), now=NOW + timedelta(minutes=n))
        found.append(stored.article_id)
    return found


def test_without_an_analysis_there_is_nothing_to_show(store: Store) -> None:
    view = store.board.classifier.scores()
    assert (view.model, view.sampled, view.topics, view.slider, view.oldest) == ("", 0, (), None, None)


def test_scores_are_counted_in_bins_with_the_threshold_in_use(store: Store) -> None:
    scored(store, 0.0, 0.01, 0.51, 1.0)
    view = store.board.classifier.scores()
    assert (view.model, view.sampled, view.oldest) == (MODEL, 4, NOW + timedelta(minutes=1))
    talks, aid = view.topics
    assert (talks.topic, aid.topic, talks.threshold) == ("talks", "missile_aid", 0.5)
    assert {each.start: each.count for each in talks.bins if each.count} == {0.0: 2, 0.5: 1, 0.975: 1}
    assert sum(each.count for each in aid.bins) == 4


def test_a_threshold_tells_what_it_would_gain_and_lose(store: Store) -> None:
    scored(store, 0.1, 0.3, 0.5, 0.7)
    lower = store.board.classifier.scores(at=0.3).slider
    higher = store.board.classifier.scores(at=0.6).slider
    assert lower is not None
    assert higher is not None
    assert lower.chosen == ThresholdLine(at=0.3, matches=3, gained=1, lost=0)
    assert higher.chosen == ThresholdLine(at=0.6, matches=1, gained=0, lost=1)
    assert [line.matches for line in lower.lines] == sorted((line.matches for line in lower.lines), reverse=True)
    assert next(line for line in lower.lines if line.at == 0.5) == ThresholdLine(at=0.5, matches=2, gained=0, lost=0)


def test_the_nearest_articles_come_first(store: Store) -> None:
    ids = scored(store, 0.1, 0.45, 0.52, 0.9)
    slider = store.board.classifier.scores(at=0.5).slider
    assert slider is not None
    assert [each.article_id for each in slider.near] == [ids[2], ids[1], ids[3], ids[0]]
    assert [(each.matches, each.would_match) for each in slider.near] == [
        (True, True),
        (False, False),
        (True, True),
        (False, False),
    ]
    assert slider.near[0].title == "Story 3"


def test_only_the_newest_analysis_of_the_model_in_use_counts(store: Store) -> None:
    scored(store, 0.9, 0.8, model="older@000000000000")
    scored(store, 0.2, first=3)
    view = store.board.classifier.scores()
    assert (view.model, view.sampled) == (MODEL, 1)


def test_the_sample_is_bounded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifier, "SAMPLE", 2)
    scored(store, 0.1, 0.2, 0.3)
    assert store.board.classifier.scores().sampled == 2


def test_judgements_are_held_against_the_scores_that_they_were_given_on(store: Store) -> None:
    ids = scored(store, 0.91, 0.95, 0.2)
    label(store, ids[0], Verdict.KEEP)
    label(store, ids[1], Verdict.REJECT)
    label(store, ids[1], Verdict.KEEP, person="ben")
    label(store, ids[2], Verdict.REJECT, topic="talks")
    taken_back = label(store, ids[0], Verdict.REJECT, person="ben")
    store.labels.undo(taken_back.id, now=NOW)
    talks, aid = store.board.classifier.scores().topics
    assert talks.judged == (
        JudgedBin(start=0.2, mean=0.2, kept=0, judged=1),
        JudgedBin(start=0.9, mean=0.9367, kept=2, judged=3),
    )
    assert aid.judged == ()


def test_judgements_of_another_models_scores_are_named_and_left_out(store: Store) -> None:
    (old,) = scored(store, 0.9, model="older@000000000000")
    label(store, old, Verdict.KEEP)
    scored(store, 0.1, first=2)
    view = store.board.classifier.scores()
    assert view.judged_before == 1
    assert view.topics[0].judged == ()


def shadowed(store: Store, *scores: tuple[int, float, bool], name: str = "first") -> None:
    told = [
        ShadowScore(article_id=id_, candidate=name, topic="talks", score=score, match=match)
        for id_, score, match in scores
    ]
    store.candidates.record_shadow(told, now=NOW)


def test_a_candidate_that_has_read_nothing_shows_nothing(store: Store) -> None:
    store.candidates.add(candidate("first"))
    assert store.board.shadow.beside("first") is None
    assert store.board.shadow.beside("unheard of") is None


def test_a_candidate_is_held_against_what_was_said_live(store: Store) -> None:
    a, b, c, d = scored(store, 0.9, 0.8, 0.2, 0.1)
    store.candidates.add(candidate("first"))
    shadowed(store, (a, 0.95, True), (b, 0.3, False), (c, 0.6, True), (d, 0.1, False))
    view = store.board.shadow.beside("first")
    assert view is not None
    talks, aid = view.shifts
    assert (talks.n, talks.both, talks.neither, talks.only_live, talks.only_candidate) == (4, 1, 1, 1, 1)
    assert talks.mean == pytest.approx(-0.0125)
    assert talks.largest == pytest.approx(0.5)
    assert (aid.topic, aid.n) == ("missile_aid", 0)
    assert [(each.article_id, each.live, each.candidate_matches) for each in view.disagreements] == [
        (str(b), 0.8, False),
        (str(c), 0.2, True),
    ]
    assert view.disagreements[0].title == "Story 2"


def test_only_the_first_disagreements_are_listed_and_the_others_counted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shadow, "DISAGREEMENTS", 1)
    a, b = scored(store, 0.9, 0.8)
    store.candidates.add(candidate("first"))
    shadowed(store, (a, 0.1, False), (b, 0.1, False))
    view = store.board.shadow.beside("first")
    assert view is not None
    assert ([each.article_id for each in view.disagreements], view.left_out) == ([str(a)], 1)

"""The classifier: its card, how its scores lie, what people made of them, what other thresholds and models would do."""

from typing import Annotated

from fastapi import Query

from monitor import charts
from monitor.charts.theme import Spec
from monitor.dashboard.page import Page, Visit
from monitor.dashboard.pages.asked import Topic
from monitor.records.board.classifier import ClassifierView, ShadowView
from monitor.records.feedback import Candidate


def load(
    visit: Visit,
    *,
    topic: Annotated[Topic, Query(description="Whose threshold is looked at.")] = "talks",
    at: Annotated[float | None, Query(ge=0, le=1, description="Another threshold; the one in use if empty.")] = None,
) -> ClassifierView:
    """What the classifier says, and what people say of that."""
    candidates = visit.store.candidates.all()
    return ClassifierView(
        card=visit.card(),
        scores=visit.store.board.classifier.scores(topic=topic, at=at),
        candidates=candidates,
        shadow=_shadow(visit, visit.store.candidates.shadowed()),
    )


def _shadow(visit: Visit, candidate: Candidate | None) -> ShadowView | None:
    return None if candidate is None else visit.store.board.shadow.beside(candidate.name)


def _scores(view: ClassifierView) -> Spec | None:
    slider = view.scores.slider
    return None if slider is None else charts.scores(view.scores.topics, looked_at={slider.topic: slider.at})


def _reliability(view: ClassifierView) -> Spec | None:
    return charts.reliability(view.scores.topics)


PAGE = Page(
    path="/classifier",
    name="classifier",
    title="Classifier",
    load=load,
    nav="Classifier",
    charts={"scores": _scores, "reliability": _reliability},
    kept=True,
)

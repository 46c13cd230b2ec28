"""Models and labels for the tests of the feedback loop, complete but for what the test is about."""

import json
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.jobs import pointer
from monitor.records.articles import Article
from monitor.records.feedback import Candidate, CandidateState, Figures, Judgement, Label, Tally, Verdict
from monitor.records.findings import TOPICS
from monitor.store import Store
from monitor.understand.folder import shipped_folder
from monitor.understand.model import Classifier, Reading
from tests.store_builders import NOW


def judgement(article: int | str = 1, verdict: Verdict = Verdict.KEEP, **fields: Any) -> Judgement:
    return Judgement(article=article, verdict=verdict, **{"person": "anna"} | fields)


def label(store: Store, article: int | str = 1, verdict: Verdict = Verdict.KEEP, **fields: Any) -> Label:
    at = fields.pop("now", NOW)
    (found,) = store.labels.add(judgement(article, verdict, **fields), now=at)
    return found


def candidate(name: str = "first", made_at: datetime = NOW, **fields: Any) -> Candidate:
    given: dict[str, Any] = {
        "folder": name,
        "sha256": "0" * 64,
        "state": CandidateState.CANDIDATE,
        "parent": "minilm@0123456789ab",
        "labels": 3,
        "figures": Figures(steps=2, judged=3, frozen=(Tally(name="talks", n=9, about=4, said=3, right=2),)),
    }
    return Candidate(name=name, made_at=made_at, **given | fields)


def model_folder(folder: Path, **labels: Any) -> Path:
    """The shipped model under another name, with other thresholds or calibration: a candidate that took no training."""
    shutil.copytree(shipped_folder(), folder)
    row = json.loads((folder / "labels.json").read_text()) | {"name": folder.name} | labels
    (folder / "labels.json").write_text(json.dumps(row))
    return folder


def registered(store: Store, models_folder: Path, name: str, *, made_at: datetime = NOW, **labels: Any) -> Candidate:
    """A candidate in the table with its folder in place."""
    folder = model_folder(models_folder / name, **labels)
    made = candidate(name, made_at, sha256=dict(pointer.sums(folder))["model.onnx"])
    store.candidates.add(made)
    return made


class FakeClassifier:
    """Says what it is told of every document; a title in ``breaks`` is more than it can take."""

    def __init__(self, score: float = 0.9, breaks: Exception | None = None) -> None:
        self.name = "fake@0123456789ab"
        self.thresholds = dict.fromkeys(TOPICS, 0.5)
        self.closed = False
        self._score, self._breaks = score, breaks

    def read(self, articles: Sequence[Article]) -> list[Reading]:
        if self._breaks is not None:
            raise self._breaks
        scores = dict.fromkeys(TOPICS, self._score)
        return [Reading(scores=scores, shares={}, tagged=(), embedding=()) for _ in articles]

    def screen(self, articles: Sequence[Article]) -> list[Any]:
        return [dict.fromkeys(TOPICS, self._score) for _ in articles]

    def close(self) -> None:
        self.closed = True


def _fake_is_a_classifier(fake: FakeClassifier) -> Classifier:
    return fake

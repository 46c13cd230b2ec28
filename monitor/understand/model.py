"""One encoder pass over a document: topic scores, tags and embedding. With session.py the door to ONNX Runtime.

Each window goes through the network alone: dynamic int8 takes one activation scale per tensor, so a batch would let
neighbours change each other's answers. Several one-thread sessions side by side give the speed instead.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from monitor.errors import ModelError, TransientError
from monitor.records.articles import Article
from monitor.records.findings import Tagged
from monitor.understand.folder import WEIGHTS, load_domain, load_labels, load_tokenizer, verified_hash
from monitor.understand.scoring import pooled, probabilities
from monitor.understand.session import open_session
from monitor.understand.windows import Window, windows, words_of

Floats = npt.NDArray[np.float32]
Answer = TypeVar("Answer")
# The gate sees title and summary only; one window holds them.
GATE_WINDOWS = 1
ALIKE = 0.1
"""How far apart the scores of card and processor may be; rounding alone makes up to 0.05 on single articles."""
TRIAL = tuple(
    Article(id="trial", title=title, text=text, language="en")
    for title, text in (
        (
            "Leaders to meet in Budapest",
            "The three presidents will meet next week to talk about a truce.",
        ),
        ("Kyiv asks for longer range", "The minister asked for Tomahawk missiles and air defence batteries on Monday."),
        ("Harvest is late this year", "Farmers say that rain has delayed the harvest of barley by two weeks."),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the model says of one document, before anything is decided; it never leaves ``understand``."""

    scores: Mapping[str, float]
    """Calibrated probability per topic."""
    shares: Mapping[str, tuple[tuple[int, int, float], ...]]
    """Per topic ``(start, end, share)``: what each token of the deciding window adds to the score."""
    tagged: tuple[Tagged, ...]
    embedding: tuple[float, ...]


class Classifier(Protocol):
    """What the rest of ``understand`` needs of a model, shipped or brought along."""

    @property
    def name(self) -> str:
        """name@first 12 hex digits of the weights' SHA-256."""
        ...

    @property
    def thresholds(self) -> Mapping[str, float]:
        """The probability from which a topic matches."""
        ...

    def read(self, articles: Sequence[Article]) -> list[Reading]:
        """Read whole documents, in order."""
        ...

    def screen(self, articles: Sequence[Article]) -> list[Mapping[str, float]]:
        """Score short documents (title and summary) per topic, in order."""
        ...

    def close(self) -> None:
        """Let go of threads and memory."""
        ...


class OnnxClassifier:
    """The shipped network in ONNX Runtime. Safe to use from several threads."""

    def __init__(
        self,
        folder: Path,
        *,
        sessions: int = 1,
        thresholds: Mapping[str, float] | None = None,
        device: str = "cpu",
        open_: Callable[[Path, str], Any] = open_session,
    ) -> None:
        self._labels = load_labels(folder)
        self._name = f"{self._labels.name}@{verified_hash(folder)[:12]}"
        self._thresholds = {**self._labels.thresholds, **(thresholds or {})}
        self._encode, self._marks = load_tokenizer(folder)
        self._domain = load_domain(folder, self._labels)
        self._folder = folder
        self._device = device
        self._open = open_
        self._local = threading.local()
        self._closed = False
        self._workers = ThreadPoolExecutor(sessions, thread_name_prefix="model")
        self._workers.submit(self._session).result()
        if device != "cpu":
            self._compare()

    @property
    def name(self) -> str:
        """name@first 12 hex digits of the weights' SHA-256."""
        return self._name

    @property
    def thresholds(self) -> Mapping[str, float]:
        """The probability from which a topic matches: the model's own unless set otherwise."""
        return self._thresholds

    def read(self, articles: Sequence[Article]) -> list[Reading]:
        """Read whole documents, each in windows of its own, on all sessions."""
        return self._on_all(self._read_one, articles)

    def screen(self, articles: Sequence[Article]) -> list[Mapping[str, float]]:
        """Score short documents by their first window."""
        return self._on_all(self._screen_one, articles)

    def close(self) -> None:
        """Stop the sessions' threads."""
        self._closed = True
        self._workers.shutdown(cancel_futures=True)

    def _on_all(self, work: Callable[[Article], Answer], articles: Sequence[Article]) -> list[Answer]:
        try:
            return list(self._workers.map(work, articles))
        except (CancelledError, RuntimeError) as error:
            # A pool that has been shut down refuses work with a RuntimeError, and so do broken sessions.
            if not self._closed:
                raise
            raise TransientError("the model is closed. The job will be run again.") from error

    def _session(self) -> Any:
        session = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = self._open(self._folder / WEIGHTS, self._device)
        return session

    def _compare(self) -> None:
        """Ask the processor the same, once: a card that computes otherwise would match other articles."""
        plain = OnnxClassifier(self._folder)
        pairs = zip(self.screen(TRIAL), plain.screen(TRIAL), strict=True)
        plain.close()
        apart = max(abs(here[topic] - there[topic]) for here, there in pairs for topic in here)
        if apart > ALIKE:
            self.close()
            raise ModelError(
                f"the model's answers on {self._device} are up to {apart:.2f} away from the processor's, more than "
                f"{ALIKE}. Set model_device = cpu, and report the card with its driver."
            )

    def _run(self, window: Window) -> tuple[Floats, Floats, Floats, Floats]:
        feed = {name: np.asarray([getattr(window, name)], dtype=np.int64) for name in ("ids", "cases")}
        topics, shares, tags, embedding = self._session().run(None, feed)
        return topics[0], shares[0], tags[0], embedding[0]

    def _screen_one(self, article: Article) -> Mapping[str, float]:
        (window,) = windows(article, self._encode, self._marks, limit=GATE_WINDOWS)
        return probabilities(self._run(window)[0], self._labels.topics, self._labels.calibration)

    def _read_one(self, article: Article) -> Reading:
        cut = windows(article, self._encode, self._marks)
        answers = [self._run(window) for window in cut]
        logits = np.stack([answer[0] for answer in answers])
        deciding = logits.argmax(axis=0)
        shares = {
            topic: _shares(cut[at], answers[at][1][:, number])
            for number, (topic, at) in enumerate(zip(self._labels.topics, deciding, strict=True))
        }
        tagged = [
            span
            for window, answer in zip(cut, answers, strict=True)
            for span in self._tagged(window, answer[2], article)
        ]
        vectors = np.stack([answer[3] for answer in answers])
        mean = (self._domain.spread_out(vectors) if self._domain is not None else vectors).mean(axis=0)
        embedding = mean / max(float(np.linalg.norm(mean)), 1e-9)
        return Reading(
            scores=self._scores(pooled(logits), embedding),
            shares=shares,
            tagged=tuple(tagged),
            embedding=tuple(embedding.tolist()),
        )

    def _scores(self, logits: Floats, embedding: Floats) -> Mapping[str, float]:
        doubt = self._domain.doubt(embedding) if self._domain is not None else 0.0
        prior = self._labels.domain.get("prior", 0.0)
        return probabilities(logits, self._labels.topics, self._labels.calibration, doubt=doubt, prior=prior)

    def _tagged(self, window: Window, tags: Floats, article: Article) -> list[Tagged]:
        """Decode word by word: the first piece's tag speaks for the word; an I- after another type opens a new span."""
        words = words_of(window)
        asked = tags[[first for first, _ in words]]
        likely = np.exp(asked - asked.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        numbers, scores = likely.argmax(axis=1).tolist(), likely.max(axis=1).tolist()
        found = list[tuple[int, int, str, float]]()
        open_type = ""
        for (first, after), number, score in zip(words, numbers, scores, strict=True):
            tag = self._labels.tags[number]
            kind = "" if tag == "O" else tag[2:]
            if kind:
                start, end = window.offsets[first][0], window.offsets[after - 1][1]
                if kind == open_type and tag.startswith("I-"):
                    start, _, _, least = found.pop()
                    score = min(least, score)
                found.append((start, end, kind, score))
            open_type = kind
        document = article.document
        return [
            Tagged(start=start, end=end, text=document[start:end], type=kind, score=score)
            for start, end, kind, score in found
        ]


def _shares(window: Window, shares: Floats) -> tuple[tuple[int, int, float], ...]:
    return tuple(
        [(start, end, share) for (start, end), share in zip(window.offsets, shares.tolist(), strict=True) if start >= 0]
    )

"""One encoder pass over a document: topic scores, tags and embedding. The only door to ONNX Runtime and transformers.

Each window goes through the network alone: dynamic int8 takes one activation scale per tensor, so a batch would let
neighbours change each other's answers. Several one-thread sessions side by side give the speed instead.
"""

import hashlib
import json
import math
import os
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
from monitor.understand.windows import Encode, Marks, Window, windows, words_of

Floats = npt.NDArray[np.float32]
Answer = TypeVar("Answer")
SHIPPED = "minilm-talks"
WEIGHTS = "model.onnx"
# The gate sees title and summary only; one window holds them.
GATE_WINDOWS = 1


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The model folder's ``labels.json``."""

    name: str
    topics: tuple[str, ...]
    tags: tuple[str, ...]
    calibration: Mapping[str, tuple[float, float]]
    """Per topic (slope, offset): probability = sigmoid(slope * logit + offset)."""
    thresholds: Mapping[str, float]


def shipped_folder() -> Path:
    """Return the folder of the weights that come with the program: inside the package, or in a checkout beside it."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_models" / SHIPPED, package.parent / "models" / SHIPPED):
        if (folder / WEIGHTS).exists():
            return folder
    raise ModelError(
        f"the shipped model {SHIPPED!r} is not installed (looked beside {package}). "
        "Install the program again, or name a model folder in the setting 'model'."
    )


def load_labels(folder: Path) -> Labels:
    """Read ``labels.json``; raises ModelError when it is missing or not of this shape."""
    path = folder / "labels.json"
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        return Labels(
            name=row["name"],
            topics=tuple(row["topics"]),
            tags=tuple(row["tags"]),
            calibration={topic: (float(a), float(b)) for topic, (a, b) in row["calibration"].items()},
            thresholds={topic: float(value) for topic, value in row["thresholds"].items()},
        )
    except OSError as error:
        raise ModelError(
            f"cannot read {path}: {error.strerror}. The setting 'model' must name a model folder."
        ) from error
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{path} is not a model's label file ({error}). Take the folder from the release again."
        ) from error


def verified_hash(folder: Path) -> str:
    """SHA-256 of the weights, checked against ``SHA256SUMS``; raises ModelError when they differ."""
    path = folder / WEIGHTS
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
        sums = {name: value for value, name in (line.split() for line in lines)}
    except OSError as error:
        raise ModelError(f"cannot read the weights in {folder}: {error}. Install the program again.") from error
    if sums.get(WEIGHTS) != found:
        raise ModelError(f"{path} is damaged: its SHA-256 {found[:12]} is not the one in SHA256SUMS. Install it again.")
    return found


def load_tokenizer(folder: Path) -> tuple[Encode, Marks]:
    """Load the folder's tokenizer with transformers; text that looks like a special token is read as plain text."""
    # Else it says in the log that PyTorch is missing, which a tokenizer does not need.
    os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
    from transformers import PreTrainedTokenizerFast

    path = folder / "tokenizer.json"
    if not path.exists():
        raise ModelError(f"{path} is missing. Install the program again, or name a whole model folder.")
    fast = PreTrainedTokenizerFast(tokenizer_file=str(path), cls_token="[CLS]", sep_token="[SEP]")  # noqa: S106
    backend = fast.backend_tokenizer
    backend.no_truncation()
    backend.no_padding()
    backend.encode_special_tokens = True

    def encode(text: str) -> Any:
        return backend.encode(text, add_special_tokens=False)

    return encode, Marks(cls=int(fast.cls_token_id), sep=int(fast.sep_token_id))


class OnnxClassifier:
    """The shipped network in ONNX Runtime. Safe to use from several threads."""

    def __init__(self, folder: Path, *, sessions: int = 1, thresholds: Mapping[str, float] | None = None) -> None:
        self._labels = load_labels(folder)
        self._name = f"{self._labels.name}@{verified_hash(folder)[:12]}"
        self._thresholds = {**self._labels.thresholds, **(thresholds or {})}
        self._encode, self._marks = load_tokenizer(folder)
        self._folder = folder
        self._local = threading.local()
        self._workers = ThreadPoolExecutor(sessions, thread_name_prefix="model")
        self._workers.submit(self._session).result()

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
        self._workers.shutdown(cancel_futures=True)

    def _on_all(self, work: Callable[[Article], Answer], articles: Sequence[Article]) -> list[Answer]:
        try:
            return list(self._workers.map(work, articles))
        except CancelledError as error:
            raise TransientError("the model is closed. The job will be run again.") from error

    def _session(self) -> Any:
        session = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = _open_session(self._folder / WEIGHTS)
        return session

    def _run(self, window: Window) -> tuple[Floats, Floats, Floats, Floats]:
        ids = np.asarray([window.ids], dtype=np.int64)
        feed = {"ids": ids, "mask": np.ones_like(ids), "cases": np.asarray([window.cases], dtype=np.int64)}
        topics, shares, tags, embedding = self._session().run(None, feed)
        return topics[0], shares[0], tags[0], embedding[0]

    def _screen_one(self, article: Article) -> Mapping[str, float]:
        (window,) = windows(article, self._encode, self._marks, limit=GATE_WINDOWS)
        return self._probabilities(self._run(window)[0])

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
        mean = np.mean([answer[3] for answer in answers], axis=0)
        return Reading(
            scores=self._probabilities(logits.max(axis=0)),
            shares=shares,
            tagged=tuple(tagged),
            embedding=tuple(float(value) for value in mean / max(float(np.linalg.norm(mean)), 1e-9)),
        )

    def _probabilities(self, logits: Floats) -> dict[str, float]:
        found = {}
        for topic, logit in zip(self._labels.topics, logits, strict=True):
            slope, offset = self._labels.calibration[topic]
            found[topic] = 1.0 / (1.0 + math.exp(-min(max(slope * float(logit) + offset, -30.0), 30.0)))
        return found

    def _tagged(self, window: Window, tags: Floats, article: Article) -> list[Tagged]:
        """Decode word by word: the first piece's tag speaks for the word; an I- after another type opens a new span."""
        likely = np.exp(tags - tags.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        document, found = article.document, list[Tagged]()
        open_type = ""
        for first, after in words_of(window):
            number = int(likely[first].argmax())
            tag, score = self._labels.tags[number], float(likely[first, number])
            start, end = window.offsets[first][0], window.offsets[after - 1][1]
            if tag == "O":
                open_type = ""
            elif tag.startswith("I-") and tag[2:] == open_type:
                start, score = found[-1].start, min(found[-1].score, score)
                found[-1] = Tagged(start=start, end=end, text=document[start:end], type=open_type, score=score)
            else:
                open_type = tag[2:]
                found.append(Tagged(start=start, end=end, text=document[start:end], type=open_type, score=score))
        return found


def _shares(window: Window, shares: Floats) -> tuple[tuple[int, int, float], ...]:
    return tuple(
        (start, end, float(share)) for (start, end), share in zip(window.offsets, shares, strict=True) if start >= 0
    )


def _open_session(path: Path) -> Any:
    # Set before the import: otherwise the library looks its maker's host up and writes below the home folder.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # The arena keeps the largest window's memory for good; without it a session gives memory back.
    options.enable_cpu_mem_arena = False
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime raises its own unrelated types from C++
        raise ModelError(f"ONNX Runtime cannot load {path}: {error}. Install the program again.") from error

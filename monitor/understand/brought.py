"""Any transformers text classifier in place of the shipped one: a path or a hub id, zero-shot (NLI) or fine-tuned.

Needs the ``torch`` extra. Such a model tags no entities; those named in the knowledge base are still found.
"""

import hashlib
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from monitor.errors import ModelError
from monitor.records.articles import Article
from monitor.records.findings import TOPICS
from monitor.understand.model import Reading

# What a zero-shot model is asked, one sentence per topic.
HYPOTHESES = {
    "talks": "This text is about talks between the United States, Russia and Ukraine to end the war.",
    "missile_aid": "This text is about giving Ukraine missiles, long-range weapons or air defence.",
}
THRESHOLD = 0.5
MAX_CHARACTERS = 4_000
MAX_TOKENS = 512


class BroughtClassifier:
    """A transformers sequence-classification model by path or hub id. Safe to use from several threads."""

    def __init__(self, source: str, *, thresholds: Mapping[str, float] | None = None) -> None:
        try:
            import torch
            from safetensors import SafetensorError
            from transformers import AutoModelForSequenceClassification, AutoTokenizer
        except ImportError as error:
            raise ModelError(
                f"the model {source!r} needs PyTorch, which is not installed. In a checkout: pip install -e '.[torch]'."
            ) from error
        self._torch = torch
        # Its tokenizer is set anew for each call, and refuses that while another thread is in it.
        self._turn = threading.Lock()
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(source)
            self._model = AutoModelForSequenceClassification.from_pretrained(source).eval()
        except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
            raise ModelError(
                f"cannot load the model {source!r}: {first_line(error)}. "
                "Give the path of a saved transformers model, or a hub id this machine can reach."
            ) from error
        self._name = f"{Path(source).name}@{weights_hash(self._model)[:12]}"
        self._thresholds = {**dict.fromkeys(TOPICS, THRESHOLD), **(thresholds or {})}
        labels = {str(label).casefold(): int(at) for at, label in self._model.config.id2label.items()}
        self._entailment = next((at for label, at in labels.items() if label.startswith("entail")), None)
        self._contradiction = next((at for label, at in labels.items() if label.startswith("contra")), None)
        self._own = {topic: labels[topic] for topic in TOPICS if topic in labels}
        if self._entailment is None and len(self._own) != len(TOPICS):
            raise ModelError(
                f"the model {source!r} has the labels {sorted(labels)}: it is neither an NLI model (entailment, "
                f"contradiction) nor one with a label for each topic {list(TOPICS)}. Choose another model."
            )

    @property
    def name(self) -> str:
        """Folder or hub name @ first 12 hex digits of the weights' SHA-256."""
        return self._name

    @property
    def thresholds(self) -> Mapping[str, float]:
        """One half for every topic unless set otherwise: such a model comes uncalibrated."""
        return self._thresholds

    def read(self, articles: Sequence[Article]) -> list[Reading]:
        """Score documents; no tags, no shares and no embedding come from such a model."""
        return [
            Reading(scores=self._scores(article.document), shares={}, tagged=(), embedding=()) for article in articles
        ]

    def screen(self, articles: Sequence[Article]) -> list[Mapping[str, float]]:
        """Score titles with summaries."""
        return [self._scores(article.document) for article in articles]

    def close(self) -> None:
        """Nothing to let go of but memory."""

    def _scores(self, document: str) -> dict[str, float]:
        text = document[:MAX_CHARACTERS]
        if self._entailment is None:
            (logits,) = self._logits([text], None)
            many = self._model.config.problem_type == "multi_label_classification"
            shares = logits.sigmoid() if many else logits.softmax(-1)
            return {topic: float(shares[at]) for topic, at in self._own.items()}
        found = {}
        for topic, logits in zip(TOPICS, self._logits([text] * len(TOPICS), list(HYPOTHESES.values())), strict=True):
            against = self._contradiction if self._contradiction is not None else 1 - self._entailment
            found[topic] = float(logits[[against, self._entailment]].softmax(-1)[1])
        return found

    def _logits(self, texts: list[str], pairs: list[str] | None) -> Any:
        with self._turn:
            coded = self._tokenizer(
                texts,
                pairs,
                truncation="only_first" if pairs else True,
                max_length=MAX_TOKENS,
                padding=True,
                return_tensors="pt",
            )
        with self._torch.inference_mode():
            return self._model(**coded).logits.float()


def first_line(error: Exception) -> str:
    """What a library says, in one line; the error's name where it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


def weights_hash(model: Any) -> str:
    """SHA-256 over the names and values of a PyTorch model's weights."""
    found = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        found.update(name.encode())
        found.update(tensor.contiguous().cpu().float().numpy().tobytes())
    return found.hexdigest()

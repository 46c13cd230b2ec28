"""An article in English by a MarianMT model: title and text apart, sentence by sentence, the same every time.

Needs the ``torch`` extra. Every sentence is a sequence of its own, for these models learned from single sentences and
leave some out of several; an article's translation depends on nothing but the article.
"""

import threading
import time
import warnings
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from monitor.errors import DocumentError, ModelError, TransientError
from monitor.records.articles import Article, Translation
from monitor.text import one_line, sentences
from monitor.understand.brought import first_line, weights_hash

ENGLISH = {"en", "eng"}
SENTENCES_AT_ONCE = 8
MOST_TOKENS = 512
MOST_BEAMS = 4
LONGEST_TITLE = 500
# A translation twice as long as its sentence, and some more, is a model that has lost its way.
GROWTH = 2
ALLOWANCE = 16


class MarianTranslator:
    """A MarianMT model by path or hub id. Safe to use from several threads: they take turns.

    ``deadline`` is in seconds for one article, ``max_characters`` how much of a text is translated; the rest is left
    out, from the start of a sentence on. When ``stopping`` says so, a translation under way is given up.
    """

    def __init__(
        self,
        source: str,
        *,
        deadline: float,
        max_characters: int,
        stopping: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._torch, self._tokenizer, self._model = _load(source)
        self._deadline = deadline
        self._max_characters = max_characters
        self._stopping = stopping
        self._clock = clock
        self._limit = min(MOST_TOKENS, self._tokenizer.model_max_length, self._model.config.max_position_embeddings)
        self._beams = min(MOST_BEAMS, self._model.generation_config.num_beams or 1)
        self._name = f"{Path(source).name}@{weights_hash(self._model)[:12]}"
        self._turn = threading.Lock()

    @property
    def name(self) -> str:
        """Folder or hub name @ first 12 hex digits of the weights' SHA-256."""
        return self._name

    def translate(self, article: Article) -> Translation:
        """Translate title and text.

        Raises DocumentError when it takes too long or gives nothing, TransientError when the program is to stop.
        """
        with self._turn:
            ends = self._clock() + self._deadline
            title = self._english(one_line(article.title), LONGEST_TITLE, ends)
            text = self._english(article.text, self._max_characters, ends)
        if not title and not text and article.document.strip():
            raise DocumentError("the translator made no words of it")
        return Translation(title=title, text=text, by=self._name)

    def _english(self, text: str, limit: int, ends: float) -> str:
        """Translate what ``limit`` leaves of ``text``; its lines stay lines."""
        lines = [list(self._pieces(line)) for line in capped(text, limit).split("\n")]
        asked = [piece for line in lines for piece in line if _has_words(piece)]
        answers: list[str] = []
        for first in range(0, len(asked), SENTENCES_AT_ONCE):
            answers += self._generate(asked[first : first + SENTENCES_AT_ONCE], ends)
        told = iter(answers)
        joined = (" ".join(next(told) if _has_words(piece) else piece for piece in line) for line in lines)
        return "\n".join(one_line(line) for line in joined).strip()

    def _pieces(self, line: str) -> Iterator[str]:
        for start, end in sentences(line):
            yield from parts(line[start:end], self._fits)

    def _fits(self, sentence: str) -> bool:
        ids = self._tokenizer(sentence, split_special_tokens=True, verbose=False)["input_ids"]
        return bool(len(ids) <= self._limit)

    def _generate(self, batch: list[str], ends: float) -> list[str]:
        self._check(ends)
        torch = self._torch

        def late(ids: Any, _scores: Any, **_: Any) -> Any:
            over = self._stopping() or self._clock() >= ends
            return torch.full((ids.shape[0],), over, dtype=torch.bool, device=ids.device)

        try:
            # What looks like a mark of the model's own in a text is read as text.
            coded = self._tokenizer(
                batch,
                split_special_tokens=True,
                padding=True,
                truncation=True,
                max_length=self._limit,
                return_tensors="pt",
            )
            ids = coded["input_ids"]
            with torch.inference_mode():
                found = self._model.generate(
                    input_ids=ids,
                    attention_mask=coded["attention_mask"],
                    do_sample=False,
                    num_beams=self._beams,
                    max_length=min(self._limit, GROWTH * ids.shape[1] + ALLOWANCE),
                    stopping_criteria=[late],
                )
            answers: list[str] = self._tokenizer.batch_decode(found, skip_special_tokens=True)
        except (RuntimeError, IndexError, ValueError) as error:
            raise DocumentError(f"the translator failed: {first_line(error)}") from error
        self._check(ends)
        return [one_line(answer) for answer in answers]

    def _check(self, ends: float) -> None:
        if self._stopping():
            raise TransientError("a translation was given up, for the program is to stop; it will be made again.")
        if self._clock() >= ends:
            raise DocumentError(f"not translated within {self._deadline:g} s")


def capped(text: str, limit: int) -> str:
    """At most ``limit`` characters of ``text``, cut after a sentence when one ends in there, else anywhere."""
    if len(text) <= limit:
        return text
    # One character more than may stay: a sentence that ends at the limit is told from one that goes on.
    ends = [end for _, end in sentences(text[: limit + 1]) if end <= limit]
    return text[: ends[-1]] if ends else text[:limit]


def parts(sentence: str, fits: Callable[[str], bool]) -> Iterator[str]:
    """Yield ``sentence``, or parts of it that fit, in order: cut at the space nearest its middle, else there."""
    if len(sentence) < 2 or fits(sentence):
        yield sentence
        return
    middle = len(sentence) // 2
    spaces = [at for at in (sentence.rfind(" ", 1, middle), sentence.find(" ", middle, -1)) if at > 0]
    at = min(spaces, key=lambda space: abs(space - middle), default=middle)
    for part in (sentence[:at].rstrip(), sentence[at:].lstrip()):
        yield from parts(part, fits)


def _has_words(piece: str) -> bool:
    return any(character.isalpha() for character in piece)


def _load(source: str) -> tuple[Any, Any, Any]:
    """PyTorch, tokenizer and model; raises ModelError with what to do about it."""
    try:
        import torch
        from safetensors import SafetensorError
        from transformers import AutoConfig, AutoModelForSeq2SeqLM, AutoTokenizer
        from transformers.utils import logging
    except ImportError as error:
        raise ModelError(
            f"the translator {source!r} needs PyTorch, which is not installed. "
            "In a checkout: pip install -e '.[torch]'."
        ) from error
    logging.disable_progress_bar()
    # PyTorch's threads wait for each other at every step: beside a busy process that cost fifteen times as much.
    torch.set_num_threads(1)
    try:
        _refuse_other_kind(source, AutoConfig.from_pretrained(source).model_type)
        tokenizer = _tokenizer(source, AutoTokenizer)
        model = AutoModelForSeq2SeqLM.from_pretrained(source).eval()
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
        raise ModelError(
            f"cannot load the translator {source!r}: {first_line(error)}. "
            "Give the path of a saved MarianMT model, or a hub id this machine can reach."
        ) from error
    _refuse_other_target(source, tokenizer)
    return torch, tokenizer, model


def _tokenizer(source: str, automatic: Any) -> Any:
    try:
        with warnings.catch_warnings():
            # It recommends a package for typing marks, which it does well without.
            warnings.simplefilter("ignore", UserWarning)
            return automatic.from_pretrained(source)
    except (ValueError, ImportError) as error:
        if find_spec("sentencepiece") is not None:
            raise
        # Without it transformers knows no tokenizer for such a model, and says anything but that.
        raise ModelError(
            f"the translator {source!r} needs the package sentencepiece, which is not installed. "
            "In a checkout: pip install -e '.[torch]'."
        ) from error


def _refuse_other_kind(source: str, kind: str) -> None:
    if kind != "marian":
        raise ModelError(
            f"the translator {source!r} is a model of the kind {kind!r}, and only MarianMT is known here. "
            "Choose one such as Helsinki-NLP/opus-mt-uk-en."
        )


def _refuse_other_target(source: str, tokenizer: Any) -> None:
    target = tokenizer.init_kwargs.get("target_lang")
    if target and target not in ENGLISH:
        raise ModelError(
            f"the translator {source!r} translates into {target!r}. Choose one into English, such as the one whose "
            "name has the languages the other way round."
        )

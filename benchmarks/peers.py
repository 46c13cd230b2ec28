"""What a user would otherwise put together, in its shape: same layers and sizes, random weights, nothing downloaded.

Only speed is measured, and the arithmetic is the same whatever the weights say. Whatever is left out is in the peers'
favour: their tokenizing, and the work that entities found would make.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

LENGTH = 256
LABELS = 2
# "This example is about missile aid to Ukraine." and its like, in word pieces.
HYPOTHESIS = 10
NO_SPACY = "skipped: spaCy is not installed (pip install '.[bench]')"
Read = Callable[[Sequence[int]], None]
"""Reads articles of so many tokens each."""


def zero_shot_and_tags(threads: int) -> Read:
    """bart-large-mnli asked for two labels, then bert-base for names, in torch fp32, one article after another.

    Zero-shot is one pair of sequences for each label (transformers' own pipeline); both go in one batch here.
    """
    import torch
    from transformers import BartConfig, BartForSequenceClassification, BertConfig, BertForTokenClassification

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    large = BartConfig(
        vocab_size=50265, d_model=1024, encoder_layers=12, decoder_layers=12, encoder_ffn_dim=4096,
        decoder_ffn_dim=4096, encoder_attention_heads=16, decoder_attention_heads=16, num_labels=3,
    )  # fmt: skip
    judge = BartForSequenceClassification(large).eval()
    tagger = BertForTokenClassification(BertConfig(vocab_size=28996, num_labels=9)).eval()
    end = large.eos_token_id

    def read(lengths: Sequence[int]) -> None:
        with torch.inference_mode():
            for length in lengths:
                pairs = torch.randint(5, large.vocab_size, (LABELS, min(LENGTH, length + HYPOTHESIS + 4)))
                pairs[:, -1] = end
                judge(input_ids=pairs, use_cache=False)
                tagger(input_ids=torch.randint(5, 28996, (1, min(LENGTH, length + 2))))

    return read


class SmallEnglish:
    """spaCy in the shape of en_core_web_sm, one process for each core as ``nlp.pipe(n_process=…)`` has them."""

    def __init__(self, processes: int) -> None:
        self._workers = ProcessPoolExecutor(processes, get_context("spawn"), initializer=_load)

    def read(self, texts: Sequence[str]) -> int:
        """Read all texts and return how many tokens they had; the documents stay where they were made."""
        parts = [list(texts[at : at + 16]) for at in range(0, len(texts), 16)]
        return sum(self._workers.map(_pipe, parts))

    def close(self) -> None:
        """Stop the processes."""
        self._workers.shutdown()


def has_spacy() -> bool:
    """Whether the ``bench`` extra is installed."""
    from importlib.util import find_spec

    return find_spec("spacy") is not None


def small_english() -> Any:
    """Build the untrained pipeline: a shared encoder for tagger and parser, one of its own for the names."""
    import spacy

    nlp = spacy.blank("en")
    attributes = {"NORM": 5000, "PREFIX": 1000, "SUFFIX": 2500, "SHAPE": 2500}
    nlp.add_pipe("tok2vec", config={"model": _encoder({**attributes, "SPACY": 50, "IS_SPACE": 50})})
    shared = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "tok2vec"}
    tags = {"@architectures": "spacy.Tagger.v2", "nO": None, "normalize": False, "tok2vec": shared}
    steps = {
        "tagger": (tags, 50),
        "parser": (_transitions("parser", shared), 45),
        "ner": (_transitions("ner", _encoder(attributes)), 18),
    }
    for name, (model, labels) in steps.items():
        pipe: Any = nlp.add_pipe(name, config={"model": model})
        for number in range(labels):
            pipe.add_label(f"label{number}")
    nlp.initialize()
    return nlp


def _encoder(rows: dict[str, int]) -> dict[str, Any]:
    embed = {
        "@architectures": "spacy.MultiHashEmbed.v2",
        "width": 96,
        "attrs": list(rows),
        "rows": list(rows.values()),
        "include_static_vectors": False,
    }
    encode = {
        "@architectures": "spacy.MaxoutWindowEncoder.v2",
        "width": 96,
        "depth": 4,
        "window_size": 1,
        "maxout_pieces": 3,
    }
    return {"@architectures": "spacy.Tok2Vec.v2", "embed": embed, "encode": encode}


def _transitions(kind: str, encoder: dict[str, Any]) -> dict[str, Any]:
    return {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": kind,
        "extra_state_tokens": False,
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": True,
        "tok2vec": encoder,
    }


_loaded: dict[str, Any] = {}


def _load() -> None:
    _loaded["nlp"] = small_english()


def _pipe(texts: list[str]) -> int:
    return sum(len(document) for document in _loaded["nlp"].pipe(texts))

"""The network's answer for one window, decoded: tagged spans, and what each token adds to a topic's score."""

from collections.abc import Iterator

import numpy as np
import pytest

from monitor.records.articles import Article
from monitor.understand.folder import load_labels, load_tokenizer, shipped_folder
from monitor.understand.model import OnnxClassifier, _shares
from monitor.understand.windows import windows
from tests import plain_reading as plain


@pytest.fixture(scope="module")
def model() -> Iterator[OnnxClassifier]:
    loaded = OnnxClassifier(shipped_folder())
    yield loaded
    loaded.close()


def test_spans_and_shares_are_decoded_as_the_plain_way_decodes_them(model: OnnxClassifier) -> None:
    names = load_labels(shipped_folder()).tags
    encode, marks = load_tokenizer(shipped_folder())
    dice = np.random.default_rng(7)
    spans = 0
    for title, text in plain.texts(every=60):
        article = Article(id="x", title=title, text=text)
        for window in windows(article, encode, marks):
            tags = dice.normal(scale=3, size=(len(window.ids), len(names))).astype(np.float32)
            # Whole numbers bring ties; a push towards the first tags brings spans of several words.
            tags[::3] = np.round(tags[::3])
            tags[:, :3] += 3
            found = model._tagged(window, tags, article)
            assert found == plain.tagged(window, tags, names, article.document)
            spans += sum(" " in span.text for span in found)
            shares = dice.normal(size=(len(window.ids), 2)).astype(np.float32)[:, 1]
            kept = [
                (*place, float(share)) for place, share in zip(window.offsets, shares, strict=True) if place[0] >= 0
            ]
            assert _shares(window, shares) == tuple(kept)
    assert spans > 100


def test_a_window_without_a_fresh_word_has_no_spans(model: OnnxClassifier) -> None:
    encode, marks = load_tokenizer(shipped_folder())
    article = Article(id="x", title="", text="")
    (window,) = windows(article, encode, marks)
    labels = load_labels(shipped_folder())
    assert model._tagged(window, np.ones((len(window.ids), len(labels.tags)), dtype=np.float32), article) == []

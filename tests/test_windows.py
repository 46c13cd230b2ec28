"""Documents cut into windows: nothing lost, nothing tagged twice."""

import re
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.records.articles import Article
from monitor.understand.windows import (
    CASE_DIGIT,
    CASE_LOWER,
    CASE_MIXED,
    CASE_NONE,
    CASE_TITLE,
    CASE_UPPER,
    LENGTH,
    MAX_WINDOWS,
    Marks,
    case_of,
    windows,
    words_of,
)

MARKS = Marks(cls=1, sep=2)


@dataclass
class Coded:
    ids: list[int]
    offsets: list[tuple[int, int]]
    word_ids: list[int | None]


def encode(text: str) -> Coded:
    """A tokenizer with pieces of at most three letters, like word pieces."""
    ids: list[int] = []
    offsets: list[tuple[int, int]] = []
    words: list[int | None] = []
    for number, word in enumerate(re.finditer(r"\w+|[^\w\s]", text)):
        for start in range(word.start(), word.end(), 3):
            end = min(start + 3, word.end())
            ids.append(10 + end - start)
            offsets.append((start, end))
            words.append(number)
    return Coded(ids, offsets, words)


@pytest.mark.parametrize(
    ("word", "case"),
    [("talks", CASE_LOWER), ("Putin", CASE_TITLE), ("NATO", CASE_UPPER), ("McFaul", CASE_MIXED), ("155", CASE_DIGIT),
     ("S", CASE_TITLE), ("-", CASE_NONE), ("PAC3", CASE_UPPER)],
)  # fmt: skip
def test_the_case_of_a_word(word: str, case: int) -> None:
    assert case_of(word) == case


WORDS = st.lists(st.sampled_from(["Putin", "said", "no", ".", "NATO", "escalation", "5"]), max_size=900).map(" ".join)


@settings(max_examples=40)
@given(title=WORDS, text=WORDS)
def test_every_word_of_the_text_is_fresh_in_exactly_one_window(title: str, text: str) -> None:
    article = Article(id="x", title=title, text=text)
    cut = windows(article, encode, MARKS, limit=100)
    assert all(len(window.ids) == len(window.cases) == len(window.offsets) <= LENGTH for window in cut)
    seen = [
        (window.offsets[first][0], window.offsets[after - 1][1]) for window in cut for first, after in words_of(window)
    ]
    pieces = [span for span in seen if span[0] >= len(title) + 2]
    covered = "".join(article.document[start:end] for start, end in sorted(pieces))
    assert covered == "".join(text.split())


def test_a_long_document_is_cut_off_after_the_last_window() -> None:
    article = Article(id="x", title="Title", text="word " * 20_000)
    assert len(windows(article, encode, MARKS)) == MAX_WINDOWS


def test_an_empty_document_is_one_window_of_marks() -> None:
    (window,) = windows(Article(id="x", title="", text=""), encode, MARKS)
    assert window.ids == (1, 2, 2)

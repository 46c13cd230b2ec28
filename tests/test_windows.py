"""Documents cut into windows: nothing lost, nothing tagged twice."""

import re
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.records.articles import Article
from monitor.understand.folder import load_tokenizer, shipped_folder
from monitor.understand.windows import (
    CASE_DIGIT,
    CASE_LOWER,
    CASE_MIXED,
    CASE_NONE,
    CASE_TITLE,
    CASE_UPPER,
    LENGTH,
    MAX_CHARACTERS,
    MAX_WINDOWS,
    TITLE_TOKENS,
    Marks,
    Window,
    _cuts,
    case_of,
    tokens,
    windows,
    words_of,
)
from tests import plain_reading as plain

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


NUMBERS = st.integers(0, 9)
CODED = st.lists(st.tuples(NUMBERS, st.tuples(NUMBERS, NUMBERS), st.one_of(st.none(), NUMBERS)), max_size=12).map(
    lambda rows: Coded([row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])
)


@settings(deadline=None)
@given(st.text(max_size=10), CODED, st.integers(0, 3), st.integers(0, 3))
def test_tokens_of_any_encoding_are_those_of_the_plain_way(text: str, coded: Coded, shift: int, first: int) -> None:
    found = tokens(text, lambda _: coded, shift=shift, first_word=first)
    assert found == plain.tokens(text, coded, shift=shift, first_word=first)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=6), st.text("aBc1-ßǅ中", max_size=6)))
def test_the_case_of_any_word_is_that_of_the_plain_way(word: str) -> None:
    assert case_of(word) == plain.case_of(word)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-1, 3), st.booleans()), max_size=12))
def test_words_of_any_window_are_those_of_the_plain_way(rows: list[tuple[int, bool]]) -> None:
    none = (0,) * len(rows)
    words, fresh = tuple(row[0] for row in rows), tuple(row[1] for row in rows)
    window = Window(ids=none, cases=none, offsets=((0, 0),) * len(rows), words=words, fresh=fresh)
    assert words_of(window) == plain.words_of(window)


def test_windows_of_bundled_articles_are_those_of_the_plain_way() -> None:
    encode_really, marks = load_tokenizer(shipped_folder())
    for title, text in plain.texts(every=20):
        cut = windows(Article(id="x", title=title, text=text), encode_really, marks)
        head = plain.tokens(title, encode_really(title), shift=0, first_word=0)
        first, kept = max(head.words, default=-1) + 1, text[:MAX_CHARACTERS]
        body = plain.tokens(kept, encode_really(kept), shift=len(title) + 2, first_word=first)
        led = min(len(head.ids), TITLE_TOKENS)
        places = _cuts(len(body.ids), LENGTH - led - 3)[:MAX_WINDOWS]
        for window, (start, end, fresh_from) in zip(cut, places, strict=True):
            fresh = plain.fresh(start, end, fresh_from, len(body.ids))
            assert window == Window(
                ids=(marks.cls, *head.ids[:led], marks.sep, *body.ids[start:end], marks.sep),
                cases=(0, *head.cases[:led], 0, *body.cases[start:end], 0),
                offsets=((-1, -1), *head.offsets[:led], (-1, -1), *body.offsets[start:end], (-1, -1)),
                words=(-1, *head.words[:led], -1, *body.words[start:end], -1),
                fresh=(False, *[start == 0] * led, False, *fresh, False),
            )

"""A document cut into windows of tokens that the encoder can read; pure, shared by training and serving.

Each window is ``[CLS] title [SEP] part of the text [SEP]``: the title goes along, so that a paragraph deep in a long
page is read in its context. Neighbouring windows overlap, and every token is tagged in just one of them. The tokenizer
is uncased; what case says (US or us, Jordan or jordan) travels beside the ids as one small number per token.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from monitor.records.articles import Article

LENGTH = 256
OVERLAP = 24
TITLE_TOKENS = 48
MAX_WINDOWS = 8
# Tokens are at least one character and news English has 4.3 characters a token; cutting first spares the tokenizer.
MAX_CHARACTERS = 9_000

CASE_NONE, CASE_LOWER, CASE_TITLE, CASE_UPPER, CASE_MIXED, CASE_DIGIT = range(6)
CASES = 6


class Encoding(Protocol):
    """What the ``tokenizers`` library answers for one text; the parts used here."""

    ids: list[int]
    offsets: list[tuple[int, int]]
    word_ids: list[int | None]


Encode = Callable[[str], Encoding]
"""Text to tokens, without special tokens added and with special-looking text read as plain text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """One text's tokens. ``offsets`` count in the whole document; ``words`` number the words they are part of."""

    ids: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]
    words: tuple[int, ...]
    cases: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One input of the encoder: ``ids`` and ``cases`` of equal length up to LENGTH.

    ``offsets`` are document offsets, (-1, -1) for special tokens; tags count only where ``fresh`` is true.
    """

    ids: tuple[int, ...]
    cases: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]
    words: tuple[int, ...]
    fresh: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Ids of the special tokens."""

    cls: int
    sep: int


def case_of(word: str) -> int:
    """Sort a word's letters: lower, Title, UPPER, miXed, or one that holds no letter but a digit."""
    if word.isascii():
        # Asked of the whole word, which is quick: nearly all words are lower, Title or UPPER in plain letters.
        if word.islower():
            return CASE_LOWER
        if word.isalpha() and word.istitle():
            return CASE_TITLE
    letters = [character for character in word if character.isalpha()]
    if not letters:
        return CASE_DIGIT if any(character.isdigit() for character in word) else CASE_NONE
    if all(letter.islower() for letter in letters):
        return CASE_LOWER
    if all(letter.isupper() for letter in letters):
        return CASE_UPPER if len(letters) > 1 else CASE_TITLE
    if letters[0].isupper() and all(letter.islower() for letter in letters[1:]):
        return CASE_TITLE
    return CASE_MIXED


def tokens(text: str, encode: Encode, *, shift: int = 0, first_word: int = 0) -> Tokens:
    """Tokenize one text; offsets are moved by ``shift`` characters and words numbered from ``first_word``."""
    coded = encode(text)
    offsets = coded.offsets
    numbers = [0 if word is None else word for word in coded.word_ids]
    bounds: dict[int, tuple[int, int]] = {}
    for word, span in zip(numbers, offsets, strict=True):
        bounds[word] = (bounds[word][0], span[1]) if word in bounds else span
    kinds = {word: case_of(text[start:end]) for word, (start, end) in bounds.items()}
    return Tokens(
        ids=tuple(coded.ids),
        offsets=tuple([(start + shift, end + shift) for start, end in offsets] if shift else offsets),
        words=tuple([word + first_word for word in numbers] if first_word else numbers),
        cases=tuple([kinds[word] for word in numbers]),
    )


def windows(article: Article, encode: Encode, marks: Marks, *, limit: int = MAX_WINDOWS) -> tuple[Window, ...]:
    """Cut a document into at most ``limit`` windows, in reading order; never empty."""
    title = tokens(article.title[:MAX_CHARACTERS], encode)
    shift = len(article.title) + 2
    body = tokens(article.text[:MAX_CHARACTERS], encode, shift=shift, first_word=max(title.words, default=-1) + 1)
    head = min(len(title.ids), TITLE_TOKENS) if body.ids else min(len(title.ids), LENGTH - 3)
    room = LENGTH - head - 3
    cuts = _cuts(len(body.ids), room)[:limit]
    # What follows the last one is not read, so nothing else tags its end.
    read = replace(body, ids=body.ids[: cuts[-1][1]])
    return tuple(_window(title, head, read, start, end, fresh_from, marks) for start, end, fresh_from in cuts)


def _cuts(length: int, room: int) -> list[tuple[int, int, int]]:
    """``(start, end, first fresh token)`` of each window over a text of ``length`` tokens."""
    cuts = [(0, min(length, room), 0)]
    while cuts[-1][1] < length:
        seen = cuts[-1][1]
        start = seen - OVERLAP
        cuts.append((start, min(length, start + room), seen - OVERLAP // 2))
    # A word near a window's end is tagged by the next window, which sees what follows it.
    return cuts


def _window(title: Tokens, head: int, body: Tokens, start: int, end: int, fresh_from: int, marks: Marks) -> Window:
    first = start == 0
    last = end == len(body.ids)
    fresh_until = end if last else end - OVERLAP // 2
    text_fresh = (False,) * (fresh_from - start) + (True,) * (fresh_until - fresh_from) + (False,) * (end - fresh_until)
    none = (-1, -1)
    return Window(
        ids=(marks.cls, *title.ids[:head], marks.sep, *body.ids[start:end], marks.sep),
        cases=(0, *title.cases[:head], 0, *body.cases[start:end], 0),
        offsets=(none, *title.offsets[:head], none, *body.offsets[start:end], none),
        words=(-1, *title.words[:head], -1, *body.words[start:end], -1),
        fresh=(False, *(first,) * head, False, *text_fresh, False),
    )


def as_document(sentence: str) -> Article:
    """A lone sentence as a document without a title: for training the tagger."""
    return Article(id="", title="", text=sentence)


def words_of(window: Window) -> Sequence[tuple[int, int]]:
    """``(first, last + 1)`` token positions of each fresh word of a window, in order."""
    found: list[tuple[int, int]] = []
    open_word = None
    for position, (word, fresh) in enumerate(zip(window.words, window.fresh, strict=True)):
        if not fresh:
            open_word = None
        elif word == open_word:
            found[-1] = (found[-1][0], position + 1)
        else:
            open_word = word
            found.append((position, position + 1))
    return found

"""The quick code of the model stage, once more and plainly: tests hold the two against each other.

Nothing here is clever. A name is tried in every length, every tag is compared with every place, and every letter of a
word is looked at. What is believed of a name is a rule and not a matter of speed; it is the program's own.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from monitor.records.findings import Tagged
from monitor.understand.entities import _EDGES, _claim, _Found
from monitor.understand.knowledge import Known
from monitor.understand.model import Floats
from monitor.understand.names import _WORD, LONGEST_ALIAS, POSSESSIVE
from monitor.understand.windows import (
    CASE_DIGIT,
    CASE_LOWER,
    CASE_MIXED,
    CASE_NONE,
    CASE_TITLE,
    CASE_UPPER,
    OVERLAP,
    Encoding,
    Tokens,
    Window,
)

ROOT = Path(__file__).resolve().parent.parent


def texts(every: int) -> Iterator[tuple[str, str]]:
    """``(title, text)`` of every ``every``-th article of the bundled newsroom and of the training examples."""
    files = [*ROOT.glob("monitor/replay/week/*.jsonl"), *ROOT.glob("models/data/articles/*.jsonl")]
    rows = [line for path in sorted(files) for line in path.read_text(encoding="utf-8").splitlines()]
    for row in map(json.loads, rows[::every]):
        text = row["text"] if "text" in row else "\n\n".join(row["body"])
        if text:
            yield row["title"], text


def fold(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    plain = POSSESSIVE.sub("", plain.strip()).casefold()
    return " ".join(re.sub(r"[-‐‑–./'’\"“”]", lambda found: "" if found[0] in ".'’" else " ", plain).split())


def capitalised(surface: str) -> bool:
    return any(character.isupper() or character.isdigit() or not character.isascii() for character in surface)


def trimmed(document: str, tag: Tagged) -> Tagged:
    start, end = tag.start, tag.end
    while start < end and document[start] in _EDGES:
        start += 1
    while end > start and document[end - 1] in _EDGES:
        if document[end - 1] == "." and "." in document[start : end - 1]:
            break
        end -= 1
    words = [(found.start() + start, found.end() + start) for found in re.finditer(r"\S+", document[start:end])]
    while words and not capitalised(document[slice(*words[0])]):
        words.pop(0)
    while words and not capitalised(document[slice(*words[-1])]):
        words.pop()
    if words:
        start, end = words[0][0], words[-1][1]
    text = POSSESSIVE.sub("", document[start:end])
    return Tagged(start=start, end=start + len(text), text=text, type=tag.type, score=tag.score)


def named(document: str, tagged: Sequence[Tagged]) -> Iterator[_Found]:
    words = [(found.start(), found.end()) for found in _WORD.finditer(document)]
    at = 0
    while at < len(words):
        length, claim = _longest(document, words[at : at + LONGEST_ALIAS], tagged)
        if claim is not None:
            start = words[at][0]
            shorter = POSSESSIVE.sub("", document[start : words[at + length - 1][1]])
            end = start + len(shorter) - (shorter.endswith(".") and "." not in shorter[:-1])
            yield _Found(start=start, end=end, type=claim.type, known=claim)
        at += length


def _longest(document: str, words: Sequence[tuple[int, int]], tagged: Sequence[Tagged]) -> tuple[int, Known | None]:
    start = words[0][0]
    for length in range(len(words), 0, -1) if capitalised(document[start]) else ():
        end = words[length - 1][1]
        claim = _claim(document[start:end], [tag for tag in tagged if tag.start < end and start < tag.end])
        if claim is not None:
            return length, claim
    return 1, None


def case_of(word: str) -> int:
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


def tokens(text: str, coded: Encoding, *, shift: int, first_word: int) -> Tokens:
    words = [0 if word is None else word for word in coded.word_ids]
    bounds: dict[int, tuple[int, int]] = {}
    for word, (start, end) in zip(words, coded.offsets, strict=True):
        low, _ = bounds.get(word, (start, end))
        bounds[word] = (low, end)
    kinds = {word: case_of(text[start:end]) for word, (start, end) in bounds.items()}
    return Tokens(
        ids=tuple(coded.ids),
        offsets=tuple((start + shift, end + shift) for start, end in coded.offsets),
        words=tuple(word + first_word for word in words),
        cases=tuple(kinds[word] for word in words),
    )


def fresh(start: int, end: int, fresh_from: int, length: int) -> list[bool]:
    """Which tokens of a window over the tokens ``start:end`` of ``length`` are tagged there."""
    fresh_until = end if end == length else end - OVERLAP // 2
    return [fresh_from <= position < fresh_until for position in range(start, end)]


def words_of(window: Window) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for position, word in enumerate(window.words):
        if not window.fresh[position]:
            continue
        if found and window.words[found[-1][0]] == word and found[-1][1] == position:
            found[-1] = (found[-1][0], position + 1)
        else:
            found.append((position, position + 1))
    return found


def tagged(window: Window, tags: Floats, names: Sequence[str], document: str) -> list[Tagged]:
    likely = np.exp(tags - tags.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    found = list[Tagged]()
    open_type = ""
    for first, after in words_of(window):
        number = int(likely[first].argmax())
        tag, score = names[number], float(likely[first, number])
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

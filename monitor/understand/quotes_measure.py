"""How well quotations are found, measured on PolNeAR's annotations (Newell, Margolin and Ruths 2018). Pure.

The measure: a gold quotation is a stretch of at least three words between double quotation marks inside the content of
an attribution. (The set's ``kind`` overlooks marks typed as two apostrophes, so it is not asked.) One is found when a
quotation starts and ends within two characters of it. A source is right when the head words agree, that of "Nora Ames,
who served ..." or "a spokesman for the firm" being "ames" and "spokesman"; where we know whom "he" means, the name's
head counts as well.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.understand.quotes import Attributed

LEAST_WORDS = 3
TOLERANCE = 2
# An article without a title begins with the blank line that parts title and text.
SHIFT = 2
_MARKS = "\"“”„«»'"
_LINE = re.compile(r"[^\n]+")
# Up to a closing mark; to the paragraph's end where the next one opens with a mark again.
_QUOTED = re.compile(r"(?:[\"“„«]|'')((?:[^\"“”„«»']|'(?!'))+)(?:[\"”»]|''|$)")
_BEHIND_HEAD = re.compile(
    r"[,(–—;:]| - |\s(?:who|whom|whose|which|that|of|for|in|at|from|with|on|to|by|as|and|close|familiar|involved|"
    r"speaking)\s"
)
_WORD = re.compile(r"[\w][\w'’.-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts, and what follows from them."""

    gold: int
    found: int
    right: int
    sourced: int
    """Right ones whose gold annotation names a source."""
    source_right: int

    @property
    def precision(self) -> float:
        """Share of the found that are right."""
        return self.right / max(1, self.found)

    @property
    def recall(self) -> float:
        """Share of the gold that is found."""
        return self.right / max(1, self.gold)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / max(1, self.gold + self.found)

    @property
    def source_accuracy(self) -> float:
        """Share of the sourced that have the right head."""
        return self.source_right / max(1, self.sourced)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldQuotation:
    """One gold stretch; ``sources`` are head words, because nested attributions give one stretch several."""

    start: int
    end: int
    sources: frozenset[str]


def polnear_figures(rows: Sequence[Mapping[str, Any]], found: Sequence[Sequence[Attributed]]) -> Figures:
    """Compare rows of the data set with what was found in each one's text, read as an article without a title."""
    totals = [0, 0, 0, 0, 0]
    for row, quotations in zip(rows, found, strict=True):
        counts = _compared(row["text"], gold_quotations(row), quotations)
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
    return Figures(gold=totals[0], found=totals[1], right=totals[2], sourced=totals[3], source_right=totals[4])


def gold_quotations(row: Mapping[str, Any]) -> list[GoldQuotation]:
    """The direct quotations of one row, each once, in order."""
    text, sources = row["text"], dict[tuple[int, int], set[str]]()
    for attribution in row["attributions"]:
        head = head_of(" ".join(text[start:end] for start, end in sorted(attribution["source"])[:1]))
        for start, end in _merged(text, attribution["content"]):
            for stretch in _stretches(text, start, end):
                sources.setdefault(stretch, set()).add(head)
    return [
        GoldQuotation(start=start, end=end, sources=frozenset(heads - {""}))
        for (start, end), heads in sorted(sources.items())
    ]


def head_of(source: str) -> str:
    """The head word of a source phrase, in small letters."""
    source = source.strip()
    words = [found.group() for found in _WORD.finditer(_BEHIND_HEAD.split(source, maxsplit=1)[0])]
    words = words or [found.group() for found in _WORD.finditer(source)]
    return re.sub(r"['’]s?$", "", words[-1]).rstrip(".").lower() if words else ""


def _compared(text: str, gold: Sequence[GoldQuotation], quotations: Sequence[Attributed]) -> tuple[int, ...]:
    used, right, sourced, source_right = set[int](), 0, 0, 0
    for quotation in gold:
        number = next(
            (number for number, one in enumerate(quotations) if number not in used and _same(quotation, one)), None
        )
        if number is None:
            continue
        used.add(number)
        right += 1
        if quotation.sources:
            sourced += 1
            source_right += bool(source_heads(text, quotations[number]) & quotation.sources)
    return len(gold), len(quotations), right, sourced, source_right


def _same(gold: GoldQuotation, one: Attributed) -> bool:
    return abs(one.quote.start - SHIFT - gold.start) <= TOLERANCE and abs(one.quote.end - SHIFT - gold.end) <= TOLERANCE


def source_heads(text: str, one: Attributed) -> frozenset[str]:
    """The head of the phrase that a quotation was attributed to, and that of the name the phrase stands for."""
    phrase = (
        ""
        if one.source_start is None or one.source_end is None
        else text[one.source_start - SHIFT : one.source_end - SHIFT]
    )
    return frozenset({head_of(phrase), head_of(one.quote.speaker or "")} - {""})


def _merged(text: str, spans: Sequence[Sequence[int]]) -> Iterator[tuple[int, int]]:
    """Spans with nothing but white space between them as one."""
    merged: list[list[int]] = []
    for start, end in sorted((span[0], span[1]) for span in spans):
        if merged and not text[merged[-1][1] : start].strip():
            merged[-1][1] = max(end, merged[-1][1])
        else:
            merged.append([start, end])
    return ((start, end) for start, end in merged)


def _stretches(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Quoted stretches within a content span. Annotators often leave a mark at either end outside."""
    while start and text[start - 1] in _MARKS:
        start -= 1
    while end < len(text) and text[end] in _MARKS:
        end += 1
    for line in _LINE.finditer(text, start, end):
        for found in _QUOTED.finditer(line.group()):
            words = found[1].strip()
            closed = found.end() > found.end(1) or text[line.end() :].lstrip()[:1] in _MARKS
            if closed and len(words.split()) >= LEAST_WORDS:
                begin = line.start() + found.start(1) + len(found[1]) - len(found[1].lstrip())
                yield begin, begin + len(words)

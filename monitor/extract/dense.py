"""The article's text by the density of paragraphs: the quick way, which says itself when it is not sure.

The box that holds most of the page's paragraphs is the article's; what stands in it under a name such as "related" or
"newsletter" is passed over. Sure means that paragraphs make up the text, and that next to none are left out, inside
the box or beside it. Every step is bounded: no element is looked at more often than boxes may be nested.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement as Element

from monitor.extract.boxes import MAX_DEPTH, Furniture, Lines, fold, is_links, mark_breaks, unmark_breaks

# Fewer characters are a label or a caption, and say nothing about where the article is.
_PARAGRAPH = 40
# A box gives way to the one around it, or around that, when it holds so much more.
_GAIN = 1.12
# What makes the answer sure. Chosen on halves of the benchmark's pages, tried on the others: docs/extraction.md.
_LEAST_TEXT = 200
_LEAST_OF_PAGE = 0.7
_LEAST_OF_BOX = 0.6
_LEAST_IN_PARAGRAPHS = 0.4
_MOST_IN_PARAGRAPHS = 1.1
_MOST_LINKS = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A text, and whether it may be taken without a second look."""

    text: str
    sure: bool


def find(tree: Element) -> Found:
    """The text of the page's densest box; empty where there is none."""
    body = tree.find("body")
    if body is None:
        return Found(text="", sure=False)
    mark_breaks(tree)
    try:
        paragraphs = dict(_paragraphs(body))
        found = _found(body, paragraphs, {})
        # Some pages write their text into boxes, with line breaks for paragraphs.
        return found if found.sure else _found(body, paragraphs, dict(_loose(body)))
    finally:
        unmark_breaks(tree)


def _found(body: Element, paragraphs: dict[Element, str], loose: dict[Element, int]) -> Found:
    whole = _summed(_own(paragraphs, loose))
    furniture = Furniture(whole, body)
    kept = {element: text for element, text in paragraphs.items() if not furniture.holds(element)}
    own = _own(kept, {box: length for box, length in loose.items() if not furniture.holds(box)})
    if not own:
        return Found(text="", sure=False)
    good = _summed(own)
    box = _widened(_densest(own), good)
    lines = Lines(furniture, paragraphs)
    lines.read(box)
    text = lines.text()
    sure = (
        len(text) >= _LEAST_TEXT
        and good[box] >= _LEAST_OF_PAGE * good.get(body, 0)
        and good[box] >= _LEAST_OF_BOX * whole[box]
        and _LEAST_IN_PARAGRAPHS * len(text) <= good[box] <= _MOST_IN_PARAGRAPHS * len(text)
        and lines.links <= _MOST_LINKS * len(text)
        and not lines.cut
    )
    return Found(text=text, sure=sure)


def _paragraphs(body: Element) -> Iterator[tuple[Element, str]]:
    for paragraph in body.iter("p"):
        # The inner one is read by itself: a text within a text within a text is not read as often as it is nested.
        if len(paragraph) and next(paragraph.iterdescendants("p"), None) is not None:
            continue
        text = fold(paragraph)
        if len(text) >= _PARAGRAPH and not is_links(paragraph, text):
            yield paragraph, text


def _loose(body: Element) -> Iterator[tuple[Element, int]]:
    """Boxes with text of their own, and how much of it."""
    for box in body.iter("article", "dd", "div", "section", "td"):
        length = len(box.text or "") if len(box) == 0 or box[0].tag != "a" else 0
        length += sum(len(child.tail.strip()) for child in box if child.tail)
        if length >= 2 * _PARAGRAPH:
            yield box, length


def _own(paragraphs: dict[Element, str], loose: dict[Element, int]) -> dict[Element, int]:
    """Characters of the paragraphs that stand directly in a box, and of its own text."""
    own = dict(loose)
    for paragraph, text in paragraphs.items():
        box = paragraph.getparent()
        own[box] = own.get(box, 0) + len(text)
    return own


def _summed(own: dict[Element, int]) -> dict[Element, int]:
    """Characters in every box, at any depth."""
    sums: dict[Element, int] = {}
    for box, length in own.items():
        sums[box] = sums.get(box, 0) + length
        for around in islice(box.iterancestors(), MAX_DEPTH):
            sums[around] = sums.get(around, 0) + length
    return sums


def _densest(own: dict[Element, int]) -> Element:
    return max(own, key=lambda box: own[box] + own.get(box.getparent(), 0) / 2)


def _widened(box: Element, sums: dict[Element, int]) -> Element:
    """``box``, or what is around it as long as that makes it hold clearly more."""
    while True:
        near = [around for around in islice(box.iterancestors(), 2) if around.tag not in {"body", "html"}]
        wider = next((around for around in near if sums.get(around, 0) >= _GAIN * sums[box]), None)
        if wider is None:
            return box
        box = wider

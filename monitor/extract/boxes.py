"""Boxes of a page and the lines in them: what ``dense`` reads with."""

import re
from collections.abc import Mapping
from itertools import islice

from lxml.html import HtmlElement as Element

from monitor.extract import furniture

MAX_DEPTH = 150
"""Boxes in boxes; what is nested deeper is not looked into."""
_LINKED = 0.5
_LONG = 400
_MAX_LINKS = 40
# A box that holds so much of the page's paragraphs is no furniture, whatever it is called.
_MOST = 0.4
# Lines as long are not written twice by chance.
_TELLING = 40

_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_LEAVES = _HEADINGS | frozenset("blockquote dd dt li p pre td th".split())
_BLOCKS = _LEAVES | frozenset(
    "address article body center details div dl main ol section summary table tbody tfoot thead tr ul".split()
)
_NEVER_NAMED = frozenset("html body article main".split())
_PULLED = re.compile(r"pull-?(?:ed-?)?quote", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
# A line break, marked by a character that counts as white space.
_BREAK = "\u2028"
_BREAKS = re.compile(rf"{_BREAK}\s*{_BREAK}\s*")
_QUOTE = "blockquote"
_MARKS = "\"'“”„«»‘’ "


def mark_breaks(tree: Element) -> None:
    """Put a mark behind each ``<br>``: the text around it would be read as one word."""
    for element in tree.iter("br"):
        element.tail = _BREAK + (element.tail or "")


def unmark_breaks(tree: Element) -> None:
    """Make the marks white space that every reader knows."""
    for element in tree.iter("br"):
        element.tail = (element.tail or "").replace(_BREAK, "\n")


def fold(element: Element) -> str:
    """All text in ``element``, on one line."""
    text = "".join(element.itertext()) if len(element) else element.text or ""
    return " ".join(text.split())


def is_links(element: Element, text: str) -> bool:
    """True when most of a short text is links to other places."""
    if not len(element) or len(text) >= _LONG:
        return False
    return sum(len(fold(link)) for link in islice(element.iter("a"), _MAX_LINKS)) > _LINKED * len(text)


class Furniture:
    """Which boxes of a page stand around its article: by their tag, their name, or what they stand in."""

    def __init__(self, sums: Mapping[Element, int], body: Element) -> None:
        self._sums = sums
        self._much = _MOST * sums.get(body, 0)
        self._known: dict[Element, bool] = {}

    def holds(self, element: Element) -> bool:
        """True when ``element`` is such a box, or is in one."""
        chain: list[Element] = []
        around: Element | None = element
        while around is not None and around not in self._known:
            chain.append(around)
            around = around.getparent()
        verdict = around is not None and self._known[around]
        for each in reversed(chain):
            verdict = (verdict and each.tag != "body") or self._is_one(each)
            self._known[each] = verdict
        return verdict

    def _is_one(self, element: Element) -> bool:
        if element.tag in _NEVER_NAMED:
            return False
        # Some software wraps a whole page in a form.
        return (element.tag in furniture.TAGS or _is_called_so(element)) and self._sums.get(element, 0) <= self._much


def _is_called_so(element: Element) -> bool:
    given = element.attrib
    if not given:
        return False
    hidden = "hidden" in given or ("style" in given and _HIDDEN.search(given["style"]) is not None)
    return hidden or furniture.is_named_so(f"{given.get('class', '')} {given.get('id', '')}")


class Lines:
    """The lines of one box, in their order."""

    def __init__(self, apart: Furniture, texts: Mapping[Element, str]) -> None:
        self.cut = False
        """True when something was nested too deep to be read."""
        self.links = 0
        """Characters in lines that were left out because they only lead to other pages."""
        self._apart = apart
        self._texts = texts
        self._lines: list[tuple[str, str]] = []
        self._run: list[str] = []
        self._linked = 0

    def text(self) -> str:
        """The lines, each long one once, and no heading at the end, where it has nothing to head."""
        lines = self._lines
        while lines and lines[-1][0] in _HEADINGS:
            lines.pop()
        plain = "\n".join(text for tag, text in lines if tag != _QUOTE)
        seen: set[str] = set()
        kept: list[str] = []
        for tag, text in lines:
            again = text in seen or (tag == _QUOTE and text.strip(_MARKS) in plain)
            if len(text) < _TELLING or not again:
                kept.append(text)
                seen.add(text)
        return "\n".join(kept)

    def read(self, box: Element, depth: int = 0, inside: str = "") -> None:
        """Add the lines of ``box``; ``inside`` is ``blockquote`` where it stands in one."""
        self.cut = self.cut or depth > MAX_DEPTH
        if self.cut:
            return
        self._run.append(box.text or "")
        for child in box:
            if not self._apart.holds(child):
                self._child(child, depth, inside)
            self._run.append(child.tail or "")
        self._end_run(inside)

    def _child(self, child: Element, depth: int, inside: str) -> None:
        open_box = len(child) > 0 and _has_blocks(child)
        if child.tag not in _BLOCKS and not open_box:
            text = "".join(child.itertext())
            self._run.append(text)
            self._linked += len(text) if child.tag == "a" else 0
            return
        self._end_run(inside)
        inside = _QUOTE if child.tag == _QUOTE or _PULLED.search(child.get("class", "")) else inside
        if child.tag == "tr" and not any(map(_has_blocks, child)):
            self._add("tr", " | ".join(filter(None, map(fold, child))), inside)
        elif open_box:
            self.read(child, depth + 1, inside)
        else:
            self._leaf(child, inside)

    def _leaf(self, element: Element, inside: str) -> None:
        text = self._texts.get(element, "")
        if not text:
            text = fold(element)
            if is_links(element, text):
                self.links += len(text)
                return
        if len(element) and element.find(".//br") is not None:
            for line in _BREAKS.split("".join(element.itertext())):
                self._add(element.tag, " ".join(line.split()), inside)
        else:
            self._add(element.tag, text, inside)

    def _end_run(self, inside: str) -> None:
        """End the line that text outside of paragraphs makes."""
        raw, linked = "".join(self._run), self._linked
        self._run, self._linked = [], 0
        if linked > _LINKED * len(raw):
            self.links += linked
        else:
            for line in _BREAKS.split(raw):
                self._add("", " ".join(line.split()), inside)

    def _add(self, tag: str, text: str, inside: str) -> None:
        if len(text) > 1:
            self._lines.append((inside or tag, text))


def _has_blocks(element: Element) -> bool:
    return any(each.tag in _BLOCKS for each in element.iterdescendants())

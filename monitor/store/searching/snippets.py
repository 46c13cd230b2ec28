"""The place in a text where the searched words stand, with marks around them. Pure.

Our own, because FTS5's takes time quadratic in the hits of one article: 77 s for a page that repeats one word
100,000 times.
"""

import re
from collections.abc import Iterable, Sequence

from monitor.text import bare

READ = 20_000
"""Characters of an article that are looked through for the place to show."""

OPEN, CLOSE = "«", "»"

_WORD = re.compile(r"[^\W_]+")
_LENGTH = 24
_PLACES = 50


def snippet(text: str, words: Iterable[str]) -> str:
    """About 24 words of ``text`` where most of ``words`` stand close together; its beginning when none does."""
    found = list(_WORD.finditer(text))
    wanted = {bare(word) for word in words}
    folded = [bare(word.group()) for word in found]
    hits = [place for place, word in enumerate(folded) if word in wanted]
    best = max(hits[:_PLACES], key=lambda place: len(wanted.intersection(folded[place : place + _LENGTH])), default=0)
    first = max(0, best - 4)
    shown = found[first : first + _LENGTH]
    if not shown:
        return ""
    body = _marked(text, shown, {found[place].start() for place in hits})
    return ("…" if first else "") + body + ("…" if first + _LENGTH < len(found) else text[shown[-1].end() :].rstrip())


def _marked(text: str, shown: Sequence[re.Match[str]], hits: set[int]) -> str:
    parts: list[str] = []
    at = shown[0].start()
    for word in shown:
        parts.append(text[at : word.start()])
        parts.append(f"{OPEN}{word.group()}{CLOSE}" if word.start() in hits else word.group())
        at = word.end()
    return "".join(parts)

"""Pure text work shared by training and serving: normalise, split into sentences, fingerprint.

Nothing here does I/O or knows a library beyond the standard one. Offsets always count Unicode code points.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator

_SPACES = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060\ufeff]"
)
_BLANK_LINES = re.compile(r"\n{3,}")
_WORD = re.compile(r"\w+", re.UNICODE)

# Abbreviations after which a full stop does not end a sentence in news English.
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sen rep gov gen lt col sgt capt maj adm brig st jr sr vs etc inc ltd co corp dept est "
    "jan feb mar apr jun jul aug sept sep oct nov dec mon tue wed thu fri sat sun a.m p.m e.g i.e u.s u.k u.n".split()
)
# A run of marks is looked at once, from its beginning: from each of its marks would take quadratic time.
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=\s|$)|\n+")


def clean(text: str) -> str:
    """Fold white space and drop control and zero-width characters; line breaks stay, at most one blank line each."""
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    # An accent may come next to its letter only now.
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", text))
    lines = (line.strip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def one_line(text: str) -> str:
    """``clean`` with every run of white space folded to one space: titles and summaries."""
    return " ".join(clean(text).split())


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield ``(start, end)`` of each sentence, without surrounding white space; line breaks always end one."""
    start = 0
    for found in _SENTENCE_END.finditer(text):
        if _ends_sentence(text, start, found):
            yield from _trimmed(text, start, found.end())
            start = found.end()
    yield from _trimmed(text, start, len(text))


def _ends_sentence(text: str, start: int, found: re.Match[str]) -> bool:
    mark = found.group()
    if mark[0] == "\n":
        return True
    after = text[found.end() :].lstrip(" ")[:1]
    if after.islower():
        return False
    if mark != ".":
        return True
    word = text[start : found.start()].rsplit(None, 1)[-1:]
    last = word[0].lower().lstrip("(\"'“‘") if word else ""
    initial = len(last) == 1 and last.isalpha()
    return not (initial or last in _ABBREVIATIONS)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def words(text: str) -> list[str]:
    """The words of ``text`` in small letters, without punctuation."""
    return _WORD.findall(text.casefold())


def bare(word: str) -> str:
    """``word`` without case and accents: what a search compares."""
    decomposed = unicodedata.normalize("NFD", word.casefold())
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


def fingerprint(*parts: str) -> str:
    """A short stable hash of the words of ``parts``: case, punctuation and white space do not count."""
    return hashlib.blake2b(" ".join(words(" ".join(parts))).encode(), digest_size=16).hexdigest()


def digest(key: bytes) -> str:
    """A short hash for keys (blake2b, 16 bytes, hex). It is stored: another one would make everything new."""
    return hashlib.blake2b(key, digest_size=16).hexdigest()


def body_digest(body: bytes) -> str:
    """The hash by which an unchanged body is recognised (SHA-256, the first 16 bytes, hex)."""
    # Processors have instructions for it: a third of the time that BLAKE2 takes for a feed.
    return hashlib.sha256(body).hexdigest()[:32]


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters, cut at a word with an ellipsis."""
    text = one_line(text)
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:-") + "…"

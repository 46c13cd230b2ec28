"""What counts as a word in a search, alike for both indexes."""

import re
import unicodedata

OPERATORS = frozenset(("AND", "OR", "NOT"))

_BARE = re.compile(r'[^\s"()]+')


def words_of(text: str) -> tuple[str, ...]:
    """The words that both indexes see in ``text``: runs of letters, digits and the marks on them."""
    composed = unicodedata.normalize("NFC", text)
    spaced = "".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in composed)
    return tuple(word for word in spaced.split() if any(map(str.isalnum, word)))


def is_bare(text: str) -> bool:
    """Whether a value needs no quotation marks."""
    return _BARE.fullmatch(text) is not None and text == text.rstrip(",;")

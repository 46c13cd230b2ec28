"""What a few words of evidence say about a plan. Pure."""

import re
from functools import lru_cache

_MOVED = re.compile(
    r"\b(?:postpon\w+|reschedul\w+|put off|put back|push(?:ed|es|ing)? back|delay(?:s|ed)?|defer(?:s|red)?|"
    r"moved? back|brought forward)\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"(?:\b(?:not|no|never|without)|n['’]t)(?: be| been| to be)? $", re.IGNORECASE)
_BEFORE = 20


@lru_cache(4_096)
def moved(text: str) -> bool:
    """Whether the words say that a plan got another day; "should not be put off" does not."""
    found = _MOVED.search(text)
    return found is not None and not _NOT.search(text[max(0, found.start() - _BEFORE) : found.start()])

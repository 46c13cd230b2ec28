"""How much a report weighs: official words more, those of unnamed sources and of a state's outlets less. Pure."""

import re
from functools import lru_cache

from monitor.records.chronicle import EventReport, Origin

OFFICIAL = 1.5
ENOUGH = 0.75
"""A report that weighs less waits for a second origin before it changes what others have told."""

_OFFICIAL = re.compile(
    r"\b(?:confirm(?:s|ed)?|announc(?:e|es|ed|ing)|spokes(?:man|woman|person)|read-?out|official statement|"
    r"press service|in a statement)\b",
    re.IGNORECASE,
)
_DOUBTFUL = re.compile(
    r"\b(?:reportedly|allegedly|rumou?r(?:s|ed)?|unconfirmed|anonym\w+|not (?:be )?named|may already|"
    r"(?:one|two|three|several|people|person|sources?|officials?) (?:familiar|close|briefed)|"
    r"according to (?:a |one |two |three |unnamed )?sources?|sources? (?:said|say|told|claim)|"
    r"(?:an? )?(?:unconfirmed )?reports? (?:that|of|says?|claims?)|outlets? reports?|media reports?)\b",
    re.IGNORECASE,
)


def weight(report: EventReport) -> float:
    """What one report counts beside others: 1 for an ordinary one."""
    return spoken_weight(report.event.evidence.text) * origin_weight(report.origin, report.source.state_controlled)


def origin_weight(origin: Origin, state_controlled: bool = False) -> float:
    """A state's outlet tells what the state wants told: half."""
    return 0.5 if origin.state_controlled or state_controlled else 1.0


@lru_cache(4_096)
def spoken_weight(text: str) -> float:
    """What the words of a report say about where it comes from."""
    if _DOUBTFUL.search(text):
        return 0.5
    return OFFICIAL if _OFFICIAL.search(text) else 1.0


_SOMEBODY = re.compile(r"\b(?:sources?|officials?|person|people|media|reports?|insiders?|anonym\w+)\b", re.IGNORECASE)


def named(by: str | None) -> bool:
    """Whether somebody stands behind a word with a name or an office, and not "a source" or "officials"."""
    return bool(by) and _SOMEBODY.search(by or "") is None

"""The day on which a text was written, by the text itself: datelines and printed times of publication. Pure."""

import re
from datetime import date, timedelta

from monitor.understand.dates.grammar import phrases
from monitor.understand.dates.ground import Ground
from monitor.understand.dates.readings import reading_of
from monitor.understand.dates.resolving import resolved
from monitor.understand.dates.words import Words, lowered

# Where a dateline or a stamp may stand, counted from the end of the title.
_HEAD = 400
# As in: KYIV, Oct 13 (Reuters) - and WASHINGTON, October 13. /TASS/
_DATELINE = re.compile(
    r"^[A-Z][A-Z .,'’/-]{2,50}[,.] {0,2}(?P<day>[A-Z][a-z]{2,8}\.? [0-9]{1,2}|[0-9]{1,2} [A-Z][a-z]{2,8})"
    r"(?P<year>,? [0-9]{4})?"
    r"(?=[ .,:]{0,3}(?:[(/—–-]|$))",
    re.MULTILINE,
)
_STAMP = re.compile(
    r"(?:published|updated|posted|modified|\||•|^)[^\n]{0,40}?"
    r"(?P<day>(?:[0-9]{1,2} )?[a-z]{3,9}\.? (?:[0-9]{1,2},? )?20[0-9]{2}|20[0-9]{2}-[0-9]{2}-[0-9]{2})",
    re.MULTILINE,
)
# An agency's text is reprinted for days; a dateline older than that tells another story.
_REPRINTED = timedelta(days=3)


def writing_day(document: str, title_end: int, published: date | None) -> date | None:
    """The day from which a text counts: its dateline's where that is near the publication, else the publication's.

    Without a publication date, a dateline or a printed stamp with its year stands for it.
    """
    head = document[title_end : title_end + _HEAD]
    found = _DATELINE.search(head)
    told = _day(found.group("day") + (found.group("year") or ""), published) if found else None
    if published is not None:
        near = told is not None and -_REPRINTED <= told - published <= timedelta(days=1)
        return told if near else published
    if told is not None:
        return told
    stamp = _STAMP.search(lowered(head))
    return _day(stamp.group("day"), None) if stamp else None


def _day(text: str, published: date | None) -> date | None:
    words = Words(text, lowered(text), 0, len(text))
    for phrase in phrases(words):
        reading = reading_of(phrase)
        when = resolved(reading, Ground(today=published)) if reading and reading.kind == "date" else None
        return when.start if when else None
    return None

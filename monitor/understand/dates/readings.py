"""A phrase becomes a reading. Pure."""

from monitor.understand.dates import reading_days, reading_spans
from monitor.understand.dates.grammar import Phrase
from monitor.understand.dates.reading import Reading

_READERS = {**reading_days.READERS, **reading_spans.READERS}


def reading_of(phrase: Phrase) -> Reading | None:
    """What the phrase says; None when its words only look like a time."""
    return _READERS[phrase.rule](phrase)

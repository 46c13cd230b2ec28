"""What decides whether an entry is read: plain values, in a file of their own so that polling loads no extractor."""

from dataclasses import dataclass
from datetime import timedelta

# The model reads English; a language without a route into it is counted and kept, not scored.
READ_LANGUAGES = frozenset({"en"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPolicy:
    """What decides whether an entry is read: the gate, the oldest age, the languages, the tries and their pause."""

    gate: float
    max_age: timedelta
    attempts: int
    retry_first: timedelta = timedelta(minutes=1)
    languages: frozenset[str] = READ_LANGUAGES
    """Those with a way to the model."""

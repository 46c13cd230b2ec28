"""The numbers by which stories are told apart, all in one place.

They belong to the model's embeddings: after another model, ``monitor understand evaluate`` on labelled stories says
whether they still hold.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Thresholds and sizes of the story index. Similarities are what ``likeness`` computes."""

    join: float = 0.21
    """From here on an article belongs to a story."""
    merge: float = 0.34
    """From here on two stories that an article joins are one ..."""
    bridge: float = 0.21
    """... if their members are so much like each other on average."""
    split: float = 0.08
    """Below it two halves of a story are two stories."""
    words_weight: float = 2.0
    """How much the words count beside the embedding, which counts 1."""
    join_by_words: float = 0.12
    """Where one of two articles has no embedding, so much likeness of words is as good as ``join``."""
    other_people: float = 0.04
    """Taken off where none of those that either is about is named in the other."""
    other_places: float = 0.02
    """The same for places."""
    other_days: float = 0.04
    """Taken off where what they tell of happens on other days; half of it where one day lies between."""
    fade: float = 0.02
    """Taken off when they are a week apart, twice that at three weeks, and so on by doublings of the time."""
    neighbours: int = 6
    """A story is as like an article as this many of its members that are most like it, on average."""
    duplicate: float = 0.60
    """So much of a text in another's words (Jaccard index of runs) is a near-duplicate."""
    excerpt: float = 0.85
    """So much of the shorter text within the longer is an excerpt."""
    repeat: float = 0.25
    """From here on shared text is worth telling: it decides whose report an article is."""
    capacity: int = 100_000
    """Articles in the window; the oldest leaves when another comes."""
    horizon: timedelta = timedelta(days=1000)
    """Articles further apart are never compared."""

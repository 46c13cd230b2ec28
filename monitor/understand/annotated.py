"""Annotated material as running text: IOB2 tokens rejoined as it is written. Pure; for training and measuring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Labels of the usual entity sets in ours.
LABELS: Mapping[str, str] = {
    "PER": "person", "person": "person", "politician": "person", "writer": "person", "musicalartist": "person",
    "scientist": "person", "researcher": "person",
    "ORG": "organisation", "organisation": "organisation", "politicalparty": "organisation", "band": "organisation",
    "university": "organisation", "corporation": "organisation", "magazine": "organisation",
    "LOC": "place", "location": "place", "country": "place",
}  # fmt: skip
# Such words may or may not be names in our sense: nothing is learnt from them and nothing measured on them.
UNKNOWN_LABELS = frozenset({"MISC", "misc", "product", "group", "event", "academicjournal", "conference"})
UNKNOWN = "?"

_NO_SPACE_BEFORE = frozenset(". , ; : ! ? % ) ] ' '' ” ’ 's n't 're 've 'll 'd 'm".split())
_NO_SPACE_AFTER = frozenset("( [ $ # “ ‘".split())
_WRITTEN = {"``": '"', "''": '"', "-LRB-": "(", "-RRB-": ")"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedSentence:
    """A sentence with its entity spans ``(start, end, type)``; type ``?`` means unknown."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    source: str


def joined(tokens: Sequence[str], tags: Sequence[str], source: str) -> TaggedSentence:
    """Rejoin IOB2 tokens into running text with character spans; raises ValueError when the lengths differ."""
    text, open_type = "", ""
    spans: list[tuple[int, int, str]] = []
    quote_open, glue = False, True
    for given, tag in zip(tokens, tags, strict=True):
        word = _WRITTEN.get(given, given)
        closing = word == '"' and quote_open
        if not (glue or closing or word in _NO_SPACE_BEFORE):
            text += " "
        start = len(text)
        text += word
        quote_open ^= word == '"'
        glue = word in _NO_SPACE_AFTER or (word == '"' and quote_open)
        label = tag[2:]
        kind = "" if tag == "O" else UNKNOWN if label in UNKNOWN_LABELS else LABELS.get(label, "")
        if tag.startswith("I-") and spans and open_type == label:
            spans[-1] = (spans[-1][0], len(text), spans[-1][2])
        elif kind:
            spans.append((start, len(text), kind))
        open_type = label if kind else ""
    return TaggedSentence(text=text, spans=tuple(spans), source=source)

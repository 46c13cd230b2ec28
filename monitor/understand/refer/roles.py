"""What a phrase does in its sentence, by the words around it: subject, object, or behind a preposition. Pure."""

from monitor.understand import lexicon
from monitor.understand.cues import SAY, cues
from monitor.understand.refer.phrase import PRONOUN, Phrase
from monitor.understand.refer.words import Words

SUBJECT, OBJECT, OBLIQUE, POSSESSIVE, APPOSITION = "subject", "object", "oblique", "possessive", "apposition"
_EITHER = frozenset({"after", "before", "since", "until", "as", "than", "like", "for"})
_JOINING = lexicon.CONJUNCTIONS - _EITHER
_BEFORE_OBLIQUE = lexicon.PREPOSITIONS - _EITHER
_INVERTED = frozenset(
    "said says added adds asked wrote warned told noted insisted argued continued explained replied".split()
)
_OBJECTS = frozenset({"him", "them", "himself", "herself"})


def role_of(phrase: Phrase, words: Words) -> str:
    """The phrase's role. Guessed from its neighbours: nothing here parses."""
    if phrase.head.possessive or phrase.noun in lexicon.POSSESSIVE_PRONOUNS:
        return POSSESSIVE
    if phrase.kind == PRONOUN:
        return OBJECT if phrase.noun in _OBJECTS else SUBJECT
    if not phrase.first:
        return SUBJECT
    before = words.lows[phrase.first - 1]
    gap = words.document[words.ends[phrase.first - 1] : phrase.start]
    if gap not in {" ", ""} or before in _JOINING or before in _INVERTED:
        return SUBJECT
    if before in _BEFORE_OBLIQUE:
        return OBLIQUE
    if _verb_follows(phrase, words):
        return SUBJECT
    return OBLIQUE if before in _EITHER else OBJECT


def speaks(phrase: Phrase, words: Words) -> bool:
    """Whether a verb of saying follows the phrase at once or stands at once before it."""
    known = cues()
    behind = known.get(words.lows[phrase.after]) if phrase.after < len(words) else None
    if behind is not None and behind.kind == SAY:
        return True
    before = known.get(words.lows[phrase.first - 1]) if phrase.first else None
    return before is not None and before.kind == SAY


def _verb_follows(phrase: Phrase, words: Words) -> bool:
    if not words.spaced(phrase.after - 1):
        return False
    low = words.lows[phrase.after]
    if low in lexicon.VERBS or (low.endswith("s") and low in cues()):
        return True
    return low.endswith("ed") and words.texts[phrase.after][0].islower()

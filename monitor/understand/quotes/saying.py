"""Which words of a document are verbs of saying there, and not nouns, passives or parts of names. Pure."""

from bisect import bisect_left
from collections.abc import Iterator

from monitor.understand import lexicon
from monitor.understand.cues import VIEW, Cue, cues, phrasal_cues
from monitor.understand.refer import Reference, Referents

RELATIVE = frozenset({"who", "which"})
JOINING = frozenset({"and", "but", "or", "then"})
# Determiners that may be subjects.
_STANDING_ALONE = frozenset("this that these those one some many all her most others".split())
_BEFORE_PLAIN = frozenset(
    "to they we i you who would will can could may might must should shall did do does not also and or cannot "
    "didn't don't doesn't won't wouldn't officials sources experts people".split()
)
_PAST_TOO = frozenset("cast hit put cut read cost".split())
_BEING = frozenset("be been being is are was were get gets got".split())
_PARTICIPLES = frozenset("said told written seen known thought found put cast hit".split())
_BETWEEN = frozenset({"not", "also", "widely"})
_POSSESSIVE_GAPS = frozenset({" ", "' ", "’ "})
_PHRASAL_FIRST = frozenset(cue.partition(" ")[0] for cue in phrasal_cues())
_FIRST = _PHRASAL_FIRST | frozenset(cues())


class Saying:
    """The cue words of one document by word number, quoted ones left out."""

    def __init__(self, referents: Referents) -> None:
        self.referents = referents
        self.words = referents.words
        self.ending = {one.phrase.after: one for one in referents.references if not one.phrase.inner}
        self.starting = {one.phrase.first: one for one in referents.references if not one.phrase.inner}
        self._cues = self._found()
        self._verbs = [number for number in sorted(self._cues) if self._is_verb(number)]
        lows = self.words.lows
        self._according = list(_followed("according", "to", lows))

    def cue(self, number: int) -> Cue:
        """The cue that word ``number`` is."""
        return self._cues[number]

    def between(self, start: int, end: int) -> list[int]:
        """Numbers of cue verbs that start in ``start:end``."""
        return self._within(self._verbs, start, end)

    def according_between(self, start: int, end: int) -> list[int]:
        """Numbers of "according" in ``start:end``, where "to" follows."""
        return self._within(self._according, start, end)

    def subject_at(self, number: int) -> Reference | None:
        """The subject that ends at once before word ``number``, where that is a cue."""
        reference = self.ending.get(number)
        return reference if number in self._cues and reference is not None and reference.role == "subject" else None

    def _within(self, numbers: list[int], start: int, end: int) -> list[int]:
        first, after = self.words.number_from(start), self.words.number_from(end)
        return numbers[bisect_left(numbers, first) : bisect_left(numbers, after)]

    def _found(self) -> dict[int, Cue]:
        known, phrasal, lows, found = cues(), phrasal_cues(), self.words.lows, dict[int, Cue]()
        within = {number for one in self.referents.references for number in range(one.phrase.first, one.phrase.after)}
        for number in [number for number, low in enumerate(lows) if low in _FIRST]:
            cue = known.get(lows[number])
            if lows[number] in _PHRASAL_FIRST and number + 1 < len(lows):
                cue = phrasal.get(f"{lows[number]} {lows[number + 1]}", cue)
            if cue is not None and number not in within and self.words.starts[number] not in self.referents.quoted:
                found[number] = cue
        return found

    def _is_verb(self, number: int) -> bool:
        """Tell "he claims" from "the claims" and "his hopes", and leave out "it was claimed"."""
        if not number:
            return True
        low, before, cue = self.words.lows[number], self.words.lows[number - 1], self._cues[number]
        gap = self.words.gap(number - 1)
        if self.words.possessives[number - 1] and gap in _POSSESSIVE_GAPS:
            return low.endswith("ed")
        plain = low == cue.verb and low not in _PAST_TOO
        if gap != " ":
            return not plain
        if before in lexicon.DETERMINERS and before not in _STANDING_ALONE:
            return False
        subject = self.ending.get(number) or (self.ending.get(number - 1) if before.endswith("ly") else None)
        if plain:
            return before in _BEFORE_PLAIN or (subject is not None and _takes_plain(subject))
        if cue.kind == VIEW and low.endswith("s") and not low.endswith("ss"):
            return subject is not None or before in RELATIVE or before in JOINING
        return not self._is_passive(number)

    def _is_passive(self, number: int) -> bool:
        """In "it could be discussed" and "he was asked", what stands before is no speaker."""
        low = self.words.lows[number]
        if not low.endswith("ed") and low not in _PARTICIPLES:
            return False
        at = number - 1
        while at >= 0 and number - at < 4 and (self.words.lows[at].endswith("ly") or self.words.lows[at] in _BETWEEN):
            at -= 1
        return at >= 0 and self.words.lows[at] in _BEING and not self.words.gap(at).strip()


def _followed(word: str, by: str, lows: list[str]) -> Iterator[int]:
    """The numbers of the words ``word`` behind which ``by`` and one more stand."""
    number = -1
    for _ in range(lows.count(word)):
        number = lows.index(word, number + 1)
        if lows[number + 1 : number + 2] == [by] and number + 2 < len(lows):
            yield number


def _takes_plain(subject: Reference) -> bool:
    """Whether the plain form may follow: "the ministers say", "Britain and France say"."""
    return subject.phrase.plural or (subject.entity is not None and subject.entity.type != "person")

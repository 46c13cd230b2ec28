"""Who is the subject of a cue word: the phrase before it, behind it, or at the head of its clause. Pure."""

from dataclasses import dataclass

from monitor.records.findings import Entity
from monitor.understand import lexicon
from monitor.understand.knowledge import demonyms
from monitor.understand.prose import Prose
from monitor.understand.quotes.saying import JOINING, RELATIVE, Saying
from monitor.understand.refer import APPOSITION, OBLIQUE, POSSESSIVE, SUBJECT, Reference, Referents

_SKIPPED = frozenset(
    "has had have also then later once again recently previously reportedly repeatedly earlier now just never did "
    "do does would will could can may might must should is was were are been be being not on this last next week "
    "month year today yesterday tonight monday tuesday wednesday thursday friday saturday sunday morning "
    "afternoon evening night often even still only further always both all first instead went late early already "
    "since soon ever to simply himself herself themselves january february march april may june july august "
    "september october november december".split()
)
_INVERTS_NOT = frozenset({"tell", "accuse", "urge", "ask", "call"})
_SUBORDINATING = frozenset("after when while as if because since although though before once until whereas".split())
_NO_NAME = (
    lexicon.DETERMINERS
    | lexicon.CONJUNCTIONS
    | lexicon.PREPOSITIONS
    | lexicon.NO_NAMES
    | frozenset(lexicon.PRONOUNS)
    | frozenset({"they", "said", "when"})
)
_NEAR_GAPS = " ’'.)*”\""
# How far before a cue its subject may stand: no sentence that people write is longer.
LONGEST_CLAUSE = 800
_ARTICLES = frozenset("the a an one another his her their its this".split())
_LONGEST_UNKNOWN = 6
_LONGEST_SKIP, _LONGEST_BRACKET, _LONGEST_HOP, _LONGEST_GUESS = 7, 40, 4, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The phrase that says who speaks; ``entity`` is None where it names nobody."""

    start: int
    end: int
    entity: Entity | None
    name: str = ""
    """Capitalised words beside the cue that nobody tagged as a name."""

    @property
    def is_person(self) -> bool:
        """It names a person, as far as anybody knows."""
        return bool(self.name) if self.entity is None else self.entity.type == "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """A source and the cue that ties it to what is said; ``cue_start == cue_end`` where there is no cue."""

    source: Source
    cue_start: int
    cue_end: int
    verb: str = ""

    @property
    def has_cue(self) -> bool:
        """Whether any word or mark ties the words to the source."""
        return self.cue_start < self.cue_end


class Speakers:
    """Finds the subjects of cue words in one document. ``floor`` is always where the frame sentence begins."""

    def __init__(self, prose: Prose, referents: Referents) -> None:
        self.prose = prose
        self.document = prose.document
        self.referents = referents
        self.words = referents.words
        self.saying = Saying(referents)

    def attribution(self, number: int, floor: int, *, behind_quote: bool = False) -> Attribution | None:
        """The attribution that the cue word ``number`` makes."""
        source = self.subject(number, floor, behind_quote=behind_quote)
        if source is None:
            return None
        word = self.words[number]
        return Attribution(source=source, cue_start=word.start, cue_end=word.end, verb=self.saying.cue(number).verb)

    def subject(self, number: int, floor: int, *, behind_quote: bool = False) -> Source | None:
        """Whose word the cue gives."""
        place = self.words.starts[number]
        infinitive = self._is(number - 1, "to") and self.words.spaced(number - 1)
        if self.saying.cue(number).participle or infinitive:
            return self._with(number) or self.clause_subject(place, floor)
        at = self._skip_back(number, floor)
        inside = at >= 0 and self.words.starts[at] >= floor
        near = self._near(at, floor) if inside else None
        if near is not None:
            return near
        inverted = self._inverted(number)
        if inverted is not None and (behind_quote or not inside):
            return inverted
        return self.clause_subject(place, floor) or inverted

    def clause_subject(self, place: int, floor: int) -> Source | None:
        """The first subject of the clause that runs up to ``place``: not quoted, behind no preposition."""
        best: Reference | None = None
        floor = max(floor, place - LONGEST_CLAUSE)
        for reference in self.referents.between(floor, place):
            if reference.start < floor or reference.end > place or reference.phrase.inner or reference.quoted:
                continue
            if reference.role == SUBJECT and reference.phrase.noun != "it":
                if best is None or self._begins_anew(best, reference):
                    best = reference
            elif best is None and reference.role not in {OBLIQUE, POSSESSIVE}:
                best = reference
        return _source(best) if best is not None else None

    def phrase_from(self, number: int) -> Source | None:
        """The phrase that starts at word ``number``: behind "according to", before a colon."""
        reference = self.saying.starting.get(number)
        return _source(reference) if reference is not None else self._guess_on(number)

    def _is(self, number: int, low: str) -> bool:
        return number >= 0 and self.words.lows[number] == low

    def _with(self, number: int) -> Source | None:
        """In "..., with the White House saying", a participle has a subject of its own."""
        reference = self.saying.ending.get(number)
        return _source(reference) if reference is not None and self._is(reference.phrase.first - 1, "with") else None

    def _skip_back(self, number: int, floor: int) -> int:
        """Back over auxiliaries, adverbs, dates and brackets, to the word that may end the subject."""
        at = number - 1
        while at >= 0 and number - at <= _LONGEST_SKIP and self.words.starts[at] >= floor:
            low, gap = self.words.lows[at], self.words.gap(at)
            opening = self._before_bracket(at, floor) if ")" in gap else None
            if opening is not None:
                at = opening
                continue
            skipped = low in _SKIPPED or low.endswith("ly") or low.isdigit()
            if gap.strip() or not skipped or at + 1 in self.saying.ending:
                break
            at -= 1
        return at

    def _before_bracket(self, at: int, floor: int) -> int | None:
        """The word before the bracket that word ``at`` closes: "Governor Ana Reyes (D-N.M.) said"."""
        start = max(floor, self.words.starts[at] - _LONGEST_BRACKET)
        bracket = self.document.rfind("(", start, self.words.ends[at])
        before = self.words.number_from(bracket) - 1 if bracket >= 0 else -1
        return before if before >= 0 and self.words.starts[before] >= floor else None

    def _near(self, at: int, floor: int) -> Source | None:
        """The subject that ends at word ``at``, which stands before the cue with nothing but small words between."""
        low, gap, place = self.words.lows[at], self.words.gap(at), self.words.ends[at]
        if "," in gap or "–" in gap or "—" in gap or " - " in gap:
            return self._before_commas(place, floor) or self.clause_subject(place, floor) or self._guess_in_front(floor)
        if gap.strip(_NEAR_GAPS) and not gap.strip().startswith("("):
            return None
        if low in RELATIVE:
            return self._antecedent(at, floor)
        if low in JOINING:
            return self._speaking_before(at, floor) or self.clause_subject(self.words.starts[at], floor)
        return self._ending_at(at + 1, floor) or self._guess(at, floor) or self._unknown(at, floor)

    def _before_commas(self, place: int, floor: int) -> Source | None:
        """In "Trump, who met the envoy in Kyiv, said": the nearest subject with a comma behind it."""
        floor = max(floor, place - LONGEST_CLAUSE)
        for reference in reversed(self.referents.between(floor, place)):
            behind = self.document[reference.end : reference.end + 2].lstrip()[:1]
            whole = reference.role == SUBJECT and not (reference.phrase.inner or reference.quoted)
            if whole and behind in {",", "("}:
                return _source(reference) if reference.start >= floor else None
        return None

    def _guess_in_front(self, floor: int) -> Source | None:
        """Capitalised words at the head of the frame, in front of a comma: "Fiorina, speaking in Iowa, said"."""
        source = self._guess_on(self.words.number_from(floor))
        return source if source is not None and self.document[source.end : source.end + 1] == "," else None

    def _antecedent(self, at: int, floor: int) -> Source | None:
        reference = self.saying.ending.get(at)
        if reference is None:
            return self.clause_subject(self.words.starts[at], floor)
        if reference.role == APPOSITION:
            return self.clause_subject(reference.start, floor) or _source(reference)
        return _source(reference)

    def _speaking_before(self, at: int, floor: int) -> Source | None:
        """The subject of the cue word before "and": "as the minister condemns the raid and warns"."""
        floor = max(floor, self.words.starts[at] - LONGEST_CLAUSE)
        for number in range(at - 1, self.words.number_from(floor) - 1, -1):
            reference = self.saying.subject_at(number)
            if reference is not None:
                return None if reference.quoted else _source(reference)
        return None

    def _ending_at(self, after: int, floor: int) -> Source | None:
        """The phrase that ends there; where it hangs on a preposition, the phrase that the preposition hangs on."""
        reference, hops = self.saying.ending.get(after), 0
        while reference is not None and reference.role in {OBLIQUE, APPOSITION} and hops < _LONGEST_HOP:
            hops += 1
            first = reference.phrase.first
            hangs_on = self.saying.ending.get(first - 1) if reference.role == OBLIQUE else None
            before = self.saying.ending.get(first) or hangs_on
            if before is None or before.start < floor:
                return self.clause_subject(reference.start, floor) or _source(reference)
            reference = before
        if reference is None or reference.start < floor or reference.role == POSSESSIVE:
            return None
        return _source(self._first_of_several(reference, floor))

    def _first_of_several(self, reference: Reference, floor: int) -> Reference:
        """In "Steve Witkoff and Jared Kushner said": the first of those who speak together."""
        joint = reference.phrase.first - 1
        if self._is(joint, "and"):
            before = self.saying.ending.get(joint)
            if before is not None and before.start >= floor and before.role == SUBJECT and self.words.spaced(joint - 1):
                return before
        return reference

    def _begins_anew(self, one: Reference, other: Reference) -> bool:
        """Whether the sentence begins anew between two subjects: "X did this; Y did", "when X did this, Y did"."""
        between, first = self.document[one.end : other.start], one.phrase.first
        hangs = first > 0 and self.words.lows[first - 1] in _SUBORDINATING and "," in between[-2:]
        return ";" in between or one.role != SUBJECT or hangs

    def _inverted(self, number: int) -> Source | None:
        """In "said Dmitry Peskov": the phrase at once behind the cue."""
        cue, after = self.saying.cue(number), number + 1
        if cue.verb in _INVERTS_NOT or cue.participle:
            return None
        while after - number < _LONGEST_HOP and after not in self.saying.starting and self._may_open(after, number):
            after += 1
        if not self.words.spaced(after - 1):
            return None
        reference = self.saying.starting.get(after)
        if reference is None:
            return self._guess_on(after)
        possessive = reference.role == POSSESSIVE or reference.phrase.noun in lexicon.POSSESSIVE_PRONOUNS
        return self._guess_on(after) if possessive else _source(reference)

    def _may_open(self, after: int, number: int) -> bool:
        """Whether a word may stand in front of the phrase behind the cue: "said one unaligned strategist"."""
        if not self.words.spaced(after - 1):
            return False
        low = self.words.lows[after]
        second = after > number + 1 and self.words.texts[after].islower()
        return low in lexicon.DETERMINERS or low in lexicon.ADJECTIVES or second

    def _guess(self, at: int, floor: int) -> Source | None:
        """Capitalised words that end at word ``at`` and nobody tagged."""
        first = at
        while first >= 0 and at - first < _LONGEST_GUESS and self.words.is_capital(first):
            if self.words.starts[first] < floor or (first < at and not self.words.close(first)):
                break
            first -= 1
        return self._guessed(first + 1, at) if first < at else None

    def _unknown(self, at: int, floor: int) -> Source | None:
        """From an article to word ``at``, as in "a Senate staffer said": somebody without a name, whatever the noun."""
        if self.words.lows[at] in lexicon.VERBS or self.words.lows[at] in lexicon.PREPOSITIONS:
            return None
        first = at
        while first >= 0 and at - first < _LONGEST_UNKNOWN and self.words.starts[first] >= floor:
            if first < at and not self.words.close(first):
                return None
            if first < at and self.words.lows[first] in _ARTICLES:
                opens = self.words.starts[first] == floor or not self.words.spaced(first - 1)
                opens = opens or self.words.lows[first - 1] in lexicon.CONJUNCTIONS
                return Source(start=self.words.starts[first], end=self.words.ends[at], entity=None) if opens else None
            first -= 1
        return None

    def _guess_on(self, number: int) -> Source | None:
        after, words = number, self.words
        while after < len(words) and words.is_capital(after) and after - number < _LONGEST_GUESS:
            if after > number and not words.close(after - 1):
                break
            if after > number and after in self.saying.starting:
                last = self.saying.starting[after]
                name = self.document[words.starts[number] : last.end] if last.entity is None else ""
                return Source(start=words.starts[number], end=last.end, entity=last.entity, name=name)
            after += 1
        return self._guessed(number, after - 1) if after > number else None

    def _guessed(self, first: int, last: int) -> Source | None:
        lows = [self.words.lows[number] for number in range(first, last + 1)]
        if any(low in _NO_NAME or low in demonyms() for low in lows):
            return None
        start, end = self.words.starts[first], self.words.ends[last]
        return Source(start=start, end=end, entity=None, name=self.document[start:end])


def _source(reference: Reference) -> Source:
    phrase = reference.phrase
    named = phrase.mention.entity if phrase.mention is not None else None
    return Source(start=reference.start, end=reference.end, entity=reference.entity or named, name=phrase.untagged)

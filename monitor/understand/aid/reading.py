"""One place where aid is named, read in its clause: the step that governs it, and those that stand beside. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.records.findings import Span
from monitor.understand.aid.actors import UKRAINE
from monitor.understand.aid.chains import Chain, governing, passive
from monitor.understand.aid.clauses import Clause, Placed
from monitor.understand.aid.decided import HINT, Decided, none_of_it
from monitor.understand.aid.givers import Givers
from monitor.understand.aid.item import PACKAGE, STRIKE, Item
from monitor.understand.aid.lexicon import Kind
from monitor.understand.aid.merging import LEAST_WEIGHT, Candidate
from monitor.understand.aid.parties import Parties
from monitor.understand.aid.sense import corrected, impossible, meant_for_others
from monitor.understand.aid.steps import settle
from monitor.understand.prose import Prose, Sentence

_SPECULATING = frozenset((Kind.WOULD, Kind.MAYBE, Kind.WILL, Kind.WARN))
_WHICH = frozenset(("which", "that"))
_IF = frozenset(("if", "unless"))
_SOUGHT = frozenset(("sought-after", "long-sought", "long sought"))
_BETWEEN = frozenset(("", "that were", "long", "already", "recently"))
_TOPIC = re.compile(r"\b(?:about|over|regarding|on)\s+(?:[\w-]+\s+){0,2}$")
_PACKAGE = re.compile(r"package|tranche|assistance|\baid\b|shipment|batch|delivery")
_WITHOUT = re.compile(
    r"\b(?:leav(?:e|es|ing)|left|return(?:s|ed)?|c[ao]mes? (?:away|home)|departs?|departed)\b[^.]{0,40}?"
    r"\bwithout (?:[\w-]{1,20} ){0,2}"
)
_IN_TITLE, _PACKAGES, _BESIDE, _ANSWERED = 1.3, 0.9, 0.8, 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An item in its sentence; ``at`` is the number of its clause."""

    item: Item
    sentence: Sentence
    clauses: tuple[Clause, ...]
    at: int
    items: tuple[Item, ...]
    """All items of the sentence."""

    @property
    def clause(self) -> Clause:
        """The clause that is read."""
        return self.clauses[self.at]

    @property
    def headline(self) -> bool:
        """It is the title."""
        return self.sentence.paragraph == 0


class Reading:
    """Reads the places of one document in order; the step of a package passes on to what it holds."""

    def __init__(self, prose: Prose, parties: Parties) -> None:
        self.prose, self.parties, self._givers = prose, parties, Givers(parties)
        self._package: Decided | None = None

    def candidates(self, place: Place) -> list[Candidate]:
        """Every step that the place gives."""
        if meant_for_others(self.parties, place.item, place.sentence):
            return []
        chain = governing(self.prose.document, place.clause, place.item, place.items)
        decided = self._decide(place, chain)
        found = [self._candidate(place, chain, decided)] if decided is not None else []
        if decided is None or decided.step != "requested":
            found += self._taken_for_granted(place, chain)
        return found + self._said_behind(place, chain, main=decided is not None)

    def _decide(self, place: Place, chain: Chain) -> Decided | None:
        cues = corrected(self.parties, place.clause, chain, place.item)
        decided = self._settled(place, chain, cues)
        if decided is None and any(cue.cue.kind is Kind.HOLD for cue in cues):
            decided = self._package or self._listed(place, cues)
        if decided is None and self._left_without(place):
            decided = Decided(step="refused", weight=_BESIDE)
        if (decided is None or decided.weight < LEAST_WEIGHT) and self._feared(place):
            decided = Decided(step="considered", manner="debated", firmness=HINT, weight=0.6)
        if decided is None or impossible(self.parties, place.clause, chain, place.item, decided):
            return None
        if place.item.family == PACKAGE and decided.step in {"announced", "approved", "delivered"}:
            self._package = decided
        return decided

    def _settled(self, place: Place, chain: Chain, cues: Sequence[Placed]) -> Decided | None:
        text, item = self.prose.document, place.item
        conditional = place.clause.opener in _IF or text[place.sentence.end - 1 : place.sentence.end] == "?"
        topic = not chain.passive and _TOPIC.search(text[max(0, item.start - 40) : item.start]) is not None
        if chain.passive and cues and cues[0].text == "no":
            return none_of_it(settle(cues[1:], headline=place.headline))
        decided = settle(cues, conditional=conditional, headline=place.headline, topic=topic)
        if decided is None:
            return None
        foretold = decided.cue is not None and decided.cue.cue.kind in {Kind.WILL, Kind.WOULD}
        if foretold and place.at + 1 < len(place.clauses) and place.clauses[place.at + 1].opener in _IF:
            decided = settle(cues, conditional=True, headline=place.headline) or decided
        if text[item.start : item.end].casefold().endswith(("strike", "strikes")):
            # Long-range strikes are permitted, or not; nobody hands them over.
            return decided if decided.manner == "permitted" or decided.step == "refused" else None
        return None if topic and decided.step in {"delivered", "in_use", "paused"} else decided

    def _listed(self, place: Place, cues: Sequence[Placed]) -> Decided | None:
        """What a package holds that was told of in other words."""
        holding = next(cue for cue in cues if cue.cue.kind is Kind.HOLD)
        before = self.prose.document[place.clause.start : holding.start]
        return Decided(step="announced", cue=holding, weight=_BESIDE) if _PACKAGE.search(before) else None

    def _left_without(self, place: Place) -> bool:
        """Whether it is what Ukraine's people went home without."""
        found = _WITHOUT.search(self.prose.document, place.clause.start, place.item.start)
        if found is None or found.end() != place.item.start:
            return False
        subject = self.parties.subject(place.clause, found.start())
        return subject is not None and subject.party == UKRAINE

    def _feared(self, place: Place) -> bool:
        """Whether Moscow speaks of what the system would do: it answers that the aid is being considered."""
        speculating = any(cue.cue.kind in _SPECULATING for cue in place.clause.cues)
        return speculating and place.item.named and self.parties.hostile(place.item, place.sentence)

    def _taken_for_granted(self, place: Place, chain: Chain) -> list[Candidate]:
        """A request in the clause ("sought-after Patriots") or Ukraine's beside it ("despite pleas from Kyiv")."""
        for cue in chain.cues:
            if (cue.cue.kind is Kind.ASK and cue.cue.form == "noun") or cue.text in _SOUGHT:
                asked = Decided(step="requested", cue=cue, weight=_BESIDE)
                return [self._candidate(place, Chain(cues=(cue,)), asked, granted=True)]
        for at, clause in enumerate(place.clauses):
            for cue in clause.cues:
                if self._requests(place, clause, cue):
                    asked = Decided(step="requested", cue=cue, weight=_ANSWERED)
                    return [self._candidate(replace(place, at=at), Chain(cues=(cue,)), asked, granted=True)]
        return []

    def _requests(self, place: Place, clause: Clause, cue: Placed) -> bool:
        noun = cue.cue.kind is Kind.ASK and cue.cue.form == "noun" and cue.start >= place.item.end
        own = noun and any(cue.end <= other.start < clause.end for other in place.items)
        return noun and not own and self.parties.from_ukraine(clause, cue)

    def _said_behind(self, place: Place, chain: Chain, *, main: bool) -> list[Candidate]:
        """What stands behind the item and speaks of it: "which Trump refused", "Kyiv has asked for", "sought by"."""
        after = place.clauses[place.at + 1] if place.at + 1 < len(place.clauses) else None
        if after is not None and after.opener in _WHICH:
            if not self._others(place, after.end):
                return self._behind(replace(place, at=place.at + 1), after.cues)
            return []
        cues = [cue for cue in place.clause.cues if cue.start >= place.item.end]
        if chain.passive or not cues or self._others(place, cues[0].start):
            return []
        if self.parties.follows(place.item.end, cues[0].start):
            return self._behind(place, cues[:3])
        wished = {Kind.ASK, Kind.WANT} if main else {Kind.ASK, Kind.WANT, Kind.PROMISE}
        participle = cues[0].text in _SOUGHT or (cues[0].cue.form == "past" and cues[0].cue.kind in wished)
        adjoins = self.prose.document[place.item.end : cues[0].start].strip() in _BETWEEN
        return self._behind(place, cues[:1]) if participle and adjoins else []

    def _others(self, place: Place, end: int) -> bool:
        return any(place.item.end <= other.start < end for other in place.items)

    def _behind(self, place: Place, cues: Sequence[Placed]) -> list[Candidate]:
        between = self.parties.actors.within(place.clause.start, cues[0].start) if cues else ()
        subject = any(actor.start >= place.item.end for actor in between)
        chain = Chain(cues=tuple(cues) if subject else tuple(passive(cues)), passive=not subject)
        decided = settle(corrected(self.parties, place.clause, chain, place.item))
        if decided is None or decided.weight < 1:
            return []
        if impossible(self.parties, place.clause, chain, place.item, decided):
            return []
        return [self._candidate(place, chain, replace(decided, weight=_BESIDE))]

    def _candidate(self, place: Place, chain: Chain, decided: Decided, *, granted: bool = False) -> Candidate:
        item, sentence, clause = place.item, place.sentence, place.clause
        if item.family == PACKAGE and decided.manner == "permitted":
            # Weapons whose limits are lifted are those that reach far.
            item = replace(item, name=STRIKE, family=STRIKE)
        weight = (
            decided.weight * (_IN_TITLE if place.headline else 1.0) * (_PACKAGES if item.family == PACKAGE else 1.0)
        )
        return Candidate(
            item=item,
            donors=self._givers.of(item, sentence, clause, chain, decided),
            decided=decided,
            by=self.parties.by(item, sentence, clause, chain, granted=granted),
            evidence=self._evidence(place),
            weight=weight,
            title=place.headline,
        )

    def _evidence(self, place: Place) -> Span:
        """The clause, with the item where it stands just before or behind."""
        item, clause = place.item, place.clause
        end = max(clause.end, item.end) if item.end - clause.end < 40 else clause.end
        return self.prose.span(min(clause.start, item.start), end)

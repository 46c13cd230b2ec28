"""Who would give. Pure.

The donor is who gives, not who makes: the subject of the giving, or whom a request goes to. Where a clause leaves it
open, the nearest giver of the sentence is meant, and else whom the article names most.
"""

import re

from monitor.understand.aid.actors import AGAINST, UKRAINE, Actor
from monitor.understand.aid.chains import Chain
from monitor.understand.aid.clauses import Clause
from monitor.understand.aid.decided import Decided
from monitor.understand.aid.item import Item
from monitor.understand.aid.lexicon import Kind
from monitor.understand.aid.parties import Parties
from monitor.understand.prose import Sentence

# Cues whose subject need not be who gives: "Moscow warned", "Rutte welcomed", "they discussed".
_CLEAR = frozenset((Kind.WARN, Kind.SUPPORT, Kind.THANK, Kind.WEIGH, Kind.TALK))
_FROM = re.compile(r"\bfrom\W+(?:the\W+)?$", re.IGNORECASE)
_BY = re.compile(r"\bby\W+(?:the\W+)?$", re.IGNORECASE)
_TOWARDS = re.compile(r"\b(?:to|for|with|against|by)\W+(?:the\W+)?$", re.IGNORECASE)
_BESIDE = re.compile(r",? (?:and |& )?(?:the )?|, ?(?:the )?")
_REACH = 12


class Givers:
    """Donors of one document."""

    def __init__(self, parties: Parties) -> None:
        self.parties, self.actors, self.text = parties, parties.actors, parties.prose.document

    def of(
        self, item: Item, sentence: Sentence, clause: Clause, chain: Chain, decided: Decided
    ) -> tuple[str | None, ...]:
        """Who would give, with those named beside it: "the US and Germany"."""
        if decided.step == "requested":
            duty = decided.cue is not None and decided.cue.cue.kind is Kind.DUTY
            asked = self._giver(clause, chain, item) if duty else self._asked(clause, chain)
            return (asked or self._near(item, sentence, asking=True),)
        first = self._giver(clause, chain, item) or self._speaker(item) or self._near(item, sentence, asking=False)
        inside = [actor for actor in self.actors.within(clause.start, item.start) if actor.gives]
        at = next((place for place, actor in reversed(list(enumerate(inside))) if actor.party == first), 0)
        found = [first]
        while at > 0 and _BESIDE.fullmatch(self.text[inside[at - 1].end : inside[at].start]):
            at -= 1
            found.append(inside[at].party)
        return tuple(dict.fromkeys(reversed(found)))

    def _asked(self, clause: Clause, chain: Chain) -> str | None:
        """Whom the request goes to: after "from", or behind the asking word."""
        givers = [actor for actor in self.actors.within(clause.start, clause.end) if actor.gives]
        source = next((actor.party for actor in givers if self._after(_FROM, actor)), None)
        asked = next((cue.end for cue in chain.cues if cue.cue.kind in {Kind.ASK, Kind.WANT}), clause.end)
        return source or next((actor.party for actor in givers if actor.start >= asked and not actor.located), None)

    def _giver(self, clause: Clause, chain: Chain, item: Item) -> str | None:
        """The subject of the giving; of a passive who stands behind "by"."""
        behind = [actor for actor in self.actors.within(item.end, clause.end) if actor.gives]
        if chain.passive and (doer := next((actor for actor in behind if self._after(_BY, actor)), None)):
            return doer.party
        if debated := self._debating(clause, chain, item):
            return debated
        first = next((cue for cue in chain.cues if cue.cue.kind not in _CLEAR), chain.cues[0] if chain.cues else None)
        reach = first.start if first is not None and not chain.passive else item.start
        for reached in (reach, item.start):
            near = [actor for actor in self.actors.within(clause.start, reached) if actor.gives and not actor.located]
            if near:
                return near[-1].party
        return next((actor.party for actor in behind if self._firm(actor)), None)

    def _debating(self, clause: Clause, chain: Chain, item: Item) -> str | None:
        """Where it is discussed: "the debate in Washington over ..."."""
        weighed = (cue for cue in chain.cues if cue.cue.kind in {Kind.TALK, Kind.WEIGH})
        about = next((cue for cue in weighed if cue.cue.form in {"noun", "plain"}), None)
        if about is None or chain.passive:
            return None
        inside = self.actors.within(about.end, item.start) if clause.start <= about.start else ()
        return next((actor.party for actor in inside if actor.gives and actor.located), None)

    def _speaker(self, item: Item) -> str | None:
        """Who speaks for a giver: "we will send", says the chancellor."""
        party = self.parties.speaker_party(item)
        return party if party and party != UKRAINE and party not in AGAINST else None

    def _near(self, item: Item, sentence: Sentence, *, asking: bool) -> str | None:
        inside = [actor for actor in self.actors.within(sentence.start, sentence.end) if actor.gives]
        firm = [actor for actor in inside if self._firm(actor)]
        if not firm and not (asking and self.actors.main):
            firm = [actor for actor in inside if self.actors.main in {None, actor.party}]
        if firm:
            return min(firm, key=lambda actor: abs(actor.start - item.start)).party
        return self.actors.main

    def _firm(self, actor: Actor) -> bool:
        """Whether it acts: nothing goes to it, and it is no place."""
        return not actor.located and not self._after(_TOWARDS, actor)

    def _after(self, words: re.Pattern[str], actor: Actor) -> bool:
        return words.search(self.text[max(0, actor.start - _REACH) : actor.start]) is not None

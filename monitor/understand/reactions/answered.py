"""What a reaction answers: an item of aid, an event, a plan, or somebody's words. Pure."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from monitor.records.findings import AidStep, Event, Quote, Report, Span
from monitor.understand.aid import items as aid_items
from monitor.understand.aid.actors import party_of
from monitor.understand.aid.clauses import Clause
from monitor.understand.aid.item import PACKAGE, Item
from monitor.understand.prose import Prose, Sentence
from monitor.understand.reactions.cues import DONE_BY, Cue

_EVENTS = {
    "call": r"(?:phone |telephone )?calls?|(?:phone |telephone )?conversations?",
    "meeting": r"meetings?|summits?|encounters?",
    "visit": r"visits?|trips?",
    "talks_round": r"talks|negotiations|rounds? of talks",
    "ceasefire": r"ceasefires?|cease-fires?|truces?",
    "offer": r"offers?|proposals?",
    "sanction": r"sanctions?",
}
_PLAN = re.compile(
    r"\b(?:(?:the|a|an|any|his|her|its|their|this|that|such|new|latest|draft|[A-Z][\w’'-]{1,20}|\d{1,3}-point|"
    r"peace|full|"
    r"temporary|unconditional|ceasefire|truce|land|territorial|security|proposed|western|european|foreign|american|russian|"
    r"ukrainian|limited|energy|prisoner)[ -]){0,5}"
    r"(?:plans?|proposals?|deals?|offers?|ceasefires?|cease-fires?|truces?|demands?|ideas?|terms|ultimatums?|"
    r"swaps?|concessions?|sanctions|"
    r"troops|peacekeepers|security guarantees|frameworks?|agreements?|settlements?|initiatives?|deliver(?:y|"
    r"ies)|suppl(?:y|ies)|"
    r"force|contingent|invitations?|memorandums?)\b"
)
_CLAIM = re.compile(
    r"\b(?:(?:the|a|an|any|his|her|its|their|this|that|such|media|earlier|Russian|Ukrainian|"
    r"[A-Z][\w’'-]{1,20})[ -]){0,4}"
    r"(?:claims?|reports?|remarks?|statements?|words|accusations?|allegations?|assertions?|comments?|"
    r"suggestions?|rumou?rs?)\b"
)
_THAT = re.compile(r"\s+(?:\w+ ){0,2}?that\s+", re.IGNORECASE)
_CLAIMING = frozenset(("denial", "confirmation", "doubt"))
_BACKING = re.compile(r"back|support", re.IGNORECASE)
_NEAR = 50
_LONGEST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class What:
    """``answers`` is where the article tells of it, other than in the reaction itself."""

    about: str
    answers: Span | None = None


class Answered:
    """What one document tells that may be answered."""

    def __init__(
        self,
        prose: Prose,
        quotes: Sequence[Quote],
        reports: Sequence[Report],
        events: Sequence[Event],
        aid: Sequence[AidStep],
    ) -> None:
        self.prose, self.events, self.aid = prose, events, aid
        both: list[Quote | Report] = [*quotes, *reports]
        self._said = sorted(both, key=lambda said: said.start)

    def by(self, sentence: Sentence, clause: Clause, cue: Cue, who: str) -> What | None:
        """What the cue's clause, the rest of its sentence, or for a judgement the sentence before, says is answered."""
        reaches = [(cue.end, clause.end), (cue.end, sentence.end)]
        if _BACKING.match(self.prose.document, cue.start):
            # Whoever is supported is no plan; what is stands close by.
            reaches = [(cue.end, min(clause.end, cue.end + _NEAR))]
        elif DONE_BY.match(self.prose.document, cue.end, clause.end):
            reaches = [(clause.start, cue.start)]
        elif cue.judged or cue.kind == "warning":
            reaches = [(clause.start, clause.end), (sentence.start, sentence.end), *self._before(sentence)]
        content = self._content(clause, cue) if cue.kind in _CLAIMING and not cue.judged else None
        if cue.kind == "warning" and any(self._own(*reach, who) for reach in reaches):
            return None
        told = (self._aid(*reach, sentence) or self._event(*reach, sentence) for reach in reaches)
        named = (self._named(*reach, sentence, cue, who) for reach in reaches if reach[0] >= sentence.start)
        return next(filter(None, told), None) or content or next(filter(None, named), None)

    def _before(self, sentence: Sentence) -> list[tuple[int, int]]:
        number = self.prose.sentence_at(sentence.start)
        earlier = self.prose.sentences[max(0, number - 1) : number]
        return [(one.start, one.end) for one in earlier if sentence.paragraph - one.paragraph <= 1]

    def _own(self, start: int, end: int, who: str) -> bool:
        """Whether it is their own aid: who may give it threatens with it, and does not warn of it."""
        names = {item.name for item in self._items_in(start, end)}
        return any(step.item in names and step.donor in {who, party_of(who) or who} for step in self.aid)

    def _aid(self, start: int, end: int, sentence: Sentence) -> What | None:
        """An item that stands there, if the article tells of a step with it."""
        for item in self._items_in(start, end):
            steps = [step for step in self.aid if step.item == item.name]
            if steps:
                return What(about=item.name, answers=_elsewhere([step.evidence for step in steps], sentence))
        return None

    def _items_in(self, start: int, end: int) -> tuple[Item, ...]:
        if not self.aid:
            return ()
        return self._items[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    @cached_property
    def _items(self) -> tuple[Item, ...]:
        return tuple(item for item in aid_items.find(self.prose) if item.family != PACKAGE)

    @cached_property
    def _starts(self) -> list[int]:
        return [item.start for item in self._items]

    def _event(self, start: int, end: int, sentence: Sentence) -> What | None:
        """An event that the article tells of, named there by its kind of word; one that is told there comes first."""
        text = self.prose.document
        fitting = [
            event for event in self.events if event.type in _EVENTS and _EVENT[event.type].search(text, start, end)
        ]
        if not fitting:
            return None
        here = [event for event in fitting if start <= event.evidence.start < end]
        event = (here or fitting)[0]
        about = f"{event.type}: {', '.join(event.participants[:2])}" if event.participants else event.type
        return What(about=about, answers=_elsewhere([event.evidence], sentence))

    def _named(self, start: int, end: int, sentence: Sentence, cue: Cue, who: str) -> What | None:
        """A plan or somebody's words, by the noun that names them."""
        text = self.prose.document
        match = None if cue.judged else _CLAIM.search(text, start, end)
        if match:
            words = self._words_of_another(sentence, who)
            about = f"claim: {words.speaker}" if words is not None and words.speaker else _trimmed(match.group())
            return What(about=about, answers=self.prose.span(words.start, words.end) if words else None)
        match = _PLAN.search(text, start, end)
        if match is None:
            return None
        noun = re.split(r"[ -]", match.group())[-1].rstrip("s")
        told = next(
            (one for one in self.prose.sentences if one.start != sentence.start and noun in text[one.start : one.end]),
            None,
        )
        return What(about=_trimmed(match.group()), answers=self.prose.span(told.start, told.end) if told else None)

    def _words_of_another(self, sentence: Sentence, who: str) -> Quote | Report | None:
        """The nearest words of somebody else before the reaction, else behind it."""
        others = [
            said for said in self._said if said.speaker != who and not sentence.start <= said.start < sentence.end
        ]
        if not others:
            return None
        return min(others, key=lambda said: (said.start > sentence.start, abs(said.start - sentence.start)))

    def _content(self, clause: Clause, cue: Cue) -> What | None:
        """What a denial or confirmation says is so or not: "denied that ..."."""
        that = _THAT.match(self.prose.document, cue.end, clause.end)
        if that is None or clause.end - that.end() < 8:
            return None
        return What(about=_trimmed(self.prose.document[that.end() : clause.end]))


_EVENT = {kind: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for kind, words in _EVENTS.items()}


def _elsewhere(places: Sequence[Span], sentence: Sentence) -> Span | None:
    """The first that is not the reaction's own sentence; else that."""
    others = [place for place in places if not sentence.start <= place.start < sentence.end]
    return next(iter((*others, *places)), None)


def _trimmed(text: str) -> str:
    text = " ".join(text.split()).strip(" ,.;:'\"“”’")
    for article in ("the ", "a ", "an ", "any ", "that ", "this ", "such "):
        if text.casefold().startswith(article):
            text = text[len(article) :]
            break
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rsplit(" ", 1)[0] + "…"

"""Every place that tells of an event, read on its own: what will be merged and chosen from. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.records.findings import Span, TimeMention, When
from monitor.understand.events import countries, status
from monitor.understand.events.arguments import Parties, Reader
from monitor.understand.events.cast import HEADS, STATES, Cast
from monitor.understand.events.places import place_of
from monitor.understand.events.timing import Times, settled, time_of
from monitor.understand.events.triggers import Trigger, triggers
from monitor.understand.events.words import Words
from monitor.understand.prose import Prose, Sentence
from monitor.understand.refer import Referents

CONTACTS = frozenset({"call", "meeting", "talks_round", "visit"})
_NEEDS_OBJECT = frozenset({"phoned", "hosted"})
_TOGETHER = frozenset({"they", "their", "both", "other"})
_FAR = 1 << 60
_FURTHEST, _BEHIND, _LONGEST = 300, 200, 240
_PURPOSE = re.compile(r"\bfor (?:[\w-]+ ){0,4}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One telling of one event."""

    type: str
    family: str
    names: tuple[str, ...]
    where: str | None
    when: When | None
    status: str
    told: bool
    """The words around it say how far it has come; else it is a mere mention."""
    evidence: Span
    sentence: int
    in_title: bool
    tellings: int = 1


class Telling:
    """Reads the candidates of one document, each with what was told before it at hand."""

    def __init__(self, prose: Prose, times: Sequence[TimeMention], referents: Referents | None) -> None:
        self._prose, self._times = prose, Times(times)
        words = Words(prose.document)
        self._triggers = triggers(prose, words)
        self._cast = Cast(prose, words, referents) if self._triggers else None
        self._today = prose.published.date() if prose.published else None
        self.found: list[Candidate] = []

    def read(self) -> list[Candidate]:
        """All candidates, in order of place."""
        if self._cast is None:
            return []
        reader, limits = Reader(self._prose, self._cast), self._limits()
        for at, trigger in enumerate(self._triggers):
            number = self._prose.sentence_at(trigger.start)
            sentence = _near(self._prose.sentences[number], trigger.start)
            parties = reader.parties(sentence, trigger, limits[at])
            if trigger.rule.family in _NEEDS_OBJECT and not parties.object:
                continue
            if parties.how == "unnamed" and not parties.names:
                continue
            parties = self._completed(parties, trigger, sentence, number, self._cast)
            candidate = self._candidate(trigger, parties, sentence, number)
            if candidate is not None:
                self.found.append(candidate)
        return self.found

    def _limits(self) -> list[int]:
        """For each trigger where the next contact is told of: who stands behind that belongs to it."""
        limits, limit = list[int](), _FAR
        for trigger in reversed(self._triggers):
            limits.append(limit)
            limit = trigger.start if trigger.rule.type in CONTACTS else limit
        return limits[::-1]

    def _completed(self, parties: Parties, trigger: Trigger, sentence: Sentence, number: int, cast: Cast) -> Parties:
        """Parties with those that "they" stands for, without spokespeople, and with who came for the talks."""
        names = parties.names
        if parties.both in HEADS and not trigger.rule.verb and trigger.rule.type in CONTACTS:
            # "The ministers will speak to prepare a summit of their presidents."
            names = cast.leaders(parties.start) or names
        if parties.both and len(names) < 2:
            names = (*names, *self._both(parties, number, cast))
        if trigger.rule.type in CONTACTS:
            names = tuple(name for name in names if not countries.speaks_for_others(name))
        else:
            names = tuple(party for name in names if (party := countries.party(name)))
        last = self.found[-1] if self.found else None
        noun_after = last and last.sentence == number and last.type in CONTACTS and not trigger.rule.verb
        # "Received Zelensky for talks", "flew to Geneva for talks with officials".
        if last and noun_after and _PURPOSE.search(self._prose.document, sentence.start, trigger.start):
            names = (*last.names, *names)
        return replace(parties, names=tuple(dict.fromkeys(names)))

    def _both(self, parties: Parties, number: int, cast: Cast) -> tuple[str, ...]:
        """Whom "they" means: two named in one breath, the last event's parties, or the two named last."""
        states = parties.both in STATES
        if parties.both in HEADS and (heads := cast.leaders(parties.start)):
            return heads
        if parties.both in _TOGETHER:
            floor = self._prose.sentences[max(0, number - 1)].start
            together = cast.together(floor, parties.start, states=states)
            if together:
                return together
        near = (one for one in reversed(self.found[-6:]) if number - one.sentence <= 3)
        last = next((one for one in near if len(one.names) >= 2 and one.type in CONTACTS), None)
        return last.names if last and not states else cast.pair(parties.start, states=states)

    def _candidate(self, trigger: Trigger, parties: Parties, sentence: Sentence, number: int) -> Candidate | None:
        rule, contact = trigger.rule, trigger.rule.type in CONTACTS
        state, told = self._status(trigger, parties, sentence)
        if state is None:
            return None
        time = time_of(
            self._times.within(sentence.start, sentence.end),
            sentence,
            trigger.start,
            trigger.end,
            self._prose.document,
            contact=contact,
        )
        when = time.when if time else None
        if time is not None and contact:
            when, state = settled(time, state, told=told, today=self._today)
        visit = rule.type == "visit"
        where, reach = place_of(self._prose, sentence, trigger.start, trigger.end, noun=not rule.verb, visit=visit)
        end = max(parties.end, reach)
        if time is not None and sentence.start <= time.start and time.end <= end + 40:
            end = max(end, time.end)
        return Candidate(
            type=self._type(trigger, parties, sentence, in_place=bool(where and reach)), family=rule.family,
            names=parties.names, where=where, when=when, status=state, told=told, sentence=number,
            evidence=self._evidence(parties.start, end, trigger), in_title=sentence.start < self._prose.title_end,
        )  # fmt: skip

    def _status(self, trigger: Trigger, parties: Parties, sentence: Sentence) -> tuple[str | None, bool]:
        document, rule = self._prose.document, trigger.rule
        left = document[sentence.start : trigger.start]
        right = document[trigger.end : min(sentence.end, trigger.end + _BEHIND)]
        clause = status.clause_before(left)
        told: tuple[str | None, bool]
        if rule.verb:
            told = status.of_verb(document[trigger.start : trigger.end].lower(), clause, left), True
        else:
            told = status.of_noun(clause, left, right)
        if told[0] is None:
            return told
        if rule.type == "offer":
            authored = (
                rule.verb or parties.how != "subject" or status.is_authored(document[parties.start : trigger.start])
            )
            return status.PROPOSED, authored
        if rule.family == "talks" and not told[1]:
            return status.UNDER_WAY, False
        if rule.type in {"ceasefire", "sanction"} and not document[trigger.start : trigger.end].endswith("ed"):
            return status.of_measure(rule.family, clause, right)
        return told

    def _type(self, trigger: Trigger, parties: Parties, sentence: Sentence, *, in_place: bool) -> str:
        """Who speaks somewhere meets, unless by telephone; talks of two leaders are a meeting."""
        rule = trigger.rule
        if rule.family == "spoke" and in_place:
            voice = status.mentions_voice(self._prose.document[trigger.start : sentence.end])
            return rule.type if voice else "meeting"
        leaders = sum(countries.is_leader(name) for name in parties.names)
        return "meeting" if rule.type == "talks_round" and leaders >= 2 else rule.type

    def _evidence(self, start: int, end: int, trigger: Trigger) -> Span:
        """The words from the first party to the last, at most so many, cut between words, the trigger among them."""
        document, least = self._prose.document, trigger.end - _LONGEST + 40
        if start < least:
            start = min(max(document.find(" ", least), least) + 1, trigger.start)
        return self._prose.span(start, max(trigger.end, min(end, start + _LONGEST)))


def _near(sentence: Sentence, at: int) -> Sentence:
    """The part of a monstrous sentence that is near enough."""
    start, end = max(sentence.start, at - _FURTHEST), min(sentence.end, at + _FURTHEST)
    return Sentence(start=start, end=max(start, end), paragraph=sentence.paragraph)


def tellings(prose: Prose, times: Sequence[TimeMention], referents: Referents | None = None) -> list[Candidate]:
    """All candidates of a document, in order of place."""
    return Telling(prose, times, referents).read()

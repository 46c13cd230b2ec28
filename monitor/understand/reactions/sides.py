"""Who reacts: the subject of the reacting verb, or the speaker of the words that judge. Pure."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from monitor.records.findings import Entity, Quote, Report
from monitor.understand.aid.actors import acting
from monitor.understand.aid.clauses import Clause
from monitor.understand.prose import Prose, Sentence
from monitor.understand.reactions.cues import DONE_BY, Cue
from monitor.understand.refer import SUBJECT, Referents

_AND = re.compile(r"\band (?:also |\w+ly |has |had |have )?$")
_GOING_ON = frozenset(("saying", "adding", "noting"))
_LONGEST_SUBJECT = 90


class Sides:
    """Who may react in one document."""

    def __init__(
        self, prose: Prose, quotes: Sequence[Quote], reports: Sequence[Report], referents: Referents | None
    ) -> None:
        self.prose = prose
        self._referents = referents
        both: list[Quote | Report] = [*quotes, *reports]
        self._said = sorted(both, key=lambda said: said.start)
        self._starts = [said.start for said in self._said]
        self._entities = {entity.name: entity for entity in prose.entities}

    @property
    def referents(self) -> Referents:
        """Built when first asked for, where the caller has none."""
        if self._referents is None:
            self._referents = Referents(self.prose)
        return self._referents

    def who(self, sentence: Sentence, clause: Clause, cue: Cue) -> Entity | None:
        """The person, government or alliance that reacts; None where it is nobody known."""
        said = self._said_at(cue.start)
        if said is not None and isinstance(said, Quote):
            # Inside a quotation only judgements are the speaker's; its verbs tell of others.
            return self._speaker(said) if cue.judged else None
        if cue.judged:
            speaker = self._speaker(said) if said is not None else None
            return speaker or self._first_subject(sentence.start, cue.start)
        passive = DONE_BY.match(self.prose.document, cue.end, clause.end)
        if passive:
            return self._first(passive.end(), min(clause.end, passive.end() + 60))
        if clause.opener in _GOING_ON or _AND.search(
            self.prose.document, max(sentence.start, cue.start - 12), cue.start
        ):
            return self._first_subject(sentence.start, cue.start)
        return self._subject(clause.start, cue.start)

    def _speaker(self, said: Quote | Report) -> Entity | None:
        return acting(self._entities.get(said.speaker or ""))

    def _subject(self, start: int, end: int) -> Entity | None:
        """The last subject before the cue, if it can act."""
        for reference in reversed(self.referents.between(start, end)):
            if end - reference.end > _LONGEST_SUBJECT:
                return None
            if reference.start >= start and reference.end <= end and reference.role == SUBJECT and not reference.quoted:
                return acting(reference.entity)
        return None

    def _first_subject(self, start: int, end: int) -> Entity | None:
        """The first subject of the sentence: who goes on speaking behind "and" and "saying"."""
        for reference in self.referents.between(start, end):
            if start <= reference.start and reference.end <= end and reference.role == SUBJECT and not reference.quoted:
                return acting(reference.entity)
        return None

    def _first(self, start: int, end: int) -> Entity | None:
        for reference in self.referents.between(start, end):
            if reference.start >= start and reference.entity is not None:
                return acting(reference.entity)
        return None

    def _said_at(self, place: int) -> Quote | Report | None:
        at = bisect_right(self._starts, place) - 1
        inside = [said for said in self._said[max(0, at - 3) : at + 1] if said.start <= place < said.end]
        quoted = [said for said in inside if isinstance(said, Quote)]
        return next(iter((*quoted, *inside)), None)

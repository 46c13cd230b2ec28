"""An article to reactions: who reacts, how, and to what. Pure.

Somebody who reacts is a person, a government or an alliance; what is answered must be named, or the words are none: an
item of aid that the article tells of, an event, a plan, or what somebody said.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from monitor.records.findings import AidStep, Event, Quote, Reaction, Report
from monitor.understand.aid.clauses import Clause, split
from monitor.understand.prose import Prose, Sentence
from monitor.understand.reactions import cues
from monitor.understand.reactions.answered import Answered
from monitor.understand.reactions.cues import Cue
from monitor.understand.reactions.sides import Sides
from monitor.understand.refer import Referents

MOST = 8
# Longer sentences are no prose, and an article that reacts more often than this reacts to the same things.
LONGEST_SENTENCE = 2_000
MOST_CUES = 60


def find(
    prose: Prose,
    quotes: Sequence[Quote],
    reports: Sequence[Report],
    events: Sequence[Event],
    aid: Sequence[AidStep],
    referents: Referents | None = None,
) -> tuple[Reaction, ...]:
    """The reactions that the article tells of, at most eight, in order of place; one for each who, kind and what."""
    sides = Sides(prose, quotes, reports, referents)
    answered = Answered(prose, quotes, reports, events, aid)
    found: dict[tuple[str, str, str], Reaction] = {}
    for sentence, clause, cue in islice(_cues(prose), MOST_CUES):
        by = sides.who(sentence, clause, cue)
        what = answered.by(sentence, clause, cue, by.name) if by else None
        if by and what:
            reaction = Reaction(
                by=by.name,
                by_id=by.id,
                kind=cue.kind,
                about=what.about,
                evidence=prose.span(clause.start, clause.end),
                answers=what.answers,
            )
            found.setdefault((by.name, cue.kind, what.about), reaction)
    return tuple(sorted(found.values(), key=lambda one: (one.evidence.start, one.kind))[:MOST])


def _cues(prose: Prose) -> Iterator[tuple[Sentence, Clause, Cue]]:
    """Every cue with its sentence and the clause that holds it, in order."""
    for sentence in prose.sentences:
        if sentence.end - sentence.start > LONGEST_SENTENCE:
            continue
        clauses: tuple[Clause, ...] = ()
        for cue in cues.find(prose.document, sentence.start, sentence.end):
            clauses = clauses or split(prose.document, sentence.start, sentence.end)
            yield sentence, next(clause for clause in reversed(clauses) if clause.start <= cue.start), cue

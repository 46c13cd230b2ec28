"""An article to aid steps: items, the cues that govern them, who gives and who says so, the most important kept. Pure.

An item of aid is looked for first; only sentences that hold one are read further. Most articles hold none.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice

from monitor.records.findings import AidStep, Quote, Report
from monitor.understand.aid import items as aid_items
from monitor.understand.aid.actors import Actors
from monitor.understand.aid.clauses import split
from monitor.understand.aid.item import Item
from monitor.understand.aid.merging import kept
from monitor.understand.aid.parties import Parties
from monitor.understand.aid.reading import Place, Reading
from monitor.understand.prose import Prose

# Longer ones are no prose but lists and broken pages, and what they say of one item they say of all.
LONGEST_SENTENCE = 2_000
MOST_ITEMS = 12
MOST_PLACES = 200
LEAST_ABOUT = 0.05
_UKRAINE = re.compile(r"Ukrain|Kyiv|Kiev|Zelensk")


def find(
    prose: Prose, quotes: Sequence[Quote], reports: Sequence[Report], *, missile_aid: float = 1.0
) -> tuple[AidStep, ...]:
    """The steps of aid to Ukraine that the article tells of, at most four, in order of place.

    ``missile_aid`` is the topic's probability, where there is one. Far below the threshold, "weapons" and "air defence"
    mean other things; named systems are believed there too.
    """
    if not _UKRAINE.search(prose.document):
        return ()
    items = [item for item in aid_items.find(prose) if item.named or missile_aid >= LEAST_ABOUT]
    if not items:
        return ()
    reading = Reading(prose, Parties(prose, Actors(prose), quotes, reports))
    return kept(
        [candidate for place in islice(_places(prose, items), MOST_PLACES) for candidate in reading.candidates(place)]
    )


def _places(prose: Prose, items: Sequence[Item]) -> Iterator[Place]:
    """Each item in its clause, in order; at most twelve of one sentence."""
    names = sorted((mention.start, mention.end) for mention in prose.mentions)
    grouped: dict[int, list[Item]] = {}
    for item in items:
        grouped.setdefault(prose.sentence_at(item.start), []).append(item)
    for number, inside in grouped.items():
        sentence = prose.sentences[number]
        if sentence.end - sentence.start > LONGEST_SENTENCE:
            continue
        clauses = split(prose.document, sentence.start, sentence.end, names)
        starts = [clause.start for clause in clauses]
        for item in inside[:MOST_ITEMS]:
            at = bisect_right(starts, item.start) - 1
            if at >= 0:
                yield Place(item=item, sentence=sentence, clauses=clauses, at=at, items=tuple(inside[:MOST_ITEMS]))

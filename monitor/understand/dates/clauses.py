"""The time that belongs to a clause: which of a text's times tells when an event happens. Pure.

English puts a time beside its verb, so the nearest one in the sentence counts; less so when a verb of saying has it
("said on Monday that ...") or when words stand between that begin another clause.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from monitor.records.findings import TimeMention
from monitor.understand.prose import Prose

# "said on Monday", "told reporters late on Friday": when it was said, not when it happened.
_SAID = re.compile(
    r"\b(?:said|says|told|tells|announced|confirmed|wrote|posted|added|stated|reported|reports|warned|claimed|insisted|"
    r"declared|suggested|noted|revealed|acknowledged|hinted|denied|argued|saying|speaking|remarks|comments|statement|"
    r"interview|briefing|published|signall?ed|indicated)\b[^,;.\n]{0,40}$"
)
_SAYING = re.compile(
    r"(?:['’]s)? (?:[a-z]{1,20} )?"
    r"(?:that\b|interview|statement|press conference|news conference|briefing|post\b|address|remarks|speech)"
)
# What begins another clause.
_BREAK = re.compile(
    r"[;:\n“”\"]|, (?:and|but|saying|adding|with)\b|\b(?:after|before|ahead of|following|since|until|while|because|"
    r"although|though|unless|that|who|which|where|whose|when|but|said|says|told)\b"
)
_OPEN = ("since", "until", "till")
_BREAK_COST, _SAID_COST, _FARTHEST = 60, 120, 400
_BACK = 60
# No expression of time is longer.
_LONGEST = 100


def of(times: Sequence[TimeMention], start: int, end: int, prose: Prose, *, tense: str = "") -> TimeMention | None:
    """The mention that tells when what stands at ``start:end`` happens; None when none does.

    ``tense`` is the event's own where it is known (``past`` or ``future``): times of the other are passed over.
    """
    if not prose.sentences:
        return None
    number = prose.sentence_at(start)
    # What stands farther away than this is never taken, so a sentence without end costs nothing.
    low = max(prose.sentences[number].start, start - _FARTHEST - _LONGEST)
    high = min(max(end, prose.sentences[number].end), end + _FARTHEST)
    best = min(_costs(_between(times, low, high), start, end, prose, tense), default=None)
    # A headline is told again, with its day, by the lead; a sentence goes on with what the one before told.
    other = number + 1 if start < prose.title_end else number - 1
    if best is None and 0 <= other < len(prose.sentences):
        sentence = prose.sentences[other]
        best = min(_alone(_between(times, sentence.start, sentence.end), prose, tense), default=None)
    return times[best[1]] if best else None


def _between(times: Sequence[TimeMention], low: int, high: int) -> Iterator[tuple[int, TimeMention]]:
    first = bisect_left(times, low, key=lambda mention: mention.start)
    for number in range(first, len(times)):
        if times[number].start >= high:
            return
        yield number, times[number]


def _costs(
    found: Iterator[tuple[int, TimeMention]], start: int, end: int, prose: Prose, tense: str
) -> Iterator[tuple[int, int]]:
    for number, mention in found:
        if not _usable(mention, tense, prose):
            continue
        gap = prose.text(mention.end, start) if mention.end <= start else prose.text(end, mention.start)
        if len(gap) > _FARTHEST:
            continue
        cost = len(gap) + _BREAK_COST * len(_BREAK.findall(gap)) + _SAID_COST * _said(mention, prose)
        if cost <= _FARTHEST:
            yield cost, number


def _alone(found: Iterator[tuple[int, TimeMention]], prose: Prose, tense: str) -> Iterator[tuple[int, int]]:
    """The one time that another sentence tells; where it tells several, nobody knows which is meant."""
    usable = [(number, mention) for number, mention in found if _usable(mention, tense, prose)]
    if len(usable) == 1 and not _said(usable[0][1], prose):
        yield 0, usable[0][0]


def _usable(mention: TimeMention, tense: str, prose: Prose) -> bool:
    if mention.when is None or mention.text.lower().startswith(_OPEN):
        return False
    if {tense, mention.tense} != {"past", "future"}:
        return True
    # On the day of writing, one clause may look back and the next ahead.
    day = prose.published.date() if prose.published else None
    return day is not None and mention.when.start == day == mention.when.end


def _said(mention: TimeMention, prose: Prose) -> bool:
    before = prose.text(max(0, mention.start - _BACK), mention.start)
    after = prose.text(mention.end, mention.end + _BACK)
    return _SAID.search(before) is not None or _SAYING.match(after) is not None

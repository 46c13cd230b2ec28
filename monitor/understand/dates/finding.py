"""From a text to its mentions of time: sentences, phrases, readings, intervals, ranges. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice

from monitor.records.findings import TimeMention, When
from monitor.understand.dates.grammar import phrases
from monitor.understand.dates.ground import Ground
from monitor.understand.dates.joining import Told, joined
from monitor.understand.dates.readings import reading_of
from monitor.understand.dates.resolving import resolved
from monitor.understand.dates.stamps import writing_day
from monitor.understand.dates.tense import Tenses, ordered
from monitor.understand.dates.verbs import FUTURE, PAST
from monitor.understand.dates.words import Words, lowered, may_tell
from monitor.understand.dates.zones import local_day, zone_of
from monitor.understand.prose import Prose

# No article tells more times than this; a text of nothing but years must not keep others waiting.
_MOST = 2000
_MONTH_FIRST = frozenset({"America/New_York", "Asia/Manila"})


def find(prose: Prose) -> tuple[TimeMention, ...]:
    """Every expression of time in the document, in order."""
    zone = zone_of(prose.article.source, prose.article.url)
    today = local_day(prose.published, zone) if prose.published else None
    today = writing_day(prose.document, prose.title_end, today)
    bounds = [(sentence.start, sentence.end) for sentence in prose.sentences]
    return tuple(_mentions(prose.document, bounds, Ground(today=today, month_first=zone in _MONTH_FIRST)))


def resolve(text: str, published: datetime | None, zone: str = "UTC") -> When | None:
    """What a lone expression means, or the first among a few words, written at that time in that zone."""
    today = local_day(published, zone) if published else None
    found = _mentions(text, [(0, len(text))], Ground(today=today, month_first=zone in _MONTH_FIRST))
    return next((mention.when for mention in found), None)


@dataclass(slots=True)
class _Thread:
    """What earlier sentences told, for those that count from it."""

    near: date | None = None
    year: int = 0
    left: int = _MOST

    def told(self, one: Told) -> None:
        if one.reading.kind == "year":
            self.year = one.reading.year
        if one.when is not None and one.when.start == one.when.end and one.reading.kind != "clock":
            self.near = one.when.start


def _mentions(text: str, bounds: Sequence[tuple[int, int]], ground: Ground) -> Iterator[TimeMention]:
    small, thread = lowered(text), _Thread()
    for start, end in bounds:
        if not thread.left or not may_tell(small, start, end):
            continue
        words = Words(text, small, start, end)
        thread.year = 0
        for one in joined(list(_told(words, ground, thread)), words, ground.today):
            place, last = words.starts[one.first], words.ends[one.after - 1]
            yield TimeMention(
                start=place,
                end=last,
                text=text[place:last],
                when=one.when,
                tense=ordered(one.when, _tense(one), ground.today),
            )


def _tense(one: Told) -> str:
    """What the expression says itself of before and after, else what its verbs say."""
    if one.reading.kind.startswith("echo"):
        return one.tense
    return {"before": PAST, "after": FUTURE}.get(one.reading.part, one.tense)


def _told(words: Words, ground: Ground, thread: _Thread) -> Iterator[Told]:
    tenses = Tenses(words)
    for phrase in islice(phrases(words), thread.left):
        thread.left -= 1
        reading = reading_of(phrase)
        if reading is None:
            continue
        tense = tenses.at(phrase.first, phrase.after)
        when = resolved(reading, replace(ground, tense=tense, near=thread.near, year=thread.year))
        if when is None and reading.kind == "ahead":
            continue
        one = Told(first=phrase.first, after=phrase.after, reading=reading, tense=tense, when=when)
        thread.told(one)
        yield one

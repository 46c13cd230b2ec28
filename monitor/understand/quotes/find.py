"""Puts the quotations of one document together: which pieces count, whose they are, what belongs to one utterance."""

from dataclasses import dataclass

from monitor.records.findings import Entity, Quote, Report, Span
from monitor.text import words
from monitor.understand.marks import Marked
from monitor.understand.names import link
from monitor.understand.prose import Prose
from monitor.understand.quotes.about import Subjects
from monitor.understand.quotes.attribute import Attributor
from monitor.understand.quotes.channels import Channels
from monitor.understand.quotes.frames import Frames
from monitor.understand.quotes.reports import contents
from monitor.understand.quotes.speakers import Attribution, Source, Speakers
from monitor.understand.refer import Referents

LEAST_WORDS = 3
_LONGEST_TITLE = 8
_JUST_BEFORE, _BESIDE = 4, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributed:
    """A quotation and the place of the phrase that says who speaks (None where the text does not say)."""

    quote: Quote
    source_start: int | None
    source_end: int | None


def find(prose: Prose, referents: Referents) -> tuple[tuple[Quote, ...], tuple[Report, ...]]:
    """Return direct quotations and reported speech, each in order of place."""
    finder = _Finder(prose, referents)
    return tuple(one.quote for one in finder.quotations()), tuple(finder.reports())


def attributed(prose: Prose, referents: Referents) -> tuple[Attributed, ...]:
    """Return direct quotations with the place of their source, for measuring."""
    return tuple(_Finder(prose, referents).quotations())


class _Finder:
    def __init__(self, prose: Prose, referents: Referents) -> None:
        self.prose = prose
        self.pieces = referents.quoted.pieces
        self.frames = Frames(prose, self.pieces)
        self.speakers = Speakers(prose, referents)
        self.attributions = Attributor(self.speakers, self.frames).found
        self._echo()
        self.channels = Channels(prose, self.frames, referents)
        self.subjects = Subjects(prose, self.frames, referents)

    def quotations(self) -> list[Attributed]:
        """All direct quotations, in order of place."""
        parts = self._parts()
        return [
            self._attributed(number, piece, parts[number])
            for number, piece in enumerate(self.pieces)
            if self._is_quotation(number, piece)
        ]

    def reports(self) -> list[Report]:
        """All reported speech, in order of place."""
        return [
            self._report(content.start, content.end, content.attribution)
            for content in contents(self.speakers, self.frames)
        ]

    def _is_quotation(self, number: int, piece: Marked) -> bool:
        """Whether the words are somebody's: not a lone word, and not a title, capitalised and by itself."""
        spoken = self.prose.document[piece.start : piece.end].split()
        if len(spoken) < LEAST_WORDS or not (piece.closed or piece.goes_on):
            return False
        long = [word for word in spoken if len(word) > 3]
        titled = bool(long) and spoken[0][0].isupper() and all(word[0].isupper() for word in long)
        if not titled or len(spoken) > _LONGEST_TITLE or spoken[-1][-1] in "?!":
            return True
        attribution = self.attributions.get(number)
        if attribution is None or not attribution.has_cue:
            return False
        before, behind = piece.outer_start - attribution.cue_end, attribution.cue_start - piece.outer_end
        return 0 <= before < _JUST_BEFORE or 0 <= behind < _BESIDE

    def _attributed(self, number: int, piece: Marked, part: int) -> Attributed:
        attribution = self.attributions.get(number)
        source = attribution.source if attribution else None
        entity = self._entity(source)
        quote = Quote(
            text=self.prose.text(piece.start, piece.end), start=piece.start, end=piece.end,
            speaker=entity.name if entity else None, speaker_id=entity.id if entity else None,
            channel=self.channels.of(piece.outer_start, attribution, entity), part_of=part,
            cue=self._cue(attribution), about=self.subjects.of(piece.start, piece.end, entity),
        )  # fmt: skip
        return Attributed(
            quote=quote, source_start=source.start if source else None, source_end=source.end if source else None
        )

    def _report(self, start: int, end: int, attribution: Attribution) -> Report:
        entity = self._entity(attribution.source)
        return Report(
            text=self.prose.text(start, end), start=start, end=end, speaker=entity.name if entity else None,
            speaker_id=entity.id if entity else None, channel=self.channels.of(start, attribution, entity),
            cue=self._cue(attribution), about=self.subjects.of(start, end, entity),
        )  # fmt: skip

    def _cue(self, attribution: Attribution | None) -> Span | None:
        if attribution is None or not attribution.has_cue:
            return None
        return self.prose.span(attribution.cue_start, attribution.cue_end)

    def _entity(self, source: Source | None) -> Entity | None:
        """Who the source is; a name that nobody tagged is looked up."""
        if source is None or source.entity is not None or not source.name:
            return source.entity if source else None
        known = link(source.name)
        if known is not None:
            return Entity(name=known.name, type=known.type, id=known.id or None, mentions=())
        return Entity(name=source.name, type="person", id=None, mentions=())

    def _parts(self) -> list[int]:
        """The number of the utterance that each piece belongs to, counted from 1."""
        parts, last = list[int](), 0
        for number, piece in enumerate(self.pieces):
            if number and self._is_one(number - 1, number, self.pieces[number - 1], piece):
                parts.append(last)
            else:
                last += 1
                parts.append(last)
        return parts

    def _is_one(self, one: int, other: int, first: Marked, second: Marked) -> bool:
        """`"A," he said, "B."`, or a quotation that goes on in the next paragraph."""
        gap = self.prose.document[first.outer_end : second.outer_start]
        if first.goes_on:
            return not gap.strip()
        mine, its = self.attributions.get(one), self.attributions.get(other)
        if mine is None or its is None or "\n" in gap or mine.cue_start != its.cue_start:
            return False
        within = first.outer_end <= mine.cue_start < second.outer_start
        return within and self.frames.number_at(second.outer_start) - self.frames.number_at(first.outer_start) <= 1

    def _echo(self) -> None:
        """A headline's quotation is a repetition: where the text has the same words, it says whose they are."""
        body = [
            (f" {' '.join(words(self.prose.text(piece.start, piece.end)))} ", number)
            for number, piece in enumerate(self.pieces)
            if piece.start > self.prose.title_end and number in self.attributions
        ]
        for number, piece in enumerate(self.pieces):
            if piece.start > self.prose.title_end:
                break
            found = self.attributions.get(number)
            if found is not None and found.has_cue and found.source.entity is not None:
                continue
            said = f" {' '.join(words(self.prose.text(piece.start, piece.end)))} "
            again = next((other for text, other in body if said in text), None)
            if again is not None:
                self.attributions[number] = self.attributions[again]

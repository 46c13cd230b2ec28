"""A document with its sentences, paragraphs and named entities in place: what every extractor reads. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from monitor.records.articles import Article
from monitor.records.findings import Entity, Span
from monitor.text import sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence; ``paragraph`` counts from 0, which is the title."""

    start: int
    end: int
    paragraph: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One place where an entity is named."""

    start: int
    end: int
    text: str
    entity: Entity


class Prose:
    """One article as extractors see it. Offsets count in ``document`` (title, blank line, text)."""

    def __init__(self, article: Article, entities: Sequence[Entity] = ()) -> None:
        self.article = article
        self.document = article.document
        self.entities = tuple(entities)

    @property
    def published(self) -> datetime | None:
        """When the article was published, aware; None when nobody says."""
        return self.article.published

    @property
    def title_end(self) -> int:
        """Where the title ends."""
        return len(self.article.title)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences in order, the title's first."""
        found, paragraph, last = [], 0, 0
        for start, end in sentences(self.document):
            paragraph += "\n" in self.document[last:start]
            found.append(Sentence(start=start, end=end, paragraph=paragraph))
            last = end
        return tuple(found)

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """Every mention of every entity, in order of place."""
        found = [
            Mention(start=span.start, end=span.end, text=span.text, entity=entity)
            for entity in self.entities
            for span in entity.mentions
        ]
        return tuple(sorted(found, key=lambda mention: (mention.start, -mention.end)))

    def text(self, start: int, end: int) -> str:
        """The document's characters ``start:end``."""
        return self.document[start:end]

    def span(self, start: int, end: int) -> Span:
        """A span of the document."""
        return Span(start=start, end=end, text=self.document[start:end])

    def sentence_at(self, place: int) -> int:
        """The number of the sentence that holds ``place``; the nearest one before it, between sentences."""
        return max(0, bisect_right(self._starts, place) - 1)

    def mentions_in(self, start: int, end: int, kinds: Sequence[str] = ()) -> tuple[Mention, ...]:
        """Mentions that begin in ``start:end``, of these entity types (all, when none is given)."""
        first, after = bisect_left(self._places, start), bisect_left(self._places, end)
        return tuple(mention for mention in self.mentions[first:after] if not kinds or mention.entity.type in kinds)

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    @cached_property
    def _places(self) -> list[int]:
        return [mention.start for mention in self.mentions]

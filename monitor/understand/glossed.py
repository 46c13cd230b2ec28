"""Ukrainian and Russian read in rough English; what is found is told in the article's own words again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.records.articles import GLOSS, Article, Translation
from monitor.records.findings import Entity, Findings, Span, Topic
from monitor.understand.reader import Reader

if TYPE_CHECKING:
    from monitor.understand.gloss import Gloss


class GlossReader:
    """Glosses an article, has ``reader`` understand that, and leads every span back; the reader stays its owner's."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def understand(self, articles: Sequence[Article]) -> list[Findings]:
        """Return findings per article, in order; evidence and mentions are spans of the article's own document."""
        rendered = [_glossed(article) for article in articles]
        found = self._reader.understand([english for english, _ in rendered])
        return [_led_back(*parts) for parts in zip(articles, rendered, found, strict=True)]

    def screen(self, articles: Sequence[Article]) -> list[Mapping[str, float]]:
        """Score the glosses of titles with summaries."""
        return self._reader.screen([_glossed(article)[0] for article in articles])

    def close(self) -> None:
        """Nothing to let go of."""


def _glossed(article: Article) -> "tuple[Article, Gloss]":
    # Imported on use: who has no such route need not load the words.
    from monitor.understand.gloss import article_gloss

    english, gloss = article_gloss(article)
    return replace(english, language="en"), gloss


def _led_back(article: Article, rendered: "tuple[Article, Gloss]", findings: Findings) -> Findings:
    english, gloss = rendered
    return replace(
        findings,
        language=article.language,
        topics=tuple(_topic(topic, article, gloss) for topic in findings.topics),
        entities=tuple(_entity(entity, article, gloss) for entity in findings.entities),
        translation=Translation(title=english.title, text=english.text, by=GLOSS),
    )


def _topic(topic: Topic, article: Article, gloss: "Gloss") -> Topic:
    return replace(topic, evidence=_span(topic.evidence, article, gloss)) if topic.evidence else topic


def _entity(entity: Entity, article: Article, gloss: "Gloss") -> Entity:
    # Two names in the gloss may come from one word.
    spans = dict.fromkeys(_span(mention, article, gloss) for mention in entity.mentions)
    return replace(entity, mentions=tuple(spans))


def _span(span: Span, article: Article, gloss: "Gloss") -> Span:
    start, end = gloss.source(span.start, span.end)
    return Span(start=start, end=end, text=article.document[start:end])

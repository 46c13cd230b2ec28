"""Articles to findings: the one place where the model's reading becomes topics and entities."""

from collections.abc import Mapping, Sequence

from monitor.records.articles import Article
from monitor.records.findings import Findings
from monitor.understand import entities, topics
from monitor.understand.model import Classifier


class Reader:
    """Understands documents with one classifier, by its thresholds."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier

    @property
    def model(self) -> str:
        """The classifier's name with its weights' hash."""
        return self._classifier.name

    def understand(self, articles: Sequence[Article]) -> list[Findings]:
        """Return one Findings per article, in order; an article's findings do not depend on its neighbours."""
        found = []
        for article, reading in zip(articles, self._classifier.read(articles), strict=True):
            document = article.document
            found.append(
                Findings(
                    article_id=article.id,
                    language=article.language,
                    model=self._classifier.name,
                    topics=topics.decide(document, reading.scores, reading.shares, self._classifier.thresholds),
                    entities=entities.find(document, reading.tagged),
                    embedding=reading.embedding,
                )
            )
        return found

    def screen(self, articles: Sequence[Article]) -> list[Mapping[str, float]]:
        """Score titles with summaries per topic: the gate's question."""
        return self._classifier.screen(articles)

    def close(self) -> None:
        """Let go of the classifier."""
        self._classifier.close()

"""``python -m models.recipe.headlines [MODEL]``: Ukrainian and Russian headlines, read as they are and by the gloss.

The 200 headlines a language in ``models/data/evaluation`` are only measured on: no word list is worded after them.
MODEL is a model's folder; without it ``MONITOR_MODEL`` is used, and without that the shipped weights.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from models.recipe.data import OWN
from monitor.records.articles import Article
from monitor.records.findings import TOPICS
from monitor.understand.evaluate import TopicFigures, topic_figures
from monitor.understand.folder import shipped_folder
from monitor.understand.gloss import LANGUAGES, article_gloss
from monitor.understand.model import Classifier, OnnxClassifier

EITHER = "either"
WAYS = {"as it is": False, "by gloss": True}
Headline = tuple[Article, Mapping[str, int]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table of figures."""
    parser = argparse.ArgumentParser(prog="python -m models.recipe.headlines", description=__doc__)
    parser.add_argument("model", nargs="?", type=Path, help="the model's folder")
    given = parser.parse_args(arguments).model or os.environ.get("MONITOR_MODEL")
    classifier = OnnxClassifier(Path(given) if given else shipped_folder())
    table = Table(title=f"Headlines read by {classifier.name}", title_justify="left")
    for column in ("", "read", "topic", "n", "match", "AP", "F1", "P", "R"):
        table.add_column(column, no_wrap=True)
    for language in LANGUAGES:
        headlines = read_headlines(OWN / "evaluation" / f"headlines_{language}.jsonl")
        for way, by_gloss in WAYS.items():
            for row in figures(classifier, headlines, by_gloss=by_gloss):
                table.add_row(language, way, *_cells(row))
    classifier.close()
    Console().print(table)
    return 0


def read_headlines(path: Path) -> list[Headline]:
    """Return the headlines of a file, each with its grades per topic."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        (
            Article(id=row["id"], title=row["title"], text=row["text"], language=row["language"]),
            {topic: row[topic] for topic in TOPICS},
        )
        for row in rows
    ]


def figures(classifier: Classifier, headlines: Sequence[Headline], *, by_gloss: bool) -> list[TopicFigures]:
    """Figures per topic, and of a match in either of them."""
    articles = [article_gloss(article)[0] if by_gloss else article for article, _ in headlines]
    scores = [reading.scores for reading in classifier.read(articles)]
    bars = classifier.thresholds
    found = [
        topic_figures(
            topic,
            [grades[topic] for _, grades in headlines],
            [given[topic] for given in scores],
            [given[topic] >= bars[topic] for given in scores],
        )
        for topic in TOPICS
    ]
    either = topic_figures(
        EITHER,
        [max(grades.values()) for _, grades in headlines],
        [max(given[topic] for topic in TOPICS) for given in scores],
        [any(given[topic] >= bars[topic] for topic in TOPICS) for given in scores],
    )
    return [*found, either]


def _cells(row: TopicFigures) -> list[str]:
    shares = (row.average_precision, row.f1, row.precision, row.recall)
    return [row.name, str(row.n), str(row.positive), *(f"{share:.3f}" for share in shares)]


if __name__ == "__main__":
    sys.exit(main())

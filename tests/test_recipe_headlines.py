"""Ukrainian and Russian headlines, measured with and without the gloss."""

from collections.abc import Mapping, Sequence

import pytest

from models.recipe.data import OWN
from models.recipe.headlines import figures, read_headlines
from monitor.records.articles import Article
from monitor.records.findings import TOPICS
from monitor.understand.gloss import LANGUAGES
from monitor.understand.model import Reading


class ReadsEnglish:
    """Takes what has the English word ``talks`` for talks, and nothing for missile aid."""

    name = "reads-english"
    thresholds: Mapping[str, float] = {"talks": 0.5, "missile_aid": 0.5}

    def read(self, articles: Sequence[Article]) -> list[Reading]:
        return [Reading(scores=scores, shares={}, tagged=(), embedding=()) for scores in self.screen(articles)]

    def screen(self, articles: Sequence[Article]) -> list[Mapping[str, float]]:
        return [{"talks": float("talks" in article.document), "missile_aid": 0.0} for article in articles]

    def close(self) -> None:
        """Nothing is held."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_model_that_reads_english_finds_talks_by_the_gloss_only(language: str) -> None:
    titles = {"uk": ("Мирні переговори в Стамбулі", "Дощ у Києві"), "ru": ("Мирные переговоры в Стамбуле", "Дождь")}
    headlines = [
        (Article(id=title, title=title, text="", language=language), {"talks": grade, "missile_aid": 0})
        for title, grade in zip(titles[language], (2, 0), strict=True)
    ]
    raw, glossed = (figures(ReadsEnglish(), headlines, by_gloss=by_gloss) for by_gloss in (False, True))
    assert [row.name for row in glossed] == [*TOPICS, "either"]
    assert [(row.f1, row.positive) for row in raw] == [(0.0, 1), (0.0, 0), (0.0, 1)]
    assert [(row.f1, row.positive) for row in glossed] == [(1.0, 1), (0.0, 0), (1.0, 1)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_headlines_of_a_language_are_two_hundred_with_a_grade_for_every_topic(language: str) -> None:
    headlines = read_headlines(OWN / "evaluation" / f"headlines_{language}.jsonl")
    assert len(headlines) == 200
    assert {article.language for article, _ in headlines} == {language}
    assert {grade for _, grades in headlines for grade in grades.values()} == {0, 1, 2}

"""Variations of training articles: other clothes, the same subject."""

import random

from hypothesis import given
from hypothesis import strategies as st

from models.recipe.data import Graded
from models.recipe.vary import varied
from monitor.records.articles import Article

TITLE = "Envoys agree on a date in Oslo"
TEXT = "Zelensky's envoy met the Americans on Monday. They spoke of a ceasefire. Nothing was signed. Talks go on."
OTHER = Graded(article=Article(id="2", title="Rain", text="It rained on the coast all week."), grades=(0, 0))


def _item(*grades: int) -> Graded:
    return Graded(article=Article(id="1", title=TITLE, text=TEXT), grades=grades)


@given(st.integers(0, 5000))
def test_a_variation_keeps_the_grades_and_leaves_a_text(seed: int) -> None:
    shown = varied(_item(2, 0), random.Random(seed), [OTHER])
    assert shown.grades == (2, 0)
    assert "envoy met" in shown.article.text


@given(st.integers(0, 5000))
def test_only_articles_about_neither_topic_are_strung_into_round_ups(seed: int) -> None:
    assert "rained on the coast" not in varied(_item(2, 0), random.Random(seed), [OTHER]).article.text
    assert "rained on the coast" not in varied(_item(1, 0), random.Random(seed), [OTHER]).article.text


def test_most_articles_stand_as_written_and_every_guise_occurs() -> None:
    shown = [varied(_item(0, 0), random.Random(seed), [OTHER]).article for seed in range(600)]
    assert sum((article.title, article.text) == (TITLE, TEXT) for article in shown) > 250
    assert any("rained on the coast" in article.text for article in shown)
    assert any("Zelenskyy" in article.text for article in shown)
    assert any(article.title == TITLE.upper() for article in shown)
    assert any("cookies" in article.text for article in shown)


def test_the_same_dice_give_the_same_variation() -> None:
    first, second = (varied(_item(0, 0), random.Random(5), [OTHER]) for _ in range(2))
    assert first == second

"""The reader that loads the model when it is first asked."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from monitor.config import Settings
from monitor.errors import ModelError
from monitor.records.articles import Article
from monitor.weights import routes
from monitor.wiring.late import LateReader

ARTICLES = (
    Article(id="1", title="Envoys meet in Geneva", text="The envoys spoke about a ceasefire.", language="en"),
    Article(id="2", title="A new bridge", text="The town council opened a bridge.", language="en"),
    Article(id="3", title="", text="", language="xx"),
)


def late(settings: Settings) -> LateReader:
    return LateReader(settings, patience=10.0, stopping=lambda: False)


@pytest.fixture
def reader() -> Iterator[LateReader]:
    made = late(Settings(model_sessions=1))
    yield made
    made.close()


def test_it_answers_as_the_one_that_is_loaded_at_once(reader: LateReader) -> None:
    eager = routes(Settings(model_sessions=1))
    assert reader.model == ""
    assert reader.screen(ARTICLES) == eager.screen(ARTICLES)
    assert reader.understand(ARTICLES) == eager.understand(ARTICLES)
    assert reader.model == eager.model
    assert reader.problem == ""
    eager.close()


def test_many_threads_that_ask_first_load_it_once(reader: LateReader) -> None:
    together = threading.Barrier(4)

    def first(_: int) -> object:
        together.wait(10)
        return reader.open()

    with ThreadPoolExecutor(4) as threads:
        opened = list(threads.map(first, range(4)))
    assert all(each is opened[0] for each in opened)


def test_a_model_that_cannot_be_loaded_is_told_to_whoever_asks(tmp_path: Path) -> None:
    reader = late(Settings(model=str(tmp_path / "nothing")))
    for _ in range(2):
        with pytest.raises(ModelError, match="nothing"):
            reader.screen(ARTICLES)
    assert reader.model == ""
    reader.close()


def test_what_was_never_asked_needs_no_closing() -> None:
    late(Settings()).close()


def test_a_promoted_model_that_is_damaged_is_named_once_the_shipped_one_works_instead(tmp_path: Path) -> None:
    (tmp_path / "live.json").write_text("{")
    reader = late(Settings(models_folder=str(tmp_path), model_sessions=1))
    assert reader.problem == ""
    reader.open()
    assert str(tmp_path) in reader.problem
    reader.close()

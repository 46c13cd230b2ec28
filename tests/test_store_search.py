"""Full text: words, phrases and exclusions give the same on both databases, and no input breaks it."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from monitor.errors import ConfigError
from monitor.query.parsing import LONGEST
from monitor.store import Store
from monitor.store.searching.snippets import snippet
from tests.store_builders import NOW, add_feed, article, item, matched, poll, read, to_read

TEXTS = (
    "Trump and Putin met in Budapest.",
    "Missile aid: the U.S. sends Tomahawk missiles to Kyiv/Lviv, NATO-led.",
    "José Álvarez and Erdoğan spoke of aid for missile defence.",
    "Зеленський прибув до Києва.",
    'They say "drop table articles" or NOT.',
)


@pytest.fixture
def library(store: Store) -> Store:
    ids = poll(store, add_feed(store), *(item(n) for n in range(len(TEXTS)))).new_entry_ids
    to_read(store, *ids)
    for n, entry_id in enumerate(ids):
        store.entries.record_read([read(entry_id, article(n, text=TEXTS[n]))], now=NOW)
    return store


def plans(store: Store, work: Callable[[], object]) -> list[list[str]]:
    """How SQLite goes about each query of ``work``."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _u: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    engine = store._database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    with store._database.read() as connection:
        rows = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given).all() for sql, given in asked]
    return [[str(row[3]) for row in each] for each in rows]


def found(store: Store, words: str) -> list[int]:
    return [int(hit.title.removeprefix("Story ")) for hit in store.search.search(words)]


FINDS: dict[str, list[int]] = {
    "putin": [0],
    "PUTIN trump": [0],
    "putin tomahawk": [],
    "aid": [2, 1],
    '"missile aid"': [1],
    "missile aid": [2, 1],
    "aid -tomahawk": [2],
    'aid -"missile aid"': [2],
    "jose alvarez": [2],
    "Álvarez": [2],
    "erdogan": [2],
    "ERDOĞAN": [2],
    "Зеленський": [3],
    "lviv": [1],
    "kyiv": [1],
    "U.S.": [1],
    "NATO-led": [1],
    "led": [1],
    "or": [4],
    "not NEAR": [],
    '"NOT"': [4],
    "NOT aid trump": [0],
    "-aid": [4, 3, 0],
    "story": [4, 3, 2, 1, 0],
    "drop; table": [4],
    "toma*": [1],
    '"missile def"*': [2],
    "ЗЕЛЕНСЬК*": [3],
    "budapest OR (aid -tomahawk)": [2, 0],
    "-(putin OR aid) story": [4, 3],
    '"title:putin"': [],
}


def test_words_find_the_same_on_both_databases_newest_first(library: Store) -> None:
    assert {words: found(library, words) for words in FINDS} == FINDS


def test_a_hit_shows_where_the_words_stand(library: Store) -> None:
    (hit,) = library.search.search("putin")
    assert "«Putin»" in hit.snippet
    assert (hit.url, hit.outlet, hit.topics) == ("https://news.example/story/0", "The News", ())


def test_a_hit_names_the_topics_it_matched(store: Store) -> None:
    matched(store, 1)
    assert store.search.search("budapest")[0].topics == ("talks",)


@pytest.mark.parametrize("words", ["story", "story -topic:talks", "-nothing", "outlet:news"])
def test_pages_of_hits_join(library: Store, words: str) -> None:
    first = library.search.search(words, limit=2)
    rest = library.search.search(words, limit=9, before=first[-1].article_id)
    assert [hit.article_id for hit in first + rest] == [5, 4, 3, 2, 1]


def test_a_snippet_marks_beginnings_of_words_too(library: Store) -> None:
    (hit,) = library.search.search("toma*")
    assert "«Tomahawk» missiles" in hit.snippet


@pytest.mark.parametrize("before", [None, 9])
@pytest.mark.parametrize("words", ["story", '"missile aid" OR toma*', "a -topic:talks outlet:news lang:en -is:state"])
def test_words_drive_the_search_so_that_a_page_is_read_and_no_more(
    sqlite_url: str, words: str, before: int | None
) -> None:
    with Store.open(sqlite_url) as store:
        (plan, *_) = plans(store, lambda: store.search.search(words, before=before))
    assert plan[0].startswith("SCAN articles_search VIRTUAL TABLE INDEX")
    assert plan[1] == "SEARCH articles USING INTEGER PRIMARY KEY (rowid=?)"
    assert [line for line in plan if "TEMP B-TREE" in line] == []


def test_words_beside_other_choices_are_looked_up_once(sqlite_url: str) -> None:
    with Store.open(sqlite_url) as store:
        (plan, *_) = plans(store, lambda: store.search.search("putin OR lang:en OR trump"))
    assert [line for line in plan if "articles_search" in line] == ["SCAN articles_search VIRTUAL TABLE INDEX 0:M2"]
    assert "LIST SUBQUERY 1" in plan
    assert [line for line in plan if "TEMP B-TREE" in line] == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "no word or number"),
        ("... --- !!!", "no word or number"),
        ('missile "aid to', "at character 9: it opens a quotation here and never closes it"),
        ("title:putin", "there is no field 'title'"),
        ("x" * (LONGEST + 1), f"{LONGEST} at most"),
    ],
)
def test_a_search_that_cannot_be_is_told_where_it_is_wrong(store: Store, words: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        store.search.search(words)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.one_of(
        st.text(st.characters(codec=None), max_size=40),
        st.text(st.sampled_from("ab\"'()*^:-+{}\\%_ \x00ßéй\u0301²½_"), max_size=25),
        st.lists(
            st.sampled_from(["AND", "OR", "NOT", "NEAR(a b, 2)", "title:", "ab*", "OR", "(", ")", '"b"', "-c", "^d"])
        ).map(" ".join),
    )
)
def test_any_search_gives_a_result_or_says_where_it_is_wrong(store: Store, words: str) -> None:
    try:
        assert isinstance(store.search.search(words), tuple)
    except ConfigError as error:
        assert "search" in str(error)  # noqa: PT017


def test_a_snippet_shows_where_most_words_stand_together() -> None:
    text = "Putin spoke. " + "Nothing here. " * 40 + "Then Trump met Pútin in Budapest, at last. " + "More. " * 40
    shown = snippet(text, ["trump", "putin"])
    assert "«Trump» met «Pútin» in Budapest" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown.split()) < 30


def test_a_snippet_of_a_text_without_the_words_is_its_beginning() -> None:
    assert snippet("One two.", ["three"]) == "One two."
    assert snippet("", ["three"]) == snippet("…!", ["three"]) == ""


@given(text=st.text(max_size=300), words=st.lists(st.text(max_size=5), max_size=4))
def test_a_snippet_without_its_marks_is_text_of_the_article(text: str, words: list[str]) -> None:
    plain = text.replace("«", " ").replace("»", " ").replace("…", " ")
    assert snippet(plain, words).replace("«", "").replace("»", "").strip("…") in plain

"""Full text: words, phrases and exclusions give the same on both databases, and no input breaks it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.errors import ConfigError
from monitor.store import Store
from monitor.store.search import MAX_LENGTH, Term, parse
from monitor.store.snippets import snippet
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


def found(store: Store, words: str) -> list[int]:
    return [int(hit.title.removeprefix("Story ")) for hit in store.search.search(words)]


@pytest.mark.parametrize(
    ("words", "stories"),
    [
        ("putin", [0]),
        ("PUTIN trump", [0]),
        ("putin tomahawk", []),
        ("aid", [2, 1]),
        ('"missile aid"', [1]),
        ("missile aid", [2, 1]),
        ("aid -tomahawk", [2]),
        ('aid -"missile aid"', [2]),
        ("jose alvarez", [2]),
        ("Álvarez", [2]),
        ("erdogan", [2]),
        ("ERDOĞAN", [2]),
        ("Зеленський", [3]),
        ("lviv", [1]),
        ("kyiv", [1]),
        ("U.S.", [1]),
        ("NATO-led", [1]),
        ("led", [1]),
        ("or", [4]),
        ("not NEAR", []),
        ("NOT", [4]),
        ("story", [4, 3, 2, 1, 0]),
        ("drop; table", [4]),
        ("tomahawk*", [1]),
        ("title:putin", []),
    ],
)
def test_words_find_the_same_on_both_databases_newest_first(library: Store, words: str, stories: list[int]) -> None:
    assert found(library, words) == stories


def test_a_hit_shows_where_the_words_stand(library: Store) -> None:
    (hit,) = library.search.search("putin")
    assert "«Putin»" in hit.snippet
    assert (hit.url, hit.outlet, hit.topics) == ("https://news.example/story/0", "The News", ())


def test_a_hit_names_the_topics_it_matched(store: Store) -> None:
    matched(store, 1)
    assert store.search.search("budapest")[0].topics == ("talks",)


def test_pages_of_hits_join(library: Store) -> None:
    first = library.search.search("story", limit=2)
    rest = library.search.search("story", limit=9, before=first[-1].article_id)
    assert [hit.article_id for hit in first + rest] == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "no word or number"),
        ("... --- !!!", "no word or number"),
        ("-putin", "only says what to leave out"),
        ('missile "aid to', "opens a quotation at character 9"),
        ("x" * (MAX_LENGTH + 1), f"{MAX_LENGTH} at most"),
    ],
)
def test_a_search_that_cannot_be_is_told_where_it_is_wrong(store: Store, words: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        store.search.search(words)


def test_words_phrases_and_exclusions_are_told_apart() -> None:
    assert parse('a "b  c" -d -"e f" g-h - i"j"') == (
        Term("a", False),
        Term("b c", False),
        Term("d", True),
        Term("e f", True),
        Term("g h", False),
        Term("i", False),
        Term("j", False),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.one_of(
        st.text(st.characters(codec=None), max_size=40),
        st.text(st.sampled_from("ab\"'()*^:-+{}\\%_ \x00ßéй\u0301²½_"), max_size=25),
        st.lists(st.sampled_from(["AND", "OR", "NOT", "NEAR(a b, 2)", "title:", "a*", '"b"', "-c", "^d"])).map(
            " ".join
        ),
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

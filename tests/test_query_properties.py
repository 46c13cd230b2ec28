"""Whatever is typed is read or refused at a place, quickly; whatever is read can be written and read again."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import query
from monitor.errors import QueryError
from monitor.query.nodes import (
    Ago,
    And,
    Country,
    Dates,
    DaysAgo,
    Language,
    Name,
    Node,
    Or,
    Outlet,
    Query,
    StateControlled,
    Statement,
    Topic,
    Who,
    Words,
    joined,
    negated,
)
from monitor.query.words import is_bare, words_of
from monitor.text import one_line

LETTERS = st.text(st.sampled_from("aBéйß7'.-, ’OR"), min_size=1, max_size=12).map(one_line)
PLAIN = LETTERS.filter(lambda text: any(map(str.isalnum, text)))
WORDS = st.lists(
    st.text(st.sampled_from("aBéйßO7"), min_size=2, max_size=5) | st.sampled_from(["AND", "OR", "NOT"]),
    min_size=1,
    max_size=3,
).map(lambda each: words_of(" ".join(each)))
NAMES = PLAIN.filter(is_bare).map(Name) | PLAIN.map(lambda text: Name(text, is_whole=True)) | st.just(Name("Q7747"))
MOMENTS = (
    st.dates(date(1900, 1, 1), date(2200, 12, 31))
    | st.sampled_from([DaysAgo(0), DaysAgo(1)])
    | st.builds(Ago, st.integers(1, 9999), st.sampled_from("hdw"))
)


def _dates(first: object, last: object) -> bool:
    both = isinstance(first, date) and isinstance(last, date)
    return (first is not None or last is not None) and not (both and first > last)  # type: ignore[operator]


LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.builds(Words, WORDS, st.booleans()),
    st.sampled_from([Topic("talks"), Topic("missile_aid"), Country("UA"), Language("uk"), StateControlled()]),
    st.builds(Who, NAMES),
    st.builds(Outlet, PLAIN),
    st.builds(Statement, NAMES, st.lists(NAMES, max_size=2, unique=True).map(tuple)),
    st.builds(Statement, st.none(), st.lists(NAMES, min_size=1, max_size=2, unique=True).map(tuple)),
    st.tuples(st.none() | MOMENTS, st.none() | MOMENTS).filter(lambda ends: _dates(*ends)).map(lambda e: Dates(*e)),
)
NODES: st.SearchStrategy[Node] = st.recursive(
    LEAVES,
    lambda parts: (
        parts.map(negated)
        | st.lists(parts, min_size=1, max_size=3).map(lambda nodes: joined(And, nodes))
        | st.lists(parts, min_size=1, max_size=3).map(lambda nodes: joined(Or, nodes))
    ),
    max_leaves=8,
)
TYPED = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(codec=None), max_size=30),
    st.text(st.sampled_from('ab "()-*:.'), max_size=40),
    st.lists(
        st.sampled_from(
            ["AND", "OR", "NOT", "-", "(", ")", '"', "said:", "said:a", 'about:"b c"', "date:7d", "topic:aid", "war*"]
        ),
        max_size=15,
    ).map(" ".join),
)


@settings(max_examples=150, deadline=None)
@given(node=NODES)
def test_what_is_written_is_read_as_what_it_was(node: Node) -> None:
    assert query.parse(str(Query(node))) == Query(node)


@settings(max_examples=300, deadline=None)
@given(search=TYPED)
def test_any_text_is_read_or_refused_at_a_place_in_it(search: str) -> None:
    refused: QueryError | None = None
    try:
        found = query.parse(search)
    except QueryError as error:
        refused = error
    if refused is None:
        assert query.parse(str(found)) == found
        assert isinstance(found.terms, tuple)
    else:
        assert 0 <= refused.position <= len(search)
        assert str(refused).startswith("the search")


HOSTILE = {
    "parentheses": "(" * 100_000,
    "closed parentheses": "(a)" * 600,
    "signs": "-" * 2_000,
    "signs before a word": "NOT " * 499 + "a",
    "letters": "a" * 100_000,
    "colons": "a:" * 1_000,
    "quotation marks": '"' * 1_999,
    "operators": "a OR " * 400,
    "an open quotation": '"' + "a " * 990,
    "stars": "a*" * 1_000,
    "accents": "e\u0301" * 1_000,
    "one hundred kilobytes": "said:Putin " * 10_000,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_input_takes_no_time(what: str) -> None:
    start = time.process_time()
    try:
        query.parse(HOSTILE[what])
    except QueryError as error:
        assert len(str(error)) < 700  # noqa: PT017
    assert time.process_time() - start < 0.5

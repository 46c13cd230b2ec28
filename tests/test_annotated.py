"""Annotated tokens as running text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.understand.annotated import joined


def test_tokens_are_written_as_news_is_with_spans_over_names() -> None:
    tokens = "Ada Quill 's firm , Quill & Sons ( Oslo ) , is `` fine '' .".split()
    tags = "B-PER I-PER O O O B-ORG I-ORG I-ORG O B-LOC O O O O O O O".split()
    found = joined(tokens, tags, "made up")
    assert found.text == 'Ada Quill\'s firm, Quill & Sons (Oslo), is "fine".'
    assert [(found.text[start:end], kind) for start, end, kind in found.spans] == [
        ("Ada Quill", "person"),
        ("Quill & Sons", "organisation"),
        ("Oslo", "place"),
    ]


def test_a_label_that_says_nothing_of_our_types_is_marked_unknown() -> None:
    assert joined(["Davis", "Cup"], ["B-MISC", "I-MISC"], "x").spans == ((0, 9, "?"),)


def test_neighbouring_names_stay_apart() -> None:
    found = joined(["Oslo", "Bergen"], ["B-LOC", "B-LOC"], "x")
    assert [found.text[start:end] for start, end, _ in found.spans] == ["Oslo", "Bergen"]


def test_tags_that_do_not_fit_the_tokens_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        joined(["Oslo"], [], "x")


@given(
    st.lists(st.tuples(st.text(min_size=1, max_size=6), st.sampled_from(["O", "B-PER", "I-PER", "B-LOC"])), max_size=20)
)
def test_spans_lie_in_the_text_in_order_and_apart(words: list[tuple[str, str]]) -> None:
    found = joined([word for word, _ in words], [tag for _, tag in words], "x")
    ends = [0]
    for start, end, _ in found.spans:
        assert ends[-1] <= start < end <= len(found.text)
        ends.append(end)

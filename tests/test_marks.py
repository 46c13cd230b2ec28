"""Quotation marks, careful and careless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.understand.marks import Within, marked


def between(text: str) -> list[str]:
    return [text[piece.start : piece.end] for piece in marked(text) if piece.closed or piece.goes_on]


@pytest.mark.parametrize(
    "text",
    [
        'She said "we will wait" and left.',
        "She said “we will wait” and left.",
        "She said „we will wait“ and left.",
        "She said «we will wait» and left.",
        "She said « we will wait » and left.",
        "She said ‘we will wait’ and left.",
        "She said 'we will wait' and left.",
        "She said ''we will wait'' and left.",
        "She said ``we will wait'' and left.",
        'She said "we will wait” and left.',
        "She said ”we will wait“ and left.",
        'She said "we will wait " and left.',
    ],
)
def test_every_style_of_mark_holds_the_same_words(text: str) -> None:
    assert between(text) == ["we will wait"]


@pytest.mark.parametrize(
    "text",
    [
        "The ministers' plan and the officials' reply weren't Kyiv's.",
        "Rock 'n' roll of the '90s: tell 'em it's over.",
        "The minister’s aides’ letters didn’t arrive.",
        "A 5\" screen and a 10' wall stood there.",
    ],
)
def test_apostrophes_and_inches_are_no_marks(text: str) -> None:
    assert between(text) == []


def test_a_possessive_plural_does_not_close_a_quotation_in_single_marks() -> None:
    assert between("He called it ‘the generals’ own war’ on Monday.") == ["the generals’ own war"]
    assert between("He called it 'the generals' own war' on Monday.") == ["the generals' own war"]


def test_only_the_outer_pair_counts() -> None:
    assert between("“He told me ‘never again’ and hung up,” she said.") == ["He told me ‘never again’ and hung up,"]
    assert between("‘He told me “never again” and hung up,’ she said.") == ["He told me “never again” and hung up,"]


def test_an_opening_mark_that_nobody_closes_is_given_up_at_the_next_one() -> None:
    assert between('He had "no time. Later he said: "We will meet soon."') == ["We will meet soon."]


def test_a_closing_mark_that_nobody_opened_is_passed_over() -> None:
    assert between('We want peace," he said. "We want it now."') == ["We want it now."]


def test_a_paragraph_without_a_closing_mark_goes_on_where_the_next_one_opens_again() -> None:
    pieces = marked("“First part.\n\n“Second part.”\n\n“Cut off he")
    assert [(piece.closed, piece.goes_on) for piece in pieces] == [(False, True), (True, False), (False, False)]


def test_a_place_knows_whether_it_is_quoted() -> None:
    text = 'He said "no deal" today.'
    within = Within(marked(text))
    assert text.index("deal") in within
    assert text.index("today") not in within
    assert within.number_from(text.index("today")) == 1


@given(st.text(alphabet="ab .,\n\"'“”‘’«»„`s", max_size=200))
def test_pieces_lie_in_order_inside_the_text_and_do_not_overlap(text: str) -> None:
    last = 0
    for piece in marked(text):
        assert last <= piece.outer_start < piece.outer_end <= len(text)
        assert piece.outer_start <= piece.start <= piece.end <= piece.outer_end
        assert "\n" not in text[piece.start : piece.end]
        last = piece.outer_end

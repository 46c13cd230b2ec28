"""Differences: what became of a text, in pieces that give both texts back."""

import time

from hypothesis import given
from hypothesis import strategies as st

from monitor.differences import folded, pieces
from monitor.records.versions import Piece, PieceKind

OLD = (
    "The White House said on Monday that Mr. Trump would meet Putin in Budapest. No date was given. "
    "Officials denied that missiles were discussed. Two people said so."
)


def shown(parts: tuple[Piece, ...]) -> str:
    marks = {"same": "{}", "removed": "[{}]", "added": "<{}>", "folded": "({})"}
    return "".join(marks[part.kind].format(part.text) for part in parts)


def test_only_the_words_that_changed_are_marked() -> None:
    new = OLD.replace("Monday", "Tuesday").replace("would", "might")
    assert shown(pieces(OLD, new)) == (
        "The White House said on[ Monday]< Tuesday> that Mr. Trump[ would]< might> meet Putin in Budapest. No date was "
        "given. Officials denied that missiles were discussed. Two people said so."
    )


def test_a_sentence_that_is_gone_or_new_is_one_piece() -> None:
    gone = pieces(OLD, OLD.replace(" No date was given.", ""))
    assert [part.text for part in gone if part.kind is not PieceKind.SAME] == [" No date was given."]
    added = pieces(OLD, f"{OLD} It was the third call.")
    assert added[-1] == Piece(kind=PieceKind.ADDED, text=" It was the third call.")


def test_sentences_with_little_in_common_are_replaced_whole() -> None:
    parts = pieces("Leaders met in Budapest. Aid goes on.", "Prices of wheat rose again. Aid goes on.")
    assert shown(parts) == "[Leaders met in Budapest.]<Prices of wheat rose again.> Aid goes on."


def test_a_comma_is_no_new_word() -> None:
    assert shown(pieces("They met, and left.", "They met and left.")) == "They met[,] and left."


def test_a_short_word_between_two_changes_is_read_over() -> None:
    old = "The leaders said that old and weak promises were kept by both sides"
    new = "The leaders said that new and firm promises were kept by both sides"
    assert "[ old and weak]< new and firm>" in shown(pieces(old, new))


def test_white_space_alone_is_no_difference() -> None:
    assert {part.kind for part in pieces("One.  Two.\n\nThree.", "One. Two. Three.")} == {PieceKind.SAME}


def test_a_long_unchanged_stretch_is_folded_between_words() -> None:
    middle = "Nothing new was said about it at all. " * 20
    parts = folded(pieces(f"He came. {middle}He left.", f"He came. {middle}He stayed."), context=30)
    assert [part.kind for part in parts] == [
        PieceKind.FOLDED,
        PieceKind.SAME,
        PieceKind.REMOVED,
        PieceKind.ADDED,
        PieceKind.SAME,
    ]
    assert len(parts[1].text) <= 30
    assert parts[1].text.startswith(" ")
    assert folded(pieces("He left.", "He stayed.")) == pieces("He left.", "He stayed.")


def test_two_texts_with_nothing_in_common_cost_no_time() -> None:
    old = " ".join(f"Sentence {n} is about old{n}." for n in range(3_000))
    new = " ".join(f"Line {n} tells of new{n}." for n in range(3_000))
    began = time.monotonic()
    assert {part.kind for part in pieces(old, new)} == {PieceKind.REMOVED, PieceKind.ADDED}
    assert {part.kind for part in pieces("a " * 20_000 + "a", "b " * 20_000 + "b")} == {
        PieceKind.REMOVED,
        PieceKind.ADDED,
    }
    banners = ("\n".join(f"Advertisement\nline {name} {n} here" for n in range(1500)) for name in ("old", "new"))
    assert pieces(*banners)
    assert time.monotonic() - began < 10


TEXTS = st.lists(
    st.sampled_from(["Putin", "met", "a", "Trump", ".", ". ", ",", "\n", " ", "  ", "’s", "é"]), max_size=30
)


@given(old=TEXTS, new=TEXTS, context=st.integers(0, 20))
def test_the_pieces_give_both_texts_back(old: list[str], new: list[str], context: int) -> None:
    before, after = "".join(old), "".join(new)
    parts = pieces(before, after)
    for told in (parts, folded(parts, context=context)):
        kept = "".join(part.text for part in told if part.kind is not PieceKind.REMOVED)
        assert kept.rstrip() == after.rstrip()
        former = "".join(part.text for part in told if part.kind is not PieceKind.ADDED)
        assert "".join(former.split()) == "".join(before.split())
    assert all(part.text for part in parts)
    assert bool({part.kind for part in pieces(after, after)} <= {PieceKind.SAME})

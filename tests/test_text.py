"""Normalising, sentence splitting and fingerprints."""

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitor.text import clean, fingerprint, one_line, sentences, shorten

TEXTS = st.text(max_size=300)


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def test_abbreviations_and_initials_do_not_end_a_sentence() -> None:
    text = "Sen. J. D. Marsh met Mr. Oduya at 5 p.m. on Friday. The U.S. envoy left. “It is done.” He smiled!"
    assert split(text) == [
        "Sen. J. D. Marsh met Mr. Oduya at 5 p.m. on Friday.",
        "The U.S. envoy left.",
        "“It is done.”",
        "He smiled!",
    ]


def test_a_line_break_ends_a_sentence_and_a_lower_case_letter_does_not_begin_one() -> None:
    assert split("A headline without a stop\n\nThe text... goes on. He said no. We left.") == [
        "A headline without a stop",
        "The text... goes on.",
        "He said no.",
        "We left.",
    ]


@given(TEXTS)
def test_sentences_lie_in_order_inside_the_text_and_lose_nothing_but_space(text: str) -> None:
    spans = list(sentences(text))
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    kept = "".join(text[start:end] for start, end in spans)
    assert "".join(kept.split()) == "".join(text.split())


@given(TEXTS)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert "\n" not in one_line(text)


def test_cleaning_drops_what_cannot_be_seen() -> None:
    assert clean("Ky\u00adiv\u200b\u00a0 says\x00 no\r\n\r\n\r\n\r\nmore") == "Kyiv says no\n\nmore"


def test_a_fingerprint_ignores_case_and_punctuation_only() -> None:
    assert fingerprint("Call, held!") == fingerprint("call held")
    assert fingerprint("call held") != fingerprint("call hold")


@given(TEXTS, st.integers(5, 80))
def test_a_shortened_text_keeps_the_limit(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit


def test_an_accent_behind_an_unseen_character_is_joined_with_its_letter() -> None:
    assert clean("e\u200b\u0301") == "é"


def test_a_run_of_full_stops_takes_no_time() -> None:
    begun = time.process_time()
    assert split("A." + "." * 100_000 + "b. C") == ["A." + "." * 100_000 + "b.", "C"]
    assert time.process_time() - begun < 2.0

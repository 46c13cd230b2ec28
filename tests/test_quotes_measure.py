"""The measure of quotations against PolNeAR's annotations."""

from typing import Any

import pytest

from monitor.understand.quotes import attributed
from monitor.understand.quotes_measure import gold_quotations, head_of, polnear_figures
from monitor.understand.refer import Referents
from tests.quotes_builders import prose


def row(text: str, *attributions: tuple[str, str]) -> dict[str, Any]:
    """A row whose attributions are given as (source, content) words."""
    spans = [([_span(text, source)] if source else [], [_span(text, content)]) for source, content in attributions]
    return {"text": text, "attributions": [{"source": source, "content": content} for source, content in spans]}


def _span(text: str, words: str) -> list[int]:
    start = text.index(words)
    return [start, start + len(words)]


def figures(*rows: dict[str, Any]) -> tuple[float, float]:
    documents = [prose(one["text"], title="") for one in rows]
    measured = polnear_figures(rows, [attributed(document, Referents(document)) for document in documents])
    return measured.f1, measured.source_accuracy


def test_a_found_quotation_with_the_right_head_counts_in_full() -> None:
    text = "“We will meet soon,” said Trump, who was in Berlin."
    assert figures(row(text, ("Trump, who was in Berlin", "“We will meet soon,”"))) == (1.0, 1.0)


def test_a_pronoun_that_is_resolved_counts_as_the_name_too() -> None:
    text = "Trump was in Berlin. “We will meet soon,” he said."
    assert figures(row(text, ("Trump", "“We will meet soon,”"))) == (1.0, 1.0)
    assert figures(row(text, ("he", "“We will meet soon,”"))) == (1.0, 1.0)


def test_what_nobody_annotated_costs_precision() -> None:
    text = "“We will meet soon,” Trump said. “It will be big,” he said."
    f1, right = figures(row(text, ("Trump", "“We will meet soon,”")))
    assert (round(f1, 2), right) == (0.67, 1.0)


def test_a_wrong_source_costs_only_the_source() -> None:
    text = "“We will meet soon,” Trump said of Putin."
    assert figures(row(text, ("Putin", "“We will meet soon,”"))) == (1.0, 0.0)


def test_marks_left_outside_the_annotation_are_taken_in() -> None:
    text = "Trump said “we will meet soon” in ''a big old hall'' there."
    found = gold_quotations(row(text, ("Trump", "we will meet soon” in ''a big old hall'")))
    assert [text[one.start : one.end] for one in found] == ["we will meet soon", "a big old hall"]


def test_paragraphs_that_reopen_their_marks_are_stretches_of_their_own() -> None:
    text = "Trump wrote: “We will meet.\n\n“It will be big.”"
    found = gold_quotations(row(text, ("Trump", text[13:])))
    assert [text[one.start : one.end] for one in found] == ["We will meet.", "It will be big."]


@pytest.mark.parametrize(
    ("source", "head"),
    [
        ("Nora Ames, who served as chief of staff", "ames"),
        ("a spokesman for the firm", "spokesman"),
        ("the Harbour Committee's", "committee"),
        ("he", "he"),
        ("", ""),
    ],
)
def test_the_head_of_a_source_is_its_last_word_before_what_hangs_on_it(source: str, head: str) -> None:
    assert head_of(source) == head


def test_nothing_to_compare_is_no_division_by_zero() -> None:
    measured = polnear_figures([], [])
    assert (measured.f1, measured.precision, measured.recall, measured.source_accuracy) == (0, 0, 0, 0)

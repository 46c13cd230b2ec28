"""What holds of aid steps and reactions whatever the text: spans, repetition, and hostile input."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.understand import aid, reactions
from monitor.understand.aid.clauses import split
from monitor.understand.aid.lexicon import phrases
from monitor.understand.prose import Prose
from tests.aid_builders import prose

_PIECES = st.sampled_from(
    "Trump|Zelensky|Moscow|Kyiv|Ukraine|Germany|the US|may|will|not|send|sent|asks|for|to|Tomahawks|Patriot systems|"
    "air defence|long-range missiles|the missiles|rejected|warned|denied that|welcomed|the plan|which|but|if|said|was|"
    "by|"
    "delivered|a request|from|.|,|;|?|\"|“|”|\n|(|)|–|military aid package|includes|'s".split("|")
)
_TEXTS = st.lists(_PIECES, max_size=60).map(" ".join) | st.text(max_size=300)


@settings(max_examples=150, deadline=None)
@given(title=_TEXTS, text=_TEXTS)
def test_spans_lie_in_the_document_and_a_second_reading_says_the_same(title: str, text: str) -> None:
    article = prose(" ".join(title.split()), text)
    steps = aid.find(article, (), ())
    answers = reactions.find(article, (), (), (), steps)
    spans = [step.evidence for step in steps] + [one.evidence for one in answers]
    spans += [one.answers for one in answers if one.answers is not None]
    assert all(article.document[span.start : span.end] == span.text and span.text for span in spans)
    assert len({(step.item, step.donor, step.step) for step in steps}) == len(steps) <= 4
    again = Prose(article.article, article.entities)
    assert aid.find(again, (), ()) == steps
    assert reactions.find(again, (), (), (), steps) == answers


@settings(max_examples=150, deadline=None)
@given(text=_TEXTS)
def test_clauses_lie_one_behind_the_other_and_hold_their_cues(text: str) -> None:
    clauses = split(text, 0, len(text))
    ends = [clause.end for clause in clauses]
    assert all(before <= clause.start < clause.end for before, clause in zip([0, *ends], clauses, strict=False))
    assert all(clause.start <= cue.start < cue.end <= clause.end for clause in clauses for cue in clause.cues)


@pytest.mark.parametrize(
    ("words", "kind", "form"),
    [
        ("sent", "give", "past"),
        ("shipping", "give", "ing"),
        ("denied", "deny", "past"),
        ("transferred", "give", "past"),
        ("putting on hold", "stop", "ing"),
        ("gave the nod", "decide", "past"),
        ("approves", "decide", "third"),
        ("rule out", "refuse", "base"),
    ],
)
def test_cues_are_unfolded_into_all_forms(words: str, kind: str, form: str) -> None:
    cue = phrases()[words]
    assert (cue.kind, cue.form) == (kind, form)


@pytest.mark.alone
@pytest.mark.parametrize(
    "unit",
    [
        "Ukraine Tomahawks ",
        "Trump may send Tomahawks to Ukraine. ",
        "long-range ",
        "anti-air-air ",
        "missiles and ",
        "Putin rejected the plan. ",
        "warned, warned ",
        "(Ukraine missiles ",
        "the Patriots, which which ",
        "not no Taurus ",
    ],
)
def test_a_hundred_thousand_characters_of_anything_are_read_within_a_second(unit: str) -> None:
    article = prose("Ukraine", (unit * (100_000 // len(unit) + 1))[:100_000])
    assert article.sentences
    started = time.perf_counter()
    steps = aid.find(article, (), ())
    assert time.perf_counter() - started < 5
    started = time.perf_counter()
    reactions.find(article, (), (), (), steps)
    assert time.perf_counter() - started < 2, "this builds the document's referents too"
